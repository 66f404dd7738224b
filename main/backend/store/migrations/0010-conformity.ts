import type { Migration } from "./migration.ts";

/** Checklists with every version that was asked by, and conversations judged by them. */
export const conformity: Migration = {
  number: 10,
  apply(database) {
    database.exec(`
      CREATE TABLE checklists (
        id TEXT PRIMARY KEY,
        origin TEXT NOT NULL CHECK (origin IN ('ready-made', 'person', 'connect')),
        -- Whether every conversation that it is for is judged by it.
        enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
        -- One that was taken out of the list stays for the evaluations that it was asked in.
        removed INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1)),
        latest INTEGER NOT NULL,
        at INTEGER NOT NULL
      ) STRICT;

      CREATE TABLE checklist_versions (
        checklist_id TEXT NOT NULL REFERENCES checklists (id),
        version INTEGER NOT NULL,
        -- SHA-256 over the checklist as canonical JSON.
        hash TEXT NOT NULL,
        -- As its author wrote it.
        text TEXT NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (checklist_id, version)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE evaluations (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        conversation_number INTEGER NOT NULL REFERENCES conversations (number) ON DELETE CASCADE,
        checklist_id TEXT NOT NULL,
        version INTEGER NOT NULL,
        purpose TEXT NOT NULL CHECK (purpose IN ('standard', 'calibration', 'self')),
        -- 'machine': no person has touched it.
        stage TEXT NOT NULL CHECK (stage IN ('machine', 'draft', 'submitted')),
        evaluator TEXT,
        started_at INTEGER NOT NULL,
        submitted_at INTEGER,
        comment TEXT,
        -- JSON; null while only rules have answered, whose answers are the same whenever they are asked.
        answers TEXT,
        -- Names the revision and the rules that the figures below are of.
        basis TEXT NOT NULL,
        percent REAL,
        lowest REAL,
        highest REAL,
        band TEXT,
        passed INTEGER CHECK (passed IN (0, 1)),
        failed INTEGER NOT NULL DEFAULT 0,
        open INTEGER NOT NULL DEFAULT 0,
        stale INTEGER NOT NULL DEFAULT 0,
        FOREIGN KEY (checklist_id, version) REFERENCES checklist_versions (checklist_id, version)
      ) STRICT;
      CREATE UNIQUE INDEX evaluations_by_conversation ON evaluations (conversation_number, checklist_id, purpose);
      CREATE INDEX evaluations_by_checklist ON evaluations (checklist_id, stage);

      -- What was played of a conversation while it was judged.
      CREATE TABLE evaluation_heard (
        evaluation_number INTEGER NOT NULL REFERENCES evaluations (number) ON DELETE CASCADE,
        start_ms INTEGER NOT NULL,
        end_ms INTEGER NOT NULL CHECK (end_ms > start_ms),
        at INTEGER NOT NULL
      ) STRICT;
      -- Runs of a language model for an evaluation: its answers, and what was asked of which model at which cost.
      CREATE TABLE evaluation_writings (
        evaluation_number INTEGER NOT NULL REFERENCES evaluations (number) ON DELETE CASCADE,
        at INTEGER NOT NULL,
        -- JSON.
        written TEXT NOT NULL
      ) STRICT;
      CREATE INDEX evaluation_writings_by_evaluation ON evaluation_writings (evaluation_number, at);
      CREATE INDEX evaluation_heard_by_evaluation ON evaluation_heard (evaluation_number, start_ms);
    `);
  },
};
