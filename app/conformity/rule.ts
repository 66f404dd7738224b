import type { Conversation } from "../conversation/conversation.ts";
import { ruleEngineVersion } from "../insight/rules.ts";
import { quoteAt } from "../insight/rules-evaluate.ts";
import { type AnswerValue, choice, fitsQuestion, notApplicableAnswer, valueText } from "./answer-value.ts";
import { type Criterion, criteriaOf, forAPerson, notApplicable, type Outcome } from "./criterion.ts";
import { type AnswerInput, type CriterionFinding, createJudge } from "./criterion-judge.ts";
import { explainCriterion } from "./criterion-text.ts";
import {
  type Absence,
  absenceOf,
  clock,
  type Evidence,
  evidenceOfPlace,
  type FoundPlace,
  quoted,
  type ReadRevision,
  roleOfTurn,
} from "./evidence.ts";
import { type FormFigure, figureAsAnswer, figureNameText, figureOf, figureText } from "./figures.ts";
import type { Question } from "./form.ts";
import { optionsOf } from "./form-questions.ts";

/** What a rule reads to answer, and the revision that its evidence points into. */
export interface AnsweringInput extends Omit<AnswerInput, "conversation">, ReadRevision {}

/** A rule's answer to a question. */
export interface RuleAnswer {
  /** Null where it is left to a person. */
  readonly value: AnswerValue | null;
  /** What was found and what follows, in one sentence. */
  readonly sentence: string;
  readonly evidence: readonly Evidence[];
  readonly searched: readonly Absence[];
  readonly figures: readonly FormFigure[];
  /** Why it is left to a person; empty where it is not. */
  readonly unjudged: readonly string[];
}

/** Raised when the same rule would answer otherwise, or show other evidence, for the same transcript. */
export const answerRuleVersion = 1;

/** Most evidence that one answer keeps. */
export const mostEvidence = 50;

/**
 * Prepares a conversation for the questions of a form. What comes back answers a question by its rule, the same for the same
 * input always; null for one that is answered by a person or a writer.
 */
export function createAnswerer(input: AnsweringInput): (question: Question) => RuleAnswer | null {
  const judge = createJudge(input);
  return (question) => {
    if (typeof question.answeredBy !== "object" || !("rule" in question.answeredBy)) return null;
    const { rule } = question.answeredBy;
    if (rule.applies !== undefined) {
      const found = judge(rule.applies);
      if (found.holds === null) return leftToPerson(found, input);
      if (!found.holds) return answered(question, notApplicable, found, input, explainCriterion(rule.applies));
    }
    if ("holds" in rule) {
      const found = judge(rule.holds);
      if (found.holds === null) return leftToPerson(found, input);
      const outcome = found.holds ? (rule.then ?? "yes") : (rule.otherwise ?? "no");
      return answered(question, outcome, found, input, explainCriterion(rule.holds));
    }
    if ("figure" in rule) {
      const role = rule.by ?? null;
      const figure = figureOf(input, rule.figure, role);
      const none = { holds: null, places: [], against: [], searched: [], figures: [], unjudged: [] };
      if (figure === null) {
        return leftToPerson({ ...none, unjudged: [`${figureNameText(rule.figure, role)} is not measured here`] }, input);
      }
      const found = { ...none, holds: true, figures: [figure] };
      return answered(question, figureAsAnswer(figure), found, input, figureNameText(rule.figure, role));
    }
    return byCases(question, rule, judge, input);
  };
}

type CasesRule = Extract<NonNullable<Extract<Question["answeredBy"], { rule: unknown }>>["rule"], { cases: unknown }>;

function byCases(
  question: Question,
  rule: CasesRule,
  judge: (criterion: Criterion) => CriterionFinding,
  input: AnsweringInput,
): RuleAnswer {
  const failed: CriterionFinding[] = [];
  const chosen: { outcome: Outcome; found: CriterionFinding; when: Criterion }[] = [];
  for (const { when, answer } of rule.cases) {
    const found = judge(when);
    // What comes later may not answer for a case that nobody could judge.
    if (found.holds === null) return leftToPerson(found, input);
    if (!found.holds) failed.push(found);
    else if (question.type === "multiple") chosen.push({ outcome: answer, found, when });
    else return answered(question, answer, found, input, explainCriterion(when));
  }
  const [first] = chosen;
  if (first !== undefined) {
    const ids = [...new Set(chosen.flatMap(({ outcome }) => (typeof outcome === "number" ? [] : outcome)))];
    const words = ids.filter((id) => id === notApplicable || id === forAPerson);
    const outcome: Outcome = words[0] ?? ids;
    const all = chosen.map(({ found }) => found);
    return answered(question, outcome, joined(all, true), input, chosen.map(({ when }) => explainCriterion(when)).join("; "));
  }
  const sentence = `none of: ${rule.cases.map(({ when }) => explainCriterion(when)).join("; ")}`;
  return answered(question, rule.otherwise ?? forAPerson, joined(failed, false), input, sentence);
}

function joined(findings: readonly CriterionFinding[], holds: boolean): CriterionFinding {
  return {
    holds,
    places: findings.flatMap(({ places }) => places),
    against: findings.flatMap(({ against }) => against),
    searched: findings.flatMap(({ searched }) => searched),
    figures: findings.flatMap(({ figures }) => figures),
    unjudged: [],
  };
}

function answered(
  question: Question,
  outcome: Outcome,
  found: CriterionFinding,
  input: AnsweringInput,
  asked: string,
): RuleAnswer {
  const basis = basisOf(found, input);
  const value = valueOfOutcome(question, outcome);
  if (value === null || !fitsQuestion(question, value)) {
    const why = value === null ? "the rule leaves this to a person" : "what was measured is no answer to this question";
    return { value: null, sentence: `For a person: ${why}.`, ...basis, unjudged: [why] };
  }
  const answer = value.kind === "not-applicable" ? "Not applicable" : valueText(question, value);
  return { value, sentence: `${answer}: ${whatWasFound(found, input.conversation, asked)}.`, ...basis, unjudged: [] };
}

function leftToPerson(found: CriterionFinding, input: AnsweringInput): RuleAnswer {
  const unjudged = found.unjudged.length === 0 ? ["the rule cannot tell"] : found.unjudged;
  return { value: null, sentence: `For a person: ${unjudged.join(", and ")}.`, ...basisOf(found, input), unjudged };
}

function basisOf(found: CriterionFinding, input: AnsweringInput): Pick<RuleAnswer, "evidence" | "searched" | "figures"> {
  const evidence = [
    ...found.places.map((place) => evidenceOfPlace(place, input, "for")),
    ...found.against.map((place) => evidenceOfPlace(place, input, "against")),
  ];
  return {
    evidence: eachOnce(evidence).slice(0, mostEvidence),
    searched: eachOnce(found.searched.map((one) => absenceOf(one, input))).slice(0, 20),
    figures: eachOnce(found.figures),
  };
}

/** Two criteria may rest on the same words or the same figure. */
function eachOnce<T>(all: readonly T[]): T[] {
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

function valueOfOutcome(question: Question, outcome: Outcome): AnswerValue | null {
  if (outcome === forAPerson) return null;
  if (outcome === notApplicable) return notApplicableAnswer;
  if (typeof outcome === "number") return { kind: "number", number: outcome };
  const ids = typeof outcome === "string" ? [outcome] : outcome;
  // In the order of the form, so that the order of cases does not show.
  const ordered = optionsOf(question).flatMap(({ id }) => (ids.includes(id) ? [id] : []));
  return ordered.length === ids.length ? choice(...ordered) : choice(...ids);
}

/** What a finding rests on: the first words found with their time, or what was measured, or what was looked for in vain. */
function whatWasFound(found: CriterionFinding, conversation: Conversation, asked: string): string {
  const parts: string[] = [];
  const told = eachOnce(found.holds === true ? found.places : found.against);
  const [first] = [...told].sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
  if (first !== undefined) parts.push(placeText(first, conversation, told.length));
  for (const { name, role, value } of eachOnce(found.figures))
    parts.push(`${figureNameText(name, role)} is ${figureText(name, value)}`);
  if (parts.length === 0 || (found.holds !== true && found.searched.length > 0)) {
    const [searched] = found.searched;
    if (searched === undefined) parts.push(found.holds === true ? asked : `it is not so that ${asked}`);
    else {
      const { what, startMs, endMs, words, turns } = searched;
      const inTurns = turns === 1 ? "1 turn" : `${turns} turns`;
      const where = words > 0 ? `${words} words of ${inTurns}` : inTurns;
      parts.push(`not found that ${what}, in ${where} between ${clock(startMs)} and ${clock(endMs)}`);
      if (found.searched.length > 1)
        parts.push(`nor ${found.searched.length - 1} more that ${found.searched.length === 2 ? "was" : "were"} looked for`);
    }
  }
  return parts.join("; ");
}

function placeText(place: FoundPlace, conversation: Conversation, count: number): string {
  const turn = conversation.turns.find(({ id }) => id === place.turnId);
  const quote = quoteAt(conversation, place);
  const [other] = place.elsewhere ?? [];
  const beside = other === undefined ? "" : ` (see the customer's other ${other.channel === "voice" ? "call" : other.channel})`;
  const more = `${beside}${count > 1 ? `, and ${count - 1} more` : ""}`;
  if (turn === undefined) return `nobody speaks from ${clock(place.startMs)} to ${clock(place.endMs)}${more}`;
  const role = roleOfTurn(conversation, turn);
  const who = role === "other" ? "somebody" : role === "ivr" ? "the menu" : `the ${role}`;
  if (quote === "") return `${who} at ${clock(place.startMs)}${more}`;
  return `${who} said ${quoted(quote)} at ${clock(place.startMs)}${more}`;
}

/**
 * Everything that a rule's answer depends on besides the conversation, as JSON: hash it to name the rule. Null for a question
 * that no rule answers.
 */
export function answerRuleIdentity(question: Question, categories: AnswerInput["categories"]): unknown {
  if (typeof question.answeredBy !== "object" || !("rule" in question.answeredBy)) return null;
  const { rule } = question.answeredBy;
  const named = criteriaOf(rule).flatMap((one) => ("category" in one ? [one.category] : []));
  const read = [...new Set(named)].sort().map((id) => [id, categories.get(id)?.rule ?? null, categories.get(id)?.kind ?? null]);
  return { engine: ruleEngineVersion, answers: answerRuleVersion, type: question.type, rule, categories: read };
}
