import type { ReadRevision } from "../../../app/conformity/evidence.ts";
import { withheldFrom } from "../../../app/conformity/writing/writing.ts";
import type { Store } from "../store/store.ts";
import { hiddenOf, hidesMore } from "./questions-on-words.ts";

/**
 * Takes out what writings of a conversation said as soon as something is hidden that was not when they were written: a model may
 * have told of it in other words. Belongs into the transaction that changes the words.
 */
export function bringWritings(store: Pick<Store, "writings">, conversationId: string, read: () => ReadRevision | null): void {
  const kept = store.writings.withText(conversationId);
  if (kept.length === 0) return;
  const now = read();
  if (now === null) return;
  const hidden = hiddenOf(now.conversation);
  for (const { id, writing } of kept) {
    if (hidesMore(hidden, writing.hidden)) store.writings.replace(id, withheldFrom(writing));
  }
}
