import { z } from "zod";
import { channelSchema, confidenceSchema, conversationSchema } from "../conversation/conversation.ts";
import { recordedOperationSchema } from "../conversation/operations.ts";
import { failureSchema } from "./errors.ts";

/* What the page is shown, as schemas: the answers of the contract and the payloads of its events. */

/** The stages of a call's way, in order; a chat passes `parse` and `index` alone. */
export const stageNames = ["parse", "probe", "decode", "playback", "diarize", "recognise", "roles", "index"] as const;
/** The name of a stage. */
export type StageName = (typeof stageNames)[number];

/** Where a stage or a job stands. */
export const workStateSchema = z.enum(["waiting", "running", "done", "failed", "cancelled"]);
/** Where a stage or a job stands. */
export type WorkState = z.infer<typeof workStateSchema>;

/** One stage as shown in the queue. */
export const stageViewSchema = z.object({
  name: z.enum(stageNames),
  state: workStateSchema,
  progress: confidenceSchema,
  attempt: z.int().min(0),
  failure: failureSchema.nullable(),
});
/** One stage as shown in the queue. */
export type StageView = z.infer<typeof stageViewSchema>;

/** One job as shown in the queue: the way of one conversation. */
export const jobViewSchema = z.object({
  id: z.string(),
  conversationId: z.string(),
  title: z.string(),
  state: workStateSchema,
  /** Over all stages, weighted by what each has cost so far on this machine. */
  progress: confidenceSchema,
  /** Estimated time left in milliseconds; null while there is nothing to go by. */
  remainingMs: z.number().min(0).nullable(),
  stages: z.array(stageViewSchema),
  failure: failureSchema.nullable(),
  /** When it will be tried again by itself; null otherwise. */
  retryAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
});
/** One job as shown in the queue. */
export type JobView = z.infer<typeof jobViewSchema>;

/** A place in a conversation where the searched words stand. */
export const hitSchema = z.object({
  turnId: z.string(),
  startMs: z.int().min(0),
  /** The words around, in pieces, so that the page marks the found ones without parsing markup. */
  pieces: z.array(z.object({ text: z.string(), found: z.boolean() })),
});
/** A place in a conversation where the searched words stand. */
export type Hit = z.infer<typeof hitSchema>;

/** One line of the library. */
export const libraryRowSchema = z.object({
  id: z.string(),
  kind: z.enum(["call", "chat"]),
  channel: channelSchema,
  title: z.string(),
  startedAt: z.iso.datetime().nullable(),
  importedAt: z.iso.datetime(),
  durationMs: z.int().min(0).nullable(),
  language: z.string().nullable(),
  agent: z.string().nullable(),
  customer: z.string().nullable(),
  turns: z.int().min(0),
  /** The agent's share of the talk; null when roles or talk are unknown. */
  agentTalkShare: confidenceSchema.nullable(),
  nonTalkMs: z.int().min(0).nullable(),
  interruptions: z.int().min(0),
  /** Words could not be had: the row says so. */
  lacksWords: z.boolean(),
  state: workStateSchema,
  progress: confidenceSchema,
  failure: failureSchema.nullable(),
  hit: hitSchema.nullable(),
});
/** One line of the library. */
export type LibraryRow = z.infer<typeof libraryRowSchema>;

/** What decoding found out about a recording, for people to judge the rest by. */
export const recordingSchema = z.object({
  /** How the channels relate; see `ChannelLayout`. */
  layout: z.enum(["mono", "dual-mono", "separate"]),
  /** Channels on which nothing is to be heard. */
  silentChannels: z.array(z.int().min(0)),
  /** The file ends early or is damaged; what there was has been heard. */
  truncated: z.boolean(),
});
/** What decoding found out about a recording. */
export type RecordingView = z.infer<typeof recordingSchema>;

/** Something that befell the library and that a person should hear of. */
export const noticeSchema = z.object({ id: z.string(), at: z.iso.datetime(), failure: failureSchema });
/** Something that befell the library and that a person should hear of. */
export type NoticeView = z.infer<typeof noticeSchema>;

/** A conversation with all that its page needs. */
export const conversationViewSchema = z.object({
  conversation: conversationSchema,
  /** The media id to play; null for a chat, or while the sound is being prepared. */
  mediaId: z.string().nullable(),
  /** Channels drawn in the waveform; 0 for a chat or before decoding. */
  peakChannels: z.int().min(0),
  /** Null for a chat, or before decoding. */
  recording: recordingSchema.nullable(),
  operations: z.array(recordedOperationSchema),
  job: jobViewSchema.nullable(),
});
/** A conversation with all that its page needs. */
export type ConversationView = z.infer<typeof conversationViewSchema>;

/** What a model is for. */
export const modelTaskSchema = z.enum(["transcription", "segmentation", "embedding", "activity"]);
/** What a model is for. */
export type ModelTask = z.infer<typeof modelTaskSchema>;

/** One model of the catalogue and its state here. */
export const modelViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  task: modelTaskSchema,
  licence: z.string(),
  /** Where it comes from; null for a model that cannot be fetched. */
  source: z.string().nullable(),
  bytes: z.number().min(0),
  /** Understands only a narrow material. */
  limited: z.boolean(),
  state: z.enum(["absent", "fetching", "installed", "damaged"]),
  /** Share fetched; null unless fetching. */
  progress: confidenceSchema.nullable(),
  failure: failureSchema.nullable(),
});
/** One model of the catalogue and its state here. */
export type ModelView = z.infer<typeof modelViewSchema>;

/** One line of the state report that `doctor` prints and Settings shows. */
export const doctorLineSchema = z.object({
  topic: z.enum(["node", "electron", "ffmpeg", "chromium", "execution-provider", "model", "aws", "library", "disk"]),
  label: z.string(),
  state: z.enum(["ok", "absent", "wrong"]),
  detail: z.string(),
});
/** One line of the state report. */
export type DoctorLine = z.infer<typeof doctorLineSchema>;

// The fields without their defaults: a change that names one setting must not bring the defaults of the others with it.
const speechFields = z.object({
  language: z.string(),
  translate: z.boolean(),
  separation: z.enum(["auto", "channel", "speaker"]),
  transcriptionModel: z.string().nullable(),
});
const offloadFields = z.object({
  /** Where recordings are heard. */
  use: z.enum(["local", "sagemaker"]),
  /** What the endpoint understands: Earmark's own container, or AWS's conversation-intelligence sample. */
  contract: z.enum(["earmark", "conversation-intelligence"]),
  mode: z.enum(["real-time", "asynchronous"]),
  /** Name of the endpoint with Earmark's container; empty when there is none. */
  endpoint: z.string().max(63),
  /** Names of the sample's two endpoints. */
  diarizationEndpoint: z.string().max(63),
  transcriptionEndpoint: z.string().max(63),
  /** The bucket that recordings pass through. */
  bucket: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/u)
    .nullable(),
  /** What every key in it begins with. */
  prefix: z.string().max(200),
  /** A profile of AWS's own configuration files; null takes what the surroundings offer. No keys are kept here. */
  profile: z.string().max(200).nullable(),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/u)
    .nullable(),
  /** Other addresses than AWS's own, such as private ones. */
  runtimeUrl: z.url({ protocol: /^https?$/u }).nullable(),
  s3Url: z.url({ protocol: /^https?$/u }).nullable(),
  /** How objects are encrypted where they lie: as the bucket says, by S3's key, or by one of KMS. */
  encryption: z.enum(["bucket", "s3", "kms"]),
  kmsKeyId: z.string().max(2_048).nullable(),
  /** Account that has to own the bucket; null when that is not checked. */
  expectedOwner: z
    .string()
    .regex(/^\d{12}$/u)
    .nullable(),
  /** Recordings heard there at a time. */
  concurrency: z.int().min(1).max(32),
});
const settingsFields = z.object({
  theme: z.enum(["light", "dark", "auto"]),
  /** Name written beside corrections and exports. */
  reviewer: z.string().max(200),
  speech: speechFields,
  /** Jobs at a time; null lets Earmark choose by the machine. */
  concurrency: z.int().min(1).max(16).nullable(),
  /** Milliseconds to step back when playback resumes. */
  rewindOnResumeMs: z.int().min(0).max(5_000),
  /** Mirror for model downloads; null is the hub itself. */
  modelMirror: z.url({ protocol: /^https?$/u }).nullable(),
  offload: offloadFields,
});

/** What a person can set. */
export const settingsSchema = z.object({
  theme: settingsFields.shape.theme.default("auto"),
  reviewer: settingsFields.shape.reviewer.default(""),
  speech: z
    .object({
      language: speechFields.shape.language.default("auto"),
      translate: speechFields.shape.translate.default(false),
      separation: speechFields.shape.separation.default("auto"),
      transcriptionModel: speechFields.shape.transcriptionModel.default(null),
    })
    .prefault({}),
  concurrency: settingsFields.shape.concurrency.default(null),
  rewindOnResumeMs: settingsFields.shape.rewindOnResumeMs.default(0),
  modelMirror: settingsFields.shape.modelMirror.default(null),
  /** Hearing on AWS SageMaker, where a person has set it up. */
  offload: z
    .object({
      use: offloadFields.shape.use.default("local"),
      contract: offloadFields.shape.contract.default("earmark"),
      mode: offloadFields.shape.mode.default("asynchronous"),
      endpoint: offloadFields.shape.endpoint.default(""),
      diarizationEndpoint: offloadFields.shape.diarizationEndpoint.default(""),
      transcriptionEndpoint: offloadFields.shape.transcriptionEndpoint.default(""),
      bucket: offloadFields.shape.bucket.default(null),
      prefix: offloadFields.shape.prefix.default("earmark/"),
      profile: offloadFields.shape.profile.default(null),
      region: offloadFields.shape.region.default(null),
      runtimeUrl: offloadFields.shape.runtimeUrl.default(null),
      s3Url: offloadFields.shape.s3Url.default(null),
      encryption: offloadFields.shape.encryption.default("bucket"),
      kmsKeyId: offloadFields.shape.kmsKeyId.default(null),
      expectedOwner: offloadFields.shape.expectedOwner.default(null),
      concurrency: offloadFields.shape.concurrency.default(4),
    })
    .prefault({}),
});
/** What a person can set. */
export type Settings = z.infer<typeof settingsSchema>;

/** A change of settings: the named ones alone, those of speech and offload as a whole. Unlike the settings themselves it has no defaults. */
export const settingsChangeSchema = settingsFields.partial();
