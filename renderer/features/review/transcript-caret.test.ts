import { describe, expect, it } from "vitest";
import type { Turn } from "../../../app/conversation/conversation.ts";
import { Caret, chosenByTurn, spanOf, targetOf, wordPlaces } from "./transcript-caret.ts";

function turn(id: string, startMs: number, texts: readonly string[], masked: readonly number[] = []): Turn {
  return {
    id,
    participantId: "p1",
    startMs,
    endMs: startMs + texts.length * 100,
    text: texts.join(" "),
    words: texts.map((text, index) => ({
      id: `${id}.${index}`,
      text,
      startMs: startMs + index * 100,
      endMs: startMs + index * 100 + 90,
      confidence: 1,
      ...(masked.includes(index) ? { redaction: "name" } : {}),
    })),
    speakerConfidence: null,
  };
}

const message: Turn = { ...turn("m", 5_000, []), text: "my name is Ada" };
const turns = [turn("a", 0, ["one", "two", "three"]), turn("b", 1_000, ["four", "five"]), message];
const places = wordPlaces(turns);
const nowhere = { turnId: null, wordId: null, range: null, text: null };

describe("what is chosen", () => {
  it("runs over turns, in whichever direction it was chosen", () => {
    const there = chosenByTurn({ from: "a.1", to: "b.0" }, places);
    expect([...there]).toEqual([
      [0, { from: 1, to: 2 }],
      [1, { from: 0, to: 0 }],
    ]);
    expect([...chosenByTurn({ from: "b.0", to: "a.1" }, places)]).toEqual([...there]);
  });

  it("is nothing when a word has gone", () => {
    expect(chosenByTurn({ from: "a.1", to: "x" }, places).size).toBe(0);
  });
});

describe("the target", () => {
  it("is what is chosen before where one stands", () => {
    const target = targetOf({ ...nowhere, turnId: "b", wordId: "b.1", range: { from: "a.1", to: "a.2" } }, places);
    expect(target?.words.map((word) => word.text)).toEqual(["two", "three"]);
    expect(target?.chosen).toBe(true);
    expect(target === undefined ? null : spanOf(target)).toEqual({ startMs: 100, endMs: 290 });
  });

  it("is the word one stands on, else the turn", () => {
    expect(targetOf({ ...nowhere, turnId: "b", wordId: "b.1" }, places)?.words.map((word) => word.id)).toEqual(["b.1"]);
    const whole = targetOf({ ...nowhere, turnId: "m" }, places);
    expect(whole?.turns.map((each) => each.id)).toEqual(["m"]);
    expect(whole?.words).toEqual([]);
  });

  it("is nothing where the turn has gone", () => {
    expect(targetOf({ ...nowhere, turnId: "x" }, places)).toBeUndefined();
  });

  it("takes words masked together as one", () => {
    const masked = wordPlaces([turn("r", 0, ["[name]", "", "hello"], [0, 1])]);
    expect(targetOf({ ...nowhere, turnId: "r", wordId: "r.0" }, masked)?.words.map((word) => word.id)).toEqual(["r.0", "r.1"]);
  });

  it("keeps a part of a message's text", () => {
    const caret = new Caret();
    caret.chooseText({ turnId: "m", start: 11, end: 14 });
    expect(targetOf(caret.state(), places)?.text).toEqual({ turnId: "m", start: 11, end: 14 });
    caret.choose(null);
    expect(targetOf(caret.state(), places)?.text).toBeNull();
  });
});
