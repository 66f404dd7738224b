import type { Turn, Word } from "../../../app/conversation/conversation.ts";
import { searchedText } from "../../../app/conversation/find-replace.ts";
import type { Operation, RedactTarget } from "../../../app/conversation/operations.ts";
import { separatorOf, textOfWords } from "../../../app/conversation/workspace.ts";
import type { Target } from "./transcript-caret.ts";

/** By how much a key moves a word in time, in milliseconds. */
export const nudgeMs = 50;

/** How many turns further the next turn of the same speaker may be, for joining it over what is thrown in between. */
const reach = 4;

/** The words of a turn that lie in a part of its text, given by UTF-16 offsets into what `searchedText` gives. */
export function wordsWithin(turn: Turn, start: number, end: number): Word[] {
  const separator = separatorOf(turn);
  let at = 0;
  return turn.words.filter((word) => {
    if (word.text === "") return at > start && at <= end;
    const from = at === 0 ? 0 : at + separator.length;
    at = from + word.text.length;
    return from < end && at > start;
  });
}

/** Where a word begins in the text of its turn, in UTF-16 units; the length of the text where it is not in it. */
export function offsetOf(turn: Turn, wordId: string): number {
  const before = turn.words.slice(
    0,
    Math.max(
      0,
      turn.words.findIndex((word) => word.id === wordId),
    ),
  );
  const separator = separatorOf(turn);
  const text = textOfWords(before, separator);
  return text === "" ? 0 : text.length + separator.length;
}

/** Takes a turn apart at a place in its text. Undefined where one of the parts would be empty. */
export function splitAt(turn: Turn, offset: number): Operation | undefined {
  const text = searchedText(turn);
  if (text.slice(0, offset).trim() === "" || text.slice(offset).trim() === "") return undefined;
  if (turn.words.length === 0) {
    // A turn that takes time is parted in it as its text is: nothing better is known.
    const share = text.length === 0 ? 0 : offset / text.length;
    const atMs = Math.round(turn.startMs + share * (turn.endMs - turn.startMs));
    return { kind: "split-turn", turnId: turn.id, at: { kind: "time", atMs, atCharacter: offset } };
  }
  // In the middle of a word, the word goes with what follows.
  const [first] = wordsWithin(turn, offset, text.length + 1);
  return first === undefined ? undefined : { kind: "split-turn", turnId: turn.id, at: { kind: "word", wordId: first.id } };
}

/** Joins a turn with the next one of the same speaker when it is near, else with the one below. */
export function mergeWithNext(turns: readonly Turn[], turnId: string): Operation | undefined {
  const index = turns.findIndex((turn) => turn.id === turnId);
  const turn = turns[index];
  const below = turns[index + 1];
  if (turn === undefined || below === undefined) return undefined;
  const own = turns.slice(index + 1, index + 1 + reach).find((each) => each.participantId === turn.participantId);
  return { kind: "merge-turns", turnIds: [turn.id, (own ?? below).id] };
}

/** Gives chosen words to a speaker; where none were chosen, the whole turn. */
export function giveTo({ turns, words, chosen }: Target, participantId: string): Operation[] {
  if (chosen) return [{ kind: "reassign-words", wordIds: words.map((word) => word.id), participantId }];
  return turns
    .filter((turn) => turn.participantId !== participantId)
    .map((turn): Operation => ({ kind: "reassign-turn", turnId: turn.id, participantId }));
}

/** Hides the words, the part of the text, or the whole of a turn without words. */
export function redactionOf({ turns: [turn], words, text }: Target, label: string): Operation {
  return { kind: "redact", label, target: hiddenPlace(turn, words, text) };
}

/** The same operations, those that hide something with why they do; an empty reason is none. */
export function withReason(operations: readonly Operation[], reason: string): Operation[] {
  return operations.map((one) => (one.kind === "redact" && reason !== "" ? { ...one, reason } : one));
}

function hiddenPlace(turn: Turn, words: readonly Word[], text: Target["text"]): RedactTarget {
  if (words.length > 0) return { kind: "words", wordIds: words.map((word) => word.id) };
  if (turn.words.length > 0) return { kind: "words", wordIds: turn.words.map((word) => word.id) };
  if (turn.text === "") return { kind: "time", startMs: turn.startMs, endMs: turn.endMs };
  return { kind: "text", turnId: turn.id, start: text?.start ?? 0, end: text?.end ?? turn.text.length };
}

/** Lets words in doubt stand; undefined where none is. */
export function acceptDoubts(
  { turns: [turn], words }: Target,
  isDoubtful: (word: Word) => boolean,
): Extract<Operation, { kind: "mark-doubt-settled" }> | undefined {
  const doubtful = (words.length > 0 ? words : turn.words).filter(isDoubtful);
  return doubtful.length === 0 ? undefined : { kind: "mark-doubt-settled", wordIds: doubtful.map((word) => word.id) };
}

/** Moves a word, or a whole turn where no word is stood on; with `end`, its end alone. */
export function nudge({ turns: [turn], words: [word] }: Target, byMs: number, end: boolean): Operation {
  const of = word ?? turn;
  const startMs = Math.max(0, of.startMs + (end ? 0 : byMs));
  const endMs = Math.max(startMs, of.endMs + byMs);
  return word === undefined
    ? { kind: "retime-turn", turnId: turn.id, startMs, endMs }
    : { kind: "retime-word", wordId: word.id, startMs, endMs };
}
