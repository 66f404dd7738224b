import type { Migration } from "./migration.ts";

/** What the library's list shows of how a conversation was judged: of the evaluation a person worked on last, else the first. */
export const scoreColumns: Migration = {
  number: 11,
  apply(database) {
    const columns = "score, score_lowest, score_highest, score_stage, score_form, score_failed, score_open, score_stale";
    const found = (number: string): string => `
      SELECT percent, lowest, highest, stage, checklist_id, failed, open, stale FROM evaluations
      WHERE conversation_number = ${number} AND purpose = 'standard'
      ORDER BY iif(stage = 'machine', 0, coalesce(submitted_at, started_at)) DESC, evaluations.number LIMIT 1`;
    const brought = (number: string): string =>
      `UPDATE conversations SET (${columns}) = (${found(number)}) WHERE number = ${number};`;
    database.exec(`
      -- 0 to 100; null where nothing is scored.
      ALTER TABLE conversations ADD COLUMN score REAL;
      ALTER TABLE conversations ADD COLUMN score_lowest REAL;
      ALTER TABLE conversations ADD COLUMN score_highest REAL;
      ALTER TABLE conversations ADD COLUMN score_stage TEXT CHECK (score_stage IN ('machine', 'draft', 'submitted'));
      ALTER TABLE conversations ADD COLUMN score_form TEXT;
      ALTER TABLE conversations ADD COLUMN score_failed INTEGER;
      ALTER TABLE conversations ADD COLUMN score_open INTEGER;
      ALTER TABLE conversations ADD COLUMN score_stale INTEGER;
      CREATE INDEX conversations_by_score ON conversations (score, number);

      -- Whoever changes an evaluation changes these in the same transaction, without having to think of it.
      CREATE TRIGGER score_after_insert AFTER INSERT ON evaluations BEGIN ${brought("new.conversation_number")} END;
      CREATE TRIGGER score_after_update
        AFTER UPDATE OF percent, lowest, highest, stage, failed, open, stale, submitted_at ON evaluations
        BEGIN ${brought("new.conversation_number")} END;
      CREATE TRIGGER score_after_delete AFTER DELETE ON evaluations BEGIN ${brought("old.conversation_number")} END;
      UPDATE conversations SET (${columns}) = (${found("conversations.number")})
        WHERE number IN (SELECT conversation_number FROM evaluations);
    `);
  },
};
