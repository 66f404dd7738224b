import { randomUUID } from "node:crypto";
import type Database from "better-sqlite3";
import { z } from "zod";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { type ChangeEntry, changesOf, type RecordedChange } from "../../../app/conversation/changes.ts";
import {
  madeAtSchema,
  type NamedOperation,
  type Operation,
  operationSchema,
  type RecordedOperation,
} from "../../../app/conversation/operations.ts";
import type { Clock } from "../../../app/ports.ts";
import { toInstant } from "./instants.ts";
import type { Recorder } from "./ledger.ts";
import { parseJson } from "./stored-json.ts";

/** The corrections of people: appended, never changed. Taking a change back, and making it again, are entries of their own. */
export interface OperationTable {
  /**
   * Records operations as one change, all or none. What they make is named after their ids, which are random unless told.
   * `wordsHash` names the hearing whose words they speak of. Throws `not-found` when there is no such conversation.
   */
  append(
    conversationId: string,
    operations: readonly (Operation | NamedOperation)[],
    author: string,
    wordsHash?: string | null,
  ): RecordedOperation[];
  /** The record, in order; only what was there at entry `upTo` when that is given. */
  entries(conversationId: string, upTo?: number): ChangeEntry[];
  /** Number and id of the last entry; null when there is none. */
  last(conversationId: string): { readonly number: number; readonly id: string } | null;
  /** The corrections that hold, in order. */
  list(conversationId: string): RecordedOperation[];
  /** Takes back the last change that holds, of those wanted, and answers with it; null when there is none. */
  undo(conversationId: string, author: string, wanted?: (change: RecordedChange) => boolean): RecordedChange | null;
  /** Makes the change again that was taken back last, of those wanted, and answers with it; null when there is none. */
  redo(conversationId: string, author: string, wanted?: (change: RecordedChange) => boolean): RecordedChange | null;
  /** Takes back some of the changes that hold, the last first. */
  withdraw(conversationId: string, author: string, wanted: (change: RecordedChange) => boolean): void;
}

interface Row {
  id: string;
  at: number;
  author: string;
  operation: string | null;
  withdraws: string | null;
  restores: string | null;
  change_id: string | null;
  words_hash: string | null;
}

/** The corrections in a database. Triggers there refuse to change or remove one. */
export function operationTable(database: Database.Database, clock: Clock, ledger: Recorder): OperationTable {
  const insert = database.prepare<[Record<string, unknown>]>(`
    INSERT INTO operations (id, conversation_id, at, author, operation, withdraws, restores, change_id, words_hash)
    SELECT @id, id, @at, @author, @operation, @withdraws, @restores, @changeId, @wordsHash FROM conversations WHERE id = @conversationId`);
  const read = database.prepare<[string, number], Row>(`
    SELECT id, at, author, operation, withdraws, restores, change_id, words_hash FROM operations
    WHERE conversation_id = ? AND number <= ? ORDER BY number`);
  const last = database.prepare<[string], { number: number; id: string }>(
    "SELECT number, id FROM operations WHERE conversation_id = ? ORDER BY number DESC LIMIT 1",
  );

  const add = (conversationId: string, author: string, entry: Record<string, unknown>): void => {
    const blank = { id: randomUUID(), operation: null, withdraws: null, restores: null, changeId: null, wordsHash: null };
    const { changes } = insert.run({ ...blank, at: clock.now(), author, conversationId, ...entry });
    if (changes === 0) throw new EarmarkError("not-found", "There is no such conversation.", { id: conversationId });
  };
  const entries = (conversationId: string, upTo = Number.MAX_SAFE_INTEGER): ChangeEntry[] =>
    read.all(conversationId, upTo).map(toEntry);
  const changes = (conversationId: string) => changesOf(entries(conversationId));

  return {
    entries,
    last: (conversationId) => last.get(conversationId) ?? null,
    list: (conversationId) => changes(conversationId).holding.flatMap((change) => change.operations),
    append: (conversationId, operations, author, wordsHash = null) =>
      database.transaction(() => {
        const at = clock.now();
        const named = operations.map((one): NamedOperation => ("id" in one ? one : { id: randomUUID(), operation: one }));
        const changeId = named[0]?.id ?? "";
        const recorded = named.map(({ id, operation, made }) => {
          const parsed = operationSchema.parse(operation);
          // Beside the operation's own fields, none of which is called so: Earmarks that do not know it read over it.
          const written = JSON.stringify(made === undefined ? parsed : { ...parsed, made });
          add(conversationId, author, { id, at, operation: written, changeId, wordsHash });
          return { id, at: toInstant(at), author, changeId, operation: parsed, ...(made === undefined ? {} : { made }) };
        });
        if (recorded.length > 0) {
          const content = (value: unknown): string => ledger.commit(conversationId, value) ?? "";
          const operationsOf = recorded.map(({ id, operation }) => ({ id, kind: operation.kind, content: content(operation) }));
          const words = wordsHash === null ? null : content(wordsHash);
          ledger.append("edit", conversationId, { change: changeId, operations: operationsOf, words }, author);
        }
        return recorded;
      })(),
    undo: (conversationId, author, wanted = () => true) =>
      database.transaction(() => {
        const change = changes(conversationId).holding.findLast(wanted);
        if (change === undefined) return null;
        add(conversationId, author, { withdraws: change.changeId });
        ledger.append("undo", conversationId, { change: change.changeId }, author);
        return change;
      })(),
    redo: (conversationId, author, wanted = () => true) =>
      database.transaction(() => {
        const change = changes(conversationId).undone.findLast(wanted);
        if (change === undefined) return null;
        add(conversationId, author, { restores: change.changeId });
        ledger.append("redo", conversationId, { change: change.changeId }, author);
        return change;
      })(),
    withdraw: (conversationId, author, wanted) =>
      database.transaction(() => {
        for (const change of changes(conversationId).holding.filter(wanted).reverse()) {
          add(conversationId, author, { withdraws: change.changeId });
          ledger.append("undo", conversationId, { change: change.changeId }, author);
        }
      })(),
  };
}

const placeSchema = z.object({ made: madeAtSchema.optional() });

function toEntry(row: Row): ChangeEntry {
  const at = toInstant(row.at);
  const { id, author } = row;
  if (row.operation === null)
    return { kind: row.withdraws === null ? "restored" : "withdrawn", changeId: row.withdraws ?? row.restores ?? "", at, author };
  const stored = parseJson(row.operation);
  const operation = operationSchema.safeParse(stored);
  if (!operation.success) throw new EarmarkError("library-corrupt", "A stored correction is not one.", { id });
  const { made } = placeSchema.safeParse(stored).data ?? {};
  const recorded = {
    id,
    at,
    author,
    changeId: row.change_id ?? id,
    operation: operation.data,
    ...(made === undefined ? {} : { made }),
  };
  return { kind: "made", recorded, wordsHash: row.words_hash };
}
