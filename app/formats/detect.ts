import { EarmarkError } from "../contract/errors.ts";
import { isBedrockDataAutomation, readBedrockDataAutomation } from "./bedrock-data-automation.ts";
import { isCallAnalytics, isContactLensVoice, readCallAnalytics, readContactLensVoice } from "./call-analytics.ts";
import { isConnectChat, readConnectChat } from "./connect-chat.ts";
import { isContactLensChat, readContactLensChat } from "./contact-lens-chat.ts";
import { isEarmarkDocument, readEarmarkDocument } from "./earmark.ts";
import type { ImportedConversation } from "./imported.ts";
import { malformed, parseJsonText, tryJson } from "./json-text.ts";
import { isLexV1Entry, readLexV1 } from "./lex-v1.ts";
import { isLexV2Entry, readLexV2 } from "./lex-v2.ts";
import { type LogEntries, logEntriesOf, logEntriesOfLines } from "./log-entries.ts";
import { isPlainText, readPlainText } from "./plain-text.ts";
import {
  isConversationIntelligence,
  isPostCallAnalytics,
  readConversationIntelligence,
  readPostCallAnalytics,
} from "./post-call-analytics.ts";
import { isSrt, isTsv, isVtt, readSrt, readTsv, readVtt } from "./subtitles.ts";
import { isTranscribe, readTranscribe } from "./transcribe.ts";
import { isWhisper, isWhisperCpp, isWhisperX, readWhisper, readWhisperCpp, readWhisperX } from "./whisper.ts";

/** The formats of written conversations that Earmark reads. */
export const formatNames = [
  "earmark",
  "conversation-intelligence",
  "post-call-analytics",
  "contact-lens-chat",
  "contact-lens-voice",
  "call-analytics",
  "transcribe",
  "connect-chat",
  "lex-v2",
  "lex-v1",
  "whisperx",
  "whisper",
  "whisper-cpp",
  "bedrock-data-automation",
  "vtt",
  "srt",
  "tsv",
  "plain-text",
] as const;
/** One of the formats of written conversations that Earmark reads. */
export type FormatName = (typeof formatNames)[number];

interface Recognised {
  readonly name: FormatName;
  readonly read: () => ImportedConversation;
}

/** A format whose file is one JSON value. */
interface JsonFormat {
  readonly name: FormatName;
  readonly is: (value: Record<string, unknown>) => boolean;
  readonly read: (value: unknown) => ImportedConversation;
}

/** A format whose file is text of another kind. */
interface TextFormat {
  readonly name: FormatName;
  readonly is: (text: string) => boolean;
  readonly read: (text: string) => ImportedConversation;
}

/** In this order: what says most clearly what it is comes first. */
const jsonFormats: readonly JsonFormat[] = [
  { name: "earmark", is: isEarmarkDocument, read: readEarmarkDocument },
  { name: "conversation-intelligence", is: isConversationIntelligence, read: readConversationIntelligence },
  { name: "post-call-analytics", is: isPostCallAnalytics, read: readPostCallAnalytics },
  { name: "contact-lens-chat", is: isContactLensChat, read: readContactLensChat },
  { name: "contact-lens-voice", is: isContactLensVoice, read: readContactLensVoice },
  { name: "call-analytics", is: isCallAnalytics, read: readCallAnalytics },
  { name: "transcribe", is: isTranscribe, read: readTranscribe },
  { name: "connect-chat", is: isConnectChat, read: readConnectChat },
  { name: "bedrock-data-automation", is: isBedrockDataAutomation, read: readBedrockDataAutomation },
  { name: "whisper-cpp", is: isWhisperCpp, read: readWhisperCpp },
  { name: "whisperx", is: isWhisperX, read: readWhisperX },
  { name: "whisper", is: isWhisper, read: readWhisper },
];

/** In this order; anything with names before its lines comes last. */
const textFormats: readonly TextFormat[] = [
  { name: "vtt", is: isVtt, read: readVtt },
  { name: "srt", is: isSrt, read: readSrt },
  { name: "tsv", is: isTsv, read: readTsv },
  { name: "plain-text", is: isPlainText, read: readPlainText },
];

/**
 * Which format a text is in, by what is in it and never by a name; null where none. Throws `format-malformed`, with
 * `line` and `column`, for a text that means to be JSON and is not.
 */
export function detectFormat(text: string): FormatName | null {
  return recognise(text)?.name ?? null;
}

/**
 * Reads a written conversation in whatever format it is. Throws `format-unknown`, or `format-malformed` with `line`,
 * `column` and `where` as far as they are known.
 */
export function readTranscriptFile(text: string): ImportedConversation {
  const recognised = recognise(text);
  if (recognised === null) throw new EarmarkError("format-unknown", "This text is in no format that Earmark reads.");
  try {
    return recognised.read();
  } catch (thrown) {
    throw thrown instanceof EarmarkError ? thrown : malformed(`The file cannot be read: ${nameOf(thrown)}.`);
  }
}

function recognise(text: string): Recognised | null {
  try {
    return look(text.startsWith("\uFEFF") ? text.slice(1) : text);
  } catch (thrown) {
    throw thrown instanceof EarmarkError ? thrown : malformed(`The file cannot be read: ${nameOf(thrown)}.`);
  }
}

/** What kind of failure, without its words: those may quote the file. */
function nameOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : "unknown";
}

function look(text: string): Recognised | null {
  const start = text.trimStart().slice(0, 4096);
  if (start === "") return null;
  const json = /^(?:\/\/[^\n]*\n\s*)*(?:\{|\[\s*[[\]{"/])/u.test(start);
  if (json) {
    const strict = tryJson(text);
    if (strict !== undefined) return recogniseJson(strict);
  }
  const lines = logEntriesOfLines(text);
  const log = lines === null ? null : recogniseLog(lines);
  if (log !== null) return log;
  if (json) return recogniseJson(parseJsonText(text));
  const format = textFormats.find(({ is }) => is(text));
  return format === undefined ? null : { name: format.name, read: () => format.read(text) };
}

function recogniseJson(value: unknown): Recognised | null {
  if (typeof value !== "object" || value === null) return null;
  if (!Array.isArray(value)) {
    const format = jsonFormats.find(({ is }) => is(value as Record<string, unknown>));
    if (format !== undefined) return { name: format.name, read: () => format.read(value) };
  }
  return recogniseLog(logEntriesOf(value));
}

function recogniseLog(log: LogEntries): Recognised | null {
  if (log.entries.some(({ value }) => isLexV2Entry(value))) return { name: "lex-v2", read: () => readLexV2(log) };
  if (log.entries.some(({ value }) => isLexV1Entry(value))) return { name: "lex-v1", read: () => readLexV1(log) };
  return null;
}
