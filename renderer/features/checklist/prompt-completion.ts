import { promptJsonSchema, workflowJsonSchema } from "../../../app/conformity/writing/prompt-json-schema.ts";
import type { CodeCompletions } from "../../ui/code/code-field.tsx";
import { completionsBySchema } from "./form-completion.ts";

let schemas: { readonly prompt: object; readonly workflow: object } | null = null;

/**
 * What can be written at a place of a prompt's or a workflow's text.
 *
 * @param text up to the cursor.
 * @param prompts ids that a workflow can name.
 */
export function promptCompletionsAt(text: string, prompts: readonly string[]): CodeCompletions | null {
  schemas ??= { prompt: promptJsonSchema(), workflow: workflowJsonSchema() };
  const isWorkflow = text.includes("earmark-workflow/");
  return completionsBySchema(schemas[isWorkflow ? "workflow" : "prompt"], text, (key) =>
    isWorkflow && key === "prompts" ? prompts : null,
  );
}
