import type { z } from "zod";
import { EarmarkError } from "../contract/errors.ts";
import { figureOfLabel } from "./connect-figures.ts";
import {
  type CarriedNote,
  type ConnectChoiceAutomation,
  type ConnectCondition,
  type ConnectExpression,
  type ConnectForm,
  type ConnectItem,
  type ConnectOption,
  type ConnectQuestion,
  type ConnectRange,
  type ConnectSection,
  type ConnectThresholds,
  connectFormSchema,
} from "./connect-shape.ts";
import { checklistSchemaName, type Form, formSchema } from "./form.ts";

/** What came of reading an evaluation form of Amazon Connect. */
export interface ConnectReading {
  readonly form: Form;
  /** What could not be carried, and what became of it. */
  readonly notes: readonly CarriedNote[];
}

type Input = z.input<typeof formSchema>;
type SectionInput = Input["sections"][number];
type QuestionInput = NonNullable<SectionInput["questions"]>[number];
type Note = (about: string | null, text: string) => void;

/** Whether something read from JSON has the shape of a Connect evaluation form, alone or as an answer that wraps it. */
export function isConnectForm(value: unknown): boolean {
  return connectFormSchema.safeParse(unwrapped(value)).success;
}

/**
 * Reads an evaluation form of Amazon Connect: what `CreateEvaluationForm` takes, or what `DescribeEvaluationForm` answers.
 *
 * @throws EarmarkError `format-malformed` where it is none, or does not fit together.
 */
export function formFromConnect(value: unknown): ConnectReading {
  const read = connectFormSchema.safeParse(unwrapped(value));
  if (!read.success) {
    const [issue] = read.error.issues;
    const path = issue?.path.join(".") ?? "";
    throw new EarmarkError("format-malformed", `This is no evaluation form of Amazon Connect: ${path} ${issue?.message ?? ""}`, {
      path,
    });
  }
  const notes: CarriedNote[] = [];
  const note: Note = (about, text) => notes.push({ about, text });
  const input = formInput(read.data, note);
  const parsed = formSchema.safeParse(input);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path.join(".") ?? "";
    throw new EarmarkError("format-malformed", `This evaluation form does not fit together: ${path}: ${issue?.message ?? ""}`, {
      path,
    });
  }
  return { form: parsed.data, notes };
}

function unwrapped(value: unknown): unknown {
  return typeof value === "object" && value !== null && "EvaluationForm" in value ? value.EvaluationForm : value;
}

function formInput(form: ConnectForm, note: Note): Input {
  const mode = form.ScoringStrategy?.Status === "ENABLED" ? form.ScoringStrategy.Mode : null;
  const scoring =
    mode === null ? "none" : mode === "SECTION_ONLY" ? "sections" : mode === "POINTS_BASED" ? "points" : "questions";
  const isByPoints = scoring === "points";
  const loose = form.Items.flatMap(({ Question }) => Question ?? []);
  const sections = form.Items.flatMap(({ Section }) =>
    Section === undefined ? [] : [sectionInput(Section, isByPoints, true, note)],
  );
  if (loose.length > 0) {
    note(null, "Questions outside of any section stand in a section of their own.");
    sections.unshift({
      id: "questions",
      title: "Questions",
      questions: loose.map((one) => questionInput(one, isByPoints, true, note)),
    });
  }
  const language = form.LanguageConfiguration?.FormLanguage;
  return {
    schema: checklistSchemaName,
    id: idFrom(form),
    version: form.EvaluationFormVersion ?? 1,
    title: form.Title,
    description: form.Description ?? "",
    serves: "An evaluation form of Amazon Connect.",
    ...(language === undefined ? {} : { languages: [language] }),
    scoring,
    bands: bandsFrom(form.ScoringStrategy?.ScoreThresholds, null, note),
    sections,
  };
}

function idFrom({ EvaluationFormId, Title }: ConnectForm): string {
  const id = EvaluationFormId ?? Title.toLowerCase().replaceAll(/[^0-9a-z]+/gu, "-");
  return (
    id
      .replaceAll(/[^0-9A-Za-z._-]/gu, "-")
      .replaceAll(/^-+|-+$/gu, "")
      .slice(0, 40) || "connect-form"
  );
}

function sectionInput(section: ConnectSection, isByPoints: boolean, isOuter: boolean, note: Note): SectionInput {
  const { RefId, Title, Instructions, Items, Weight, IsExcludedFromScoring, ScoreThresholds } = section;
  const isScored = IsExcludedFromScoring !== true;
  const questions: ConnectQuestion[] = [];
  const inner: ConnectSection[] = [];
  let sawInner = false;
  for (const { Question, Section } of Items as readonly ConnectItem[]) {
    if (Question !== undefined) {
      if (sawInner) note(Question.RefId, "Stands before the sections within its section here.");
      questions.push(Question);
    }
    if (Section !== undefined) {
      sawInner = true;
      inner.push(Section);
    }
  }
  if (!isOuter && inner.length > 0) note(RefId, "Sections within a section within a section were taken out.");
  return {
    id: RefId,
    title: Title,
    instructions: Instructions ?? "",
    ...(Weight === undefined ? {} : { weight: Weight }),
    bands: bandsFrom(ScoreThresholds, RefId, note),
    questions: questions.map((one) => questionInput(one, isByPoints, isScored, note)),
    ...(isOuter ? { sections: inner.map((one) => innerInput(one, isByPoints, note)) } : {}),
  };
}

function innerInput(section: ConnectSection, isByPoints: boolean, note: Note): NonNullable<SectionInput["sections"]>[number] {
  const { sections: _, ...input } = sectionInput(section, isByPoints, false, note);
  return input;
}

function bandsFrom(
  thresholds: ConnectThresholds | undefined,
  about: string | null,
  note: Note,
): { name: string; from: number }[] {
  const bands: { name: string; from: number }[] = [];
  const exceeds = thresholds?.find(({ PerformanceCategory }) => PerformanceCategory === "EXCEEDS_EXPECTATIONS");
  const needs = thresholds?.find(({ PerformanceCategory }) => PerformanceCategory === "NEEDS_IMPROVEMENT");
  if (exceeds?.MinScorePercentage !== undefined) bands.push({ name: "Exceeds expectations", from: exceeds.MinScorePercentage });
  if (needs?.MaxScorePercentage !== undefined) {
    if (needs.MaxScorePercentage !== exceeds?.MinScorePercentage) {
      bands.push({ name: "Meets expectations", from: needs.MaxScorePercentage });
    }
    if (needs.MaxScorePercentage > 0) bands.push({ name: "Needs improvement", from: 0 });
  }
  for (const { PerformanceCategory } of thresholds ?? []) {
    if (PerformanceCategory === "EXCEEDS_EXPECTATIONS" || PerformanceCategory === "NEEDS_IMPROVEMENT") continue;
    note(about, `The band ${PerformanceCategory} was left out.`);
  }
  return bands;
}

function questionInput(question: ConnectQuestion, isByPoints: boolean, isScored: boolean, note: Note): QuestionInput {
  const { RefId, Title, Instructions, NotApplicableEnabled, Weight, ScoringConfiguration, QuestionTypeProperties } = question;
  const isExcluded = ScoringConfiguration?.IsExcludedFromScoring === true || !isScored;
  if ((ScoringConfiguration?.ScoreThresholds ?? []).length > 0) note(RefId, "Bands of a single question were left out.");
  const base = {
    id: RefId,
    ask: Title.trim() === "" ? RefId : Title,
    instructions: Instructions ?? "",
    ...(Weight === undefined ? {} : { weight: Weight }),
    bonus: ScoringConfiguration?.PointsConfiguration?.IsBonus === true,
    notApplicable: NotApplicableEnabled === true,
    ...enablementInput(question, note),
  };
  const { SingleSelect, MultiSelect, Numeric, Text } = QuestionTypeProperties ?? {};
  switch (question.QuestionType) {
    case "SINGLESELECT":
    case "MULTISELECT": {
      const isMultiple = question.QuestionType === "MULTISELECT";
      const properties = isMultiple ? MultiSelect : SingleSelect;
      const options = (properties?.Options ?? []).map((option) => optionInput(option, isByPoints, RefId, note));
      const hasPoints = options.some(({ points }) => points > 0);
      return {
        ...base,
        type: isMultiple ? "multiple" : "single",
        scored: hasPoints && !isExcluded,
        options,
        answeredBy: choiceAnswerer(properties?.Automation, RefId, note),
      };
    }
    case "NUMERIC": {
      const ranges = (Numeric?.Options ?? []).map((range) => rangeInput(range, isByPoints));
      return {
        ...base,
        type: "numeric",
        scored: !isExcluded && ranges.some(({ points }) => points > 0),
        ...(Numeric === undefined ? {} : { min: Numeric.MinValue, max: Numeric.MaxValue }),
        ranges,
        answeredBy: numberAnswerer(Numeric?.Automation, RefId, note),
      };
    }
    case "DATETIME":
      note(RefId, "Asks for a date without a time here.");
      return { ...base, type: "date" };
    default:
      if (question.QuestionType !== "TEXT") note(RefId, `A question of type ${question.QuestionType} became one for a text.`);
      return { ...base, type: "text", answeredBy: Text?.Automation?.AnswerSource?.SourceType === "GEN_AI" ? "writer" : "person" };
  }
}

function criticalInput({
  AutomaticFail,
  AutomaticFailConfiguration,
}: ConnectOption | ConnectRange): Pick<ConnectCritical, "critical"> {
  if (AutomaticFail !== true) return {};
  const target = AutomaticFailConfiguration?.TargetSection;
  return { critical: target === undefined ? "form" : { section: target } };
}

interface ConnectCritical {
  readonly critical?: "form" | { section: string };
}

function optionInput(option: ConnectOption, isByPoints: boolean, about: string, note: Note) {
  if (option.PointsConfiguration?.IsBonus === true) note(about, `The option '${option.Text}' is no bonus of its own here.`);
  const points = isByPoints ? (option.PointsConfiguration?.PointValue ?? option.Score ?? 0) : (option.Score ?? 0);
  return { id: option.RefId, text: option.Text.trim() === "" ? option.RefId : option.Text, points, ...criticalInput(option) };
}

function rangeInput(range: ConnectRange, isByPoints: boolean) {
  const points = isByPoints ? (range.PointsConfiguration?.PointValue ?? range.Score ?? 0) : (range.Score ?? 0);
  return { from: range.MinValue, to: range.MaxValue, points, ...criticalInput(range) };
}

function choiceAnswerer(automation: ConnectChoiceAutomation | undefined, about: string, note: Note): QuestionInput["answeredBy"] {
  if (automation?.AnswerSource?.SourceType === "GEN_AI") return "writer";
  const options = automation?.Options ?? [];
  if (options.length === 0) return "person";
  const cases = options.map(({ RuleCategory: { Category, Condition, OptionRefId, OptionRefIds } }) => ({
    when: { category: Category, is: Condition === "NOT_PRESENT" ? "absent" : "present" },
    answer: OptionRefIds ?? OptionRefId ?? "",
  }));
  note(
    about,
    `Answered by categories: ${options.map(({ RuleCategory }) => RuleCategory.Category).join(", ")}. They have to be in the library under these ids.`,
  );
  const otherwise = automation?.DefaultOptionRefIds ?? automation?.DefaultOptionRefId;
  return { rule: { cases, ...(otherwise === undefined ? {} : { otherwise }) } };
}

function numberAnswerer(
  automation: NonNullable<NonNullable<ConnectQuestion["QuestionTypeProperties"]>["Numeric"]>["Automation"],
  about: string,
  note: Note,
): QuestionInput["answeredBy"] {
  if (automation?.AnswerSource?.SourceType === "GEN_AI") return "writer";
  const label = automation?.PropertyValue?.Label;
  if (label === undefined) return "person";
  const figure = figureOfLabel(label);
  if (figure === null) {
    note(about, `Nothing here measures ${label}: a person answers it.`);
    return "person";
  }
  return { rule: { figure: figure.figure, ...(figure.by === null ? {} : { by: figure.by }) } };
}

function enablementInput({ RefId, Enablement }: ConnectQuestion, note: Note): Pick<QuestionInput, "when" | "unless"> {
  if (Enablement === undefined) return {};
  const condition = conditionInput(Enablement.Condition, RefId, note);
  if (condition === null) {
    note(RefId, "Its condition could not be read: it is always asked.");
    return {};
  }
  return Enablement.Action === "ENABLE" ? { when: condition } : { unless: condition };
}

function conditionInput({ Operands, Operator }: ConnectCondition, about: string, note: Note): Record<string, unknown> | null {
  const parts = Operands.flatMap(({ Expression, Condition }): Record<string, unknown>[] => {
    const part =
      Condition !== undefined
        ? conditionInput(Condition, about, note)
        : Expression === undefined
          ? null
          : expressionInput(Expression, about, note);
    return part === null ? [] : [part];
  });
  if (parts.length < Operands.length) return null;
  const [first] = parts;
  if (first === undefined) return null;
  if (parts.length === 1) return first;
  return Operator === "OR" ? { any: parts } : { all: parts };
}

function expressionInput(
  { Source, Values, Comparator }: ConnectExpression,
  about: string,
  note: Note,
): Record<string, unknown> | null {
  const ids = Values.flatMap(({ RefId }) => RefId ?? []);
  if (Source.RefId === undefined || ids.length === 0) return null;
  switch (Comparator) {
    case "IN":
      return { question: Source.RefId, is: ids };
    case "NOT_IN":
      return { question: Source.RefId, isNot: ids };
    case "ALL_IN":
      return { question: Source.RefId, isAll: ids };
    case "EXACT":
      if (ids.length > 1) note(about, `It is asked where all of ${ids.join(", ")} are chosen, others beside them or not.`);
      return { question: Source.RefId, isAll: ids };
    default:
      return null;
  }
}
