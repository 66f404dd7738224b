import type { Span } from "../app/conversation/conversation.ts";
import { oneChannel } from "./audio/mixdown.ts";
import { sampleRate, samplesPerMs } from "./audio/sample-rate.ts";
import { meanDirection } from "./diarization/clustering.ts";
import { voicePrints } from "./diarization/embedding.ts";
import { type SegmentedWindow, segmentationFrame, segmentationOffset, segmentationWindow } from "./diarization/segmentation.ts";
import { asOneChannel, type SoundLayout } from "./diarize.ts";
import type { MakeTensor, Models, Sound } from "./session.ts";
import type { Listening } from "./speech-error.ts";

/** How one voice of a recording sounds over all that it says there: biometric data. */
export interface RecordingVoicePrint {
  /** Catalogue id of the model: prints of two models say nothing of each other. */
  readonly model: string;
  /** Speech it was made from, in seconds. */
  readonly seconds: number;
  /** Length one. */
  readonly print: readonly number[];
}

/** Whose voice it is: where it speaks, and on which channel; null in a mix. */
export interface SpeakingVoice {
  readonly channel: number | null;
  /** Where nobody else speaks with it; in order. */
  readonly spans: readonly Span[];
}

/**
 * Two prints of one model that are more alike than this (cosine) may be of one person. Measured for the development
 * model on halves of the same voice (0.91 to 0.98) and on different voices (at most 0.77). WeSpeaker's could not be
 * measured here; its authors' and pyannote's grouping take much less (0.3 to 0.5) for one voice within a call, and
 * another line and another day call for caution.
 */
export function sameVoiceLikeness(model: string): number {
  return model === "speaker-embedding-lda" ? 0.84 : 0.6;
}

/** Windows with most speech that a print is made from: two minutes, after which a print hardly changes. */
const mostWindows = 12;
/** With less than this there is no print to rely on, in seconds. */
const leastSeconds = 10;

/**
 * A print of one voice from what it says alone; null without an embedding model or with a limited one, or where it says
 * too little. Made only when somebody asks: hearing a call needs none.
 *
 * @throws SpeechError `cancelled`, `model-unsuitable`, `engine-failed`
 */
export async function voicePrint(
  sound: Sound,
  audio: SoundLayout,
  voice: SpeakingVoice,
  models: Models,
  makeTensor: MakeTensor,
  attention: Listening,
): Promise<RecordingVoicePrint | null> {
  const { embedding } = models;
  // What tells a few synthetic voices apart is no witness of who a person is.
  if (embedding === null || embedding.limited) return null;
  const one = voice.channel === null ? asOneChannel(sound, audio) : oneChannel(sound, voice.channel);
  const prints = await voicePrints(one, windowsOf(voice.spans, sound.durationMs), embedding, makeTensor, attention);
  const seconds = prints.reduce((sum, print) => sum + print.seconds, 0);
  if (seconds < leastSeconds) return null;
  return { model: embedding.id, seconds, print: [...meanDirection(prints)] };
}

/** The windows of a recording in which a voice says most, with the frames in which it speaks. */
export function windowsOf(spans: readonly Span[], durationMs: number): SegmentedWindow[] {
  const frames = Math.floor((segmentationWindow - 991) / segmentationFrame) + 1;
  const found: (SegmentedWindow & { readonly speech: number })[] = [];
  for (let firstFrame = 0; firstFrame * segmentationFrame < durationMs * samplesPerMs; firstFrame += frames) {
    const from = firstFrame * segmentationFrame;
    const masks = new Uint8Array(frames);
    for (const { startMs, endMs } of spans) {
      if (endMs * samplesPerMs <= from || startMs * samplesPerMs >= from + segmentationWindow) continue;
      const first = Math.ceil((startMs * samplesPerMs - from - segmentationOffset) / segmentationFrame);
      const end = Math.floor((endMs * samplesPerMs - from - segmentationOffset) / segmentationFrame);
      masks.fill(1, Math.max(0, first), Math.max(0, Math.min(frames, end)));
    }
    const speech = masks.reduce((sum, mask) => sum + mask, 0);
    if (speech * segmentationFrame >= sampleRate) found.push({ firstFrame, masks, speech });
  }
  return found
    .sort((a, b) => b.speech - a.speech)
    .slice(0, mostWindows)
    .sort((a, b) => a.firstFrame - b.firstFrame)
    .map(({ firstFrame, masks }) => ({ firstFrame, masks }));
}
