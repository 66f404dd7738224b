import type Database from "better-sqlite3";
import type { DraftedText } from "../../../app/contract/editing-views.ts";

/** Texts of checklists, categories and the like that are being written, kept until they are saved for good. */
export interface TextDraftTable {
  /** Keeps the text that is written under an id; an empty one lets go of it. */
  save(of: DraftedText, id: string, text: string): void;
  /** In order of their ids. */
  list(of: DraftedText): { readonly id: string; readonly text: string }[];
}

/** What such a text is called among the facts of a library. */
const prefixOf = (of: DraftedText): string => `${of}-draft:`;

/** The texts that are being written, among the facts of a library. */
export function textDraftTable(database: Database.Database): TextDraftTable {
  const save = database.prepare<[string, string]>(
    "INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
  );
  const drop = database.prepare<[string]>("DELETE FROM facts WHERE name = ?");
  const list = database.prepare<[{ readonly prefix: string; readonly length: number }], { id: string; text: string }>(
    "SELECT substr(name, @length + 1) AS id, value AS text FROM facts WHERE substr(name, 1, @length) = @prefix ORDER BY name",
  );
  return {
    save(of, id, text) {
      if (text === "") drop.run(prefixOf(of) + id);
      else save.run(prefixOf(of) + id, text);
    },
    list: (of) => list.all({ prefix: prefixOf(of), length: prefixOf(of).length }),
  };
}
