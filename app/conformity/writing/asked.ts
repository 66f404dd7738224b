import { z } from "zod";
import { assertNever } from "../../assert-never.ts";
import { answerValueSchema } from "../answer-value.ts";
import type { Question } from "../form.ts";
import { optionsOf } from "../form-questions.ts";
import type { Prompt } from "./prompt.ts";

/*
 * What a writer (a language model) is asked, whether the question stands in a checklist, in a prompt or was typed by a
 * person: they are all read, verified and kept in the same way.
 */

/** What counts as an answer. */
export type AnswerShape =
  | {
      readonly kind: "choice";
      readonly options: readonly { readonly id: string; readonly text: string }[];
      readonly several: boolean;
    }
  | { readonly kind: "number"; readonly min: number | null; readonly max: number | null; readonly unit: string }
  | { readonly kind: "text"; readonly most: number }
  | { readonly kind: "date" }
  | {
      readonly kind: "list";
      readonly fields: readonly { readonly name: string; readonly about: string; readonly required: boolean }[];
      readonly most: number;
    };

/** A prompt by its name, as an answer keeps it. */
export const promptNameSchema = z.object({ id: z.string(), version: z.int().min(1) });
/** A prompt by its name. */
export type PromptName = z.infer<typeof promptNameSchema>;

/** One thing that a writer is asked. */
export interface Asked {
  /** Unique among what is asked together. */
  readonly id: string;
  readonly ask: string;
  /** What belongs to the question besides: a form's instructions, its author's guidance. */
  readonly guidance: string;
  readonly shape: AnswerShape;
  readonly mayNotApply: boolean;
  /** The text of it goes with the question, and its name with the answer. */
  readonly prompt: Pick<Prompt, "id" | "version" | "text">;
}

/** Longest text that answers a question of a form or of a person, in characters. */
export const longestText = 4_000;

/** A question of a form as a writer is asked it. */
export function askedOfQuestion(question: Question, prompt: Asked["prompt"]): Asked {
  const by = question.answeredBy;
  const guidance = typeof by === "object" && "writer" in by ? by.writer.guidance : "";
  return {
    id: question.id,
    ask: question.ask,
    guidance: [question.instructions, guidance].filter((text) => text !== "").join("\n"),
    shape: shapeOf(question),
    mayNotApply: question.notApplicable,
    prompt,
  };
}

function shapeOf(question: Question): AnswerShape {
  switch (question.type) {
    case "yes-no":
    case "single":
    case "multiple":
      return {
        kind: "choice",
        options: optionsOf(question).map(({ id, text }) => ({ id, text })),
        several: question.type === "multiple",
      };
    case "numeric":
      return { kind: "number", min: question.min ?? null, max: question.max ?? null, unit: question.unit };
    case "text":
      return { kind: "text", most: longestText };
    case "date":
      return { kind: "date" };
    default:
      return assertNever(question);
  }
}

/** A prompt that is a question of its own (a summary, the topic, next actions) as a writer is asked it. */
export function askedOfPrompt(prompt: Prompt): Asked {
  const { id, version, text, title } = prompt;
  return { id, ask: title, guidance: "", shape: shapeOfOutput(prompt.output), mayNotApply: false, prompt: { id, version, text } };
}

/** What counts as an answer to a prompt. */
export function shapeOfOutput(output: Prompt["output"]): AnswerShape {
  switch (output.kind) {
    case "choice":
      return { kind: "choice", options: output.options, several: output.several };
    case "number":
      return { kind: "number", min: output.min ?? null, max: output.max ?? null, unit: output.unit };
    case "text":
      return { kind: "text", most: output.most };
    case "date":
      return { kind: "date" };
    case "list":
      return { kind: "list", fields: output.fields, most: output.most };
    default:
      return assertNever(output);
  }
}

/** What a person has typed, as a writer is asked it. Card numbers and the like have to be masked in it before. */
export function askedByPerson(question: string, shape: AnswerShape, prompt: Asked["prompt"]): Asked {
  return {
    id: "asked",
    ask: question,
    guidance: "",
    shape,
    mayNotApply: false,
    prompt,
  };
}

/** A list as an answer: each entry names its fields and the quotes it rests on, by their place in the answer's quotes. */
export const listValueSchema = z.object({
  kind: z.literal("list"),
  items: z.array(z.object({ fields: z.record(z.string(), z.string()), quotes: z.array(z.int().min(0)) })),
});
/** What a writer may answer. */
export const writtenValueSchema = z.discriminatedUnion("kind", [...answerValueSchema.options, listValueSchema]);
/** What a writer may answer. */
export type WrittenValue = z.infer<typeof writtenValueSchema>;

/** Whether a value answers what is asked. */
export function fitsAsked({ shape, mayNotApply }: Asked, value: WrittenValue): boolean {
  if (value.kind === "not-applicable") return mayNotApply;
  switch (shape.kind) {
    case "choice": {
      if (value.kind !== "choice" || (!shape.several && value.options.length !== 1)) return false;
      const ids = new Set(shape.options.map(({ id }) => id));
      return new Set(value.options).size === value.options.length && value.options.every((id) => ids.has(id));
    }
    case "number":
      return value.kind === "number" && value.number >= (shape.min ?? -Infinity) && value.number <= (shape.max ?? Infinity);
    case "text":
      return value.kind === "text" && value.text.trim() !== "" && value.text.length <= shape.most;
    case "date":
      return value.kind === "date";
    case "list": {
      if (value.kind !== "list" || value.items.length > shape.most) return false;
      const names = new Set(shape.fields.map(({ name }) => name));
      const needed = shape.fields.filter(({ required }) => required);
      return value.items.every(
        ({ fields }) =>
          Object.keys(fields).every((name) => names.has(name)) &&
          needed.every(({ name }) => Object.hasOwn(fields, name) && fields[name]?.trim() !== ""),
      );
    }
    default:
      return assertNever(shape);
  }
}

/** What would answer it, in a sentence: for the model, and for naming what was wrong. */
export function shapeText({ shape, mayNotApply }: Pick<Asked, "shape" | "mayNotApply">): string {
  const own = ownShapeText(shape);
  return mayNotApply ? `${own} It may be not-applicable.` : `${own} It may not be not-applicable.`;
}

function ownShapeText(shape: AnswerShape): string {
  switch (shape.kind) {
    case "choice": {
      const options = shape.options.map(({ id, text }) => (id === text ? id : `${id} (${text})`)).join(", ");
      return `options: ${shape.several ? "one or more" : "exactly one"} of ${options}.`;
    }
    case "number": {
      const range = shape.min === null && shape.max === null ? "" : ` from ${shape.min ?? "any"} to ${shape.max ?? "any"}`;
      return `number: a number${range}${shape.unit === "" ? "" : ` in ${shape.unit}`}.`;
    }
    case "text":
      return `text: at most ${shape.most} characters.`;
    case "date":
      return "date: as YYYY-MM-DD.";
    case "list": {
      const fields = shape.fields.map(
        ({ name, about, required }) => `${name} (${about}${required ? "" : "; leave out if unsaid"})`,
      );
      return `items: at most ${shape.most}, each with values for ${fields.join(", ")} and with quotes of its own.`;
    }
    default:
      return assertNever(shape);
  }
}
