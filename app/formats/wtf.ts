import { z } from "zod";
import { at, listAt } from "./import-notes.ts";
import {
  buildTranscript,
  type DraftSpeaker,
  type DraftTurn,
  type ImportedConversation,
  type ImportNote,
  looseNumber,
  madeBy,
  noWordTimes,
  numberOrNull,
  textOrNull,
  toLanguage,
} from "./imported.ts";
import { readEach } from "./read-each.ts";
import { wordsOf } from "./spoken-words.ts";

/*
 * The World Transcription Format, the shape of transcripts within a vCon (draft-howe-vcon-wtf-extension): segments with a
 * speaker, which is a party's number or a name, and words that the segments point at.
 */

const segmentSchema = z.object({
  start: looseNumber,
  end: looseNumber,
  text: textOrNull,
  speaker: textOrNull,
  words: z.array(z.int()).nullish().catch(null),
});
const wordSchema = z.object({ id: z.int(), text: z.string(), start: numberOrNull, end: numberOrNull, confidence: numberOrNull });

const segmentList = { schema: segmentSchema, where: "segments", otherwise: "A segment that is none." };
const wordList = { schema: wordSchema, where: "words", otherwise: "A word that is none." };

/** Reads such a transcript; null for anything else. `parties` are the speakers that the container knows, by their numbers. */
export function readWtf(body: unknown, parties: readonly DraftSpeaker[]): ImportedConversation | null {
  if (at(body, "transcript.text") === undefined || at(body, "metadata.provider") === undefined) return null;
  const notes: ImportNote[] = [];
  const known = new Map([...readEach(listAt(body, "words"), wordList, notes)].map(({ value }) => [value.id, value]));
  let wordless = 0;
  const turns = [...readEach(listAt(body, "segments"), segmentList, notes)].map(({ value: segment }): DraftTurn => {
    const bounds = { startMs: segment.start * 1_000, endMs: segment.end * 1_000 };
    const words = wordsOf(
      (segment.words ?? []).flatMap((id) => {
        const word = known.get(id);
        if (word === undefined) return [];
        const { text, start, end, confidence = null } = word;
        return {
          text,
          startMs: start == null ? null : start * 1_000,
          endMs: end == null ? null : end * 1_000,
          confidence,
          punctuation: false,
        };
      }),
      bounds,
    );
    if (words.length === 0) wordless++;
    return { speaker: speakerFor(segment.speaker ?? null, parties), ...bounds, text: segment.text ?? "", words };
  });
  const language = at(body, "transcript.language");
  const provider = at(body, "metadata.provider");
  return {
    format: "World Transcription Format",
    kind: "call",
    channel: "voice",
    title: null,
    startedAt: null,
    timeZone: null,
    transcript: buildTranscript({
      turns,
      speakers: parties,
      durationMs: (numberOrNull.parse(at(body, "transcript.duration")) ?? 0) * 1_000,
      language: typeof language === "string" ? toLanguage(language) : null,
      shortfalls: wordless > 0 ? [noWordTimes] : [],
      provenance: typeof provider === "string" ? madeBy(provider.slice(0, 100)) : null,
    }),
    notes,
  };
}

function speakerFor(label: string | null, parties: readonly DraftSpeaker[]): DraftSpeaker {
  const party = parties[/^\d{1,3}$/u.test(label ?? "") ? Number(label) : -1] ?? parties.find(({ name }) => name === label);
  return party ?? { key: label ?? "", role: "other", name: label };
}
