import type { BotReading, Conversation, Turn } from "./conversation.ts";

/*
 * What came of a session with a bot, by the measures that bot builders use. Sources: Amazon Lex V2's analytics (utterance
 * recognition, missed utterances, intent success by `state`), and the containment rate of contact centres (sessions that
 * ended without a person).
 */

/** How an intent went on its way. */
export interface IntentPath {
  readonly intent: string;
  /** The customer's turns that were read as it. */
  readonly turnIds: readonly string[];
  /** The state it ended in, as the bot says: `Fulfilled`, `Failed`, `InProgress`; null where it does not say. */
  readonly state: string | null;
  /** Whether the customer confirmed it: `Confirmed`, `Denied`; null where nobody asked. */
  readonly confirmation: string | null;
  /** Slots with the last value each had; null where it was asked for and never filled. */
  readonly slots: Readonly<Record<string, string | null>>;
  /** The mean of the bot's confidence; null where it gives none. */
  readonly confidence: number | null;
  /** The customer's turns from the first of the intent until it was fulfilled; null where it was not. */
  readonly turnsToResolution: number | null;
}

/** What came of a session with a bot. */
export interface BotSession {
  /** What the customer said to the bot, in turns. */
  readonly utterances: number;
  /** Turns that the bot did not understand. */
  readonly missed: readonly Turn[];
  /** Missed of all, 0 to 1. */
  readonly fallbackRate: number;
  /** Mean confidence of what was understood; null where the bot gives none. */
  readonly confidence: number | null;
  readonly intents: readonly IntentPath[];
  /** The turn in which the bot hands over, or the customer is read as asking for it; null where that does not happen. */
  readonly handOver: Turn | null;
  /** Whether the bot kept it to itself: nobody was handed over, and no agent took part. */
  readonly contained: boolean;
  /** The customer's turns until the last intent that was fulfilled; null where none was. */
  readonly turnsToResolution: number | null;
}

/** Intents by which a bot hands over to a person. */
export const handOverIntent =
  /hand.?over|human|live.?agent|agent.?(?:request|transfer|handoff)|(?:talk|speak|transfer|escalat|connect).*(?:agent|person|human)|^agent$|escalat/iu;
/** What a bot says when it hands over to a person. */
export const handOverWords =
  /\b(?:connect(?:ing)? you|transfer(?:ring)? you|put(?:ting)? you through|pass(?:ing)? you (?:on )?to|hand(?:ing)? (?:you )?over|get(?:ting)? (?:you )?(?:an agent|a colleague)|a colleague will)\b/iu;

/** What came of the part of a conversation that a bot read; null where no bot read anything. */
export function botSession({ participants, turns }: Pick<Conversation, "participants" | "turns">): BotSession | null {
  const read = turns.flatMap((turn) => (turn.bot === undefined ? [] : [{ turn, bot: turn.bot }]));
  if (read.length === 0) return null;
  const roles = new Map(participants.map(({ id, role }) => [id, role]));
  const missed = read.filter(({ bot }) => bot.missed).map(({ turn }) => turn);
  const handOver =
    turns.find(
      ({ bot, participantId, text }) =>
        (bot !== undefined && handOverIntent.test(bot.intent ?? "")) ||
        (roles.get(participantId) === "bot" && handOverWords.test(text)),
    ) ?? null;
  const understood = read.filter(({ bot }) => !bot.missed);
  const intents = pathsOf(read);
  const resolved = new Set(intents.flatMap(({ intent, turnsToResolution }) => (turnsToResolution === null ? [] : [intent])));
  const fulfilled = read.findLastIndex(
    ({ bot: { intent, ...bot } }) =>
      intent !== null &&
      resolved.has(intent) &&
      isFulfilled({ ...bot, intent }) &&
      !handOverIntent.test(intent) &&
      !courtesy.test(intent),
  );
  return {
    utterances: read.length,
    missed,
    fallbackRate: missed.length / read.length,
    confidence: mean(understood.flatMap(({ bot }) => bot.confidence ?? [])),
    intents,
    handOver,
    contained: handOver === null && !turns.some(({ participantId }) => roles.get(participantId) === "agent"),
    turnsToResolution: fulfilled < 0 ? null : fulfilled + 1,
  };
}

/** Intents that open or close a session and resolve nothing. */
const courtesy = /^(?:greet|welcome|hello|hi$|thank|good.?bye|bye)/iu;

/** Whether an intent came to its end; in Lex V1 a dialogue that is ready is handed to the program that fulfils it. */
function isFulfilled({ state }: BotReading): boolean {
  return /^(?:fulfilled|readyforfulfillment)$/iu.test(state ?? "");
}

function pathsOf(read: readonly { readonly turn: Turn; readonly bot: BotReading }[]): IntentPath[] {
  const found = new Map<string, { turn: Turn; bot: BotReading; index: number }[]>();
  for (const [index, { turn, bot }] of read.entries()) {
    if (bot.intent === null || bot.missed) continue;
    const known = found.get(bot.intent);
    if (known === undefined) found.set(bot.intent, [{ turn, bot, index }]);
    else known.push({ turn, bot, index });
  }
  return [...found].map(([intent, all]): IntentPath => {
    const last = all.at(-1)?.bot;
    // What was ready and then failed has resolved nothing.
    const resolved = /^failed$/iu.test(last?.state ?? "") ? undefined : all.find(({ bot }) => isFulfilled(bot));
    const first = all[0]?.index ?? 0;
    return {
      intent,
      turnIds: all.map(({ turn }) => turn.id),
      state: last?.state ?? null,
      confirmation: all.findLast(({ bot }) => bot.confirmation != null)?.bot.confirmation ?? null,
      slots: Object.assign({}, ...all.map(({ bot }) => bot.slots)) as Record<string, string | null>,
      confidence: mean(all.flatMap(({ bot }) => bot.confidence ?? [])),
      turnsToResolution: resolved === undefined ? null : resolved.index - first + 1,
    };
  });
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
