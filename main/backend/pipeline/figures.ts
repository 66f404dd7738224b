import { setImmediate as breathe, setTimeout as rest } from "node:timers/promises";
import { insightView, type ReadInsight } from "../../../app/insight/insight.ts";
import { libraryFigures } from "../../../app/insight/library-figures.ts";
import type { Store } from "../store/store.ts";
import { type Background, inBackground } from "./in-background.ts";
import { insightChoice, readInsight, turnTextHash } from "./insight-stage.ts";
import { readRevision } from "./revision.ts";

/**
 * Writes how a conversation felt and what it was about, for its revision on screen, into its line of the library: call it
 * in the transaction that changes what they are worked out from. Throws `not-found`.
 *
 * @param read what the stage `insight` is about to keep; what it has kept where that is left out.
 */
export function publishFigures(store: Store, conversationId: string, read?: ReadInsight): void {
  const { transcript } = readRevision(store, conversationId);
  const insight =
    read === undefined
      ? readInsight(store, conversationId)
      : insightView(read, transcript, insightChoice(store.settings.get().language), turnTextHash);
  const results = store.categories.of(conversationId);
  const categories = store.categories.list().flatMap(({ category }) => {
    const result = results.get(category.id);
    return result === undefined ? [] : [{ id: category.id, name: category.name, result }];
  });
  store.conversations.putFigures(conversationId, libraryFigures({ transcript, insight, categories }));
}

/** Conversations done at a time, how long others have the machine in between, and how often it is told (ms). */
const batch = 20;
const restMs = 30;
const tellMs = 500;

/**
 * Works out the figures that are wanting: of what an earlier Earmark has heard, and after what they are counted by has changed.
 * `changed` hears that lines of the list are other ones now.
 */
export function createFigureKeeper(options: {
  readonly store: Store;
  readonly changed: () => void;
  /** Aborted when the library closes. */
  readonly signal: AbortSignal;
}): Background {
  const { store, changed, signal } = options;
  /** One whose transcript cannot be read keeps nobody else from theirs; opening it says what is wrong. */
  const unreadable = new Set<string>();

  const run = async (): Promise<void> => {
    let toldAt = Date.now();
    let untold = false;
    // Whoever called may be in the middle of a transaction.
    await breathe();
    while (!signal.aborted) {
      const ids = store.conversations.withoutFigures(batch + unreadable.size).filter((id) => !unreadable.has(id));
      if (ids.length === 0) break;
      for (const id of ids) {
        if (signal.aborted) return;
        try {
          store.transaction(() => publishFigures(store, id));
          untold = true;
        } catch {
          unreadable.add(id);
        }
        await breathe();
      }
      if (untold && Date.now() - toldAt > tellMs) {
        changed();
        untold = false;
        toldAt = Date.now();
      }
      await rest(restMs);
    }
    if (untold && !signal.aborted) changed();
  };
  return inBackground(run, signal);
}
