import { useCallback, useEffect, useMemo, useRef } from "react";
import { call, keyOf, memory, useCall } from "../../bridge/index.ts";

/** How long after the last press of a key what is typed is kept, in milliseconds. */
const keepAfterMs = 300;

/** Keeps what is typed in one place of a conversation. */
export interface DraftKeeper {
  /** Says what the field holds now. */
  type(text: string): void;
  /** Lets go of it: there is nothing to save, or it was discarded. */
  drop(): void;
  /** It was saved together with the correction or comment: nothing more is to be done. */
  saved(): void;
}

/** Keeps what is typed in a place, so that no crash costs more than a word. */
export function useDraftKeeper(conversationId: string, place: string): DraftKeeper {
  const waiting = useRef<{ timer: ReturnType<typeof setTimeout>; text: string } | null>(null);
  const kept = useRef(false);
  const send = useCallback(
    (text: string) => {
      kept.current = text !== "";
      // One that fails is kept with the next press; the field itself still holds the text.
      call("draft.save", { conversationId, place, text }).catch(() => undefined);
      rememberDraft(conversationId, place, text);
    },
    [conversationId, place],
  );
  const stop = useCallback(() => {
    if (waiting.current !== null) clearTimeout(waiting.current.timer);
    waiting.current = null;
  }, []);
  // A field that goes away with something unsaved in it leaves it as a draft.
  useEffect(
    () => () => {
      const last = waiting.current;
      stop();
      if (last !== null) send(last.text);
    },
    [send, stop],
  );
  return useMemo(
    () => ({
      type(text) {
        stop();
        const timer = setTimeout(() => {
          waiting.current = null;
          send(text);
        }, keepAfterMs);
        waiting.current = { timer, text };
      },
      drop() {
        // A press that was not kept yet may follow one that was.
        const unsent = waiting.current !== null;
        stop();
        if (unsent || kept.current || memoryHas(conversationId, place)) send("");
      },
      saved() {
        stop();
        kept.current = false;
        rememberDraft(conversationId, place, "");
      },
    }),
    [conversationId, place, send, stop],
  );
}

/** What was being typed in a conversation when it was last left; undefined until it is known. */
export function useDrafts(conversationId: string): readonly { readonly place: string; readonly text: string }[] | undefined {
  return useCall("draft.list", { conversationId }).data?.drafts;
}

function memoryHas(conversationId: string, place: string): boolean {
  const known = memory.getQueryData<{ drafts: { place: string }[] }>(keyOf("draft.list", { conversationId }));
  return known?.drafts.some((draft) => draft.place === place) ?? false;
}

/** The page's own memory follows, so that a field that is opened again finds what was typed. */
function rememberDraft(conversationId: string, place: string, text: string): void {
  memory.setQueryData<{ drafts: { place: string; text: string; at: string }[] }>(
    keyOf("draft.list", { conversationId }),
    (known) => {
      if (known === undefined) return known;
      const others = known.drafts.filter((draft) => draft.place !== place);
      return { drafts: text === "" ? others : [...others, { place, text, at: new Date().toISOString() }] };
    },
  );
}
