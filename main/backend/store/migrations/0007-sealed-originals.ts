import type { Migration } from "./migration.ts";

/** What rules have hidden, encrypted, until the day on which its key is thrown away. */
export const sealedOriginals: Migration = {
  number: 7,
  apply(database) {
    database.exec(`
      CREATE TABLE sealed_originals (
        conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        id TEXT NOT NULL,
        turn_id TEXT NOT NULL,
        -- JSON: ids of the words it is of; [] for a part of a text without words.
        word_ids TEXT NOT NULL,
        -- JSON: all types of personal data that it holds.
        types TEXT NOT NULL,
        start_ms INTEGER NOT NULL,
        end_ms INTEGER NOT NULL,
        -- The last day, in UTC, on which it can be opened: its key has the day's name.
        day TEXT NOT NULL CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
        -- AES-256-GCM: 12 bytes of nonce, what was encrypted, 16 bytes of tag.
        sealed BLOB NOT NULL CHECK (length(sealed) > 28),
        PRIMARY KEY (conversation_id, id)
      ) STRICT;
      CREATE INDEX sealed_originals_by_day ON sealed_originals (day);

      -- Days that have a key: it is thrown away even when all that it opens has gone before.
      CREATE TABLE sealing_days (day TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
    `);
  },
};
