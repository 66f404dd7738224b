import type { z } from "zod";
import type { BotReading } from "../conversation/conversation.ts";
import { at } from "./import-notes.ts";
import type { DraftSpeaker, DraftTurn, ImportedConversation, ImportNote } from "./imported.ts";
import { malformed } from "./json-text.ts";
import type { LogEntries } from "./log-entries.ts";
import { type DraftMessage, messagedConversation } from "./messages.ts";

/** One exchange of a bot's log: what the customer said and what the bot answered. */
interface LexEvent {
  readonly sessionId: string;
  /** When, as the log writes it; null where it does not say. */
  readonly at: string | number | null;
  readonly where: string;
  /** Without times: they follow from the event's. */
  readonly turns: readonly Omit<DraftMessage, "at">[];
  readonly language: string | null;
}

/** What an entry of a log says, whatever version of Lex wrote it. */
export interface LexExchange {
  readonly sessionId: string;
  /** As the entry itself says; null where it leaves that to the log service. */
  readonly at: string | number | null;
  readonly botName: string | null;
  /** Empty where the customer said nothing. */
  readonly said: string;
  /** What the bot made of it. */
  readonly reading: BotReading;
  readonly replies: readonly string[];
  readonly mood: DraftTurn["vendor"];
  readonly language: string | null;
}

/** A version of Lex' logs. */
export interface LexFormat<Entry extends z.ZodType> {
  /** For people. */
  readonly name: string;
  readonly is: (entry: Record<string, unknown>) => boolean;
  readonly schema: Entry;
  readonly exchange: (entry: z.infer<Entry>) => LexExchange;
  /** Where Amazon's sentiment stands in an entry. */
  readonly sentiment: string;
}

const customer: DraftSpeaker = { key: "customer", role: "customer" };

/** Reads the log of a bot in one of Lex' versions. Throws `format-malformed`. */
export function readLexLog<Entry extends z.ZodType>(log: LogEntries, format: LexFormat<Entry>): ImportedConversation {
  const events: LexEvent[] = [];
  let others = 0;
  let sentiments = 0;
  for (const { value, loggedAt, where } of log.entries) {
    const parsed = format.is(value) ? format.schema.safeParse(value).data : undefined;
    if (parsed === undefined) {
      others++;
      continue;
    }
    const { sessionId, at, botName, said, reading, replies, mood, language } = format.exchange(parsed);
    const bot: DraftSpeaker = { key: "bot", role: "bot", name: botName };
    if (mood !== undefined) sentiments++;
    events.push({
      sessionId,
      at: at ?? loggedAt,
      where,
      turns: [
        ...(said === ""
          ? []
          : [{ speaker: customer, text: said, bot: reading, ...(mood === undefined ? {} : { vendor: mood }) }]),
        ...replies.filter((text) => text !== "").map((text) => ({ speaker: bot, text })),
      ],
      language,
    });
  }
  const notes: ImportNote[] = [];
  if (others > 0)
    notes.push({ level: "ignored", what: `Entries that are no exchange with the bot: ${others}.`, where: "the whole file" });
  if (sentiments > 0)
    notes.push({
      level: "kept",
      what: `Amazon's sentiment of utterances (${sentiments}), beside what Earmark reads from the words.`,
      where: format.sentiment,
    });
  return readLexSession(format.name, events, log.unreadable, notes);
}

/**
 * What Amazon thought of an utterance: its label, and how sure it was of that from 0 to 1. Lex V2 writes the scores as an
 * object, the runtime of V1 as a text that is no JSON: "{Positive: 0.1, Negative: 0.2}". Undefined where it says nothing.
 */
export function lexMood(response: unknown): NonNullable<DraftTurn["vendor"]> | undefined {
  const said = at(response, "sentiment") ?? at(response, "sentimentLabel");
  if (typeof said !== "string" || said.trim() === "") return undefined;
  const label = said.trim().toLowerCase().slice(0, 40);
  const scores = at(response, "sentimentScore");
  const named = label.charAt(0).toUpperCase() + label.slice(1);
  const written =
    typeof scores === "string"
      ? new RegExp(`\\b${named.replaceAll(/[^A-Za-z]/gu, "")}\\s*:\\s*(\\d*\\.?\\d+(?:[eE]-?\\d+)?)`, "iu").exec(scores)?.[1]
      : (at(scores, label) ?? at(scores, named));
  const score = written === undefined || written === null ? Number.NaN : Number(written);
  return { label, score: score >= 0 && score <= 1 ? score : null };
}

/** More sessions than this are counted, not named. */
const mostSessionsNamed = 20;

/**
 * Makes one conversation of a bot's log. A conversation is one session: of several the one with most exchanges is read,
 * and the others are named among the notes. Throws `format-malformed` where nothing was said in the log at all.
 */
function readLexSession(
  format: string,
  events: readonly LexEvent[],
  unreadable: LogEntries["unreadable"],
  moreNotes: readonly ImportNote[],
): ImportedConversation {
  const sessions = new Map<string, LexEvent[]>();
  for (const event of events) {
    const known = sessions.get(event.sessionId);
    if (known === undefined) sessions.set(event.sessionId, [event]);
    else known.push(event);
  }
  let chosen: LexEvent[] = [];
  for (const session of sessions.values()) if (session.length > chosen.length) chosen = session;
  if (chosen.length === 0) throw malformed("The log has no exchange between a customer and a bot.");

  const notes: ImportNote[] = [];
  let named = 0;
  for (const [id, session] of sessions) {
    if (session === chosen) continue;
    named++;
    if (named > mostSessionsNamed) continue;
    notes.push({
      level: "ignored",
      what: `Another session, ${session.length} ${session.length === 1 ? "exchange" : "exchanges"}: ${id.slice(0, 80)}.`,
      where: session[0]?.where ?? "",
    });
  }
  if (named > mostSessionsNamed)
    notes.push({ level: "ignored", what: `${named - mostSessionsNamed} more sessions.`, where: "the whole file" });
  for (const where of unreadable.slice(0, 20)) notes.push({ level: "ignored", what: "An entry that cannot be read.", where });
  if (unreadable.length > 20)
    notes.push({
      level: "ignored",
      what: "More entries that cannot be read.",
      where: "the whole file",
    });

  return messagedConversation({
    format,
    channel: "bot",
    engine: "Amazon Lex",
    language: chosen.find(({ language }) => language !== null)?.language ?? null,
    messages: chosen.flatMap(({ at: sentAt, turns }) => turns.map((turn) => ({ ...turn, at: sentAt }))),
    notes: [...moreNotes, ...notes],
  });
}
