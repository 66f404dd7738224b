import type { Migration } from "./migration.ts";

/** What the library is filtered and sorted by, what was said turn by turn, saved views, reviews and samples. */
export const library: Migration = {
  number: 4,
  apply(database) {
    database.exec(`
      ALTER TABLE conversations ADD COLUMN queue TEXT;
      ALTER TABLE conversations ADD COLUMN direction TEXT CHECK (direction IN ('inbound', 'outbound', 'internal'));
      CREATE INDEX conversations_by_agent ON conversations (agent COLLATE NOCASE, number);
      CREATE INDEX conversations_by_customer ON conversations (customer COLLATE NOCASE, number);
      CREATE INDEX conversations_by_queue ON conversations (queue COLLATE NOCASE, number);
      CREATE INDEX conversations_by_channel ON conversations (channel, number);
      CREATE INDEX conversations_by_direction ON conversations (direction, number);
      CREATE INDEX conversations_by_language ON conversations (language COLLATE NOCASE, number);
      CREATE INDEX conversations_by_turns ON conversations (turns, number);

      -- 1 as soon as the turns of the text are in 'said' and name who speaks: what an earlier Earmark wrote is done again bit by bit.
      ALTER TABLE searchable ADD COLUMN has_turns INTEGER NOT NULL DEFAULT 0;
      CREATE INDEX searchable_without_turns ON searchable (conversation_number) WHERE has_turns = 0;

      -- A row for each turn. Its number says where it stands, who speaks and when, so that none of that has to be looked
      -- up: from the high bits on conversation (25), start in hundredths of a second (23), role (3), a count (12).
      CREATE VIRTUAL TABLE said USING fts5 (
        text, content = '', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
      );
      INSERT INTO said (said, rank) VALUES ('secure-delete', 1);

      -- Both indexes again without the places of words: for single words, which most searches are, a tenth of what has to be read.
      CREATE VIRTUAL TABLE said_brief USING fts5 (
        text, content = '', columnsize = 0, detail = 'none', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
      );
      INSERT INTO said_brief (said_brief, rank) VALUES ('secure-delete', 1);
      CREATE VIRTUAL TABLE search_brief USING fts5 (
        title, text, content = 'searchable', content_rowid = 'conversation_number', columnsize = 0, detail = 'none',
        tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
      );
      INSERT INTO search_brief (search_brief, rank) VALUES ('secure-delete', 1);
      INSERT INTO search_brief (search_brief) VALUES ('rebuild');
      CREATE TRIGGER searchable_added_brief AFTER INSERT ON searchable
      BEGIN
        INSERT INTO search_brief (rowid, title, text) VALUES (NEW.conversation_number, NEW.title, NEW.text);
      END;
      CREATE TRIGGER searchable_removed_brief AFTER DELETE ON searchable
      BEGIN
        INSERT INTO search_brief (search_brief, rowid, title, text) VALUES ('delete', OLD.conversation_number, OLD.title, OLD.text);
      END;
      CREATE TRIGGER searchable_changed_brief AFTER UPDATE ON searchable
      BEGIN
        INSERT INTO search_brief (search_brief, rowid, title, text) VALUES ('delete', OLD.conversation_number, OLD.title, OLD.text);
        INSERT INTO search_brief (rowid, title, text) VALUES (NEW.conversation_number, NEW.title, NEW.text);
      END;

      CREATE TABLE saved_views (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL COLLATE NOCASE UNIQUE,
        at INTEGER NOT NULL,
        -- JSON: search, order, columns.
        view TEXT NOT NULL
      ) STRICT;

      CREATE TABLE sampling_plans (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL COLLATE NOCASE UNIQUE,
        at INTEGER NOT NULL,
        -- JSON.
        plan TEXT NOT NULL
      ) STRICT;

      -- A drawing of a sample, with all that is needed to draw the same again.
      CREATE TABLE sampling_runs (
        id TEXT PRIMARY KEY,
        at INTEGER NOT NULL,
        author TEXT NOT NULL,
        name TEXT NOT NULL,
        plan TEXT NOT NULL,
        seed TEXT NOT NULL,
        population INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX sampling_runs_by_time ON sampling_runs (at);
      CREATE TABLE sampling_picks (
        run_id TEXT NOT NULL REFERENCES sampling_runs (id) ON DELETE CASCADE,
        conversation_number INTEGER NOT NULL REFERENCES conversations (number) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        PRIMARY KEY (run_id, conversation_number)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX sampling_picks_by_conversation ON sampling_picks (conversation_number);

      CREATE TABLE assignments (
        conversation_number INTEGER PRIMARY KEY REFERENCES conversations (number) ON DELETE CASCADE,
        assignee TEXT NOT NULL COLLATE NOCASE,
        at INTEGER NOT NULL,
        author TEXT NOT NULL,
        due_at INTEGER,
        -- JSON: why this one.
        reason TEXT NOT NULL,
        done_at INTEGER
      ) STRICT;
      CREATE INDEX assignments_by_assignee ON assignments (assignee, due_at, conversation_number) WHERE done_at IS NULL;

      -- One for each reviewer of a conversation, from the first opening on.
      CREATE TABLE reviews (
        conversation_number INTEGER NOT NULL REFERENCES conversations (number) ON DELETE CASCADE,
        reviewer TEXT NOT NULL COLLATE NOCASE,
        opened_at INTEGER NOT NULL,
        spent_ms INTEGER NOT NULL DEFAULT 0,
        finished_at INTEGER,
        PRIMARY KEY (conversation_number, reviewer)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX reviews_by_end ON reviews (finished_at) WHERE finished_at IS NOT NULL;
    `);
  },
};
