import { refusalOf } from "../../../app/conformity/checked-text.ts";
import { type Prompt, type PromptKind, promptsOf } from "../../../app/conformity/writing/prompt.ts";
import { checkPromptText, type PromptReading } from "../../../app/conformity/writing/prompt-text.ts";
import type { AskedPrompt } from "../../../app/conformity/writing/writing.ts";
import type { Handlers } from "../../../app/contract/api.ts";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { PromptView, WritingView } from "../../../app/contract/writing-views.ts";
import { personNamed } from "../person-name.ts";
import { revisionToRead } from "../pipeline/revision.ts";
import { type PromptOrWorkflow, type PromptPlace, type PromptRecord, promptHash } from "../store/prompts.ts";
import type { Store } from "../store/store.ts";
import type { WritingRecord } from "../store/writings.ts";
import { promptById, promptsOfLibrary, usualPrompts } from "./prompts.ts";
import type { ConversationWriter, ConversationWriterWorld } from "./write-writings.ts";
import { pickedSentences, writingShower } from "./writing-view.ts";

/** The calls about prompts and about what was written by them. */
type WritingCalls = Extract<keyof Handlers, `prompt.${string}` | `writing.${string}`>;

/** What the handlers answer from. */
export interface WritingWorld extends Pick<ConversationWriterWorld, "store" | "emit"> {
  readonly conversationWriter: ConversationWriter;
}

/** Answers the calls about prompts and about what was written by them. */
export function writingHandlers({ store, emit, conversationWriter: writer }: WritingWorld): Pick<Handlers, WritingCalls> {
  const promptsChanged = (): void => emit("writing.changed", { conversationId: null });
  return {
    "prompt.list": async () => {
      const counts = store.writings.counts();
      return { prompts: store.prompts.list().map((one) => promptView(one, counts)) };
    },
    "prompt.get": async ({ version, ...place }) => {
      const latest = recordOf(store, place);
      const one = version === undefined ? latest : store.prompts.version(place, version);
      if (one === null) throw new EarmarkError("not-found", `There is no such version of this ${place.kind}.`, { id: place.id });
      return {
        prompt: promptView(latest, store.writings.counts()),
        text: one.text,
        versions: store.prompts.versions(place),
      };
    },
    "prompt.check": async ({ text }) => {
      const { kind, value, faults } = checkWithin(store, text);
      return { kind, named: value === null ? null : { id: value.id, title: value.title }, faults: [...faults] };
    },
    "prompt.save": async ({ text }) => {
      const reading = checkWithin(store, text);
      const one = understood(reading);
      if (one === null) throw refusalOf(reading.faults);
      const kept = store.prompts.put(one, text, personNamed(store.settings.get().reviewer));
      promptsChanged();
      return kept;
    },
    "prompt.enable": async ({ enabled, ...place }) => {
      if (!enabled) refuseNeeded(place);
      store.prompts.enable(place, enabled);
      promptsChanged();
      return {};
    },
    "prompt.remove": async (place) => {
      refuseNeeded(place);
      if (!store.prompts.remove(place)) throw new EarmarkError("not-found", `There is no such ${place.kind}.`, { id: place.id });
      promptsChanged();
      return {};
    },
    "prompt.try": async ({ text, conversationId }) => {
      const reading = checkWithin(store, text);
      const one = understood(reading);
      if (one === null) return { writings: [], faults: [...reading.faults] };
      const { writings } = await writer.tryOut(conversationId, askedOf(store, one));
      const show = shower(store, conversationId);
      const at = new Date().toISOString();
      return { writings: writings.map((each, place) => show(each, { id: `tried-${place}`, at, earlier: 0 })), faults: [] };
    },

    "writing.list": async ({ conversationId }) => {
      const read = revisionToRead(store, conversationId);
      const written = shown(store, conversationId, store.writings.of(conversationId));
      return {
        picked: read === null ? [] : pickedSentences(read),
        writings: inPromptsOrder(store, written),
        run: writer.run(conversationId),
        failure: writer.failure(conversationId),
      };
    },
    "writing.earlier": async ({ conversationId, promptId }) => ({
      writings: shown(store, conversationId, store.writings.byPrompt(conversationId, promptId).slice(1)),
    }),
    "writing.write": async ({ conversationId, promptIds, workflowId }) => {
      await begun(writer.write(conversationId, promptsToRun(store, { promptIds, workflowId })));
      return {};
    },
    "writing.cancel": async ({ conversationId }) => {
      writer.cancel(conversationId);
      return {};
    },
  };
}

/**
 * Prompts as a writer is asked them: those named, those of a workflow, or all that are turned on and are questions of their own.
 *
 * @throws EarmarkError `not-found` (details: id).
 */
export function promptsToRun(
  store: Pick<Store, "prompts">,
  { promptIds, workflowId }: { readonly promptIds?: readonly string[] | undefined; readonly workflowId?: string | undefined },
): AskedPrompt[] {
  if (workflowId !== undefined) {
    const workflow = promptsOfLibrary(store).workflows.get(workflowId);
    if (workflow === undefined) throw new EarmarkError("not-found", "There is no such workflow.", { id: workflowId });
    return askedOf(store, { kind: "workflow", value: workflow });
  }
  const known = everyPrompt(store);
  const found =
    promptIds?.map((id) => promptById({ prompts: known }, id)) ??
    store.prompts.list().flatMap(({ enabled, kind, value }) => (enabled && kind === "prompt" ? [value] : []));
  const asked = found.flatMap((value) => (value.use === "insight" ? askedOf(store, { kind: "prompt", value }) : []));
  if (asked.length > 0) return asked;
  throw new EarmarkError("not-found", "There is no prompt to write by: turn one on, or name one that is a question of its own.");
}

/** The prompts of the library, and those that stand in a workflow alone. */
function everyPrompt(store: Pick<Store, "prompts">): ReadonlyMap<string, Prompt> {
  const set = promptsOfLibrary(store);
  const own = [...set.workflows.values()].flatMap((workflow) =>
    promptsOf({ ...workflow, prompts: workflow.prompts.filter((one) => typeof one !== "string") }, set.prompts),
  );
  return new Map([...own.map((one) => [one.id, one] as const), ...set.prompts]);
}

function askedOf(store: Pick<Store, "prompts">, one: PromptOrWorkflow): AskedPrompt[] {
  const prompts = one.kind === "prompt" ? [one.value] : promptsOf(one.value, promptsOfLibrary(store).prompts);
  return prompts.map((prompt) => ({ prompt, hash: promptHash(prompt) }));
}

/** A text as a prompt or workflow of this library: a workflow's prompts have to be there. */
function checkWithin(store: Pick<Store, "prompts">, text: string): PromptReading {
  return checkPromptText(text, promptsOfLibrary(store).prompts);
}

/** What was read; null where it cannot be. */
function understood(reading: PromptReading): PromptOrWorkflow | null {
  if (reading.kind === "prompt") return reading.value === null ? null : { kind: reading.kind, value: reading.value };
  return reading.value === null ? null : { kind: reading.kind, value: reading.value };
}

function recordOf(store: Pick<Store, "prompts">, place: PromptPlace): PromptRecord {
  const found = store.prompts.get(place);
  if (found === null) throw new EarmarkError("not-found", `There is no such ${place.kind}.`, { id: place.id });
  return found;
}

/** Questions of checklists, and those that people type, are asked by these two. */
const needed: ReadonlySet<string> = new Set(Object.values(usualPrompts));

function isNeeded({ kind, id }: { readonly kind: PromptKind; readonly id: string }): boolean {
  return kind === "prompt" && needed.has(id);
}

function refuseNeeded(place: PromptPlace): void {
  if (isNeeded(place)) {
    throw new EarmarkError("not-allowed", "Questions are answered by this prompt. Write it otherwise instead.", { id: place.id });
  }
}

function promptView(one: PromptRecord, counts: ReadonlyMap<string, number>): PromptView {
  const { kind, value, origin, enabled, at } = one;
  const { id, version, title } = value;
  const place = { kind, id };
  const common = { ...place, version, title, origin, enabled, at, needed: isNeeded(place) };
  return one.kind === "prompt"
    ? {
        ...common,
        description: "",
        use: one.value.use,
        output: one.value.output.kind,
        prompts: [],
        writings: counts.get(id) ?? 0,
      }
    : {
        ...common,
        description: one.value.description,
        use: null,
        output: null,
        prompts: one.value.prompts.map((each) => (typeof each === "string" ? each : each.id)),
        writings: 0,
      };
}

type Shower = ReturnType<typeof writingShower>;

function shower(store: Store, conversationId: string): Shower {
  const read = revisionToRead(store, conversationId);
  if (read === null) throw new EarmarkError("not-found", "Nothing of this conversation has been heard or read yet.");
  const prompts = everyPrompt(store);
  return writingShower({
    read,
    policy: store.settings.get().redaction,
    versionOf: (id) => prompts.get(id)?.version ?? null,
  });
}

function shown(store: Store, conversationId: string, records: readonly WritingRecord[]): WritingView[] {
  if (records.length === 0) return [];
  const show = shower(store, conversationId);
  return records.map(({ writing, id, at, earlier }) => show(writing, { id, at, earlier }));
}

/** As the usual workflow has them, which is how people read them: what happened first, what is to be done last. Others follow. */
function inPromptsOrder(store: Pick<Store, "prompts">, writings: readonly WritingView[]): WritingView[] {
  const order = promptOrder(store);
  const placeOf = ({ prompt }: WritingView): number => order.get(prompt.id) ?? order.size;
  return [...writings].sort((a, b) => placeOf(a) - placeOf(b) || (a.title < b.title ? -1 : 1));
}

/** The place of each prompt: the first workflow that has it says which. */
function promptOrder(store: Pick<Store, "prompts">): Map<string, number> {
  const order = new Map<string, number>();
  for (const { prompts } of promptsOfLibrary(store).workflows.values()) {
    for (const one of prompts) {
      const id = typeof one === "string" ? one : one.id;
      if (!order.has(id)) order.set(id, order.size);
    }
  }
  return order;
}

/** Waits until something has begun, so that what forbids it is thrown here, and not until it is over. */
async function begun(work: Promise<unknown>): Promise<void> {
  await Promise.race([work, new Promise((resolve) => setImmediate(resolve))]);
}
