import type Database from "better-sqlite3";
import { z } from "zod";
import { type PersonalType, personalTypes } from "../../../app/insight/redaction-policy.ts";
import { parseJson } from "./stored-json.ts";

/** What was hidden, encrypted, and where it stood. */
export interface SealedOriginal {
  readonly id: string;
  readonly turnId: string;
  /** Empty where it is a part of a text without words. */
  readonly wordIds: readonly string[];
  /** Everything that it holds. */
  readonly types: readonly PersonalType[];
  readonly startMs: number;
  readonly endMs: number;
  /** The last day, in UTC, on which it can be opened: "2026-12-21". */
  readonly day: string;
  /** Nonce, what was encrypted, tag. */
  readonly sealed: Uint8Array;
}

/** What was hidden by rules, encrypted, until its day. What is removed is overwritten in the file, and leaves the write-ahead log. */
export interface SealedOriginalTable {
  /** Replaces what is sealed of a conversation. */
  put(conversationId: string, originals: readonly SealedOriginal[]): void;
  of(conversationId: string): SealedOriginal[];
  /** Every one there is, without what was encrypted: for finding out what a policy lets go of. */
  all(): (Omit<SealedOriginal, "sealed"> & { readonly conversationId: string; readonly importedAt: number })[];
  remove(conversationId: string, ids: readonly string[]): void;
  count(): number;
  /** Days that have, or may have, a key. */
  days(): string[];
  /** Notes that a day is going to have a key. */
  addDay(day: string): void;
  /** The key of a day is gone. */
  removeDay(day: string): void;
  /** Has nothing that was removed stay in the write-ahead log. */
  settle(): void;
}

interface Row {
  conversation_id: string;
  id: string;
  turn_id: string;
  word_ids: string;
  types: string;
  start_ms: number;
  end_ms: number;
  day: string;
  sealed: Buffer;
}

/** The sealed originals in a database. */
export function sealedOriginalTable(database: Database.Database): SealedOriginalTable {
  const clear = database.prepare<[string]>("DELETE FROM sealed_originals WHERE conversation_id = ?");
  const insert = database.prepare<[Record<string, unknown>]>(`
    INSERT INTO sealed_originals (conversation_id, id, turn_id, word_ids, types, start_ms, end_ms, day, sealed)
    SELECT id, @id, @turnId, @wordIds, @types, @startMs, @endMs, @day, @sealed FROM conversations WHERE id = @conversationId`);
  const read = database.prepare<[string], Row>("SELECT * FROM sealed_originals WHERE conversation_id = ? ORDER BY start_ms, id");
  const every = database.prepare<[], Omit<Row, "sealed"> & { imported_at: number }>(`
    SELECT conversation_id, sealed_originals.id, turn_id, word_ids, types, start_ms, end_ms, day, conversations.imported_at
    FROM sealed_originals JOIN conversations ON conversations.id = sealed_originals.conversation_id`);
  const remove = database.prepare<[string, string]>("DELETE FROM sealed_originals WHERE conversation_id = ? AND id = ?");
  const count = database.prepare<[], number>("SELECT count(*) FROM sealed_originals").pluck();
  const days = database.prepare<[], string>("SELECT day FROM sealing_days ORDER BY day").pluck();
  const addDay = database.prepare<[string]>("INSERT INTO sealing_days (day) VALUES (?) ON CONFLICT (day) DO NOTHING");
  const removeDay = database.prepare<[string]>("DELETE FROM sealing_days WHERE day = ?");
  return {
    put: (conversationId, originals) =>
      database.transaction(() => {
        clear.run(conversationId);
        for (const { wordIds, types, sealed, ...rest } of originals) {
          const lists = { wordIds: JSON.stringify(wordIds), types: JSON.stringify(types) };
          insert.run({ conversationId, ...rest, ...lists, sealed: Buffer.from(sealed) });
        }
      })(),
    of: (conversationId) => read.all(conversationId).map((row) => ({ ...toPlace(row), sealed: row.sealed })),
    all: () => every.all().map((row) => ({ ...toPlace(row), conversationId: row.conversation_id, importedAt: row.imported_at })),
    remove: (conversationId, ids) =>
      database.transaction(() => {
        for (const id of ids) remove.run(conversationId, id);
      })(),
    count: () => count.get() ?? 0,
    days: () => days.all(),
    addDay: (day) => void addDay.run(day),
    removeDay: (day) => void removeDay.run(day),
    settle() {
      if (!database.inTransaction) database.pragma("wal_checkpoint(TRUNCATE)");
    },
  };
}

const idsSchema = z.array(z.string());
const typesSchema = z.array(z.enum(personalTypes));

function toPlace(row: Omit<Row, "sealed">): Omit<SealedOriginal, "sealed"> {
  return {
    id: row.id,
    turnId: row.turn_id,
    wordIds: idsSchema.safeParse(parseJson(row.word_ids)).data ?? [],
    types: typesSchema.safeParse(parseJson(row.types)).data ?? [],
    startMs: row.start_ms,
    endMs: row.end_ms,
    day: row.day,
  };
}
