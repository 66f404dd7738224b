import { assertNever } from "../assert-never.ts";
import type { Conversation, Turn } from "../conversation/conversation.ts";
import type { Claim, ClaimWords, JourneyStep } from "../journey/claims.ts";
import type { JourneyCriterion } from "./criterion.ts";
import type { Elsewhere, FoundPlace } from "./evidence.ts";

/* What the other conversations of a customer show beside one: the claims of its journey, as a rule asks for them. */

/** The journey that a conversation belongs to. */
export interface KnownJourney {
  /** In order of time, this conversation among them. */
  readonly steps: readonly JourneyStep[];
  readonly claims: readonly Claim[];
}

const dayMs = 24 * 3_600_000;

/**
 * The places of a conversation that a rule about its journey asks for, each with the other conversation's; empty where there is
 * none. Null where this conversation is not among those of the journey.
 */
export function journeyPlaces(
  criterion: JourneyCriterion,
  conversation: Conversation,
  { steps, claims }: KnownJourney,
): FoundPlace[] | null {
  const index = steps.findIndex(({ conversationId }) => conversationId === conversation.id);
  const own = steps[index];
  if (own === undefined) return null;
  const earlier = new Map(
    steps
      .slice(0, index)
      .filter((step) => isMeant(criterion, step, own))
      .map((step) => [step.conversationId, step]),
  );
  const turns = new Map(conversation.turns.map((turn) => [turn.id, turn]));
  const pair = (words: readonly ClaimWords[], otherIds: readonly string[]): FoundPlace[] => {
    const others = words.filter(({ conversationId }) => otherIds.includes(conversationId) && earlier.has(conversationId));
    const ids = others.length > 0 ? [] : otherIds.filter((id) => earlier.has(id));
    const elsewhere: Elsewhere[] = [
      ...others.flatMap(({ conversationId, turnId, startMs }) => elsewhereIn(earlier.get(conversationId), turnId, startMs)),
      ...ids.flatMap((id) => elsewhereIn(earlier.get(id), null, 0)),
    ];
    if (elsewhere.length === 0) return [];
    const here = words.flatMap(({ conversationId, turnId }) =>
      conversationId === conversation.id ? (turns.get(turnId) ?? []) : [],
    );
    const shown = here.length > 0 ? here : conversation.turns.slice(0, 1);
    return shown.map((turn) => ({ ...placeOf(turn), elsewhere }));
  };
  switch (criterion.journey) {
    case "earlier-conversation":
      return earlier.size === 0 ? [] : pair([], [...earlier.keys()].slice(-3));
    case "handed-over":
      return claims.flatMap((claim) =>
        claim.kind === "hand-over" && claim.laterId === conversation.id ? pair(claim.words, [claim.conversationId]) : [],
      );
    case "asked-again":
      return claims.flatMap((claim) =>
        claim.kind === "asked-again" && claim.conversationId === conversation.id ? pair(claim.words, [claim.earlierId]) : [],
      );
    case "reason-again":
      return claims.flatMap((claim) =>
        claim.kind === "reason-again" && claim.conversationIds.includes(conversation.id)
          ? pair(claim.words, claim.conversationIds)
          : [],
      );
    case "promise-broken":
    case "promise-kept":
      return claims.flatMap((claim) =>
        claim.kind === "promise" && claim.laterId === conversation.id && `promise-${claim.state}` === criterion.journey
          ? pair(claim.words, [claim.conversationId])
          : [],
      );
    default:
      return assertNever(criterion.journey);
  }
}

/** Whether a rule means an earlier conversation: by its channel, and by how long it lies back. */
function isMeant({ of, withinDays }: JourneyCriterion, other: JourneyStep, own: JourneyStep): boolean {
  if (of !== undefined && other.channel !== of) return false;
  if (withinDays === undefined) return true;
  return own.at !== null && other.at !== null && own.at - other.at <= withinDays * dayMs;
}

function elsewhereIn(step: JourneyStep | undefined, turnId: string | null, startMs: number): Elsewhere[] {
  return step === undefined ? [] : [{ conversationId: step.conversationId, channel: step.channel, turnId, startMs }];
}

function placeOf({ id, words, text, startMs, endMs }: Turn): FoundPlace {
  return {
    turnId: id,
    wordIds: words.map((word) => word.id),
    chars: words.length > 0 ? null : { from: 0, to: text.length },
    startMs,
    endMs,
  };
}
