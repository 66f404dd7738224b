import { describe, expect, it } from "vitest";
import type { Transcript, Turn } from "../conversation/conversation.ts";
import { defaultSealingPolicy, lastDay, maySeal, sealingPolicySchema, withOriginals } from "./originals.ts";
import { redactPersonalData } from "./redaction.ts";
import { everythingMasked, type RedactionPolicy } from "./redaction-policy.ts";

const turn = (id: string, participantId: string, text: string, timed: boolean): Turn => ({
  id,
  participantId,
  startMs: 0,
  endMs: 10_000,
  text,
  words: timed
    ? text
        .split(" ")
        .map((word, index) => ({ id: `${id}.${index}`, text: word, startMs: index, endMs: index + 1, confidence: 1 }))
    : [],
  speakerConfidence: null,
});
const conversation = (timed: boolean, ...texts: string[]): Transcript => ({
  durationMs: 10_000,
  language: "en",
  participants: [],
  turns: texts.map((text, index) => turn(`t${index}`, index % 2 === 0 ? "agent" : "customer", text, timed)),
  shortfalls: [],
  provenance: null,
});
const said = [
  "Who am I speaking with?",
  "Ottoline Braithwaite here, account number 73920185, call me on 01584 496 0182.",
  "Your card?",
  "4012 8888 8888 1881, security code 739, thanks.",
];
/** Everything marked as brought back. */
const broughtBack = (
  transcript: Transcript,
  originals: readonly { id: string; turnId: string; words: readonly { id: string }[] }[],
) => ({
  ...transcript,
  turns: transcript.turns.map((one) => ({
    ...one,
    words: one.words.map((word) => {
      const id = originals.find(({ words }) => words.some((each) => each.id === word.id))?.id;
      return id === undefined ? word : { ...word, restored: id };
    }),
    restored: originals.filter(({ turnId, words }) => turnId === one.id && words.length === 0).map(({ id }) => id),
  })),
});

describe("what was hidden", () => {
  it.each([
    ["words, masked", true, "mask"],
    ["words, removed", true, "remove"],
    ["a text, masked", false, "mask"],
    ["a text, removed", false, "remove"],
  ] as const)("of %s can be put back to the letter, all of it or a part", (_what, timed, how) => {
    const policy = Object.fromEntries(Object.keys(everythingMasked).map((type) => [type, how])) as RedactionPolicy;
    const { transcript, originals } = redactPersonalData(conversation(timed, ...said), policy);
    expect(new Set(originals.map(({ id }) => id)).size).toBe(originals.length);
    const all = new Map(originals.map((one) => [one.id, one]));
    const back = withOriginals(broughtBack(transcript, originals), all);
    expect(back.turns.map(({ text }) => text)).toEqual(said);
    expect(back.turns.flatMap((one) => one.words).every(({ redaction }) => redaction === undefined)).toBe(true);

    // Of what cannot be opened nothing shows; nor does anything where nobody brought it back.
    const [name] = originals.filter(({ types }) => types.includes("name"));
    const part = withOriginals(broughtBack(transcript, originals), new Map([[name?.id ?? "", name ?? never()]]));
    expect(part.turns[1]?.text).toContain("Ottoline Braithwaite");
    expect(part.turns[1]?.text).not.toContain("73920185");
    expect(withOriginals(transcript, all).turns.map(({ text }) => text)).toEqual(transcript.turns.map(({ text }) => text));
  });

  it("stays hidden where the text has been written otherwise since", () => {
    const { transcript, originals } = redactPersonalData(conversation(false, ...said), everythingMasked);
    const marked = broughtBack(transcript, originals);
    const rewritten = { ...marked, turns: marked.turns.map((one) => ({ ...one, text: `So: ${one.text}` })) };
    const back = withOriginals(rewritten, new Map(originals.map((one) => [one.id, one])));
    expect(back.turns.map(({ text }) => text)).toEqual(rewritten.turns.map(({ text }) => text));
  });
});

describe("the sealing policy", () => {
  it("lets nothing be sealed with which something goes that may not be", () => {
    expect(maySeal({ types: ["name"] }, defaultSealingPolicy)).toBe(true);
    for (const type of ["card-number", "card-security-code", "pin", "password"] as const) {
      expect([type, maySeal({ types: [type] }, defaultSealingPolicy)]).toEqual([type, false]);
      expect([type, maySeal({ types: ["name", type] }, defaultSealingPolicy)]).toEqual([type, false]);
    }
    expect(maySeal({ types: ["name"] }, { ...defaultSealingPolicy, days: 0 })).toBe(false);
    expect(maySeal({ types: [] }, defaultSealingPolicy)).toBe(false);
    expect(sealingPolicySchema.safeParse({ days: 1, types: ["card-security-code"] }).success).toBe(false);
  });

  it("counts days from the import", () => {
    expect(lastDay("2026-11-21T09:00:00.000Z", defaultSealingPolicy)).toBe("2026-12-21");
  });
});

function never(): never {
  throw new Error("It was not found.");
}
