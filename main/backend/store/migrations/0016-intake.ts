import type { Migration } from "./migration.ts";

/** Where conversations come from in bulk: folders, buckets and large imports, and every file of theirs that has been seen. */
export const intake: Migration = {
  number: 16,
  apply(database) {
    database.exec(`
      -- The agent's name as the file's own, or the files beside it, tell it.
      ALTER TABLE conversations ADD COLUMN agent_told TEXT;

      CREATE TABLE intake_sources (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL CHECK (kind IN ('batch', 'folder', 'bucket')),
        -- What it is and how it is looked at, as JSON.
        plan TEXT NOT NULL,
        -- Off: it is not looked at, and nothing of it is taken in.
        enabled INTEGER NOT NULL DEFAULT 1,
        created_at INTEGER NOT NULL,
        looked_at INTEGER,
        -- Why the last look at it failed.
        failure TEXT
      ) STRICT;

      -- Each file once for each content that it was seen with: the fingerprint is its size and time, its sum, or its ETag.
      CREATE TABLE intake_items (
        number INTEGER PRIMARY KEY,
        source_number INTEGER NOT NULL REFERENCES intake_sources (number) ON DELETE CASCADE,
        -- SHA-256 of the place: names of files hold names of people, and stay no longer than they are needed.
        place_hash TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        -- SHA-256 of what a transcript and its recording have in common; null where nothing can be.
        pair_hash TEXT,
        -- Where it is, as JSON; null once it has been taken in.
        place TEXT,
        bytes INTEGER NOT NULL,
        -- Speech has to be heard, which takes longer than reading.
        written INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'known', 'failed', 'cancelled')),
        priority INTEGER NOT NULL DEFAULT 0,
        attempts INTEGER NOT NULL DEFAULT 0,
        retry_at INTEGER,
        failure TEXT,
        conversation_id TEXT,
        -- The file still has to be moved to where processed or failed ones go.
        unmoved INTEGER NOT NULL DEFAULT 0,
        added_at INTEGER NOT NULL,
        ended_at INTEGER,
        UNIQUE (source_number, place_hash, fingerprint)
      ) STRICT;
      CREATE INDEX intake_items_open ON intake_items (written, priority DESC, number) WHERE state = 'waiting';
      CREATE INDEX intake_items_by_source ON intake_items (source_number, state);
      CREATE INDEX intake_items_by_pair ON intake_items (source_number, pair_hash) WHERE pair_hash IS NOT NULL AND written = 1;
      CREATE INDEX intake_items_unmoved ON intake_items (number) WHERE unmoved = 1;
      CREATE INDEX intake_items_by_conversation ON intake_items (conversation_id) WHERE conversation_id IS NOT NULL;
    `);
  },
};
