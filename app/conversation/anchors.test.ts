import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AnchorInput, type AnchorView, anchorAt, anchorFinder } from "./anchors.ts";
import { applyOperations } from "./apply-operations.ts";
import { named, shortCall, spoken } from "./call.test-data.ts";
import type { Transcript } from "./conversation.ts";
import type { Operation } from "./operations.ts";

const call = shortCall();
const made = { wordsHash: "h", revision: "h.0" };

/** Where something that was put on the first transcript is in the second. */
function found(input: AnchorInput, now: Transcript, wordsHash = "h", before: Transcript = call): AnchorView {
  const anchor = anchorAt(input, before, made);
  if (typeof anchor === "string") throw new Error(anchor);
  return anchorFinder(now, wordsHash)(anchor);
}
const revised = (...operations: Operation[]): Transcript => applyOperations(call, named(...operations));
const address: AnchorInput = { kind: "words", wordIds: ["t2d", "t2e", "t2f"] };

describe("what is put on words", () => {
  it("is the same while they are", () => {
    const same = {
      kind: "words",
      state: "same",
      quote: "nine Elm Street",
      text: "nine Elm Street",
      startMs: 2_600,
      endMs: 3_200,
    };
    expect(found(address, call)).toEqual({ ...same, wordIds: ["t2d", "t2e", "t2f"], turnIds: ["t2"] });
    // Also when something else in the turn is written otherwise, or the turn is taken apart around them.
    expect(found(address, revised({ kind: "retext-words", wordIds: ["t2a"], text: "We" }))).toMatchObject(same);
    const split = revised({ kind: "split-turn", turnId: "t2", at: { kind: "word", wordId: "t2d" } });
    expect(found(address, split)).toMatchObject({ ...same, turnIds: ["o0"] });
  });

  it("has moved with them to somebody else, and to another time", () => {
    const given = revised({ kind: "reassign-words", wordIds: ["t2d", "t2e", "t2f", "t2g"], participantId: "p1" });
    expect(found(address, given)).toMatchObject({ state: "moved", text: "nine Elm Street", turnIds: ["t3"] });
    const later = revised({ kind: "retime-turn", turnId: "t2", startMs: 3_000, endMs: 4_400 });
    expect(found(address, later)).toMatchObject({ state: "moved", startMs: 3_600, endMs: 4_200 });
  });

  it("finds what was written over them, however often, and what was put between", () => {
    const first: Operation = { kind: "retext-words", wordIds: ["t2d"], text: "nineteen" };
    expect(found(address, revised(first))).toMatchObject({
      state: "changed",
      quote: "nine Elm Street",
      text: "nineteen Elm Street",
      wordIds: ["o0.0", "t2e", "t2f"],
    });
    const second: Operation = { kind: "retext-turn", turnId: "t2", text: "I live at ninety Old Elm Street now" };
    expect(found(address, revised(first, second))).toMatchObject({ state: "changed", text: "ninety Old Elm Street" });
    expect(found({ kind: "words", wordIds: ["t2d"] }, revised(first, second)).text).toBe("ninety Old");
  });

  it("is gone with them, and comes back with them", () => {
    const words = ["t2d", "t2e", "t2f"];
    expect(found(address, revised({ kind: "retext-words", wordIds: words, text: "" }))).toEqual({
      kind: "words",
      state: "gone",
      wordIds: [],
      turnIds: [],
      startMs: 2_600,
      endMs: 3_200,
      quote: "nine Elm Street",
      text: "",
    });
    expect(found(address, revised())).toMatchObject({ state: "same" });
  });

  it("quotes nothing that has been hidden since", () => {
    const hide: Operation = { kind: "redact", target: { kind: "words", wordIds: ["t2e"] }, label: "street" };
    expect(found(address, revised(hide))).toMatchObject({ state: "changed", quote: null, text: "nine [street] Street" });
    const gone: Operation = { kind: "retext-words", wordIds: ["t2d", "t2e", "t2f"], text: "" };
    const byTime: Operation = { kind: "redact", target: { kind: "time", startMs: 2_000, endMs: 4_000 }, label: "x" };
    expect(found(address, revised(gone, byTime)).quote).toBeNull();
  });

  it("is looked for by time in another hearing", () => {
    const again = shortCall({ turns: [spoken("w1", "p2", 2_000, "I live at nine Elm Street now")] });
    expect(found(address, again, "other")).toMatchObject({ state: "same", wordIds: ["w1d", "w1e", "w1f"] });
    const otherwise = shortCall({ turns: [spoken("w1", "p2", 2_000, "I live in fine Elm Street now")] });
    expect(found(address, otherwise, "other")).toMatchObject({ state: "changed", text: "fine Elm Street" });
    expect(found(address, shortCall({ turns: [] }), "other").state).toBe("gone");
  });

  it("is refused for words that are not there", () => {
    expect(anchorAt({ kind: "words", wordIds: ["t2a", "ghost"] }, call, made)).toBe("word-unknown");
  });
});

describe("what is put on a turn or a time", () => {
  const chat = shortCall({
    turns: ["Hello", "Hi, my bill is wrong"].map((text, index) => ({
      ...spoken(`m${index}`, index === 0 ? "p1" : "p2", index * 1_000, text),
      endMs: index * 1_000,
      words: [],
    })),
  });

  it("follows a message through rewriting, hiding and joining", () => {
    const put: AnchorInput = { kind: "turn", turnId: "m1" };
    const now = (...operations: Operation[]) => found(put, applyOperations(chat, named(...operations)), "h", chat);
    expect(now()).toMatchObject({ state: "same", turnIds: ["m1"], quote: "Hi, my bill is wrong" });
    expect(now({ kind: "retext-turn", turnId: "m1", text: "Hi, my bill is long" }).state).toBe("changed");
    expect(now({ kind: "merge-turns", turnIds: ["m0", "m1"] })).toMatchObject({ state: "moved", turnIds: ["m0"] });
    expect(now({ kind: "reassign-turn", turnId: "m1", participantId: "p1" }).state).toBe("moved");
    expect(now({ kind: "retext-turn", turnId: "m1", text: "" }).state).toBe("gone");
    const target = { kind: "text", turnId: "m1", start: 7, end: 11 } as const;
    expect(now({ kind: "redact", target, label: "x" })).toMatchObject({ quote: null, text: "Hi, my [x] is wrong" });
  });

  it("stays at its time and says when other words are there", () => {
    const put: AnchorInput = { kind: "time", startMs: 4_000, endMs: 4_400 };
    expect(found(put, call)).toMatchObject({ state: "same", wordIds: ["t3a", "t3b"], quote: "Sure thank" });
    expect(found(put, revised({ kind: "retext-turn", turnId: "t3", text: "Surely thank you" }))).toMatchObject({
      state: "changed",
      text: "Surely thank",
    });
    expect(found({ kind: "time", startMs: 15_000, endMs: 99_000 }, call)).toMatchObject({
      state: "same",
      endMs: 20_000,
      text: "",
    });
  });
});

describe("whatever is put anywhere", () => {
  it("is the same where nothing was changed, and never quotes what is hidden", () => {
    const ids = call.turns.flatMap((turn) => turn.words.map((word) => word.id));
    const texts = new Map(call.turns.flatMap((turn) => turn.words.map((word) => [word.id, word.text] as const)));
    fc.assert(
      fc.property(
        fc.nat(16),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(16),
        fc.integer({ min: 1, max: 3 }),
        (from, count, at, many) => {
          const put: AnchorInput = { kind: "words", wordIds: ids.slice(from, from + count) };
          expect(found(put, call).state).toBe("same");
          const hidden = ids.slice(at, at + many);
          const now = revised({ kind: "redact", target: { kind: "words", wordIds: hidden }, label: "x" });
          const view = found(put, now);
          const touched = put.wordIds.some((id) => hidden.includes(id));
          expect(view.quote === null).toBe(touched);
          if (!touched) expect(view).toMatchObject({ state: "same", quote: put.wordIds.map((id) => texts.get(id)).join(" ") });
        },
      ),
      { numRuns: 100 },
    );
  });
});
