import { assertNever } from "../assert-never.ts";
import type { Transcript, Turn, Word } from "./conversation.ts";
import type { Operation } from "./operations.ts";

/*
 * Two windows correct one conversation. An operation made on an earlier revision still means what the person meant when
 * everything that it rests on is as it was then: its footprint is the same in both.
 */

/** Whether any of the operations, made on one revision, rests on something that is otherwise in the other. */
export function conflicts(operations: readonly Operation[], madeOn: Transcript, now: Transcript): boolean {
  if (madeOn === now) return false;
  const before = lookUp(madeOn);
  const after = lookUp(now);
  return operations.some((operation) => footprint(operation, before) !== footprint(operation, after));
}

interface LookUp {
  readonly transcript: Transcript;
  readonly turns: ReadonlyMap<string, Turn>;
  /** Each word with its turn. */
  readonly words: ReadonlyMap<string, readonly [Word, Turn]>;
}

function lookUp(transcript: Transcript): LookUp {
  return {
    transcript,
    turns: new Map(transcript.turns.map((turn) => [turn.id, turn])),
    words: new Map(transcript.turns.flatMap((turn) => turn.words.map((word) => [word.id, [word, turn]] as const))),
  };
}

/** What an operation rests on, as a text to compare. */
function footprint(operation: Operation, at: LookUp): string {
  return JSON.stringify(restsOn(operation, at));
}

function restsOn(operation: Operation, { transcript, turns, words }: LookUp): unknown {
  const participant = (id: string) => transcript.participants.find((one) => one.id === id) ?? null;
  const word = (id: string) => {
    const found = words.get(id);
    return found === undefined ? null : [found[0].text, found[0].startMs, found[0].endMs, found[1].participantId];
  };
  /** Text and place of words; whether they adjoin, as the words between the first and the last tell. */
  const stretch = (ids: readonly string[]) => {
    const first = words.get(ids[0] ?? "");
    const own = first?.[1].words ?? [];
    const places = own.flatMap((one, place) => (ids.includes(one.id) ? [place] : []));
    const between = own.slice(places[0] ?? 0, (places.at(-1) ?? -1) + 1).map((one) => one.id);
    return [ids.map(word), between];
  };
  const turn = (id: string) => {
    const found = turns.get(id);
    return found === undefined ? null : [found.participantId, found.startMs, found.endMs, found.words.length];
  };
  switch (operation.kind) {
    case "swap-roles":
      return transcript.participants.map(({ id, role }) => [id, role]);
    case "set-role":
      return participant(operation.participantId)?.role ?? null;
    case "rename-speaker":
      return [participant(operation.participantId) !== null, participant(operation.participantId)?.name];
    case "add-participant":
      return participant(operation.participantId);
    case "merge-participants":
      return [participant(operation.participantId), participant(operation.intoId)];
    case "retext-words":
      return stretch(operation.wordIds);
    case "retext-turn":
      return [turn(operation.turnId), turns.get(operation.turnId)?.text, turns.get(operation.turnId)?.words.map(({ id }) => id)];
    case "split-turn": {
      const own = turns.get(operation.turnId);
      if (operation.at.kind === "time") return [turn(operation.turnId), own?.text];
      const { wordId } = operation.at;
      return own?.words.findIndex(({ id }) => id === wordId) ?? null;
    }
    case "merge-turns":
      return operation.turnIds.map(turn);
    case "reassign-turn":
      return [turn(operation.turnId), participant(operation.participantId) !== null];
    case "reassign-words":
      return [stretch(operation.wordIds), participant(operation.participantId) !== null];
    case "retime-word":
      return word(operation.wordId);
    case "retime-turn":
      return turn(operation.turnId);
    case "redact":
      switch (operation.target.kind) {
        case "words":
          return operation.target.wordIds.map(word);
        case "text":
          return [turn(operation.target.turnId), turns.get(operation.target.turnId)?.text];
        case "time":
          // A stretch of time is what it is, whatever is said in it.
          return null;
        default:
          return assertNever(operation.target);
      }
    case "restore":
      return operation.originals.map(({ turnId, wordIds }) =>
        wordIds.length === 0 ? turns.get(turnId)?.text : wordIds.map(word),
      );
    case "mark-doubt-settled":
      return operation.wordIds.map(word);
    default:
      return assertNever(operation);
  }
}
