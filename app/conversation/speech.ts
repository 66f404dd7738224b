import { z } from "zod";
import {
  confidenceSchema,
  heardSoundSchema,
  loadedModelSchema,
  millisecondsSchema,
  shortfallSchema,
  spanSchema,
  turnSchema,
} from "./conversation.ts";
import { enginePreferenceSchema } from "./engine-choice.ts";
import { vocabularySchema } from "./vocabulary.ts";

/*
 * What passes between the speech engine and the rest: sound as it lies on disk, who spoke when, what was said. Plain
 * data, so that it crosses a process, a socket and a database alike.
 */

/** Samples per second of all decoded sound: what every model of the catalogue expects. */
export const speechSampleRate = 16_000;

/** One channel as decoded: 16-bit little-endian mono PCM at 16 kHz, without a header. */
export const decodedChannelSchema = z.object({
  path: z.string().min(1),
  samples: z.int().min(0),
  /** Root mean square over the whole channel, in dB relative to full scale; floor -120. */
  rmsDb: z.number(),
});
/** One channel as decoded. */
export type DecodedChannel = Readonly<z.infer<typeof decodedChannelSchema>>;

/**
 * How the channels of a recording relate: `mono`, one channel, the sides mixed; `dual-mono`, several channels with the
 * same signal (correlation above 0.9), treated as mono; `separate`, each channel is a side.
 */
export const channelLayoutSchema = z.enum(["mono", "dual-mono", "separate"]);
/** How the channels of a recording relate. */
export type ChannelLayout = z.infer<typeof channelLayoutSchema>;

/** A recording as the speech engine gets it. */
export const decodedAudioSchema = z.object({
  durationMs: millisecondsSchema,
  layout: channelLayoutSchema,
  /** Pearson correlation of the first two channels; null for one channel. */
  correlation: z.number().nullable(),
  channels: z.array(decodedChannelSchema).min(1).readonly(),
  /** Channels on which nothing is to be heard. */
  silentChannels: z.array(z.int().min(0)).readonly(),
  /** The file ends early or is damaged: this is what there was. */
  truncated: z.boolean().optional(),
});
/** A recording as the speech engine gets it. */
export type DecodedAudio = Readonly<z.infer<typeof decodedAudioSchema>>;

/** How the sides of a call are told apart. */
export const separationSchema = z.enum(["auto", "channel", "speaker"]);
/** How the sides of a call are told apart. */
export type Separation = z.infer<typeof separationSchema>;

/** A stretch of one voice. */
export const voiceSegmentSchema = spanSchema.extend({
  /** Index into `Diarization.voices`. */
  voice: z.int().min(0),
  /** 0 to 1; null where the channel itself says whose voice it is. */
  confidence: confidenceSchema.nullable(),
});
/** A stretch of one voice. */
export type VoiceSegment = Readonly<z.infer<typeof voiceSegmentSchema>>;

/** One voice found in a recording. */
export const voiceSchema = z.object({
  /** The channel the voice is on; null in a mono mix. */
  channel: z.int().min(0).nullable(),
});
/** One voice found in a recording. */
export type Voice = Readonly<z.infer<typeof voiceSchema>>;

/** Who spoke when. */
export const diarizationSchema = z.object({
  /** `channel`, a channel each; `neural`, by a segmentation model; `activity`, speech or not, no voices told apart. */
  method: z.enum(["channel", "neural", "activity"]),
  voices: z.array(voiceSchema).readonly(),
  /** In order of start; segments of different voices may overlap. */
  segments: z.array(voiceSegmentSchema).readonly(),
  /** The same with at most one voice at a time, for giving words to voices. In order, without overlap across a mono mix. */
  exclusive: z.array(voiceSegmentSchema).readonly(),
  /** What is heard beside speech, in order of start; it lies in no segment. Absent where nobody listened for it. */
  sounds: z.array(heardSoundSchema).readonly().optional(),
  shortfalls: z.array(shortfallSchema).readonly(),
  models: z.array(loadedModelSchema).readonly(),
});
/** Who spoke when. */
export type Diarization = Readonly<z.infer<typeof diarizationSchema>>;

/** What a person asked of the speech engine. */
export const speechOptionsSchema = z.object({
  separation: separationSchema,
  /** Number of voices in a mono recording; null lets the engine decide (two at most for a call). */
  speakers: z.int().min(1).nullable(),
  /** Between how many voices a mono recording has, where `speakers` is null; as many are found as part clearly. */
  speakerRange: z.object({ least: z.int().min(1), most: z.int().min(1) }).optional(),
  /** BCP 47, or "auto". */
  language: z.string(),
  /**
   * The languages that may be spoken, where `language` is "auto"; absent or empty, any. With two or more each turn is
   * heard in its own.
   */
  languages: z.array(z.string()).max(20).readonly().optional(),
  translate: z.boolean(),
  /** Where it is heard; absent, as the settings say. Not passed on to an engine. */
  engine: enginePreferenceSchema.optional(),
  /** Catalogue id of the model to transcribe with; null lets the engine choose the best installed one. */
  transcriptionModel: z.string().nullable(),
  /** Names and terms that are likely to be said, as they are to be written, and what is written in place of what. */
  vocabulary: vocabularySchema.optional(),
  /** Lines the recogniser follows at once: 1, the default, is the fastest. */
  beams: z.int().min(1).max(8).optional(),
});
/** What a person asked of the speech engine. */
export type SpeechOptions = Readonly<z.infer<typeof speechOptionsSchema>>;

/**
 * What has been heard of a recording so far: it may still change, and it has not been redacted. The turns from index `from`
 * on stand in place of those told before from there on.
 */
export const heardSoFarSchema = z.object({
  from: z.int().min(0),
  turns: z.array(turnSchema).readonly(),
  /** Up to where everything has been heard. */
  untilMs: millisecondsSchema,
});
/** What has been heard of a recording so far. */
export type HeardSoFar = Readonly<z.infer<typeof heardSoFarSchema>>;

/** The options when nobody asked for anything. */
export const defaultSpeechOptions: SpeechOptions = {
  separation: "auto",
  speakers: null,
  language: "auto",
  translate: false,
  transcriptionModel: null,
};
