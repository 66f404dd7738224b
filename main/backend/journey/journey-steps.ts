import type { Conversation, Turn } from "../../../app/conversation/conversation.ts";
import { type Claim, claimsOf, type JourneyStep } from "../../../app/journey/claims.ts";
import { namesGiven, type PresentCategory, type Traits, traitsOf } from "../../../app/journey/traits.ts";
import { resultHash } from "../pipeline/input-hash.ts";
import { conversationOf } from "../pipeline/revision.ts";
import type { ConversationRecord } from "../store/conversations.ts";
import type { JourneyFigures } from "../store/journey-lists.ts";
import type { Store } from "../store/store.ts";

/** A conversation of a journey, read. */
export interface ReadStep {
  readonly record: ConversationRecord;
  readonly conversation: Conversation;
  readonly step: JourneyStep;
}

/** Conversations of one journey that are read, the latest of them: a customer of more is a system's. */
export const mostSteps = 100;

/** Traits of a revision by its turns: so many calls ask for the same. */
const made = new WeakMap<readonly Turn[], { readonly key: string; readonly traits: Traits }>();

/** What of a conversation matters to the others of its customer, on the revision on screen. */
export function readTraits(store: Store, conversation: Conversation): Traits {
  const results = store.categories.of(conversation.id);
  const categories = store.categories.list().flatMap(({ category: { id, name } }): PresentCategory[] => {
    const result = results.get(id);
    if (result?.outcome !== "present") return [];
    return [{ id, name, turnIds: result.places.flatMap(({ turnId }) => turnId ?? []) }];
  });
  const key = JSON.stringify([conversation.startedAt, categories]);
  const known = made.get(conversation.turns);
  if (known?.key === key) return known.traits;
  const traits = traitsOf(conversation, categories);
  made.set(conversation.turns, { key, traits });
  return traits;
}

/** The conversations of a journey in order of time, read; at most `mostSteps`, the latest. */
export function readSteps(store: Store, journeyId: string): ReadStep[] {
  return store.journeys
    .members(journeyId)
    .slice(-mostSteps)
    .flatMap((id): ReadStep[] => {
      const record = store.conversations.get(id);
      const conversation = conversationOf(store, id);
      return record === null || conversation === null
        ? []
        : [{ record, conversation, step: stepOf(store, record, conversation) }];
    });
}

function stepOf(store: Store, record: ConversationRecord, conversation: Conversation): JourneyStep {
  return {
    conversationId: record.id,
    channel: record.channel,
    direction: record.direction,
    at: record.startedAt === null ? null : Date.parse(record.startedAt),
    durationMs: conversation.durationMs,
    traits: readTraits(store, conversation),
  };
}

/** What the list shows of a journey. */
export function figuresOfJourney(steps: readonly ReadStep[], conversations: number, now: number): JourneyFigures {
  const claims = claimsOf(
    steps.map(({ step }) => step),
    now,
  );
  const of = <K extends Claim["kind"]>(kind: K) =>
    claims.filter((claim): claim is Extract<Claim, { kind: K }> => claim.kind === kind);
  const times = steps.flatMap(({ record }) => Date.parse(record.startedAt ?? record.importedAt));
  const promises = of("promise");
  const due = promises.flatMap(({ state, dueAt }) =>
    dueAt !== null && (state === "open" || state === "not-seen") ? [dueAt] : [],
  );
  return {
    conversations,
    channels: [...new Set(steps.map(({ record }) => record.channel))],
    customer: customerOf(steps),
    firstAt: times.length === 0 ? null : Math.min(...times),
    lastAt: times.length === 0 ? null : Math.max(...times),
    reasonsAgain: of("reason-again").length,
    askedAgain: of("asked-again").length,
    promises: promises.length,
    promisesBroken: promises.filter(({ state }) => state === "broken").length,
    dueAt: due.length === 0 ? null : Math.min(...due),
    handOvers: of("hand-over").length,
  };
}

/** The customer's name as the latest conversation that knows it has it: the whole name before a part of it. */
export function customerOf(steps: readonly ReadStep[]): string | null {
  const names = steps.flatMap(({ record, conversation }) => [record.summary.customer ?? [], namesGiven(conversation)].flat());
  return names.findLast((name) => /\S\s+\S/u.test(name)) ?? names.at(-1) ?? null;
}

/** The other conversations of a conversation's customer, as a checklist can ask about them. */
export interface JourneyAround {
  /** Names what can be said: another name, other answers. */
  readonly name: string;
  readonly claims: readonly Claim[];
  /** Of this conversation's own journey, in order of time. */
  readonly steps: readonly JourneyStep[];
  readonly titles: ReadonlyMap<string, string>;
}

/**
 * The journey that a conversation belongs to; null while nobody has looked. Time is that of its last conversation, so that the
 * same conversations always give the same answers.
 */
export function journeyAround(store: Store, conversationId: string): JourneyAround | null {
  const journeyId = store.journeys.journeyOf(conversationId);
  if (journeyId === null) return null;
  const read = readSteps(store, journeyId);
  const steps = read.map(({ step }) => step);
  const claims = claimsOf(steps, Math.max(0, ...steps.flatMap(({ at }) => at ?? [])));
  const order = steps.map(({ conversationId: id, at, channel }) => [id, at, channel]);
  return {
    name: resultHash({ claims, order }),
    claims,
    steps,
    titles: new Map(read.map(({ record }) => [record.id, record.title])),
  };
}
