import { z } from "zod";
import { speechOptionsSchema } from "../conversation/speech.ts";
import { pathTest } from "../formats/name-pattern.ts";
import { nameRulesSchema, usualNameRules } from "../formats/name-rules.ts";
import { failureSchema } from "./errors.ts";

/* Where conversations come from in bulk: what a person sets of folders and buckets, and what the page is shown of them. */

const patternSchema = z
  .string()
  .trim()
  .min(1)
  .max(300)
  .refine((glob) => {
    try {
      pathTest(glob);
      return true;
    } catch {
      return false;
    }
  }, "This is no pattern that can be read.");
/** Patterns of paths: `*.wav`, `2026/**`. */
export const pathPatternsSchema = z.array(patternSchema).max(50);

/** What is done with a file of a watched folder once it was taken in, or could not be. */
const afterwardsSchema = z.enum(["leave", "move"]);

/** A folder that is looked at again and again. */
export const folderPlanSchema = z.object({
  kind: z.literal("folder"),
  path: z.string().trim().min(1).max(4_000),
  recursive: z.boolean().default(true),
  include: pathPatternsSchema.default([]),
  exclude: pathPatternsSchema.default([]),
  /** How long a file has to stay as it is before it is taken, in seconds. */
  settleSeconds: z.int().min(1).max(3_600).default(10),
  everySeconds: z.int().min(1).max(86_400).default(15),
  /** `move`: into `earmark-processed` or `earmark-failed` within the folder. */
  processed: afterwardsSchema.default("leave"),
  failed: afterwardsSchema.default("leave"),
});

/** A place in Amazon S3. */
export const bucketPlanSchema = z.object({
  kind: z.literal("bucket"),
  bucket: z
    .string()
    .trim()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/u, "This is no name of a bucket."),
  prefix: z.string().max(1_000).default(""),
  /** A profile of AWS's configuration files; null takes what the surroundings offer. */
  profile: z.string().trim().min(1).max(200).nullable().default(null),
  region: z.string().trim().min(1).max(60).nullable().default(null),
  /** Another address than AWS's own. */
  url: z
    .url({ protocol: /^https?$/u })
    .nullable()
    .default(null),
  /** Objects last written within these days alone. */
  since: z.iso.date().nullable().default(null),
  until: z.iso.date().nullable().default(null),
  include: pathPatternsSchema.default([]),
  exclude: pathPatternsSchema.default([]),
  /** `connect`: recordings, analyses and chat transcripts of Amazon Connect, joined by contact. */
  layout: z.enum(["any", "connect"]).default("any"),
  /** How often it is looked at; null when a person asks alone. */
  everyMinutes: z.int().min(1).max(10_080).nullable().default(null),
  /** Account id that has to own the bucket; null when that is not checked. */
  expectedOwner: z
    .string()
    .regex(/^\d{12}$/u)
    .nullable()
    .default(null),
});
/** A place in Amazon S3. */
export type BucketPlan = z.infer<typeof bucketPlanSchema>;
/** A folder that is looked at again and again. */
export type FolderPlan = z.infer<typeof folderPlanSchema>;

/** Files that were given together, once. */
const batchPlanSchema = z.object({
  kind: z.literal("batch"),
  /** What was given, for people: the name of a folder or an archive. */
  name: z.string().max(300),
  /** What was asked of the speech engine for all of them. */
  speech: speechOptionsSchema.partial().default({}),
});

/** A folder or a bucket, as a person sets it. */
export const watchedPlanSchema = z.discriminatedUnion("kind", [folderPlanSchema, bucketPlanSchema]);
/** A folder or a bucket. */
export type WatchedPlan = z.infer<typeof watchedPlanSchema>;
/** Where conversations come from. */
export const intakePlanSchema = z.discriminatedUnion("kind", [folderPlanSchema, bucketPlanSchema, batchPlanSchema]);
/** Where conversations come from. */
export type IntakePlan = z.infer<typeof intakePlanSchema>;

/** How a file of a source stands. `known`: its content was in the library before. */
export const intakeStateSchema = z.enum(["waiting", "running", "done", "known", "failed", "cancelled"]);
/** How a file of a source stands. */
export type IntakeState = z.infer<typeof intakeStateSchema>;

/** How many files of a source stand how. */
export const intakeCountsSchema = z.record(intakeStateSchema, z.int().min(0));
/** How many files of a source stand how. */
export type IntakeCounts = z.infer<typeof intakeCountsSchema>;

/** A source as the page shows it. */
export const intakeSourceSchema = z.object({
  id: z.string(),
  plan: intakePlanSchema,
  enabled: z.boolean(),
  /** It is being looked at now. */
  looking: z.boolean(),
  createdAt: z.iso.datetime(),
  lookedAt: z.iso.datetime().nullable(),
  /** Why the last look at it failed. */
  failure: failureSchema.nullable(),
  counts: intakeCountsSchema,
});
/** A source as the page shows it. */
export type IntakeSource = z.infer<typeof intakeSourceSchema>;

/** A file of a source as the page shows it. */
export const intakeItemSchema = z.object({
  id: z.int(),
  /** Without what is hidden in names; empty once nothing but its fingerprint is kept. */
  name: z.string(),
  bytes: z.int().min(0),
  state: intakeStateSchema,
  failure: failureSchema.nullable(),
  conversationId: z.string().nullable(),
  /** Tried again by itself then. */
  retryAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
});

/** Why nothing is being taken in although something waits; null when something is. */
export const intakeHoldSchema = z.enum(["paused", "quiet-hours", "jobs", "drip"]).nullable();

/** An object of a bucket that would come. */
export const plannedObjectSchema = z.object({
  key: z.string(),
  bytes: z.int().min(0),
  at: z.iso.datetime().nullable(),
  contactId: z.string().nullable(),
  /** It came before, unchanged. */
  known: z.boolean(),
});
/** An object of a bucket that would come. */
export type PlannedObject = z.infer<typeof plannedObjectSchema>;

/** One step of trying a source. */
export const intakeTrialSchema = z.object({
  step: z.enum(["folder", "read", "write", "credentials", "list", "get"]),
  state: z.enum(["ok", "wrong", "skipped"]),
  detail: z.string(),
  failure: failureSchema.nullable(),
});

const clockSchema = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/u, "A time of day is written 07:30.");
const intakeFields = z.object({
  /** Recordings taken in a minute; null for the usual: 50 where speech is heard elsewhere, without a limit where it is heard here. */
  perMinute: z.int().min(1).max(10_000).nullable(),
  /** Recordings at work at a time; null for the usual: 250 where speech is heard elsewhere, as many as processors where it is heard here. */
  most: z.int().min(1).max(10_000).nullable(),
  /** Nothing is taken in between these times of this machine's clock. */
  quiet: z.object({ from: clockSchema, until: clockSchema }).nullable(),
  order: z.enum(["oldest", "newest"]),
  names: nameRulesSchema,
  /** Nothing is taken in until a person says so. */
  paused: z.boolean(),
});
/** What a person sets of taking in. */
export const intakeSettingsSchema = z.object({
  perMinute: intakeFields.shape.perMinute.default(null),
  most: intakeFields.shape.most.default(null),
  quiet: intakeFields.shape.quiet.default(null),
  order: intakeFields.shape.order.default("oldest"),
  names: intakeFields.shape.names.default(usualNameRules),
  paused: intakeFields.shape.paused.default(false),
});
/** What a person sets of taking in. */
export type IntakeSettings = z.infer<typeof intakeSettingsSchema>;
