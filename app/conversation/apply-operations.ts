import { assertNever } from "../assert-never.ts";
import type { Participant, Transcript, Turn, Word } from "./conversation.ts";
import { hide, restore } from "./hide.ts";
import type { OperationFault } from "./operation-faults.ts";
import type { NamedOperation, Operation } from "./operations.ts";
import { mergeParticipants, mergeTurns, reassignTurn, reassignWords, splitTurn } from "./rearrange.ts";
import { retext } from "./retext.ts";
import { retimeTurn, retimeWord } from "./retime.ts";
import {
  closeWorkspace,
  openWorkspace,
  putTurns,
  runsOf,
  separatorOf,
  turnIndexOf,
  type Workspace,
  withStaleTranslation,
  withWords,
} from "./workspace.ts";

/** A transcript after operations, and what each of them came to. */
export interface Attempt {
  readonly transcript: Transcript;
  /** For each operation why it changed nothing, or null. */
  readonly faults: readonly (OperationFault | null)[];
}

/** The transcript after the operations. One that cannot be made, because what it names is not there, changes nothing. */
export function applyOperations(transcript: Transcript, operations: readonly NamedOperation[]): Transcript {
  return attemptOperations(transcript, operations).transcript;
}

/** The same, with the reason for each operation that could not be made. Takes every operation on every transcript. */
export function attemptOperations(transcript: Transcript, operations: readonly NamedOperation[]): Attempt {
  if (operations.length === 0) return { transcript, faults: [] };
  const workspace = openWorkspace(transcript);
  const faults = operations.map(({ id, operation }) => applyOperation(workspace, id, operation));
  return { transcript: closeWorkspace(workspace, transcript), faults };
}

function applyOperation(workspace: Workspace, id: string, operation: Operation): OperationFault | null {
  switch (operation.kind) {
    case "swap-roles":
      changeParticipants(workspace, (participant) => {
        if (participant.role === "agent") return { ...participant, role: "customer", roleConfidence: null };
        if (participant.role === "customer") return { ...participant, role: "agent", roleConfidence: null };
        return participant;
      });
      return null;
    case "set-role":
      return changeParticipant(workspace, operation.participantId, { role: operation.role, roleConfidence: null });
    case "rename-speaker":
      return changeParticipant(workspace, operation.participantId, { name: operation.name === "" ? null : operation.name });
    case "retext-words":
      return retextWords(workspace, id, operation.wordIds, operation.text);
    case "retext-turn":
      return retextTurn(workspace, id, operation.turnId, operation.text);
    case "split-turn":
      return splitTurn(workspace, id, operation.turnId, operation.at);
    case "merge-turns":
      return mergeTurns(workspace, operation.turnIds);
    case "reassign-turn":
      return reassignTurn(workspace, operation.turnId, operation.participantId);
    case "reassign-words":
      return reassignWords(workspace, id, operation.wordIds, operation.participantId);
    case "add-participant":
      return addParticipant(workspace, operation);
    case "merge-participants":
      return mergeParticipants(workspace, operation.participantId, operation.intoId);
    case "retime-word":
      return retimeWord(workspace, operation.wordId, operation.startMs, operation.endMs);
    case "retime-turn":
      return retimeTurn(workspace, operation.turnId, operation.startMs, operation.endMs);
    case "redact":
      return hide(workspace, operation);
    case "restore":
      return restore(workspace, operation.originals);
    case "mark-doubt-settled":
      return settle(workspace, operation.wordIds);
    default:
      return assertNever(operation);
  }
}

function changeParticipants(workspace: Workspace, change: (participant: Participant) => Participant): void {
  workspace.participants = workspace.participants.map(change);
  workspace.changed = true;
}

function changeParticipant(workspace: Workspace, id: string, change: Partial<Participant>): OperationFault | null {
  if (!workspace.participants.some((participant) => participant.id === id)) return "participant-unknown";
  changeParticipants(workspace, (participant) => (participant.id === id ? { ...participant, ...change } : participant));
  return null;
}

function addParticipant(
  workspace: Workspace,
  { participantId, role, name }: Extract<Operation, { kind: "add-participant" }>,
): OperationFault | null {
  if (workspace.participants.some((participant) => participant.id === participantId)) return "participant-exists";
  workspace.participants = [
    ...workspace.participants,
    { id: participantId, role, roleConfidence: null, name: name === "" ? null : name, channel: null },
  ];
  workspace.changed = true;
  return null;
}

function retextWords(workspace: Workspace, id: string, wordIds: readonly string[], text: string): OperationFault | null {
  const runs = runsOf(workspace, wordIds);
  if (typeof runs === "string") return runs;
  const [run, another] = runs;
  if (run === undefined || another !== undefined) return "words-not-adjoining";
  const turn = workspace.turns[run.turnIndex];
  if (turn === undefined) return "turn-unknown";
  const separator = separatorOf(turn);
  const typed = retext(turn.words.slice(run.from, run.to), text, {
    id,
    separator,
    notBeforeMs: turn.words[run.from - 1]?.endMs ?? turn.startMs,
    notAfterMs: turn.words[run.to]?.startMs ?? turn.endMs,
  });
  if (typeof typed === "string") return typed;
  putRetexted(workspace, run.turnIndex, turn, turn.words.toSpliced(run.from, run.to - run.from, ...typed), separator);
  return null;
}

function retextTurn(workspace: Workspace, id: string, turnId: string, text: string): OperationFault | null {
  const index = turnIndexOf(workspace, turnId);
  const turn = workspace.turns[index];
  if (turn === undefined) return "turn-unknown";
  if (turn.words.length > 0)
    return retextWords(
      workspace,
      id,
      turn.words.map((word) => word.id),
      text,
    );
  // A label that was left out would uncover nothing, but it would hide that something was hidden.
  const labels = turn.text.match(/\[[^\]]*\]/gu) ?? [];
  const overHidden = workspace.hidden.some((span) => span.startMs <= turn.startMs && span.endMs >= turn.endMs);
  if (overHidden && labels.some((label) => !text.includes(label))) return "hidden-words";
  if (text === "") putTurns(workspace, index, 1);
  else if (text !== turn.text) {
    // Where the labels were is not known any more.
    const { restored: _, ...rest } = turn;
    putTurns(workspace, index, 1, withStaleTranslation({ ...rest, text }, true));
  }
  return null;
}

/** A turn whose last word is taken out goes with it. */
function putRetexted(workspace: Workspace, index: number, turn: Turn, words: Word[], separator: "" | " "): void {
  const same = words.length === turn.words.length && words.every((word, place) => word === turn.words[place]);
  if (same) return;
  if (words.length === 0) putTurns(workspace, index, 1);
  else putTurns(workspace, index, 1, withWords(turn, words, separator));
}

function settle(workspace: Workspace, wordIds: readonly string[]): OperationFault | null {
  const runs = runsOf(workspace, wordIds);
  if (typeof runs === "string") return runs;
  const wanted = new Set(wordIds);
  for (const index of new Set(runs.map((run) => run.turnIndex))) {
    const turn = workspace.turns[index];
    if (turn === undefined) continue;
    const words = turn.words.map((word): Word => {
      if (!wanted.has(word.id) || word.redaction !== undefined || (word.review !== undefined && word.doubt === undefined))
        return word;
      const { doubt: _, ...rest } = word;
      return { ...rest, review: rest.review ?? "accepted" };
    });
    if (words.some((word, place) => word !== turn.words[place])) putTurns(workspace, index, 1, { ...turn, words });
  }
  return null;
}
