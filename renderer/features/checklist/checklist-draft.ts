import type { CallOutput } from "../../../app/contract/api.ts";
import { call, keyOf, memory, useCall } from "../../bridge/index.ts";

/* What is being written and not saved lies in the library: it outlives going elsewhere, closing the window and a crash. */

/** How long after the last press of a key what is typed is kept, in milliseconds. */
const keepAfterMs = 300;

const waiting = new Map<string, { readonly timer: ReturnType<typeof setTimeout>; readonly text: string }>();

/** What was typed for each checklist and not saved, by its id or address; undefined until it is known. */
export function useDrafts(): ReadonlyMap<string, string> | undefined {
  const drafts = useCall("checklist.drafts", {}).data?.drafts;
  return drafts === undefined ? undefined : new Map(drafts.map(({ id, text }) => [id, text]));
}

/** Keeps what is typed for a checklist a moment later; null when it is saved or given up. */
export function keepDraft(id: string, text: string | null): void {
  memory.setQueryData<CallOutput<"checklist.drafts">>(keyOf("checklist.drafts", {}), (known) => {
    if (known === undefined) return known;
    const others = known.drafts.filter((draft) => draft.id !== id);
    return { drafts: text === null ? others : [...others, { id, text }] };
  });
  const before = waiting.get(id);
  if (before !== undefined) clearTimeout(before.timer);
  waiting.set(id, { text: text ?? "", timer: setTimeout(() => send(id), text === null ? 0 : keepAfterMs) });
}

function send(id: string): void {
  const last = waiting.get(id);
  if (last === undefined) return;
  clearTimeout(last.timer);
  waiting.delete(id);
  // One that fails is kept with the next press; the editor itself still holds the text.
  call("checklist.keepDraft", { id, text: last.text }).catch(() => undefined);
}

/** Keeps at once whatever waits to be kept. */
export function keepDraftsNow(): void {
  for (const id of [...waiting.keys()]) send(id);
}
