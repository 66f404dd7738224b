import { z } from "zod";
import { propertyNames } from "../form-json-schema.ts";
import { promptSchema, workflowSchema } from "./prompt.ts";

/** Where editors find the schemas of prompts and of workflows. */
const schemaUrls = {
  prompt: "https://earmark.app/schema/prompt-1.json",
  workflow: "https://earmark.app/schema/workflow-1.json",
} as const;

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The JSON Schema (2020-12) of a prompt's file, made of the zod schema: what an editor completes and underlines. */
export function promptJsonSchema(): JsonSchema {
  return published(promptSchema, schemaUrls.prompt, "Earmark prompt", "What a language model is told about one question.");
}

/** The JSON Schema (2020-12) of a workflow's file. */
export function workflowJsonSchema(): JsonSchema {
  return published(workflowSchema, schemaUrls.workflow, "Earmark workflow", "Prompts that are run together under a name.");
}

function published(schema: z.ZodType, url: string, title: string, description: string): JsonSchema {
  const { $schema, properties = {}, ...rest } = z.toJSONSchema(schema, { io: "input" });
  // A file may name its schema for the editor by a comment; the file itself has no field for it.
  return { ...($schema === undefined ? {} : { $schema }), $id: url, title, description, ...rest, properties };
}

let names: { readonly prompt: readonly string[]; readonly workflow: readonly string[] } | null = null;

function allNames(): NonNullable<typeof names> {
  names ??= { prompt: propertyNames(promptJsonSchema()), workflow: propertyNames(workflowJsonSchema()) };
  return names;
}

/** Every name that means something in a prompt's file. */
export const promptNames = (): readonly string[] => allNames().prompt;
/** Every name that means something in a workflow's file. */
export const workflowNames = (): readonly string[] => allNames().workflow;
