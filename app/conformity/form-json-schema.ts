import { z } from "zod";
import { type Kinds, kindsOf } from "./by-kind.ts";
import { formSchema } from "./form.ts";

/** Where editors find the schema of checklists. */
export const checklistSchemaUrl = "https://earmark.app/schema/checklist-1.json";

type JsonSchema = z.core.JSONSchema.BaseSchema;

/**
 * The JSON Schema (2020-12) of a checklist's file, made of the zod schema: what an editor completes and underlines. What fits
 * together across the file (ids, conditions, outcomes) it cannot say; `checkFormText` does.
 */
export function checklistJsonSchema(): JsonSchema {
  const definitions: Record<string, JsonSchema> = {};
  const made = (schema: z.ZodType): JsonSchema => {
    const { $schema: _, ...plain } = z.toJSONSchema(schema, {
      io: "input",
      unrepresentable: "any",
      override: ({ zodSchema, jsonSchema }) => {
        const kinds = kindsOf(zodSchema);
        if (kinds === null) return;
        for (const key of Object.keys(jsonSchema)) {
          if (key !== "description") delete (jsonSchema as Record<string, unknown>)[key];
        }
        jsonSchema.$ref = `#/$defs/${kinds.name}`;
        define(kinds);
      },
    });
    return plain;
  };
  const define = ({ name, kinds, otherwise }: Kinds): void => {
    if (Object.hasOwn(definitions, name)) return;
    // Taken before it is filled, so that what holds itself comes to an end.
    definitions[name] = {};
    const shapes = new Map(Object.values(kinds).map((kind) => [JSON.stringify(made(kind)), kind]));
    const anyOf = [...shapes.keys()].map((text) => JSON.parse(text) as JsonSchema);
    definitions[name] = { anyOf: otherwise === null ? anyOf : [...anyOf, made(otherwise)] };
  };
  const { type, properties, required, ...rest } = made(formSchema);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: checklistSchemaUrl,
    title: "Earmark checklist",
    description: "What is asked of a conversation, how each question is answered, and what the answers come to.",
    ...(type === undefined ? {} : { type }),
    // A file may name its schema for the editor.
    properties: { $schema: { type: "string" }, ...properties },
    ...(required === undefined ? {} : { required }),
    ...rest,
    $defs: Object.fromEntries(Object.entries(definitions).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

let names: readonly string[] | null = null;

/** Every name that means something in a checklist's file. */
export function formPropertyNames(): readonly string[] {
  names ??= propertyNames(checklistJsonSchema());
  return names;
}

/** Every name that a JSON Schema gives to a property, each once. */
export function propertyNames(schema: JsonSchema): readonly string[] {
  const found = new Set<string>();
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) for (const one of node) walk(one);
    else if (typeof node === "object" && node !== null) {
      const { properties } = node as { properties?: unknown };
      if (typeof properties === "object" && properties !== null) for (const key of Object.keys(properties)) found.add(key);
      for (const value of Object.values(node)) walk(value);
    }
  };
  walk(schema);
  return [...found];
}
