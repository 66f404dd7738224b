import { assertNever } from "../assert-never.ts";
import type { Conversation } from "../conversation/conversation.ts";
import type { AnswerValue } from "./answer-value.ts";
import { criteriaOf } from "./criterion.ts";
import type { Condition, Critical, Form, InnerSection, Option, Question, ScoreKind, Section } from "./form.ts";

/** A question with what its place in the form makes of it. */
export interface PlacedQuestion {
  readonly question: Question;
  /** From 1, in the order of the form. */
  readonly number: number;
  readonly kind: ScoreKind;
  /** Ids of the sections that it stands in, the outer first: one or two. */
  readonly sectionIds: readonly string[];
  /** Its own conditions and those of its sections: it is asked where all of `when` and none of `unless` hold. */
  readonly when: readonly Condition[];
  readonly unless: readonly Condition[];
  /** Where it stands in the form, as a path: ["sections", 0, "questions", 2]. */
  readonly path: readonly (string | number)[];
}

/** Every question in the order of the form: a section's own, then those of its sections. */
export function questionsOf(form: Pick<Form, "sections">): PlacedQuestion[] {
  const found: PlacedQuestion[] = [];
  const take = (
    section: Section | InnerSection,
    outer: readonly (Section | InnerSection)[],
    path: readonly (string | number)[],
  ) => {
    const around = [...outer, section];
    for (const [index, question] of section.questions.entries()) {
      found.push({
        question,
        number: found.length + 1,
        kind: question.kind ?? around.findLast(({ kind }) => kind !== undefined)?.kind ?? "quality",
        sectionIds: around.map(({ id }) => id),
        when: [...around, question].flatMap(({ when }) => (when === undefined ? [] : [when])),
        unless: [...around, question].flatMap(({ unless }) => (unless === undefined ? [] : [unless])),
        path: [...path, "questions", index],
      });
    }
    if (!("sections" in section)) return;
    for (const [index, inner] of section.sections.entries()) take(inner, around, [...path, "sections", index]);
  };
  for (const [index, section] of form.sections.entries()) take(section, [], ["sections", index]);
  return found;
}

/** Whether a form is for conversations of this kind. */
export function formIsFor(form: Pick<Form, "for">, conversation: Pick<Conversation, "kind">): boolean {
  return form.for === null || form.for === conversation.kind;
}

/** A question of a form by its id; undefined where there is none. */
export function questionById(form: Pick<Form, "sections">, id: string): Question | undefined {
  return questionsOf(form).find(({ question }) => question.id === id)?.question;
}

/** The options of a question that is answered by choosing, those of a yes-no question included; empty for others. */
export function optionsOf(question: Question): readonly Option[] {
  switch (question.type) {
    case "yes-no":
      return (["yes", "no"] as const).map((id) => {
        const isWanted = id === question.wanted;
        const critical: Critical | undefined = isWanted ? undefined : question.critical;
        return {
          id,
          text: id === "yes" ? "Yes" : "No",
          points: isWanted ? question.points : 0,
          ...(critical === undefined ? {} : { critical }),
        };
      });
    case "single":
    case "multiple":
      return question.options;
    case "numeric":
    case "text":
    case "date":
      return [];
    default:
      return assertNever(question);
  }
}

/** Ids of the questions that a condition speaks of, each once. */
export function questionsIn(condition: Condition): string[] {
  const inner =
    "all" in condition ? condition.all : "any" in condition ? condition.any : "not" in condition ? [condition.not] : [];
  const own = "question" in condition ? [condition.question] : [];
  return [...new Set([...own, ...inner.flatMap(questionsIn)])];
}

/**
 * Ids of the questions that are asked, given the answers so far. An answer to a question that is not asked counts as not
 * given. A condition over an answer that is not given yet is undecided: a question that waits for it is not asked yet, one
 * that it would take away is.
 *
 * @param questions of one form, as `questionsOf` gives them; their conditions have no circles.
 */
export function askedQuestions(
  questions: readonly PlacedQuestion[],
  values: ReadonlyMap<string, AnswerValue>,
): ReadonlySet<string> {
  const placed = new Map(questions.map((one) => [one.question.id, one]));
  const decided = new Map<string, boolean>();
  const isAsked = (id: string): boolean => {
    const before = decided.get(id);
    if (before !== undefined) return before;
    // Should there be a circle after all, a question within it is not asked.
    decided.set(id, false);
    const one = placed.get(id);
    const given = (other: string): AnswerValue | null => (isAsked(other) ? (values.get(other) ?? null) : null);
    const answer =
      one !== undefined &&
      [
        ...one.when.map((condition) => holds(condition, given)),
        ...one.unless.map((condition) => holds(condition, given) !== true),
      ].every((part) => part === true);
    decided.set(id, answer);
    return answer;
  };
  return new Set(questions.filter(({ question }) => isAsked(question.id)).map(({ question }) => question.id));
}

/** Whether a condition holds; null where that hangs on an answer that is not given. */
function holds(condition: Condition, given: (questionId: string) => AnswerValue | null): boolean | null {
  if ("all" in condition) {
    const parts = condition.all.map((one) => holds(one, given));
    return parts.includes(false) ? false : parts.includes(null) ? null : true;
  }
  if ("any" in condition) {
    const parts = condition.any.map((one) => holds(one, given));
    return parts.includes(true) ? true : parts.includes(null) ? null : false;
  }
  if ("not" in condition) {
    const part = holds(condition.not, given);
    return part === null ? null : !part;
  }
  const { is, isNot, isAll, above, below, answered, notApplicable } = condition;
  const value = given(condition.question);
  if (value === null) return answered === undefined ? null : !answered;
  const chosen = new Set(value.kind === "choice" ? value.options : []);
  const number = value.kind === "number" ? value.number : Number.NaN;
  return (
    (answered ?? true) &&
    (notApplicable === undefined || notApplicable === (value.kind === "not-applicable")) &&
    (is === undefined || is.some((id) => chosen.has(id))) &&
    (isNot === undefined || (value.kind !== "not-applicable" && !isNot.some((id) => chosen.has(id)))) &&
    (isAll === undefined || isAll.every((id) => chosen.has(id))) &&
    (above === undefined || number > above) &&
    (below === undefined || number < below)
  );
}

/** Whether a rule of the form asks about the other conversations of the customer. */
export function asksForJourney(form: Form): boolean {
  return questionsOf(form).some(
    ({ question: { answeredBy } }) =>
      typeof answeredBy === "object" && "rule" in answeredBy && criteriaOf(answeredBy.rule).some((one) => "journey" in one),
  );
}
