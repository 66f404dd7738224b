import type { Migration } from "./migration.ts";

/** What became of the parts of each imported file, and recordings that belong to transcripts. */
export const importReports: Migration = {
  number: 15,
  apply(database) {
    database.exec(`
      CREATE TABLE import_reports (
        conversation_number INTEGER PRIMARY KEY REFERENCES conversations (number) ON DELETE CASCADE,
        -- JSON.
        report TEXT NOT NULL
      ) STRICT;
      -- The recording of a conversation whose original is a transcript: its place below the library, and the name it came with.
      ALTER TABLE media ADD COLUMN recording_path TEXT;
      ALTER TABLE media ADD COLUMN recording_name TEXT;
    `);
  },
};
