import type { Handlers } from "../../../app/contract/api.ts";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { EventName, EventPayload } from "../../../app/contract/events.ts";
import type { JourneyProposalView, JourneyStepView, JourneyView } from "../../../app/contract/journey-views.ts";
import { type Claim, claimsOf } from "../../../app/journey/claims.ts";
import type { Clock } from "../../../app/ports.ts";
import { personName } from "../editing-handlers.ts";
import { readInsight } from "../pipeline/insight-stage.ts";
import { toInstantOrNull } from "../store/instants.ts";
import type { JourneyProposal } from "../store/journey-proposals.ts";
import type { Store } from "../store/store.ts";
import { bringJourney, type JourneyKeeper } from "./journey-keeper.ts";
import { customerOf, type ReadStep, readSteps } from "./journey-steps.ts";

/** What the handlers of journeys answer from. */
export interface JourneyWorld {
  readonly store: Store;
  readonly clock: Clock;
  readonly journeys: JourneyKeeper;
  readonly emit: <N extends EventName>(name: N, payload: EventPayload<N>) => void;
}

type JourneyCalls =
  | "journey.list"
  | "journey.get"
  | "journey.of"
  | "journey.proposals"
  | "journey.decide"
  | "journey.takeOut"
  | "journey.undo";

/** One handler for each call about journeys. */
export function journeyHandlers({ store, clock, journeys, emit }: JourneyWorld): Pick<Handlers, JourneyCalls> {
  /** Has what the list shows follow a decision at once; conversations far away follow soon. */
  const decided = <T>(decision: T): T => {
    for (const { id, lost } of store.journeys.stale(20)) bringJourney(store, id, lost, clock.now());
    journeys.bring();
    emit("journey.changed", {});
    return decision;
  };
  return {
    "journey.list": async (query) => ({ ...store.journeys.list(query), waiting: journeys.waiting() }),
    "journey.get": async ({ id }) => {
      const members = store.journeys.members(id);
      if (members.length === 0) throw new EarmarkError("not-found", "There is no such journey any more.", { id });
      return viewOf(store, id, members.length, clock.now());
    },
    "journey.of": async ({ conversationId }) => {
      const journeyId = store.journeys.journeyOf(conversationId);
      if (journeyId === null) return { place: null };
      const members = store.journeys.members(journeyId);
      const index = members.indexOf(conversationId);
      const place = { journeyId, number: index + 1, conversations: members.length };
      return { place: { ...place, previousId: members[index - 1] ?? null, nextId: members[index + 1] ?? null } };
    },
    "journey.proposals": async (query) => {
      const { proposals, total } = store.journeys.proposals(query);
      return { proposals: proposals.flatMap((one) => proposalOf(store, one) ?? []), total };
    },
    "journey.decide": async ({ proposalId, verdict }) => ({
      decision: decided(store.journeys.decide(proposalId, verdict, personName(store))),
    }),
    "journey.takeOut": async ({ conversationId }) => ({
      decision: decided(store.journeys.takeOut(conversationId, personName(store))),
    }),
    "journey.undo": async ({ decisionId }) => {
      decided(store.journeys.undo(decisionId, personName(store)));
      return {};
    },
  };
}

function viewOf(store: Store, id: string, conversations: number, now: number): JourneyView {
  const steps = readSteps(store, id);
  const claims = claimsOf(
    steps.map(({ step }) => step),
    now,
  );
  return {
    id,
    customer: customerOf(steps),
    identities: store.journeys.identitiesOf(id).map((one) => ({ ...one })),
    steps: steps.map((step) => stepView(store, step)),
    claims: claims.map(claimView),
    decisions: store.journeys.decisions(id).map((one) => ({ ...one })),
    more: conversations - steps.length,
  };
}

function stepView(store: Store, { record, conversation, step }: ReadStep): JourneyStepView {
  const insight = readInsight(store, record.id);
  const felt = insight?.sentiment[insight.sentiment.formula].roles.find(({ role }) => role === "customer");
  const served = conversation.participants.flatMap(({ role, name }): JourneyStepView["served"] =>
    role === "agent" || role === "bot" || role === "ivr" ? [{ role, name }] : [],
  );
  return {
    conversationId: record.id,
    title: record.title,
    channel: record.channel,
    direction: record.direction,
    startedAt: record.startedAt,
    durationMs: conversation.durationMs,
    turns: conversation.turns.length,
    served,
    sentiment: felt === undefined ? null : { score: felt.score, quarters: felt.quarters.map(({ score }) => score) },
    reasons: step.traits.reasons.map(({ id, name }) => ({ id, name })),
  };
}

function claimView(claim: Claim): JourneyView["claims"][number] {
  const words = claim.words.map((one) => ({ ...one }));
  switch (claim.kind) {
    case "promise":
      return { ...claim, words, dueAt: toInstantOrNull(claim.dueAt) };
    case "reason-again":
      return { ...claim, words, conversationIds: [...claim.conversationIds] };
    case "asked-again":
    case "hand-over":
      return { ...claim, words };
  }
}

function proposalOf(store: Store, { id, confidence, signs, ...pair }: JourneyProposal): JourneyProposalView | null {
  const side = (conversationId: string, journeyId: string): JourneyProposalView["one"] | null => {
    const record = store.conversations.get(conversationId);
    if (record === null) return null;
    const { title, channel, startedAt } = record;
    const members = store.journeys.members(journeyId).length;
    return {
      journeyId,
      customer: store.journeys.customer(journeyId),
      conversations: Math.max(1, members),
      conversationId,
      title,
      channel,
      startedAt,
    };
  };
  const one = side(pair.conversationId, pair.journeyId);
  const other = side(pair.otherId, pair.otherJourneyId);
  return one === null || other === null ? null : { id, confidence, signs: [...signs], one, other };
}
