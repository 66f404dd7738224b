import { randomUUID } from "node:crypto";
import type Database from "better-sqlite3";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { type Operation, operationSchema, type RecordedOperation } from "../../../app/conversation/operations.ts";
import type { Clock } from "../../../app/ports.ts";
import { toInstant } from "./instants.ts";
import { parseJson } from "./stored-json.ts";

/** One entry of the history of corrections. */
export interface HistoryEntry extends RecordedOperation {
  /** When it was taken back, and by whom; null while it holds. */
  readonly withdrawn: { readonly at: string; readonly author: string } | null;
}

/** The corrections of people: appended, never changed. Taking one back is an entry of its own. */
export interface OperationTable {
  /** Throws `not-found` when there is no such conversation. */
  append(conversationId: string, operation: Operation, author: string): RecordedOperation;
  /** The corrections that hold, in order. */
  list(conversationId: string): RecordedOperation[];
  /** Takes back the last correction that holds, and answers with it; null when there is none. */
  undo(conversationId: string, author: string): RecordedOperation | null;
  /** Every correction ever made, those taken back included, in order. */
  history(conversationId: string): HistoryEntry[];
}

interface Row {
  id: string;
  at: number;
  author: string;
  operation: string;
  withdrawn_at: number | null;
  withdrawn_by: string | null;
}

/** The corrections in a database. Triggers there refuse to change or remove one. */
export function operationTable(database: Database.Database, clock: Clock): OperationTable {
  const append = database.prepare<[Record<string, unknown>]>(`
    INSERT INTO operations (id, conversation_id, at, author, operation, withdraws)
    SELECT @id, id, @at, @author, @operation, @withdraws FROM conversations WHERE id = @conversationId`);
  const all = database.prepare<[string], Row>(`
    SELECT made.id, made.at, made.author, made.operation, taken.at AS withdrawn_at, taken.author AS withdrawn_by
    FROM operations AS made LEFT JOIN operations AS taken ON taken.withdraws = made.id
    WHERE made.conversation_id = ? AND made.operation IS NOT NULL
    ORDER BY made.number`);

  const history = (conversationId: string): HistoryEntry[] =>
    all.all(conversationId).map((row) => {
      const operation = operationSchema.safeParse(parseJson(row.operation));
      if (!operation.success) throw new EarmarkError("library-corrupt", "A stored correction is not one.", { id: row.id });
      const withdrawn = row.withdrawn_at === null ? null : { at: toInstant(row.withdrawn_at), author: row.withdrawn_by ?? "" };
      return { id: row.id, at: toInstant(row.at), author: row.author, operation: operation.data, withdrawn };
    });
  const list = (conversationId: string): RecordedOperation[] =>
    history(conversationId)
      .filter((entry) => entry.withdrawn === null)
      .map(({ withdrawn: _, ...recorded }) => recorded);

  return {
    history,
    list,
    append(conversationId, operation, author) {
      const recorded = { id: randomUUID(), at: clock.now(), author };
      const { changes } = append.run({
        ...recorded,
        conversationId,
        operation: JSON.stringify(operationSchema.parse(operation)),
        withdraws: null,
      });
      if (changes === 0) throw new EarmarkError("not-found", "There is no such conversation.", { id: conversationId });
      return { ...recorded, at: toInstant(recorded.at), operation };
    },
    undo: (conversationId, author) =>
      database.transaction(() => {
        const last = list(conversationId).at(-1);
        if (last === undefined) return null;
        append.run({ id: randomUUID(), at: clock.now(), author, conversationId, operation: null, withdraws: last.id });
        return last;
      })(),
  };
}
