import type { AnswerValue } from "./answer-value.ts";
import { fitsQuestion } from "./answer-value.ts";
import type { Band, Critical, Form, InnerSection, Option, Question, ScoreKind, Section } from "./form.ts";
import { askedQuestions, optionsOf, type PlacedQuestion, questionsOf } from "./form-questions.ts";

/*
 * What answers come to.
 *
 *   share of a question      s = earned points / possible points, 0 to 1. Possible: the best option; of a question with several
 *                            answers, all options together; of a number, the best range. A number in no range earns nothing.
 *   `questions`              100 * sum(w s) / sum(w), over all scored questions, w the question's weight
 *   `sections`               that formula within each section, its sections counting as questions of their weight; and over the
 *                            sections with their weights
 *   `points`                 100 * sum(earned) / sum(possible)
 *
 * Not scored, and so neither above nor below the line: what is not applicable, not asked, not answered yet, or has no points. A
 * bonus counts above the line and not below; no score passes 100. A section that a critical answer fails earns nothing of what it
 * could; a form that one fails has 0, and so has the score of that question's kind. Sums are taken from the smallest to the
 * largest, so that the order of questions cannot change the last digit; scores are rounded to two digits.
 */

/** What one question came to. */
export interface QuestionScore {
  readonly questionId: string;
  readonly kind: ScoreKind;
  readonly sectionIds: readonly string[];
  /** `unscored`: answered, and worth nothing by its nature (a text, a date, `scored: false`). */
  readonly state: "scored" | "unscored" | "unanswered" | "not-applicable" | "not-asked";
  readonly weight: number;
  readonly bonus: boolean;
  /** Points, after a failed section took them; null where it is not scored. */
  readonly earned: number | null;
  readonly possible: number | null;
  /** What its answer fails; null where that is nothing. */
  readonly fails: "form" | { readonly section: string } | null;
}

/** A score with what it is made of. */
export interface Score {
  /** 0 to 100, to two digits; null where nothing is scored, which is not zero. */
  readonly percent: number | null;
  readonly earned: number;
  readonly possible: number;
  /** Questions that are asked, can be scored and are applicable; and those of them that are answered. */
  readonly askable: number;
  readonly answered: number;
}

/** What one section came to. */
export interface SectionScore extends Score {
  readonly sectionId: string;
  readonly parentId: string | null;
  /** Questions whose answer failed it. */
  readonly failedBy: readonly string[];
  readonly band: string | null;
}

/** What a form came to. */
export interface FormScore {
  readonly overall: Score;
  /** The same over the questions of one kind alone. */
  readonly conformity: Score;
  readonly quality: Score;
  /** The band of the overall score; null without bands or score. */
  readonly band: string | null;
  /** Null where the form has no line, or nothing is scored. */
  readonly passed: boolean | null;
  /** Questions whose answer failed the form. */
  readonly failedBy: readonly string[];
  readonly sections: readonly SectionScore[];
  readonly questions: readonly QuestionScore[];
}

/** Scores the answers to a form; see `createScorer` for many. */
export function scoreForm(form: Form, values: ReadonlyMap<string, AnswerValue>): FormScore {
  return createScorer(form)(values);
}

/** Prepares a form for scoring any number of answers to it. Answers that do not fit their question count as not given. */
export function createScorer(form: Form): (values: ReadonlyMap<string, AnswerValue>) => FormScore {
  const mark = createMarker(form);
  return (values) => {
    const { scores, failedSections } = mark(values);
    const total = (kind: ScoreKind | null): Score => {
      const own = kind === null ? scores : scores.filter((one) => one.kind === kind);
      return { ...counted(own), percent: percentWithFailures(form, own) };
    };
    const overall = total(null);
    return {
      overall,
      conformity: total("conformity"),
      quality: total("quality"),
      band: bandOf(form.bands, overall.percent),
      passed: form.pass === null || overall.percent === null ? null : overall.percent >= form.pass,
      failedBy: scores.filter(({ fails }) => fails === "form").map(({ questionId }) => questionId),
      sections: form.sections.flatMap((section) => [
        scoreSection(form, section, null, scores, failedSections),
        ...section.sections.map((inner) => scoreSection(form, inner, section, scores, failedSections)),
      ]),
      questions: scores,
    };
  };
}

/** Prepares a form for the overall percentage alone, of any number of answers: for trying thousands of ways. */
export function createPercent(form: Form): (values: ReadonlyMap<string, AnswerValue>) => number | null {
  const mark = createMarker(form);
  return (values) => percentWithFailures(form, mark(values).scores);
}

function percentWithFailures(form: Form, scores: readonly QuestionScore[]): number | null {
  return scores.some(({ fails }) => fails === "form") ? 0 : percentOf(form, scores);
}

/** What is known of a question before any answer. */
interface Known extends PlacedQuestion {
  readonly possible: number | null;
  readonly options: readonly Option[];
  /** Whether answers seen before fit it. */
  readonly fits: WeakMap<AnswerValue, boolean>;
}

interface Marks {
  readonly scores: readonly QuestionScore[];
  /** Questions by the section that their answers fail. */
  readonly failedSections: ReadonlyMap<string, readonly string[]>;
}

function createMarker(form: Form): (values: ReadonlyMap<string, AnswerValue>) => Marks {
  const questions = questionsOf(form).map((placed): Known => {
    const { question } = placed;
    return { ...placed, possible: possiblePoints(question), options: optionsOf(question), fits: new WeakMap() };
  });
  const everyId: ReadonlySet<string> = new Set(questions.map(({ question }) => question.id));
  const isConditional = questions.some(({ when, unless }) => when.length + unless.length > 0);
  return (values) => {
    const fitting = new Map<string, AnswerValue>();
    for (const { question, fits } of questions) {
      const value = values.get(question.id);
      if (value === undefined) continue;
      const known = fits.get(value) ?? fitsQuestion(question, value);
      fits.set(value, known);
      if (known) fitting.set(question.id, value);
    }
    const asked = isConditional ? askedQuestions(questions, fitting) : everyId;
    const raw = questions.map((known) => scoreQuestion(known, fitting.get(known.question.id), asked.has(known.question.id)));
    const failedSections = new Map<string, string[]>();
    for (const { fails, questionId } of raw) {
      if (fails === null || fails === "form") continue;
      failedSections.set(fails.section, [...(failedSections.get(fails.section) ?? []), questionId]);
    }
    if (failedSections.size === 0) return { scores: raw, failedSections };
    const scores = raw.map((one) =>
      one.earned !== null && one.sectionIds.some((id) => failedSections.has(id)) ? { ...one, earned: 0 } : one,
    );
    return { scores, failedSections };
  };
}

function scoreSection(
  form: Form,
  section: Section | InnerSection,
  parent: Section | null,
  scores: readonly QuestionScore[],
  failed: ReadonlyMap<string, readonly string[]>,
): SectionScore {
  const own = scores.filter(({ sectionIds }) => sectionIds.includes(section.id));
  const percent = form.scoring === "sections" ? rounded(shareOfSection(section, own)) : percentOf({ ...form, sections: [] }, own);
  const failedBy = [section.id, ...(parent === null ? [] : [parent.id])].flatMap((id) => failed.get(id) ?? []);
  const isScored = percent !== null;
  return {
    ...counted(own),
    sectionId: section.id,
    parentId: parent?.id ?? null,
    percent: isScored && failedBy.length > 0 ? 0 : percent,
    failedBy,
    band: bandOf(section.bands, isScored && failedBy.length > 0 ? 0 : percent),
  };
}

function scoreQuestion(known: Known, value: AnswerValue | undefined, isAsked: boolean): QuestionScore {
  const { question, kind, sectionIds, possible } = known;
  const { id, weight, bonus } = question;
  const base = { questionId: id, kind, sectionIds, weight, bonus, earned: null, possible: null, fails: null };
  if (!isAsked) return { ...base, state: "not-asked" };
  if (value === undefined) return { ...base, state: "unanswered" };
  if (value.kind === "not-applicable") return { ...base, state: "not-applicable" };
  const chosen = chosenOf(known, value);
  const fails = failureOf(chosen, sectionIds);
  if (possible === null) return { ...base, state: "unscored", fails };
  return { ...base, state: "scored", possible, earned: chosen.reduce((total, { points }) => total + points, 0), fails };
}

/** The most that a question can earn; null where it is not scored. */
export function possiblePoints(question: Question): number | null {
  if (!question.scored) return null;
  const points =
    question.type === "numeric"
      ? Math.max(0, ...question.ranges.map((range) => range.points))
      : question.type === "multiple"
        ? question.options.reduce((sum, option) => sum + option.points, 0)
        : Math.max(0, ...optionsOf(question).map((option) => option.points));
  return points > 0 ? points : null;
}

/** What an answer chooses: options or a range, with their points and what they fail. */
type Chosen = readonly { readonly points: number; readonly critical?: Critical | undefined }[];

function chosenOf({ question, options }: Known, value: AnswerValue): Chosen {
  if (value.kind === "choice") return options.filter(({ id }) => value.options.includes(id));
  if (value.kind !== "number" || question.type !== "numeric") return [];
  const range = question.ranges.find(({ from, to }) => value.number >= (from ?? -Infinity) && value.number <= (to ?? Infinity));
  return range === undefined ? [] : [range];
}

function failureOf(chosen: Chosen, sectionIds: readonly string[]): QuestionScore["fails"] {
  const criticals = chosen.flatMap(({ critical }) => critical ?? []);
  if (criticals.length === 0) return null;
  if (criticals.includes("form")) return "form";
  const named = criticals.find((one) => typeof one === "object");
  if (typeof named === "object") return { section: named.section };
  return { section: sectionIds.at(-1) ?? "" };
}

function counted(scores: readonly QuestionScore[]): Omit<Score, "percent"> {
  const scored = scores.filter(({ state }) => state === "scored");
  return {
    earned: sum(scored.map(({ earned }) => earned ?? 0)),
    possible: sum(scored.filter(({ bonus }) => !bonus).map(({ possible }) => possible ?? 0)),
    askable: scores.filter(({ state }) => state === "scored" || state === "unscored" || state === "unanswered").length,
    answered: scores.filter(({ state }) => state === "scored" || state === "unscored").length,
  };
}

function percentOf(form: Pick<Form, "scoring" | "sections">, scores: readonly QuestionScore[]): number | null {
  switch (form.scoring) {
    case "none":
      return null;
    case "points": {
      const { earned, possible } = counted(scores);
      return possible === 0 ? null : rounded(earned / possible);
    }
    case "questions":
      return rounded(weighed(scores.map(partOf)));
    case "sections": {
      if (form.sections.length === 0) return rounded(weighed(scores.map(partOf)));
      const parts = form.sections.map((section) => ({
        weight: section.weight,
        bonus: false,
        share: shareOfSection(
          section,
          scores.filter(({ sectionIds }) => sectionIds.includes(section.id)),
        ),
      }));
      return rounded(weighed(parts));
    }
  }
}

interface Part {
  readonly weight: number;
  readonly bonus: boolean;
  /** Null where it is not scored. */
  readonly share: number | null;
}

function partOf({ weight, bonus, earned, possible }: QuestionScore): Part {
  return { weight, bonus, share: earned === null || possible === null ? null : Math.min(1, earned / possible) };
}

function shareOfSection(section: Section | InnerSection, scores: readonly QuestionScore[]): number | null {
  const own = scores.filter(({ sectionIds }) => sectionIds.at(-1) === section.id).map(partOf);
  const inner = "sections" in section ? section.sections : [];
  const parts = inner.map((one): Part => {
    const share = shareOfSection(
      one,
      scores.filter(({ sectionIds }) => sectionIds.includes(one.id)),
    );
    return { weight: one.weight, bonus: false, share };
  });
  return weighed([...own, ...parts]);
}

function weighed(parts: readonly Part[]): number | null {
  const scored = parts.filter(({ share }) => share !== null);
  const below = sum(scored.filter(({ bonus }) => !bonus).map(({ weight }) => weight));
  if (below === 0) return null;
  return Math.min(1, sum(scored.map(({ weight, share }) => weight * (share ?? 0))) / below);
}

/** From the smallest to the largest: whoever comes first cannot change the last digit. */
function sum(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b).reduce((total, value) => total + value, 0);
}

function rounded(share: number | null): number | null {
  return share === null ? null : Math.round(Math.min(1, Math.max(0, share)) * 10_000) / 100;
}

function bandOf(bands: readonly Band[], percent: number | null): string | null {
  if (percent === null) return null;
  const reached = bands.filter(({ from }) => percent >= from).sort((a, b) => b.from - a.from);
  return reached[0]?.name ?? null;
}
