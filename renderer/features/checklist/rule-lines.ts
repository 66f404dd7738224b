import type { AnswerRule, Outcome } from "../../../app/conformity/criterion.ts";
import { forAPerson, notApplicable } from "../../../app/conformity/criterion.ts";
import { explainCriterion } from "../../../app/conformity/criterion-text.ts";
import { figureNameText } from "../../../app/conformity/figures.ts";
import type { Question } from "../../../app/conformity/form.ts";
import { optionsOf } from "../../../app/conformity/form-questions.ts";

/** A rule's answer, as options: their words; a number; or one of the two answers that are none of the question's own. */
export type RuleOutcome =
  | { readonly kind: "said"; readonly text: string }
  | { readonly kind: "not-applicable" }
  | { readonly kind: "for-a-person" };

/** A line of what a rule means. */
export type RuleLine =
  | { readonly kind: "applies"; readonly sentence: string }
  | { readonly kind: "case"; readonly outcome: RuleOutcome; readonly sentence: string }
  | { readonly kind: "else"; readonly outcome: RuleOutcome }
  | { readonly kind: "figure"; readonly figure: string };

/** What the rule of a question means, line by line; empty where a person or a writer answers it. */
export function ruleLines(question: Question): RuleLine[] {
  const { answeredBy } = question;
  if (typeof answeredBy !== "object" || !("rule" in answeredBy)) return [];
  const { rule } = answeredBy;
  const applies: RuleLine[] = rule.applies === undefined ? [] : [{ kind: "applies", sentence: explainCriterion(rule.applies) }];
  return [...applies, ...answering(question, rule)];
}

function answering(question: Question, rule: AnswerRule): RuleLine[] {
  if ("figure" in rule) return [{ kind: "figure", figure: figureNameText(rule.figure, rule.by ?? null) }];
  if ("holds" in rule) {
    return [
      { kind: "case", outcome: outcomeOf(question, rule.then ?? "yes"), sentence: explainCriterion(rule.holds) },
      { kind: "else", outcome: outcomeOf(question, rule.otherwise ?? "no") },
    ];
  }
  return [
    ...rule.cases.map(
      ({ when, answer }): RuleLine => ({
        kind: "case",
        outcome: outcomeOf(question, answer),
        sentence: explainCriterion(when),
      }),
    ),
    { kind: "else", outcome: outcomeOf(question, rule.otherwise ?? forAPerson) },
  ];
}

function outcomeOf(question: Question, outcome: Outcome): RuleOutcome {
  if (outcome === notApplicable) return { kind: "not-applicable" };
  if (outcome === forAPerson) return { kind: "for-a-person" };
  const texts = new Map(optionsOf(question).map(({ id, text }) => [id, text]));
  const said = (Array.isArray(outcome) ? outcome : [outcome]).map((one) => texts.get(String(one)) ?? String(one));
  return { kind: "said", text: said.join(", ") };
}
