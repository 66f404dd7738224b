import type { Migration } from "./migration.ts";

/** What the library's list shows of how a conversation felt and what it was about. */
export const libraryFigures: Migration = {
  number: 9,
  apply(database) {
    database.exec(`
      -- From -5 to 5 by the formula that is set; null where nobody could judge.
      ALTER TABLE conversations ADD COLUMN agent_sentiment REAL;
      ALTER TABLE conversations ADD COLUMN agent_trend TEXT CHECK (agent_trend IN ('up', 'down', 'flat'));
      ALTER TABLE conversations ADD COLUMN customer_sentiment REAL;
      ALTER TABLE conversations ADD COLUMN customer_trend TEXT CHECK (customer_trend IN ('up', 'down', 'flat'));
      ALTER TABLE conversations ADD COLUMN topic TEXT;
      -- The program whose finding it is; null for Earmark's own.
      ALTER TABLE conversations ADD COLUMN agent_sentiment_by TEXT;
      ALTER TABLE conversations ADD COLUMN customer_sentiment_by TEXT;
      ALTER TABLE conversations ADD COLUMN topic_by TEXT;
      CREATE INDEX conversations_by_agent_sentiment ON conversations (agent_sentiment, number);
      CREATE INDEX conversations_by_customer_sentiment ON conversations (customer_sentiment, number);
      CREATE INDEX conversations_by_topic ON conversations (topic COLLATE NOCASE, number);

      -- 1 while they have yet to be worked out, or to be again: of what an earlier Earmark has heard it is done bit by bit.
      ALTER TABLE conversations ADD COLUMN lacks_figures INTEGER NOT NULL DEFAULT 0;
      CREATE INDEX conversations_without_figures ON conversations (number) WHERE lacks_figures = 1;
      UPDATE conversations SET lacks_figures = 1 WHERE id IN (SELECT conversation_id FROM transcripts);
    `);
  },
};
