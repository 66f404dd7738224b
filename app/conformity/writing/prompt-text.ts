import { stringify } from "yaml";
import { EarmarkError } from "../../contract/errors.ts";
import { checkText, refusalOf } from "../checked-text.ts";
import type { FormFault } from "../form-faults.ts";
import {
  largestPrompt,
  type Prompt,
  promptSchema,
  promptSchemaName,
  type Workflow,
  workflowSchema,
  workflowSchemaName,
} from "./prompt.ts";
import { promptNames, workflowNames } from "./prompt-json-schema.ts";

/** What came of reading a text: which of the two it is by its first line, it, or every mistake in order of lines. */
export type PromptReading =
  | { readonly kind: "prompt"; readonly value: Prompt | null; readonly faults: readonly FormFault[] }
  | { readonly kind: "workflow"; readonly value: Workflow | null; readonly faults: readonly FormFault[] };

/**
 * Reads a prompt or a workflow, YAML or JSON, and says of every mistake its line, column and path, what is wrong, and what to
 * write instead.
 *
 * @param known ids that a workflow may name its prompts by; without them every id is taken.
 * @throws EarmarkError `file-too-large`.
 */
export function checkPromptText(text: string, known: { readonly has: (id: string) => boolean } | null = null): PromptReading {
  if (text.length > largestPrompt) throw new EarmarkError("file-too-large", "This file is too large for a prompt.");
  if (/^\s*[{]?\s*["']?schema["']?:\s*["']?earmark-workflow\//mu.test(text)) {
    const { value, faults, placed } = checkText(text, workflowSchema, {
      what: "workflow",
      begin: `Begin with \`schema: ${workflowSchemaName}\`, then id, version, title, prompts.`,
      names: workflowNames,
    });
    if (value === null) return { kind: "workflow", value, faults };
    const wrong = wrongPrompts(value, known).map(({ place, ...what }) => placed(["prompts", place], what));
    return wrong.length === 0 ? { kind: "workflow", value, faults } : { kind: "workflow", value: null, faults: wrong };
  }
  const { value, faults } = checkText(text, promptSchema, {
    what: "prompt",
    begin: `Begin with \`schema: ${promptSchemaName}\`, then id, version, title, use, text, output.`,
    names: promptNames,
  });
  return { kind: "prompt", value, faults };
}

/**
 * Reads a prompt as `checkPromptText` does.
 *
 * @throws EarmarkError `format-malformed` whose message names the line (details: line, column, path, remedy); `file-too-large`.
 */
export function readPrompt(text: string): Prompt {
  const { kind, value, faults } = checkPromptText(text);
  if (value === null) throw refusalOf(faults);
  if (kind !== "prompt") throw new EarmarkError("format-malformed", "This is a workflow and no prompt.");
  return value;
}

/** Reads a workflow as `readPrompt` reads a prompt. */
export function readWorkflow(text: string): Workflow {
  const { kind, value, faults } = checkPromptText(text);
  if (value === null) throw refusalOf(faults);
  if (kind !== "workflow") throw new EarmarkError("format-malformed", "This is a prompt and no workflow.");
  return value;
}

/** Prompts of a workflow that stand in it before, or that nobody knows. */
function wrongPrompts({ prompts }: Workflow, known: { readonly has: (id: string) => boolean } | null) {
  const ids = prompts.map((one) => (typeof one === "string" ? one : one.id));
  return prompts.flatMap((one, place) => {
    if (ids.indexOf(ids[place] ?? "") < place) {
      return [{ place, message: "This prompt stands in the workflow twice.", remedy: "Take one of them out." }];
    }
    if (typeof one !== "string" || known === null || known.has(one)) return [];
    return [{ place, message: `No prompt is called '${one}'.`, remedy: "Name one of the library, or write it here." }];
  });
}

/** A prompt or workflow as YAML. */
export function writePrompt(value: Prompt | Workflow): string {
  return stringify(value, { lineWidth: 100 });
}
