import { randomUUID } from "node:crypto";
import type Database from "better-sqlite3";
import { z } from "zod";
import { type QuestionAnswer, questionAnswerSchema } from "../../../app/conformity/answer.ts";
import type { Review } from "../../../app/conformity/review.ts";
import { type Written, writtenSchema } from "../../../app/conformity/writing/written.ts";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { Span } from "../../../app/conversation/conversation.ts";
import type { Clock } from "../../../app/ports.ts";
import { toInstant } from "./instants.ts";
import { parseJson } from "./stored-json.ts";

/** How far an evaluation is: answered by the machine alone, under way with a person, or signed by one. */
export type EvaluationStage = "machine" | Review["stage"];

/** What an evaluation came to, as lists show it. */
export interface EvaluationFigures {
  /** 0 to 100; null where nothing is scored. */
  readonly percent: number | null;
  readonly lowest: number | null;
  readonly highest: number | null;
  readonly band: string | null;
  readonly passed: boolean | null;
  /** Answers that failed the form or a section. */
  readonly failed: number;
  /** Questions that are asked and not answered. */
  readonly open: number;
  readonly stale: number;
}

/** A conversation judged by a checklist, as it is kept. */
export interface EvaluationRecord extends EvaluationFigures {
  readonly id: string;
  readonly conversationId: string;
  readonly formId: string;
  readonly formVersion: number;
  readonly purpose: Review["purpose"];
  readonly stage: EvaluationStage;
  readonly evaluator: string | null;
  readonly startedAt: string;
  readonly submittedAt: string | null;
  readonly comment: string | null;
  /** Null while rules alone have answered: their answers are the same whenever they are asked. */
  readonly answers: readonly QuestionAnswer[] | null;
  /** Names the revision and the rules that the figures are of. */
  readonly basis: string;
}

/** What can be changed of an evaluation. */
export type EvaluationChange = Partial<
  Pick<EvaluationRecord, "formVersion" | "stage" | "evaluator" | "submittedAt" | "comment" | "answers" | "basis">
> &
  Partial<EvaluationFigures>;

/** Which signed evaluations are meant. */
export interface SignedFilter {
  readonly formId: string;
  /** Signed at this instant or later, and before the other; in milliseconds. */
  readonly from: number;
  readonly before: number;
  readonly agent: string | null;
  readonly tag: string | null;
  /** The sample that chose the conversation. */
  readonly runId: string | null;
  /** These conversations alone. */
  readonly conversationIds: readonly string[] | null;
}

/** A signed evaluation with what a list says of its conversation. */
export interface SignedEvaluation {
  readonly record: Omit<EvaluationRecord, "answers">;
  /** Reads its answers, which are most of it. Throws `library-corrupt`. */
  readonly answers: () => readonly QuestionAnswer[];
  readonly title: string;
  readonly agent: string | null;
  /** ISO 8601; null where it is not known. */
  readonly startedAt: string | null;
  /** Where it stands, for asking on after it. */
  readonly position: number;
}

/** Conversations judged by checklists. */
export interface EvaluationTable {
  get(id: string): EvaluationRecord | null;
  /** Of a conversation, those that a person worked on last first; those nobody touched follow as they were made. */
  of(conversationId: string): EvaluationRecord[];
  /** The one of this checklist; null where there is none. */
  by(conversationId: string, formId: string, purpose?: Review["purpose"]): EvaluationRecord | null;
  /** Throws `not-found` where the conversation or the version of the checklist is not there. */
  add(
    fields: Pick<EvaluationRecord, "conversationId" | "formId" | "formVersion" | "stage"> & {
      readonly purpose?: Review["purpose"];
    },
  ): EvaluationRecord;
  /** Throws `not-found`. */
  change(id: string, change: EvaluationChange): EvaluationRecord;
  /** Signed ones of a checklist in a stretch of time, in the order they were signed, `limit` of them after one (0: the first). */
  signed(filter: SignedFilter, after: number, limit: number): SignedEvaluation[];
  /** False where there was none. */
  remove(id: string): boolean;
  /** Removes those of a checklist that no person has touched. */
  removeUntouched(formId: string): void;
  heard(id: string): Span[];
  /** Runs of a language model for an evaluation, in order. */
  writings(id: string): Written[];
  addWriting(id: string, written: Written): void;
  /** Keeps a stretch that was played. */
  addHeard(id: string, span: Span): void;
}

interface Row {
  number: number;
  id: string;
  conversation_id: string;
  checklist_id: string;
  version: number;
  purpose: Review["purpose"];
  stage: EvaluationStage;
  evaluator: string | null;
  started_at: number;
  submitted_at: number | null;
  comment: string | null;
  answers: string | null;
  basis: string;
  percent: number | null;
  lowest: number | null;
  highest: number | null;
  band: string | null;
  passed: 0 | 1 | null;
  failed: number;
  open: number;
  stale: number;
}

const answersSchema = z.array(questionAnswerSchema);

/** The evaluations in a database. */
export function evaluationTable(database: Database.Database, clock: Clock): EvaluationTable {
  const columns = `evaluations.*, conversations.id AS conversation_id
    FROM evaluations JOIN conversations ON conversations.number = conversation_number`;
  const one = database.prepare<[string], Row>(`SELECT ${columns} WHERE evaluations.id = ?`);
  const ofConversation = database.prepare<[string], Row>(
    `SELECT ${columns} WHERE conversations.id = ?
     ORDER BY iif(evaluations.stage = 'machine', 0, coalesce(evaluations.submitted_at, evaluations.started_at)) DESC, evaluations.number`,
  );
  const byForm = database.prepare<[string, string, string], Row>(
    `SELECT ${columns} WHERE conversations.id = ? AND checklist_id = ? AND purpose = ?`,
  );
  const insert = database.prepare<[Record<string, unknown>]>(`
    INSERT INTO evaluations (id, conversation_number, checklist_id, version, purpose, stage, started_at, basis)
    SELECT @id, conversations.number, checklist_versions.checklist_id, checklist_versions.version, @purpose, @stage, @at, ''
    FROM conversations, checklist_versions
    WHERE conversations.id = @conversationId AND checklist_id = @formId AND version = @formVersion`);
  const update = database.prepare<[Record<string, unknown>]>(`
    UPDATE evaluations SET version = @formVersion, stage = @stage, evaluator = @evaluator, submitted_at = @submittedAt,
      comment = @comment, answers = @answers, basis = @basis, percent = @percent, lowest = @lowest, highest = @highest,
      band = @band, passed = @passed, failed = @failed, open = @open, stale = @stale
    WHERE id = @id`);
  const signed = database.prepare<
    [Record<string, unknown>],
    Row & { title: string; agent: string | null; conversation_started_at: number | null }
  >(`
    SELECT evaluations.*, conversations.id AS conversation_id, title, agent, conversations.started_at AS conversation_started_at
    FROM evaluations JOIN conversations ON conversations.number = conversation_number
    WHERE checklist_id = @formId AND stage = 'submitted' AND submitted_at >= @from AND submitted_at < @before
      AND (@agent IS NULL OR agent = @agent COLLATE NOCASE)
      AND (@tag IS NULL OR EXISTS (SELECT 1 FROM tags WHERE tags.conversation_number = evaluations.conversation_number AND tag = @tag))
      AND (@runId IS NULL OR EXISTS (
        SELECT 1 FROM sampling_picks WHERE sampling_picks.conversation_number = evaluations.conversation_number AND run_id = @runId))
      AND (@ids IS NULL OR conversations.id IN (SELECT value FROM json_each(@ids)))
      AND (submitted_at, evaluations.number) > (
        SELECT coalesce(max(submitted_at), -1), coalesce(max(number), -1) FROM evaluations WHERE number = @after)
    ORDER BY submitted_at, evaluations.number LIMIT @limit`);
  const remove = database.prepare<[string]>("DELETE FROM evaluations WHERE id = ?");
  const removeUntouched = database.prepare<[string]>("DELETE FROM evaluations WHERE checklist_id = ? AND stage = 'machine'");
  const heard = database.prepare<[string], { startMs: number; endMs: number }>(`
    SELECT start_ms AS startMs, end_ms AS endMs FROM evaluation_heard
    JOIN evaluations ON evaluations.number = evaluation_number WHERE evaluations.id = ? ORDER BY start_ms`);
  const addHeard = database.prepare<[number, number, number, string]>(`
    INSERT INTO evaluation_heard (evaluation_number, start_ms, end_ms, at)
    SELECT number, ?, ?, ? FROM evaluations WHERE id = ?`);
  const writings = database
    .prepare<[string], string>(`
      SELECT written FROM evaluation_writings
      JOIN evaluations ON evaluations.number = evaluation_number WHERE evaluations.id = ? ORDER BY evaluation_writings.rowid`)
    .pluck();
  const addWriting = database.prepare<[number, string, string]>(
    "INSERT INTO evaluation_writings (evaluation_number, at, written) SELECT number, ?, ? FROM evaluations WHERE id = ?",
  );
  const needed = (id: string): EvaluationRecord => {
    const row = one.get(id);
    if (row === undefined) throw new EarmarkError("not-found", "There is no such evaluation.", { id });
    return toRecord(row);
  };

  return {
    get(id) {
      const row = one.get(id);
      return row === undefined ? null : toRecord(row);
    },
    of: (conversationId) => ofConversation.all(conversationId).map(toRecord),
    by(conversationId, formId, purpose = "standard") {
      const row = byForm.get(conversationId, formId, purpose);
      return row === undefined ? null : toRecord(row);
    },
    add({ purpose = "standard", ...fields }) {
      const id = randomUUID();
      const { changes } = insert.run({ ...fields, id, purpose, at: clock.now() });
      if (changes === 0) {
        throw new EarmarkError("not-found", "There is no such conversation or checklist.", {
          id: fields.conversationId,
          form: fields.formId,
        });
      }
      return needed(id);
    },
    change(id, change) {
      const record = { ...needed(id), ...change };
      update.run({
        ...record,
        submittedAt: record.submittedAt === null ? null : Date.parse(record.submittedAt),
        answers: record.answers === null ? null : JSON.stringify(record.answers),
        passed: record.passed === null ? null : Number(record.passed),
      });
      return record;
    },
    signed: ({ conversationIds, ...filter }, after, limit) =>
      signed.all({ ...filter, ids: conversationIds && JSON.stringify(conversationIds), after, limit }).map((row) => ({
        record: toRecord({ ...row, answers: null }),
        answers: () => answersOf(row) ?? [],
        title: row.title,
        agent: row.agent,
        startedAt: row.conversation_started_at === null ? null : toInstant(row.conversation_started_at),
        position: row.number,
      })),
    remove: (id) => remove.run(id).changes > 0,
    removeUntouched(formId) {
      removeUntouched.run(formId);
    },
    heard: (id) => heard.all(id),
    writings: (id) => writings.all(id).flatMap((text) => writtenSchema.safeParse(parseJson(text)).data ?? []),
    addWriting(id, written) {
      addWriting.run(clock.now(), JSON.stringify(writtenSchema.parse(written)), id);
    },
    addHeard(id, { startMs, endMs }) {
      addHeard.run(startMs, endMs, clock.now(), id);
    },
  };
}

function answersOf(row: Pick<Row, "id" | "answers">): QuestionAnswer[] | null {
  const answers = row.answers === null ? null : answersSchema.safeParse(parseJson(row.answers));
  if (answers?.success === false) {
    throw new EarmarkError("library-corrupt", "Stored answers are none.", { id: row.id });
  }
  return answers?.data ?? null;
}

function toRecord(row: Row): EvaluationRecord {
  const { id, purpose, stage, evaluator, comment, basis, percent, lowest, highest, band, failed, open, stale } = row;
  return {
    id,
    conversationId: row.conversation_id,
    formId: row.checklist_id,
    formVersion: row.version,
    purpose,
    stage,
    evaluator,
    startedAt: toInstant(row.started_at),
    submittedAt: row.submitted_at === null ? null : toInstant(row.submitted_at),
    comment,
    answers: answersOf(row),
    basis,
    percent,
    lowest,
    highest,
    band,
    passed: row.passed === null ? null : row.passed === 1,
    failed,
    open,
    stale,
  };
}
