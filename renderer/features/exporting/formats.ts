import type { ExportFormat } from "../../../app/contract/api.ts";

/** The formats by what they are for, in the order in which they are offered. */
export const formatGroups = [
  ["reading", ["docx", "txt"]],
  ["subtitles", ["srt", "vtt"]],
  ["data", ["csv", "json", "vcon", "contact-lens", "pca", "whisperx"]],
  ["speech", ["rttm", "ctm", "stm"]],
] as const satisfies readonly (readonly [string, readonly ExportFormat[]])[];
