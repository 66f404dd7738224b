import { describe, expect, it } from "vitest";
import { shortCall, spoken } from "./call.test-data.ts";
import { againOn, placeFinder, standsThere } from "./left-behind.ts";
import type { Operation } from "./operations.ts";

/** The same call heard otherwise: other ids, other words, turns that begin elsewhere. */
const heardAgain = shortCall({
  turns: [
    spoken("n1", "p1", 0, "Thanks for calling Harbour"),
    spoken("n2", "p2", 1_850, "Hi I live at nine helm street now"),
    spoken("n3", "p1", 4_000, "Sure"),
    spoken("n4", "p1", 4_400, "you anything else"),
  ],
});
const again = (operation: Operation) => againOn(operation, placeFinder(shortCall())(operation), heardAgain);

describe("a correction of an earlier hearing", () => {
  it("is made again on the words that are said at its time by its speaker", () => {
    // "Elm Street" was from 2.8 s to 3.2 s; "helm street" is heard from 2.85 s to 3.25 s.
    expect(again({ kind: "retext-words", wordIds: ["t2e", "t2f"], text: "Elm Street" })).toEqual({
      kind: "retext-words",
      wordIds: ["n2f", "n2g"],
      text: "Elm Street",
    });
    expect(again({ kind: "mark-doubt-settled", wordIds: ["t1a"] })).toEqual({ kind: "mark-doubt-settled", wordIds: ["n1a"] });
    expect(again({ kind: "reassign-turn", turnId: "t3", participantId: "p2" })).toEqual({
      kind: "reassign-words",
      wordIds: ["n3a", "n4a"],
      participantId: "p2",
    });
    expect(again({ kind: "split-turn", turnId: "t2", at: { kind: "word", wordId: "t2d" } })).toEqual({
      kind: "split-turn",
      turnId: "n2",
      at: { kind: "time", atMs: 2_600 },
    });
    expect(again({ kind: "merge-turns", turnIds: ["t3", "t4"] })).toEqual({ kind: "merge-turns", turnIds: ["n3", "n4"] });
  });

  it("is not made where nobody speaks now, where its speaker is not here, or of times", () => {
    const silent = shortCall({ turns: [] });
    const operation: Operation = { kind: "retext-words", wordIds: ["t2e"], text: "Elm" };
    expect(againOn(operation, placeFinder(shortCall())(operation), silent)).toBeNull();
    // Recorded before Earmark kept when it was said.
    expect(againOn(operation, undefined, heardAgain)).toBeNull();
    expect(again({ kind: "reassign-turn", turnId: "t3", participantId: "ghost" })).toBeNull();
    expect(again({ kind: "retime-word", wordId: "t2e", startMs: 0, endMs: 1 })).toBeNull();
    expect(placeFinder(shortCall())({ kind: "retext-words", wordIds: ["ghost"], text: "x" })).toBeUndefined();
  });

  it("shows what stands there, in a turn without words its text", () => {
    const made = { startMs: 2_000, endMs: 3_000, participantId: "p2" };
    expect(standsThere(heardAgain, made)?.text).toBe("I live at nine helm");
    const wordless = shortCall({ turns: [{ ...spoken("m", "p2", 2_000, "I live here"), words: [] }] });
    expect(standsThere(wordless, made)?.text).toBe("I live here");
    expect(againOn({ kind: "retext-turn", turnId: "t2", text: "No" }, made, wordless)).toEqual({
      kind: "retext-turn",
      turnId: "m",
      text: "No",
    });
  });
});
