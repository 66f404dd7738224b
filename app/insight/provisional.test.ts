import { describe, expect, it } from "vitest";
import type { Turn } from "../conversation/conversation.ts";
import { forgetHeardNumbers, redactProvisional } from "./provisional.ts";
import { redactCardData } from "./redaction.ts";

function callOf(...texts: readonly string[]): Turn[] {
  let at = 0;
  return texts.map((text, number) => {
    const words = text.split(" ").map((word) => {
      at += 400;
      return { id: `w${at}`, text: word, startMs: at, endMs: at + 300, confidence: 0.9 };
    });
    const startMs = words[0]?.startMs ?? 0;
    return { id: `t${number}`, participantId: `p${number % 2}`, startMs, endMs: at + 300, text, words, speakerConfidence: null };
  });
}
const whole = (turns: Turn[]) =>
  redactCardData({ durationMs: 0, language: null, participants: [], turns, shortfalls: [], provenance: null }).transcript.turns;

/** The call as it is after so many words. */
function beginning(turns: readonly Turn[], count: number): Turn[] {
  let left = count;
  return turns.flatMap((turn) => {
    const words = turn.words.slice(0, Math.max(0, left));
    left -= turn.words.length;
    return words.length === 0 ? [] : [{ ...turn, words, text: words.map(({ text }) => text).join(" ") }];
  });
}

const talk = "and so we went on talking about the weather and the garden and the neighbours and their dog for quite a while";

describe.each([
  [
    "a card number over several turns",
    callOf(
      "Can I take payment?",
      "sure it is four five four three",
      "yes",
      "four seven four zero",
      "okay",
      "zero two two four nine nine nine six",
      "and the expiry date?",
      "September nine",
      "and the three digits on the back",
      "three one nine",
      talk,
      talk,
      talk,
    ),
  ],
  ["a security code", callOf("and the security code please", "three one nine thank you", talk, talk, talk)],
  [
    "a part that is repeated later in a card number",
    callOf("it begins with 45434", talk, talk, talk, "4543 4740 0224 9996 is my card number", talk, talk),
  ],
  [
    "a card number in pairs",
    callOf(
      "read me the card number",
      "forty five",
      "okay",
      "forty three",
      "yes",
      "forty seven",
      "yes",
      "forty",
      "okay",
      "oh two twenty four ninety nine ninety six",
      talk,
      talk,
      talk,
    ),
  ],
] as const)("%s", (_, turns) => {
  it("is never shown while it is heard and masked afterwards", () => {
    const end = new Map(whole(turns).flatMap((turn) => turn.words.map((word) => [word.id, word] as const)));
    const count = turns.reduce((sum, turn) => sum + turn.words.length, 0);
    let masked = 0;
    for (let known = 1; known <= count; known++) {
      for (const word of redactProvisional(beginning(turns, known)).flatMap((turn) => turn.words)) {
        const final = end.get(word.id);
        if (final?.redaction === undefined) continue;
        masked++;
        // The word that the label stands in may keep its punctuation, and nothing else.
        expect(word.redaction, `"${word.text}" after ${known} words`).toBeDefined();
      }
    }
    expect(masked).toBeGreaterThan(0);
  });
});

describe("while a call is heard", () => {
  it("an amount, a name and a day stay readable, a number once enough has been said after it", () => {
    const turns = callOf("Oh the bill is twenty five pounds", talk, talk, talk);
    expect(redactProvisional(turns.slice(0, 1))[0]?.text).toBe("Oh the bill is [number] pounds");
    expect(redactProvisional(turns)[0]?.text).toBe("Oh the bill is twenty five pounds");
    expect(redactProvisional(callOf("Oh hello Paul, it is Friday"))[0]?.text).toBe("Oh hello Paul, it is Friday");
  });

  it("what was heard before a replacement goes where it is masked or holds a number", () => {
    const [turn] = callOf(
      "My card number is four five four three four seven four zero zero two two four nine nine nine six Ford",
    ) as [Turn];
    const words = turn.words.map((word, i) => ({
      ...word,
      ...(i === 5 || i === 20 ? { heard: "five two" } : i === 0 ? { heard: "Mai" } : {}),
    }));
    const redacted = whole([{ ...turn, words }])[0] as Turn;
    expect(redacted.words[5]?.redaction).toBe("card-number");
    expect(redacted.words[5]?.heard).toBeUndefined();
    const base = { durationMs: 0, language: null, participants: [], shortfalls: [], provenance: null };
    const kept = forgetHeardNumbers({ ...base, turns: [redacted] }).turns[0]?.words ?? [];
    expect(kept.map(({ heard }) => heard).filter(Boolean)).toEqual(["Mai"]);
  });
});
