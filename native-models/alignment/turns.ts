import type { Turn, Word } from "../../app/conversation/conversation.ts";
import type { VoiceSegment } from "../../app/conversation/speech.ts";
import type { HeardWord } from "./words.ts";

/** A pause longer than this ends a turn, even if nobody takes over. */
export const turnPauseMs = 1_000;
/** The other has taken over when they speak for at least this long in a pause of the first. */
const takeOverMs = 150;

/** A word of one voice, in milliseconds of the recording. */
export interface VoicedWord {
  readonly voice: number;
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly confidence: number;
  readonly speakerConfidence: number | null;
  readonly doubt?: HeardWord["doubt"];
  /** The language it was heard in, where that is not the call's. */
  readonly language?: string;
}

/** A turn before it has its ids. */
interface OpenTurn {
  readonly voice: number;
  readonly words: VoicedWord[];
}

/**
 * Joins words to turns: the words of one voice, as long as its pauses are short and no other voice takes over in one.
 * What two voices say at once stays two turns that overlap. Turns come in order of start; ids follow the order.
 *
 * @param first numbers that the ids begin with.
 */
export function turnsOf(words: readonly VoicedWord[], first = { turn: 0, word: 0 }): Turn[] {
  const inOrder = [...words].sort((a, b) => a.startMs - b.startMs || a.voice - b.voice || a.endMs - b.endMs);
  const turns: OpenTurn[] = [];
  const open = new Map<number, OpenTurn>();
  for (const word of inOrder) {
    const current = open.get(word.voice);
    const last = current?.words.at(-1);
    const goesOn = last !== undefined && last.language === word.language && continues(last, word, inOrder);
    if (current !== undefined && goesOn) {
      current.words.push(word);
    } else {
      const turn = { voice: word.voice, words: [word] };
      turns.push(turn);
      open.set(word.voice, turn);
    }
  }
  let next = first.word;
  const ids = new Map<VoicedWord, string>();
  for (const word of inOrder) ids.set(word, `w${next++}`);
  return turns.map(({ voice, words: own }, index) => ({
    id: `t${first.turn + index}`,
    participantId: participantId(voice),
    startMs: own[0]?.startMs ?? 0,
    endMs: own.reduce((latest, { endMs }) => Math.max(latest, endMs), 0),
    text: own.map(({ text }) => text).join(" "),
    words: own.map((word) => toWord(word, ids.get(word) ?? "")),
    ...(own[0]?.language === undefined ? {} : { language: own[0].language }),
    speakerConfidence: meanConfidence(own.map(({ speakerConfidence }) => speakerConfidence)),
  }));
}

/** Turns where no words are known: the stretches of each voice, short pauses bridged, with nothing in them. */
export function wordlessTurns(segments: readonly VoiceSegment[]): Turn[] {
  const inOrder = [...segments].sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
  const turns: { voice: number; startMs: number; endMs: number; confidences: (number | null)[] }[] = [];
  const open = new Map<number, (typeof turns)[number]>();
  for (const segment of inOrder) {
    const current = open.get(segment.voice);
    if (current !== undefined && continues(current, segment, inOrder)) {
      current.endMs = Math.max(current.endMs, segment.endMs);
      current.confidences.push(segment.confidence);
    } else {
      const turn = { voice: segment.voice, startMs: segment.startMs, endMs: segment.endMs, confidences: [segment.confidence] };
      turns.push(turn);
      open.set(segment.voice, turn);
    }
  }
  return turns.map(({ voice, startMs, endMs, confidences }, index) => ({
    id: `t${index}`,
    participantId: participantId(voice),
    startMs,
    endMs,
    text: "",
    words: [],
    speakerConfidence: meanConfidence(confidences),
  }));
}

/** The id of a voice's participant. */
export function participantId(voice: number): string {
  return `p${voice}`;
}

function continues(
  before: { readonly voice: number; readonly endMs: number },
  next: { readonly startMs: number },
  all: readonly { readonly voice: number; readonly startMs: number; readonly endMs: number }[],
): boolean {
  if (next.startMs - before.endMs > turnPauseMs) return false;
  // Only what begins shortly before the pause can reach into it; a binary search finds where to look.
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((all[middle]?.startMs ?? 0) < before.endMs - 10_000) low = middle + 1;
    else high = middle;
  }
  let taken = 0;
  for (let i = low; i < all.length; i++) {
    const other = all[i];
    if (other === undefined || other.startMs >= next.startMs) break;
    if (other.voice === before.voice) continue;
    taken += Math.max(0, Math.min(other.endMs, next.startMs) - Math.max(other.startMs, before.endMs));
  }
  return taken < takeOverMs;
}

function toWord(word: VoicedWord, id: string): Word {
  return {
    id,
    text: word.text,
    startMs: word.startMs,
    endMs: word.endMs,
    confidence: word.confidence,
    ...(word.doubt === undefined ? {} : { doubt: word.doubt }),
  };
}

function meanConfidence(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(0, Math.min(1, known.reduce((sum, value) => sum + value, 0) / known.length));
}
