import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { askedOfPrompt, shapeText } from "./asked.ts";
import { type Prompt, promptsOf } from "./prompt.ts";
import { promptJsonSchema, workflowJsonSchema } from "./prompt-json-schema.ts";
import { checkPromptText, readPrompt, readWorkflow, writePrompt } from "./prompt-text.ts";

const folder = join(import.meta.dirname, "..", "..", "..", "resources", "prompts");
const texts = readdirSync(folder)
  .filter((file) => file.endsWith(".yaml"))
  .map((file) => ({ file, text: readFileSync(join(folder, file), "utf8") }));
const isWorkflow = ({ text }: { text: string }): boolean => text.includes("earmark-workflow/");
const prompts = new Map(texts.filter((one) => !isWorkflow(one)).map(({ text }) => [readPrompt(text).id, readPrompt(text)]));

const refused = (text: string): string => {
  try {
    readPrompt(text);
    return "taken";
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : "";
  }
};

describe("the prompts that come with Earmark", () => {
  it("are named like their files, and there is one for each thing that is asked of a conversation", () => {
    for (const one of texts.filter((text) => !isWorkflow(text))) expect(`${readPrompt(one.text).id}.yaml`).toBe(one.file);
    const insights = [...prompts.values()].filter(({ use }) => use === "insight").map(({ id }) => id);
    expect(insights.sort()).toEqual(
      [
        "actions-taken",
        "call-back",
        "coaching-points",
        "next-actions",
        "outcome",
        "politeness",
        "product",
        "resolved",
        "summary",
        "topic",
      ].sort(),
    );
    expect(prompts.get("next-actions")?.output).toMatchObject({
      fields: [{ name: "action" }, { name: "owner" }, { name: "due", required: false }],
    });
  });

  it("have published schemas, which are those of the reader", () => {
    const published = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), "utf8"));
    expect(published("prompt.schema.json")).toEqual(JSON.parse(JSON.stringify(promptJsonSchema())));
    expect(published("workflow.schema.json")).toEqual(JSON.parse(JSON.stringify(workflowJsonSchema())));
  });

  it("can each be put as a question", () => {
    for (const prompt of prompts.values()) expect(shapeText(askedOfPrompt(prompt)).length).toBeGreaterThan(10);
  });

  it("are run together by a workflow", () => {
    const workflow = readWorkflow(texts.find(isWorkflow)?.text ?? "");
    expect(promptsOf(workflow, prompts)).toHaveLength(10);
    expect(() => promptsOf({ ...workflow, prompts: ["nothing"] }, prompts)).toThrow("No prompt is called 'nothing'.");
  });
});

describe("a prompt of one's own", () => {
  const own: Prompt = {
    schema: "earmark-prompt/1",
    id: "mine",
    version: 2,
    title: "Mine",
    use: "insight",
    text: "Say it.",
    output: { kind: "text", most: 50 },
  };

  it("is read as it was written", () => {
    expect(readPrompt(writePrompt(own))).toEqual(own);
  });

  it("may stand in a workflow of one's own", () => {
    const { schema: _, ...inner } = own;
    const text = JSON.stringify({ schema: "earmark-workflow/1", id: "w", version: 1, title: "W", prompts: ["summary", inner] });
    expect(promptsOf(readWorkflow(text), prompts).map(({ id }) => id)).toEqual(["summary", "mine"]);
  });

  it("is refused by its line", () => {
    expect(refused(writePrompt({ ...own, id: "Mine" }))).toContain("Line 2");
    expect(refused(`${writePrompt(own)}tone: rude\n`)).toContain("Nothing is called 'tone' here.");
    expect(checkPromptText(writePrompt(own).replace("title:", "titel:")).faults.map(({ remedy }) => remedy)).toContain(
      "Did you mean 'title'?",
    );
    expect(refused("a: [")).toContain("Line 1");
    expect(refused("- a")).toContain("This is no prompt.");
    expect(refused(`text: ${"x".repeat(100_001)}`)).toContain("too large");
  });

  it("has every mistake told with its line and remedy; a workflow is told by its first line", () => {
    const { kind, value, faults } = checkPromptText(
      "schema: earmark-prompt/1\nid: Mine\nversion: one\ntitle: A\nuse: chat\ntext: t\n",
    );
    expect({ kind, value }).toEqual({ kind: "prompt", value: null });
    expect(faults.map(({ line, path }) => [line, path])).toEqual([
      [2, "id"],
      [3, "version"],
      [5, "use"],
    ]);
    expect(faults.every(({ remedy }) => remedy.length > 3)).toBe(true);
    const twice = checkPromptText(
      "schema: earmark-workflow/1\nid: w\nversion: 1\ntitle: W\nprompts:\n  - summary\n  - summary\n",
    );
    expect(twice).toMatchObject({ kind: "workflow", value: null, faults: [{ line: 7, path: "prompts.1" }] });
    expect(() =>
      readPrompt(writePrompt({ schema: "earmark-workflow/1", id: "w", version: 1, title: "W", description: "", prompts: ["a"] })),
    ).toThrow("no prompt");
  });
});
