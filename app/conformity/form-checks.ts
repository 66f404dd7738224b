import { deepestRule } from "../insight/rules.ts";
import { criteriaOf, forAPerson, notApplicable, type Outcome, outcomesOf } from "./criterion.ts";
import type { Condition, Critical, Form, Question } from "./form.ts";
import { optionsOf, type PlacedQuestion, questionsIn, questionsOf } from "./form-questions.ts";

/*
 * What does not fit together in a checklist although each part is well written: ids that are there twice or nowhere, answers that
 * a question does not have, questions that wait for one another.
 */

/** Something that does not fit, where, and what to do. */
export interface FormIssue {
  readonly code: "custom";
  readonly path: (string | number)[];
  readonly message: string;
  readonly params: { readonly remedy: string };
}

/** A form whose parts are well written, before it is known whether they fit. */
type Unchecked = Pick<Form, "sections" | "bands" | "scoring">;
type Report = (path: readonly (string | number)[], message: string, remedy: string) => void;

/** Says of a form what does not fit together in it, in the order of the form. */
export function checkForm(form: Unchecked, add: (issue: FormIssue) => void): void {
  const report: Report = (path, message, remedy) => add({ code: "custom", path: [...path], message, params: { remedy } });
  const questions = questionsOf(form);
  const sections = new Set(form.sections.flatMap((one) => [one.id, ...one.sections.map(({ id }) => id)]));
  const distinct = checkIds(form, report);
  checkBands(form.bands, ["bands"], report);
  if (questions.length === 0) report(["sections"], "This checklist asks nothing.", "Add a question to a section.");
  for (const placed of questions) checkQuestion(placed, questions, sections, report);
  checkSections(form, questions, report);
  // Where an id is there twice, what waits for it cannot be told.
  if (distinct) checkCircles(questions, report);
}

function checkIds(form: Unchecked, report: Report): boolean {
  const seen = new Set<string>();
  let distinct = true;
  const take = (id: string, path: readonly (string | number)[]): void => {
    if (seen.has(id)) {
      distinct = false;
      report([...path, "id"], `There is another section or question '${id}'.`, "Give this one an id of its own.");
    }
    seen.add(id);
  };
  for (const [at, section] of form.sections.entries()) {
    take(section.id, ["sections", at]);
    for (const [within, inner] of section.sections.entries()) take(inner.id, ["sections", at, "sections", within]);
  }
  for (const { question, path } of questionsOf(form)) take(question.id, path);
  return distinct;
}

function checkBands(bands: Form["bands"], path: readonly (string | number)[], report: Report): void {
  const seen = new Set<number>();
  for (const [index, { from }] of bands.entries()) {
    if (seen.has(from)) report([...path, index, "from"], `Another band begins at ${from}.`, "Let each begin elsewhere.");
    seen.add(from);
  }
}

function checkSections(form: Unchecked, questions: readonly PlacedQuestion[], report: Report): void {
  for (const [at, section] of form.sections.entries()) {
    const path = ["sections", at];
    if (section.questions.length === 0 && section.sections.length === 0) {
      report(path, "This section is empty.", "Add questions to it, or take it out.");
    }
    for (const [own, place] of [
      [section, path] as const,
      ...section.sections.map((inner, within) => [inner, [...path, "sections", within]] as const),
    ]) {
      checkBands(own.bands, [...place, "bands"], report);
      for (const name of ["when", "unless"] as const) {
        const condition = own[name];
        if (condition !== undefined) checkCondition(condition, [...place, name], questions, report);
      }
    }
  }
}

function checkQuestion(
  { question, path }: PlacedQuestion,
  questions: readonly PlacedQuestion[],
  sections: ReadonlySet<string>,
  report: Report,
): void {
  const options = optionsOf(question);
  const ids = new Set(options.map(({ id }) => id));
  if (question.type === "single" || question.type === "multiple") {
    const seen = new Set<string>();
    for (const [index, { id }] of question.options.entries()) {
      if (seen.has(id))
        report([...path, "options", index, "id"], `There is another option '${id}'.`, "Give it an id of its own.");
      if (id === notApplicable || id === forAPerson) {
        report([...path, "options", index, "id"], `'${id}' has a meaning of its own.`, "Choose another id.");
      }
      seen.add(id);
    }
    if (question.scored && options.every(({ points }) => points === 0)) {
      report([...path, "options"], "No option is worth a point.", "Give one of them points, or write `scored: false`.");
    }
  }
  if (question.type === "numeric" && question.min !== undefined && question.max !== undefined && question.min > question.max) {
    report([...path, "min"], "The least number is above the greatest.", "Let 'min' be at most 'max'.");
  }
  if (question.type === "numeric" && question.scored && question.ranges.length > 0) {
    if (question.ranges.every(({ points }) => points === 0)) {
      report([...path, "ranges"], "No range is worth a point.", "Give one of them points, or write `scored: false`.");
    }
  }
  for (const [critical, place] of criticalsOf(question)) {
    if (typeof critical === "object" && !sections.has(critical.section)) {
      report([...path, ...place], `There is no section '${critical.section}'.`, `Name one of: ${[...sections].join(", ")}.`);
    }
  }
  if (typeof question.reason === "object") {
    for (const [index, id] of question.reason.for.entries()) {
      if (!ids.has(id) && id !== notApplicable) {
        report([...path, "reason", "for", index], `There is no option '${id}'.`, `Name one of: ${[...ids].join(", ")}.`);
      }
    }
  }
  for (const name of ["when", "unless"] as const) {
    const condition = question[name];
    if (condition !== undefined) checkCondition(condition, [...path, name], questions, report);
  }
  checkRule(question, [...path, "answeredBy", "rule"], report);
}

function criticalsOf(question: Question): [Critical, (string | number)[]][] {
  if (question.type === "yes-no") return question.critical === undefined ? [] : [[question.critical, ["critical"]]];
  const [list, name] =
    question.type === "numeric"
      ? [question.ranges, "ranges"]
      : question.type === "single" || question.type === "multiple"
        ? [question.options, "options"]
        : [[], ""];
  return list.flatMap(({ critical }, index): [Critical, (string | number)[]][] =>
    critical === undefined ? [] : [[critical, [name, index, "critical"]]],
  );
}

function checkRule(question: Question, path: readonly (string | number)[], report: Report): void {
  if (typeof question.answeredBy !== "object" || !("rule" in question.answeredBy)) return;
  const { rule } = question.answeredBy;
  if (question.type === "text" || question.type === "date") {
    report(path, `A rule cannot answer a question of type ${question.type}.`, "Let a person or a writer answer it.");
    return;
  }
  if ("figure" in rule !== (question.type === "numeric") && !("cases" in rule && question.type === "numeric")) {
    const [message, remedy] =
      question.type === "numeric"
        ? ["A numeric question is answered by a figure or by cases.", "Write `rule: { figure: NAME }`."]
        : ["A figure answers a numeric question.", "Use `holds` or `cases`, with { figure: NAME, atLeast: N } in it."];
    report(path, message, remedy);
  }
  if (rule.applies !== undefined && !question.notApplicable) {
    report([...path, "applies"], "This question may not be answered 'not applicable'.", "Take `notApplicable: false` away.");
  }
  const ids = optionsOf(question).map(({ id }) => id);
  const places: (string | number)[][] =
    "holds" in rule
      ? [["then"], ["otherwise"]]
      : "cases" in rule
        ? [...rule.cases.map((_, index) => ["cases", index, "answer"]), ["otherwise"]]
        : [];
  for (const [index, outcome] of outcomesOf(rule).entries()) {
    if (fitsOutcome(question, outcome, ids)) continue;
    const remedy =
      question.type === "numeric" ? "Write a number." : `Name one of: ${[...ids, notApplicable, forAPerson].join(", ")}.`;
    report([...path, ...(places[index] ?? [])], `This question cannot be answered '${String(outcome)}'.`, remedy);
  }
  if (criteriaOf(rule).some((one) => depthOf(one) > deepestRule)) {
    report(path, `Groups stand in groups ${deepestRule} deep at most.`, "Write fewer groups within groups.");
  }
  for (const one of criteriaOf(rule)) {
    if ("figure" in one && one.atLeast !== undefined && one.atMost !== undefined && one.atLeast > one.atMost) {
      report(path, `${one.figure} is at least ${one.atLeast} and at most ${one.atMost}: nothing is both.`, "Swap the two.");
    }
  }
}

/** How deep groups stand in groups, in a criterion, a rule or a condition. */
function depthOf(one: object): number {
  const named: unknown[] = Object.entries(one).flatMap(([name, value]) =>
    ["all", "any", "sequence"].includes(name) ? (value as unknown[]) : name === "not" ? [value] : [],
  );
  return 1 + named.reduce<number>((most, inner) => Math.max(most, depthOf(inner as object)), 0);
}

function fitsOutcome(question: Question, outcome: Outcome, ids: readonly string[]): boolean {
  if (outcome === forAPerson) return true;
  if (outcome === notApplicable) return question.notApplicable;
  if (typeof outcome === "number") return question.type === "numeric";
  if (typeof outcome === "string") return ids.includes(outcome);
  return question.type === "multiple" && outcome.every((id) => ids.includes(id));
}

function checkCondition(
  condition: Condition,
  path: readonly (string | number)[],
  questions: readonly PlacedQuestion[],
  report: Report,
): void {
  if (depthOf(condition) > deepestRule) {
    report(path, `Conditions stand in conditions ${deepestRule} deep at most.`, "Write fewer conditions within conditions.");
    return;
  }
  if ("all" in condition || "any" in condition) {
    const [name, list] = "all" in condition ? ["all", condition.all] : ["any", condition.any];
    for (const [index, one] of list.entries()) checkCondition(one, [...path, name, index], questions, report);
    return;
  }
  if ("not" in condition) {
    checkCondition(condition.not, [...path, "not"], questions, report);
    return;
  }
  const question = questions.find((one) => one.question.id === condition.question)?.question;
  if (question === undefined) {
    report([...path, "question"], `There is no question '${condition.question}'.`, "Name one of this checklist by its id.");
    return;
  }
  const ids = optionsOf(question).map(({ id }) => id);
  for (const name of ["is", "isNot", "isAll"] as const) {
    for (const id of condition[name] ?? []) {
      if (ids.includes(id)) continue;
      const remedy = ids.length === 0 ? "Use above, below, answered or notApplicable." : `Name one of: ${ids.join(", ")}.`;
      report([...path, name], `'${condition.question}' has no answer '${id}'.`, remedy);
    }
  }
  for (const name of ["above", "below"] as const) {
    if (condition[name] === undefined || question.type === "numeric") continue;
    report([...path, name], `'${condition.question}' is not answered by a number.`, "Use is, isNot or isAll.");
  }
}

function checkCircles(questions: readonly PlacedQuestion[], report: Report): void {
  const waitsFor = new Map(
    questions.map(({ question, when, unless }) => [question.id, [...when, ...unless].flatMap(questionsIn)]),
  );
  const settled = new Set<string>();
  const circleFrom = (id: string, way: readonly string[]): readonly string[] | null => {
    if (way.includes(id)) return [...way.slice(way.indexOf(id)), id];
    if (settled.has(id)) return null;
    for (const next of waitsFor.get(id) ?? []) {
      const circle = circleFrom(next, [...way, id]);
      if (circle !== null) return circle;
    }
    settled.add(id);
    return null;
  };
  for (const { question, path } of questions) {
    const circle = circleFrom(question.id, []);
    if (circle === null) continue;
    report(path, `Questions wait for one another: ${circle.join(", ")}.`, "Take one of these conditions away.");
    return;
  }
}
