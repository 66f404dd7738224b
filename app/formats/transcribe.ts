import { z } from "zod";
import { at, notesOn } from "./import-notes.ts";
import {
  type DraftSpeaker,
  type DraftTurn,
  type ImportedConversation,
  type ImportNote,
  numberOrNull,
  textOrNull,
  toLanguage,
} from "./imported.ts";
import { malformed } from "./json-text.ts";
import { spokenConversation } from "./spoken.ts";
import { longestPauseMs, turnsOfWords, type VoicedWord, wordsOf } from "./spoken-words.ts";

/*
 * Amazon Transcribe's own output. Its numbers are text, its marks have no times, and who speaks stands either with each
 * word, or in a second list that is matched by start time, or in a list for each channel.
 */

const itemSchema = z.object({
  type: textOrNull,
  start_time: numberOrNull,
  end_time: numberOrNull,
  speaker_label: textOrNull,
  channel_label: textOrNull,
  alternatives: z
    .array(z.object({ confidence: numberOrNull, content: textOrNull }))
    .catch([])
    .default([]),
});
type Item = z.infer<typeof itemSchema>;

const listSchema = z.array(z.unknown()).catch([]).default([]);
const resultsSchema = z.object({
  transcripts: listSchema,
  items: listSchema,
  language_code: textOrNull,
  channel_labels: z.object({ channels: listSchema }).nullish().catch(null),
  speaker_labels: z.object({ segments: listSchema }).nullish().catch(null),
});
const channelSchema = z.object({ channel_label: textOrNull, items: listSchema });
const segmentSchema = z.object({
  speaker_label: textOrNull,
  items: z
    .array(z.object({ start_time: textOrNull, speaker_label: textOrNull }))
    .catch([])
    .default([]),
});

/** A side is cut at pauses of this length, so that what the other says can come in between. */
const channelPauseMs = 1_000;

/** Whether a parsed file is a result of Amazon Transcribe. */
export function isTranscribe(value: Record<string, unknown>): boolean {
  return Array.isArray(at(value, "results.transcripts")) || Array.isArray(at(value, "results.items"));
}

/** Reads a result of Amazon Transcribe, told apart by speakers, by channels, or not at all. Throws `format-malformed`. */
export function readTranscribe(value: unknown): ImportedConversation {
  const parsed = resultsSchema.safeParse(at(value, "results"));
  if (!parsed.success) throw malformed("The file has no results of a transcription.", null, null, "results");
  const results = parsed.data;
  const language = toLanguage(results.language_code) ?? languageOfParts(value);
  const notes: ImportNote[] = notesOn(value, [
    ["results.language_identification", "ignored", "How sure Amazon was of the language."],
    [
      "results.language_codes",
      "converted",
      "Of several languages that Amazon found, the one spoken longest is the conversation's.",
    ],
    ["results.audio_segments", "ignored", "The same words once more, in Amazon's own segments."],
    ["results.toxicity_detection", "ignored", "Amazon's findings of toxic speech."],
    ["jobName", "ignored", "The name of the job in Amazon Transcribe."],
  ]);

  const speakerAt = speakersByStart(results.speaker_labels?.segments ?? []);
  const channels = (results.channel_labels?.channels ?? []).flatMap((one) => channelSchema.safeParse(one).data ?? []);
  const lists =
    channels.length > 0
      ? channels.map((channel, index) => ({ label: channel.channel_label ?? `ch_${index}`, items: channel.items }))
      : [{ label: null, items: results.items }];

  let unreadable = 0;
  let voices = false;
  const turns: DraftTurn[] = [];
  let firstWords: readonly VoicedWord[] = [];
  let echoes = 0;
  for (const [number, { label, items }] of lists.entries()) {
    const read: Item[] = [];
    for (const raw of items) {
      const item = itemSchema.safeParse(raw);
      if (item.success) read.push(item.data);
      else unreadable++;
    }
    const words = voicedWords(read, label, speakerAt);
    if (number === 0) firstWords = words;
    else if (isEcho(firstWords, words)) {
      notes.push({
        level: "ignored",
        what: "A channel that says the same as the first: the recording is mono twice.",
        where: `results.channel_labels.channels[${number}]`,
      });
      echoes++;
      continue;
    }
    voices ||= words.some(({ speaker }) => speaker.key !== "");
    for (const turn of turnsOfWords(words, language, lists.length > 1 ? channelPauseMs : longestPauseMs)) turns.push(turn);
  }
  if (unreadable > 0) notes.push({ level: "ignored", what: `Items that are no words: ${unreadable}.`, where: "results.items" });

  const whole = z.array(z.object({ transcript: textOrNull })).safeParse(results.transcripts).data ?? [];
  const text = whole
    .map(({ transcript }) => transcript ?? "")
    .join(" ")
    .trim();
  const withoutWords = turns.length === 0 && text !== "";
  if (withoutWords) turns.push({ speaker: { key: "", role: "other" }, startMs: 0, endMs: 0, text });
  const several = lists.length - echoes > 1;
  // What is left of twice the same channel holds both sides.
  const mono = echoes > 0 && !several;
  return spokenConversation({
    format: several
      ? "Amazon Transcribe result, by channel"
      : voices
        ? "Amazon Transcribe result, by speaker"
        : "Amazon Transcribe result",
    engine: "Amazon Transcribe",
    language,
    turns,
    notes,
    wordless: withoutWords,
    voices: voices && !mono,
  });
}

/** Fewer words than this may be the same by chance: two sides who greet each other at once. */
const leastWordsOfEcho = 10;

/** Whether one channel says what the other says at the same time, as in mono recordings made stereo. */
function isEcho(one: readonly VoicedWord[], other: readonly VoicedWord[]): boolean {
  if (other.length < leastWordsOfEcho) return false;
  let same = 0;
  let index = 0;
  for (const word of other) {
    while (index < one.length && (one[index]?.startMs ?? 0) < word.startMs - 300) index++;
    const match = one[index];
    if (match !== undefined && Math.abs(match.startMs - word.startMs) <= 300 && plain(match.text) === plain(word.text)) {
      same++;
      index++;
    }
  }
  return same >= other.length * 0.9;
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll(/\p{P}+/gu, "");
}

function voicedWords(items: readonly Item[], list: string | null, speakerAt: ReadonlyMap<string, string>): VoicedWord[] {
  const spoken = items.map((item) => {
    const best = item.alternatives[0];
    return {
      text: best?.content ?? "",
      startMs: item.start_time == null ? null : item.start_time * 1_000,
      endMs: item.end_time == null ? null : item.end_time * 1_000,
      confidence: best?.confidence ?? null,
      punctuation: item.type === "punctuation",
    };
  });
  const words = wordsOf(spoken);
  // Words come out in the order of the items that are not joined to one before.
  const speakers: DraftSpeaker[] = [];
  let known: string | null = null;
  for (const [index, item] of items.entries()) {
    const one = spoken[index];
    if (one === undefined || one.text.trim() === "" || (one.punctuation && speakers.length > 0)) continue;
    const channel = list ?? item.channel_label ?? null;
    known = item.speaker_label ?? (item.start_time == null ? null : speakerAt.get(timeKey(item.start_time))) ?? known;
    speakers.push(speakerFor(channel, known));
  }
  const nobody = speakerFor(list, null);
  return words.map((word, index) => ({ ...word, speaker: speakers[index] ?? nobody }));
}

function speakerFor(channel: string | null, label: string | null): DraftSpeaker {
  const number = /^ch_?(\d{1,2})$/u.exec(channel ?? "")?.[1];
  return {
    key: [channel, label].filter((part) => part !== null).join(" "),
    role: "other",
    channel: number === undefined ? null : Number(number),
  };
}

function speakersByStart(segments: readonly unknown[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const raw of segments) {
    const segment = segmentSchema.safeParse(raw).data;
    for (const item of segment?.items ?? []) {
      const label = item.speaker_label ?? segment?.speaker_label;
      if (item.start_time != null && label != null) found.set(timeKey(Number(item.start_time)), label);
    }
  }
  return found;
}

/** The same second reads the same, whether it was written 4.87 or "4.870". */
function timeKey(seconds: number): string {
  return seconds.toFixed(3);
}

/** Where several languages were found: the one spoken longest, else the one Amazon was surest of. */
function languageOfParts(value: unknown): string | null {
  const best = (list: unknown, code: string, weight: string): string | null => {
    const known = (Array.isArray(list) ? list : []).flatMap((one: unknown) => {
      const tag = at(one, code);
      return typeof tag === "string" ? [{ tag, weight: numberOrNull.parse(at(one, weight)) ?? 0 }] : [];
    });
    return toLanguage(known.toSorted((a, b) => b.weight - a.weight)[0]?.tag);
  };
  return (
    best(at(value, "results.language_codes"), "language_code", "duration_in_seconds") ??
    best(at(value, "results.language_identification"), "code", "score")
  );
}
