import type { Migration } from "./migration.ts";

/** The sound with ranges muted, and the voices of agents that a person has asked Earmark to remember. */
export const voices: Migration = {
  number: 3,
  apply(database) {
    database.exec(`
      -- What has to be muted before the sound may be played, as a hash of the ranges; null where nothing has.
      ALTER TABLE media ADD COLUMN mute_key TEXT;
      -- The rendition that was made, and of which ranges: it is played only while the two keys agree.
      ALTER TABLE media ADD COLUMN muted_key TEXT;
      ALTER TABLE media ADD COLUMN muted_path TEXT;
      ALTER TABLE media ADD COLUMN muted_type TEXT;
      ALTER TABLE media ADD COLUMN muted_peaks_path TEXT;
      -- JSON: [{startMs, endMs}, ...].
      ALTER TABLE media ADD COLUMN muted_ranges TEXT;

      -- Calls that were heard before muting pass that stage now.
      INSERT INTO stages (job_number, stage, position, state, priority)
        SELECT jobs.number, 'mute', 1 + (SELECT max(position) FROM stages WHERE job_number = jobs.number), 'waiting', jobs.priority
        FROM jobs JOIN stages AS heard ON heard.job_number = jobs.number AND heard.stage = 'playback';
      UPDATE jobs SET state = 'waiting', ended_at = NULL
        WHERE state = 'done' AND number IN (SELECT job_number FROM stages WHERE stage = 'mute');

      -- Biometric data: only with the setting on, only of agents and of recorded prompts, gone with the recording.
      CREATE TABLE voice_prints (
        conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        participant_id TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('agent', 'prompt')),
        -- Prints of different models say nothing of each other.
        model TEXT NOT NULL,
        seconds REAL NOT NULL,
        print BLOB NOT NULL,
        PRIMARY KEY (conversation_id, participant_id)
      ) STRICT;
      CREATE INDEX voice_prints_by_kind ON voice_prints (kind, model);
    `);
  },
};
