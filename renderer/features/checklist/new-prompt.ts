import { stringify } from "yaml";
import { type PromptKind, promptSchemaName, workflowSchemaName } from "../../../app/conformity/writing/prompt.ts";
import { freeId } from "./new-checklist.ts";

/** The address under which a prompt is written that is not saved yet: no prompt can have it as its id. */
export const newPromptAddress = "+new";

/** The address of a prompt's or workflow's page. */
export function promptAddress(kind: PromptKind, id: string): string {
  return `/prompts/${kind}/${encodeURIComponent(id)}`;
}

/** The words of a new prompt. */
export interface PromptWords {
  readonly title: string;
  readonly text: string;
  readonly about: string;
}

/** What a new prompt begins as, under an id that is free. */
export function newPromptText(taken: readonly string[], { title, text, about }: PromptWords): string {
  return stringify(
    {
      schema: promptSchemaName,
      id: freeId("new-prompt", taken),
      version: 1,
      title,
      use: "insight",
      text,
      output: { kind: "list", most: 10, fields: [{ name: "praise", about }] },
    },
    { lineWidth: 100 },
  );
}

/** What a new workflow begins as: the first of the prompts that are there. */
export function newWorkflowText(taken: readonly string[], title: string, prompts: readonly string[]): string {
  return stringify(
    { schema: workflowSchemaName, id: freeId("new-workflow", taken), version: 1, title, prompts: prompts.slice(0, 3) },
    { lineWidth: 100 },
  );
}
