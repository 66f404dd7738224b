import { EarmarkError } from "../contract/errors.ts";
import { isBedrockDataAutomation, readBedrockDataAutomation } from "./bedrock-data-automation.ts";
import { isCallAnalytics, isContactLensVoice, readCallAnalytics, readContactLensVoice } from "./call-analytics.ts";
import { type ColumnMapping, mappingFor, readMappedTable, tableConversations } from "./column-mapping.ts";
import { isConnectChat, readConnectChat } from "./connect-chat.ts";
import { isContactLensChat, readContactLensChat } from "./contact-lens-chat.ts";
import { isEarmarkDocument, readEarmarkDocument } from "./earmark.ts";
import { isGenesysChat, isGenesysTranscript, readGenesysChat, readGenesysTranscript } from "./genesys.ts";
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
import { isRttm, readRttm } from "./rttm.ts";
import { isSlack, readSlack } from "./slack.ts";
import { isSrt, isTsv, isVtt, readSrt, readTsv, readVtt } from "./subtitles.ts";
import { isTable } from "./table.ts";
import { isTranscribe, readTranscribe } from "./transcribe.ts";
import {
  isSmsLog,
  isSmsTable,
  isTwilioConversation,
  readSmsLog,
  readTwilioConversation,
  smsConversations,
  smsOfTable,
  twilioConversations,
} from "./twilio.ts";
import { type InnerRecording, isVcon, readVcon, vconRecording } from "./vcon.ts";
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
  "genesys-transcript",
  "genesys-chat",
  "twilio-conversation",
  "sms-log",
  "sms-table",
  "slack",
  "vcon",
  "vtt",
  "srt",
  "tsv",
  "rttm",
  "mapped-table",
  "plain-text",
] as const;
/** One of the formats of written conversations that Earmark reads. */
export type FormatName = (typeof formatNames)[number];

/** What a person has set about files of other programs. */
export interface ReadingWishes {
  /** Mappings for tables, in the order in which they are tried. */
  readonly mappings?: readonly ColumnMapping[];
}

/** One conversation of a file that holds several: what tells it apart, and a text that reads as it alone. */
export interface FilePart {
  readonly name: string;
  readonly text: string;
}

interface Recognised {
  readonly name: FormatName;
  readonly read: () => ImportedConversation;
  /** The conversations in it by what tells them apart; left out where a file is always one. */
  readonly split?: () => ReadonlyMap<string, string>;
  /** The recording that lies in it; left out where a file never holds one. */
  readonly recording?: () => InnerRecording | null;
}

/** A format whose file is one JSON value. */
interface JsonFormat {
  readonly name: FormatName;
  readonly is: (value: Record<string, unknown>) => boolean;
  readonly read: (value: unknown) => ImportedConversation;
  /** The conversations in it by what tells them apart. */
  readonly split?: (value: unknown) => ReadonlyMap<string, unknown>;
  /** The recording that lies in it. */
  readonly recording?: (value: unknown) => InnerRecording | null;
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
  { name: "genesys-transcript", is: isGenesysTranscript, read: readGenesysTranscript },
  { name: "genesys-chat", is: isGenesysChat, read: readGenesysChat },
  { name: "twilio-conversation", is: isTwilioConversation, read: readTwilioConversation, split: twilioConversations },
  { name: "sms-log", is: isSmsLog, read: readSmsLog, split: smsConversations },
  { name: "slack", is: isSlack, read: readSlack },
  { name: "vcon", is: isVcon, read: (value) => readVcon(value, readInner), recording: vconRecording },
];

/** Bots' logs: an entry for each exchange. */
const logFormats = [
  { name: "lex-v2", is: isLexV2Entry, read: readLexV2 },
  { name: "lex-v1", is: isLexV1Entry, read: readLexV1 },
] as const;

/** In this order; anything with names before its lines comes last. */
const textFormats: readonly TextFormat[] = [
  { name: "vtt", is: isVtt, read: readVtt },
  { name: "srt", is: isSrt, read: readSrt },
  { name: "tsv", is: isTsv, read: readTsv },
  { name: "rttm", is: isRttm, read: readRttm },
  { name: "plain-text", is: isPlainText, read: readPlainText },
];

/**
 * Which format a text is in, by what is in it and never by a name; null where none. Throws `format-malformed`, with
 * `line` and `column`, for a text that means to be JSON and is not.
 */
export function detectFormat(text: string, wishes: ReadingWishes = {}): FormatName | null {
  return recognise(text, wishes)?.name ?? null;
}

/**
 * Reads a written conversation in whatever format it is. Throws `format-unknown`, or `format-malformed` with `line`,
 * `column` and `where` as far as they are known.
 */
export function readTranscriptFile(text: string, wishes: ReadingWishes = {}): ImportedConversation {
  const recognised = recognise(text, wishes);
  if (recognised === null) throw new EarmarkError("format-unknown", "This text is in no format that Earmark reads.");
  return guarded(recognised.read);
}

/** Most conversations that are taken out of one file. */
const mostParts = 10_000;

/** What can be said of a file without reading it whole. */
export interface LookedAt {
  /** Null for a text in no format that Earmark reads. */
  readonly format: FormatName | null;
  /** The conversations of a file that holds several, such as the log of a bot or of a number; empty for a file that is one. */
  readonly parts: readonly FilePart[];
  /** The recording that lies in the file itself. */
  readonly recording: InnerRecording | null;
  /** It is in no format, and looks like a table: a mapping of its columns would read it. */
  readonly table: boolean;
}

/** Looks at a text. Throws as `readTranscriptFile` does, and `file-too-large` for one with more than ten thousand conversations. */
export function lookAtFile(text: string, wishes: ReadingWishes = {}): LookedAt {
  const recognised = recognise(text, wishes);
  if (recognised === null) return { format: null, parts: [], recording: null, table: guarded(() => isTable(text)) };
  const { name, split, recording } = recognised;
  const parts = split === undefined ? new Map<string, string>() : guarded(split);
  if (parts.size > mostParts)
    throw new EarmarkError("file-too-large", "This file holds more conversations than Earmark takes out of one.", {
      conversations: parts.size,
      limit: mostParts,
    });
  return {
    format: name,
    parts: parts.size < 2 ? [] : [...parts].map(([part, own]) => ({ name: part, text: own })),
    recording: recording === undefined ? null : guarded(recording),
    table: false,
  };
}

function recognise(text: string, wishes: ReadingWishes): Recognised | null {
  return guarded(() => look(text.startsWith("\uFEFF") ? text.slice(1) : text, wishes));
}

/** Whatever a reader stumbles over is the file's fault. */
function guarded<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (thrown) {
    throw thrown instanceof EarmarkError ? thrown : malformed(`The file cannot be read: ${nameOf(thrown)}.`);
  }
}

/** A transcript within another file; null for what is in no format. */
function readInner(text: string): ImportedConversation | null {
  try {
    const inner = look(text, {});
    return inner === null || inner.name === "vcon" ? null : inner.read();
  } catch {
    return null;
  }
}

/** What kind of failure, without its words: those may quote the file. */
function nameOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : "unknown";
}

function look(text: string, { mappings = [] }: ReadingWishes): Recognised | null {
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
  // What a person has set comes before what can be guessed.
  const mapping = mappingFor(text, mappings);
  if (mapping !== null) {
    return {
      name: "mapped-table",
      read: () => readMappedTable(text, mapping),
      split: () => tableConversations(text, mapping),
    };
  }
  if (isSmsTable(text)) {
    return {
      name: "sms-table",
      read: () => readSmsLog(smsOfTable(text)),
      split: () => asTexts(smsConversations(smsOfTable(text))),
    };
  }
  const format = textFormats.find(({ is }) => is(text));
  return format === undefined ? null : { name: format.name, read: () => format.read(text) };
}

function recogniseJson(value: unknown): Recognised | null {
  if (typeof value !== "object" || value === null) return null;
  // Some programs write their messages as a bare list.
  const object = (Array.isArray(value) ? { messages: value } : value) as Record<string, unknown>;
  const format = jsonFormats.find(({ is }) => is(object));
  if (format === undefined) return recogniseLog(logEntriesOf(value));
  const { name, read, split, recording } = format;
  return {
    name,
    read: () => read(object),
    ...(split === undefined ? {} : { split: () => asTexts(split(object)) }),
    ...(recording === undefined ? {} : { recording: () => recording(object) }),
  };
}

function recogniseLog(log: LogEntries): Recognised | null {
  for (const { name, is, read } of logFormats) {
    if (log.entries.some(({ value }) => is(value))) return { name, read: () => read(log), split: () => logSessions(log) };
  }
  return null;
}

/** The sessions of a bot's log, each as a log of its own. */
function logSessions({ entries }: LogEntries): ReadonlyMap<string, string> {
  const sessions = Map.groupBy(entries, ({ value }) => String(value["sessionId"] ?? value["userId"] ?? ""));
  return new Map(
    [...sessions].map(([session, list]) => {
      // The time that the log service gave stays with an entry that has none of its own.
      const lines = list.map(({ value, loggedAt }) =>
        JSON.stringify(loggedAt === null || "timestamp" in value ? value : { timestamp: loggedAt, message: value }),
      );
      return [session, lines.join("\n")];
    }),
  );
}

function asTexts(parts: ReadonlyMap<string, unknown>): Map<string, string> {
  return new Map([...parts].map(([name, part]) => [name, JSON.stringify(part)]));
}
