import { z } from "zod";
import { channelSchema, confidenceSchema, millisecondsSchema, roleSchema } from "../conversation/conversation.ts";
import { promiseStates } from "../journey/claims.ts";
import { identityKinds } from "../journey/identity.ts";
import { likenessSignSchema } from "../journey/likeness.ts";
import { promiseKinds } from "../journey/promises.ts";
import { checkTopics } from "../journey/traits.ts";

/* Journeys: the conversations of one customer over all channels, as pages and commands are shown them. */

/** What a list of journeys can be narrowed to. */
export const journeyFilters = [
  "several-channels",
  "reason-again",
  "asked-again",
  "promise-not-kept",
  "hand-over",
  "proposal",
] as const;
/** What a list of journeys can be narrowed to. */
export type JourneyFilter = (typeof journeyFilters)[number];

/** How a customer's number, address and ids are kept: as they are written beside their keyed hashes, or as these alone. */
export const journeySettingsSchema = z.object({
  identities: z.enum(["readable", "hashed"]).default("readable"),
});

/** A journey in a list. */
export const journeyRowSchema = z.object({
  id: z.string(),
  /** The customer's name; null where no conversation gives it. */
  customer: z.string().nullable(),
  conversations: z.int().min(0),
  channels: z.array(channelSchema),
  firstAt: z.iso.datetime().nullable(),
  lastAt: z.iso.datetime().nullable(),
  reasonsAgain: z.int().min(0),
  askedAgain: z.int().min(0),
  promises: z.int().min(0),
  promisesNotKept: z.int().min(0),
  handOvers: z.int().min(0),
  /** Others that may be the same customer. */
  proposals: z.int().min(0),
});
/** A journey in a list. */
export type JourneyRow = z.infer<typeof journeyRowSchema>;

/** Words that a claim rests on. */
export const claimWordsSchema = z.object({
  conversationId: z.string(),
  turnId: z.string(),
  role: roleSchema,
  startMs: millisecondsSchema,
  quote: z.string(),
});
/** Words that a claim rests on. */
export type ClaimWordsView = z.infer<typeof claimWordsSchema>;

const claimBasis = {
  words: z.array(claimWordsSchema),
  doubt: z.enum(["order", "rough", "which-promise", "elsewhere"]).nullable(),
};

/** What can be said of a journey; see `app/journey/claims.ts`. */
export const claimSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("reason-again"),
    ...claimBasis,
    reason: z.string(),
    name: z.string(),
    conversationIds: z.array(z.string()),
  }),
  z.object({
    kind: z.literal("asked-again"),
    ...claimBasis,
    what: z.enum(checkTopics).nullable(),
    slot: z.string().nullable(),
    conversationId: z.string(),
    earlierId: z.string(),
    earlierChannel: channelSchema,
  }),
  z.object({
    kind: z.literal("promise"),
    ...claimBasis,
    promise: z.enum(promiseKinds),
    state: z.enum(promiseStates),
    dueAt: z.iso.datetime().nullable(),
    conversationId: z.string(),
    laterId: z.string().nullable(),
  }),
  z.object({ kind: z.literal("hand-over"), ...claimBasis, conversationId: z.string(), laterId: z.string().nullable() }),
]);
/** What can be said of a journey. */
export type ClaimView = z.infer<typeof claimSchema>;

/** A conversation on a journey's line of time. */
export const journeyStepSchema = z.object({
  conversationId: z.string(),
  title: z.string(),
  channel: channelSchema,
  direction: z.enum(["inbound", "outbound", "internal"]).nullable(),
  startedAt: z.iso.datetime().nullable(),
  durationMs: millisecondsSchema,
  turns: z.int().min(0),
  /** Who served: bots and agents, by name where they have one. */
  served: z.array(z.object({ role: z.enum(["agent", "bot", "ivr"]), name: z.string().nullable() })),
  /** The customer's, from -5 to 5, by quarters of the conversation; null where nobody could judge. */
  sentiment: z.object({ score: z.number().nullable(), quarters: z.array(z.number().nullable()) }).nullable(),
  reasons: z.array(z.object({ id: z.string(), name: z.string() })),
});
/** A conversation on a journey's line of time. */
export type JourneyStepView = z.infer<typeof journeyStepSchema>;

/** What a person decided of conversations and their customer. */
export const journeyDecisionSchema = z.object({
  id: z.string(),
  verdict: z.enum(["same", "different", "apart"]),
  conversationId: z.string(),
  otherId: z.string().nullable(),
  at: z.iso.datetime(),
  author: z.string(),
});

/** One side of a proposal. */
export const proposalSideSchema = z.object({
  journeyId: z.string(),
  customer: z.string().nullable(),
  conversations: z.int().min(1),
  conversationId: z.string(),
  title: z.string(),
  channel: channelSchema,
  startedAt: z.iso.datetime().nullable(),
});

/** Two that may be one customer, for a person to say. */
export const journeyProposalSchema = z.object({
  id: z.string(),
  confidence: confidenceSchema,
  signs: z.array(likenessSignSchema),
  one: proposalSideSchema,
  other: proposalSideSchema,
});
/** Two that may be one customer. */
export type JourneyProposalView = z.infer<typeof journeyProposalSchema>;

/** What a customer went through, over all channels, in order of time. */
export const journeyViewSchema = z.object({
  id: z.string(),
  customer: z.string().nullable(),
  /** By which they were joined. `value` is null where only its hash is kept; `shared`: it is used by several, and joins nobody. */
  identities: z.array(z.object({ kind: z.enum(identityKinds), value: z.string().nullable(), shared: z.boolean() })),
  steps: z.array(journeyStepSchema),
  claims: z.array(claimSchema),
  decisions: z.array(journeyDecisionSchema),
  /** How many more conversations it has than are shown: those shown are the latest. */
  more: z.int().min(0),
});
/** What a customer went through, over all channels. */
export type JourneyView = z.infer<typeof journeyViewSchema>;

/** Where a conversation stands in its journey. */
export const journeyPlaceSchema = z.object({
  journeyId: z.string(),
  /** From 1. */
  number: z.int().min(1),
  conversations: z.int().min(1),
  previousId: z.string().nullable(),
  nextId: z.string().nullable(),
});

/** The calls about journeys take and answer this. */
export const journeyCalls = {
  list: {
    input: z.object({
      /** Part of a name, a number, an address, an id. */
      text: z.string().max(200).default(""),
      filters: z.array(z.enum(journeyFilters)).max(journeyFilters.length).default([]),
      /** Only journeys of so many conversations or more. */
      least: z.int().min(1).max(1_000).default(1),
      sortBy: z.enum(["last", "size"]).default("last"),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(500).default(100),
    }),
    output: z.object({
      rows: z.array(journeyRowSchema),
      total: z.int().min(0),
      /** Conversations and journeys that have yet to be looked at. */
      waiting: z.int().min(0),
    }),
  },
  proposals: {
    input: z.object({
      journeyId: z.string().min(1).optional(),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(200).default(50),
    }),
    output: z.object({ proposals: z.array(journeyProposalSchema), total: z.int().min(0) }),
  },
} as const;
