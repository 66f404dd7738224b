import type { Migration } from "./migration.ts";

/** The ledger, its checkpoints, and the salts that what it says of a conversation's content depends on. */
export const ledger: Migration = {
  number: 6,
  apply(database) {
    database.exec(`
      CREATE TABLE ledger (
        seq INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        kind TEXT NOT NULL,
        -- Mostly the id of a conversation, which may be gone: no reference.
        subject TEXT,
        author TEXT NOT NULL,
        -- JSON.
        data TEXT NOT NULL,
        previous TEXT,
        key TEXT NOT NULL,
        hash TEXT NOT NULL UNIQUE,
        signature TEXT NOT NULL
      ) STRICT;
      CREATE INDEX ledger_by_subject ON ledger (subject, seq) WHERE subject IS NOT NULL;
      CREATE INDEX ledger_by_segment ON ledger (seq) WHERE kind IN ('ledger-begun', 'segment-begun', 'key-changed');
      CREATE TRIGGER ledger_is_never_changed BEFORE UPDATE ON ledger
      BEGIN
        SELECT RAISE(ABORT, 'An entry of the ledger is never changed.');
      END;
      CREATE TRIGGER ledger_is_never_cut BEFORE DELETE ON ledger
      BEGIN
        SELECT RAISE(ABORT, 'An entry of the ledger is never removed.');
      END;
      -- Also what would replace an entry, for which no trigger of deletion runs.
      CREATE TRIGGER ledger_only_grows BEFORE INSERT ON ledger WHEN NEW.seq <= (SELECT max(seq) FROM ledger)
      BEGIN
        SELECT RAISE(ABORT, 'An entry of the ledger comes after all others.');
      END;

      CREATE TABLE ledger_checkpoints (
        seq INTEGER PRIMARY KEY,
        hash TEXT NOT NULL,
        at INTEGER NOT NULL,
        key TEXT NOT NULL,
        signature TEXT NOT NULL
      ) STRICT;
      CREATE TRIGGER ledger_checkpoints_are_never_changed BEFORE UPDATE ON ledger_checkpoints
      BEGIN
        SELECT RAISE(ABORT, 'A checkpoint of the ledger is never changed.');
      END;
      CREATE TRIGGER ledger_checkpoints_are_never_removed BEFORE DELETE ON ledger_checkpoints
      BEGIN
        SELECT RAISE(ABORT, 'A checkpoint of the ledger is never removed.');
      END;
      CREATE TRIGGER ledger_checkpoints_only_grow BEFORE INSERT ON ledger_checkpoints
      WHEN NEW.seq <= (SELECT max(seq) FROM ledger_checkpoints)
      BEGIN
        SELECT RAISE(ABORT, 'A checkpoint of the ledger comes after all others.');
      END;

      -- Goes with its conversation: then what the ledger says of its content stands for nothing any more.
      CREATE TABLE ledger_salts (
        conversation_number INTEGER PRIMARY KEY REFERENCES conversations (number) ON DELETE CASCADE,
        salt TEXT NOT NULL
      ) STRICT;
    `);
  },
};
