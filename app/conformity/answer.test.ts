import { describe, expect, it } from "vitest";
import { applyOperations } from "../conversation/apply-operations.ts";
import { named } from "../conversation/call.test-data.ts";
import type { Conversation } from "../conversation/conversation.ts";
import { measure } from "../conversation/measures.ts";
import type { Operation } from "../conversation/operations.ts";
import { made } from "../insight/categories.test-data.ts";
import {
  decide,
  isOverride,
  type QuestionAnswer,
  stalenessOf,
  stateOf,
  suggestionOfRule,
  unanswered,
  withdraw,
  withSuggestion,
} from "./answer.ts";
import { choice } from "./answer-value.ts";
import { evidenceAt, type ReadRevision, stalenessFinder } from "./evidence.ts";
import { formSchema, type Question, questionSchema } from "./form.ts";
import { judgeReview } from "./review.ts";
import { createAnswerer } from "./rule.ts";

const conversation = made([
  ["agent", "Thank you for calling, this call is recorded"],
  ["customer", "Fine by me"],
  ["agent", "How can I help you today"],
]);
const before: ReadRevision = { conversation, wordsHash: "h", revision: "h.0" };

function corrected(...operations: Operation[]): ReadRevision {
  const revised: Conversation = { ...conversation, ...applyOperations(conversation, named(...operations)) };
  const { durationMs, participants, turns } = revised;
  return { conversation: { ...revised, measures: measure(durationMs, participants, turns) }, wordsHash: "h", revision: "h.1" };
}

function question(rule: unknown, more: Record<string, unknown> = {}): Question {
  return questionSchema.parse({ id: "q", type: "yes-no", ask: "Was it so?", answeredBy: { rule: { holds: rule } }, ...more });
}

function suggested(asked: Question, read: ReadRevision = before): QuestionAnswer {
  const found = createAnswerer({ ...read, sentiments: null, categories: new Map() })(asked);
  if (found === null) throw new Error("No rule answered.");
  return withSuggestion(unanswered("q"), suggestionOfRule(found, "test", read));
}

function decided(asked: Question, answer: QuestionAnswer, option: string, reason?: string): QuestionAnswer {
  const made = decide(asked, answer, {
    value: choice(option),
    reason: reason ?? null,
    author: "Kim",
    at: "2026-02-03T10:00:00.000Z",
    read: before,
  });
  if (typeof made === "string") throw new Error(made);
  return made;
}

function reasons(answer: QuestionAnswer, read: ReadRevision): string[] {
  return stalenessOf(answer, stalenessFinder(read), read).map(({ reason }) => reason);
}

const recorded = question({ said: "call is recorded", by: "agent" });

describe("an answer's evidence", () => {
  const answer = suggested(recorded);

  it("holds while the words under it read as they did, also when others change or a comma does", () => {
    expect(reasons(answer, before)).toEqual([]);
    expect(reasons(answer, corrected({ kind: "retext-words", wordIds: ["w2.4"], text: "us" }))).toEqual([]);
    expect(reasons(answer, corrected({ kind: "retext-words", wordIds: ["w0.7"], text: "Recorded." }))).toEqual([]);
  });

  it("goes stale when they change, are taken from their speaker, hidden, or roles are exchanged; and says why", () => {
    const said = (...operations: Operation[]): string => reasons(answer, corrected(...operations)).join();
    expect(said({ kind: "retext-words", wordIds: ["w0.7"], text: "reported" })).toBe(
      "The words at 0:01 were “call is recorded” and now are “call is reported”.",
    );
    expect(said({ kind: "reassign-turn", turnId: "t0", participantId: "customer" })).toBe(
      "The words at 0:01 were the agent's and now are the customer's.",
    );
    expect(said({ kind: "swap-roles" })).toBe("The words at 0:01 were the agent's and now are the customer's.");
    expect(said({ kind: "redact", label: "name", target: { kind: "words", wordIds: ["w0.7"] } })).toBe(
      "Some of the words at 0:01 have been hidden.",
    );
  });

  it("of an absence goes stale when what was searched changes, unless the machine still says the same", () => {
    const asked = question({ said: "date of birth", by: "agent" });
    const agreed = decided(asked, suggested(asked), "no");
    const changed = corrected({ kind: "retext-words", wordIds: ["w2.4"], text: "us" });
    expect(reasons(agreed, changed)).toEqual(["What the agent said between 0:00 and 0:06 has changed since it was searched."]);
    const anew = suggested(asked, changed).suggestion;
    expect(reasons(withSuggestion(agreed, anew), changed)).toEqual([]);
    const found = corrected({ kind: "retext-words", wordIds: ["w2.4"], text: "your date of birth" });
    expect(reasons(withSuggestion(agreed, suggested(asked, found).suggestion), found)).toHaveLength(1);
    // The customer's words were not searched.
    expect(reasons(agreed, corrected({ kind: "retext-words", wordIds: ["w1.0"], text: "OK" }))).toEqual([]);
  });

  it("can be attached to any words, and not to words that are not there", () => {
    expect(evidenceAt({ kind: "words", wordIds: ["w1.0", "w1.2"] }, before)).toMatchObject({
      anchor: { quote: "Fine by me" },
      roles: ["customer"],
    });
    expect(evidenceAt({ kind: "words", wordIds: ["w9.0"] }, before)).toBe("word-unknown");
  });
});

describe("an answer by a person", () => {
  it("stands beside the machine's, takes over its evidence when it agrees, and keeps what was decided before", () => {
    const answer = suggested(recorded);
    const agreed = decided(recorded, answer, "yes");
    expect(agreed.suggestion).toEqual(answer.suggestion);
    expect(agreed.decision?.evidence).toEqual(answer.suggestion?.evidence);
    const overridden = decided(recorded, agreed, "no", "It was the menu.");
    expect(overridden.decision).toMatchObject({ reason: "It was the menu.", suggested: choice("yes"), evidence: [] });
    expect(overridden.decision !== null && isOverride(overridden.decision)).toBe(true);
    expect(overridden.earlier).toEqual([agreed.decision]);
    expect(withdraw(overridden)).toMatchObject({ decision: null, earlier: [{ value: choice("yes") }, { value: choice("no") }] });
  });

  it("has to fit, and to have a reason where the form asks for one", () => {
    const strict = question({ said: "call is recorded" }, { reason: "on-override", notApplicable: false });
    const answer = suggested(strict);
    const input = { author: "Kim", at: "2026-02-03T10:00:00.000Z", read: before };
    expect(decide(strict, answer, { ...input, value: choice("maybe") })).toBe("value-unfit");
    expect(decide(strict, answer, { ...input, value: { kind: "not-applicable" } })).toBe("value-unfit");
    expect(decide(strict, answer, { ...input, value: choice("no"), reason: "  " })).toBe("reason-missing");
    expect(decide(strict, answer, { ...input, value: choice("yes") })).toMatchObject({ decision: { reason: null } });
    const always = question({ said: "x" }, { reason: { for: ["no"] } });
    expect(decide(always, unanswered("q"), { ...input, value: choice("no") })).toBe("reason-missing");
    expect(decide(always, unanswered("q"), { ...input, value: choice("yes") })).toMatchObject({ questionId: "q" });
  });

  it("is in one of seven states", () => {
    const answer = suggested(recorded);
    const forPerson: QuestionAnswer =
      answer.suggestion === null ? answer : { ...answer, suggestion: { ...answer.suggestion, value: null } };
    const skipped = decide(recorded, answer, {
      value: { kind: "not-applicable" },
      author: "Kim",
      at: "2026-02-03T10:00:00.000Z",
      read: before,
    });
    const stale = stalenessOf(answer, stalenessFinder(corrected({ kind: "swap-roles" })), before);
    expect([
      stateOf(answer, false, []),
      stateOf(unanswered("q"), true, []),
      stateOf(answer, true, []),
      stateOf(decided(recorded, answer, "no"), true, []),
      stateOf(answer, true, stale),
      stateOf(forPerson, true, []),
      typeof skipped === "string" ? skipped : stateOf(skipped, true, []),
    ]).toEqual(["not-asked", "unanswered", "suggested", "answered", "stale", "for-a-person", "not-applicable"]);
  });
});

describe("a review", () => {
  it("is provisional while answers are stale, unseen or missing, and says so", () => {
    const form = formSchema.parse({
      schema: "earmark-checklist/1",
      id: "f",
      version: 1,
      title: "F",
      sections: [{ id: "s", title: "S", questions: [recorded, { id: "r", type: "yes-no", ask: "And?" }] }],
    });
    const answers = [decided(recorded, suggested(recorded), "yes")];
    expect(judgeReview({ form, answers }, before)).toMatchObject({
      provisional: ["1 question is not answered yet"],
      score: { overall: { percent: 100, askable: 2, answered: 1 } },
      range: { sentence: "100" },
      listenNext: [],
    });
    const edited = judgeReview({ form, answers }, corrected({ kind: "retext-words", wordIds: ["w0.7"], text: "reported" }));
    expect(edited.provisional[0]).toBe("1 answer rests on words that have changed");
    expect(edited.questions[0]).toMatchObject({ state: "stale", doubt: { amount: 1 } });
    expect(edited.range).toMatchObject({ percent: 100, lowest: 0, highest: 100 });
    expect(edited.range.sentence).toBe("100; if what has changed at 0:01 decides otherwise, 0");
    expect(edited.listenNext[0]).toMatchObject({ questionIds: ["q"] });
  });
});
