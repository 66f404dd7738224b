import { z } from "zod";
import { EarmarkError } from "../../contract/errors.ts";

/*
 * Prompts and workflows as files that a person can read, change and version. A prompt is what a writer is told about one
 * kind of question; how quotes are given and what is data stands in the frame (`request.ts`) and cannot be changed by one.
 */

/** Names the shape of a prompt's file. */
export const promptSchemaName = "earmark-prompt/1";
/** Names the shape of a workflow's file. */
export const workflowSchemaName = "earmark-workflow/1";
/** Largest file of either that is read, in characters. */
export const largestPrompt = 100_000;

/** An id of a prompt or workflow. */
export const promptIdSchema = z
  .string("Write an id of small letters, digits and hyphens.")
  .regex(/^[0-9a-z-]{1,100}$/u, "An id has small letters, digits and hyphens.");

const name = z.string().regex(/^[a-z][a-zA-Z0-9]{0,39}$/u, "A field is named by a letter, then letters and digits.");
const option = z.strictObject({ id: promptIdSchema, text: z.string().trim().min(1).max(200) });

/** What a prompt is answered with. */
export const promptOutputSchema = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("text"), most: z.int().min(1).max(8_000).default(1_200) }),
    z.strictObject({ kind: z.literal("choice"), options: z.array(option).min(2).max(50), several: z.boolean().default(false) }),
    z.strictObject({
      kind: z.literal("number"),
      min: z.number().optional(),
      max: z.number().optional(),
      unit: z.string().max(20).default(""),
    }),
    z.strictObject({ kind: z.literal("date") }),
    z.strictObject({
      kind: z.literal("list"),
      most: z.int().min(1).max(50).default(10),
      fields: z
        .array(z.strictObject({ name, about: z.string().trim().min(1).max(200), required: z.boolean().default(true) }))
        .min(1)
        .max(10),
    }),
  ],
  "An output's kind is one of: text, choice, number, date, list.",
);

/** The kinds of what a prompt is answered with. */
export const promptOutputKinds = ["text", "choice", "number", "date", "list"] as const satisfies readonly z.infer<
  typeof promptOutputSchema
>["kind"][];

/** What a prompt is for: answering questions of a checklist or of a person, or a question of its own. */
export const promptUseSchema = z.enum(["checklist", "ask", "insight"], "A prompt is used for: checklist, ask, insight.");

/** A prompt. */
export const promptSchema = z.strictObject({
  schema: z.literal(promptSchemaName, `Begin with \`schema: ${promptSchemaName}\`.`),
  id: promptIdSchema,
  /** Raised by whoever changes what is told: answers keep it. */
  version: z.int("Write a whole number.").min(1).max(1_000_000),
  /** For people; of an insight also the question. */
  title: z.string().trim().min(1, "Write a title.").max(200),
  use: promptUseSchema,
  text: z.string().trim().min(1, "Write what the writer is told.").max(20_000),
  output: promptOutputSchema.prefault({ kind: "text" }),
});
/** A prompt. */
export type Prompt = Readonly<z.infer<typeof promptSchema>>;

/** Prompts that are run together under a name. */
export const workflowSchema = z.strictObject({
  schema: z.literal(workflowSchemaName, `Begin with \`schema: ${workflowSchemaName}\`.`),
  id: promptIdSchema,
  version: z.int("Write a whole number.").min(1).max(1_000_000),
  title: z.string().trim().min(1, "Write a title.").max(200),
  description: z.string().trim().max(2_000).default(""),
  /** Ids of prompts that are there already, and prompts of its own. */
  prompts: z
    .array(z.union([promptIdSchema, promptSchema.omit({ schema: true })], "Name a prompt by its id, or write it here."))
    .min(1, "A workflow has a prompt.")
    .max(50),
});
/** Prompts that are run together under a name. */
export type Workflow = Readonly<z.infer<typeof workflowSchema>>;

/** What can be written and kept: a prompt, or several that are run together. */
export const promptKinds = ["prompt", "workflow"] as const;
/** A prompt or a workflow. */
export type PromptKind = (typeof promptKinds)[number];

/**
 * The prompts of a workflow, in order.
 *
 * @throws EarmarkError `not-found` for an id that no prompt has (details: id).
 */
export function promptsOf(workflow: Workflow, known: ReadonlyMap<string, Prompt>): Prompt[] {
  return workflow.prompts.map((one) => {
    if (typeof one !== "string") return { schema: promptSchemaName, ...one };
    const prompt = known.get(one);
    if (prompt === undefined) throw new EarmarkError("not-found", `No prompt is called '${one}'.`, { id: one });
    return prompt;
  });
}
