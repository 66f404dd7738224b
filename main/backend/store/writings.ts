import { randomUUID } from "node:crypto";
import type Database from "better-sqlite3";
import { type Writing, writingSchema } from "../../../app/conformity/writing/writing.ts";
import { EarmarkError, type Failure, failureSchema } from "../../../app/contract/errors.ts";
import type { Clock } from "../../../app/ports.ts";
import { toInstant } from "./instants.ts";
import { parseJson } from "./stored-json.ts";

/** Something that was written of a conversation, as it is kept. */
export interface WritingRecord {
  readonly id: string;
  readonly conversationId: string;
  readonly at: string;
  readonly writing: Writing;
  /** Earlier ones of the same prompt. */
  readonly earlier: number;
}

/** What language models wrote of conversations, and which conversations are to be written of by themselves. */
export interface WritingTable {
  /** The latest of each prompt. */
  of(conversationId: string): WritingRecord[];
  /** All of one prompt, the latest first. */
  byPrompt(conversationId: string, promptId: string): WritingRecord[];
  /** Keeps one and answers with its id. Throws `not-found` where the conversation is gone. */
  add(conversationId: string, writing: Writing): string;
  /** All of a conversation that still say something, earlier ones included. */
  withText(conversationId: string): WritingRecord[];
  /** Puts another in the place of one. */
  replace(id: string, writing: Writing): void;
  /** How many conversations have something written by each prompt. */
  counts(): Map<string, number>;
  /** Has a conversation written of when its turn comes. */
  putDue(conversationId: string): void;
  /** Conversations that wait to be written of, in their order. */
  due(): string[];
  /** It is done, or came to nothing for this reason. */
  settleDue(conversationId: string, failure: Failure | null): void;
  /** Lets go of why it came to nothing: it was written since. */
  forgive(conversationId: string): void;
  /** Why writing of a conversation by itself came to nothing; null where it did not. */
  failureOf(conversationId: string): Failure | null;
}

interface Row {
  id: string;
  conversation_id: string;
  at: number;
  writing: string;
  earlier: number;
}

/** The writings in a database. */
export function writingTable(database: Database.Database, clock: Clock): WritingTable {
  const columns = `writings.id, conversations.id AS conversation_id, writings.at, writing,
    (SELECT count(*) FROM writings AS others WHERE others.conversation_number = writings.conversation_number
      AND others.prompt_id = writings.prompt_id AND others.number < writings.number) AS earlier
    FROM writings JOIN conversations ON conversations.number = conversation_number`;
  const latest = database.prepare<[string], Row>(`SELECT ${columns} WHERE conversations.id = ? AND writings.number =
    (SELECT max(number) FROM writings AS others WHERE others.conversation_number = writings.conversation_number
      AND others.prompt_id = writings.prompt_id) ORDER BY writings.number`);
  const ofPrompt = database.prepare<[string, string], Row>(
    `SELECT ${columns} WHERE conversations.id = ? AND prompt_id = ? ORDER BY writings.number DESC`,
  );
  const every = database.prepare<[string], Row>(`SELECT ${columns} WHERE conversations.id = ? ORDER BY writings.number`);
  const replace = database.prepare<[string, string]>("UPDATE writings SET writing = ? WHERE id = ?");
  const insert = database.prepare<[Record<string, unknown>]>(`
    INSERT INTO writings (id, conversation_number, prompt_id, at, writing)
    SELECT @id, number, @promptId, @at, @writing FROM conversations WHERE id = @conversationId`);
  const counts = database.prepare<[], { prompt_id: string; total: number }>(
    "SELECT prompt_id, count(DISTINCT conversation_number) AS total FROM writings GROUP BY prompt_id",
  );
  const putDue = database.prepare<[number, string]>(`
    INSERT INTO writings_due (conversation_number, at) SELECT number, ? FROM conversations WHERE id = ?
    ON CONFLICT (conversation_number) DO UPDATE SET failure = NULL`);
  const due = database
    .prepare<[], string>(`
      SELECT conversations.id FROM writings_due JOIN conversations ON number = conversation_number
      WHERE failure IS NULL ORDER BY writings_due.at, number`)
    .pluck();
  const within = "conversation_number = (SELECT number FROM conversations WHERE id = ?)";
  const fail = database.prepare<[string, string]>(`UPDATE writings_due SET failure = ? WHERE ${within}`);
  const drop = database.prepare<[string]>(`DELETE FROM writings_due WHERE ${within}`);
  const forgive = database.prepare<[string]>(`DELETE FROM writings_due WHERE failure IS NOT NULL AND ${within}`);
  const failure = database.prepare<[string], string | null>(`SELECT failure FROM writings_due WHERE ${within}`).pluck();

  return {
    of: (conversationId) => latest.all(conversationId).flatMap(toRecord),
    byPrompt: (conversationId, promptId) => ofPrompt.all(conversationId, promptId).flatMap(toRecord),
    add(conversationId, one) {
      const id = randomUUID();
      const writing = JSON.stringify(writingSchema.parse(one));
      const { changes } = insert.run({ id, conversationId, promptId: one.prompt.id, at: clock.now(), writing });
      if (changes === 0) throw new EarmarkError("not-found", "There is no such conversation.", { id: conversationId });
      return id;
    },
    withText: (conversationId) =>
      every
        .all(conversationId)
        .flatMap(toRecord)
        .filter(({ writing }) => !writing.withheld),
    replace(id, writing) {
      replace.run(JSON.stringify(writingSchema.parse(writing)), id);
    },
    counts: () => new Map(counts.all().map(({ prompt_id: id, total }) => [id, total])),
    putDue(conversationId) {
      putDue.run(clock.now(), conversationId);
    },
    due: () => due.all(),
    settleDue(conversationId, reason) {
      if (reason === null) drop.run(conversationId);
      else fail.run(JSON.stringify(reason), conversationId);
    },
    forgive(conversationId) {
      forgive.run(conversationId);
    },
    failureOf: (conversationId) => failureSchema.safeParse(parseJson(failure.get(conversationId) ?? null)).data ?? null,
  };
}

/** What cannot be read is left out: the others are there, and it can be written again. */
function toRecord({ id, conversation_id: conversationId, at, writing, earlier }: Row): WritingRecord[] {
  const read = writingSchema.safeParse(parseJson(writing)).data;
  return read === undefined ? [] : [{ id, conversationId, at: toInstant(at), writing: read, earlier }];
}
