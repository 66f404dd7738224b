import { expect, it } from "vitest";
import { readText } from "./category-draft.ts";
import { ruleExamples } from "./rule-examples.ts";

it.each(Object.entries(ruleExamples))("the example of %s can be read as it stands", (_, example) => {
  const rule = example
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
  expect(readText(`id: a\nname: A\nrule:\n${rule}\n`).fault).toBeNull();
});
