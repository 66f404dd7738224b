import { describe, expect, it } from "vitest";
import { type AnswerState, decide, type QuestionAnswer, suggestionOfRule, unanswered } from "../../../app/conformity/answer.ts";
import { choice, notApplicableAnswer } from "../../../app/conformity/answer-value.ts";
import { evidenceAt, type ReadRevision } from "../../../app/conformity/evidence.ts";
import { formSchema } from "../../../app/conformity/form.ts";
import type { EvaluationView, JudgedQuestionView, ShownEvidence } from "../../../app/contract/conformity-views.ts";
import { made } from "../../../app/insight/categories.test-data.ts";
import {
  anchorOfEvidence,
  answerMarkers,
  askedOf,
  isCritical,
  optionAt,
  ownEvidence,
  plainAnswer,
  sectionTitles,
  stepQuestion,
} from "./checklist-questions.ts";

const form = formSchema.parse({
  schema: "earmark-checklist/1",
  id: "f",
  version: 1,
  title: "A checklist",
  sections: [
    {
      id: "outer",
      title: "Outer",
      questions: [
        { id: "greeted", type: "yes-no", ask: "Greeted?", critical: "form" },
        {
          id: "tone",
          type: "single",
          ask: "Tone?",
          notApplicable: false,
          options: [
            { id: "calm", text: "Calm", points: 1 },
            { id: "curt", text: "Curt" },
          ],
        },
      ],
      sections: [{ id: "inner", title: "Inner", questions: [{ id: "note", type: "text", ask: "Note?" }] }],
    },
  ],
});
const conversation = made([
  ["agent", "Good morning how can I help"],
  ["customer", "My bill is wrong"],
]);
const read: ReadRevision = { conversation, wordsHash: "h", revision: "h.0" };

function evidence(...wordIds: string[]): ShownEvidence {
  const taken = evidenceAt({ kind: "words", wordIds }, read);
  if (typeof taken === "string") throw new Error(taken);
  const { startMs, endMs, quote } = taken.anchor;
  return { evidence: taken, startMs, endMs, turnId: "t0", wordIds, quote, role: "agent" };
}

function judged(questionId: string, state: AnswerState, more: Partial<JudgedQuestionView> = {}): JudgedQuestionView {
  const number = ["greeted", "tone", "note"].indexOf(questionId) + 1;
  return {
    questionId,
    number,
    kind: "quality",
    sectionIds: ["outer"],
    answer: unanswered(questionId),
    value: null,
    state,
    stale: [],
    doubt: { questionId, amount: 0, reasons: [] },
    evidence: [],
    ...more,
  };
}

function viewOf(...questions: JudgedQuestionView[]): Pick<EvaluationView, "evaluation" | "questions" | "listenNext"> {
  const evaluation = {
    id: "e",
    conversationId: "c1",
    form,
    purpose: "standard" as const,
    stage: "draft" as const,
    evaluator: null,
    startedAt: "2026-02-03T10:00:00.000Z",
    submittedAt: null,
    comment: null,
  };
  return { evaluation, questions, listenNext: [] };
}

const idOf = (found: ReturnType<typeof stepQuestion>) => found?.question.id;

describe("going through the questions", () => {
  const questions = askedOf(viewOf(judged("greeted", "suggested"), judged("tone", "not-asked"), judged("note", "unanswered")));

  it("passes over what is not asked, and stays at the ends", () => {
    expect(idOf(stepQuestion(questions, null, 1, "asked"))).toBe("greeted");
    expect(idOf(stepQuestion(questions, "greeted", 1, "asked"))).toBe("note");
    expect(idOf(stepQuestion(questions, "note", 1, "asked"))).toBe("note");
    expect(idOf(stepQuestion(questions, null, -1, "asked"))).toBe("note");
  });

  it("finds what waits, around the end, and nothing where nothing does", () => {
    expect(idOf(stepQuestion(questions, "note", 1, "waiting"))).toBe("note");
    expect(idOf(stepQuestion(questions, null, -1, "waiting"))).toBe("note");
    expect(stepQuestion(askedOf(viewOf(judged("greeted", "answered"))), null, 1, "waiting")).toBeUndefined();
  });
});

describe("answers by one key", () => {
  const [greeted, tone, note] = form.sections.flatMap((one) => [
    ...one.questions,
    ...one.sections.flatMap((in_) => in_.questions),
  ]);

  it("fit the question, or are none", () => {
    if (greeted === undefined || tone === undefined || note === undefined) throw new Error("The form has three questions.");
    expect(plainAnswer(greeted, "no")).toEqual(choice("no"));
    expect(plainAnswer(greeted, "not-applicable")).toEqual(notApplicableAnswer);
    expect(plainAnswer(tone, "yes")).toBeNull();
    expect(plainAnswer(tone, "not-applicable")).toBeNull();
    expect([optionAt(tone, 2), optionAt(tone, 3), optionAt(note, 1)]).toEqual(["curt", null, null]);
    expect([isCritical(greeted), isCritical(tone), isCritical(note)]).toEqual([true, false, false]);
  });

  it("names sections within sections", () => {
    expect(sectionTitles(form).get("inner")).toBe("Inner");
  });
});

describe("evidence of one's own", () => {
  const machines = evidence("w0.0", "w0.1");
  const own = evidence("w1.0");
  const suggestion = suggestionOfRule(
    { value: choice("yes"), sentence: "", evidence: [machines.evidence], searched: [], figures: [], unjudged: [] },
    "test",
    read,
  );
  const decided = (option: string): QuestionAnswer => {
    const [question] = form.sections[0]?.questions ?? [];
    const before = { ...unanswered("greeted"), suggestion };
    const after =
      question &&
      decide(question, before, {
        value: choice(option),
        evidence: [own.evidence],
        author: "Kim",
        at: "2026-02-03T10:00:00.000Z",
        read,
      });
    if (after === undefined || typeof after === "string") throw new Error(after);
    return after;
  };

  it("is told from the machine's where the same is answered again", () => {
    const agreeing = judged("greeted", "stale", { answer: decided("yes"), value: choice("yes"), evidence: [machines, own] });
    expect(ownEvidence(agreeing)).toEqual([{ kind: "words", wordIds: ["w1.0"] }]);
    const otherwise = judged("greeted", "stale", { answer: decided("no"), value: choice("no"), evidence: [own] });
    expect(ownEvidence(otherwise)).toEqual([{ kind: "words", wordIds: ["w1.0"] }]);
    expect(ownEvidence(judged("greeted", "suggested", { evidence: [machines] }))).toEqual([]);
  });

  it("is taken again where it is now, and not where it is gone", () => {
    expect(anchorOfEvidence({ ...own, wordIds: [], quote: null })).toBeNull();
    expect(anchorOfEvidence({ ...own, wordIds: [] })).toEqual({ kind: "turn", turnId: "t0" });
    expect(anchorOfEvidence({ ...own, wordIds: [], turnId: null, quote: "" })).toEqual({
      kind: "time",
      startMs: own.startMs,
      endMs: own.endMs,
    });
  });
});

describe("markers of answers", () => {
  const say = {
    answer: ({ number, value }: { number: number; value: string }) => `${number} ${value}`,
    stale: ({ number }: { number: number }) => `${number} stale`,
    waiting: ({ number }: { number: number }) => `${number} waits`,
  };

  it("stand where the evidence is; stale ones wait, and what is not asked has none", () => {
    const one = evidence("w0.0");
    const found = answerMarkers(
      viewOf(
        judged("greeted", "stale", {
          value: choice("yes"),
          stale: [{ kind: "words-gone", reason: "Gone.", startMs: 5, endMs: 9 }],
        }),
        judged("tone", "answered", { value: choice("calm"), evidence: [one] }),
        judged("note", "not-asked", { evidence: [one] }),
      ),
      say,
    );
    expect(found.map(({ kind, id, label, startMs }) => [kind, id, label, startMs])).toEqual([
      ["unanswered", "greeted", "1 stale", 5],
      ["answer", "tone", "2 Calm", one.startMs],
    ]);
  });

  it("say of a question that waits where to listen for it", () => {
    const view = viewOf(judged("note", "for-a-person"));
    const clip = { startMs: 1_000, endMs: 4_000, questionIds: ["note"], worth: 3, rate: 1, reasons: ["it is in doubt"] };
    expect(answerMarkers(view, say)).toEqual([]);
    expect(answerMarkers({ ...view, listenNext: [clip] }, say)).toEqual([
      { kind: "unanswered", id: "note", label: "3 waits", startMs: 1_000, endMs: 4_000 },
    ]);
  });
});
