import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { made } from "../insight/categories.test-data.ts";
import { decide, suggestionOfRule, unanswered, withSuggestion } from "./answer.ts";
import { type AnswerValue, choice } from "./answer-value.ts";
import { evaluationFromConnect, evaluationToConnect } from "./connect-evaluation.ts";
import { formFromConnect, isConnectForm } from "./connect-form.ts";
import { formToConnect } from "./connect-form-write.ts";
import { connectEvaluationSchema, connectFormSchema } from "./connect-shape.ts";
import { optionsOf, questionsOf } from "./form-questions.ts";
import { readForm } from "./form-text.ts";
import { judgeReview, type Review } from "./review.ts";
import { createAnswerer } from "./rule.ts";
import { scoreForm } from "./scoring.ts";

/** As `DescribeEvaluationForm` answers it, with one of everything. */
const described = {
  EvaluationForm: {
    EvaluationFormId: "15d8fbf1-b4b2-4ace-869b-82714e2f6e3e",
    EvaluationFormVersion: 2,
    Locked: false,
    Title: "Compliance",
    Description: "Of every call.",
    Status: "ACTIVE",
    Items: [
      {
        Section: {
          Title: "Opening",
          RefId: "s1",
          Instructions: "The first minute.",
          ScoreThresholds: [{ PerformanceCategory: "NEEDS_IMPROVEMENT", MaxScorePercentage: 50 }],
          Items: [
            {
              Question: {
                Title: "Did the agent introduce themselves?",
                RefId: "q1",
                NotApplicableEnabled: true,
                QuestionType: "SINGLESELECT",
                Weight: 60,
                QuestionTypeProperties: {
                  SingleSelect: {
                    DisplayAs: "RADIO",
                    Options: [
                      { RefId: "o1", Text: "Yes", Score: 10 },
                      { RefId: "o2", Text: "No", Score: 0, AutomaticFail: true },
                      {
                        RefId: "o3",
                        Text: "Half",
                        Score: 5,
                        AutomaticFail: true,
                        AutomaticFailConfiguration: { TargetSection: "s2" },
                      },
                    ],
                    Automation: {
                      Options: [
                        { RuleCategory: { Category: "Introduction", Condition: "PRESENT", OptionRefId: "o1" } },
                        { RuleCategory: { Category: "Introduction", Condition: "NOT_PRESENT", OptionRefId: "o2" } },
                      ],
                      DefaultOptionRefId: "o2",
                      AnswerSource: { SourceType: "CONTACT_LENS_DATA" },
                    },
                  },
                },
              },
            },
            {
              Section: {
                Title: "Holds",
                RefId: "s2",
                Items: [
                  {
                    Question: {
                      Title: "How long was the longest hold?",
                      RefId: "q2",
                      QuestionType: "NUMERIC",
                      Weight: 40,
                      QuestionTypeProperties: {
                        Numeric: {
                          MinValue: 0,
                          MaxValue: 3600,
                          Options: [
                            { MinValue: 0, MaxValue: 60, Score: 10 },
                            { MinValue: 61, MaxValue: 3600, Score: 0 },
                          ],
                          Automation: { PropertyValue: { Label: "LONGEST_HOLD_DURATION" } },
                        },
                      },
                      Enablement: {
                        Action: "ENABLE",
                        Condition: {
                          Operator: "AND",
                          Operands: [
                            {
                              Expression: {
                                Source: { Type: "QUESTION_REF_ID", RefId: "q1" },
                                Values: [
                                  { Type: "OPTION_REF_ID", RefId: "o1" },
                                  { Type: "OPTION_REF_ID", RefId: "o3" },
                                ],
                                Comparator: "IN",
                              },
                            },
                            {
                              Expression: {
                                Source: { Type: "QUESTION_REF_ID", RefId: "q1" },
                                Values: [{ Type: "OPTION_REF_ID", RefId: "o2" }],
                                Comparator: "NOT_IN",
                              },
                            },
                          ],
                        },
                      },
                    },
                  },
                  {
                    Question: {
                      Title: "How long did nobody talk?",
                      RefId: "q3",
                      QuestionType: "NUMERIC",
                      QuestionTypeProperties: {
                        Numeric: { MinValue: 0, MaxValue: 9, Automation: { PropertyValue: { Label: "NON_TALK_TIME" } } },
                      },
                    },
                  },
                  {
                    Question: {
                      Title: "What else?",
                      RefId: "q4",
                      QuestionType: "TEXT",
                      QuestionTypeProperties: { Text: { Automation: { AnswerSource: { SourceType: "GEN_AI" } } } },
                    },
                  },
                ],
              },
            },
          ],
        },
      },
    ],
    ScoringStrategy: {
      Mode: "QUESTION_ONLY",
      Status: "ENABLED",
      ScoreThresholds: [
        { PerformanceCategory: "EXCEEDS_EXPECTATIONS", MinScorePercentage: 90 },
        { PerformanceCategory: "NEEDS_IMPROVEMENT", MaxScorePercentage: 70 },
      ],
    },
    LanguageConfiguration: { FormLanguage: "en-US" },
  },
};

const folder = fileURLToPath(new URL("../../resources/checklists/", import.meta.url));
const readyMade = readdirSync(folder)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => [name, readForm(readFileSync(`${folder}${name}`, "utf8"))] as const);

describe("an evaluation form of Amazon Connect", () => {
  const { form, notes } = formFromConnect(described);

  it("is read whole, and what is left to a person is told", () => {
    expect(isConnectForm(described)).toBe(true);
    expect(isConnectForm({ categories: [] })).toBe(false);
    expect(form).toMatchObject({ version: 2, title: "Compliance", scoring: "questions", languages: ["en-US"] });
    expect(form.bands).toEqual([
      { name: "Exceeds expectations", from: 90 },
      { name: "Meets expectations", from: 70 },
      { name: "Needs improvement", from: 0 },
    ]);
    const [q1, q2, q3, q4] = questionsOf(form).map(({ question }) => question);
    expect(q1).toMatchObject({
      type: "single",
      weight: 60,
      options: [{ points: 10 }, { points: 0, critical: "form" }, { points: 5, critical: { section: "s2" } }],
      answeredBy: {
        rule: {
          cases: [
            { when: { category: "Introduction", is: "present" }, answer: "o1" },
            { when: { category: "Introduction", is: "absent" }, answer: "o2" },
          ],
          otherwise: "o2",
        },
      },
    });
    expect(q2).toMatchObject({
      notApplicable: false,
      ranges: [
        { from: 0, to: 60, points: 10 },
        { from: 61, to: 3_600, points: 0 },
      ],
      when: {
        all: [
          { question: "q1", is: ["o1", "o3"] },
          { question: "q1", isNot: ["o2"] },
        ],
      },
      answeredBy: { rule: { figure: "longestHold" } },
    });
    expect(q3?.answeredBy).toBe("person");
    expect(q4).toMatchObject({ type: "text", answeredBy: { writer: { prompt: null } } });
    expect(notes.map(({ about, text }) => [about, text])).toEqual([
      ["q1", "Answered by categories: Introduction, Introduction. They have to be in the library under these ids."],
      ["q3", "Nothing here measures NON_TALK_TIME: a person answers it."],
    ]);
  });

  it("is written as it was read", () => {
    const written = formToConnect(form).form;
    expect(connectFormSchema.parse(written)).toEqual(written);
    const again = formFromConnect({ ...written, EvaluationFormId: form.id, EvaluationFormVersion: form.version }).form;
    expect(again.sections).toEqual(form.sections);
    expect(again.bands).toEqual(form.bands);
    expect(written.Items[0]?.Section?.Items[0]).toEqual(described.EvaluationForm.Items[0]?.Section.Items[0]);
  });

  it.each([
    ["nothing of it", { Title: "x" }],
    ["an answer that is not there", { Title: "x", Items: [{ Section: { Title: "s", RefId: "s", Items: [] } }] }],
  ])("is refused with %s", (_, value) => {
    expect(() => formFromConnect(value)).toThrow(expect.objectContaining({ code: "format-malformed" }));
  });

  it.each(readyMade)("can be made of %s, with the same scores, and what it loses is told", (_, own) => {
    const { form: written, notes: lost } = formToConnect(own);
    const back = formFromConnect({ ...written, EvaluationFormId: own.id, EvaluationFormVersion: own.version }).form;
    const questions = questionsOf(own);
    expect(questionsOf(back).map(({ question }) => question.id)).toEqual(questions.map(({ question }) => question.id));
    expect(lost.length).toBeGreaterThan(0);
    for (const { question } of questions) {
      const isByRule = typeof question.answeredBy === "object" && "rule" in question.answeredBy;
      if (isByRule) expect(lost.map(({ about }) => about)).toContain(question.id);
    }
    for (let draw = 0; draw < 40; draw++) {
      const values = new Map<string, AnswerValue>();
      for (const [index, { question }] of questions.entries()) {
        const options = optionsOf(question);
        const pick = (draw * 7 + index * 3 + ((draw * index) % 5)) % (options.length + 1);
        const option = options[pick];
        if (option !== undefined) values.set(question.id, choice(option.id));
      }
      const [one, other] = [scoreForm(own, values), scoreForm(back, values)];
      expect(other.failedBy).toEqual(one.failedBy);
      if (one.overall.percent === null) expect(other.overall.percent).toBeNull();
      else expect(Math.abs((other.overall.percent ?? -1) - one.overall.percent)).toBeLessThan(0.1);
    }
  });
});

describe("an evaluation as Amazon Connect exports it", () => {
  const read = {
    conversation: made([
      ["agent", "Good morning, how can I help you?"],
      ["customer", "Hello"],
    ]),
    wordsHash: "h",
    revision: "h.0",
  };
  const own = readyMade.find(([name]) => name === "service-quality.yaml")?.[1];
  if (own === undefined) throw new Error("The checklist is gone.");
  const ask = createAnswerer({ ...read, sentiments: null, categories: new Map() });
  const by = { author: "jane", at: "2026-02-03T10:05:00.000Z", read };
  const given: Record<string, { value: AnswerValue; reason?: string }> = {
    greeting: { value: choice("no"), reason: "It was another's greeting." },
    knowledge: { value: choice("incomplete") },
    empathy: { value: { kind: "not-applicable" } },
    note: { value: { kind: "text", text: "A calm voice." } },
  };
  const answers = questionsOf(own).map(({ question }) => {
    const found = ask(question);
    const answer = withSuggestion(unanswered(question.id), found === null ? null : suggestionOfRule(found, "test", read));
    const decision = given[question.id];
    const made = decision === undefined ? answer : decide(question, answer, { ...by, ...decision });
    if (typeof made === "string") throw new Error(made);
    return made;
  });
  const review: Review = {
    id: "r1",
    conversationId: "c1",
    form: own,
    purpose: "standard",
    stage: "submitted",
    evaluator: "jane",
    startedAt: "2026-02-03T10:00:00.000Z",
    submittedAt: by.at,
    answers,
    comment: null,
  };
  const judgement = judgeReview(review, read);
  const written = evaluationToConnect(review, judgement, { contactId: "k1", agentId: "a1" });

  it("is written with answers, what was suggested, overrides and scores", () => {
    expect(connectEvaluationSchema.parse(JSON.parse(JSON.stringify(written)))).toEqual(written);
    expect(written).toMatchObject({
      schemaVersion: "3.5",
      metadata: {
        contactId: "k1",
        evaluationDefinitionId: "service-quality",
        evaluationSource: "ASSISTED_BY_AUTOMATION",
        autoEvaluated: false,
        score: { percentage: judgement.score.overall.percent },
      },
    });
    const byId = new Map(written.questions.map((one) => [one.questionRefId, one]));
    expect(byId.get("greeting")).toMatchObject({
      sectionRefId: "opening",
      questionType: "SINGLESELECT",
      answer: {
        values: [
          { valueRefId: "yes", selected: false },
          { valueRefId: "no", selected: true },
        ],
        notes: "It was another's greeting.",
        metadata: { notApplicable: false, automation: { status: "OVERRIDDEN_ANSWER", systemSuggestedValue: "Yes" } },
      },
      score: { percentage: 0 },
    });
    expect(byId.get("knowledge")).toMatchObject({ score: { percentage: 50 } });
    expect(byId.get("empathy")).toMatchObject({ answer: { metadata: { notApplicable: true } }, score: { notApplicable: true } });
    expect(byId.get("hold-asked")?.answer.metadata?.automation).toEqual({ status: "UNAVAILABLE" });
    expect(byId.get("thanks")?.answer.metadata?.automation?.status).toBe("SYSTEM_ANSWER");
  });

  it("is read back with the same answers and the same score", () => {
    const { answers: back, notes } = evaluationFromConnect(JSON.parse(JSON.stringify(written)), own, read);
    expect(notes).toEqual([]);
    const again = judgeReview({ form: own, answers: [...back] }, read);
    expect(again.questions.map(({ value }) => value)).toEqual(judgement.questions.map(({ value }) => value));
    expect(again.score.overall).toEqual(judgement.score.overall);
    expect(back.find(({ questionId }) => questionId === "greeting")?.decision).toMatchObject({
      author: "jane",
      at: by.at,
      suggested: choice("yes"),
    });
  });

  it("is read as Connect itself writes it, older and newer", () => {
    const { form } = formFromConnect(described);
    const exported = {
      schemaVersion: "3.5",
      evaluationId: "e",
      metadata: {
        contactId: "k",
        evaluationDefinitionTitle: "Compliance",
        evaluationDefinitionId: form.id,
        evaluationDefinitionVersion: 1,
        evaluator: "jane",
        evaluationStartTimestamp: "2022-11-14T17:57:08.649Z",
      },
      sections: [],
      questions: [
        {
          questionRefId: "q1",
          sectionRefId: "s1",
          questionType: "SINGLESELECT",
          questionText: "Did the agent introduce themselves?",
          answer: {
            values: [
              { valueText: "Yes", valueRefId: "o1", selected: true },
              { valueText: "No", valueRefId: "o2", selected: false },
            ],
            notes: "Clear.",
            automation: { status: "OVERRIDDEN_ANSWER", systemSuggestedValue: "No" },
          },
        },
        { questionRefId: "q2", sectionRefId: "s2", questionType: "NUMERIC", questionText: "Holds?", answer: { value: "45" } },
        {
          questionRefId: "q3",
          sectionRefId: "s2",
          questionType: "NUMERIC",
          questionText: "Talk?",
          answer: { value: "", metadata: { notApplicable: true } },
        },
        { questionRefId: "q9", sectionRefId: "s2", questionType: "TEXT", questionText: "Gone?", answer: { value: "x" } },
      ],
    };
    const { answers: back, notes } = evaluationFromConnect(exported, form, read);
    expect(back.map(({ questionId, decision, comment }) => [questionId, decision?.value ?? null, comment])).toEqual([
      ["q1", choice("o1"), "Clear."],
      ["q2", { kind: "number", number: 45 }, null],
      ["q3", null, null],
    ]);
    expect(back[0]?.decision?.suggested).toEqual(choice("o2"));
    expect(notes.map(({ about }) => about)).toEqual([null, "q3", "q9"]);
    expect(() => evaluationFromConnect({ schemaVersion: "3.5" }, form, read)).toThrow(
      expect.objectContaining({ code: "format-malformed" }),
    );
  });
});
