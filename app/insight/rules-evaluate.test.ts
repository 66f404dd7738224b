import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { made } from "./categories.test-data.ts";
import { type Rule, ruleSchema } from "./rules.ts";
import { evaluateRule, quoteAt, type TurnSentiment } from "./rules-evaluate.ts";
import { baseOf } from "./rules-words.ts";

const call = made([
  ["agent", "Good morning, I'm Ana. How can I help you?"],
  ["customer", "Um I'd like to um cancel my contract"],
  ["agent", "I'll put you on hold", 8_000],
  ["agent", "Thank you for holding", 30_000],
  ["customer", "Café closed. It can't be cancelled?"],
  ["agent", "It is cancelled, anything else?"],
]);

function judge(rule: unknown, conversation = call, sentiments: ReadonlyMap<string, TurnSentiment> | null = null) {
  const finding = evaluateRule({ conversation, sentiments }, ruleSchema.parse(rule));
  return { ...finding, quotes: finding.places.map((place) => quoteAt(conversation, place)) };
}

describe("words said", () => {
  it("leaves case, accents, punctuation, fillers and contractions aside", () => {
    expect(judge({ said: "i am ana" }).quotes).toEqual(["I'm Ana."]);
    expect(judge({ said: "I would like to cancel" }).quotes).toEqual(["I'd like to um cancel"]);
    expect(judge({ said: "cafe closed" }).holds).toBe(true);
    expect(judge({ said: "can not be" }).holds).toBe(true);
    expect(judge({ said: "cancel" }).quotes).toEqual(["cancel"]);
    expect(judge({ said: "cancels", inflected: true }).quotes).toEqual(["cancel", "cancelled?", "cancelled,"]);
  });

  it("needs the words side by side, and lets two others between where they may be near", () => {
    expect(judge({ said: "help hold" }).holds).toBe(false);
    expect(judge({ said: "like cancel" }).holds).toBe(false);
    expect(judge({ said: "like cancelling", match: "near" }).quotes).toEqual(["like to um cancel"]);
    expect(judge({ said: "like contract", match: "near" }).holds).toBe(false);
  });

  it("goes by whose words they are and when they were said", () => {
    expect(judge({ said: "cancel", by: "agent" }).holds).toBe(false);
    expect(judge({ said: "thank you", in: { first: "10s" } }).holds).toBe(false);
    expect(judge({ said: "thank you", in: { from: "29s", to: "40s" } }).places[0]).toMatchObject({
      startMs: 30_000,
      endMs: 30_600,
      turnId: "t3",
    });
    expect(judge({ said: "good morning", in: { first: "5%" } }).holds).toBe(true);
    expect(judge({ said: "anything else", in: { last: "20%" } }).holds).toBe(true);
    expect(judge({ said: "cancelled", atLeast: 2 }).holds).toBe(true);
    expect(judge({ said: "cancelled", atLeast: 3 }).holds).toBe(false);
  });

  it("says where it looked in vain", () => {
    const { searched } = judge({ said: "recorded line", by: "agent", in: { first: "10s" } });
    expect(searched).toEqual([
      { what: "the agent says “recorded line” in the first 10 s", role: "agent", startMs: 0, endMs: 10_000, words: 16, turns: 2 },
    ]);
    const absent = judge({ said: "recorded line", negate: true });
    expect(absent).toMatchObject({ holds: true, places: [] });
    expect(absent.searched[0]?.words).toBeGreaterThan(30);
    expect(judge({ said: "cancel", negate: true })).toMatchObject({ holds: false, against: [{ turnId: "t1" }] });
  });

  it("finds characters where a message has no words, and letters without spaces", () => {
    const chat = made([["customer", "Quiero cancelar. 我要取消订单。"]], { kind: "chat" });
    expect(judge({ said: "QUIERO CANCELAR" }, chat).quotes).toEqual(["Quiero cancelar"]);
    expect(judge({ said: "取消订单" }, chat).quotes).toEqual(["取消订单"]);
    expect(judge({ pattern: "cancelar\\." }, chat).quotes).toEqual(["cancelar."]);
  });

  it("lets a phrase go on over what the other puts in, and not over a pause", () => {
    const broken = made([
      ["agent", "thank you for", 0],
      ["customer", "yes", 950],
      ["agent", "holding today", 1_300],
    ]);
    expect(judge({ said: "thank you for holding" }, broken).places[0]?.wordIds).toEqual(["w0.0", "w0.1", "w0.2", "w2.0"]);
    const apart = made([
      ["agent", "thank you for", 0],
      ["agent", "holding", 5_000],
    ]);
    expect(judge({ said: "thank you for holding" }, apart).holds).toBe(false);
  });

  it("knows base forms", () => {
    for (const [form, base] of [
      ["cancelled", "cancel"],
      ["cancelling", "cancel"],
      ["cancellation", "cancel"],
      ["called", "call"],
      ["paid", "pay"],
      ["policies", "policy"],
      ["stopped", "stop"],
    ] as const) {
      expect(baseOf(form), form).toBe(baseOf(base));
    }
    expect(baseOf("charged")).toBe(baseOf("charges"));
    expect(baseOf("thing")).toBe("thing");
  });
});

describe("other conditions", () => {
  it("finds silence, interruption, masked words, patterns and figures", () => {
    expect(judge({ silence: "10s" }).places).toEqual([{ turnId: null, wordIds: [], chars: null, startMs: 9_500, endMs: 30_000 }]);
    expect(judge({ silence: "25s" }).holds).toBe(false);
    expect(judge({ silence: "10s", in: { first: "15s" } }).holds).toBe(false);
    const breaksIn = made([
      ["customer", "one two three four five six seven eight", 0],
      ["agent", "no no no no no no no no no", 1_200],
    ]);
    expect(judge({ interruption: 500, by: "agent" }, breaksIn).holds).toBe(true);
    expect(judge({ interruption: 5_000, by: "agent" }, breaksIn).holds).toBe(false);
    expect(judge({ interruption: 500, by: "customer" }, breaksIn).holds).toBe(false);
    const masked = made([["customer", "it is [card_number] thanks"]]);
    expect(judge({ masked: ["CARD-NUMBER"] }, masked).places[0]?.wordIds).toEqual(["w0.2"]);
    expect(judge({ masked: ["name"] }, masked).holds).toBe(false);
    expect(judge({ pattern: "cancel(led)?\\b" }).quotes).toEqual(["cancel", "cancelled?", "cancelled,"]);
    expect(judge({ measure: "longestSilence", above: "20s" }).figures).toEqual([
      { name: "longestSilence", role: null, value: 20_500 },
    ]);
    expect(judge({ measure: "talkShare", by: "agent", above: 0.9 }).holds).toBe(false);
  });

  it("reads the sentiment of turns, their mean, and quarters", () => {
    const felt = new Map<string, TurnSentiment>([
      ["t1", { label: "negative", score: -3 }],
      ["t4", { label: "negative", score: -4 }],
      ["t5", { label: "positive", score: 4 }],
    ]);
    expect(judge({ sentiment: "negative", by: "customer", atLeast: 2 }, call, felt).places.map(({ turnId }) => turnId)).toEqual([
      "t1",
      "t4",
    ]);
    expect(judge({ sentiment: ["positive"], by: "customer" }, call, felt).holds).toBe(false);
    expect(judge({ score: { below: -3 }, by: "customer" }, call, felt).holds).toBe(true);
    expect(judge({ score: { below: -3.5 }, by: "customer" }, call, felt).holds).toBe(false);
    expect(judge({ sentiment: "negative", quarter: 1 }, call, felt).places).toHaveLength(1);
    expect(judge({ sentiment: "negative" })).toMatchObject({ holds: null, unjudged: ["no-sentiment"] });
  });

  it("finds one after the other, within a time and within turns", () => {
    const steps = [
      { said: "put you on hold", by: "agent" },
      { said: "thank you for holding", by: "agent" },
    ];
    expect(judge({ sequence: steps }).quotes).toEqual(["put you on hold", "Thank you for holding"]);
    expect(judge({ sequence: steps, within: "20s" }).holds).toBe(false);
    expect(judge({ sequence: steps, within: "21s", withinTurns: 1 }).holds).toBe(true);
    expect(judge({ sequence: [...steps].reverse() }).holds).toBe(false);
    expect(judge({ sequence: [...steps].reverse(), anyOrder: true }).holds).toBe(true);
    expect(judge({ sequence: [steps[0], { not: steps[1] }], within: "10s" }).quotes).toEqual(["put you on hold"]);
    expect(judge({ sequence: [steps[0], { not: steps[1] }], within: "60s" }).holds).toBe(false);
  });

  it("joins rules, and claims nothing where it cannot know", () => {
    const yes = { said: "cancel" };
    const no = { said: "refund" };
    const unknown = { sentiment: "negative" };
    expect(judge({ all: [yes, no] }).holds).toBe(false);
    expect(judge({ all: [yes, unknown] }).holds).toBe(null);
    expect(judge({ all: [no, unknown] }).holds).toBe(false);
    expect(judge({ any: [yes, unknown] }).holds).toBe(true);
    expect(judge({ any: [no, unknown] }).holds).toBe(null);
    expect(judge({ not: { any: [no] } }).holds).toBe(true);
    const unheard = made([["agent", ""]]);
    const silent = { ...unheard, turns: unheard.turns.map((turn) => ({ ...turn, words: [] })) };
    expect(judge({ said: "refund", negate: true }, silent)).toMatchObject({ holds: null, unjudged: ["no-words"] });
    const nameless = made([["other", "we refund you"]]);
    expect(judge({ said: "refund", by: "agent" }, nameless)).toMatchObject({ holds: null, unjudged: ["role-unknown"] });
    expect(judge({ silence: 1 }, made([["agent", "hello"]], { kind: "chat" }))).toMatchObject({
      holds: null,
      unjudged: ["no-sound"],
    });
  });

  it("is the same every time, and its denial is the contrary, whatever is said", () => {
    const word = fc.constantFrom("pay", "paid", "hold", "um", "the", "card", "I'm", "no");
    const text = fc.array(word, { minLength: 1, maxLength: 8 }).map((words) => words.join(" "));
    const lines = fc.array(fc.tuple(fc.constantFrom<"agent" | "customer">("agent", "customer"), text), {
      minLength: 1,
      maxLength: 6,
    });
    const phrase = fc.constantFrom("pay", "hold the card", "I am", "no no");
    const rule = fc.record({ said: fc.array(phrase, { minLength: 1, maxLength: 2 }), match: fc.constantFrom("exact", "near") });
    fc.assert(
      fc.property(lines, rule, (spoken, said) => {
        const conversation = made([...spoken]);
        const found = evaluateRule({ conversation, sentiments: null }, said as Rule);
        expect(evaluateRule({ conversation, sentiments: null }, said as Rule)).toEqual(found);
        const contrary = evaluateRule({ conversation, sentiments: null }, { ...said, negate: true } as Rule);
        expect(contrary.holds).toBe(found.holds !== true);
        for (const place of found.places) expect(quoteAt(conversation, place)).not.toBe("");
      }),
      { numRuns: 100 },
    );
  });
});
