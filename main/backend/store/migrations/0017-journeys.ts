import type { Migration } from "./migration.ts";

/** Who a conversation's customer is, and which conversations are of one customer. */
export const journeys: Migration = {
  number: 17,
  apply(database) {
    database.exec(`
      -- What tells customers apart, and what makes them alike. What is compared is always a keyed hash; the value itself stands
      -- beside it only where the policy lets it.
      CREATE TABLE identities (
        number INTEGER PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN
          ('contact', 'customer', 'email', 'phone', 'name', 'place', 'reason', 'said-phone', 'said-email', 'near-phone', 'near-email')),
        -- HMAC-SHA-256, the first 16 bytes.
        mark BLOB NOT NULL,
        value TEXT
      ) STRICT;
      CREATE UNIQUE INDEX identities_by_mark ON identities (mark, kind);
      CREATE INDEX identities_readable ON identities (value, kind) WHERE value IS NOT NULL;

      CREATE TABLE conversation_identities (
        conversation_number INTEGER NOT NULL REFERENCES conversations (number) ON DELETE CASCADE,
        identity_number INTEGER NOT NULL REFERENCES identities (number) ON DELETE CASCADE,
        -- 1 where somebody told it when the conversation came in: it is not read anew with the words.
        given INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (conversation_number, identity_number)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX conversation_identities_by_identity ON conversation_identities (identity_number, conversation_number);
      -- Nobody's any more: it must not stay behind.
      CREATE TRIGGER identities_after_last_use AFTER DELETE ON conversation_identities
        WHEN NOT EXISTS (SELECT 1 FROM conversation_identities WHERE identity_number = old.identity_number)
        BEGIN DELETE FROM identities WHERE number = old.identity_number; END;

      -- The conversations of one customer, and what the list shows of them.
      CREATE TABLE journeys (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        conversations INTEGER NOT NULL DEFAULT 0,
        channels INTEGER NOT NULL DEFAULT 0,
        customer TEXT,
        first_at INTEGER,
        last_at INTEGER,
        reasons_again INTEGER NOT NULL DEFAULT 0,
        asked_again INTEGER NOT NULL DEFAULT 0,
        promises INTEGER NOT NULL DEFAULT 0,
        promises_broken INTEGER NOT NULL DEFAULT 0,
        -- The earliest time by which a promise is due that nothing shows kept.
        due_at INTEGER,
        hand_overs INTEGER NOT NULL DEFAULT 0,
        -- 1 while the figures have yet to be worked out; 2 where it has lost a conversation and may fall apart.
        stale INTEGER NOT NULL DEFAULT 1
      ) STRICT;
      CREATE INDEX journeys_by_last ON journeys (last_at, number);
      CREATE INDEX journeys_by_size ON journeys (conversations, last_at);
      CREATE INDEX journeys_stale ON journeys (number) WHERE stale > 0;

      CREATE TABLE journey_members (
        conversation_number INTEGER PRIMARY KEY REFERENCES conversations (number) ON DELETE CASCADE,
        journey_number INTEGER NOT NULL REFERENCES journeys (number) ON DELETE CASCADE,
        -- What its identities were read from.
        basis TEXT NOT NULL
      ) STRICT;
      CREATE INDEX journey_members_by_journey ON journey_members (journey_number, conversation_number);
      CREATE TRIGGER journeys_after_loss AFTER DELETE ON journey_members BEGIN
        UPDATE journeys SET stale = 2 WHERE number = old.journey_number;
        DELETE FROM journeys WHERE number = old.journey_number
          AND NOT EXISTS (SELECT 1 FROM journey_members WHERE journey_number = old.journey_number);
      END;

      -- What a person decided: two conversations are of one customer, or are not; one is taken out of its journey.
      CREATE TABLE journey_decisions (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        verdict TEXT NOT NULL CHECK (verdict IN ('same', 'different', 'apart')),
        first_number INTEGER NOT NULL REFERENCES conversations (number) ON DELETE CASCADE,
        second_number INTEGER REFERENCES conversations (number) ON DELETE CASCADE,
        at INTEGER NOT NULL,
        author TEXT NOT NULL
      ) STRICT;
      CREATE INDEX journey_decisions_by_first ON journey_decisions (first_number);
      CREATE INDEX journey_decisions_by_second ON journey_decisions (second_number);

      -- Who may be one customer, for a person to say.
      CREATE TABLE journey_proposals (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        first_number INTEGER NOT NULL REFERENCES conversations (number) ON DELETE CASCADE,
        second_number INTEGER NOT NULL REFERENCES conversations (number) ON DELETE CASCADE,
        confidence REAL NOT NULL,
        -- JSON: names of signs.
        signs TEXT NOT NULL,
        UNIQUE (first_number, second_number)
      ) STRICT;
      CREATE INDEX journey_proposals_by_second ON journey_proposals (second_number);
      CREATE INDEX journey_proposals_by_confidence ON journey_proposals (confidence DESC, number);
    `);
  },
};
