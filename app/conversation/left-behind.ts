import { assertNever } from "../assert-never.ts";
import type { Span, Transcript, Turn, Word } from "./conversation.ts";
import type { MadeAt, Operation } from "./operations.ts";
import { separatorOf, textOfWords } from "./workspace.ts";

/*
 * Corrections speak of the words of one hearing. Another hearing has other words: what was corrected in the first does not
 * hold in it, and Earmark does not guess. But when it was said is kept with each correction, so that a person can be
 * shown what stands there now, and can have the correction made again on that.
 */

/** Finds where operations are made, as times stand in the transcript; undefined for one that speaks of no place. What it looks up is made once for all of them. */
export function placeFinder({ turns }: Transcript): (operation: Operation) => MadeAt | undefined {
  let words: Map<string, Said> | null = null;
  const turnsById = new Map(turns.map((turn) => [turn.id, turn]));
  const wordsSpan = (ids: readonly string[]): MadeAt | undefined => {
    words ??= new Map(
      turns.flatMap(({ participantId, words: own }) =>
        own.map(({ id, startMs, endMs }): [string, Said] => [id, { startMs, endMs, participantId }]),
      ),
    );
    const known = words;
    return placeOf(ids.flatMap((id) => known.get(id) ?? []));
  };
  const turnsSpan = (ids: readonly string[]): MadeAt | undefined => placeOf(ids.flatMap((id) => turnsById.get(id) ?? []));
  return (operation) => placeBy(operation, wordsSpan, turnsSpan);
}

/** Something that one participant says. */
type Said = Span & { readonly participantId: string };

function placeBy(
  operation: Operation,
  wordsSpan: (ids: readonly string[]) => MadeAt | undefined,
  turnsSpan: (ids: readonly string[]) => MadeAt | undefined,
): MadeAt | undefined {
  switch (operation.kind) {
    case "retext-words":
    case "reassign-words":
    case "mark-doubt-settled":
      return wordsSpan(operation.wordIds);
    case "retime-word":
      return wordsSpan([operation.wordId]);
    case "retext-turn":
    case "reassign-turn":
    case "retime-turn":
      return turnsSpan([operation.turnId]);
    case "merge-turns":
      return turnsSpan(operation.turnIds);
    case "split-turn": {
      const whole = turnsSpan([operation.turnId]);
      const at = operation.at.kind === "time" ? operation.at.atMs : wordsSpan([operation.at.wordId])?.startMs;
      return whole === undefined || at === undefined ? undefined : { ...whole, startMs: at, endMs: at };
    }
    case "swap-roles":
    case "set-role":
    case "rename-speaker":
    case "add-participant":
    case "merge-participants":
    case "redact":
    case "restore":
      return undefined;
    default:
      return assertNever(operation);
  }
}

function placeOf(said: readonly Said[]): MadeAt | undefined {
  const [first] = said;
  if (first === undefined) return undefined;
  return {
    startMs: said.reduce((least, { startMs }) => Math.min(least, startMs), first.startMs),
    endMs: said.reduce((most, { endMs }) => Math.max(most, endMs), first.endMs),
    participantId: said.every(({ participantId }) => participantId === first.participantId) ? first.participantId : null,
  };
}

/** What stands at a place in a transcript. */
export interface StandsThere {
  readonly turn: Turn;
  /** Empty where the turn has no words with times. */
  readonly words: readonly Word[];
  readonly text: string;
}

/** What is said at a place: of the turns there, the one with the most of it, the same speaker's before another's. Undefined where nobody speaks. */
export function standsThere({ turns }: Transcript, made: MadeAt): StandsThere | undefined {
  const candidates = turns.flatMap((turn) => {
    const shared = Math.min(turn.endMs, made.endMs) - Math.max(turn.startMs, made.startMs);
    // A place without length counts in the turn that it lies in.
    if (shared < 0 || (shared === 0 && made.endMs > made.startMs)) return [];
    const words = turn.words.filter((word) => isThere(word, made));
    return [{ turn, words, shared, same: turn.participantId === made.participantId }];
  });
  const [best] = candidates.sort(
    (a, b) => Number(b.same) - Number(a.same) || b.words.length - a.words.length || b.shared - a.shared,
  );
  if (best === undefined) return undefined;
  const { turn, words } = best;
  return { turn, words, text: turn.words.length === 0 ? turn.text : textOfWords(words, separatorOf(turn)) };
}

/** A word is at a place with more than half of it. */
function isThere({ startMs, endMs }: Span, made: MadeAt): boolean {
  return Math.min(endMs, made.endMs) - Math.max(startMs, made.startMs) > (endMs - startMs) / 2;
}

/** Ids of all words that its speaker says at a place, over turns too; of the turn there where that speaker is silent. */
function wordIdsAt(transcript: Transcript, made: MadeAt): string[] {
  const own = transcript.turns
    .filter(({ participantId }) => made.participantId === null || participantId === made.participantId)
    .flatMap(({ words }) => words.filter((word) => isThere(word, made)));
  return (own.length > 0 ? own : (standsThere(transcript, made)?.words ?? [])).map(({ id }) => id);
}

/**
 * An operation of an earlier hearing as it would be made on this one; null where it cannot be: the place has nothing to make
 * it on, its speaker is not here, or it moved times that were that hearing's own. What hides is carried over by itself.
 */
export function againOn(operation: Operation, made: MadeAt | undefined, transcript: Transcript): Operation | null {
  const { participants, turns } = transcript;
  const there = made === undefined ? undefined : standsThere(transcript, made);
  const wordIds = there?.words.map(({ id }) => id) ?? [];
  const all = made === undefined ? [] : wordIdsAt(transcript, made);
  const isHere = (id: string) => participants.some((one) => one.id === id);
  switch (operation.kind) {
    case "retext-words":
      return wordIds.length === 0 ? null : { kind: "retext-words", wordIds, text: operation.text };
    case "retext-turn":
      if (there !== undefined && there.turn.words.length === 0)
        return { kind: "retext-turn", turnId: there.turn.id, text: operation.text };
      return wordIds.length === 0 ? null : { kind: "retext-words", wordIds, text: operation.text };
    case "mark-doubt-settled":
      return all.length === 0 ? null : { kind: "mark-doubt-settled", wordIds: all };
    case "reassign-words":
    case "reassign-turn": {
      const { participantId } = operation;
      if (there === undefined || !isHere(participantId)) return null;
      if (there.turn.words.length === 0) return { kind: "reassign-turn", turnId: there.turn.id, participantId };
      return all.length === 0 ? null : { kind: "reassign-words", wordIds: all, participantId };
    }
    case "split-turn":
      return there === undefined || made === undefined
        ? null
        : { kind: "split-turn", turnId: there.turn.id, at: { kind: "time", atMs: made.startMs } };
    case "merge-turns": {
      if (made === undefined) return null;
      const turnIds = turns.filter(({ startMs, endMs }) => startMs < made.endMs && endMs > made.startMs).map(({ id }) => id);
      return turnIds.length < 2 ? null : { kind: "merge-turns", turnIds };
    }
    case "merge-participants":
      return isHere(operation.participantId) && isHere(operation.intoId) ? operation : null;
    case "swap-roles":
    case "set-role":
    case "rename-speaker":
    case "add-participant":
    case "retime-word":
    case "retime-turn":
    case "redact":
    case "restore":
      return null;
    default:
      return assertNever(operation);
  }
}
