import { z } from "zod";
import { at, notesOn } from "./import-notes.ts";
import {
  buildTranscript,
  type DraftTurn,
  type ImportedConversation,
  type ImportNote,
  madeBy,
  noWordTimes,
  numberOrNull,
  textOrNull,
  toLanguage,
} from "./imported.ts";
import { malformed } from "./json-text.ts";
import { readEach } from "./read-each.ts";
import { callHead } from "./spoken.ts";
import { joinWords, wordsOf } from "./spoken-words.ts";
import { bedrockSummaries } from "./vendor-summaries.ts";

const itemSchema = z.object({
  item_index: numberOrNull,
  audio_segment_index: numberOrNull,
  content: textOrNull,
  start_timestamp_millis: numberOrNull,
  end_timestamp_millis: numberOrNull,
  confidence: numberOrNull,
});
const segmentSchema = z.object({
  segment_index: numberOrNull,
  start_timestamp_millis: numberOrNull,
  end_timestamp_millis: numberOrNull,
  text: textOrNull,
  language: textOrNull,
  speaker: z.object({ speaker_label: textOrNull }).nullish().catch(null),
  channel: z.object({ channel_label: textOrNull }).nullish().catch(null),
});

const segmentList = { schema: segmentSchema, where: "audio_segments", otherwise: "A segment that is none." };

/** Whether a parsed file is a result of Bedrock Data Automation for sound. */
export function isBedrockDataAutomation(value: Record<string, unknown>): boolean {
  return (
    Array.isArray(value["audio_segments"]) && (at(value, "metadata.semantic_modality") !== undefined || "audio_items" in value)
  );
}

/** Reads the standard output of Bedrock Data Automation for sound. Throws `format-malformed`. */
export function readBedrockDataAutomation(value: unknown): ImportedConversation {
  const raws = at(value, "audio_segments");
  if (!Array.isArray(raws)) throw malformed("The file has no list of segments.", null, null, "audio_segments");
  const language = languageOf(at(value, "metadata.dominant_asset_language"));
  const items = itemsBySegment(at(value, "audio_items"));
  const notes: ImportNote[] = notesOn(value, [
    ["audio.summary", "kept", "Amazon's summary, beside what Earmark finds."],
    ["topics", "kept", "Amazon's summaries of single stretches."],
    ["audio.content_moderation", "ignored", "Amazon's findings of harmful speech."],
    ["inference_result", "kept", "Answers to questions that were put to Amazon."],
  ]);
  const turns: DraftTurn[] = [];
  let wordless = 0;
  for (const { value: segment, index } of readEach(raws, segmentList, notes)) {
    const startMs = segment.start_timestamp_millis ?? turns.at(-1)?.endMs ?? 0;
    const endMs = segment.end_timestamp_millis ?? startMs;
    const words = wordsOf(
      (items.get(segment.segment_index ?? index) ?? []).map((item) => ({
        text: item.content ?? "",
        startMs: item.start_timestamp_millis ?? null,
        endMs: item.end_timestamp_millis ?? null,
        confidence: item.confidence ?? null,
        // Marks are told by having no time.
        punctuation: item.start_timestamp_millis == null && /^\p{P}+$/u.test(item.content?.trim() ?? ""),
      })),
      { startMs, endMs },
    );
    const written = segment.text?.trim() ?? "";
    const text = written === "" ? joinWords(words, language) : written;
    if (words.length === 0 && text !== "") wordless++;
    const own = languageOf(segment.language);
    const channel = /^ch_?(\d{1,2})$/u.exec(segment.channel?.channel_label ?? "")?.[1];
    turns.push({
      speaker: {
        key: `${segment.channel?.channel_label ?? ""} ${segment.speaker?.speaker_label ?? ""}`,
        role: "other",
        channel: channel === undefined ? null : Number(channel),
      },
      startMs,
      endMs,
      text,
      words,
      ...(own === null || own === language ? {} : { language: own }),
    });
  }
  return {
    ...callHead("Amazon Bedrock Data Automation result"),
    transcript: buildTranscript({
      turns,
      durationMs: numberOrNull.parse(at(value, "metadata.duration_millis")) ?? 0,
      language,
      shortfalls: wordless > 0 ? [noWordTimes] : [],
      provenance: madeBy("Amazon Bedrock Data Automation"),
      vendor: { source: "Amazon Bedrock Data Automation", sentiment: [], summaries: bedrockSummaries(value) },
    }),
    notes,
  };
}

function itemsBySegment(list: unknown): Map<number, z.infer<typeof itemSchema>[]> {
  const found = new Map<number, z.infer<typeof itemSchema>[]>();
  for (const raw of Array.isArray(list) ? list : []) {
    const item = itemSchema.safeParse(raw).data;
    if (item?.audio_segment_index == null) continue;
    const known = found.get(item.audio_segment_index);
    if (known === undefined) found.set(item.audio_segment_index, [item]);
    else known.push(item);
  }
  return found;
}

/** Languages are written `EN`. */
function languageOf(value: unknown): string | null {
  return typeof value === "string" ? toLanguage(value) : null;
}
