import { setImmediate as breathe } from "node:timers/promises";
import { categorise } from "../../../app/insight/categories.ts";
import { entityTerms } from "../../../app/insight/drivers-entities.ts";
import { phrasesOf } from "../../../app/insight/drivers-phrases.ts";
import type { EntityGroup } from "../../../app/insight/entities.ts";
import { type Category, readsSentiment } from "../../../app/insight/rules.ts";
import type { TurnSentiment } from "../../../app/insight/rules-evaluate.ts";
import type { Store } from "../store/store.ts";
import { publishFigures } from "./figures.ts";
import { conversationOf } from "./revision.ts";

/** How turns felt, by turn id, and what names the analysis: another name, another result. Null where nobody analysed them. */
export type SentimentsOf = (conversationId: string) => {
  readonly name: string;
  readonly byTurn: () => ReadonlyMap<string, TurnSentiment> | null;
  /** What the same analysis found to be named; left out where nobody looked. */
  readonly entities?: () => readonly Pick<EntityGroup, "type" | "value">[];
} | null;

/** Nobody has analysed sentiment. */
export const noSentiments: SentimentsOf = () => null;

/**
 * Brings the categories and phrases of a conversation up to its revision on screen: what has a result of the present rule
 * for this revision is left alone. Answers whether something was made. An hour takes some milliseconds.
 */
export function bringCategories(store: Store, conversationId: string, sentimentsOf: SentimentsOf = noSentiments): boolean {
  if (store.transcripts.wordsHash(conversationId) === null) return false;
  const sentiments = sentimentsOf(conversationId);
  const last = store.operations.last(conversationId);
  const words = `${store.transcripts.wordsHash(conversationId) ?? ""}.${last?.number ?? 0}`;
  // Only rules that read sentiment are looked for again when it has been read anew.
  const basisOf = ({ rule }: Category): string =>
    sentiments !== null && readsSentiment(rule) ? `${words} ${sentiments.name}` : words;
  const missing = store.categories.missing(conversationId, basisOf);
  const phrasesBasis = sentiments === null ? words : `${words} ${sentiments.name}`;
  const phrased = store.categories.hasPhrases(conversationId, phrasesBasis);
  if (missing.length === 0 && phrased) return false;
  const conversation = conversationOf(store, conversationId);
  if (conversation === null) return false;
  store.transaction(() => {
    const input = { conversation, sentiments: sentiments?.byTurn() ?? null };
    const found = categorise(
      input,
      missing.map(({ category }) => category),
    );
    store.categories.putResults(conversationId, basisOf, found, missing);
    publishFigures(store, conversationId);
    if (!phrased) {
      const hasCustomer = conversation.participants.some(({ role }) => role === "customer");
      store.categories.putPhrases(
        conversationId,
        phrasesBasis,
        phrasesOf(conversation, hasCustomer ? "customer" : null),
        entityTerms(sentiments?.entities?.() ?? []),
      );
    }
  });
  return true;
}

/** Keeps the categories of a library true, a conversation at a time, without holding up anything else. */
export interface Categoriser {
  /** Looks at one conversation soon; many calls about the same are one. */
  look(conversationId: string): void;
  /** Looks at all of them: after a rule changed. One that is under way begins anew. */
  sweep(): void;
  /** Conversations still to be looked at. */
  readonly waiting: number;
  /** Resolves when nothing waits. */
  settled(): Promise<void>;
}

/** Makes the categoriser of a library. `changed` hears of the conversations whose categories were made. */
export function createCategoriser(options: {
  readonly store: Store;
  readonly sentimentsOf?: SentimentsOf;
  /** What is made of a conversation once its categories are those of now; answers whether it changed something. */
  readonly afterwards?: (conversationId: string) => boolean;
  readonly changed: (conversationIds: readonly string[]) => void;
  /** Aborted when the library closes. */
  readonly signal: AbortSignal;
}): Categoriser {
  const { store, sentimentsOf = noSentiments, afterwards = () => false, changed, signal } = options;
  const waiting = new Set<string>();
  let work: Promise<void> | null = null;

  const run = async (): Promise<void> => {
    let made: string[] = [];
    let toldAt = Date.now();
    const tell = (): void => {
      if (made.length > 0) changed(made);
      made = [];
      toldAt = Date.now();
    };
    await breathe();
    while (!signal.aborted) {
      const [next] = waiting;
      if (next === undefined) break;
      waiting.delete(next);
      try {
        const categorised = bringCategories(store, next, sentimentsOf);
        if (afterwards(next) || categorised) made.push(next);
      } catch {
        // One whose transcript cannot be read keeps nobody else from theirs; opening it says what is wrong.
      }
      if (Date.now() - toldAt > 500) tell();
      await breathe();
    }
    if (!signal.aborted) tell();
  };
  const begin = (): void => {
    if (signal.aborted) return;
    work ??= run().finally(() => {
      work = null;
      if (waiting.size > 0) begin();
    });
  };
  return {
    look(conversationId) {
      waiting.add(conversationId);
      begin();
    },
    sweep() {
      for (const id of store.categories.heard()) waiting.add(id);
      begin();
    },
    get waiting() {
      return waiting.size;
    },
    async settled() {
      while (work !== null) await work;
    },
  };
}
