import { describe, expect, it } from "vitest";
import type { Turn, Word } from "../../../app/conversation/conversation.ts";
import {
  categoryMarks,
  countMarks,
  cutText,
  entityMarks,
  type Mark,
  marksByTurn,
  marksByWord,
  placeMarks,
  redactionMarks,
  stepMark,
  vendorMarks,
} from "./marks.ts";
import { wordPlaces } from "./transcript-caret.ts";

const word = (id: string, text: string, more: Partial<Word> = {}): Word => ({
  id,
  text,
  startMs: 0,
  endMs: 1,
  confidence: null,
  ...more,
});
const turn = (id: string, words: Word[], text = words.map((each) => each.text).join(" ")): Turn => ({
  id,
  participantId: "p1",
  startMs: 0,
  endMs: 1,
  text,
  words,
  speakerConfidence: null,
});
const mark = (id: string, wordIds: string[], more: Partial<Mark> = {}): Mark => ({
  id,
  kind: "category",
  what: "Refund",
  style: null,
  origin: { by: "cues" },
  turnId: "t1",
  wordIds,
  chars: null,
  startMs: 0,
  ...more,
});

describe("marks on words", () => {
  it("follow words that were written over, given to another turn, or taken out", () => {
    const places = wordPlaces([
      turn("t1", [word("a", "one")]),
      turn("t2", [word("x.0", "two", { replaces: ["b"] }), word("c", "three")]),
    ]);
    const marks = [mark("1", ["a", "b"]), mark("2", ["b"]), mark("3", ["gone"])];
    const byTurn = marksByTurn(marks, places);
    expect(byTurn.get("t1")?.map(({ id }) => id)).toEqual(["1"]);
    expect(byTurn.get("t2")?.map(({ id }) => id)).toEqual(["1", "2"]);
    const second = places.turns[1];
    expect([...marksByWord(second ?? turn("", []), byTurn.get("t2") ?? []).keys()]).toEqual(["x.0"]);
    expect(placeMarks(marks, places).map(({ mark: { id }, turn: at, wordId }) => [id, at, wordId])).toEqual([
      ["1", 0, "a"],
      ["2", 1, "x.0"],
    ]);
  });

  it("of categories leave out silences, and show what should not have been found", () => {
    const place = { turnId: "t1", wordIds: ["a"], chars: null, startMs: 5, endMs: 6, quote: "one", role: null };
    const finding = {
      id: "c",
      name: "C",
      description: "",
      wanted: null,
      sentence: "said one",
      searched: [],
      figures: [],
      unjudged: [],
    };
    const silence = { ...place, turnId: null, wordIds: [] };
    expect(categoryMarks([{ ...finding, outcome: "present", places: [place, silence], against: [] }])).toHaveLength(1);
    expect(categoryMarks([{ ...finding, outcome: "absent", places: [], against: [place] }])).toMatchObject([
      { what: "C", origin: { by: "rule", sentence: "said one" } },
    ]);
  });

  it("of entities are underlined by their family, and stand on characters where there are no words", () => {
    const mention = { turnId: "t1", text: "x", start: 3, end: 7, startMs: 0, endMs: 1, score: 0.9, source: "local" as const };
    const marks = entityMarks([
      { type: "PERSON", value: "Ann", count: 1, mentions: [{ ...mention, wordIds: ["a"] }] },
      { type: "POLICY", value: "Gold", count: 1, mentions: [{ ...mention, wordIds: [] }] },
    ]);
    expect(marks.map(({ style, chars }) => [style, chars])).toEqual([
      ["who", null],
      ["reference", { from: 3, to: 7 }],
    ]);
    expect(countMarks(marks)).toMatchObject({ entity: 2, redaction: 0 });
  });

  it("of redactions say the rule, the person, or the file", () => {
    const hidden = (id: string, redaction: string) => word(id, "", { redaction });
    const turns = [
      turn("t1", [hidden("a", "pin"), hidden("b", "pin"), word("c", "and"), hidden("d", "name"), hidden("e", "card number")]),
      turn("t2", [], "my PIN is [pin] ok"),
    ];
    const base = { startMs: 0, endMs: 1, type: "pin", rule: "digits-after-pin", why: "context" as const, how: "mask" as const };
    const redactions = [
      { ...base, turnId: "t1", wordIds: ["a", "b"] },
      { ...base, turnId: "t2", wordIds: [] },
    ];
    const operation = { kind: "redact" as const, target: { kind: "words" as const, wordIds: ["d"] }, label: "name" };
    const marks = redactionMarks({ turns, redactions }, [
      { id: "o", at: "2026-01-01T00:00:00Z", author: "Ann", changeId: "o", operation },
    ]);
    expect(marks.map(({ wordIds, origin }) => [wordIds.join(), origin.by])).toEqual([
      ["a,b", "redaction"],
      ["d", "person"],
      ["e", "file"],
      ["", "redaction"],
    ]);
    expect(marks[3]?.chars).toEqual({ from: 10, to: 15 });
  });

  it("of another program keep its name", () => {
    const finding = { kind: "issue" as const, name: "", turnId: "t1", wordIds: ["a"], startMs: 0, endMs: 1 };
    const wordless = { ...finding, turnId: "t2", wordIds: [] };
    const vendor = { source: "Contact Lens", sentiment: [], findings: [finding, wordless, { ...wordless, turnId: "t1" }] };
    expect(vendorMarks({ vendor, turns: [turn("t1", [word("a", "one")]), turn("t2", [], "Hi all")] })).toMatchObject([
      { kind: "issue", chars: null, origin: { by: "vendor", source: "Contact Lens" } },
      { kind: "issue", chars: { from: 0, to: 6 } },
    ]);
  });
});

describe("going through marks", () => {
  const places = wordPlaces([turn("t1", [word("a", "one"), word("b", "two")]), turn("t2", [word("c", "three")])]);
  const marks = placeMarks([mark("1", ["a"]), mark("2", ["a", "b"]), mark("3", ["c"])], places);

  it("goes from one to its neighbour where several begin together, and by place otherwise", () => {
    expect(stepMark(marks, { turn: 0, at: 0, id: "1" }, 1)?.mark.id).toBe("2");
    expect(stepMark(marks, { turn: 0, at: 0, id: "2" }, -1)?.mark.id).toBe("1");
    expect(stepMark(marks, { turn: 0, at: 1 }, 1)?.mark.id).toBe("3");
    expect(stepMark(marks, { turn: 1, at: 0 }, -1)?.mark.id).toBe("2");
    expect(stepMark(marks, { turn: 1, at: 0, id: "3" }, 1)).toBeUndefined();
    // Somebody has gone elsewhere since.
    expect(stepMark(marks, { turn: 1, at: 0, id: "1" }, -1)?.mark.id).toBe("2");
  });
});

describe("a text without words", () => {
  it("is cut where marks and matches begin and end", () => {
    const pieces = cutText(10, [mark("1", [], { chars: { from: 2, to: 6 } })], [{ from: 4, to: 8 }]);
    expect(pieces.map(({ from, to, marks: on }) => [from, to, on.length])).toEqual([
      [0, 2, 0],
      [2, 4, 1],
      [4, 6, 1],
      [6, 8, 0],
      [8, 10, 0],
    ]);
  });
});
