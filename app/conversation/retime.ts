import type { Turn, Word } from "./conversation.ts";
import { addHidden } from "./hide.ts";
import type { OperationFault } from "./operation-faults.ts";
import { keepOrder, putTurns, runsOf, turnIndexOf, type Workspace } from "./workspace.ts";

/* Moving words and turns in time, kept within their neighbours and the recording. */

/** Moves a word between its neighbours; the first and the last of a turn take its edge along. */
export function retimeWord(workspace: Workspace, wordId: string, startMs: number, endMs: number): OperationFault | null {
  const runs = runsOf(workspace, [wordId]);
  if (typeof runs === "string") return runs;
  const turn = workspace.turns[runs[0]?.turnIndex ?? -1];
  const place = runs[0]?.from ?? 0;
  const word = turn?.words[place];
  if (turn === undefined || word === undefined) return "word-unknown";
  // What is hidden is hidden by when it was said.
  if (word.redaction !== undefined) return "hidden-words";
  const before = turn.words[place - 1];
  const after = turn.words[place + 1];
  const earliest = before === undefined ? 0 : Math.max(before.startMs, Math.min(before.endMs, after?.startMs ?? before.endMs));
  const latest = Math.max(earliest, after?.startMs ?? workspace.durationMs);
  const moved: Word = { ...word, startMs: within(startMs, earliest, latest), endMs: within(endMs, earliest, latest) };
  moved.endMs = Math.max(moved.startMs, moved.endMs);
  if (moved.startMs === word.startMs && moved.endMs === word.endMs) return null;
  const words = turn.words.with(place, moved);
  const changed: Turn = { ...turn, words };
  if (before === undefined) changed.startMs = moved.startMs;
  if (after === undefined) changed.endMs = Math.max(changed.startMs, ...words.map((one) => one.endMs));
  changed.endMs = Math.max(changed.startMs, changed.endMs);
  putTurns(workspace, runs[0]?.turnIndex ?? 0, 1, changed);
  keepOrder(workspace);
  return null;
}

/** Moves a turn: with its words where its length stays; else its words are cut at the new edges. */
export function retimeTurn(workspace: Workspace, turnId: string, startMs: number, endMs: number): OperationFault | null {
  const index = turnIndexOf(workspace, turnId);
  const turn = workspace.turns[index];
  if (turn === undefined) return "turn-unknown";
  const { durationMs } = workspace;
  if (startMs > durationMs) return "outside-recording";
  const lengthMs = turn.endMs - turn.startMs;
  const shifts = endMs - startMs === lengthMs;
  // A turn that is moved past the end keeps its length.
  const from = shifts ? within(startMs, 0, Math.max(0, durationMs - lengthMs)) : startMs;
  const to = shifts ? from + lengthMs : Math.max(from, Math.min(endMs, durationMs));
  if (from === turn.startMs && to === turn.endMs) return null;
  const byMs = from - turn.startMs;
  const moved = (ms: number): number => (shifts ? Math.max(0, ms + byMs) : within(ms, from, to));
  // The sound stays where it is: what was hidden there stays hidden there.
  addHidden(
    workspace,
    turn.words.filter((word) => word.redaction !== undefined),
  );
  putTurns(workspace, index, 1, {
    ...turn,
    startMs: from,
    endMs: to,
    words: turn.words.map((word) => ({ ...word, startMs: moved(word.startMs), endMs: moved(word.endMs) })),
  });
  keepOrder(workspace);
  return null;
}

function within(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
