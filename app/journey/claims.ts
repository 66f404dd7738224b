import type { ContactDirection } from "../formats/contact-facts.ts";
import type { PromiseKind } from "./promises.ts";
import { type CheckTopic, type TraitPlace, type Traits, wordsOfName } from "./traits.ts";

/*
 * What can be said of a customer's way over several conversations. Each claim names the words it rests on, and the conversations
 * they stand in; what the words leave open says so by its doubt.
 */

/** A conversation of a journey with its traits, in order of time. */
export interface JourneyStep {
  readonly conversationId: string;
  readonly channel: "voice" | "chat" | "sms" | "bot";
  readonly direction: ContactDirection | null;
  /** Milliseconds since the epoch; null where nobody knows when it began. */
  readonly at: number | null;
  readonly durationMs: number;
  readonly traits: Traits;
}

/** Words that a claim rests on, in one of the conversations. */
export interface ClaimWords extends TraitPlace {
  readonly conversationId: string;
}

/** Why a claim is not sure. */
export type ClaimDoubt =
  /** Nobody knows in which order the conversations came. */
  | "order"
  /** A category or a bot's intent is a rough name of a matter: the two may be of different things. */
  | "rough"
  /** The customer did not say which promise. */
  | "which-promise"
  /** It may have been kept in a way that is not in the library. */
  | "elsewhere";

/** What can become of a promise: kept; broken, as the customer says; its time over with nothing seen; its time not over; no time named. */
export const promiseStates = ["kept", "broken", "not-seen", "open", "no-time"] as const;
/** What has become of a promise. */
export type PromiseState = (typeof promiseStates)[number];

interface ClaimBasis {
  readonly words: readonly ClaimWords[];
  readonly doubt: ClaimDoubt | null;
}

/** The same matter again. */
export interface ReasonClaim extends ClaimBasis {
  readonly kind: "reason-again";
  readonly reason: string;
  readonly name: string;
  readonly conversationIds: readonly string[];
}
/** Asked again for what an earlier conversation has verified or taken down. */
export interface AskedAgainClaim extends ClaimBasis {
  readonly kind: "asked-again";
  readonly what: CheckTopic | null;
  /** What a bot took down, where that is what was asked for again. */
  readonly slot: string | null;
  /** The conversation that asks again, and the one that knew. */
  readonly conversationId: string;
  readonly earlierId: string;
  readonly earlierChannel: JourneyStep["channel"];
}
/** A promise, and what became of it. */
export interface PromiseClaim extends ClaimBasis {
  readonly kind: "promise";
  readonly promise: PromiseKind;
  readonly state: PromiseState;
  /** Milliseconds since the epoch; null where no time was named or nobody knows when it was made. */
  readonly dueAt: number | null;
  readonly conversationId: string;
  /** The conversation that shows what became of it. */
  readonly laterId: string | null;
}
/** A bot handed over to a person. */
export interface HandOverClaim extends ClaimBasis {
  readonly kind: "hand-over";
  readonly conversationId: string;
  /** The conversation with the person, where it is another. */
  readonly laterId: string | null;
}
/** What can be said of a journey. */
export type Claim = ReasonClaim | AskedAgainClaim | PromiseClaim | HandOverClaim;

/** Within which time another conversation with a person counts as what a bot handed over to. */
const handOverMs = 2 * 3_600_000;

/**
 * What can be said of conversations of one customer, in order of time.
 *
 * @param now milliseconds since the epoch: by then a promise has been kept or not.
 */
export function claimsOf(steps: readonly JourneyStep[], now: number): Claim[] {
  return [...reasonsAgain(steps), ...askedAgain(steps), ...promisesOf(steps, now), ...handOvers(steps)];
}

function wordsOf(step: JourneyStep, { turnId, role, startMs, quote }: TraitPlace): ClaimWords {
  return { conversationId: step.conversationId, turnId, role, startMs, quote };
}

function reasonsAgain(steps: readonly JourneyStep[]): ReasonClaim[] {
  const found = new Map<string, { name: string; words: ClaimWords[] }>();
  for (const step of steps) {
    for (const reason of step.traits.reasons) {
      const known = found.get(reason.id) ?? { name: reason.name, words: [] };
      known.words.push(wordsOf(step, reason));
      found.set(reason.id, known);
    }
  }
  return [...found].flatMap(([reason, { name, words }]): ReasonClaim[] => {
    const conversationIds = [...new Set(words.map(({ conversationId }) => conversationId))];
    if (conversationIds.length < 2) return [];
    const saysSo = steps.flatMap((step) =>
      conversationIds.includes(step.conversationId) ? step.traits.again.map((one) => wordsOf(step, one)) : [],
    );
    return [
      {
        kind: "reason-again",
        reason,
        name,
        conversationIds,
        words: eachTurnOnce([...words, ...saysSo]).slice(0, 2 * conversationIds.length),
        doubt: saysSo.length > 0 ? null : "rough",
      },
    ];
  });
}

/** Two of the words may stand in one turn. */
function eachTurnOnce(words: readonly ClaimWords[]): ClaimWords[] {
  return [...new Map(words.toReversed().map((one) => [`${one.conversationId} ${one.turnId}`, one])).values()].toReversed();
}

function askedAgain(steps: readonly JourneyStep[]): AskedAgainClaim[] {
  const found: AskedAgainClaim[] = [];
  for (const [index, step] of steps.entries()) {
    const seen = new Set<string>();
    for (const earlier of steps.slice(0, index).toReversed()) {
      const doubt = step.at === null || earlier.at === null ? ("order" as const) : null;
      const basis = {
        conversationId: step.conversationId,
        earlierId: earlier.conversationId,
        earlierChannel: earlier.channel,
        doubt,
      };
      for (const check of step.traits.checks) {
        const before = knewOf(earlier.traits, check.topic);
        if (before.length === 0 || seen.has(check.topic)) continue;
        seen.add(check.topic);
        const words = [...before.map((place) => wordsOf(earlier, place)), wordsOf(step, check)];
        found.push({ kind: "asked-again", what: check.topic, slot: null, ...basis, words });
      }
      for (const taken of earlier.traits.takenDown) {
        const question = step.traits.questions.find(({ quote }) => asksForSlot(quote, taken.slot));
        if (question === undefined || seen.has(taken.slot) || seen.has(question.turnId)) continue;
        // What is told of the check above need not be told twice.
        if (step.traits.checks.some(({ turnId, topic }) => turnId === question.turnId && seen.has(topic))) continue;
        seen.add(taken.slot).add(question.turnId);
        const words = [wordsOf(earlier, taken), wordsOf(step, question)];
        found.push({ kind: "asked-again", what: null, slot: wordsOfName(taken.slot).join(" "), ...basis, words });
      }
    }
  }
  return found;
}

/** Where an earlier conversation came to know something: where it asked and was answered, and where it says that this was enough. */
function knewOf({ checks, verified }: Traits, topic: CheckTopic): TraitPlace[] {
  const answered = checks.find((one) => one.topic === topic && one.answered);
  if (answered === undefined && topic !== "identity") return [];
  const places = [answered ?? null, verified].filter((place) => place !== null);
  return places.filter((place, index) => places.findIndex(({ turnId }) => turnId === place.turnId) === index);
}

/** Whether a question asks for what a slot is called: every word of it, and words that many slots have are not enough. */
function asksForSlot(question: string, slot: string): boolean {
  const words = wordsOfName(slot).filter(
    (word) => !["number", "type", "value", "name", "id", "from", "to", "my", "the"].includes(word),
  );
  const text = ` ${question.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, " ")} `;
  return words.length > 0 && words.join("").length >= 4 && words.every((word) => text.includes(` ${word}`));
}

function promisesOf(steps: readonly JourneyStep[], now: number): PromiseClaim[] {
  return steps.flatMap((step, index) =>
    eachKindOnce(step.traits.promises).map((promise): PromiseClaim => {
      const madeAt = step.at === null ? null : step.at + promise.startMs;
      const dueAt = madeAt === null || promise.withinMs === null ? null : madeAt + promise.withinMs;
      const later = steps.slice(index + 1);
      const own = { kind: "promise" as const, promise: promise.kind, dueAt, conversationId: step.conversationId };
      const made = wordsOf(step, promise);
      const doubt = step.at === null || later.some(({ at }) => at === null) ? ("order" as const) : null;
      for (const next of later) {
        const said = next.traits.ofPromises.find(({ kind }) => kind === promise.kind || kind === null);
        // Who asks before the time is over says nothing of whether it was kept.
        const isEarly = dueAt !== null && next.at !== null && next.at < dueAt;
        const word = said?.verdict === "broken" && isEarly ? undefined : said;
        const isReturned = promise.kind === "call-back" && (next.direction === "outbound" || next.traits.asPromised !== null);
        const isInTime = dueAt === null || next.at === null || next.at <= dueAt;
        if (word?.verdict === "broken")
          return {
            ...own,
            state: "broken",
            laterId: next.conversationId,
            words: [made, wordsOf(next, word)],
            doubt: doubt ?? (word.kind === null ? "which-promise" : null),
          };
        if (word?.verdict === "kept" || (isReturned && isInTime)) {
          const shows = word ?? next.traits.asPromised;
          return {
            ...own,
            state: "kept",
            laterId: next.conversationId,
            words: shows === null ? [made] : [made, wordsOf(next, shows)],
            doubt,
          };
        }
      }
      if (dueAt === null) return { ...own, state: "no-time", laterId: null, words: [made], doubt: "elsewhere" };
      return dueAt < now
        ? { ...own, state: "not-seen", laterId: null, words: [made], doubt: "elsewhere" }
        : { ...own, state: "open", laterId: null, words: [made], doubt: null };
    }),
  );
}

/** Of what is promised twice in a conversation the later words count: they tell the time that was agreed on. */
function eachKindOnce(promises: Traits["promises"]): Traits["promises"][number][] {
  const found = new Map<PromiseKind, Traits["promises"][number]>();
  for (const promise of promises) {
    const known = found.get(promise.kind);
    if (known === undefined || promise.withinMs !== null || known.withinMs === null) found.set(promise.kind, promise);
  }
  return [...found.values()].sort((a, b) => a.startMs - b.startMs);
}

function handOvers(steps: readonly JourneyStep[]): HandOverClaim[] {
  return steps.flatMap((step, index): HandOverClaim[] => {
    const { handOver } = step.traits;
    if (handOver === null) return [];
    const next = steps
      .slice(index + 1)
      .find(
        ({ channel, at }) => channel !== "bot" && step.at !== null && at !== null && at - step.at <= step.durationMs + handOverMs,
      );
    const laterId = next?.conversationId ?? null;
    return [{ kind: "hand-over", conversationId: step.conversationId, laterId, words: [wordsOf(step, handOver)], doubt: null }];
  });
}
