import type Database from "better-sqlite3";

/** Texts of checklists that are being written, kept until they are saved for good. */
export interface ChecklistDraftTable {
  /** Keeps the text that is written under an id; an empty one lets go of it. */
  save(id: string, text: string): void;
  /** In order of their ids. */
  list(): { readonly id: string; readonly text: string }[];
}

/** What such a text is called among the facts of a library. */
const prefix = "checklist-draft:";

/** The texts of checklists that are being written, among the facts of a library. */
export function checklistDraftTable(database: Database.Database): ChecklistDraftTable {
  const save = database.prepare<[string, string]>(
    "INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
  );
  const drop = database.prepare<[string]>("DELETE FROM facts WHERE name = ?");
  const list = database.prepare<[{ readonly prefix: string; readonly length: number }], { id: string; text: string }>(
    "SELECT substr(name, @length + 1) AS id, value AS text FROM facts WHERE substr(name, 1, @length) = @prefix ORDER BY name",
  );
  return {
    save(id, text) {
      if (text === "") drop.run(prefix + id);
      else save.run(prefix + id, text);
    },
    list: () => list.all({ prefix, length: prefix.length }),
  };
}
