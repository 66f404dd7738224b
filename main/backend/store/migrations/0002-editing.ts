import type { Migration } from "./migration.ts";

/** Corrections in groups that can be taken back and made again; comments, bookmarks, tags, and text that is being typed. */
export const editing: Migration = {
  number: 2,
  apply(database) {
    database.exec(`
      -- What a transcript's word ids stand for: changes when a conversation is heard anew with another result. Null until it is first asked for.
      ALTER TABLE transcripts ADD COLUMN words_hash TEXT;

      DROP TRIGGER operations_are_never_changed;
      DROP TRIGGER operations_are_never_removed;
      DROP INDEX operations_by_conversation;
      ALTER TABLE operations RENAME TO operations_1;
      CREATE TABLE operations (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        at INTEGER NOT NULL,
        author TEXT NOT NULL,
        -- Exactly one of the three: a correction, the taking back of a change, or its being made again.
        operation TEXT,
        withdraws TEXT,
        restores TEXT,
        -- The change that a correction is part of: what one undo takes back. Null on the other two.
        change_id TEXT,
        -- words_hash of the transcript that a correction was made on; null where it speaks of no words.
        words_hash TEXT,
        CHECK ((operation IS NOT NULL) + (withdraws IS NOT NULL) + (restores IS NOT NULL) = 1),
        CHECK ((operation IS NULL) = (change_id IS NULL))
      ) STRICT;
      INSERT INTO operations (number, id, conversation_id, at, author, operation, withdraws, change_id)
        SELECT number, id, conversation_id, at, author, operation, withdraws, CASE WHEN operation IS NULL THEN NULL ELSE id END
        FROM operations_1 ORDER BY number;
      DROP TABLE operations_1;
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

      -- The first comment of a thread has itself as thread, and alone has an anchor and can be resolved.
      CREATE TABLE comments (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        thread_id TEXT NOT NULL,
        at INTEGER NOT NULL,
        author TEXT NOT NULL,
        body TEXT NOT NULL,
        -- JSON: the roles that the body mentions.
        mentions TEXT NOT NULL DEFAULT '[]',
        edited_at INTEGER,
        -- Removed, but answered: its place in the thread stays, without its words.
        deleted_at INTEGER,
        -- JSON; null where a comment is on the conversation as a whole.
        anchor TEXT,
        resolved_at INTEGER,
        resolved_by TEXT
      ) STRICT;
      CREATE INDEX comments_by_conversation ON comments (conversation_id, number);
      CREATE INDEX comments_by_thread ON comments (thread_id, number);

      CREATE TABLE bookmarks (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        at INTEGER NOT NULL,
        author TEXT NOT NULL,
        label TEXT NOT NULL,
        anchor TEXT NOT NULL
      ) STRICT;
      CREATE INDEX bookmarks_by_conversation ON bookmarks (conversation_id, number);

      CREATE TABLE tags (
        conversation_number INTEGER NOT NULL REFERENCES conversations (number) ON DELETE CASCADE,
        tag TEXT NOT NULL COLLATE NOCASE,
        at INTEGER NOT NULL,
        author TEXT NOT NULL,
        PRIMARY KEY (tag, conversation_number)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX tags_by_conversation ON tags (conversation_number);

      -- What somebody is typing, until it is saved for good.
      CREATE TABLE drafts (
        conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        -- The field it is typed into, as the page names it.
        place TEXT NOT NULL,
        at INTEGER NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (conversation_id, place)
      ) STRICT, WITHOUT ROWID;
    `);
  },
};
