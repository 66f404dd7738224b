import { z } from "zod";

/* What the page is told of files that came in: what became of what was in them. */

/** One part of a file, and what became of it. */
export const importNoteSchema = z.object({
  level: z.enum(["kept", "converted", "ignored"]),
  /** For people, in a few words. */
  what: z.string(),
  /** Where in the file: a path of keys, or a line. */
  where: z.string(),
});
/** One part of a file, and what became of it. */
export type ImportNoteView = Readonly<z.infer<typeof importNoteSchema>>;

/** How the reading of a file ended. */
export const importReportSchema = z.object({
  /** The file's format for people. */
  format: z.string(),
  kind: z.enum(["call", "chat"]),
  participants: z.int().min(0),
  turns: z.int().min(0),
  /** Those with times. */
  words: z.int().min(0),
  /** In the order of the file. */
  notes: z.array(importNoteSchema),
});
/** How the reading of a file ended. */
export type ImportReport = z.infer<typeof importReportSchema>;

/** The first rows of a table, for making a mapping of its columns. */
export const tablePreviewSchema = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.array(z.string())),
});
/** The first rows of a table. */
export type TablePreview = z.infer<typeof tablePreviewSchema>;
