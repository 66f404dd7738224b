import type { Participant, Span, Transcript, Turn, Word } from "./conversation.ts";
import { union } from "./measures.ts";
import type { OperationFault } from "./operation-faults.ts";

/*
 * A transcript that operations are being applied to. Arrays are changed in place, what they hold never is: a transcript
 * of four hours takes thousands of operations without being copied for each.
 */

/** A transcript under way. */
export interface Workspace {
  readonly durationMs: number;
  participants: Participant[];
  /** In order of start. */
  readonly turns: Turn[];
  hidden: Span[];
  /** Turn id by word id, made when it is first asked for. Words that were taken out may linger. */
  turnOfWord: Map<string, string> | null;
  /** Index into `turns` by turn id, made when it is first asked for; null once they stand otherwise. */
  places: Map<string, number> | null;
  changed: boolean;
}

/** Adjoining words of one turn: from `from` up to and without `to`. */
export interface Run {
  readonly turnIndex: number;
  readonly from: number;
  readonly to: number;
}

/** Begins working on a transcript, which stays as it is. */
export function openWorkspace(transcript: Transcript): Workspace {
  return {
    durationMs: transcript.durationMs,
    participants: [...transcript.participants],
    turns: [...transcript.turns],
    hidden: [...(transcript.hidden ?? [])],
    turnOfWord: null,
    places: null,
    changed: false,
  };
}

/** The transcript as it is now; the very one it was opened from where nothing was changed. */
export function closeWorkspace(workspace: Workspace, opened: Transcript): Transcript {
  if (!workspace.changed) return opened;
  const { hidden: _, ...rest } = opened;
  const hidden = union([...workspace.hidden].sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs));
  return {
    ...rest,
    participants: [...workspace.participants],
    turns: [...workspace.turns],
    ...(hidden.length === 0 ? {} : { hidden }),
  };
}

/** Where a turn stands; -1 for none. */
export function turnIndexOf(workspace: Workspace, turnId: string): number {
  workspace.places ??= new Map(workspace.turns.map((turn, index) => [turn.id, index]));
  return workspace.places.get(turnId) ?? -1;
}

/** Puts turns in the place of others. */
export function putTurns(workspace: Workspace, index: number, removed: number, ...turns: Turn[]): void {
  const [before] = workspace.turns.splice(index, removed, ...turns);
  // One turn in its own place leaves every other where it was.
  if (removed !== 1 || turns.length !== 1 || before?.id !== turns[0]?.id) workspace.places = null;
  workspace.changed = true;
  if (workspace.turnOfWord === null) return;
  for (const turn of turns) for (const word of turn.words) workspace.turnOfWord.set(word.id, turn.id);
}

/** Turns in order of start again, after times have changed. Turns that begin together stay as they were. */
export function keepOrder(workspace: Workspace): void {
  const { turns } = workspace;
  if (!turns.some((turn, index) => turn.startMs < (turns[index - 1]?.startMs ?? 0))) return;
  turns.sort((a, b) => a.startMs - b.startMs);
  workspace.places = null;
}

/** Where words stand, as runs in order; a word that is not there is a fault. */
export function runsOf(workspace: Workspace, wordIds: readonly string[]): Run[] | OperationFault {
  workspace.turnOfWord ??= new Map(workspace.turns.flatMap((turn) => turn.words.map((word) => [word.id, turn.id] as const)));
  const wanted = new Map<string, Set<string>>();
  for (const id of wordIds) {
    const turnId = workspace.turnOfWord.get(id);
    if (turnId === undefined) return "word-unknown";
    const own = wanted.get(turnId) ?? new Set();
    wanted.set(turnId, own.add(id));
  }
  const runs: Run[] = [];
  for (const [turnId, ids] of wanted) {
    const turnIndex = turnIndexOf(workspace, turnId);
    const turn = workspace.turns[turnIndex];
    if (turn === undefined) return "word-unknown";
    let found = 0;
    let from = -1;
    for (const [index, word] of turn.words.entries()) {
      const isWanted = ids.has(word.id);
      if (isWanted) found += 1;
      if (isWanted && from === -1) from = index;
      if (!isWanted && from !== -1) {
        runs.push({ turnIndex, from, to: index });
        from = -1;
      }
    }
    if (from !== -1) runs.push({ turnIndex, from, to: turn.words.length });
    if (found < ids.size) return "word-unknown";
  }
  return runs.sort((a, b) => a.turnIndex - b.turnIndex || a.from - b.from);
}

/** What parts the words of a turn: nothing in writing without spaces, as its text shows. */
export function separatorOf({ text, words }: Turn): "" | " " {
  const texts = words.map((word) => word.text).filter((one) => one !== "");
  return texts.length > 1 && !/\s/u.test(text) && text === texts.join("") ? "" : " ";
}

/** The words of a turn as its text; what is masked stands there once. */
export function textOfWords(words: readonly Word[], separator: "" | " "): string {
  return words
    .map((word) => word.text)
    .filter((text) => text !== "")
    .join(separator);
}

/** The turn with other words, its text made of them; what was translated is stale where the text has changed. */
export function withWords(turn: Turn, words: Word[], separator: "" | " " = separatorOf(turn)): Turn {
  const text = textOfWords(words, separator);
  return withStaleTranslation({ ...turn, words, text }, text !== turn.text);
}

/** The turn, its translation marked as stale if it has one and the words are not those translated any more. */
export function withStaleTranslation(turn: Turn, changed: boolean): Turn {
  return changed && turn.translation !== undefined ? { ...turn, translationIsStale: true } : turn;
}
