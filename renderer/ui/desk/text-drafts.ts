import { useEffect } from "react";
import type { CallOutput } from "../../../app/contract/api.ts";
import type { DraftedText } from "../../../app/contract/editing-views.ts";
import { call, keyOf, memory, useCall } from "../../bridge/index.ts";

/* What is being written and not saved lies in the library: it outlives going elsewhere, closing the window and a crash. */

/** How long after the last press of a key what is typed is kept, in milliseconds. */
const keepAfterMs = 300;

interface Waiting {
  readonly of: DraftedText;
  readonly id: string;
  readonly text: string;
  readonly timer: ReturnType<typeof setTimeout>;
}

const waiting = new Map<string, Waiting>();

/** What was typed for each text of a kind and not saved, by its id or address; undefined until it is known. */
export function useTextDrafts(of: DraftedText): ReadonlyMap<string, string> | undefined {
  const drafts = useCall("draft.texts", { of }).data?.drafts;
  return drafts === undefined ? undefined : new Map(drafts.map(({ id, text }) => [id, text]));
}

/** Keeps what is typed for a text a moment later; null when it is saved or given up. */
export function keepTextDraft(of: DraftedText, id: string, text: string | null): void {
  memory.setQueryData<CallOutput<"draft.texts">>(keyOf("draft.texts", { of }), (known) => {
    if (known === undefined) return known;
    const others = known.drafts.filter((draft) => draft.id !== id);
    return { drafts: text === null ? others : [...others, { id, text }] };
  });
  const key = `${of} ${id}`;
  const before = waiting.get(key);
  if (before !== undefined) clearTimeout(before.timer);
  waiting.set(key, { of, id, text: text ?? "", timer: setTimeout(() => send(key), text === null ? 0 : keepAfterMs) });
}

function send(key: string): void {
  const last = waiting.get(key);
  if (last === undefined) return;
  clearTimeout(last.timer);
  waiting.delete(key);
  // One that fails is kept with the next press; the editor itself still holds the text.
  call("draft.keepText", { of: last.of, id: last.id, text: last.text }).catch(() => undefined);
}

/**
 * Keeps what waits to be kept when the page goes, and has the browser ask before it is closed over something unsaved. A shell
 * with windows of its own brings the text back with the window, and would not ask: it would silently stay open.
 */
export function useUnsavedWarning(isChanged: boolean): void {
  const byShell = useCall("app.state", {}).data?.capabilities.windows === true;
  useEffect(() => {
    if (!isChanged) return;
    const keepNow = () => {
      for (const key of [...waiting.keys()]) send(key);
    };
    const warn = (event: BeforeUnloadEvent) => {
      keepNow();
      if (!byShell) event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    window.addEventListener("pagehide", keepNow);
    return () => {
      window.removeEventListener("beforeunload", warn);
      window.removeEventListener("pagehide", keepNow);
    };
  }, [isChanged, byShell]);
}
