import { randomUUID } from "node:crypto";
import type Database from "better-sqlite3";
import { z } from "zod";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { type StoredAnchor, storedAnchorSchema } from "../../../app/conversation/anchors.ts";
import { type Mention, mentionSchema, mentionsIn } from "../../../app/conversation/mentions.ts";
import type { Clock } from "../../../app/ports.ts";
import type { EntryData } from "../../../app/report/entries.ts";
import { toInstant, toInstantOrNull } from "./instants.ts";
import type { Recorder } from "./ledger.ts";
import { parseJson } from "./stored-json.ts";

/** One comment as it is kept. */
export interface CommentRecord {
  readonly id: string;
  readonly at: string;
  readonly author: string;
  readonly body: string;
  readonly mentions: readonly Mention[];
  readonly editedAt: string | null;
  readonly deleted: boolean;
}

/** A comment and its answers as they are kept, in order of time. */
export interface ThreadRecord {
  /** Id of the first comment. */
  readonly id: string;
  readonly conversationId: string;
  readonly anchor: StoredAnchor | null;
  readonly comments: readonly CommentRecord[];
  readonly resolved: { readonly at: string; readonly by: string } | null;
}

/** Comments in threads. */
export interface CommentTable {
  /** The threads of a conversation, in order of time. */
  list(conversationId: string): ThreadRecord[];
  thread(threadId: string): ThreadRecord | null;
  /** Begins a thread. Throws `not-found` when there is no such conversation. */
  add(conversationId: string, anchor: StoredAnchor | null, body: string, author: string): ThreadRecord;
  /** Answers in a thread. Throws `not-found`. */
  reply(threadId: string, body: string, author: string): ThreadRecord;
  /** Throws `not-found`, and `not-allowed` for a comment of somebody else. */
  edit(id: string, body: string, author: string): ThreadRecord;
  /**
   * Removes a comment. One that has been answered stays as a place without words; when nothing but such places is left of
   * a thread, it goes. Throws `not-found`, and `not-allowed` for a comment of somebody else.
   */
  remove(id: string, author: string): { readonly conversationId: string; readonly thread: ThreadRecord | null };
  /** Marks a thread as settled, or as open again. Throws `not-found`. */
  resolve(threadId: string, by: string | null): ThreadRecord;
}

interface Row {
  id: string;
  conversation_id: string;
  thread_id: string;
  at: number;
  author: string;
  body: string;
  mentions: string;
  edited_at: number | null;
  deleted_at: number | null;
  anchor: string | null;
  resolved_at: number | null;
  resolved_by: string | null;
}

const mentionsSchema = z.array(mentionSchema);

/** The comments in a database. */
export function commentTable(database: Database.Database, clock: Clock, ledger: Recorder): CommentTable {
  const ofConversation = database.prepare<[string], Row>("SELECT * FROM comments WHERE conversation_id = ? ORDER BY number");
  const ofThread = database.prepare<[string], Row>("SELECT * FROM comments WHERE thread_id = ? ORDER BY number");
  const byId = database.prepare<[string], Row>("SELECT * FROM comments WHERE id = ?");
  const insert = database.prepare<[Record<string, unknown>]>(`
    INSERT INTO comments (id, conversation_id, thread_id, at, author, body, mentions, anchor)
    SELECT @id, id, @threadId, @at, @author, @body, @mentions, @anchor FROM conversations WHERE id = @conversationId`);
  const edit = database.prepare<[string, string, number, string]>(
    "UPDATE comments SET body = ?, mentions = ?, edited_at = ? WHERE id = ?",
  );
  const empty = database.prepare<[number, string]>("UPDATE comments SET body = '', mentions = '[]', deleted_at = ? WHERE id = ?");
  const remove = database.prepare<[string]>("DELETE FROM comments WHERE id = ?");
  const removeThread = database.prepare<[string]>("DELETE FROM comments WHERE thread_id = ?");
  const resolve = database.prepare<[number | null, string | null, string]>(
    "UPDATE comments SET resolved_at = ?, resolved_by = ? WHERE id = ? AND thread_id = id",
  );

  const missing = (id: string) => new EarmarkError("not-found", "There is no such comment.", { id });
  const thread = (threadId: string): ThreadRecord | null => toThreads(ofThread.all(threadId))[0] ?? null;
  const found = (threadId: string): ThreadRecord => {
    const one = thread(threadId);
    if (one === null) throw missing(threadId);
    return one;
  };
  const record = (
    conversationId: string,
    comment: string,
    threadId: string,
    action: EntryData<"comment">["action"],
    body: string | null,
    author?: string,
  ): void => {
    const content = body === null ? null : ledger.commit(conversationId, body);
    ledger.append("comment", conversationId, { comment, thread: threadId, action, content }, author);
  };
  const put = (row: {
    conversationId: string;
    threadId: string | null;
    anchor: StoredAnchor | null;
    body: string;
    author: string;
  }) => {
    const id = randomUUID();
    const { changes } = insert.run({
      id,
      conversationId: row.conversationId,
      threadId: row.threadId ?? id,
      at: clock.now(),
      author: row.author,
      body: row.body,
      mentions: JSON.stringify(mentionsIn(row.body)),
      anchor: row.anchor === null ? null : JSON.stringify(storedAnchorSchema.parse(row.anchor)),
    });
    if (changes === 0) throw new EarmarkError("not-found", "There is no such conversation.", { id: row.conversationId });
    record(row.conversationId, id, row.threadId ?? id, "added", row.body, row.author);
    return found(row.threadId ?? id);
  };
  const own = (id: string, author: string): Row => {
    const row = byId.get(id);
    if (row === undefined || row.deleted_at !== null) throw missing(id);
    if (row.author !== author) throw new EarmarkError("not-allowed", "This comment is somebody else's.", { id });
    return row;
  };

  return {
    list: (conversationId) => toThreads(ofConversation.all(conversationId)),
    thread,
    add: (conversationId, anchor, body, author) =>
      database.transaction(() => put({ conversationId, threadId: null, anchor, body, author }))(),
    reply: (threadId, body, author) =>
      database.transaction(() => put({ conversationId: found(threadId).conversationId, threadId, anchor: null, body, author }))(),
    edit: (id, body, author) =>
      database.transaction(() => {
        const row = own(id, author);
        if (row.body !== body) {
          edit.run(body, JSON.stringify(mentionsIn(body)), clock.now(), id);
          record(row.conversation_id, id, row.thread_id, "edited", body, author);
        }
        return found(row.thread_id);
      })(),
    remove: (id, author) =>
      database.transaction(() => {
        const row = own(id, author);
        const rows = ofThread.all(row.thread_id);
        const isLast = rows.at(-1)?.id === id;
        if (isLast && row.thread_id !== id) remove.run(id);
        else empty.run(clock.now(), id);
        record(row.conversation_id, id, row.thread_id, "deleted", null, author);
        if (ofThread.all(row.thread_id).every((one) => one.deleted_at !== null)) removeThread.run(row.thread_id);
        return { conversationId: row.conversation_id, thread: thread(row.thread_id) };
      })(),
    resolve: (threadId, by) =>
      database.transaction(() => {
        resolve.run(by === null ? null : clock.now(), by, threadId);
        const resolved = found(threadId);
        record(resolved.conversationId, threadId, threadId, by === null ? "reopened" : "resolved", null, by ?? undefined);
        return resolved;
      })(),
  };
}

/** Rows in order of time as threads, in order of their first comments. */
function toThreads(rows: readonly Row[]): ThreadRecord[] {
  return [...Map.groupBy(rows, (row) => row.thread_id)].flatMap(([id, own]): ThreadRecord[] => {
    const first = own.find((row) => row.id === id);
    if (first === undefined) return [];
    return [
      {
        id,
        conversationId: first.conversation_id,
        anchor: storedAnchorSchema.safeParse(parseJson(first.anchor)).data ?? null,
        comments: own.map(toComment),
        resolved: first.resolved_at === null ? null : { at: toInstant(first.resolved_at), by: first.resolved_by ?? "" },
      },
    ];
  });
}

function toComment(row: Row): CommentRecord {
  return {
    id: row.id,
    at: toInstant(row.at),
    author: row.author,
    body: row.body,
    mentions: mentionsSchema.safeParse(parseJson(row.mentions)).data ?? [],
    editedAt: toInstantOrNull(row.edited_at),
    deleted: row.deleted_at !== null,
  };
}
