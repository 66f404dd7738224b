import { z } from "zod";
import { genesysFacts } from "./contact-facts.ts";
import { at, type KnownPart, notesOn } from "./import-notes.ts";
import {
  buildTranscript,
  type DraftSentiment,
  type DraftSpeaker,
  type DraftTurn,
  type ImportedConversation,
  type ImportNote,
  madeBy,
  noWordTimes,
  numberOrNull,
  roleOf,
  textOrNull,
  toInstant,
  toLanguage,
} from "./imported.ts";
import { malformed } from "./json-text.ts";
import { readEach } from "./read-each.ts";
import { callHead } from "./spoken.ts";
import { type SpokenItem, wordsOf } from "./spoken-words.ts";
import { categoriesIn, findingsIn, loudnessIn } from "./vendor-findings.ts";
import { answersIn, contactSummaries } from "./vendor-summaries.ts";
import { instantInZone, isTimeZone } from "./zoned-time.ts";

/*
 * Results of two sample solutions of AWS with the same outer shape: post call analytics, whose speakers are spk_N, and
 * conversation intelligence, whose speakers are the roles themselves and whose times are text.
 */

const segmentSchema = z.object({
  SegmentStartTime: numberOrNull,
  SegmentEndTime: numberOrNull,
  SegmentSpeaker: textOrNull,
  IVRSegment: z.boolean().nullish().catch(null),
  DisplayText: textOrNull,
  OriginalText: textOrNull,
  WordConfidence: z.array(z.unknown()).nullish().catch(null),
  SentimentIsPositive: numberOrNull,
  SentimentIsNegative: numberOrNull,
  SentimentScore: numberOrNull,
  BaseSentiment: textOrNull,
});
const segmentList = { schema: segmentSchema, where: "SpeechSegments", otherwise: "A segment that is none." };
const trendSchema = z.object({
  SentimentScore: numberOrNull,
  SentimentChange: numberOrNull,
  SentimentPerQuarter: z
    .array(z.object({ Score: numberOrNull }))
    .nullish()
    .catch(null),
});
const wordSchema = z.object({ Text: textOrNull, Confidence: numberOrNull, StartTime: numberOrNull, EndTime: numberOrNull });
const labelSchema = z.object({ Speaker: textOrNull, DisplayText: textOrNull });

const parts: readonly KnownPart[] = [
  ["ConversationAnalytics.SpeakerTime", "converted", "Talk time and silences are measured anew from the turns."],
  ["ConversationAnalytics.SentimentTrends", "kept", "Amazon's sentiment, beside what Earmark reads from the words."],
  ["ConversationAnalytics.Summary.Topic", "kept", "The topic that the other program named."],
  ["ConversationAnalytics.Summary", "kept", "The summary and the other answers of the other program."],
  ["ConversationAnalytics.ContactSummary", "kept", "Amazon's summary, beside what Earmark finds."],
  ["ConversationAnalytics.CategoriesDetected", "kept", "The categories that Amazon matched, at the turns it gives."],
  ["ConversationAnalytics.CustomEntities", "ignored", "The entities that Amazon found."],
  ["ConversationAnalytics.Telephony", "ignored", "The telephone system's own record of the call, but for queue and direction."],
  ["ConversationAnalytics.SourceInformation", "ignored", "How the other program transcribed the call."],
];

/** Whether a parsed file is a result of post call analytics. */
export function isPostCallAnalytics(value: Record<string, unknown>): boolean {
  return hasSegments(value) && !isConversationIntelligence(value);
}

/** Whether a parsed file is a result of conversation intelligence. */
export function isConversationIntelligence(value: Record<string, unknown>): boolean {
  if (!hasSegments(value)) return false;
  if ("RawTranscript" in value) return true;
  const segments: unknown = value["SpeechSegments"];
  const speakers = Array.isArray(segments) ? segments.map((segment) => at(segment, "SegmentSpeaker")) : [];
  return speakers.length > 0 && !speakers.some((speaker) => typeof speaker === "string" && /^spk_|^IVR/u.test(speaker));
}

function hasSegments(value: Record<string, unknown>): boolean {
  return Array.isArray(value["SpeechSegments"]) && "ConversationAnalytics" in value;
}

/** Reads a result of post call analytics. Throws `format-malformed`. */
export function readPostCallAnalytics(value: unknown): ImportedConversation {
  const { startedAt, timeZone, zoneNotes } = beginOf(value);
  const read = readSegments(value, "Post call analytics result", "Amazon Transcribe");
  return { ...read, startedAt, timeZone, notes: [...read.notes, ...zoneNotes] };
}

/** Reads a result of conversation intelligence. Throws `format-malformed`. */
export function readConversationIntelligence(value: unknown): ImportedConversation {
  return readSegments(value, "Conversation intelligence result", "faster-whisper");
}

function readSegments(value: unknown, format: string, engine: string): ImportedConversation {
  const raws = at(value, "SpeechSegments");
  if (!Array.isArray(raws)) throw malformed("The file has no list of segments.", null, null, "SpeechSegments");
  const labels = labelsOf(at(value, "ConversationAnalytics.SpeakerLabels"));
  const names = {
    agent: nameAt(value, "ConversationAnalytics.Agent"),
    customer: nameAt(value, "ConversationAnalytics.Cust"),
  };
  const notes: ImportNote[] = notesOn(value, parts);
  const turns: DraftTurn[] = [];
  let wordless = 0;
  let silent = 0;
  for (const { value: segment, raw } of readEach(raws, segmentList, notes)) {
    const startMs = segment.SegmentStartTime == null ? (turns.at(-1)?.endMs ?? 0) : segment.SegmentStartTime * 1_000;
    const endMs = segment.SegmentEndTime == null ? startMs : segment.SegmentEndTime * 1_000;
    const words = wordsOf(itemsOf(segment.WordConfidence ?? []), { startMs, endMs });
    const text = (segment.DisplayText ?? segment.OriginalText ?? "").trim();
    if (text === "") silent++;
    else if (words.length === 0) wordless++;
    const vendor = moodOf(segment);
    turns.push({
      speaker: speakerFor(segment, labels, names),
      startMs,
      endMs,
      text,
      words,
      ...(vendor === null || text === "" ? {} : { vendor }),
      found: [...findingsIn(raw), ...categoriesIn(raw)],
      loudness: loudnessIn(raw),
    });
  }
  if (silent > 0) notes.push({ level: "kept", what: `Stretches of speech without words: ${silent}.`, where: "SpeechSegments" });
  const seconds = numberOrNull.parse(at(value, "ConversationAnalytics.Duration")) ?? 0;
  return {
    ...callHead(format),
    ...genesysFacts(value),
    transcript: buildTranscript({
      turns,
      durationMs: seconds * 1_000,
      language: toLanguage(nameAt(value, "ConversationAnalytics.LanguageCode")),
      shortfalls: wordless > 0 ? [noWordTimes] : [],
      provenance: madeBy(engine),
      vendor: {
        source: format,
        sentiment: trendsOf(at(value, "ConversationAnalytics.SentimentTrends")),
        topics: topicsOf(nameAt(value, "ConversationAnalytics.Summary.Topic")),
        summaries: [...answersIn(at(value, "ConversationAnalytics.Summary")), ...contactSummaries(value)],
      },
    }),
    notes,
  };
}

/** The answer to "Topic" of the other program's language model; none where it had none. */
function topicsOf(answer: string | null): string[] {
  return answer === null || /^(?:n\/?a|none|unknown|sorry\b.*)\.?$/iu.test(answer) ? [] : [answer];
}

/** What the file says of a segment's mood: a magnitude whose sign two flags tell (post call analytics), or a label. Null where it says nothing. */
function moodOf(segment: z.infer<typeof segmentSchema>): { label: string | null; score: number | null } | null {
  if (segment.BaseSentiment != null) return { label: segment.BaseSentiment.toLowerCase(), score: null };
  if (segment.SentimentIsPositive == null || segment.SentimentIsNegative == null) return null;
  const sign = segment.SentimentIsNegative === 1 ? -1 : segment.SentimentIsPositive === 1 ? 1 : 0;
  const score = sign === 0 ? 0 : sign * Math.abs(segment.SentimentScore ?? 0);
  return { label: ["negative", "neutral", "positive"][sign + 1] ?? null, score };
}

function trendsOf(trends: unknown): DraftSentiment[] {
  if (typeof trends !== "object" || trends === null) return [];
  return Object.entries(trends).flatMap(([key, raw]): DraftSentiment[] => {
    const trend = trendSchema.safeParse(raw).data;
    if (trend === undefined) return [];
    return [
      {
        key,
        score: trend.SentimentScore ?? null,
        change: trend.SentimentChange ?? null,
        quarters: (trend.SentimentPerQuarter ?? []).slice(0, 4).map(({ Score }) => Score ?? null),
      },
    ];
  });
}

/** Words come with the space before them; a piece without one belongs to the word before it. */
function itemsOf(list: readonly unknown[]): SpokenItem[] {
  return list.flatMap((raw, index): SpokenItem[] => {
    const word = wordSchema.safeParse(raw).data;
    if (word === undefined) return [];
    const text = word.Text ?? "";
    return [
      {
        text,
        startMs: word.StartTime == null ? null : word.StartTime * 1_000,
        endMs: word.EndTime == null ? null : word.EndTime * 1_000,
        confidence: word.Confidence ?? null,
        punctuation: index > 0 && /^\p{P}+$/u.test(text),
      },
    ];
  });
}

function labelsOf(list: unknown): Map<string, string> {
  const found = new Map<string, string>();
  for (const raw of Array.isArray(list) ? list : []) {
    const one = labelSchema.safeParse(raw).data;
    if (one?.Speaker != null && one.DisplayText != null) found.set(one.Speaker, one.DisplayText);
  }
  return found;
}

function speakerFor(
  segment: z.infer<typeof segmentSchema>,
  labels: ReadonlyMap<string, string>,
  names: { readonly agent: string | null; readonly customer: string | null },
): DraftSpeaker {
  const key = segment.SegmentSpeaker ?? "";
  if (segment.IVRSegment === true || key.toUpperCase() === "IVR") return { key: "IVR", role: "ivr" };
  const label = labels.get(key) ?? key;
  const role = roleOf(label);
  const bare = /^(?:agent|customer|caller|spk_\d+|speaker.?\d*)$/iu.test(label);
  const name = bare ? (role === "agent" ? names.agent : role === "customer" ? names.customer : null) : label;
  return { key, role, name };
}

/** When a call began: the file gives the local time of a place, or, where it knew none, the time it was worked on. */
function beginOf(value: unknown): { startedAt: string | null; timeZone: string | null; zoneNotes: ImportNote[] } {
  const where = "ConversationAnalytics.ConversationTime";
  const time = nameAt(value, where);
  const zone = nameAt(value, "ConversationAnalytics.ConversationLocation");
  const timeZone = zone !== null && isTimeZone(zone) ? zone : null;
  if (time === null) return { startedAt: null, timeZone, zoneNotes: [] };
  if (time === nameAt(value, "ConversationAnalytics.ProcessTime"))
    return {
      startedAt: null,
      timeZone,
      zoneNotes: [{ level: "ignored", what: "A time of the call that is the time of its transcription.", where }],
    };
  return { startedAt: timeZone === null ? toInstant(time) : instantInZone(time, timeZone), timeZone, zoneNotes: [] };
}

function nameAt(value: unknown, path: string): string | null {
  const found = at(value, path);
  return typeof found === "string" && found.trim() !== "" && found !== "None" ? found.trim() : null;
}
