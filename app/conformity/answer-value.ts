import { z } from "zod";
import { assertNever } from "../assert-never.ts";
import type { Form, Question } from "./form.ts";
import { optionsOf, questionsOf } from "./form-questions.ts";

/** An answer: chosen options (one, save of a question that takes several), a number, a text, a date, or "not applicable". */
export const answerValueSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("choice"), options: z.array(z.string().min(1)).min(1).max(100) }),
  z.object({ kind: z.literal("number"), number: z.number() }),
  z.object({ kind: z.literal("text"), text: z.string().max(20_000) }),
  /** As on a calendar, without a zone: "2026-03-01". */
  z.object({ kind: z.literal("date"), date: z.iso.date() }),
  z.object({ kind: z.literal("not-applicable") }),
]);
/** An answer. */
export type AnswerValue = z.infer<typeof answerValueSchema>;

/** The answer that chooses these options. */
export function choice(...options: string[]): AnswerValue {
  return { kind: "choice", options };
}

/** The answer "not applicable". */
export const notApplicableAnswer: AnswerValue = { kind: "not-applicable" };

/** Whether a question can be answered so. */
export function fitsQuestion(question: Question, value: AnswerValue): boolean {
  if (value.kind === "not-applicable") return question.notApplicable;
  switch (question.type) {
    case "yes-no":
    case "single":
    case "multiple": {
      if (value.kind !== "choice" || (question.type !== "multiple" && value.options.length !== 1)) return false;
      const ids = new Set(optionsOf(question).map(({ id }) => id));
      return value.options.every((id) => ids.has(id)) && new Set(value.options).size === value.options.length;
    }
    case "numeric":
      return value.kind === "number" && value.number >= (question.min ?? -Infinity) && value.number <= (question.max ?? Infinity);
    case "text":
      return value.kind === "text";
    case "date":
      return value.kind === "date";
    default:
      return assertNever(question);
  }
}

/** Whether two answers say the same; the order of chosen options says nothing. */
export function sameValue(one: AnswerValue | null, other: AnswerValue | null): boolean {
  if (one === null || other === null) return one === other;
  if (one.kind === "choice" && other.kind === "choice") {
    return one.options.length === other.options.length && one.options.every((id) => other.options.includes(id));
  }
  return JSON.stringify(one) === JSON.stringify(other);
}

/** An answer as people read it: "Yes", "Card, Bank transfer", "12 s", "not applicable". */
export function valueText(question: Question, value: AnswerValue): string {
  switch (value.kind) {
    case "choice": {
      const texts = new Map(optionsOf(question).map(({ id, text }) => [id, text]));
      return value.options.map((id) => texts.get(id) ?? id).join(", ");
    }
    case "number": {
      const unit = question.type === "numeric" ? question.unit : "";
      return unit === "" ? String(value.number) : unit === "%" ? `${value.number}%` : `${value.number} ${unit}`;
    }
    case "text":
      return value.text;
    case "date":
      return value.date;
    case "not-applicable":
      return "not applicable";
    default:
      return assertNever(value);
  }
}

/** Answers of a form that fit their questions; others are left out. */
export function fittingValues(form: Pick<Form, "sections">, values: ReadonlyMap<string, AnswerValue>): Map<string, AnswerValue> {
  const fitting = new Map<string, AnswerValue>();
  for (const { question } of questionsOf(form)) {
    const value = values.get(question.id);
    if (value !== undefined && fitsQuestion(question, value)) fitting.set(question.id, value);
  }
  return fitting;
}
