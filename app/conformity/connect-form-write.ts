import { labelOfFigure } from "./connect-figures.ts";
import type {
  CarriedNote,
  ConnectChoiceAutomation,
  ConnectCondition,
  ConnectForm,
  ConnectItem,
  ConnectOperand,
  ConnectOption,
  ConnectQuestion,
  ConnectRange,
  ConnectSection,
  ConnectThresholds,
} from "./connect-shape.ts";
import type { Criterion, Outcome } from "./criterion.ts";
import type { Band, Condition, Critical, Form, InnerSection, Question, Section } from "./form.ts";
import { optionsOf, type PlacedQuestion, questionsOf } from "./form-questions.ts";
import { possiblePoints } from "./scoring.ts";

/** What came of writing a checklist as an evaluation form of Amazon Connect. */
export interface ConnectWriting {
  /** As `CreateEvaluationForm` takes it, less the instance. */
  readonly form: ConnectForm;
  /** What could not be carried, and what became of it. */
  readonly notes: readonly CarriedNote[];
}

interface Writing {
  readonly form: Form;
  readonly placed: ReadonlyMap<string, PlacedQuestion>;
  readonly note: (about: string | null, text: string) => void;
}

/** Sections, and questions, that Connect takes in one form. */
const mostItems = 100;

/** Writes a checklist as an evaluation form of Amazon Connect, and tells what that form cannot hold. */
export function formToConnect(form: Form): ConnectWriting {
  const notes: CarriedNote[] = [];
  const questions = questionsOf(form);
  const placed = new Map(questions.map((one) => [one.question.id, one]));
  const writing: Writing = { form, placed, note: (about, text) => notes.push({ about, text }) };
  const { note } = writing;
  const sectionCount = form.sections.reduce((sum, { sections }) => sum + 1 + sections.length, 0);
  if (questions.length > mostItems || sectionCount > mostItems) {
    note(
      null,
      `Connect takes ${mostItems} sections and ${mostItems} questions; this form has ${sectionCount} and ${questions.length}.`,
    );
  }
  if (new Set(questions.map(({ kind }) => kind)).size > 1)
    note(null, "Connect has one score: conformity and quality come together.");
  if (form.pass !== null) note(null, `The line at ${form.pass}% was left out.`);
  if (form.instructions !== "") note(null, "The instructions for the whole form were left out.");
  const description = [form.description, form.serves, form.notice].filter((text) => text !== "").join(" ");
  const weights = shares(form.sections.map(({ weight }) => weight));
  return {
    form: {
      Title: cut(form.title, 128, null, writing),
      Description: cut(description, 1_024, null, writing),
      Items: form.sections.map((section, index) => ({
        Section: sectionToConnect(section, form.scoring === "sections" ? weights[index] : undefined, writing),
      })),
      ScoringStrategy: {
        Mode: form.scoring === "sections" ? "SECTION_ONLY" : form.scoring === "points" ? "POINTS_BASED" : "QUESTION_ONLY",
        Status: form.scoring === "none" ? "DISABLED" : "ENABLED",
        ...thresholds(form.bands, null, writing),
      },
      ...(form.languages[0] === undefined ? {} : { LanguageConfiguration: { FormLanguage: form.languages[0] } }),
    },
    notes,
  };
}

function sectionToConnect(section: Section | InnerSection, weight: number | undefined, writing: Writing): ConnectSection {
  const { form, note } = writing;
  const inner = "sections" in section ? section.sections : [];
  if (form.scoring === "sections" && new Set(section.questions.map((one) => one.weight)).size > 1) {
    note(section.id, "Weights of questions within a section were left out: Connect weighs sections or questions, not both.");
  }
  const innerWeights = shares(inner.map((one) => one.weight));
  const items: ConnectItem[] = [
    ...section.questions.map((question) => ({ Question: questionToConnect(question, writing) })),
    ...inner.map((one, index) => ({
      Section: sectionToConnect(one, form.scoring === "sections" ? innerWeights[index] : undefined, writing),
    })),
  ];
  return {
    Title: cut(section.title, 128, section.id, writing),
    RefId: section.id,
    ...(section.instructions === "" ? {} : { Instructions: cut(section.instructions, 1_024, section.id, writing) }),
    Items: items,
    ...(weight === undefined ? {} : { Weight: weight }),
    ...thresholds(section.bands, section.id, writing),
  };
}

function thresholds(bands: readonly Band[], about: string | null, { note }: Writing): { ScoreThresholds?: ConnectThresholds } {
  const ordered = [...bands].sort((a, b) => b.from - a.from);
  const [top] = ordered;
  const lowest = ordered.length > 1 ? ordered.at(-2) : undefined;
  if (top === undefined) return {};
  if (ordered.length > 3) note(about, "Connect has two lines between bands: those between the best and the least were left out.");
  note(about, `The bands are called as Connect calls them, not ${ordered.map(({ name }) => `“${name}”`).join(", ")}.`);
  // Of two bands the upper one is simply good enough, unless it says that it exceeds.
  const exceeds = ordered.length !== 2 || /exceed/iu.test(top.name);
  return {
    ScoreThresholds: [
      ...(exceeds ? [{ PerformanceCategory: "EXCEEDS_EXPECTATIONS", MinScorePercentage: top.from }] : []),
      ...(lowest === undefined ? [] : [{ PerformanceCategory: "NEEDS_IMPROVEMENT", MaxScorePercentage: lowest.from }]),
    ],
  };
}

function questionToConnect(question: Question, writing: Writing): ConnectQuestion {
  const { form, note, placed } = writing;
  const { id, ask, instructions, notApplicable, bonus, reason, weight } = question;
  if (reason !== "optional") note(id, "That a reason has to be given was left out.");
  const isScored = possiblePoints(question) !== null;
  const all = [...placed.values()].filter((one) => possiblePoints(one.question) !== null);
  const total = all.reduce((sum, one) => sum + one.question.weight, 0);
  const isByWeight = form.scoring === "questions" && isScored && total > 0;
  const isByPoints = form.scoring === "points";
  const scoring = {
    ...(isByPoints && isScored ? { PointsConfiguration: pointsOf(question, bonus) } : {}),
    ...(isScored ? {} : { IsExcludedFromScoring: true }),
  };
  if (bonus && !isByPoints)
    note(id, "A bonus is known to Connect in a form by points only: it counts as any other question there.");
  return {
    Title: cut(ask, 350, id, writing),
    ...(instructions === "" ? {} : { Instructions: cut(instructions, 1_024, id, writing) }),
    RefId: id,
    NotApplicableEnabled: notApplicable,
    ...typed(question, writing),
    ...enablement(question, writing),
    ...(isByWeight ? { Weight: Math.round((weight / total) * 10_000) / 100 } : {}),
    ...(Object.keys(scoring).length === 0 ? {} : { ScoringConfiguration: scoring }),
  };
}

function pointsOf(question: Question, bonus: boolean): { MaxPointValue: number; MinPointValue: number; IsBonus?: boolean } {
  return { MaxPointValue: Math.round(possiblePoints(question) ?? 0), MinPointValue: 0, ...(bonus ? { IsBonus: true } : {}) };
}

function typed(question: Question, writing: Writing): Pick<ConnectQuestion, "QuestionType" | "QuestionTypeProperties"> {
  const { note } = writing;
  switch (question.type) {
    case "yes-no":
    case "single":
    case "multiple": {
      const options = optionsOf(question).map((option) => optionToConnect(option, question, writing));
      const automation = choiceAutomation(question, writing);
      const properties = { Options: options, ...(automation === null ? {} : { Automation: automation }) };
      return question.type === "multiple"
        ? { QuestionType: "MULTISELECT", QuestionTypeProperties: { MultiSelect: { ...properties, DisplayAs: "CHECKBOX" } } }
        : { QuestionType: "SINGLESELECT", QuestionTypeProperties: { SingleSelect: { ...properties, DisplayAs: "RADIO" } } };
    }
    case "numeric": {
      const { min, max, ranges, id } = question;
      if (min === undefined || max === undefined) note(id, "Numbers without a least or a greatest go from 0 to 1,000,000 there.");
      const least = Math.floor(min ?? 0);
      const most = Math.ceil(max ?? 1_000_000);
      return {
        QuestionType: "NUMERIC",
        QuestionTypeProperties: {
          Numeric: {
            MinValue: least,
            MaxValue: most,
            ...(ranges.length === 0 ? {} : { Options: rangesToConnect(question, least, most, writing) }),
            ...numberAutomation(question, writing),
          },
        },
      };
    }
    case "text": {
      const isByWriter = typeof question.answeredBy === "object" && "writer" in question.answeredBy;
      const automation = isByWriter ? { Automation: { AnswerSource: { SourceType: "GEN_AI" } } } : {};
      return { QuestionType: "TEXT", QuestionTypeProperties: { Text: automation } };
    }
    case "date":
      return { QuestionType: "DATETIME" };
  }
}

/** Points as Connect counts them: 0 to 10 by weights, whole points up to 100 by points. */
function scoreOf(
  points: number,
  question: Question,
  { form, note }: Writing,
): { Score?: number; PointsConfiguration?: { PointValue: number } } {
  const most = possiblePoints(question);
  if (most === null) return {};
  if (form.scoring === "points") {
    if (points !== Math.round(points) || points > 100)
      note(question.id, `${points} points became ${Math.min(100, Math.round(points))}.`);
    return { PointsConfiguration: { PointValue: Math.min(100, Math.round(points)) } };
  }
  const exact = (points / most) * 10;
  const score = Math.round(exact);
  if (Math.abs(score - exact) > 1e-9) note(question.id, `${points} of ${most} points became ${score} of 10.`);
  return { Score: score };
}

function failing(
  critical: Critical | undefined,
  question: Question,
  { placed }: Writing,
): Pick<ConnectOption, "AutomaticFail" | "AutomaticFailConfiguration"> {
  if (critical === undefined) return {};
  if (critical === "form") return { AutomaticFail: true };
  const section = critical === "section" ? placed.get(question.id)?.sectionIds.at(-1) : critical.section;
  return { AutomaticFail: true, ...(section === undefined ? {} : { AutomaticFailConfiguration: { TargetSection: section } }) };
}

function optionToConnect(
  { id, text, points, critical }: ReturnType<typeof optionsOf>[number],
  question: Question,
  writing: Writing,
): ConnectOption {
  return {
    RefId: id,
    Text: cut(text, 128, question.id, writing),
    ...scoreOf(points, question, writing),
    ...failing(critical, question, writing),
  };
}

function rangesToConnect(
  question: Extract<Question, { type: "numeric" }>,
  least: number,
  most: number,
  writing: Writing,
): ConnectRange[] {
  return question.ranges.map(({ from, to, points, critical }) => {
    const isWhole = [from, to].every((end) => end === undefined || Number.isInteger(end));
    if (!isWhole) writing.note(question.id, "Connect has whole numbers: the ends of its ranges were rounded.");
    return {
      MinValue: Math.ceil(from ?? least),
      MaxValue: Math.floor(to ?? most),
      ...scoreOf(points, question, writing),
      ...failing(critical, question, writing),
    };
  });
}

function choiceAutomation(question: Question, { note }: Writing): ConnectChoiceAutomation | null {
  const { answeredBy, id } = question;
  if (answeredBy === "person") return null;
  if ("writer" in answeredBy) {
    if (answeredBy.writer.prompt !== null || answeredBy.writer.guidance !== "") note(id, "The prompt of its own was left out.");
    return { AnswerSource: { SourceType: "GEN_AI" } };
  }
  const { rule } = answeredBy;
  const cases =
    "holds" in rule
      ? [{ when: rule.holds, answer: rule.then ?? "yes" }]
      : "cases" in rule
        ? rule.cases.map(({ when, answer }) => ({ when, answer }))
        : [];
  const otherwise = "holds" in rule ? (rule.otherwise ?? "no") : "cases" in rule ? rule.otherwise : undefined;
  const options = cases.map(({ when, answer }) => categoryOption(when, answer, question));
  if (options.length === 0 || options.includes(null) || rule.applies !== undefined) {
    note(id, "Connect's rules answer by categories alone: a person answers it there.");
    return null;
  }
  const ids = new Set(optionsOf(question).map((option) => option.id));
  const isOption = typeof otherwise === "string" && ids.has(otherwise);
  return {
    Options: options.filter((one) => one !== null),
    ...(isOption
      ? question.type === "multiple"
        ? { DefaultOptionRefIds: [otherwise] }
        : { DefaultOptionRefId: otherwise }
      : {}),
    AnswerSource: { SourceType: "CONTACT_LENS_DATA" },
  };
}

function categoryOption(
  when: Criterion,
  answer: Outcome,
  question: Question,
): NonNullable<ConnectChoiceAutomation["Options"]>[number] | null {
  if (!("category" in when) || typeof answer === "number") return null;
  const ids = new Set(optionsOf(question).map(({ id }) => id));
  const list = typeof answer === "string" ? [answer] : answer;
  const [first] = list;
  if (first === undefined || !list.every((id) => ids.has(id))) return null;
  const target = question.type === "multiple" ? { OptionRefIds: [...list] } : { OptionRefId: first };
  return { RuleCategory: { Category: when.category, Condition: when.is === "absent" ? "NOT_PRESENT" : "PRESENT", ...target } };
}

function numberAutomation(question: Question, { note }: Writing): { Automation?: NonNullable<NumericAutomation> } {
  const { answeredBy, id } = question;
  if (answeredBy === "person") return {};
  if ("writer" in answeredBy) return { Automation: { AnswerSource: { SourceType: "GEN_AI" } } };
  const { rule } = answeredBy;
  const label = "figure" in rule && rule.applies === undefined ? labelOfFigure(rule.figure, rule.by ?? null) : null;
  if (label !== null) return { Automation: { PropertyValue: { Label: label } } };
  note(id, "Connect has no figure for this: a person answers it there.");
  return {};
}

type NumericAutomation = NonNullable<NonNullable<ConnectQuestion["QuestionTypeProperties"]>["Numeric"]>["Automation"];

function enablement(question: Question, writing: Writing): Pick<ConnectQuestion, "Enablement"> {
  const placed = writing.placed.get(question.id);
  const when = placed?.when ?? [];
  const unless = placed?.unless ?? [];
  if (when.length + unless.length === 0) return {};
  const isDisabling = when.length === 0;
  if (!isDisabling && unless.length > 0) {
    writing.note(question.id, "Connect asks or leaves out by one condition: where it is not asked was left out.");
  }
  const list = isDisabling ? unless : when;
  const operands = list.map((condition) => operandOf(condition));
  if (operands.includes(null)) {
    writing.note(question.id, "Its condition is one that Connect does not have: it is always asked there.");
    return {};
  }
  const parts = operands.filter((one) => one !== null);
  const [only] = parts;
  const condition: ConnectCondition =
    parts.length === 1 && only?.Condition !== undefined
      ? only.Condition
      : { Operands: parts, ...(parts.length > 1 ? { Operator: isDisabling ? "OR" : "AND" } : {}) };
  return {
    Enablement: {
      Condition: condition,
      Action: isDisabling ? "DISABLE" : "ENABLE",
      DefaultAction: isDisabling ? "ENABLE" : "DISABLE",
    },
  };
}

function operandOf(condition: Condition): ConnectOperand | null {
  if ("not" in condition) return null;
  if ("all" in condition || "any" in condition) {
    const parts = ("all" in condition ? condition.all : condition.any).map(operandOf);
    if (parts.includes(null)) return null;
    return { Condition: { Operands: parts.filter((one) => one !== null), Operator: "all" in condition ? "AND" : "OR" } };
  }
  const { question, is, isNot, isAll, ...others } = condition;
  const said = [
    { Comparator: "IN", ids: is },
    { Comparator: "NOT_IN", ids: isNot },
    { Comparator: "ALL_IN", ids: isAll },
  ].filter(({ ids }) => ids !== undefined);
  const [first] = said;
  if (first === undefined || said.length > 1 || Object.values(others).some((test) => test !== undefined)) return null;
  return {
    Expression: {
      Source: { Type: "QUESTION_REF_ID", RefId: question },
      Values: (first.ids ?? []).map((RefId) => ({ Type: "OPTION_REF_ID", RefId })),
      Comparator: first.Comparator,
    },
  };
}

/** Weights as percentages to two digits that come to 100. */
function shares(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => (total === 0 ? 0 : Math.round((weight / total) * 10_000) / 100));
}

function cut(text: string, most: number, about: string | null, { note }: Writing): string {
  if (text.length <= most) return text;
  note(about, `A text was cut to Connect's ${most} characters.`);
  return `${text.slice(0, most - 1).trimEnd()}…`;
}
