import { describe, expect, it } from "vitest";
import { completionsAt } from "./form-completion.ts";

const known = { categories: ["late-refund"], questions: ["greeting"] };
const labels = (text: string): string[] => completionsAt(text, known)?.options.map(({ label }) => label) ?? [];

const head = "schema: earmark-checklist/1\nid: a\nversion: 1\ntitle: A\n";
const section = `${head}sections:\n  - id: s\n    title: S\n    questions:\n      - id: q\n        type: yes-no\n`;

describe("what can be written at a place of a checklist", () => {
  it("offers the keys of the place, told by indentation", () => {
    expect(labels(`${head}se`)).toEqual(expect.arrayContaining(["serves", "sections", "scoring"]));
    expect(labels(`${head}se`)).not.toContain("questions");
    expect(labels(`${head}sections:\n  - id: s\n    qu`)).toContain("questions");
    expect(labels(`${section}        an`)).toContain("answeredBy");
    expect(labels(`${section}      - as`)).toContain("ask");
    expect(labels(`${section}        answeredBy:\n          rule:\n            ho`)).toEqual(
      expect.arrayContaining(["holds", "cases", "figure", "applies"]),
    );
  });

  it("offers the values of a key", () => {
    expect(labels(`${head}scoring: `)).toEqual(["questions", "sections", "points", "none"]);
    expect(labels(`${section}        type: `)).toEqual(["yes-no", "single", "multiple", "numeric", "text", "date"]);
    expect(labels(`${section}        bonus: `)).toEqual(["true", "false"]);
  });

  it("offers ids that are known, and goes into brackets", () => {
    const rule = `${section}        answeredBy: { rule: { holds: `;
    expect(labels(`${rule}{ sa`)).toEqual(expect.arrayContaining(["said", "category", "figure"]));
    expect(labels(`${rule}{ said: [sorry, late], by: `)).toContain("agent");
    expect(labels(`${rule}{ category: la`)).toEqual(["late-refund"]);
    expect(labels(`${rule}{ jo`)).toContain("journey");
    expect(labels(`${rule}{ journey: as`)).toEqual(
      expect.arrayContaining(["asked-again", "promise-broken", "earlier-conversation"]),
    );
    expect(labels(`${rule}{ journey: asked-again, of: b`)).toContain("bot");
    expect(labels(`${section}        when: { question: `)).toEqual(["greeting"]);
  });

  it("says from where it replaces, and nothing within comments and texts", () => {
    const text = `${head}sco`;
    expect(completionsAt(text, known)?.from).toBe(text.length - 3);
    expect(completionsAt(`${head}# se`, known)).toBeNull();
    expect(completionsAt(`${section}        ask: "Did the ag`, known)).toBeNull();
    expect(completionsAt(`${section}        ask: Did the ag`, known)).toBeNull();
  });
});
