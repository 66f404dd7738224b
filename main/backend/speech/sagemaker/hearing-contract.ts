import { z } from "zod";
import { failureSchema } from "../../../../app/contract/errors.ts";
import { loadedModelSchema, millisecondsSchema, transcriptSchema } from "../../../../app/conversation/conversation.ts";
import { channelLayoutSchema, diarizationSchema, speechOptionsSchema } from "../../../../app/conversation/speech.ts";

/*
 * What passes between Earmark and its own container behind a SageMaker endpoint: one request, one answer, both JSON, both
 * named and numbered, so that an Earmark and a container of different age notice instead of guessing.
 */

/** The name of the shape; the version stands beside it. */
export const hearingSchemaName = "https://earmark.app/schema/hearing";
/** The media type of request and answer. */
export const hearingMediaType = "application/json";

const named = { schema: z.literal(hearingSchemaName), version: z.literal(1) };

/** SHA-256 in hexadecimal digits. */
const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/u);

/** Where the bytes of a recording are: an object in S3, or in the request itself. FLAC, WAV, Opus, whatever ffmpeg reads. */
export const soundSourceSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("s3"),
    uri: z.string().regex(/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/.{1,1024}$/u),
    /** Over the bytes; what does not match is refused. */
    sha256: sha256Schema.optional(),
  }),
  z.object({ kind: z.literal("inline"), base64: z.string().min(1), sha256: sha256Schema.optional() }),
]);
/** Where the bytes of a recording are. */
export type SoundSource = z.infer<typeof soundSourceSchema>;

const soundSchema = z.discriminatedUnion("kind", [
  /** A recording as it is: the container finds out how its channels relate. */
  z.object({ kind: z.literal("recording"), source: soundSourceSchema }),
  /** A recording that has been taken apart before: one mono source for each channel, and what was found out about them. */
  z.object({
    kind: z.literal("channels"),
    channels: z.array(soundSourceSchema).min(1).max(8),
    durationMs: millisecondsSchema,
    layout: channelLayoutSchema,
    correlation: z.number().nullable(),
    silentChannels: z.array(z.int().min(0)),
    truncated: z.boolean(),
  }),
]);

/** What Earmark asks of its container. */
export const hearingRequestSchema = z.object({
  ...named,
  audio: soundSchema,
  options: speechOptionsSchema,
  /** Who spoke when, where that is settled; absent, the container finds out. */
  diarization: diarizationSchema.optional(),
});
/** What Earmark asks of its container. */
export type HearingRequest = z.infer<typeof hearingRequestSchema>;

/** Who spoke when and what was said, and what heard it. */
export const hearingSchema = z.object({
  diarization: diarizationSchema,
  transcript: transcriptSchema,
  /** Every model that took part, with the hash of what was really loaded. */
  models: z.array(loadedModelSchema),
  engine: z.object({ name: z.string(), version: z.string(), executionProvider: z.string().nullable() }),
});
/** Who spoke when and what was said, and what heard it. */
export type Hearing = z.infer<typeof hearingSchema>;

/** What the container answers: a hearing, or why there is none. */
export const hearingAnswerSchema = z.union([
  z.object({ ...named, hearing: hearingSchema }),
  z.object({ ...named, failure: failureSchema }),
]);
/** What the container answers. */
export type HearingAnswer = z.infer<typeof hearingAnswerSchema>;

/** The container's answer with its name and version. */
export function toAnswer(outcome: { hearing: Hearing } | { failure: z.infer<typeof failureSchema> }): HearingAnswer {
  return { schema: hearingSchemaName, version: 1, ...outcome };
}
