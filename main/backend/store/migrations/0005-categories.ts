import type { Migration } from "./migration.ts";

/** Categories, what came of them in each conversation, the phrases that conversations are compared by, and the stages that read for sentiment and categories. */
export const categories: Migration = {
  number: 5,
  apply(database) {
    database.exec(`
      CREATE TABLE categories (
        id TEXT PRIMARY KEY,
        -- JSON; null for a ready-made one that a person has removed, so that it does not come back.
        category TEXT,
        origin TEXT NOT NULL CHECK (origin IN ('ready-made', 'person', 'call-analytics')),
        -- SHA-256 of all that its results depend on besides the conversation.
        rule_hash TEXT NOT NULL,
        at INTEGER NOT NULL
      ) STRICT;

      CREATE TABLE category_results (
        category_id TEXT NOT NULL REFERENCES categories (id) ON DELETE CASCADE,
        conversation_number INTEGER NOT NULL REFERENCES conversations (number) ON DELETE CASCADE,
        rule_hash TEXT NOT NULL,
        -- The revision, and the analyses, that it was found in.
        basis TEXT NOT NULL,
        outcome TEXT NOT NULL CHECK (outcome IN ('present', 'absent', 'unknown')),
        -- JSON: places and no words.
        result TEXT NOT NULL,
        PRIMARY KEY (category_id, outcome, conversation_number)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX category_results_by_conversation ON category_results (conversation_number, category_id);

      CREATE TABLE conversation_phrases (
        conversation_number INTEGER PRIMARY KEY REFERENCES conversations (number) ON DELETE CASCADE,
        basis TEXT NOT NULL,
        -- Redacted phrases of the customer, a line each.
        phrases TEXT NOT NULL
      ) STRICT;

      -- Conversations that were read before pass the two stages that came with this now, in this order.
      INSERT INTO stages (job_number, stage, position, state, priority)
        SELECT jobs.number, 'insight', 1 + (SELECT max(position) FROM stages WHERE job_number = jobs.number), 'waiting', jobs.priority
        FROM jobs JOIN stages AS indexed ON indexed.job_number = jobs.number AND indexed.stage = 'index';
      INSERT INTO stages (job_number, stage, position, state, priority)
        SELECT jobs.number, 'categories', 1 + (SELECT max(position) FROM stages WHERE job_number = jobs.number), 'waiting', jobs.priority
        FROM jobs JOIN stages AS indexed ON indexed.job_number = jobs.number AND indexed.stage = 'index';
      UPDATE jobs SET state = 'waiting', ended_at = NULL
        WHERE state = 'done' AND number IN (SELECT job_number FROM stages WHERE stage = 'insight');
    `);
  },
};
