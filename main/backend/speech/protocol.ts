import { z } from "zod";
import { failureSchema } from "../../../app/contract/errors.ts";
import { spanSchema } from "../../../app/conversation/conversation.ts";
import {
  decodedAudioSchema,
  diarizationSchema,
  heardSoFarSchema,
  speechOptionsSchema,
} from "../../../app/conversation/speech.ts";

/*
 * What passes between the backend and the speech process. Both sides parse what they get: the process may be of another
 * build, and what comes out of native code is not trusted to be what was meant.
 */

const placedModelSchema = z.object({
  id: z.string(),
  task: z.enum(["transcription", "segmentation", "embedding", "activity"]),
  limited: z.boolean(),
  /** Absolute path. */
  folder: z.string(),
  /** Over its files; see `PlacedModel` in models.ts. */
  sha256: z.string(),
  /** Canonical path of each graph to the file that stands for it in the folder. */
  graphs: z.record(z.string(), z.string()),
});
/** A verified model folder, as the process gets it. */
export type PlacedModel = z.infer<typeof placedModelSchema>;

const placedModelsSchema = z.object({
  transcription: placedModelSchema.nullable(),
  segmentation: placedModelSchema.nullable(),
  embedding: placedModelSchema.nullable(),
  activity: placedModelSchema.nullable(),
});
/** The verified model of each task; null where none is installed. */
export type PlacedModels = z.infer<typeof placedModelsSchema>;

const runtimeSchema = z.object({
  /** Execution providers in the order to try; `cpu` is always tried last. */
  providers: z.array(z.string()).max(10),
  /** Threads of one operator where the engine does not ask for a number; 0 lets ONNX Runtime choose. */
  threads: z.int().min(0).max(256),
});
/** How sessions are opened. */
export type RuntimeSettings = z.infer<typeof runtimeSchema>;

const job = {
  id: z.int().min(1),
  audio: decodedAudioSchema,
  options: speechOptionsSchema,
  models: placedModelsSchema,
  runtime: runtimeSchema,
};

const speakingVoiceSchema = z.object({ channel: z.int().min(0).nullable(), spans: z.array(spanSchema) });

/** A print of one voice of a recording, as the process gives it; null where there is none. */
export const voicePrintSchema = z
  .object({ model: z.string().min(1), seconds: z.number().min(0), print: z.array(z.number()).min(1).max(4_096) })
  .nullable();
/** A print of one voice of a recording. Biometric data: kept only where a person has turned that on. */
export type VoicePrint = NonNullable<z.infer<typeof voicePrintSchema>>;

/** What the backend asks of the process. */
export const requestSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("diarize"), ...job }),
  z.object({ kind: z.literal("recognise"), ...job, diarization: diarizationSchema }),
  /** A print of one voice of a recording; asked only where a person has turned on that agents' voices are remembered. */
  z.object({ kind: z.literal("voice-print"), ...job, voice: speakingVoiceSchema }),
  /** Opens graphs and tells their names: the check before a model is taken in. */
  z.object({ kind: z.literal("inspect"), id: z.int().min(1), graphs: z.array(z.string()).max(20) }),
  /** Runs the tiny graph on one execution provider; null lists the names instead. */
  z.object({ kind: z.literal("try-provider"), id: z.int().min(1), provider: z.string().nullable() }),
  /** Runs a transcription model's encoder on one execution provider, and times it. */
  z.object({
    kind: z.literal("time-encoder"),
    id: z.int().min(1),
    path: z.string(),
    provider: z.string(),
    threads: z.int().min(0),
  }),
  z.object({ kind: z.literal("abort"), id: z.int().min(1) }),
]);
/** What the backend asks of the process. */
export type SpeechRequest = z.infer<typeof requestSchema>;

/** Names of a graph that was really opened. */
export const inspectionSchema = z.array(z.object({ inputs: z.array(z.string()), outputs: z.array(z.string()) }));

/** The execution providers this build lists. */
export const providerListSchema = z.array(z.object({ name: z.string(), bundled: z.boolean() }));

/** What came of timing an encoder. */
export const encoderRunSchema = z.object({ ms: z.number().min(0), sample: z.array(z.number()).max(1_000) });

/** What the process tells the backend. */
export const noticeSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ready") }),
  z.object({ kind: z.literal("beat"), rssBytes: z.number().min(0) }),
  z.object({ kind: z.literal("progress"), id: z.int(), share: z.number() }),
  z.object({ kind: z.literal("turns"), id: z.int(), heard: heardSoFarSchema }),
  /** A graph was opened: on which provider, and why not on the ones before it in the order. */
  z.object({
    kind: z.literal("session"),
    model: z.string(),
    provider: z.string(),
    refused: z.array(z.object({ provider: z.string(), reason: z.string() })),
  }),
  z.object({ kind: z.literal("result"), id: z.int(), value: z.unknown() }),
  z.object({ kind: z.literal("failure"), id: z.int(), failure: failureSchema }),
]);
/** What the process tells the backend. */
export type SpeechNotice = z.infer<typeof noticeSchema>;
