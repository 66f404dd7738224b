import type { LogMel } from "../audio/log-mel.ts";
import type { Stretch } from "../audio/spans.ts";
import type { Sound } from "../session.ts";
import { stopIfCancelled } from "../speech-error.ts";
import { type Decoded, type Decoder, type DecodingThresholds, decodeWindows } from "./decoding.ts";
import type { Encoded } from "./network.ts";
import { type Evidence, evidenceOf } from "./understanding.ts";
import { readWindow, type SpeechWindow } from "./windows.ts";

/** One line of sound that Whisper hears by itself: a channel, or the mix. */
export interface Track {
  readonly sound: Sound;
  readonly channel: number;
  /** The voice of the channel; null where voices are told apart by time. */
  readonly voice: number | null;
  /** All voices that are heard on it. */
  readonly voices: readonly number[];
  /** Where somebody speaks, in order, without overlap. */
  readonly speech: readonly Stretch[];
}

/** A window of a track. */
export interface TrackWindow {
  readonly track: Track;
  readonly window: SpeechWindow;
}

/** One hearing of a window. */
export interface Hearing {
  readonly decoded: Decoded;
  readonly window: SpeechWindow;
  readonly samples: number;
  readonly evidence: Evidence;
}

/** What listens: the model, its features, and what it has encoded and may need again. */
export interface Ear {
  readonly decoder: Decoder;
  readonly mel: LogMel;
  readonly signal: AbortSignal;
  /** Windows that were encoded to tell their language, until they are heard. */
  readonly encodings: Map<SpeechWindow, Encoding>;
}

/** A window as the encoder heard it. */
export interface Encoding {
  readonly samples: number;
  readonly encoded: Encoded;
}

/** Encodes a window, unless it was before. Throws `cancelled`, `engine-failed`. */
export async function encode({ decoder, mel, signal, encodings }: Ear, { track, window }: TrackWindow): Promise<Encoding> {
  stopIfCancelled(signal);
  const before = encodings.get(window);
  if (before !== undefined) return before;
  const samples = await readWindow(track.sound, track.channel, window);
  return { samples: samples.length, encoded: await decoder.network.encode(mel.features(samples)) };
}

/** Hears windows together, each as it would be heard by itself. */
export async function hearTogether(
  ear: Ear,
  windows: readonly TrackWindow[],
  prompt: readonly number[],
  thresholds: DecodingThresholds,
): Promise<Hearing[]> {
  const { decoder, signal, encodings } = ear;
  const { configuration } = decoder;
  const encoded: Encoding[] = [];
  for (const one of windows) {
    encoded.push(await encode(ear, one));
    encodings.delete(one.window);
  }
  const utterances = encoded.map((one) => ({ encoded: one.encoded, seconds: one.samples / configuration.features.rate }));
  const all = await decodeWindows(decoder, utterances, prompt, thresholds, signal);
  return all.map((decoded, at) => {
    const { samples } = encoded[at] as Encoding;
    const { window } = windows[at] as TrackWindow;
    return { decoded, window, samples, evidence: evidenceOf(decoded, configuration, samples) };
  });
}
