import { type ExportFormat, exportFormats } from "../contract/api.ts";
import { EarmarkError } from "../contract/errors.ts";
import type { Conversation } from "../conversation/conversation.ts";
import { safeFileName } from "./file-name.ts";
import { writeContactLens } from "./write-contact-lens.ts";
import { writeCsv } from "./write-csv.ts";
import { writeCtm } from "./write-ctm.ts";
import { writeJson } from "./write-json.ts";
import { writePca } from "./write-pca.ts";
import { writeRttm } from "./write-rttm.ts";
import { writeSrt } from "./write-srt.ts";
import { writeStm } from "./write-stm.ts";
import { writeTxt } from "./write-txt.ts";
import { writeVcon } from "./write-vcon.ts";
import { writeVtt } from "./write-vtt.ts";
import { writeWhisperX } from "./write-whisperx.ts";

/** The formats that are text: all but a document for a word processor. */
export type TextFormat = Exclude<ExportFormat, "docx">;

/** A conversation as a file: its name, safe on every system, its media type, and what stands in it. */
export interface ExportedFile {
  readonly fileName: string;
  readonly mediaType: string;
  readonly text: string;
}

interface FormatFacts {
  readonly extension: string;
  readonly mediaType: string;
  /** It tells of voices, and a chat has none. */
  readonly callsOnly?: true;
}

const formats: Readonly<Record<ExportFormat, FormatFacts>> = {
  docx: {
    extension: "docx",
    mediaType: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  },
  txt: { extension: "txt", mediaType: "text/plain" },
  srt: { extension: "srt", mediaType: "application/x-subrip" },
  vtt: { extension: "vtt", mediaType: "text/vtt" },
  csv: { extension: "csv", mediaType: "text/csv" },
  json: { extension: "json", mediaType: "application/json" },
  vcon: { extension: "vcon", mediaType: "application/vcon+json" },
  "contact-lens": { extension: "contact-lens.json", mediaType: "application/json" },
  pca: { extension: "pca.json", mediaType: "application/json", callsOnly: true },
  whisperx: { extension: "whisperx.json", mediaType: "application/json", callsOnly: true },
  rttm: { extension: "rttm", mediaType: "text/plain", callsOnly: true },
  ctm: { extension: "ctm", mediaType: "text/plain", callsOnly: true },
  stm: { extension: "stm", mediaType: "text/plain", callsOnly: true },
};

const writers: Readonly<Record<TextFormat, (conversation: Conversation) => string>> = {
  txt: writeTxt,
  srt: writeSrt,
  vtt: writeVtt,
  csv: writeCsv,
  json: writeJson,
  vcon: writeVcon,
  "contact-lens": writeContactLens,
  pca: writePca,
  whisperx: writeWhisperX,
  rttm: writeRttm,
  ctm: writeCtm,
  stm: writeStm,
};

/** Whether a format can hold a conversation of a kind. */
export function formatHolds(format: ExportFormat, kind: Conversation["kind"]): boolean {
  return kind === "call" || formats[format].callsOnly !== true;
}

/** What the file of a conversation is called in a format, and its media type. Throws `format-unsuitable` where the format cannot hold it. */
export function exportedAs(
  { kind, title }: Pick<Conversation, "kind" | "title">,
  format: ExportFormat,
): Pick<ExportedFile, "fileName" | "mediaType"> {
  if (!formatHolds(format, kind)) {
    const others = exportFormats.filter((other) => formatHolds(other, kind)).join(", ");
    throw new EarmarkError("format-unsuitable", `A chat has no voices, so it cannot be written as ${format}.`, {
      format,
      others,
    });
  }
  const { extension, mediaType } = formats[format];
  return { fileName: safeFileName(title, extension), mediaType };
}

/** Writes a conversation in a format that is text. Throws `format-unsuitable` where the format cannot hold it. */
export function exportConversation(conversation: Conversation, format: TextFormat): ExportedFile {
  return { ...exportedAs(conversation, format), text: writers[format](conversation) };
}
