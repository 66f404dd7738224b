import { randomUUID } from "node:crypto";
import type Database from "better-sqlite3";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { type StoredAnchor, storedAnchorSchema } from "../../../app/conversation/anchors.ts";
import type { Clock } from "../../../app/ports.ts";
import type { EntryData } from "../../../app/report/entries.ts";
import { toInstant } from "./instants.ts";
import type { Recorder } from "./ledger.ts";
import { parseJson } from "./stored-json.ts";

/** A place that a person wants to find again, as it is kept. */
export interface BookmarkRecord {
  readonly id: string;
  readonly conversationId: string;
  readonly at: string;
  readonly author: string;
  readonly label: string;
  readonly anchor: StoredAnchor;
}

/** Bookmarks. */
export interface BookmarkTable {
  /** In order of time. */
  list(conversationId: string): BookmarkRecord[];
  /** Throws `not-found` when there is no such conversation. */
  add(conversationId: string, anchor: StoredAnchor, label: string, author: string): BookmarkRecord;
  /** Throws `not-found`. */
  rename(id: string, label: string): BookmarkRecord;
  /** Answers with what was removed; null when there was nothing. */
  remove(id: string): BookmarkRecord | null;
}

interface Row {
  id: string;
  conversation_id: string;
  at: number;
  author: string;
  label: string;
  anchor: string;
}

/** The bookmarks in a database. Each that comes, is renamed or goes is recorded in the ledger. */
export function bookmarkTable(database: Database.Database, clock: Clock, ledger: Recorder): BookmarkTable {
  const list = database.prepare<[string], Row>("SELECT * FROM bookmarks WHERE conversation_id = ? ORDER BY number");
  const insert = database.prepare<[Record<string, unknown>], Row>(`
    INSERT INTO bookmarks (id, conversation_id, at, author, label, anchor)
    SELECT @id, id, @at, @author, @label, @anchor FROM conversations WHERE id = @conversationId RETURNING *`);
  const rename = database.prepare<[string, string], Row>("UPDATE bookmarks SET label = ? WHERE id = ? RETURNING *");
  const remove = database.prepare<[string], Row>("DELETE FROM bookmarks WHERE id = ? RETURNING *");
  const record = (
    { id, conversation_id: conversationId, label }: Row,
    action: EntryData<"bookmark">["action"],
    author?: string,
  ): void => {
    const content = action === "removed" ? null : ledger.commit(conversationId, label);
    ledger.append("bookmark", conversationId, { bookmark: id, action, content }, author);
  };
  return {
    list: (conversationId) => list.all(conversationId).map(toBookmark),
    add: (conversationId, anchor, label, author) =>
      database.transaction(() => {
        const text = JSON.stringify(storedAnchorSchema.parse(anchor));
        const row = insert.get({ id: randomUUID(), conversationId, at: clock.now(), author, label, anchor: text });
        if (row === undefined) throw new EarmarkError("not-found", "There is no such conversation.", { id: conversationId });
        record(row, "added", author);
        return toBookmark(row);
      })(),
    rename: (id, label) =>
      database.transaction(() => {
        const row = rename.get(label, id);
        if (row === undefined) throw new EarmarkError("not-found", "There is no such bookmark.", { id });
        record(row, "renamed");
        return toBookmark(row);
      })(),
    remove: (id) =>
      database.transaction(() => {
        const row = remove.get(id);
        if (row === undefined) return null;
        record(row, "removed");
        return toBookmark(row);
      })(),
  };
}

function toBookmark({ id, conversation_id: conversationId, at, author, label, anchor }: Row): BookmarkRecord {
  const stored = storedAnchorSchema.safeParse(parseJson(anchor));
  if (!stored.success) throw new EarmarkError("library-corrupt", "A stored bookmark is not one.", { id });
  return { id, conversationId, at: toInstant(at), author, label, anchor: stored.data };
}
