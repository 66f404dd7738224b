import { describe, expect, it } from "vitest";
import { joinVocabularies, noVocabulary, readVocabulary, vocabularySchema, writeVocabulary } from "./vocabulary.ts";

describe("a vocabulary file", () => {
  it("has a term in each line, with what it sounds like, and replacements", () => {
    const text =
      '\uFEFFterm,sounds like\r\n# names\r\nEarmark, ear mark | earmarks\r\nBluebird Energy\r\n"Smith, Jones",smith jones\r\nwi fi => Wi-Fi\r\n\r\n';
    const { vocabulary, problems } = readVocabulary(text);
    expect(problems).toEqual([]);
    expect(vocabulary).toEqual({
      terms: [
        { term: "Earmark", soundsLike: ["ear mark", "earmarks"] },
        { term: "Bluebird Energy", soundsLike: [] },
        { term: "Smith, Jones", soundsLike: ["smith jones"] },
      ],
      replacements: [{ heard: "wi fi", written: "Wi-Fi" }],
    });
    expect(vocabularySchema.parse(vocabulary)).toEqual(vocabulary);
    expect(readVocabulary(writeVocabulary(vocabulary)).vocabulary).toEqual(vocabulary);
  });

  it("takes tabs and semicolons, and what is no column name as a term", () => {
    expect(readVocabulary("Contoso\tcon toso\nFabrikam; fabric am").vocabulary.terms).toEqual([
      { term: "Contoso", soundsLike: ["con toso"] },
      { term: "Fabrikam", soundsLike: ["fabric am"] },
    ]);
    expect(readVocabulary("Terminal").vocabulary.terms).toEqual([{ term: "Terminal", soundsLike: [] }]);
  });

  it("names the lines that cannot be used, and keeps the others", () => {
    const text = [
      "Good",
      ", sounds only",
      "a, b, c",
      '"open',
      "x".repeat(101),
      "heard => ",
      `many, ${"s|".repeat(21)}`,
      "Also good",
    ];
    const sounds = Array.from({ length: 21 }, (_, i) => `s${i}`).join("|");
    const { vocabulary, problems } = readVocabulary([...text, `many, ${sounds}`].join("\n"));
    expect(vocabulary.terms.map(({ term }) => term)).toEqual(["Good", "many", "Also good"]);
    expect(problems).toEqual([
      { line: 2, fault: "no-term" },
      { line: 3, fault: "too-many-columns" },
      { line: 4, fault: "open-quote" },
      { line: 5, fault: "too-long" },
      { line: 6, fault: "no-term" },
      { line: 9, fault: "too-many-sounds" },
    ]);
    expect(readVocabulary("")).toEqual({ vocabulary: noVocabulary, problems: [] });
  });

  it("ends at so many terms", () => {
    const { vocabulary, problems } = readVocabulary(Array.from({ length: 2_001 }, (_, i) => `term ${i}`).join("\n"));
    expect(vocabulary.terms).toHaveLength(2_000);
    expect(problems).toEqual([{ line: 2_001, fault: "too-many-lines" }]);
  });
});

describe("two vocabularies", () => {
  it("are one: sounds add up, and the second decides what is written", () => {
    const first = { terms: [{ term: "A", soundsLike: ["ay"] }], replacements: [{ heard: "Bee", written: "b" }] };
    const second = {
      terms: [
        { term: "A", soundsLike: ["eh"] },
        { term: "C", soundsLike: [] },
      ],
      replacements: [{ heard: "bee", written: "B" }],
    };
    expect(joinVocabularies(first, second)).toEqual({
      terms: [
        { term: "A", soundsLike: ["ay", "eh"] },
        { term: "C", soundsLike: [] },
      ],
      replacements: [{ heard: "bee", written: "B" }],
    });
    expect(joinVocabularies(noVocabulary, first)).toEqual(first);
  });
});
