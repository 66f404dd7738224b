import { setImmediate as breathe, setTimeout as rest } from "node:timers/promises";
import type { Clock } from "../../../app/ports.ts";
import { type Background, inBackground } from "../pipeline/in-background.ts";
import { resultHash } from "../pipeline/input-hash.ts";
import { conversationOf } from "../pipeline/revision.ts";
import type { Compared } from "../store/identities.ts";
import type { Store } from "../store/store.ts";
import { comparedOf, concealedKinds } from "./compared.ts";
import { figuresOfJourney, readSteps, readTraits } from "./journey-steps.ts";

/** Keeps the journeys of a library true: joins what came in, and works out what the list shows, without holding up anything else. */
export interface JourneyKeeper extends Background {
  /** Looks at a conversation soon; many calls about the same are one. */
  look(conversationId: string): void;
  /** Looks at all of them: after what may be kept of customers has changed. */
  sweep(): void;
  /** Conversations and journeys still to be looked at. */
  waiting(): number;
}

/** Looked at in one go, how long others have the machine in between, and how often it is told (ms). */
const batch = 20;
const restMs = 20;
const tellMs = 500;

/** Makes the keeper of a library's journeys. */
export function createJourneyKeeper(options: {
  readonly store: Store;
  readonly clock: Clock;
  /** Hears that journeys changed, and of the conversations for whose checklists that may matter. */
  readonly changed: (conversationIds: readonly string[]) => void;
  /** Aborted when the library closes. */
  readonly signal: AbortSignal;
}): JourneyKeeper {
  const { store, clock, changed, signal } = options;
  const waiting = new Set<string>();
  /** One whose words cannot be read keeps nobody else from theirs; opening it says what is wrong. */
  const unreadable = new Set<string>();
  let touched = new Set<string>();
  /** Conversations that are being read now. */
  let inHand = 0;
  let toldAt = 0;

  const tell = (): void => {
    if (touched.size > 0 && !signal.aborted) changed([...touched]);
    touched = new Set();
    toldAt = Date.now();
  };
  const pass = async (): Promise<boolean> => {
    const read: ReadConversation[] = [];
    for (const id of [...waiting].slice(0, batch)) {
      if (signal.aborted) return false;
      waiting.delete(id);
      inHand++;
      const one = await readConversation(store, id).catch(() => void unreadable.add(id));
      if (one != null) read.push(one);
      await breathe();
    }
    // One transaction for all: waiting for the disk takes longer than joining.
    if (!signal.aborted && read.length > 0) joinConversations(store, read);
    inHand = 0;
    // What came in together is counted together.
    if (waiting.size > 0) return true;
    const stale = store.journeys.stale(batch);
    for (const { id, lost } of stale) {
      if (signal.aborted) return false;
      for (const one of bringJourney(store, id, lost, clock.now())) touched.add(one);
      await breathe();
    }
    const wanting = store.journeys.withoutJourney(batch + unreadable.size).filter((id) => !unreadable.has(id));
    for (const id of wanting) waiting.add(id);
    return stale.length + wanting.length > 0;
  };
  const run = async (): Promise<void> => {
    // Whoever called may be in the middle of a transaction, and more of the same is on its way.
    await rest(restMs);
    while (!signal.aborted && (await pass())) {
      if (Date.now() - toldAt > tellMs) tell();
      await rest(restMs);
    }
    tell();
  };
  const { bring, settled } = inBackground(run, signal);
  return {
    look(conversationId) {
      waiting.add(conversationId);
      bring();
    },
    bring,
    sweep() {
      for (const id of store.categories.heard()) waiting.add(id);
      bring();
    },
    waiting: () =>
      waiting.size + inHand + store.journeys.countStale() + Math.max(0, store.journeys.countWithoutJourney() - unreadable.size),
    settled,
  };
}

/** A conversation with what it is compared by. */
interface ReadConversation {
  readonly id: string;
  readonly basis: string;
  readonly compared: readonly Compared[];
}

/** What a conversation is compared by; null where nothing that this rests on has changed since it was joined. */
async function readConversation(store: Store, id: string): Promise<ReadConversation | null> {
  const wordsHash = store.transcripts.wordsHash(id);
  const conversation = wordsHash === null ? null : conversationOf(store, id);
  if (conversation === null) return null;
  const job = store.jobs.byConversation(id);
  const traits = readTraits(store, conversation);
  const basis = resultHash({
    words: wordsHash,
    change: store.operations.last(id)?.number ?? 0,
    insight: job === null ? null : (store.jobs.result(job.number, "insight")?.resultHash ?? null),
    concealed: concealedKinds(store.settings.get()),
    at: conversation.startedAt,
    direction: store.conversations.get(id)?.direction ?? null,
    reasons: traits.reasons.map((reason) => reason.id),
  });
  if (store.journeys.basis(id) === basis) return null;
  return { id, basis, compared: await comparedOf(store, conversation, traits) };
}

/** Joins conversations with those of their customers. */
function joinConversations(store: Store, read: readonly ReadConversation[]): void {
  store.transaction(() => {
    for (const { id, basis, compared } of read) {
      // It may have been deleted while its file was read.
      if (store.conversations.get(id) === null) continue;
      store.journeys.identities.put(id, compared);
      store.journeys.join(id, basis);
    }
  });
}

/** Brings what the list shows of a journey up to its conversations. Answers with those whose checklists may be answered otherwise now. */
export function bringJourney(store: Store, journeyId: string, lost: boolean, now: number): string[] {
  return store.transaction(() => {
    const journeys = lost ? store.journeys.rejoin(journeyId) : [journeyId];
    return journeys.flatMap((id) => {
      const members = store.journeys.members(id);
      const figures = figuresOfJourney(readSteps(store, id), members.length, now);
      return store.journeys.putFigures(id, figures) ? members : [];
    });
  });
}
