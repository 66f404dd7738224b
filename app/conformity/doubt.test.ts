import { describe, expect, it } from "vitest";
import type { Conversation } from "../conversation/conversation.ts";
import { made } from "../insight/categories.test-data.ts";
import { suggestionOfRule, unanswered, withSuggestion } from "./answer.ts";
import { choice } from "./answer-value.ts";
import { doubtOf } from "./doubt.ts";
import { type Form, formSchema } from "./form.ts";
import { questionsOf } from "./form-questions.ts";
import { clipMarginMs, listenNext, longestClipMs } from "./listen-next.ts";
import { judgeReview } from "./review.ts";
import { createAnswerer } from "./rule.ts";
import { doubtfulTurns, type WhatIf, whatIfs } from "./supposition.ts";

const form: Form = formSchema.parse({
  schema: "earmark-checklist/1",
  id: "f",
  version: 1,
  title: "F",
  sections: [
    {
      id: "s",
      title: "S",
      questions: [
        {
          id: "greeted",
          type: "yes-no",
          ask: "Greeted?",
          weight: 78,
          answeredBy: { rule: { holds: { said: "good morning", by: "agent" } } },
        },
        {
          id: "offered",
          type: "yes-no",
          ask: "Offered?",
          weight: 14,
          answeredBy: { rule: { holds: { said: "would you like", by: "agent" } } },
        },
        {
          id: "thanked",
          type: "yes-no",
          ask: "Thanked?",
          weight: 8,
          answeredBy: { rule: { holds: { said: "thank you", by: "agent" } } },
        },
      ],
    },
  ],
});

const plain = made([
  ["agent", "Good morning"],
  ["customer", "Hello there"],
  ["agent", "Would you like the yellow one", 20_000],
  ["agent", "Or the green", 24_000],
  ["customer", "The yellow", 27_000],
]);

function judged(conversation: Conversation, heard: { startMs: number; endMs: number }[] = [], followed: WhatIf[] | null = null) {
  const read = { conversation, wordsHash: "h", revision: "h.0" };
  const ask = createAnswerer({ ...read, sentiments: null, categories: new Map() });
  const answers = questionsOf(form).map(({ question }) => {
    const found = ask(question);
    if (found === null) throw new Error("No rule answered.");
    return withSuggestion(unanswered(question.id), suggestionOfRule(found, "test", read));
  });
  return judgeReview({ form, answers }, read, heard, followed);
}

function doubtful(pick: (index: number) => Partial<Conversation["turns"][number]>): Conversation {
  return { ...plain, turns: plain.turns.map((turn, index) => ({ ...turn, ...pick(index) })) };
}

describe("doubt", () => {
  it("is none where words and speakers are sure", () => {
    const { questions, range } = judged(plain);
    expect(questions.map(({ doubt }) => doubt.amount)).toEqual([0, 0, 0]);
    expect(range.sentence).toBe("92");
  });

  it("about who speaks reaches the score: what it would be if the turns are the other's", () => {
    const conversation = doubtful((index) => (index === 2 || index === 3 ? { speakerConfidence: 0.4 } : {}));
    const { range, questions, listenNext: clips } = judged(conversation);
    expect(questions[1]?.doubt).toMatchObject({
      amount: 0.6,
      reasons: [{ kind: "speaker", text: "turns 3 to 4 may be the customer's" }],
    });
    expect(range).toMatchObject({ percent: 92, lowest: 78, low: [{ questionId: "offered", to: choice("no") }] });
    // Of what was searched for thanks, two of five turns may be the customer's as well.
    expect(range.sentence).toMatch(
      /^92; if turns 3 to 4 are the customer's, 78; if it was said among the words in doubt .*, 100$/u,
    );
    expect(clips[0]).toMatchObject({ questionIds: ["offered", "thanked"] });
  });

  it("about who speaks is followed up: the rules are asked again, and answers that hang on the same turns change together", () => {
    const conversation = doubtful((index) => (index === 2 || index === 3 ? { speakerConfidence: 0.4 } : {}));
    const read = { conversation, wordsHash: "h", revision: "h.0", sentiments: null, categories: new Map() };
    const followed = whatIfs(form, read);
    expect(followed).toEqual([
      {
        supposing: "turns 3 to 4 are the customer's",
        text: "turns 3 to 4 may be the customer's",
        doubt: 0.6,
        spans: [
          { startMs: 20_000, endMs: 21_800 },
          { startMs: 24_000, endMs: 24_900 },
        ],
        changes: new Map([["offered", choice("no")]]),
      },
    ]);
    // Nobody is thanked, whoever says it: that the turns are in doubt says nothing of it.
    const { range, questions } = judged(conversation, [], followed);
    expect(questions.map(({ doubt }) => doubt.amount)).toEqual([0, 0.6, 0]);
    expect(range).toMatchObject({ lowest: 78, highest: 92, sentence: "92; if turns 3 to 4 are the customer's, 78" });
    expect(whatIfs(form, { ...read, conversation: plain })).toEqual([]);
    expect(doubtfulTurns(conversation)).toMatchObject([{ first: 3, last: 4, other: "customer", doubt: 0.6 }]);
  });

  it("about words is that of the least certain one, and gone when a person has settled it", () => {
    const unsure = (review?: "accepted"): Conversation =>
      doubtful((index) => ({
        words: (plain.turns[index]?.words ?? []).map((word) =>
          word.id === "w2.1" ? { ...word, confidence: 0.4, ...(review === undefined ? {} : { review }) } : word,
        ),
      }));
    expect(judged(unsure()).questions[1]?.doubt).toMatchObject({
      amount: 0.6,
      reasons: [{ kind: "words", text: "“you” at 0:20 was heard with doubt", spans: [{ startMs: 20_000, endMs: 20_900 }] }],
    });
    expect(judged(unsure("accepted")).questions[1]?.doubt.amount).toBe(0);
  });

  it("of an absence is the share of what was searched that is in doubt; of a writer what it says itself", () => {
    const faint = doubtful((index) => ({
      words: (plain.turns[index]?.words ?? []).map((word) => (index === 2 ? { ...word, doubt: "improbable" as const } : word)),
    }));
    const thanked = judged(faint).questions[2];
    expect(thanked?.value).toEqual(choice("no"));
    expect(thanked?.doubt).toMatchObject({
      amount: 0.545,
      reasons: [{ kind: "searched", text: "of what was searched, 6 of 11 words are in doubt" }],
    });
    const suggestion = {
      ...suggestionOfRule(
        { value: choice("yes"), sentence: "Yes.", evidence: [], searched: [], figures: [], unjudged: [] },
        "m",
        { wordsHash: "h", revision: "h.0" },
      ),
      by: "writer" as const,
      confidence: 0.6,
    };
    expect(doubtOf(withSuggestion(unanswered("q"), suggestion), plain, [])).toMatchObject({
      amount: 0.4,
      reasons: [{ kind: "writer" }],
    });
  });
});

describe("what to hear next", () => {
  const doubt = (questionId: string, amount: number, startMs: number, endMs: number) => ({
    questionId,
    amount,
    reasons: [
      { kind: "words" as const, amount, text: `${questionId} at ${startMs}`, supposing: "", spans: [{ startMs, endMs }] },
    ],
  });
  const values = new Map([
    ["greeted", choice("yes")],
    ["offered", choice("yes")],
    ["thanked", choice("yes")],
  ]);

  it("is what settles most in the least time", () => {
    const clips = listenNext(
      form,
      values,
      [doubt("thanked", 1, 0, 500), doubt("greeted", 0.5, 100_000, 101_000), doubt("offered", 1, 200_000, 215_000)],
      600_000,
    );
    expect(clips.map(({ questionIds }) => questionIds)).toEqual([["greeted"], ["thanked"], ["offered"]]);
    // 78 points, half in doubt, in 3 s of sound and 2 s of finding oneself.
    expect(clips[0]).toEqual({
      startMs: 100_000 - clipMarginMs,
      endMs: 101_000 + clipMarginMs,
      questionIds: ["greeted"],
      worth: 39,
      rate: 7.8,
      reasons: ["greeted at 100000"],
    });
  });

  it("joins what lies near, cuts what is long, and leaves out what was heard", () => {
    const near = listenNext(form, values, [doubt("greeted", 1, 10_000, 11_000), doubt("offered", 1, 13_000, 14_000)], 600_000);
    expect(near).toMatchObject([{ startMs: 9_000, endMs: 15_000, questionIds: ["greeted", "offered"], worth: 92 }]);
    const long = listenNext(form, values, [doubt("greeted", 1, 0, 50_000)], 51_000);
    expect(long).toHaveLength(3);
    expect(Math.max(...long.map(({ startMs, endMs }) => endMs - startMs))).toBeLessThanOrEqual(longestClipMs);
    expect(long.reduce((sum, { worth }) => sum + worth, 0)).toBeCloseTo(78, 1);
    expect(listenNext(form, values, [doubt("greeted", 1, 0, 5_000)], 60_000, [{ startMs: 0, endMs: 6_000 }])).toEqual([]);
    expect(listenNext(form, values, [doubt("greeted", 1, 0, 5_000)], 60_000, [{ startMs: 0, endMs: 2_500 }])).toMatchObject([
      { startMs: 1_500, worth: 39 },
    ]);
  });
});
