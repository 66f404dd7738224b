import type { VoiceSegment } from "../../app/conversation/speech.ts";
import { samplesPerMs } from "../audio/sample-rate.ts";
import type { Stretch } from "../audio/spans.ts";
import type { SpeechWindow } from "./windows.ts";

/*
 * Which language is spoken: one for a call, or one for each turn where people change between two. Whisper tells a
 * language from a few seconds of sound with some confidence and no memory, so that a turn's language is settled with its
 * neighbours of the same voice, and a change is believed when the other language leads clearly and for long enough.
 */

/** A turn's share of what its neighbours of the same voice say of it. */
const neighbourWeight = 0.25;
/** A neighbour further away than this says nothing. */
const neighbourMs = 60_000;
/** The other language has to lead by this probability, */
const margin = 0.25;
/** over turns of this length together. */
const longEnoughMs = 2_000;
/** A window this much more probable in another language than in that of the call was not heard rightly. */
const suspicion = 0.5;
/** A window shorter than this casts no suspicion on a whole call. */
const suspiciousSamples = 3_000 * samplesPerMs;
/** A piece between two voices shorter than this is not heard by itself. */
const shortestPiece = 300 * samplesPerMs;

/** Probabilities by language code. */
export type LanguageChances = ReadonlyMap<string, number>;

/** A turn, or a part of one, with what its sound says of its language. */
export interface SpokenTurn {
  /** Whose it is: its neighbours are those of the same voice. */
  readonly voice: number | null;
  readonly startMs: number;
  readonly endMs: number;
  readonly chances: LanguageChances;
}

/** Chances among some languages alone; as they are where none is named. */
export function among(chances: LanguageChances, languages: readonly string[]): LanguageChances {
  if (languages.length === 0) return chances;
  const sum = languages.reduce((total, language) => total + (chances.get(language) ?? 0), 0);
  return new Map(languages.map((language) => [language, sum > 0 ? (chances.get(language) ?? 0) / sum : 1 / languages.length]));
}

/** The language most probable over several windows, each weighted alike; null where there is none to choose from. */
export function mostProbableLanguage(windows: readonly LanguageChances[]): string | null {
  const sums = new Map<string, number>();
  for (const window of windows) {
    for (const [language, probability] of window) sums.set(language, (sums.get(language) ?? 0) + probability);
  }
  return likeliest(sums);
}

/** Whether a window was hardly spoken in the language it was heard in. */
export function speaksAnother(chances: LanguageChances, language: string | null, samples: number): boolean {
  if (language === null || samples < suspiciousSamples) return false;
  const best = likeliest(chances);
  return best !== null && (chances.get(best) ?? 0) - (chances.get(language) ?? 0) >= suspicion;
}

/**
 * The language of each turn: its chances are smoothed over the neighbours of the same voice, and a voice changes from its
 * language to another when that leads by a margin for long enough, from the turn on in which it began to lead.
 *
 * @param turns in order of time.
 * @param usual the language that every voice begins with.
 */
export function languagesOfTurns(turns: readonly SpokenTurn[], usual: string): string[] {
  const languages = turns.map(() => usual);
  for (const voice of new Set(turns.map((turn) => turn.voice))) {
    const own = turns.flatMap((turn, index) => (turn.voice === voice ? [{ turn, index }] : []));
    let current = usual;
    /** What leads, since which turns. */
    let other: { language: string | null; since: number[]; ms: number } = { language: null, since: [], ms: 0 };
    for (const [at, { turn, index }] of own.entries()) {
      const chances = smoothed(turn, own[at - 1]?.turn, own[at + 1]?.turn);
      const best = likeliest(chances) ?? current;
      const leads = best !== current && (chances.get(best) ?? 0) - (chances.get(current) ?? 0) >= margin;
      languages[index] = current;
      if (!leads) {
        other = { language: null, since: [], ms: 0 };
        continue;
      }
      if (other.language !== best) other = { language: best, since: [], ms: 0 };
      other.since.push(index);
      other.ms += turn.endMs - turn.startMs;
      if (other.ms < longEnoughMs) continue;
      for (const since of other.since) languages[since] = best;
      current = best;
      other = { language: null, since: [], ms: 0 };
    }
  }
  return languages;
}

function smoothed(turn: SpokenTurn, before: SpokenTurn | undefined, after: SpokenTurn | undefined): LanguageChances {
  const length = Math.max(1, turn.endMs - turn.startMs);
  const sums = new Map<string, number>();
  let whole = 0;
  const add = (one: SpokenTurn, weight: number) => {
    for (const [language, chance] of one.chances) sums.set(language, (sums.get(language) ?? 0) + weight * chance);
    whole += weight;
  };
  add(turn, length);
  // A neighbour counts for no more than the turn's own length: one long turn must not drown a shorter one.
  const lengthOf = (one: SpokenTurn) => Math.min(length, one.endMs - one.startMs);
  if (before !== undefined && turn.startMs - before.endMs < neighbourMs) add(before, neighbourWeight * lengthOf(before));
  if (after !== undefined && after.startMs - turn.endMs < neighbourMs) add(after, neighbourWeight * lengthOf(after));
  return new Map([...sums].map(([language, sum]) => [language, sum / whole]));
}

function likeliest(chances: LanguageChances): string | null {
  let best: string | null = null;
  let most = -Infinity;
  for (const [language, chance] of chances) {
    if (chance <= most) continue;
    best = language;
    most = chance;
  }
  return best;
}

/** A part of a window that one voice speaks. */
export interface VoicePart {
  readonly window: SpeechWindow;
  readonly voice: number | null;
}

/**
 * A window as its turns, each a window of its own: its pieces, and in a mix the parts of each piece that a voice speaks.
 *
 * @param exclusive who speaks when in a mix, in order; null where the window's channel is one voice.
 */
export function turnParts(window: SpeechWindow, exclusive: readonly VoiceSegment[] | null): VoicePart[] {
  return window.pieces.flatMap((piece) => {
    if (exclusive === null) return [{ window: { pieces: [piece] }, voice: null }];
    const parts: Stretch[] = [];
    let { start } = piece;
    let last: VoiceSegment | null = null;
    for (const segment of exclusive) {
      const from = segment.startMs * samplesPerMs;
      if (segment.endMs * samplesPerMs <= piece.start || from >= piece.end) continue;
      if (last !== null && last.voice !== segment.voice) {
        const cut = Math.round((last.endMs * samplesPerMs + from) / 2);
        if (cut - start >= shortestPiece && piece.end - cut >= shortestPiece) {
          parts.push({ start, end: cut });
          start = cut;
        }
      }
      last = segment;
    }
    parts.push({ start, end: piece.end });
    return parts.map((part) => ({ window: { pieces: [part] }, voice: mostHeard(part, exclusive) }));
  });
}

/** The voice that speaks most in a stretch; null where none does. */
function mostHeard(stretch: Stretch, segments: readonly VoiceSegment[]): number | null {
  const heard = new Map<number, number>();
  let most: number | null = null;
  for (const { voice, startMs, endMs } of segments) {
    const shared = Math.min(stretch.end, endMs * samplesPerMs) - Math.max(stretch.start, startMs * samplesPerMs);
    if (shared <= 0) continue;
    heard.set(voice, (heard.get(voice) ?? 0) + shared);
    if (most === null || (heard.get(voice) ?? 0) > (heard.get(most) ?? 0)) most = voice;
  }
  return most;
}
