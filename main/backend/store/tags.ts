import type Database from "better-sqlite3";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { Clock } from "../../../app/ports.ts";
import type { Recorder } from "./ledger.ts";

/** Tags on conversations. Two that differ in case alone are the same; the way one was first written stays. */
export interface TagTable {
  /** Every tag there is, by name, and how many conversations have it. */
  counts(): { readonly name: string; readonly count: number }[];
  /** The tags of a conversation, by name. */
  of(conversationId: string): string[];
  /** Gives a conversation these tags and no other; answers with them. Throws `not-found`. */
  set(conversationId: string, tags: readonly string[], author: string): string[];
  /** Adds tags to, and takes tags from, conversations; answers with the ids of those there are. */
  change(conversationIds: readonly string[], add: readonly string[], remove: readonly string[], author: string): string[];
  /** Writes a tag otherwise wherever it is, or takes it off where `to` is empty; answers with the ids of the conversations. */
  rename(name: string, to: string): string[];
}

/** The tags in a database. The ledger records every conversation whose tags are others than before. */
export function tagTable(database: Database.Database, clock: Clock, ledger: Recorder): TagTable {
  const numberOf = database.prepare<[string], number>("SELECT number FROM conversations WHERE id = ?").pluck();
  const counts = database.prepare<[], { name: string; count: number }>(
    "SELECT min(tag) AS name, count(*) AS count FROM tags GROUP BY tag ORDER BY tag",
  );
  const of = database
    .prepare<[string], string>(
      `SELECT tag FROM tags JOIN conversations ON conversations.number = tags.conversation_number
       WHERE conversations.id = ? ORDER BY tag`,
    )
    .pluck();
  const written = database.prepare<[string], string>("SELECT tag FROM tags WHERE tag = ? LIMIT 1").pluck();
  const add = database.prepare<[Record<string, unknown>]>(
    "INSERT INTO tags (conversation_number, tag, at, author) VALUES (@number, @tag, @at, @author) ON CONFLICT DO NOTHING",
  );
  const remove = database.prepare<[number, string]>("DELETE FROM tags WHERE conversation_number = ? AND tag = ?");
  const clear = database.prepare<[number, string]>(
    "DELETE FROM tags WHERE conversation_number = ? AND tag NOT IN (SELECT value COLLATE NOCASE FROM json_each(?))",
  );
  const having = database.prepare<[string], { number: number; id: string; at: number; author: string }>(`
    SELECT number, id, at, author FROM tags JOIN conversations ON number = conversation_number WHERE tag = ?`);
  const removeAll = database.prepare<[string]>("DELETE FROM tags WHERE tag = ?");

  const put = (number: number, tags: readonly string[], author: string): void => {
    for (const tag of tags) add.run({ number, tag: written.get(tag) ?? tag, at: clock.now(), author });
  };

  /** Records what became of the tags of a conversation, where they are others than before. */
  const record = (id: string, had: readonly string[], author?: string): void => {
    const before = new Set(had);
    const now = of.all(id);
    const added = now.filter((tag) => !before.delete(tag)).length;
    const tags = added + before.size === 0 ? null : ledger.commit(id, now);
    if (tags !== null) ledger.append("tags", id, { added, removed: before.size, tags }, author);
  };

  return {
    counts: () => counts.all(),
    of: (conversationId) => of.all(conversationId),
    set: (conversationId, tags, author) =>
      database.transaction(() => {
        const number = numberOf.get(conversationId);
        if (number === undefined) throw new EarmarkError("not-found", "There is no such conversation.", { id: conversationId });
        const had = of.all(conversationId);
        clear.run(number, JSON.stringify(tags));
        put(number, tags, author);
        record(conversationId, had, author);
        return of.all(conversationId);
      })(),
    change: (conversationIds, added, removed, author) =>
      database.transaction(() =>
        conversationIds.filter((id) => {
          const number = numberOf.get(id);
          if (number === undefined) return false;
          const had = of.all(id);
          for (const tag of removed) remove.run(number, tag);
          put(number, added, author);
          record(id, had, author);
          return true;
        }),
      )(),
    rename: (name, to) =>
      database.transaction(() => {
        const had = having.all(name);
        const before = had.map(({ id }) => [id, of.all(id)] as const);
        removeAll.run(name);
        if (to !== "") for (const { number, at, author } of had) add.run({ number, tag: written.get(to) ?? to, at, author });
        for (const [id, tags] of before) record(id, tags);
        return had.map(({ id }) => id);
      })(),
  };
}
