import type { Migration } from "./migration.ts";

/** Questions that people have asked of conversations, and what each conversation answered. */
export const questions: Migration = {
  number: 13,
  apply(database) {
    database.exec(`
      CREATE TABLE questions (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        -- Redacted.
        text TEXT NOT NULL,
        -- JSON: how it is to be answered.
        shape TEXT NOT NULL,
        answered_by TEXT NOT NULL CHECK (answered_by IN ('writer', 'search')),
        scope TEXT NOT NULL CHECK (scope IN ('conversation', 'selection', 'search')),
        -- The search whose conversations were asked, as it stood.
        search TEXT,
        author TEXT NOT NULL,
        at INTEGER NOT NULL,
        -- JSON: why it could not go on; null where it could.
        failure TEXT
      ) STRICT;
      CREATE INDEX questions_by_time ON questions (at DESC, number DESC);

      CREATE TABLE question_answers (
        number INTEGER PRIMARY KEY,
        question_number INTEGER NOT NULL REFERENCES questions (number) ON DELETE CASCADE,
        conversation_number INTEGER NOT NULL REFERENCES conversations (number) ON DELETE CASCADE,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'interrupted', 'cancelled')),
        -- Answers of the same group say the same.
        answer_group TEXT,
        -- The answer in words.
        said TEXT,
        -- JSON: the answer with what it rests on.
        answer TEXT,
        -- JSON: why it is out of date; null where it is not.
        stale TEXT,
        -- JSON: what was hidden of the conversation when it was asked.
        hidden TEXT,
        -- JSON.
        failure TEXT,
        input_tokens INTEGER,
        output_tokens INTEGER,
        cost REAL,
        at INTEGER
      ) STRICT;
      CREATE UNIQUE INDEX question_answers_by_question ON question_answers (question_number, conversation_number);
      CREATE INDEX question_answers_by_state ON question_answers (question_number, state);
      CREATE INDEX question_answers_by_conversation ON question_answers (conversation_number);

      -- A question goes with the last conversation that it was asked of.
      CREATE TRIGGER question_without_conversation AFTER DELETE ON question_answers
      WHEN NOT EXISTS (SELECT 1 FROM question_answers WHERE question_number = old.question_number)
      BEGIN
        DELETE FROM questions WHERE number = old.question_number;
      END;
    `);
  },
};
