import type Database from "better-sqlite3";
import type { Draft } from "../../../app/contract/editing-views.ts";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { Clock } from "../../../app/ports.ts";
import { toInstant } from "./instants.ts";

/** Text that is being typed, kept until it is saved for good. */
export interface DraftTable {
  /** Keeps the text of one field; an empty one lets go of it. Throws `not-found` when there is no such conversation. */
  save(conversationId: string, place: string, text: string): void;
  /** Lets go of the text of one field. */
  drop(conversationId: string, place: string): void;
  /** In order of the time they were last saved. */
  list(conversationId: string): Draft[];
}

/** The drafts in a database. */
export function draftTable(database: Database.Database, clock: Clock): DraftTable {
  const save = database.prepare<[Record<string, unknown>]>(`
    INSERT INTO drafts (conversation_id, place, at, text)
    SELECT id, @place, @at, @text FROM conversations WHERE id = @conversationId
    ON CONFLICT (conversation_id, place) DO UPDATE SET at = excluded.at, text = excluded.text`);
  const drop = database.prepare<[string, string]>("DELETE FROM drafts WHERE conversation_id = ? AND place = ?");
  const list = database.prepare<[string], { place: string; text: string; at: number }>(
    "SELECT place, text, at FROM drafts WHERE conversation_id = ? ORDER BY at, place",
  );
  return {
    save(conversationId, place, text) {
      if (text === "") {
        drop.run(conversationId, place);
        return;
      }
      const { changes } = save.run({ conversationId, place, text, at: clock.now() });
      if (changes === 0) throw new EarmarkError("not-found", "There is no such conversation.", { id: conversationId });
    },
    drop: (conversationId, place) => void drop.run(conversationId, place),
    list: (conversationId) => list.all(conversationId).map(({ place, text, at }) => ({ place, text, at: toInstant(at) })),
  };
}
