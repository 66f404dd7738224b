import type { Migration } from "./migration.ts";

/** Conversations, transcripts, corrections, files, the queue, settings, notices, and search. */
export const firstLibrary: Migration = {
  number: 1,
  apply(database) {
    database.exec(`
      -- "EarM" in the file's header: how Earmark knows its own.
      PRAGMA application_id = ${0x4561724d};

      -- About the file itself: 'version' is the Earmark that wrote it last.
      CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

      CREATE TABLE conversations (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL CHECK (kind IN ('call', 'chat')),
        channel TEXT NOT NULL CHECK (channel IN ('voice', 'chat', 'sms', 'bot')),
        title TEXT NOT NULL,
        started_at INTEGER,
        time_zone TEXT,
        imported_at INTEGER NOT NULL,
        source_name TEXT NOT NULL,
        source_sha256 TEXT NOT NULL UNIQUE,
        source_bytes INTEGER NOT NULL,
        source_format TEXT NOT NULL,
        duration_ms INTEGER,
        -- JSON: what was asked of the speech engine for this one alone.
        speech_options TEXT NOT NULL DEFAULT '{}',
        language TEXT,
        agent TEXT,
        customer TEXT,
        turns INTEGER NOT NULL DEFAULT 0,
        agent_talk_share REAL,
        non_talk_ms INTEGER,
        interruptions INTEGER NOT NULL DEFAULT 0,
        lacks_words INTEGER NOT NULL DEFAULT 0
      ) STRICT;
      CREATE INDEX conversations_by_imported_at ON conversations (imported_at, number);
      CREATE INDEX conversations_by_started_at ON conversations (started_at, number);
      CREATE INDEX conversations_by_title ON conversations (title COLLATE NOCASE, number);
      CREATE INDEX conversations_by_duration_ms ON conversations (duration_ms, number);
      CREATE INDEX conversations_by_agent_talk_share ON conversations (agent_talk_share, number);
      CREATE INDEX conversations_by_non_talk_ms ON conversations (non_talk_ms, number);
      CREATE INDEX conversations_by_interruptions ON conversations (interruptions, number);
      CREATE INDEX conversations_by_kind_and_channel ON conversations (kind, channel);

      CREATE TABLE transcripts (
        conversation_id TEXT PRIMARY KEY REFERENCES conversations (id) ON DELETE CASCADE,
        made_at INTEGER NOT NULL,
        transcript TEXT NOT NULL
      ) STRICT;

      CREATE TABLE operations (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        at INTEGER NOT NULL,
        author TEXT NOT NULL,
        -- Exactly one of the two: a correction, or the taking back of one.
        operation TEXT,
        withdraws TEXT UNIQUE,
        CHECK ((operation IS NULL) <> (withdraws IS NULL))
      ) STRICT;
      CREATE INDEX operations_by_conversation ON operations (conversation_id, number);
      CREATE TRIGGER operations_are_never_changed BEFORE UPDATE ON operations
      BEGIN
        SELECT RAISE(ABORT, 'A recorded correction is never changed.');
      END;
      -- Goes with its conversation alone: by then the conversation's row is gone.
      CREATE TRIGGER operations_are_never_removed BEFORE DELETE ON operations
      WHEN EXISTS (SELECT 1 FROM conversations WHERE id = OLD.conversation_id)
      BEGIN
        SELECT RAISE(ABORT, 'A recorded correction is never removed.');
      END;

      CREATE TABLE media (
        conversation_id TEXT PRIMARY KEY REFERENCES conversations (id) ON DELETE CASCADE,
        media_id TEXT NOT NULL UNIQUE,
        original_path TEXT,
        playback_path TEXT,
        playback_type TEXT,
        peaks_path TEXT,
        peaks_channels INTEGER,
        audio TEXT
      ) STRICT;

      CREATE TABLE jobs (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        conversation_id TEXT NOT NULL UNIQUE REFERENCES conversations (id) ON DELETE CASCADE,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
        priority INTEGER NOT NULL DEFAULT 0,
        progress REAL NOT NULL DEFAULT 0,
        failure TEXT,
        created_at INTEGER NOT NULL,
        ended_at INTEGER
      ) STRICT;
      CREATE INDEX jobs_by_state ON jobs (state, priority DESC, number);
      CREATE INDEX jobs_by_end ON jobs (ended_at DESC) WHERE ended_at IS NOT NULL;

      CREATE TABLE stages (
        job_number INTEGER NOT NULL REFERENCES jobs (number) ON DELETE CASCADE,
        stage TEXT NOT NULL,
        position INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
        -- Waiting for a free place alone: everything it needs is there.
        ready INTEGER NOT NULL DEFAULT 0,
        -- The job's own, repeated here so that the next stage to run is one step into an index.
        priority INTEGER NOT NULL DEFAULT 0,
        input_hash TEXT,
        attempt INTEGER NOT NULL DEFAULT 0,
        -- Passing failures and crashes with the present input.
        setbacks INTEGER NOT NULL DEFAULT 0,
        crashes INTEGER NOT NULL DEFAULT 0,
        failure TEXT,
        retry_at INTEGER,
        started_at INTEGER,
        ended_at INTEGER,
        PRIMARY KEY (job_number, stage)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX stages_ready ON stages (stage, priority DESC, job_number) WHERE ready = 1;
      CREATE INDEX stages_to_retry ON stages (retry_at) WHERE retry_at IS NOT NULL;

      CREATE TABLE stage_results (
        job_number INTEGER NOT NULL REFERENCES jobs (number) ON DELETE CASCADE,
        stage TEXT NOT NULL,
        input_hash TEXT NOT NULL,
        result_hash TEXT NOT NULL,
        result TEXT NOT NULL,
        PRIMARY KEY (job_number, stage)
      ) STRICT;

      -- What each stage has cost on this machine, the latest runs counting most.
      CREATE TABLE stage_costs (
        stage TEXT PRIMARY KEY,
        cost_ms REAL NOT NULL,
        audio_ms REAL NOT NULL,
        runs REAL NOT NULL
      ) STRICT;

      CREATE TABLE settings (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        settings TEXT NOT NULL
      ) STRICT;

      CREATE TABLE notices (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        at INTEGER NOT NULL,
        failure TEXT NOT NULL
      ) STRICT;

      CREATE TABLE searchable (
        conversation_number INTEGER PRIMARY KEY REFERENCES conversations (number) ON DELETE CASCADE,
        title TEXT NOT NULL,
        -- Redacted; a line for each turn, in the order of turns.
        text TEXT NOT NULL,
        -- JSON: [[turn id, start in ms], ...], one for each line of text.
        turns TEXT NOT NULL
      ) STRICT;
      CREATE VIRTUAL TABLE search USING fts5 (
        title, text,
        content = 'searchable', content_rowid = 'conversation_number',
        tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
      );
      -- Words of a removed conversation leave the index at once, not when it is next merged.
      INSERT INTO search (search, rank) VALUES ('secure-delete', 1);
      CREATE TRIGGER searchable_added AFTER INSERT ON searchable
      BEGIN
        INSERT INTO search (rowid, title, text) VALUES (NEW.conversation_number, NEW.title, NEW.text);
      END;
      CREATE TRIGGER searchable_removed AFTER DELETE ON searchable
      BEGIN
        INSERT INTO search (search, rowid, title, text) VALUES ('delete', OLD.conversation_number, OLD.title, OLD.text);
      END;
      CREATE TRIGGER searchable_changed AFTER UPDATE ON searchable
      BEGIN
        INSERT INTO search (search, rowid, title, text) VALUES ('delete', OLD.conversation_number, OLD.title, OLD.text);
        INSERT INTO search (rowid, title, text) VALUES (NEW.conversation_number, NEW.title, NEW.text);
      END;
    `);
  },
};
