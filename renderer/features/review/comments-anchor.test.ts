import { describe, expect, it } from "vitest";
import type { Turn } from "../../../app/conversation/conversation.ts";
import { composingIn, composingOf, composingOn, draftPlaceFor, formerQuote, onTheWhole } from "./comments-anchor.ts";
import { wordPlaces } from "./transcript-caret.ts";

function turn(id: string, texts: readonly string[]): Turn {
  const words = texts.map((text, index) => ({
    id: `${id}.${index}`,
    text,
    startMs: index * 100,
    endMs: index * 100 + 90,
    confidence: null,
  }));
  return { id, participantId: "p", startMs: 0, endMs: 1_000, text: texts.join(" "), words, speakerConfidence: null };
}
const a = turn("a", ["I", "will", "pay"]);
const b = turn("b", ["Thank", "you"]);
const places = wordPlaces([a, b]);

describe("the draft of a comment", () => {
  it("finds again what the comment is on", () => {
    const words = composingOn({ turns: [a, b], words: [...a.words.slice(1), ...b.words.slice(0, 1)], chosen: true, text: null });
    const whole = composingOn({ turns: [b], words: [], chosen: false, text: null });
    for (const each of [words, whole, composingIn({ startMs: 100, endMs: 900 }), onTheWhole])
      expect(composingOf(draftPlaceFor(each.anchor), places)).toEqual(each);
    expect(words.quote).toBe("will pay Thank");
  });

  it("is of no comment where its words are gone, or it is another's", () => {
    expect(composingOf("comment:words a.1 x.9", places)).toBeUndefined();
    expect(composingOf("comment:turn x", places)).toBeUndefined();
    expect(composingOf("turn:a", places)).toBeUndefined();
    expect(composingOf("reply:1", places)).toBeUndefined();
  });
});

describe("what was quoted", () => {
  const anchor = { kind: "words", wordIds: [], turnIds: [], startMs: 0, endMs: 0, quote: "will pay", text: "will" } as const;
  it("is said where it reads otherwise now, and never when it was hidden since", () => {
    expect(formerQuote({ ...anchor, wordIds: [], turnIds: [], state: "changed" })).toBe("will pay");
    expect(formerQuote({ ...anchor, wordIds: [], turnIds: [], state: "moved" })).toBeNull();
    expect(formerQuote({ ...anchor, wordIds: [], turnIds: [], state: "gone", quote: null })).toBeNull();
  });
});
