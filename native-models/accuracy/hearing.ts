import type { Transcript } from "../../app/conversation/conversation.ts";
import { type Diarization, defaultSpeechOptions } from "../../app/conversation/speech.ts";
import type { VoiceRange } from "../diarization/clustering.ts";
import { diarize, type Models, recognise } from "../index.ts";
import { makeTensor } from "./model-folders.ts";
import type { Recording } from "./recording.ts";

/** What was heard in a recording, and how long it took. */
export interface Hearing {
  readonly diarization: Diarization;
  readonly transcript: Transcript;
  readonly diarizeS: number;
  readonly recogniseS: number;
}

/** Hears a recording with the whole engine; `words` false leaves the words out. */
export async function hear(
  recording: Recording,
  models: Models,
  speakers: number | VoiceRange | null = null,
  words = true,
): Promise<Hearing> {
  const attention = { signal: new AbortController().signal, onProgress: () => {} };
  const counted = speakers === null || typeof speakers === "number" ? { speakers } : { speakerRange: speakers };
  const options = { ...defaultSpeechOptions, ...counted };
  const begin = performance.now();
  const diarization = await diarize(recording.sound, recording.audio, models, makeTensor, options, attention);
  const between = performance.now();
  const using = words ? models : { ...models, transcription: null };
  const transcript = await recognise(recording.sound, recording.audio, diarization, using, makeTensor, options, attention);
  return { diarization, transcript, diarizeS: (between - begin) / 1_000, recogniseS: (performance.now() - between) / 1_000 };
}

/** A share as a percentage. */
export function percent(share: number): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : "none";
}
