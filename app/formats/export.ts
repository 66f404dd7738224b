import { assertNever } from "../assert-never.ts";
import type { ExportFormat } from "../contract/api.ts";
import type { Conversation } from "../conversation/conversation.ts";
import { safeFileName } from "./file-name.ts";
import { writeCsv } from "./write-csv.ts";
import { writeJson } from "./write-json.ts";
import { writeRttm } from "./write-rttm.ts";
import { writeSrt } from "./write-srt.ts";
import { writeTxt } from "./write-txt.ts";
import { writeVtt } from "./write-vtt.ts";

/** A conversation as a file: its name, safe on every system, its media type, and what stands in it. */
export interface ExportedFile {
  readonly fileName: string;
  readonly mediaType: string;
  readonly text: string;
}

/** Writes a conversation in a format. Throws `input-invalid` where the format cannot hold it: a chat has no RTTM. */
export function exportConversation(conversation: Conversation, format: ExportFormat): ExportedFile {
  const file = (mediaType: string, text: string): ExportedFile => ({
    fileName: safeFileName(conversation.title, format),
    mediaType,
    text,
  });
  switch (format) {
    case "json":
      return file("application/json", writeJson(conversation));
    case "txt":
      return file("text/plain", writeTxt(conversation));
    case "srt":
      return file("application/x-subrip", writeSrt(conversation));
    case "vtt":
      return file("text/vtt", writeVtt(conversation));
    case "rttm":
      return file("text/plain", writeRttm(conversation));
    case "csv":
      return file("text/csv", writeCsv(conversation));
    default:
      return assertNever(format);
  }
}
