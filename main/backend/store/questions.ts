import { randomUUID } from "node:crypto";
import type Database from "better-sqlite3";
import { z } from "zod";
import { type Staleness, stalenessSchema } from "../../../app/conformity/evidence.ts";
import {
  type Answerer,
  type KeptAnswer,
  keptAnswerSchema,
  type QuestionShape,
  questionShapeSchema,
} from "../../../app/conformity/writing/question.ts";
import { EarmarkError, type Failure, failureSchema } from "../../../app/contract/errors.ts";
import {
  type AnsweringState,
  type AnswersWanted,
  type AskedAnswer,
  answeringStates,
  type QuestionAgain,
  type QuestionView,
} from "../../../app/contract/question-views.ts";
import { type Span, spanSchema } from "../../../app/conversation/conversation.ts";
import type { Clock } from "../../../app/ports.ts";
import { toInstant, toInstantOrNull } from "./instants.ts";
import { parseJson } from "./stored-json.ts";

/** A question as it is asked: its text has to be redacted. */
export interface QuestionFields {
  readonly text: string;
  readonly shape: QuestionShape;
  readonly by: Answerer;
  readonly scope: "conversation" | "selection" | "search";
  /** The search, where there is one. */
  readonly search: string | null;
  readonly author: string;
}

/** A question as it is kept. */
export interface QuestionRecord extends QuestionFields {
  readonly id: string;
}

/** An answer with what is said of it beside. */
export interface NewAnswer {
  readonly answer: KeptAnswer;
  readonly group: string;
  readonly said: string | null;
  /** What was hidden of the conversation when it was asked. */
  readonly hidden: readonly Span[];
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly cost: number | null;
}

/** An answer as far as its conversation's words concern it. */
export interface AnswerOnWords {
  readonly questionId: string;
  readonly answer: KeptAnswer;
  readonly stale: readonly Staleness[];
  readonly hidden: readonly Span[];
}

/** Questions that people have asked, and what conversations answered. */
export interface QuestionTable {
  /** Keeps a question with its conversations, all of them waiting. Unknown ids are passed over. Throws `not-found` where none is left. */
  add(question: QuestionFields, conversationIds: readonly string[]): string;
  get(id: string): QuestionRecord | null;
  /** With their counts, the latest first; those alone that were asked of a conversation, where it is given. */
  list(limit: number, conversationId?: string): QuestionView[];
  /** Throws `not-found`. */
  view(id: string): QuestionView;
  /** The latest question first; those of one conversation over all questions, where no question is given. */
  ofConversation(conversationId: string): AskedAnswer[];
  /** A stretch of the answers in the order of asking, and how many there are of the kind. */
  answers(wanted: AnswersWanted): { readonly answers: AskedAnswer[]; readonly total: number };
  /** The conversations that would be asked again, in order. */
  again(which: QuestionAgain): string[];
  /** Has conversations wait for an answer; what they have answered stays until there is another. */
  wait(id: string, conversationIds: readonly string[]): void;
  /** The next conversation that waits, which is running from now on; null where none does. */
  next(id: string): string | null;
  putBack(id: string, conversationId: string): void;
  /** False where the conversation or the question is not there any more. */
  answered(id: string, conversationId: string, answer: NewAnswer): boolean;
  failed(id: string, conversationId: string, failure: Failure): void;
  /** Whatever waits or runs, of one question or of all, has come to this state. */
  stop(state: Extract<AnsweringState, "interrupted" | "cancelled">, id?: string): void;
  /** Why a question cannot go on; null where it can. */
  putFailure(id: string, failure: Failure | null): void;
  /** Answers of a conversation that rest on its words. */
  onWords(conversationId: string): AnswerOnWords[];
  putStale(questionId: string, conversationId: string, stale: readonly Staleness[]): void;
  /** Takes an answer out: something that may stand in it has been hidden. */
  takeOut(questionId: string, conversationId: string): void;
  remove(id: string): void;
}

/** The group of answers that were taken out because something was hidden. */
export const hiddenGroup = "hidden";

interface QuestionRow {
  number: number;
  id: string;
  text: string;
  shape: string;
  answered_by: Answerer;
  scope: QuestionFields["scope"];
  search: string | null;
  author: string;
  at: number;
  failure: string | null;
}

interface AnswerRow {
  question_id: string;
  conversation_id: string;
  title: string;
  agent: string | null;
  started_at: number | null;
  state: AnsweringState;
  answer_group: string | null;
  said: string | null;
  answer: string | null;
  stale: string | null;
  failure: string | null;
  at: number | null;
  input_tokens: number | null;
  output_tokens: number | null;
  cost: number | null;
}

/** Groups that are shown of a question. */
const mostGroups = 60;

const unanswered = "(state IN ('failed', 'interrupted', 'cancelled') OR (state = 'done' AND answer IS NULL))";
const conditions = {
  all: "1",
  unanswered,
  stale: "stale IS NOT NULL",
  waiting: "state IN ('waiting', 'running')",
} as const;
const staleSchema = z.array(stalenessSchema);
const hiddenSchema = z.array(spanSchema);

/** The questions in a database. */
export function questionTable(database: Database.Database, clock: Clock): QuestionTable {
  const insert = database.prepare<[Record<string, unknown>]>(`
    INSERT INTO questions (id, text, shape, answered_by, scope, search, author, at)
    VALUES (@id, @text, @shape, @by, @scope, @search, @author, @at)`);
  const ask = database.prepare<[string, string]>(`
    INSERT OR IGNORE INTO question_answers (question_number, conversation_number, state)
    SELECT questions.number, conversations.number, 'waiting' FROM questions, json_each(?) AS wanted
    JOIN conversations ON conversations.id = wanted.value WHERE questions.id = ? ORDER BY wanted.key`);
  const one = database.prepare<[string], QuestionRow>("SELECT * FROM questions WHERE id = ?");
  const latest = database.prepare<[number], QuestionRow>("SELECT * FROM questions ORDER BY at DESC, number DESC LIMIT ?");
  const latestOf = database.prepare<[string, number], QuestionRow>(`
    SELECT questions.* FROM questions JOIN question_answers ON question_number = questions.number
    JOIN conversations ON conversations.number = conversation_number
    WHERE conversations.id = ? ORDER BY questions.at DESC, questions.number DESC LIMIT ?`);
  const counts = database.prepare<
    [number],
    {
      state: AnsweringState;
      key: string | null;
      said: string | null;
      count: number;
      stale: number;
      input: number;
      output: number;
    }
  >(`
    SELECT state, answer_group AS key, min(said) AS said, count(*) AS count, count(stale) AS stale,
      coalesce(sum(input_tokens), 0) AS input, coalesce(sum(output_tokens), 0) AS output
    FROM question_answers WHERE question_number = ? GROUP BY state, answer_group`);
  const costs = database.prepare<[number], { cost: number | null; unknown: number }>(`
    SELECT sum(cost) AS cost, count(*) FILTER (WHERE input_tokens IS NOT NULL AND cost IS NULL) AS unknown
    FROM question_answers WHERE question_number = ?`);
  const reasons = database.prepare<[number], { code: string | null; count: number }>(`
    SELECT json_extract(failure, '$.code') AS code, count(*) AS count FROM question_answers
    WHERE question_number = ? AND state = 'failed' GROUP BY code ORDER BY count DESC, code`);
  const only = database.prepare<[number], { id: string; title: string }>(`
    SELECT conversations.id, title FROM question_answers JOIN conversations ON conversations.number = conversation_number
    WHERE question_number = ? LIMIT 1`);
  const answerColumns = `
    SELECT questions.id AS question_id, conversations.id AS conversation_id, title, agent, started_at, state, answer_group, said, answer,
      stale, question_answers.failure, question_answers.at, input_tokens, output_tokens, cost
    FROM question_answers JOIN questions ON questions.number = question_number
    JOIN conversations ON conversations.number = conversation_number`;
  const ofConversation = database.prepare<[string], AnswerRow>(
    `${answerColumns} WHERE conversations.id = ? ORDER BY questions.at DESC, questions.number DESC LIMIT 500`,
  );
  const place = `FROM questions, conversations WHERE questions.id = @id AND conversations.id = @conversationId
      AND question_number = questions.number AND conversation_number = conversations.number`;
  const wait = database.prepare<[string, string]>(`
    UPDATE question_answers SET state = 'waiting', failure = NULL
    WHERE question_number = (SELECT number FROM questions WHERE id = ?)
      AND conversation_number IN (SELECT number FROM json_each(?) AS wanted JOIN conversations ON conversations.id = wanted.value)`);
  const next = database.prepare<[string], { conversation_number: number }>(`
    UPDATE question_answers SET state = 'running' WHERE number = (
      SELECT question_answers.number FROM question_answers JOIN questions ON questions.number = question_number
      WHERE questions.id = ? AND state = 'waiting' ORDER BY question_answers.number LIMIT 1)
    RETURNING conversation_number`);
  const idOf = database.prepare<[number], string>("SELECT id FROM conversations WHERE number = ?").pluck();
  const putBack = database.prepare<[Record<string, unknown>]>(`UPDATE question_answers SET state = 'waiting' ${place}`);
  const answered = database.prepare<[Record<string, unknown>]>(`
    UPDATE question_answers SET state = 'done', answer_group = @group, said = @said, answer = @answer, stale = NULL,
      hidden = @hidden, failure = NULL, input_tokens = @inputTokens, output_tokens = @outputTokens, cost = @cost, at = @at ${place}`);
  const failed = database.prepare<[Record<string, unknown>]>(
    `UPDATE question_answers SET state = 'failed', failure = @failure, at = @at ${place}`,
  );
  const stop = database.prepare<[Record<string, unknown>]>(`
    UPDATE question_answers SET state = @state WHERE state IN ('waiting', 'running')
      AND (@id IS NULL OR question_number = (SELECT number FROM questions WHERE id = @id))`);
  const putFailure = database.prepare<[string | null, string]>("UPDATE questions SET failure = ? WHERE id = ?");
  const onWords = database.prepare<[string], Pick<AnswerRow, "question_id" | "answer" | "stale"> & { hidden: string | null }>(`
    SELECT questions.id AS question_id, answer, stale, hidden
    FROM question_answers JOIN questions ON questions.number = question_number
    WHERE conversation_number = (SELECT number FROM conversations WHERE id = ?) AND answer IS NOT NULL`);
  const putStale = database.prepare<[Record<string, unknown>]>(`UPDATE question_answers SET stale = @stale ${place}`);
  const takeOut = database.prepare<[Record<string, unknown>]>(`
    UPDATE question_answers SET answer = NULL, said = NULL, stale = NULL, hidden = NULL, answer_group = '${hiddenGroup}' ${place}`);
  const remove = database.prepare<[string]>("DELETE FROM questions WHERE id = ?");

  const needed = (id: string): QuestionRow => {
    const row = one.get(id);
    if (row === undefined) throw new EarmarkError("not-found", "There is no such question.", { id });
    return row;
  };

  const viewOf = (row: QuestionRow): QuestionView => {
    const { number, id, text, answered_by: by, author, scope, search } = row;
    const found = counts.all(number);
    const states = Object.fromEntries(answeringStates.map((state) => [state, 0])) as Record<AnsweringState, number>;
    const groups = new Map<string, QuestionView["groups"][number]>();
    for (const { state, key, said, count } of found) {
      states[state] += count;
      if (key === null) continue;
      const known = groups.get(key);
      groups.set(key, { key, said: known?.said ?? said, count: (known?.count ?? 0) + count });
    }
    const sum = (of: (each: (typeof found)[number]) => number): number => found.reduce((all, each) => all + of(each), 0);
    const { cost = null, unknown = 0 } = costs.get(number) ?? {};
    const single = scope === "conversation" ? only.get(number) : undefined;
    return {
      ...{ id, text, by, author, shape: shapeOf(row), at: toInstant(row.at) },
      scope:
        scope === "search"
          ? { kind: scope, text: search ?? "" }
          : scope === "conversation"
            ? { kind: scope, conversationId: single?.id ?? "", title: single?.title ?? "" }
            : { kind: scope },
      conversations: sum(({ count }) => count),
      states,
      groups: [...groups.values()].sort((a, b) => b.count - a.count || a.key.localeCompare(b.key)).slice(0, mostGroups),
      failures: reasons.all(number).flatMap(({ code, count }) => {
        const known = failureSchema.shape.code.safeParse(code).data;
        return known === undefined ? [] : [{ code: known, count }];
      }),
      stale: sum(({ stale }) => stale),
      underWay: states.waiting + states.running > 0,
      failure: failureOf(row.failure),
      inputTokens: sum(({ input }) => input),
      outputTokens: sum(({ output }) => output),
      cost: unknown > 0 ? null : cost,
    };
  };

  return {
    add: (question, conversationIds) =>
      database.transaction(() => {
        const id = randomUUID();
        insert.run({ ...question, id, shape: JSON.stringify(question.shape), at: clock.now() });
        if (ask.run(JSON.stringify(conversationIds), id).changes === 0) {
          throw new EarmarkError("not-found", "There is no conversation to ask.");
        }
        return id;
      })(),
    get(id) {
      const row = one.get(id);
      if (row === undefined) return null;
      const { text, answered_by: by, scope, search, author } = row;
      return { id, text, by, scope, search, author, shape: shapeOf(row) };
    },
    list: (limit, conversationId) =>
      (conversationId === undefined ? latest.all(limit) : latestOf.all(conversationId, limit)).map(viewOf),
    view: (id) => viewOf(needed(id)),
    ofConversation: (conversationId) => ofConversation.all(conversationId).map(toAnswer),
    answers: ({ id, of, offset, limit }) => {
      const condition = "group" in of ? "answer_group = @group" : conditions[of.state];
      const values = { number: needed(id).number, group: "group" in of ? of.group : null };
      const where = `WHERE question_number = @number AND ${condition}`;
      const total = database
        .prepare<[Record<string, unknown>], number>(`SELECT count(*) FROM question_answers ${where}`)
        .pluck()
        .get(values);
      const rows = database
        .prepare<[Record<string, unknown>], AnswerRow>(
          `${answerColumns} ${where} ORDER BY question_answers.number LIMIT @limit OFFSET @offset`,
        )
        .all({ ...values, limit, offset });
      return { answers: rows.map(toAnswer), total: total ?? 0 };
    },
    again({ id, which, conversationId }) {
      const condition = conversationId === undefined ? conditions[which] : "conversations.id = @conversationId";
      return database
        .prepare<[Record<string, unknown>], string>(
          `SELECT conversations.id FROM question_answers JOIN conversations ON conversations.number = conversation_number
           WHERE question_number = @number AND state NOT IN ('waiting', 'running') AND ${condition} ORDER BY question_answers.number`,
        )
        .pluck()
        .all({ number: needed(id).number, conversationId: conversationId ?? null });
    },
    wait(id, conversationIds) {
      wait.run(id, JSON.stringify(conversationIds));
    },
    next(id) {
      const row = next.get(id);
      return row === undefined ? null : (idOf.get(row.conversation_number) ?? null);
    },
    putBack(id, conversationId) {
      putBack.run({ id, conversationId });
    },
    answered(id, conversationId, { answer, hidden, ...fields }) {
      const values = { ...fields, id, conversationId, at: clock.now() };
      const kept = JSON.stringify(keptAnswerSchema.parse(answer));
      return answered.run({ ...values, answer: kept, hidden: JSON.stringify(hidden) }).changes > 0;
    },
    failed(id, conversationId, failure) {
      failed.run({ id, conversationId, failure: JSON.stringify(failure), at: clock.now() });
    },
    stop(state, id) {
      stop.run({ state, id: id ?? null });
    },
    putFailure(id, failure) {
      putFailure.run(failure === null ? null : JSON.stringify(failure), id);
    },
    onWords: (conversationId) =>
      onWords.all(conversationId).flatMap(({ question_id: questionId, answer, stale, hidden }) => {
        const kept = keptAnswerSchema.safeParse(parseJson(answer)).data;
        return kept === undefined
          ? []
          : [{ questionId, answer: kept, stale: staleOf(stale), hidden: hiddenSchema.safeParse(parseJson(hidden)).data ?? [] }];
      }),
    putStale(questionId, conversationId, stale) {
      putStale.run({ id: questionId, conversationId, stale: stale.length === 0 ? null : JSON.stringify(stale) });
    },
    takeOut(questionId, conversationId) {
      takeOut.run({ id: questionId, conversationId });
    },
    remove(id) {
      if (remove.run(id).changes === 0) throw new EarmarkError("not-found", "There is no such question.", { id });
    },
  };
}

function shapeOf({ id, shape }: Pick<QuestionRow, "id" | "shape">): QuestionShape {
  const parsed = questionShapeSchema.safeParse(parseJson(shape));
  if (!parsed.success) throw new EarmarkError("library-corrupt", "A stored question is none.", { id });
  return parsed.data;
}

function failureOf(text: string | null): Failure | null {
  return failureSchema.safeParse(parseJson(text)).data ?? null;
}

function staleOf(text: string | null): Staleness[] {
  return staleSchema.safeParse(parseJson(text)).data ?? [];
}

function toAnswer(row: AnswerRow): AskedAnswer {
  return {
    questionId: row.question_id,
    conversationId: row.conversation_id,
    title: row.title,
    agent: row.agent,
    startedAt: toInstantOrNull(row.started_at),
    state: row.state,
    group: row.answer_group,
    said: row.said,
    answer: keptAnswerSchema.safeParse(parseJson(row.answer)).data ?? null,
    stale: staleOf(row.stale),
    failure: failureOf(row.failure),
    at: toInstantOrNull(row.at),
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    cost: row.cost,
  };
}
