import { z } from "zod";
import { clockMs } from "./clock-time.ts";
import { at, listAt } from "./import-notes.ts";
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
import { readEach } from "./read-each.ts";
import { hasVoices, spokenConversation } from "./spoken.ts";
import { type SpokenItem, turnsOfWords, type VoicedWord, wordsOf } from "./spoken-words.ts";

/*
 * What Whisper's programs write: openai-whisper and faster-whisper (segments, perhaps with words), WhisperX (words with a
 * score and a speaker each), whisper.cpp (its own keys, times in milliseconds).
 */

const wordSchema = z.object({
  word: textOrNull,
  text: textOrNull,
  start: numberOrNull,
  end: numberOrNull,
  score: numberOrNull,
  probability: numberOrNull,
  speaker: textOrNull,
});
const segmentSchema = z.object({
  start: numberOrNull,
  end: numberOrNull,
  text: textOrNull,
  speaker: textOrNull,
  words: z.array(z.unknown()).nullish().catch(null),
});

const segmentList = { schema: segmentSchema, where: "segments", otherwise: "A segment that is none." };

/** Whether a parsed file is WhisperX': segments whose words have a score, or that name speakers. */
export function isWhisperX(value: Record<string, unknown>): boolean {
  if (!hasSegments(value)) return false;
  if (Array.isArray(value["word_segments"])) return true;
  return listAt(value, "segments").some(
    (segment) =>
      typeof at(segment, "speaker") === "string" || listAt(segment, "words").some((word) => at(word, "score") !== undefined),
  );
}

/** Whether a parsed file is a transcript of openai-whisper, or of a program that writes the same. */
export function isWhisper(value: Record<string, unknown>): boolean {
  return hasSegments(value) && !isWhisperX(value);
}

/** Whether a parsed file is a transcript of whisper.cpp. */
export function isWhisperCpp(value: Record<string, unknown>): boolean {
  const list = value["transcription"];
  return (
    Array.isArray(list) &&
    (list.length === 0
      ? "result" in value
      : list.some((one) => at(one, "offsets") !== undefined || at(one, "timestamps") !== undefined))
  );
}

function hasSegments(value: Record<string, unknown>): boolean {
  const segments = value["segments"];
  if (!Array.isArray(segments)) return false;
  if (segments.length === 0) return "language" in value || "text" in value;
  return segments.some((one) => at(one, "start") !== undefined && at(one, "text") !== undefined);
}

/** Reads a transcript of openai-whisper. Throws `format-malformed`. */
export function readWhisper(value: unknown): ImportedConversation {
  return readSegments(value, "Whisper transcript", "whisper");
}

/** Reads a transcript of WhisperX. Throws `format-malformed`. */
export function readWhisperX(value: unknown): ImportedConversation {
  return readSegments(value, "WhisperX transcript", "WhisperX");
}

function readSegments(value: unknown, format: string, engine: string): ImportedConversation {
  const raws = at(value, "segments");
  if (!Array.isArray(raws)) throw malformed("The file has no list of segments.", null, null, "segments");
  const language = languageOf(at(value, "language"));
  const notes: ImportNote[] = [];
  const turns: DraftTurn[] = [];
  let wordless = 0;
  let untimed = 0;
  for (const { value: segment } of readEach(raws, segmentList, notes)) {
    const startMs = segment.start == null ? (turns.at(-1)?.endMs ?? 0) : segment.start * 1_000;
    const endMs = segment.end == null ? startMs : segment.end * 1_000;
    const words = (segment.words ?? []).flatMap((word) => wordSchema.safeParse(word).data ?? []);
    const voiced = voicedWords(words, segment.speaker ?? null, { startMs, endMs });
    untimed += words.filter((word) => word.start == null).length;
    const text = segment.text?.trim() ?? "";
    if (voiced.length === 0) {
      if (text === "") continue;
      wordless++;
      turns.push({ speaker: speakerFor(segment.speaker ?? null), startMs, endMs, text });
      continue;
    }
    const pieces = turnsOfWords(voiced, language, Number.POSITIVE_INFINITY);
    const only = pieces.length === 1 ? pieces[0] : undefined;
    // The segment's own text has the right spaces between words; with two voices in it, it is nobody's.
    if (only !== undefined)
      turns.push({ ...only, startMs, endMs: Math.max(endMs, only.endMs), text: text === "" ? only.text : text });
    else for (const piece of pieces) turns.push(piece);
  }
  if (untimed > 0)
    notes.push({
      level: "converted",
      what: `Words without times, placed between their neighbours: ${untimed}.`,
      where: "segments[].words",
    });
  return spokenConversation({ format, engine, language, turns, notes, wordless: wordless > 0, voices: hasVoices(turns) });
}

function voicedWords(
  words: readonly z.infer<typeof wordSchema>[],
  speaker: string | null,
  bounds: { readonly startMs: number; readonly endMs: number },
): VoicedWord[] {
  const spoken: SpokenItem[] = [];
  const speakers: DraftSpeaker[] = [];
  let known = words.find((word) => word.speaker != null)?.speaker ?? speaker;
  for (const word of words) {
    const text = (word.word ?? word.text ?? "").trim();
    if (text === "") continue;
    known = word.speaker ?? (speaker === null ? known : (known ?? speaker));
    spoken.push({
      text,
      startMs: word.start == null ? null : word.start * 1_000,
      endMs: word.end == null ? null : word.end * 1_000,
      confidence: word.score ?? word.probability ?? null,
      punctuation: false,
    });
    speakers.push(speakerFor(known));
  }
  return wordsOf(spoken, bounds).map((word, index) => ({ ...word, speaker: speakers[index] ?? speakerFor(speaker) }));
}

function speakerFor(label: string | null): DraftSpeaker {
  return { key: label ?? "", role: "other" };
}

const partSchema = z.object({
  text: textOrNull,
  speaker: textOrNull,
  offsets: z.object({ from: numberOrNull, to: numberOrNull }).nullish().catch(null),
  timestamps: z.object({ from: textOrNull, to: textOrNull }).nullish().catch(null),
  tokens: z.array(z.unknown()).nullish().catch(null),
});
const partList = { schema: partSchema, where: "transcription", otherwise: "A part that is none." };
const tokenSchema = z.object({
  text: textOrNull,
  p: numberOrNull,
  offsets: z.object({ from: numberOrNull, to: numberOrNull }).nullish().catch(null),
});

/** Reads a transcript of whisper.cpp; words where it wrote its tokens too. Throws `format-malformed`. */
export function readWhisperCpp(value: unknown): ImportedConversation {
  const raws = at(value, "transcription");
  if (!Array.isArray(raws)) throw malformed("The file has no transcription.", null, null, "transcription");
  const language = languageOf(at(value, "result.language"));
  const notes: ImportNote[] = [];
  const turns: DraftTurn[] = [];
  let wordless = 0;
  for (const { value: part } of readEach(raws, partList, notes)) {
    const text = part.text?.trim() ?? "";
    if (text === "") continue;
    const startMs = part.offsets?.from ?? clockMs(part.timestamps?.from) ?? turns.at(-1)?.endMs ?? 0;
    const endMs = part.offsets?.to ?? clockMs(part.timestamps?.to) ?? startMs;
    const words = wordsOf(itemsOfTokens(part.tokens ?? []), { startMs, endMs });
    if (words.length === 0) wordless++;
    // A question mark is how it writes that it does not know.
    const label = part.speaker == null || part.speaker === "?" ? null : part.speaker;
    turns.push({ speaker: speakerFor(label), startMs, endMs, text, words });
  }
  return spokenConversation({
    format: "whisper.cpp transcript",
    engine: "whisper.cpp",
    language,
    turns,
    notes,
    wordless: wordless > 0,
    voices: hasVoices(turns),
  });
}

/** Tokens are pieces of words: one that begins with a space begins a word. Those in `[_` are marks of the model. */
function itemsOfTokens(tokens: readonly unknown[]): SpokenItem[] {
  const items: { text: string; startMs: number | null; endMs: number | null; confidence: number | null; punctuation: boolean }[] =
    [];
  for (const raw of tokens) {
    const token = tokenSchema.safeParse(raw).data;
    const text = token?.text ?? "";
    if (token === undefined || text === "" || /^\[_|^<\|/u.test(text)) continue;
    const last = items.at(-1);
    if (last === undefined || /^\s/u.test(text)) {
      items.push({
        text,
        startMs: token.offsets?.from ?? null,
        endMs: token.offsets?.to ?? null,
        confidence: token.p ?? null,
        punctuation: false,
      });
      continue;
    }
    last.text += text;
    last.endMs = token.offsets?.to ?? last.endMs;
    // A word is as sure as its least sure piece.
    if (token.p != null) last.confidence = Math.min(last.confidence ?? 1, token.p);
  }
  return items;
}

/** The language as a tag; some programs write its English name. */
function languageOf(value: unknown): string | null {
  if (typeof value !== "string") return null;
  const name = value.trim().toLowerCase();
  const names: ReadonlyMap<string, string> = new Map([
    ["english", "en"],
    ["german", "de"],
    ["french", "fr"],
    ["spanish", "es"],
    ["italian", "it"],
    ["portuguese", "pt"],
    ["dutch", "nl"],
    ["polish", "pl"],
    ["hindi", "hi"],
    ["chinese", "zh"],
    ["japanese", "ja"],
  ]);
  return names.get(name) ?? toLanguage(value);
}
