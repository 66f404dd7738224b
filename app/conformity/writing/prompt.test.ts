import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { askedOfPrompt, shapeText } from "./asked.ts";
import { type Prompt, promptsOf, readPrompt, readWorkflow, writePrompt } from "./prompt.ts";

const folder = join(import.meta.dirname, "..", "..", "..", "resources", "prompts");
const texts = readdirSync(folder).map((file) => ({ file, text: readFileSync(join(folder, file), "utf8") }));
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
    expect(refused("schema: earmark-prompt/1\nid: Mine\nversion: 1")).toContain("Line 2");
    expect(refused(`${writePrompt(own)}tone: rude\n`)).toContain("Nothing is called 'tone' here.");
    expect(refused("a: [")).toContain("Line 1");
    expect(refused("- a")).toContain("This is not a prompt.");
    expect(refused(`text: ${"x".repeat(100_001)}`)).toContain("too large");
  });
});
