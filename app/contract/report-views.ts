import { z } from "zod";

/* Reports on their way out of Earmark. */

/** What the report of one conversation can be written as. `json` and `pdf` are sealed; the others are copies. */
export const reportFormats = ["pdf", "docx", "csv", "json", "connect"] as const;
/** What the report of one conversation can be written as. */
export type ReportFormat = (typeof reportFormats)[number];

/** What the report of a period can be written as. `json` and `pdf` are sealed; `csv` is a copy. */
export const periodFormats = ["pdf", "json", "csv"] as const;
/** What the report of a period can be written as. */
export type PeriodFormat = (typeof periodFormats)[number];

/** A report as a file, kept until Earmark closes. */
export const reportFileSchema = z.object({
  /** Under which the page fetches it. */
  mediaId: z.string(),
  path: z.string(),
  fileName: z.string(),
  mediaType: z.string(),
  bytes: z.int().min(0),
  /** SHA-256 over the file, hex. */
  sha256: z.string(),
});
/** A report as a file. */
export type ReportFile = z.infer<typeof reportFileSchema>;

/** Reports of several conversations in one ZIP. */
export const reportBundleSchema = reportFileSchema.extend({
  /** How many reports are in it, and how many conversations have none: nobody judged them. */
  reports: z.int().min(0),
  leftOut: z.int().min(0),
});
/** Reports of several conversations in one ZIP. */
export type ReportBundle = z.infer<typeof reportBundleSchema>;

/**
 * Which evaluations a period's report is about: those of a checklist that were signed from one day to another, both included
 * (UTC), or those of conversations that a person chose, whenever they were signed.
 */
export const reportPeriodSchema = z.object({
  formId: z.string().min(1),
  days: z.object({ from: z.iso.date(), to: z.iso.date() }).nullable(),
  /** Of this agent alone. */
  agent: z.string().min(1).nullable().default(null),
  /** Of conversations with this tag alone: a team, for one. */
  tag: z.string().min(1).nullable().default(null),
  /** Of conversations that this sample chose alone. */
  runId: z.string().min(1).nullable().default(null),
  /** Of these conversations alone. */
  conversationIds: z.array(z.string().min(1)).min(1).max(10_000).nullable().default(null),
});
/** Which evaluations a period's report is about. */
export type ReportPeriod = z.infer<typeof reportPeriodSchema>;
