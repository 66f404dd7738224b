import { useSyncExternalStore } from "react";
import type { Span, Turn, Word } from "../../../app/conversation/conversation.ts";

/** Words chosen one after the other, over turns too: the one where choosing began, and the one it has come to. */
export interface WordRange {
  readonly from: string;
  readonly to: string;
}

/** A part of the text of a turn without words: UTF-16 offsets. */
export interface TextRange {
  readonly turnId: string;
  readonly start: number;
  readonly end: number;
}

/** Where a person stands in a transcript. */
export interface CaretState {
  readonly turnId: string | null;
  /** Null in a turn without words. */
  readonly wordId: string | null;
  readonly range: WordRange | null;
  readonly text: TextRange | null;
}

const nowhere: CaretState = { turnId: null, wordId: null, range: null, text: null };

/** Where a person stands in a transcript, outside of React: stepping from word to word draws nothing else anew. */
export class Caret {
  #state = nowhere;
  readonly #listeners = new Set<() => void>();

  /** Hears when it moves; answers with its undo. */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Where it is. */
  state = (): CaretState => this.#state;

  /** Stands on a word, or on a turn without words; what was chosen stays chosen. */
  stand(turnId: string, wordId: string | null): void {
    if (this.#state.turnId === turnId && this.#state.wordId === wordId) return;
    this.#put({ ...this.#state, turnId, wordId });
  }

  /** Chooses words, or nothing. */
  choose(range: WordRange | null): void {
    if (range === null && this.#state.range === null && this.#state.text === null) return;
    this.#put({ ...this.#state, range, text: null });
  }

  /** Chooses a part of the text of a turn without words. */
  chooseText(text: TextRange): void {
    this.#put({ ...this.#state, turnId: text.turnId, wordId: null, range: null, text });
  }

  #put(state: CaretState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

/** Where the person stands; drawn anew when that changes. */
export function useCaret(caret: Caret): CaretState {
  return useSyncExternalStore(caret.subscribe, caret.state);
}

/** Where each word of a transcript is. Masked words count as one with the first of them. */
export interface WordPlaces {
  readonly of: ReadonlyMap<string, { readonly turn: number; readonly word: number }>;
  readonly turns: readonly Turn[];
}

/** Finds every word of the turns by its id. */
export function wordPlaces(turns: readonly Turn[]): WordPlaces {
  const of = new Map<string, { turn: number; word: number }>();
  for (const [turn, { words }] of turns.entries()) for (const [word, { id }] of words.entries()) of.set(id, { turn, word });
  return { of, turns };
}

/** The chosen words of one turn: indices, the last included. */
export interface ChosenInTurn {
  readonly from: number;
  readonly to: number;
}

/** The chosen words by turn index, in order; empty when a word is not there any more. */
export function chosenByTurn(range: WordRange | null, { of, turns }: WordPlaces): ReadonlyMap<number, ChosenInTurn> {
  const chosen = new Map<number, ChosenInTurn>();
  const one = range === null ? undefined : of.get(range.from);
  const other = range === null ? undefined : of.get(range.to);
  if (one === undefined || other === undefined) return chosen;
  const forwards = one.turn < other.turn || (one.turn === other.turn && one.word <= other.word);
  const [first, last] = forwards ? [one, other] : [other, one];
  for (let turn = first.turn; turn <= last.turn; turn++) {
    const count = turns[turn]?.words.length ?? 0;
    if (count === 0) continue;
    chosen.set(turn, { from: turn === first.turn ? first.word : 0, to: turn === last.turn ? last.word : count - 1 });
  }
  return chosen;
}

/** What the next correction or comment is about. */
export interface Target {
  /** The turns it touches, in order; never empty. */
  readonly turns: readonly [Turn, ...Turn[]];
  /** Chosen words, or the one a person stands on; empty for a whole turn. */
  readonly words: readonly Word[];
  /** Words were chosen, rather than stood on. */
  readonly chosen: boolean;
  /** A part of the text of a turn without words. */
  readonly text: TextRange | null;
}

/** What a place in a transcript means for a correction; undefined where nothing of it is there any more. */
export function targetOf({ turnId, wordId, range, text }: CaretState, places: WordPlaces): Target | undefined {
  const chosen = [...chosenByTurn(range, places)].flatMap(([turn, { from, to }]) => {
    const of = places.turns[turn];
    return of === undefined ? [] : [{ turn: of, words: of.words.slice(from, to + 1) }];
  });
  const [first, ...more] = chosen.map((each) => each.turn);
  if (first !== undefined)
    return { turns: [first, ...more], words: chosen.flatMap((each) => each.words), chosen: true, text: null };
  const place = wordId === null ? undefined : places.of.get(wordId);
  const turn = place === undefined ? places.turns.find((each) => each.id === turnId) : places.turns[place.turn];
  if (turn === undefined) return undefined;
  const word = place === undefined ? undefined : turn.words[place.word];
  const within = text !== null && text.turnId === turn.id && text.end <= turn.text.length ? text : null;
  return { turns: [turn], words: word === undefined ? [] : withMasked(turn, word), chosen: false, text: within };
}

/** Words masked together are shown as one, and so are stood on as one. */
function withMasked({ words }: Turn, word: Word): Word[] {
  if (word.redaction === undefined) return [word];
  const at = words.indexOf(word);
  const end = words.findIndex((each, index) => index > at && each.redaction !== word.redaction);
  return words.slice(at, end === -1 ? undefined : end);
}

/** When a target was said. */
export function spanOf({ turns, words }: Target): Span {
  const of: readonly Span[] = words.length > 0 ? words : turns;
  return { startMs: Math.min(...of.map((each) => each.startMs)), endMs: Math.max(...of.map((each) => each.endMs)) };
}
