import { z } from "zod";
import {
  channelSchema,
  confidenceSchema,
  conversationSchema,
  millisecondsSchema,
  participantSchema,
  spanSchema,
  turnSchema,
} from "../conversation/conversation.ts";
import { enginePreferenceSchema } from "../conversation/engine-choice.ts";
import { importOptionsSchema } from "../conversation/import-options.ts";
import { recordedOperationSchema } from "../conversation/operations.ts";
import { noVocabulary, vocabularySchema } from "../conversation/vocabulary.ts";
import { columnMappingSchema } from "../formats/column-mapping.ts";
import { insightViewSchema } from "../insight/insight.ts";
import { listedSentimentSchema, listedTopicSchema } from "../insight/library-figures.ts";
import { defaultSealingPolicy, sealingPolicySchema } from "../insight/originals.ts";
import { defaultRedactionPolicy, redactionPolicySchema } from "../insight/redaction-policy.ts";
import { keyChoicesSchema, windowPlacesSchema } from "./desk-views.ts";
import { changeHintSchema, staleSchema } from "./editing-views.ts";
import { executionProviderSchema } from "./engine-views.ts";
import { failureSchema } from "./errors.ts";
import { languageFields, languageSettingsSchema } from "./insight-views.ts";
import { intakeSettingsSchema } from "./intake-views.ts";
import { journeySettingsSchema } from "./journey-views.ts";
import { libraryTableLookSchema } from "./library-views.ts";
import { writerChangeSchema, writerSettingsSchema } from "./writer-views.ts";
import { writingSettingsSchema } from "./writing-views.ts";

/* What the page is shown, as schemas: the answers of the contract and the payloads of its events. */

/** The stages of a call's way, in order; a chat passes `parse` and `index` alone. */
export const stageNames = [
  "parse",
  "probe",
  "decode",
  "playback",
  "align",
  "diarize",
  "recognise",
  "roles",
  "index",
  "insight",
  "categories",
  "mute",
] as const;
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
  /** IANA zone of the place of the call; null where the source does not say. */
  timeZone: z.string().nullable(),
  queue: z.string().nullable(),
  direction: z.enum(["inbound", "outbound", "internal"]).nullable(),
  tags: z.array(z.string()),
  /** Comments that stand on it. */
  comments: z.int().min(0),
  /** A person has corrected it. */
  corrected: z.boolean(),
  /** Whose review it waits for, and until when. */
  assignee: z.string().nullable(),
  dueAt: z.iso.datetime().nullable(),
  /** When a review of it was finished last. */
  reviewedAt: z.iso.datetime().nullable(),
  /** Nobody has opened it for review. */
  unread: z.boolean(),
  /** How each side felt; null where nobody could judge. */
  agentSentiment: listedSentimentSchema.nullable(),
  customerSentiment: listedSentimentSchema.nullable(),
  /** What it is about; null where nothing names it. */
  topic: listedTopicSchema.nullable(),
  /** How it was judged: the evaluation that a person worked on last, else the machine's first; null where no checklist asks. */
  evaluation: z
    .object({
      form: z.string(),
      stage: z.enum(["machine", "draft", "submitted"]),
      percent: z.number().min(0).max(100).nullable(),
      lowest: z.number().min(0).max(100).nullable(),
      highest: z.number().min(0).max(100).nullable(),
      failed: z.int().min(0),
      open: z.int().min(0),
      stale: z.int().min(0),
    })
    .nullable(),
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

/** What has been heard of a call so far, while it is still being heard: redacted, and it may still change. */
export const partialTranscriptSchema = z.object({
  participants: z.array(participantSchema),
  turns: z.array(turnSchema),
  /** Up to where everything has been heard. */
  untilMs: millisecondsSchema,
});
/** What has been heard of a call so far. */
export type PartialTranscript = z.infer<typeof partialTranscriptSchema>;

/** Whom a nameless agent sounds like, by the voices of earlier calls: a proposal, until a person names the agent. */
export const proposedNameSchema = z.object({
  participantId: z.string(),
  name: z.string(),
  confidence: confidenceSchema,
  /** Earlier calls in which the voice was heard under the name. */
  calls: z.int().min(1),
});
/** Whom a nameless agent sounds like, by the voices of earlier calls. */
export type ProposedNameView = z.infer<typeof proposedNameSchema>;

/** A conversation with all that its page needs. */
export const conversationViewSchema = z.object({
  conversation: conversationSchema,
  /** The media id to play; null for a chat, or while the sound is being prepared. */
  mediaId: z.string().nullable(),
  /** Channels drawn in the waveform; 0 for a chat or before decoding. */
  peakChannels: z.int().min(0),
  /** Null for a chat, or before decoding. */
  recording: recordingSchema.nullable(),
  /** It came as a transcript, and a recording can be added to it. */
  lacksRecording: z.boolean(),
  /** Null unless it is being heard right now. */
  partial: partialTranscriptSchema.nullable(),
  /** The corrections that hold, in order. Text that has been hidden since is masked in them. */
  operations: z.array(recordedOperationSchema),
  /** Names what is on screen. Passed along with a correction it keeps two windows from writing over one another. */
  revision: z.string(),
  /** What the next undo takes back, and what the next redo brings back; null where there is nothing. */
  undo: changeHintSchema.nullable(),
  redo: changeHintSchema.nullable(),
  /** What was made from words that have changed since and cannot be made anew at once. */
  stale: z.array(staleSchema),
  /** Corrections made on words of an earlier hearing, which therefore do not hold; the history shows them. */
  leftBehind: z.int().min(0),
  /** Stretches of the sound that are to be muted, in order, joined: masked words, and what a person has hidden. */
  muted: z.array(spanSchema),
  tags: z.array(z.string()),
  /** Whom nameless agents sound like; empty while voices are not remembered. */
  proposedNames: z.array(proposedNameSchema),
  /** How it felt and what it speaks of; null while it has not been read, or is being read anew. */
  insight: insightViewSchema.nullable(),
  job: jobViewSchema.nullable(),
});
/** A conversation with all that its page needs. */
export type ConversationView = z.infer<typeof conversationViewSchema>;

/** What a model is for. */
export const modelTaskSchema = z.enum(["transcription", "segmentation", "embedding", "activity"]);
/** What a model is for. */
export type ModelTask = z.infer<typeof modelTaskSchema>;

/** In what numbers a speech model's weights are kept: 32-bit, half precision, whole numbers of 8 or of 4 bits. */
export const precisionSchema = z.enum(["fp32", "fp16", "int8", "int4"]);
/** In what numbers a speech model's weights are kept. */
export type Precision = z.infer<typeof precisionSchema>;

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
  /** In what numbers the weights that are used are kept; absent where there is nothing to choose. */
  precision: precisionSchema.nullable().optional(),
  /** The precisions it comes in. */
  variants: z
    .array(
      z.object({
        precision: precisionSchema,
        bytes: z.number().min(0),
        installed: z.boolean(),
        /** Execution providers it is for, the best first. */
        suits: z.array(z.string()),
      }),
    )
    .optional(),
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
  /** Which precision of a model is used where several are installed, and fetched where nobody says; null, the usual one. */
  precision: precisionSchema.nullable().optional(),
  language: z.string(),
  translate: z.boolean(),
  separation: z.enum(["auto", "channel", "speaker"]),
  transcriptionModel: z.string().nullable(),
});
const offloadFields = z.object({
  /** Where recordings are heard; `auto` goes by the queue. */
  use: enginePreferenceSchema,
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
  /** Minutes of sound waiting here beyond which `auto` sends recordings there. */
  backlogMinutes: z.int().min(1).max(100_000),
  /** US dollars for an hour of the endpoint's instance, for the estimate alone. */
  pricePerHour: z.number().min(0).max(1_000),
});
const playbackFields = z.object({
  /** Speed, 1 as recorded; the pitch stays. */
  rate: z.number().min(0.5).max(3),
  /** Whether stretches in which nobody speaks are left out. */
  skipSilence: z.boolean(),
  /** Shortest such stretch that is left out, in milliseconds. */
  skipSilenceFromMs: z.int().min(500).max(60_000),
});
const readingFields = z.object({
  /** Whether each word shows how sure the model was of it. */
  confidence: z.boolean(),
  /** What is shown of a translated conversation. */
  translation: z.enum(["both", "original", "translation"]),
});
const settingsFields = z.object({
  theme: z.enum(["light", "dark", "auto"]),
  /** Name written beside corrections and exports. */
  reviewer: z.string().max(200),
  /** Terms and replacements for everything that is heard. */
  vocabulary: vocabularySchema,
  /** What the page asks of every import beyond the settings. */
  importOptions: importOptionsSchema,
  speech: speechFields,
  /** What this machine's hearing runs on; `auto` lets Earmark try what there is. */
  executionProvider: executionProviderSchema,
  /** Jobs at a time; null lets Earmark choose by the machine. */
  concurrency: z.int().min(1).max(16).nullable(),
  /** Milliseconds to step back when playback resumes. */
  rewindOnResumeMs: z.int().min(0).max(5_000),
  playback: playbackFields,
  /** How transcripts are read. */
  reading: readingFields,
  /** Mirror for model downloads; null is the hub itself. */
  modelMirror: z.url({ protocol: /^https?$/u }).nullable(),
  /** Whether agents' voices are remembered from call to call. Turned off, all that was remembered is deleted. */
  voiceMemory: z.boolean(),
  /** What is done about each type of personal data in what is heard and read from now on. */
  redaction: redactionPolicySchema,
  /** For how long, and of which types, what was hidden can be brought back. */
  sealing: sealingPolicySchema,
  /** Keys that a person has chosen. */
  keys: keyChoicesSchema,
  /** Whether the system tells when a long job has ended while nobody looks at Earmark. */
  notifyWhenDone: z.boolean(),
  /** Columns and order of the library's table; null for the usual ones. */
  libraryTable: libraryTableLookSchema.nullable(),
  /** Where the windows stand; changed by `window.keep` alone. */
  windows: windowPlacesSchema,
  offload: offloadFields,
  language: languageFields,
  writer: writerChangeSchema,
  writing: writingSettingsSchema,
  /** How fast, when and in which order what comes in bulk is taken in, and what names of files say. */
  intake: intakeSettingsSchema,
  /** How customers are told apart. */
  journeys: journeySettingsSchema,
  /** Which column of other programs' tables says what, in the order in which they are tried. */
  columnMappings: z.array(columnMappingSchema).max(200),
});

/** What a person can set. */
export const settingsSchema = z.object({
  theme: settingsFields.shape.theme.default("auto"),
  reviewer: settingsFields.shape.reviewer.default(""),
  vocabulary: settingsFields.shape.vocabulary.default(noVocabulary),
  importOptions: settingsFields.shape.importOptions.default({}),
  speech: z
    .object({
      precision: speechFields.shape.precision.default(null),
      language: speechFields.shape.language.default("auto"),
      translate: speechFields.shape.translate.default(false),
      separation: speechFields.shape.separation.default("auto"),
      transcriptionModel: speechFields.shape.transcriptionModel.default(null),
    })
    .prefault({}),
  executionProvider: settingsFields.shape.executionProvider.default("auto"),
  concurrency: settingsFields.shape.concurrency.default(null),
  rewindOnResumeMs: settingsFields.shape.rewindOnResumeMs.default(0),
  playback: z
    .object({
      rate: playbackFields.shape.rate.default(1),
      skipSilence: playbackFields.shape.skipSilence.default(false),
      skipSilenceFromMs: playbackFields.shape.skipSilenceFromMs.default(2_000),
    })
    .prefault({}),
  reading: z
    .object({
      confidence: readingFields.shape.confidence.default(false),
      translation: readingFields.shape.translation.default("both"),
    })
    .prefault({}),
  modelMirror: settingsFields.shape.modelMirror.default(null),
  voiceMemory: settingsFields.shape.voiceMemory.default(false),
  redaction: settingsFields.shape.redaction.default(defaultRedactionPolicy),
  sealing: settingsFields.shape.sealing.default({ ...defaultSealingPolicy, types: [...defaultSealingPolicy.types] }),
  keys: settingsFields.shape.keys.default({}),
  notifyWhenDone: settingsFields.shape.notifyWhenDone.default(false),
  libraryTable: settingsFields.shape.libraryTable.default(null),
  windows: settingsFields.shape.windows.default({}),
  /** Who reads sentiment and entities, and how they are counted. */
  language: languageSettingsSchema.prefault({}),
  /** The language model that answers questions, where a person has set one up. */
  writer: writerSettingsSchema.prefault({}),
  /** What it writes by itself. */
  writing: writingSettingsSchema.default({ whenReady: false, workflow: null, evaluations: false }),
  intake: intakeSettingsSchema.prefault({}),
  journeys: journeySettingsSchema.prefault({}),
  columnMappings: settingsFields.shape.columnMappings.default([]),
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
      backlogMinutes: offloadFields.shape.backlogMinutes.default(60),
      // ml.g5.xlarge for hosting in US East (N. Virginia): https://aws.amazon.com/sagemaker/ai/pricing/
      pricePerHour: offloadFields.shape.pricePerHour.default(1.408),
    })
    .prefault({}),
});
/** What a person can set. */
export type Settings = z.infer<typeof settingsSchema>;

/** A change of settings: the named ones alone, those of speech, playback, reading and offload as a whole. Unlike the settings themselves it has no defaults. */
export const settingsChangeSchema = settingsFields.omit({ windows: true }).partial();
