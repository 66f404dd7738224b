import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conversationOf } from "../conformity/writing/hostile.test-data.ts";
import { readConnectChat } from "../formats/connect-chat.ts";
import { extractSummary } from "./summary.ts";

const bill = conversationOf([
  { by: "agent", text: "Good morning. Thank you for calling Harbour Energy." },
  { by: "customer", text: "Hello. I am calling because my electricity bill has doubled since March." },
  { by: "agent", text: "I am sorry to hear that." },
  { by: "customer", text: "The bill was forty pounds and now the electricity bill is ninety pounds." },
  { by: "agent", text: "Let me have a look." },
  { by: "customer", text: "It is raining here today, is it not." },
  { by: "agent", text: "The meter reading was estimated, so the bill was wrong." },
  { by: "customer", text: "Okay." },
  { by: "agent", text: "I will send a refund for the wrong bill by Friday." },
  { by: "customer", text: "Thank you. Goodbye." },
]).conversation;

describe("a summary without a model", () => {
  it("has why they called, what was found and what was agreed, as they said it and in that order", () => {
    const found = extractSummary(bill, 4);
    expect(found.map(({ role, text }) => `${role}: ${text}`)).toEqual([
      "customer: I am calling because my electricity bill has doubled since March.",
      "customer: The bill was forty pounds and now the electricity bill is ninety pounds.",
      "agent: The meter reading was estimated, so the bill was wrong.",
      "agent: I will send a refund for the wrong bill by Friday.",
    ]);
  });

  it("is made of quotes: each sentence stands at its words", () => {
    for (const { turnId, wordIds, text, startMs, endMs } of extractSummary(bill)) {
      const turn = bill.turns.find(({ id }) => id === turnId);
      const words = (turn?.words ?? []).filter(({ id }) => wordIds.includes(id));
      expect(words.map((word) => word.text).join(" ")).toBe(text);
      expect([words[0]?.startMs, words.at(-1)?.endMs]).toEqual([startMs, endMs]);
    }
  });

  it("says nothing twice", () => {
    const { conversation } = conversationOf([
      { by: "customer", text: "My broadband connection stopped working yesterday evening." },
      { by: "agent", text: "Your broadband connection stopped working yesterday evening." },
      { by: "customer", text: "The router lights are flashing orange all day." },
      { by: "agent", text: "I will send an engineer to your house by Tuesday." },
    ]);
    const texts = extractSummary(conversation, 2).map(({ text }) => text);
    expect(texts).toEqual([
      "My broadband connection stopped working yesterday evening.",
      "I will send an engineer to your house by Tuesday.",
    ]);
  });

  it("quotes messages by their characters", () => {
    const text = readFileSync(join(import.meta.dirname, "..", "..", "resources", "samples", "metro-travel-chat.json"), "utf8");
    const { transcript } = readConnectChat(JSON.parse(text));
    const found = extractSummary(transcript, 4);
    expect(found).toHaveLength(4);
    for (const { turnId, chars, text: sentence } of found) {
      const turn = transcript.turns.find(({ id }) => id === turnId);
      if (chars !== null) expect(turn?.text.slice(chars.from, chars.to)).toBe(sentence);
    }
  });

  it("is empty where nothing is said, and never more than is asked for", () => {
    expect(extractSummary(conversationOf([]).conversation)).toEqual([]);
    expect(extractSummary(conversationOf([{ by: "customer", text: "yes okay" }]).conversation)).toEqual([]);
    expect(extractSummary(bill, 1)).toHaveLength(1);
  });

  it("is the same always, in any language and with any words", () => {
    const turn = fc.record({
      by: fc.constantFrom("agent" as const, "customer" as const),
      text: fc.string({ unit: "grapheme", maxLength: 80 }),
    });
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 12 }), (turns) => {
        const { conversation } = conversationOf(turns);
        const found = extractSummary(conversation);
        expect(extractSummary(conversation)).toEqual(found);
        expect(found.map(({ startMs }) => startMs)).toEqual(found.map(({ startMs }) => startMs).sort((a, b) => a - b));
      }),
      { numRuns: 40 },
    );
  });
});
