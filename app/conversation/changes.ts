import type { RecordedOperation } from "./operations.ts";

/*
 * What people did to a transcript, as it is kept: corrections in groups, and takings back and makings again of a group.
 * Nothing is ever changed or removed in it; what holds follows from reading it from the beginning.
 */

/** One entry of the record. */
export type ChangeEntry =
  | { readonly kind: "made"; readonly recorded: RecordedOperation; readonly wordsHash: string | null }
  | { readonly kind: "withdrawn" | "restored"; readonly changeId: string; readonly at: string; readonly author: string };

/** Corrections that one undo takes back, together. */
export interface RecordedChange {
  readonly changeId: string;
  readonly at: string;
  readonly author: string;
  readonly operations: readonly RecordedOperation[];
  /** Names the hearing whose words they speak of; null where they speak of none. */
  readonly wordsHash: string | null;
  /** When and by whom it was taken back; null while it holds. */
  readonly undone: { readonly at: string; readonly author: string } | null;
}

/** What follows from the record. */
export interface Changes {
  /** Every change ever made, in order of its making. */
  readonly all: readonly RecordedChange[];
  /** Those that hold, in the order in which they are applied: the last is what undo takes back. */
  readonly holding: readonly RecordedChange[];
  /** Those that can be made again: the last is what redo makes. A new correction empties it. */
  readonly undone: readonly RecordedChange[];
}

/** Reads the record from its beginning. */
export function changesOf(entries: readonly ChangeEntry[]): Changes {
  const all = new Map<string, RecordedChange & { readonly operations: RecordedOperation[] }>();
  let holding: string[] = [];
  let undone: string[] = [];
  for (const entry of entries) {
    if (entry.kind === "made") {
      // All of a change are recorded together, on one hearing.
      const { recorded, wordsHash } = entry;
      const { changeId, at, author } = recorded;
      const known = all.get(changeId);
      if (known === undefined) {
        all.set(changeId, { changeId, at, author, operations: [recorded], wordsHash, undone: null });
        holding.push(changeId);
        undone = [];
      } else {
        known.operations.push(recorded);
      }
      continue;
    }
    const change = all.get(entry.changeId);
    if (change === undefined) continue;
    const { changeId, at, author } = entry;
    if (entry.kind === "withdrawn") {
      all.set(changeId, { ...change, undone: { at, author } });
      holding = holding.filter((id) => id !== changeId);
      undone.push(changeId);
    } else {
      all.set(changeId, { ...change, undone: null });
      undone = undone.filter((id) => id !== changeId);
      holding.push(changeId);
    }
  }
  const found = (ids: readonly string[]): RecordedChange[] => ids.flatMap((id) => all.get(id) ?? []);
  return { all: [...all.values()], holding: found(holding), undone: found(undone) };
}
