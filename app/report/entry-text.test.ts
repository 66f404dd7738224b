import { describe, expect, it } from "vitest";
import { entryKinds } from "./entries.ts";
import { entryText, kindText } from "./entry-text.ts";

const hex = "a".repeat(64);

describe("an entry in words", () => {
  it.each([
    ["import", { sha256: hex, bytes: 1_234, kind: "call" }, "A call came into the library: 1,234 bytes, SHA-256 aaaaaaaaaaaa."],
    ["tags", { added: 2, removed: 1, tags: hex }, "Tags were changed: 2 added, 1 removed."],
    ["evidence-played", { evaluation: null, question: null, startMs: 500, endMs: 61_000 }, "Listened to 0:00.5 to 1:01.0."],
    ["settings-changed", { names: ["a", "b", "c", "d", "e", "f", "f"] }, "Settings were changed: a, b, c, d, e and 1 more."],
    ["export", { what: "report", format: "pdf", conversations: 1, content: null }, "Exported: report as pdf."],
    [
      "deletion",
      { sha256: hex, rows: { transcripts: 1, tags: 2 }, files: 1, bytes: 5 },
      "Deleted for good: 3 rows and 1 file, 5 bytes; its source had the SHA-256 aaaaaaaaaaaa.",
    ],
    [
      "override",
      { evaluation: "e", question: "q1", replaces: hex, answer: null, reason: null },
      "The answer to question q1 was withdrawn.",
    ],
  ])("says what a %s was", (kind, data, said) => {
    expect(entryText({ kind, data })).toBe(said);
  });

  it("names one of a later Earmark, or one that is not what it has to be, by its kind", () => {
    expect(entryText({ kind: "something-new", data: { any: 1 } })).toBe("Something new.");
    expect(entryText({ kind: "import", data: {} })).toBe("Import.");
    expect(kindText("evidence-played")).toBe("Evidence played");
  });

  it("has words for every kind", () => {
    for (const kind of Object.keys(entryKinds)) expect(kindText(kind)).toMatch(/^[A-Z][a-z ]+$/u);
  });
});
