import type { Transcript } from "./conversation/conversation.ts";
import type { DecodedAudio, Diarization, SpeechOptions } from "./conversation/speech.ts";

/** How far a piece of work has come: 0 to 1. Called often; whoever listens thins it out. */
export type ProgressListener = (share: number) => void;

/** What every long call takes beside its input. */
export interface Attention {
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
}

/**
 * Hears a recording: who spoke when, and what was said. Implemented by the local speech process and by SageMaker; both
 * pass the same port tests. Rejects with an `EarmarkError`; `cancelled` within a second of the signal's abort.
 */
export interface SpeechEngine {
  /** Who spoke when. Without models: by channel activity, and the result's shortfalls say what is missing. */
  diarize(audio: DecodedAudio, options: SpeechOptions, attention: Attention): Promise<Diarization>;
  /**
   * What was said, word by word, by the voices of the diarization. Where no suitable model is installed the turns come
   * without words and the shortfalls name the model that would add them.
   */
  recognise(audio: DecodedAudio, diarization: Diarization, options: SpeechOptions, attention: Attention): Promise<Transcript>;
  /** Ends the engine's processes. */
  close(): Promise<void>;
}

/** Reads the time; injected so that tests decide it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}
