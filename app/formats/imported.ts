import { z } from "zod";
import type { ImportNoteView } from "../contract/import-views.ts";
import type {
  BotReading,
  Channel,
  Participant,
  Provenance,
  Role,
  Shortfall,
  Transcript,
  Turn,
  VendorSummary,
} from "../conversation/conversation.ts";
import type { ContactDirection } from "./contact-facts.ts";
import { type DraftFinding, placeFindings, placeLoudness, type TimedFinding } from "./vendor-findings.ts";

/** What became of a part of a file that does not simply become turns and words. */
export type ImportNote = ImportNoteView;

/** A conversation read from a file that some other program wrote. */
export interface ImportedConversation {
  /** The format for people: "Amazon Connect chat transcript". */
  readonly format: string;
  readonly kind: "call" | "chat";
  readonly channel: Channel;
  readonly title: string | null;
  /** ISO 8601 UTC; null where the file does not say. */
  readonly startedAt: string | null;
  /** IANA zone; null where the file does not say. */
  readonly timeZone: string | null;
  /** The queue that it came through, and who began it; left out where the format tells nothing of it. */
  readonly queue?: string | null;
  readonly direction?: ContactDirection | null;
  readonly transcript: Transcript;
  readonly notes: readonly ImportNote[];
}

/** A voice or writer as a file names it. */
export interface DraftSpeaker {
  /** The file's own key; becomes a participant once however often it is named. */
  readonly key: string;
  readonly role: Role;
  /** Null where the source knew; a number where it only guessed by order. */
  readonly roleConfidence?: number | null;
  readonly name?: string | null;
  readonly channel?: number | null;
}

/** A word as a file gives it; times in milliseconds, any number. */
export interface DraftWord {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly confidence: number | null;
  /** The kind of personal data that the other program has masked here. */
  readonly redaction?: string;
}

/** A turn as a file gives it. */
export interface DraftTurn {
  readonly speaker: DraftSpeaker;
  readonly startMs: number;
  readonly endMs: number;
  readonly text: string;
  readonly words?: readonly DraftWord[];
  readonly translation?: string;
  readonly language?: string;
  readonly bot?: BotReading;
  /** What the other program thought of its mood. */
  readonly vendor?: Turn["vendor"];
  /** What the other program found in it. */
  readonly found?: readonly DraftFinding[];
  /** How loud the other program heard each second of it. */
  readonly loudness?: readonly (number | null)[] | undefined;
}

/** What another program measured of one speaker. */
export interface DraftSentiment {
  /** The speaker's key. */
  readonly key: string;
  readonly score: number | null;
  readonly change: number | null;
  readonly quarters: readonly (number | null)[];
}

/** What another program measured of a conversation, and its name. */
export interface VendorDraft {
  readonly source: string;
  readonly sentiment: readonly DraftSentiment[];
  readonly topics?: readonly string[];
  readonly categories?: readonly TimedFinding[];
  readonly summaries?: readonly VendorSummary[];
}

/** Longest conversation that is believed: ten years. A larger number in a file is a mistake or an attack. */
const longestMs = 10 * 366 * 24 * 3_600_000;

/** A time in milliseconds as the conversation keeps it: a whole number from 0 to ten years; 0 for anything else. */
export function toMs(milliseconds: number): number {
  return Number.isFinite(milliseconds) ? Math.min(longestMs, Math.max(0, Math.round(milliseconds))) : 0;
}

/** A probability; null for anything that is none. */
export function toConfidence(value: number | null | undefined): number | null {
  return value === null || value === undefined || !Number.isFinite(value) ? null : Math.min(1, Math.max(0, value));
}

/** A language tag as BCP 47 writes it (`en_US` becomes `en-US`); null for what is none. */
export function toLanguage(tag: string | null | undefined): string | null {
  const written = tag?.trim().replaceAll("_", "-") ?? "";
  return /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/u.test(written)
    ? written.replace(/^[A-Za-z]+/u, (start) => start.toLowerCase())
    : null;
}

/**
 * An instant as ISO 8601 UTC; null for what is none. Takes ISO text, or milliseconds since the epoch. Text that names no
 * zone is in UTC: logs mean that, and the zone of the computer that reads the file says nothing about it.
 */
export function toInstant(value: string | number | null | undefined): string | null {
  if (value === null || value === undefined) return null;
  const milliseconds = typeof value === "number" ? value : parseInstant(value.trim());
  // Four-digit years: what the conversation schema, and every reader of dates, agrees on.
  return Number.isFinite(milliseconds) && milliseconds > -62_167_219_200_000 && milliseconds < 253_402_300_800_000
    ? new Date(milliseconds).toISOString()
    : null;
}

function parseInstant(text: string): number {
  const bare = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)$/u.exec(text);
  return Date.parse(bare === null ? text : `${bare[1]}T${bare[2]?.replace(",", ".")}Z`);
}

/** Builds a transcript: gives ids, orders turns by start, joins speakers by key, puts every number into its bounds. */
export function buildTranscript(draft: {
  readonly turns: readonly DraftTurn[];
  /** Speakers to list even if they say nothing. */
  readonly speakers?: readonly DraftSpeaker[];
  readonly durationMs?: number;
  readonly language?: string | null;
  readonly shortfalls?: readonly Shortfall[];
  readonly provenance?: Provenance | null;
  readonly vendor?: VendorDraft;
}): Transcript {
  const participants = new Map<string, Participant>();
  const participantOf = (speaker: DraftSpeaker): Participant => {
    const known = participants.get(speaker.key);
    if (known !== undefined) return known;
    const name = speaker.name?.trim() ?? "";
    const participant: Participant = {
      id: `p${participants.size + 1}`,
      role: speaker.role,
      roleConfidence: speaker.roleConfidence ?? null,
      name: name === "" ? null : name.slice(0, 200),
      channel: speaker.channel ?? null,
    };
    participants.set(speaker.key, participant);
    return participant;
  };
  for (const speaker of draft.speakers ?? []) participantOf(speaker);

  let words = 0;
  let longest = toMs(draft.durationMs ?? 0);
  const ordered = [...draft.turns].sort((a, b) => toMs(a.startMs) - toMs(b.startMs));
  const turns = ordered.map((turn, index): Turn => {
    const startMs = toMs(turn.startMs);
    const endMs = Math.max(startMs, toMs(turn.endMs));
    longest = Math.max(longest, endMs);
    return {
      id: `t${index + 1}`,
      participantId: participantOf(turn.speaker).id,
      startMs,
      endMs,
      text: turn.text.trim(),
      words: (turn.words ?? []).map((word) => {
        const start = toMs(word.startMs);
        words++;
        return {
          id: `w${words}`,
          text: word.text.trim(),
          startMs: start,
          endMs: Math.max(start, toMs(word.endMs)),
          confidence: toConfidence(word.confidence),
          ...(word.redaction === undefined ? {} : { redaction: word.redaction }),
        };
      }),
      ...(turn.translation === undefined ? {} : { translation: turn.translation.trim() }),
      ...(turn.language === undefined ? {} : { language: turn.language }),
      ...(turn.bot === undefined ? {} : { bot: turn.bot }),
      ...(turn.vendor === undefined ? {} : { vendor: turn.vendor }),
      speakerConfidence: null,
    };
  });
  const measured = (draft.vendor?.sentiment ?? []).flatMap(({ key, score, change, quarters }) => {
    const participant = participants.get(key);
    return participant === undefined ? [] : [{ participantId: participant.id, score, change, quarters: [...quarters] }];
  });
  const found = turns.map((turn, index) => ({ turn, found: ordered[index]?.found ?? [], loudness: ordered[index]?.loudness }));
  const findings = placeFindings(found, draft.vendor?.categories ?? []);
  const loudness = placeLoudness(found);
  const topics = (draft.vendor?.topics ?? []).map((topic) => topic.trim().slice(0, 200)).filter((topic) => topic !== "");
  const summaries = draft.vendor?.summaries ?? [];
  return {
    durationMs: longest,
    language: draft.language ?? null,
    participants: [...participants.values()],
    turns,
    ...([measured, topics, findings, loudness, summaries].every((each) => each.length === 0)
      ? {}
      : {
          vendor: {
            source: draft.vendor?.source ?? "",
            sentiment: measured,
            ...(topics.length === 0 ? {} : { topics }),
            ...(findings.length === 0 ? {} : { findings }),
            ...(loudness.length === 0 ? {} : { loudness }),
            ...(summaries.length === 0 ? {} : { summaries: [...summaries] }),
          },
        }),
    shortfalls: [...(draft.shortfalls ?? [])],
    provenance: draft.provenance ?? null,
  };
}

/** What a transcript of another program lacks where it has no times of words. */
export const noWordTimes: Shortfall = { lacks: "word-times", reason: "not-asked", modelId: null };

/** Names the program that made a transcript. */
export function madeBy(engine: string): Provenance {
  return { engine, models: [], executionProvider: null };
}

/** The part of the conversation that a role word names: AGENT, Customer, Caller, bot, IVR. */
export function roleOf(word: string): Role {
  const plain = word.toLowerCase();
  if (/\b(?:agent|advis[eo]r|representative|rep|operator|csr|associate|support|clerk|consultant)\b/u.test(plain)) return "agent";
  if (/\b(?:customer|caller|client|member|user|guest|patient|kunde)\b/u.test(plain)) return "customer";
  if (/bot\b|\bassistant\b|\bvirtual\b/u.test(plain)) return "bot";
  if (/\bivr\b/u.test(plain)) return "ivr";
  return "other";
}

// ── Tolerant pieces of schemas ──────────────────────────────────────────────────────────────────────────────────────

/** A number, or a number written as text. Anything else fails. */
export const looseNumber = z.union([
  z.number(),
  z
    .string()
    .regex(/^\s*-?\d{1,20}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,3})?\s*$/u)
    .transform(Number)
    // "1e309" is no number that anything can be done with.
    .pipe(z.number()),
]);

/** A number, or null where there is none or something else. */
export const numberOrNull = looseNumber.nullish().catch(null);

/** Text, with numbers and booleans written out; null where there is none or something else. */
export const textOrNull = z
  .union([z.string(), z.number().transform(String), z.boolean().transform(String)])
  .nullish()
  .catch(null);
