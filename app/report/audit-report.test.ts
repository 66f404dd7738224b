import { describe, expect, it } from "vitest";
import { type QuestionAnswer, suggestionOfRule, unanswered } from "../conformity/answer.ts";
import { questionsOf } from "../conformity/form-questions.ts";
import { readForm } from "../conformity/form-text.ts";
import { judgeReview, type Review } from "../conformity/review.ts";
import { createAnswerer } from "../conformity/rule.ts";
import type { Conversation } from "../conversation/conversation.ts";
import { made } from "../insight/categories.test-data.ts";
import { auditReport } from "./audit-report.ts";
import { auditReportBlocks } from "./audit-report-blocks.ts";
import type { ReportMaterial } from "./audit-report-shape.ts";
import { canonicalJson } from "./canonical-json.ts";

const form = readForm(`
schema: earmark-checklist/1
id: secret
version: 3
title: Passwords
sections:
  - id: start
    title: Start
    questions:
      - id: asked
        type: yes-no
        ask: Did the customer say a password?
        wanted: no
        critical: form
        answeredBy: { rule: { holds: { said: swordfish, by: customer } } }
      - id: kind
        type: yes-no
        ask: Was the agent kind?
        answeredBy: person
`);
const read = (conversation: Conversation) => ({ conversation, wordsHash: "w", revision: "r" });
const heard = made([
  ["agent", "How can I help"],
  ["customer", "My word is swordfish"],
]);

/** What a hiding by hand leaves: a mask for the word, and the stretch it was said in. */
function hiding(conversation: Conversation): Conversation {
  const turns = conversation.turns.map((turn) => ({
    ...turn,
    text: turn.text.replace("swordfish", "[PASSWORD]"),
    words: turn.words.map((word) => (word.text === "swordfish" ? { ...word, text: "[PASSWORD]", redaction: "password" } : word)),
  }));
  const spans = conversation.turns.flatMap(({ words }) => words.filter(({ text }) => text === "swordfish"));
  return { ...conversation, turns, hidden: spans.map(({ startMs, endMs }) => ({ startMs, endMs })) };
}

function answers(conversation: Conversation): QuestionAnswer[] {
  const answer = createAnswerer({ ...read(conversation), sentiments: null, categories: new Map() });
  return questionsOf(form).map(({ question }) => {
    const found = answer(question);
    const none = unanswered(question.id);
    return found === null ? none : { ...none, suggestion: suggestionOfRule(found, "rule", read(conversation)) };
  });
}

function material(conversation: Conversation, given: QuestionAnswer[]): ReportMaterial {
  const review: Review = {
    ...{ id: "e1", conversationId: conversation.id, form, purpose: "standard", stage: "draft", evaluator: null },
    ...{ startedAt: "2026-11-20T10:00:00.000Z", submittedAt: null, answers: given, comment: null },
  };
  return {
    review,
    judgement: judgeReview({ form, answers: given }, read(conversation)),
    conversation,
    ...{ wordsHash: "w", revision: "r", formHash: "f".repeat(64), policy: { password: "mask" } },
    ...{ egress: [], writings: [], history: [], createdAt: "2026-11-20T12:00:00.000Z", createdBy: "Ann", version: "0" },
  };
}

describe("the audit report as data", () => {
  it("quotes what an answer rests on, with who said it and when", () => {
    const { answers: said, result } = auditReport(material(heard, answers(heard)));
    expect(said[0]).toMatchObject({
      ...{ number: 1, id: "asked", answer: "Yes", decidedBy: "rule", state: "suggested" },
      ...{ fails: "the whole checklist", points: { earned: 0, possible: 1 } },
      evidence: [{ role: "customer", quote: "swordfish", startMs: 2_600, endMs: 2_900, wordIds: ["w1.3"] }],
    });
    expect(said[1]).toMatchObject({ answer: null, machine: null, decidedBy: null, state: "unanswered" });
    expect(result.criticalFailures).toEqual([
      { id: "asked", question: "Did the customer say a password?", fails: "the whole checklist" },
    ]);
  });

  it("holds nothing that was hidden since, not even in what the machine wrote then", () => {
    const before = answers(heard);
    expect(canonicalJson(auditReport(material(heard, before)))).toContain("swordfish");
    const report = auditReport(material(hiding(heard), before));
    // The checklist itself names the word that its rule looks for.
    const { form: _, ...rest } = report;
    expect(canonicalJson(rest)).not.toContain("swordfish");
    expect(report.answers[0]?.evidence[0]?.quote).toBeNull();
    expect(JSON.stringify(auditReportBlocks(report, null))).not.toContain("swordfish");
  });

  it("sets the checklist as it was asked", () => {
    const items = auditReportBlocks(auditReport(material(heard, answers(heard))), null).flatMap((block) =>
      block.kind === "list" ? block.items : [],
    );
    expect(items).toContain("Did the customer say a password? [asked] yes-no, weight 1, answered first by a rule, CRITICAL.");
    expect(items).toContain("Was the agent kind? [kind] yes-no, weight 1, answered first by a person.");
  });

  it("is plain, and the same of the same", () => {
    const text = canonicalJson(auditReport(material(heard, answers(heard))));
    expect(canonicalJson(auditReport(material(heard, answers(heard))))).toBe(text);
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(auditReport(material(heard, answers(heard))))));
  });

  it("says in its blocks what is a machine's and what a person's, without a colour", () => {
    const given = answers(heard);
    const decided: QuestionAnswer[] = given.map((one) =>
      one.questionId !== "asked"
        ? one
        : {
            ...one,
            decision: {
              ...{ value: { kind: "choice", options: ["no"] }, reason: "It was a fish", evidence: [], searched: [] },
              ...{
                suggested: one.suggestion?.value ?? null,
                author: "Ann",
                at: "2026-11-20T11:00:00.000Z",
                wordsHash: "w",
                revision: "r",
              },
            },
          },
    );
    const blocks = auditReportBlocks(auditReport(material(heard, decided)), null);
    const facts = blocks.flatMap((block) => (block.kind === "facts" ? block.facts : []));
    expect(facts).toContainEqual(["Answer", "No, PERSON"]);
    expect(facts.find(([name]) => name === "PERSON")?.[1]).toBe(
      "No, Ann, 2026-11-20 11:00:00 UTC; OVERRIDES the machine. Reason: It was a fish",
    );
    expect(facts.find(([name]) => name === "MACHINE")?.[1]).toMatch(/^Yes \(by rule\)\. /u);
  });
});
