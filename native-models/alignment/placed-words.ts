import type { Diarization } from "../../app/conversation/speech.ts";
import { samplesPerMs } from "../audio/sample-rate.ts";
import type { Stretch } from "../audio/spans.ts";
import type { Decoder } from "../whisper/decoding.ts";
import type { Hearing, Track } from "../whisper/listening.ts";
import { recordingSample } from "../whisper/windows.ts";
import type { VoicedWord } from "./turns.ts";
import { wordsToVoices } from "./voices.ts";
import { type HeardWord, refine, wordsOf } from "./words.ts";

/**
 * The words of a decoded window, placed in the recording and given to voices.
 *
 * @param doubt what speaks against the window as a whole; a word's own reason goes before it.
 */
export function placedWords(
  { decoded, window, samples }: Pick<Hearing, "decoded" | "window" | "samples">,
  track: Track,
  diarization: Diarization,
  { configuration, reader }: Decoder,
  language: string | null,
  doubt: HeardWord["doubt"],
): VoicedWord[] {
  const inRecording: HeardWord[] = wordsOf(decoded, configuration, reader, language, samples).map((word) => {
    const start = recordingSample(window, word.start, "start");
    return { ...word, start, end: Math.max(start, recordingSample(window, word.end, "end")) };
  });
  const placed = refine(inRecording, spokenNear(inRecording, track.speech)).map((word) => {
    const startMs = Math.round(word.start / samplesPerMs);
    return { ...word, startMs, endMs: Math.max(startMs + 1, Math.round(word.end / samplesPerMs)) };
  });
  const assigned =
    track.voice === null
      ? wordsToVoices(
          placed,
          diarization.exclusive.filter(({ voice }) => track.voices.includes(voice)),
        )
      : placed.map((word) => ({ word, voice: track.voice ?? 0, confidence: null }));
  return assigned.map(({ word, voice, confidence }) => ({
    voice,
    text: word.text,
    startMs: word.startMs,
    endMs: Math.min(track.sound.durationMs, word.endMs),
    confidence: word.confidence,
    speakerConfidence: confidence,
    ...doubted(word.doubt ?? doubt),
  }));
}

/** The stretches that any of the words touches: a call of hours has thousands of them, and a window a few. */
function spokenNear(words: readonly HeardWord[], speech: readonly Stretch[]): Stretch[] {
  const from = words.reduce((least, { start }) => Math.min(least, start), Infinity);
  const to = words.reduce((most, { end }) => Math.max(most, end), -Infinity);
  return speech.filter(({ start, end }) => end > from && start < to);
}

function doubted(doubt: HeardWord["doubt"]): { doubt?: NonNullable<HeardWord["doubt"]> } {
  return doubt === undefined ? {} : { doubt };
}
