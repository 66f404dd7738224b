import type { Migration } from "./migration.ts";

/** Prompts and workflows with every version that was asked by, and what a language model wrote of conversations. */
export const writings: Migration = {
  number: 12,
  apply(database) {
    database.exec(`
      CREATE TABLE prompts (
        kind TEXT NOT NULL CHECK (kind IN ('prompt', 'workflow')),
        id TEXT NOT NULL,
        origin TEXT NOT NULL CHECK (origin IN ('ready-made', 'person')),
        -- Whether it is run where all are.
        enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
        -- One that was taken out of the list stays for what was written by it.
        removed INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1)),
        latest INTEGER NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (kind, id)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE prompt_versions (
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        version INTEGER NOT NULL,
        -- SHA-256 over it as canonical JSON.
        hash TEXT NOT NULL,
        -- As its author wrote it.
        text TEXT NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (kind, id, version),
        FOREIGN KEY (kind, id) REFERENCES prompts (kind, id)
      ) STRICT, WITHOUT ROWID;

      -- What was written of a conversation by a prompt: every run of it, in order.
      CREATE TABLE writings (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        conversation_number INTEGER NOT NULL REFERENCES conversations (number) ON DELETE CASCADE,
        -- One that stands in a workflow alone is in no other table.
        prompt_id TEXT NOT NULL,
        at INTEGER NOT NULL,
        -- JSON.
        writing TEXT NOT NULL
      ) STRICT;
      CREATE INDEX writings_by_conversation ON writings (conversation_number, prompt_id, number);

      -- Conversations that are to be written of by themselves, and those of which it came to nothing.
      CREATE TABLE writings_due (
        conversation_number INTEGER PRIMARY KEY REFERENCES conversations (number) ON DELETE CASCADE,
        at INTEGER NOT NULL,
        -- JSON: why the last attempt came to nothing; null while it waits.
        failure TEXT
      ) STRICT;
    `);
  },
};
