import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Prompt, Workflow } from "../../../app/conformity/writing/prompt.ts";
import { checkPromptText, readPrompt, readWorkflow } from "../../../app/conformity/writing/prompt-text.ts";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { PromptOrWorkflow, ReadyMadePrompt } from "../store/prompts.ts";
import type { Store } from "../store/store.ts";

/** Prompts and workflows by id, in their latest version. */
export interface PromptSet {
  readonly prompts: ReadonlyMap<string, Prompt>;
  readonly workflows: ReadonlyMap<string, Workflow>;
}

/** The prompt that questions are answered with where a checklist names none, and that for what a person types. */
export const usualPrompts = { checklist: "checklist", ask: "ask" } as const;

/** The prompts and workflows of a library: those that come with Earmark, as long as nobody wrote them otherwise, and people's own. */
export function promptsOfLibrary({ prompts }: Pick<Store, "prompts">): PromptSet {
  return setOf(prompts.list());
}

/**
 * The prompts and workflows that come with Earmark, each read when it is asked for: most were put into the library before.
 *
 * @param resourcesPath the folder `resources`.
 */
export async function readReadyMadePrompts(resourcesPath: string): Promise<ReadyMadePrompt[]> {
  const folder = join(resourcesPath, "prompts");
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".yaml")).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return texts.map((text) => ({ text, read: () => readEither(text) }));
}

/** The same, all of them read. */
export async function readyMadeSet(resourcesPath: string): Promise<PromptSet> {
  return setOf((await readReadyMadePrompts(resourcesPath)).map(({ read }) => read()));
}

function readEither(text: string): PromptOrWorkflow {
  return checkPromptText(text).kind === "workflow"
    ? { kind: "workflow", value: readWorkflow(text) }
    : { kind: "prompt", value: readPrompt(text) };
}

/** Prompts and workflows by their ids. */
export function setOf(ones: readonly PromptOrWorkflow[]): PromptSet {
  const prompts = new Map<string, Prompt>();
  const workflows = new Map<string, Workflow>();
  for (const one of ones) {
    if (one.kind === "prompt") prompts.set(one.value.id, one.value);
    else workflows.set(one.value.id, one.value);
  }
  return { prompts, workflows };
}

/**
 * A prompt by its id.
 *
 * @throws EarmarkError `not-found` (details: id).
 */
export function promptById({ prompts }: Pick<PromptSet, "prompts">, id: string): Prompt {
  const prompt = prompts.get(id);
  if (prompt === undefined) throw new EarmarkError("not-found", `No prompt is called '${id}'.`, { id });
  return prompt;
}
