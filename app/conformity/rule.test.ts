import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Conversation } from "../conversation/conversation.ts";
import { type MadeLine, made } from "../insight/categories.test-data.ts";
import { categorySchema } from "../insight/rules.ts";
import type { ReadRevision } from "./evidence.ts";
import { type Question, questionSchema } from "./form.ts";
import { answerRuleIdentity, createAnswerer } from "./rule.ts";

function question(more: Record<string, unknown>): Question {
  return questionSchema.parse({ id: "q", type: "yes-no", ask: "Was it so?", ...more });
}

function read(conversation: Conversation): ReadRevision {
  return { conversation, wordsHash: "h", revision: "h.0" };
}

const categories = new Map(
  [categorySchema.parse({ id: "thanks", name: "Thanks", rule: { said: "thank you", by: "agent" } })].map((one) => [one.id, one]),
);

function answer(lines: readonly MadeLine[] | Conversation, rule: unknown, more: Record<string, unknown> = {}) {
  const conversation = "length" in lines ? made(lines) : lines;
  const found = createAnswerer({ ...read(conversation), sentiments: null, categories })(
    question({ answeredBy: { rule }, ...more }),
  );
  if (found === null) throw new Error("No rule answered.");
  return found;
}

const yes = { kind: "choice", options: ["yes"] };
const no = { kind: "choice", options: ["no"] };

describe("answers by rule", () => {
  it("say yes with the words, who said them and when, at the revision", () => {
    const found = answer([["agent", "Well hello there"]], { holds: { said: "hello", by: "agent", in: { first: "30s" } } });
    expect(found.value).toEqual(yes);
    expect(found.sentence).toBe("Yes: the agent said “hello” at 0:00.");
    expect(found.evidence).toHaveLength(1);
    expect(found.evidence[0]).toMatchObject({
      stance: "for",
      roles: ["agent"],
      anchor: { wordIds: ["w0.1"], quote: "hello", revision: "h.0", wordsHash: "h" },
    });
  });

  it("say no with what was searched, whose words and how much of it is in doubt", () => {
    const plain = made([
      ["agent", "Yes what is it"],
      ["customer", "Hello hello"],
      ["agent", "So tell me"],
    ]);
    const turns = plain.turns.map((turn, index) => ({
      ...turn,
      words: turn.words.map((word) => (index === 2 ? { ...word, confidence: 0.2 } : word)),
      speakerConfidence: index === 1 ? 0.4 : null,
    }));
    const found = answer({ ...plain, turns }, { holds: { said: "hello", by: "agent" } });
    expect(found.value).toEqual(no);
    expect(found.sentence).toContain("not found that the agent says “hello”, in 7 words of 2 turns");
    expect(found.searched).toEqual([
      expect.objectContaining({
        role: "agent",
        turnNumbers: { first: 1, last: 3 },
        words: 7,
        doubtfulWords: 3,
        doubtfulTurns: 1,
      }),
    ]);
  });

  it("go by a category of the library, there or not there, and leave an unknown one to a person", () => {
    const lines: MadeLine[] = [["agent", "Thank you for calling"]];
    expect(answer(lines, { holds: { category: "thanks" } }).value).toEqual(yes);
    const absent = answer(lines, { holds: { category: "thanks", is: "absent" } });
    expect(absent.value).toEqual(no);
    expect(absent.evidence[0]).toMatchObject({ stance: "against", anchor: { quote: "Thank you" } });
    expect(answer(lines, { holds: { category: "gone" } })).toMatchObject({
      value: null,
      sentence: "For a person: there is no category 'gone'.",
    });
  });

  it("tell the order: nothing of the one before something of the other", () => {
    const rule = {
      holds: { order: { first: { said: "date of birth", by: "agent" }, before: { said: "your balance", by: "agent" } } },
    };
    const asked: MadeLine = ["agent", "Your date of birth please"];
    const told: MadeLine = ["agent", "Your balance is ten"];
    expect(answer([asked, told], rule).value).toEqual(yes);
    const wrong = answer([told, asked], rule);
    expect(wrong.value).toEqual(no);
    expect(wrong.evidence[0]).toMatchObject({ stance: "against", anchor: { quote: "Your balance" } });
    expect(answer([told], rule)).toMatchObject({ value: no, searched: [expect.objectContaining({ role: "agent" })] });
    expect(answer([["agent", "Hello"]], rule)).toMatchObject({ value: yes });
  });

  it("join what categories, orders and figures say by all, any and not, and show what decided", () => {
    const lines: MadeLine[] = [
      ["agent", "Thank you for calling"],
      ["customer", "Refund please"],
    ];
    const thanks = { category: "thanks" };
    const short = { figure: "duration", atMost: "10s" };
    expect(answer(lines, { holds: { all: [thanks, short] } })).toMatchObject({
      value: yes,
      evidence: [{ anchor: { quote: "Thank you" } }],
      figures: [{ name: "duration" }],
    });
    const failed = answer(lines, { holds: { all: [thanks, { not: short }] } });
    expect(failed).toMatchObject({ value: no, evidence: [], figures: [{ name: "duration" }] });
    expect(answer(lines, { holds: { any: [{ not: thanks }, { said: "refund", by: "customer" }] } })).toMatchObject({
      value: yes,
      evidence: [{ anchor: { quote: "Refund" } }],
    });
    // What nobody can judge decides nothing where the rest does not.
    expect(answer(lines, { holds: { any: [{ category: "gone" }, thanks] } }).value).toEqual(yes);
    expect(answer(lines, { holds: { all: [{ category: "gone" }, thanks] } }).value).toBeNull();
    expect(answer(lines, { holds: { all: [{ category: "gone" }, { not: thanks }] } }).value).toEqual(no);
    const none = answer(lines, { holds: { not: { all: [{ category: "thanks", is: "absent" }, short] } } });
    expect(none).toMatchObject({ value: yes, evidence: [{ stance: "for", anchor: { quote: "Thank you" } }] });
  });

  it("compare figures, bounds included, and answer numbers in the units of people", () => {
    const call = { ...made([["agent", "Hello"]]), durationMs: 90_000 };
    const held = {
      ...call,
      sounds: [{ kind: "music" as const, startMs: 10_000, endMs: 40_000, confidence: 0.9, channel: null }],
    };
    expect(answer(call, { holds: { figure: "duration", atMost: "90s" } })).toMatchObject({
      value: yes,
      sentence: "Yes: the length is 90 s.",
    });
    expect(answer(call, { holds: { figure: "duration", atLeast: "91s" } }).value).toEqual(no);
    expect(answer(held, { figure: "holdTime" }, { type: "numeric" }).value).toEqual({ kind: "number", number: 30 });
    expect(answer(call, { figure: "holdTime" }, { type: "numeric" })).toMatchObject({
      value: null,
      unjudged: ["the time on hold is not measured here"],
    });
  });

  it("take the first case that holds, or all where several may be chosen; and do not apply where they should not", () => {
    const options = ["a", "b", "c"].map((id) => ({ id, text: id, points: 1 }));
    const cases = [
      { when: { said: "apple" }, answer: "a" },
      { when: { said: "bread" }, answer: "b" },
    ];
    const both: MadeLine[] = [["customer", "Bread and an apple"]];
    expect(answer(both, { cases, otherwise: "c" }, { type: "single", options }).value).toEqual({
      kind: "choice",
      options: ["a"],
    });
    expect(answer(both, { cases }, { type: "multiple", options }).value).toEqual({ kind: "choice", options: ["a", "b"] });
    expect(answer([["customer", "Tea"]], { cases, otherwise: "c" }, { type: "single", options }).value).toMatchObject({
      options: ["c"],
    });
    expect(answer([["customer", "Tea"]], { cases }, { type: "single", options }).value).toBeNull();
    const applies = { applies: { said: "tea" }, holds: { said: "milk" } };
    expect(answer([["customer", "Bread"]], applies).value).toEqual({ kind: "not-applicable" });
    expect(answer([["customer", "Tea with milk"]], applies).value).toEqual(yes);
  });

  it("claim nothing where nobody knows who is who, or nothing was heard", () => {
    const unknown = made([["other", "Hello"]]);
    expect(answer(unknown, { holds: { said: "hello", by: "agent" } })).toMatchObject({
      value: null,
      unjudged: ["nobody knows who has this role"],
    });
    expect(answer(made([]), { holds: { said: "hello" } }).value).toBeNull();
  });

  it("are the same for the same input, whatever else is asked; and their identity follows the category's rule", () => {
    const word = fc.constantFrom("hello", "balance", "birth", "thank", "you", "date");
    const line = fc.tuple(fc.constantFrom("agent" as const, "customer" as const), fc.array(word, { minLength: 1, maxLength: 6 }));
    const asked = question({
      answeredBy: {
        rule: { holds: { any: [{ category: "thanks" }, { order: { first: { said: "birth" }, before: { said: "balance" } } }] } },
      },
    });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), (lines) => {
        const conversation = made(lines.map(([role, words]) => [role, words.join(" ")]));
        const input = { ...read(conversation), sentiments: null, categories };
        const ask = createAnswerer(input);
        const first = ask(asked);
        ask(question({ answeredBy: { rule: { holds: { said: "you" } } } }));
        expect(ask(asked)).toEqual(first);
        expect(createAnswerer(input)(asked)).toEqual(first);
      }),
      { numRuns: 60 },
    );
    expect(answerRuleIdentity(asked, categories)).not.toEqual(answerRuleIdentity(asked, new Map()));
    expect(answerRuleIdentity(question({}), categories)).toBeNull();
  });
});
