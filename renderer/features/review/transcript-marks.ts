import type { Bookmark, Thread } from "../../../app/contract/editing-views.ts";
import type { Conversation } from "../../../app/conversation/conversation.ts";

/** What people have put on one turn. */
export interface TurnMarks {
  /** Ids of the words under an open comment. */
  readonly commented: ReadonlySet<string>;
  /** Open threads on it, in order. */
  readonly threadIds: readonly string[];
  /** What its bookmarks are called; empty where one has no name. */
  readonly bookmarks: readonly string[];
}

/** What people have put on the turns, by turn id. Threads that are resolved, or on the conversation as a whole, have no mark. */
export function marksByTurn(threads: readonly Thread[], bookmarks: readonly Bookmark[]): ReadonlyMap<string, TurnMarks> {
  const marks = new Map<string, { commented: Set<string>; threadIds: string[]; bookmarks: string[] }>();
  const at = (turnId: string) => {
    const known = marks.get(turnId) ?? { commented: new Set<string>(), threadIds: [], bookmarks: [] };
    marks.set(turnId, known);
    return known;
  };
  for (const { id, anchor, resolved } of threads) {
    if (anchor === null || resolved !== null) continue;
    for (const turnId of anchor.turnIds) {
      const mark = at(turnId);
      for (const wordId of anchor.kind === "turn" ? [] : anchor.wordIds) mark.commented.add(wordId);
      if (turnId === anchor.turnIds[0]) mark.threadIds.push(id);
    }
  }
  for (const { label, anchor } of bookmarks) {
    const [turnId] = anchor.turnIds;
    if (turnId !== undefined) at(turnId).bookmarks.push(label);
  }
  return marks;
}

/** Ids of the words, and of the turns, in which the machine's version is otherwise than the revision. */
export function differences(
  machine: Pick<Conversation, "turns" | "participants">,
  revision: Pick<Conversation, "turns" | "participants">,
): ReadonlySet<string> {
  const roles = (of: typeof machine) => new Map(of.participants.map(({ id, role, name }) => [id, `${role} ${name ?? ""}`]));
  const machineRoles = roles(machine);
  const revisionRoles = roles(revision);
  const now = new Map(
    revision.turns.flatMap((turn) => turn.words.map((word) => [word.id, `${turn.participantId} ${word.text}`] as const)),
  );
  const turnsNow = new Map(revision.turns.map((turn) => [turn.id, turn]));
  const differing = new Set<string>();
  for (const turn of machine.turns) {
    for (const word of turn.words) if (now.get(word.id) !== `${turn.participantId} ${word.text}`) differing.add(word.id);
    const same = turnsNow.get(turn.id);
    const asBefore =
      same !== undefined &&
      same.participantId === turn.participantId &&
      revisionRoles.get(same.participantId) === machineRoles.get(turn.participantId) &&
      same.startMs === turn.startMs &&
      same.endMs === turn.endMs &&
      same.words.length === turn.words.length &&
      (turn.words.length > 0 || same.text === turn.text);
    if (!asBefore) differing.add(turn.id);
  }
  return differing;
}
