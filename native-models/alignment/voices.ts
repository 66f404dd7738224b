import type { VoiceSegment } from "../../app/conversation/speech.ts";

/** A word or a stretch with its place in the recording. */
export interface Placed {
  readonly startMs: number;
  readonly endMs: number;
}

/** Whose a word is. */
export interface Assigned<Word extends Placed> {
  readonly word: Word;
  readonly voice: number;
  /** How sure the diarization is there; null where the channel says so. */
  readonly confidence: number | null;
}

/** A word of one voice between words of another, this close to both, changes sides where the diarization is unsure. */
const closeMs = 300;
/** Below this share of a word's time the diarization is unsure whose it is. */
const unsure = 0.65;

/**
 * Gives words to voices: to the voice that speaks during most of the word in the exclusive diarization, else to the one
 * that speaks nearest to it. A change of voice is then moved to the end of a sentence where it fell a word beside it.
 *
 * @param words in order of time.
 * @param exclusive in order, without overlap.
 */
export function wordsToVoices<Word extends Placed & { readonly text: string }>(
  words: readonly Word[],
  exclusive: readonly VoiceSegment[],
): Assigned<Word>[] {
  const assigned = words.map((word) => ({ word, ...voiceAt(word, exclusive) }));
  settle(assigned);
  return assigned.map(({ word, voice, confidence }) => ({ word, voice, confidence }));
}

function voiceAt(word: Placed, exclusive: readonly VoiceSegment[]): { voice: number; confidence: number | null; share: number } {
  const time = new Map<number, number>();
  let nearest: VoiceSegment | null = null;
  let distance = Infinity;
  let confidence: number | null = null;
  let most = 0;
  for (const segment of exclusive) {
    const overlap = Math.min(word.endMs, segment.endMs) - Math.max(word.startMs, segment.startMs);
    if (overlap > 0) {
      const sum = (time.get(segment.voice) ?? 0) + overlap;
      time.set(segment.voice, sum);
      if (sum > most) {
        most = sum;
        nearest = segment;
        confidence = segment.confidence;
      }
    } else if (most === 0 && -overlap < distance) {
      distance = -overlap;
      nearest = segment;
      confidence = segment.confidence;
    }
    if (segment.startMs > word.endMs + distance) break;
  }
  return { voice: nearest?.voice ?? 0, confidence, share: most / Math.max(1, word.endMs - word.startMs) };
}

/** Moves a change of voice to a sentence's end when it lies one word beside it and that word is doubtful. */
function settle(assigned: { word: Placed & { readonly text: string }; voice: number; share: number }[]): void {
  for (let i = 1; i + 1 < assigned.length; i++) {
    const before = assigned[i - 1];
    const here = assigned[i];
    const after = assigned[i + 1];
    if (before === undefined || here === undefined || after === undefined) continue;
    const close = here.word.startMs - before.word.endMs < closeMs && after.word.startMs - here.word.endMs < closeMs;
    if (before.voice === after.voice && here.voice !== before.voice && close && here.share < unsure) here.voice = before.voice;
    const endsSentence = /[.?!]["')\]]*$/u;
    if (here.voice === before.voice || endsSentence.test(before.word.text) || here.share >= unsure) continue;
    // The sentence goes on into this word and ends with it: the change comes after it.
    if (endsSentence.test(here.word.text)) here.voice = before.voice;
  }
}
