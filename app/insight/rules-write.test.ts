import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { categorySchema } from "./rules.ts";
import { readCategory, readRulesFile } from "./rules-file.ts";
import { writeCategory, writeRulesFile } from "./rules-write.ts";

const readyMade = readRulesFile(
  readFileSync(join(import.meta.dirname, "..", "..", "resources", "categories", "ready-made.yaml"), "utf8"),
).categories;

const category = categorySchema.parse({
  id: "late-refund",
  name: "Late refund",
  wanted: "absent",
  kind: "call",
  enabled: false,
  rule: {
    all: [
      { said: ["refund", "money: back"], by: "customer", in: { from: "25%", to: "2m" } },
      { sequence: [{ said: "yes" }, { silence: "1500ms" }], within: "90s" },
      { measure: "longestSilence", above: "10s" },
      { measure: "turns", above: 4 },
      { not: { said: ["no"] } },
    ],
  },
});

describe("writing rules", () => {
  it("gives a file that reads back to the same categories", () => {
    expect(readRulesFile(writeRulesFile([...readyMade, category])).categories).toEqual([...readyMade, category]);
  });

  it("writes times as people do, and leaves out what is as usual", () => {
    const text = writeCategory({ ...category, wanted: null, enabled: true, kind: null });
    expect(text).toContain("silence: 1500ms");
    expect(text).toContain("within: 90s");
    expect(text).toContain("to: 2m");
    expect(text).toContain("- said: yes");
    expect(text).not.toMatch(/description|wanted|kind|enabled/u);
  });
});

describe("reading one category", () => {
  it("reads what was written, and the first of a list", () => {
    expect(readCategory(writeCategory(category))).toEqual(category);
    expect(readCategory(writeRulesFile([category]))).toEqual(category);
  });

  it("says what is wrong at its own line", () => {
    const text = "id: x\nname: X\nrule:\n  said: refund\n  by: robot\n";
    expect(() => readCategory(text)).toThrow(/^Line 5: rule.by: /u);
    expect(() => readCategory("id: x\nname: X\nrule:\n  pattern: '(?=a)'\n")).toThrow(/^Line 4/u);
    expect(() => readCategory("id: x\nname: [\n")).toThrow(/^Line \d/u);
    expect(() => readCategory(writeRulesFile([category, { ...category, id: "other" }]))).toThrow(/one category/u);
    expect(() => readCategory("- 1\n")).toThrow(/^Line 1/u);
  });
});
