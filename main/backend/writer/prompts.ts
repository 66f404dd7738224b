import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Prompt, readPrompt, readWorkflow, type Workflow, writePrompt } from "../../../app/conformity/writing/prompt.ts";
import { EarmarkError, toFailure } from "../../../app/contract/errors.ts";

/** A file that is no prompt or workflow, and why. */
export interface BadFile {
  readonly file: string;
  readonly reason: string;
}

/** Prompts and workflows as they stand in their files now. */
export interface PromptSet {
  /** By id, the latest version: those that come with Earmark, and a person's own, which stand in their place where they have the same id. */
  readonly prompts: ReadonlyMap<string, Prompt>;
  readonly workflows: ReadonlyMap<string, Workflow>;
  readonly bad: readonly BadFile[];
}

/** The prompt that questions are answered with where a checklist names none, and that for what a person types. */
export const usualPrompts = { checklist: "checklist", ask: "ask" } as const;

/**
 * Reads the prompts that come with Earmark and a person's own. A file of their own that cannot be read is told and costs no
 * other.
 *
 * @param resourcesPath the folder `resources`.
 * @param ownPath a folder of YAML files; it need not be there.
 */
export async function readPrompts(resourcesPath: string, ownPath: string | null): Promise<PromptSet> {
  const prompts = new Map<string, Prompt>();
  const workflows = new Map<string, Workflow>();
  const bad: BadFile[] = [];
  for (const folder of [join(resourcesPath, "prompts"), ...(ownPath === null ? [] : [ownPath])]) {
    const here = { prompts: new Map<string, Prompt>(), workflows: new Map<string, Workflow>() };
    const names = await readdir(folder).catch(() => []);
    for (const file of names.filter((name) => /\.ya?ml$/iu.test(name)).sort()) {
      try {
        const text = await readFile(join(folder, file), "utf8");
        if (/^["']?schema["']?:\s*["']?earmark-workflow\//mu.test(text)) takeLatest(here.workflows, readWorkflow(text));
        else takeLatest(here.prompts, readPrompt(text));
      } catch (thrown) {
        bad.push({ file, reason: toFailure(thrown).message });
      }
    }
    for (const [id, prompt] of here.prompts) prompts.set(id, prompt);
    for (const [id, workflow] of here.workflows) workflows.set(id, workflow);
  }
  return { prompts, workflows, bad };
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

function takeLatest<T extends { readonly id: string; readonly version: number }>(known: Map<string, T>, one: T): void {
  if ((known.get(one.id)?.version ?? 0) <= one.version) known.set(one.id, one);
}

/**
 * Keeps a prompt or workflow of a person's own under the next version of its id, where it differs from the one that is
 * there; earlier versions stay in their files, because answers name them.
 *
 * @param ownPath the folder; made where it is not there.
 * @returns it as it is kept now.
 */
export async function keepPrompt<T extends Prompt | Workflow>(one: T, set: PromptSet, ownPath: string): Promise<T> {
  const isWorkflow = "prompts" in one;
  const before = (isWorkflow ? set.workflows : set.prompts).get(one.id);
  if (before !== undefined && JSON.stringify({ ...before, version: 0 }) === JSON.stringify({ ...one, version: 0 })) {
    return { ...one, version: before.version };
  }
  const kept = { ...one, version: before === undefined ? one.version : Math.max(before.version + 1, one.version) };
  const text = writePrompt(kept);
  // Read back before anything is written: what is kept can be read.
  if (isWorkflow) readWorkflow(text);
  else readPrompt(text);
  await mkdir(ownPath, { recursive: true });
  const path = join(ownPath, `${kept.id}.${isWorkflow ? "workflow." : ""}v${kept.version}.yaml`);
  await writeFile(`${path}.part`, text, { flush: true });
  await rename(`${path}.part`, path);
  return kept;
}
