import { at } from "./import-notes.ts";
import { buildTranscript, type DraftTurn, type ImportedConversation, type ImportNote, madeBy, toInstant } from "./imported.ts";
import { malformed } from "./json-text.ts";
import type { LogEntries } from "./log-entries.ts";

/** One exchange of a bot's log: what the customer said and what the bot answered. */
export interface LexEvent {
  readonly sessionId: string;
  /** When, as the log writes it; null where it does not say. */
  readonly at: string | number | null;
  readonly where: string;
  /** Without times: they follow from the event's. */
  readonly turns: readonly Omit<DraftTurn, "startMs" | "endMs">[];
  readonly language: string | null;
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
export function readLexSession(
  format: string,
  events: readonly LexEvent[],
  unreadable: LogEntries["unreadable"],
  moreNotes: readonly ImportNote[] = [],
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

  const timed = chosen.map((event) => ({ event, at: instantOf(event.at) }));
  const first = timed.reduce((least, { at }) => (at === null ? least : Math.min(least, at)), Number.POSITIVE_INFINITY);
  const began = Number.isFinite(first) ? first : null;
  // An exchange without a time stays behind the one before it.
  let last = 0;
  const turns: DraftTurn[] = [];
  const placed = timed.map(({ event, at }) => {
    if (at !== null && began !== null) last = at - began;
    return { event, ms: last };
  });
  for (const { event, ms } of placed.toSorted((a, b) => a.ms - b.ms))
    for (const turn of event.turns) turns.push({ ...turn, startMs: ms, endMs: ms });
  if (timed.some(({ at }) => at === null))
    notes.push({ level: "converted", what: "Exchanges without a time stand where the file has them.", where: "timestamp" });

  return {
    format,
    kind: "chat",
    channel: "bot",
    title: null,
    startedAt: toInstant(began),
    timeZone: null,
    transcript: buildTranscript({
      turns,
      language: chosen.find(({ language }) => language !== null)?.language ?? null,
      provenance: madeBy("Amazon Lex"),
    }),
    notes: [...moreNotes, ...notes],
  };
}

function instantOf(at: string | number | null): number | null {
  const instant = toInstant(at);
  return instant === null ? null : Date.parse(instant);
}
