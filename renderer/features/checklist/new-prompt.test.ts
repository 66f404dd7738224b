import { describe, expect, it } from "vitest";
import { checkPromptText } from "../../../app/conformity/writing/prompt-text.ts";
import { prompts } from "../../text/prompts.ts";
import { newPromptText, newWorkflowText, promptAddress } from "./new-prompt.ts";
import { promptCompletionsAt } from "./prompt-completion.ts";

const labels = (text: string): string[] =>
  promptCompletionsAt(text, ["summary", "topic"])?.options.map(({ label }) => label) ?? [];

describe("a new prompt", () => {
  it("begins as one that can be read, under an id that is free", () => {
    expect(checkPromptText(newPromptText(["new-prompt"], prompts.template.prompt))).toMatchObject({
      kind: "prompt",
      value: { id: "new-prompt-2", use: "insight" },
      faults: [],
    });
    expect(checkPromptText(newWorkflowText([], "W", ["a", "b"]))).toMatchObject({
      kind: "workflow",
      value: { prompts: ["a", "b"] },
    });
    expect(promptAddress("prompt", "+new")).toBe("/prompts/prompt/%2Bnew");
  });
});

describe("what can be written at a place of a prompt", () => {
  it("is told by its schema, and in a workflow by the prompts there are", () => {
    const head = "schema: earmark-prompt/1\nid: a\n";
    expect(labels(`${head}ti`)).toEqual(expect.arrayContaining(["title", "use", "output"]));
    expect(labels(`${head}use: `)).toEqual(["checklist", "ask", "insight"]);
    expect(labels(`${head}output: { kind: `)).toEqual(["text", "choice", "number", "date", "list"]);
    const workflow = "schema: earmark-workflow/1\nid: a\nprompts:\n";
    expect(labels(`${workflow}  - su`)).toEqual(expect.arrayContaining(["summary", "topic", "title"]));
    expect(labels("schema: earmark-workflow/1\nprompts: [su")).toEqual(["summary", "topic"]);
    expect(labels(`${workflow}de`)).toContain("description");
  });
});
