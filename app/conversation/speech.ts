import type { Span, Transcript } from "./conversation.ts";

/*
 * What passes between the speech engine and the rest: sound as it lies on disk, who spoke when, what was said. Plain
 * data, so that it crosses a process, a socket and a database alike.
 */

/** Samples per second of all decoded sound: what every model of the catalogue expects. */
export const speechSampleRate = 16_000;

/** One channel as decoded: 16-bit little-endian mono PCM at 16 kHz, without a header. */
export interface DecodedChannel {
  readonly path: string;
  readonly samples: number;
  /** Root mean square over the whole channel, in dB relative to full scale; -Infinity never, floor -120. */
  readonly rmsDb: number;
}

/** How the channels of a recording relate. */
export type ChannelLayout =
  /** One channel, the sides mixed. */
  | "mono"
  /** Several channels with the same signal (correlation above 0.9): treated as mono, first channel used. */
  | "dual-mono"
  /** Each channel is a side. */
  | "separate";

/** A recording as the speech engine gets it. */
export interface DecodedAudio {
  readonly durationMs: number;
  readonly layout: ChannelLayout;
  /** Pearson correlation of the first two channels; null for one channel. */
  readonly correlation: number | null;
  readonly channels: readonly DecodedChannel[];
  /** Channels on which nothing is to be heard. */
  readonly silentChannels: readonly number[];
}

/** How the sides of a call are told apart. */
export type Separation = "auto" | "channel" | "speaker";

/** A stretch of one voice. */
export interface VoiceSegment extends Span {
  /** Index into `Diarization.voices`. */
  readonly voice: number;
  /** 0 to 1; null where the channel itself says whose voice it is. */
  readonly confidence: number | null;
}

/** One voice found in a recording. */
export interface Voice {
  /** The channel the voice is on; null in a mono mix. */
  readonly channel: number | null;
}

/** Who spoke when. */
export interface Diarization {
  readonly method: /** a channel each */
  "channel" | /** by a segmentation model */ "neural" | /** speech or not, no voices */ "activity";
  readonly voices: readonly Voice[];
  /** In order of start; segments of different voices may overlap. */
  readonly segments: readonly VoiceSegment[];
  /** The same with at most one voice at a time, for giving words to voices. In order, without overlap across a mono mix. */
  readonly exclusive: readonly VoiceSegment[];
  readonly shortfalls: Transcript["shortfalls"];
  readonly models: readonly LoadedModel[];
}

/** A model as it was really loaded. */
export interface LoadedModel {
  readonly id: string;
  readonly task: string;
  readonly sha256: string;
  /** Understands only a narrow material (the demo voice); results are marked. */
  readonly limited: boolean;
}

/** What a person asked of the speech engine. */
export interface SpeechOptions {
  readonly separation: Separation;
  /** Number of voices in a mono recording; null lets the engine decide (two at most for a call). */
  readonly speakers: number | null;
  /** BCP 47, or "auto". */
  readonly language: string;
  readonly translate: boolean;
  /** Catalogue id of the model to transcribe with; null lets the engine choose the best installed one. */
  readonly transcriptionModel: string | null;
}

/** The options when nobody asked for anything. */
export const defaultSpeechOptions: SpeechOptions = {
  separation: "auto",
  speakers: null,
  language: "auto",
  translate: false,
  transcriptionModel: null,
};
