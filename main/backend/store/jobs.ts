import { randomUUID } from "node:crypto";
import type Database from "better-sqlite3";
import { z } from "zod";
import { EarmarkError, type Failure, failureSchema } from "../../../app/contract/errors.ts";
import { type StageName, stageNames, type WorkState } from "../../../app/contract/views.ts";
import { parseJson } from "./stored-json.ts";

/** One job as it is kept. Instants in milliseconds since the epoch. */
export interface JobRow {
  /** Order of arrival; how stages point at their job. */
  readonly number: number;
  readonly id: string;
  readonly conversationId: string;
  /** The conversation's. */
  readonly title: string;
  /** The conversation's; null while unknown. */
  readonly durationMs: number | null;
  readonly state: WorkState;
  readonly priority: number;
  readonly failure: Failure | null;
  readonly createdAt: number;
  readonly endedAt: number | null;
}

/** What changes of a job. */
export type JobChanges = Pick<JobRow, "state" | "failure" | "endedAt"> & { readonly progress: number };

/** One stage of a job as it is kept, without its result. */
export interface StageRow {
  readonly name: StageName;
  readonly state: WorkState;
  /** Everything it needs is there: it waits for a free place alone. */
  readonly ready: boolean;
  readonly inputHash: string | null;
  /** How often it has been begun. */
  readonly attempt: number;
  /** Passing failures with the present input. */
  readonly setbacks: number;
  /** Crashes of the engine with the present input. */
  readonly crashes: number;
  readonly failure: Failure | null;
  readonly retryAt: number | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
}

/** The result of a stage and the hashes it is known by. */
export interface StageResult {
  readonly inputHash: string;
  readonly resultHash: string;
  /** As JSON text. */
  readonly result: string;
}

/** What a stage has cost on this machine: decaying sums, so that the latest runs count most. */
export interface StageCost {
  readonly costMs: number;
  readonly audioMs: number;
  readonly runs: number;
}

/** The rows of the queue. Only the queue writes here. */
export interface JobTable {
  /** Throws `conflict` when the conversation has a job already, `not-found` when there is no such conversation. */
  add(conversationId: string, stages: readonly StageName[], createdAt: number): JobRow;
  byId(id: string): JobRow | null;
  byConversation(conversationId: string): JobRow | null;
  byNumber(number: number): JobRow | null;
  /** Jobs that have not ended. */
  unfinished(): number[];
  /** Running first, then waiting in their order, then ended, the latest first. */
  list(limit: number): JobRow[];
  change(number: number, changes: JobChanges): void;
  /** Puts a job before all others that have not ended. */
  putFirst(number: number): void;

  /** Gives a job the stages of this list that it lacks, waiting, and brings all of them into its order. */
  extend(number: number, names: readonly StageName[]): void;
  /** The stages of a job in their order. */
  stages(number: number): StageRow[];
  stage(number: number, name: StageName): StageRow | null;
  changeStage(number: number, stage: StageRow): void;
  /** Stages that wait for a free place, those to run first at the front. */
  ready(names: readonly StageName[], limit: number): { readonly number: number; readonly name: StageName }[];
  /** Jobs with a stage whose time to be tried again has come. */
  due(now: number): number[];
  /** The next time at which a stage is to be tried again; null when there is none. */
  nextRetryAt(): number | null;
  /** Sets every running stage to waiting: what a killed process, or a closing one, leaves behind. */
  interruptAll(): void;

  result(number: number, name: StageName): StageResult | null;
  saveResult(number: number, name: StageName, result: StageResult): void;
  forgetResult(number: number, name: StageName): void;

  costs(): Map<StageName, StageCost>;
  saveCost(name: StageName, cost: StageCost): void;
}

interface JobColumns {
  number: number;
  id: string;
  conversation_id: string;
  title: string;
  duration_ms: number | null;
  state: WorkState;
  priority: number;
  failure: string | null;
  created_at: number;
  ended_at: number | null;
}

interface StageColumns {
  stage: string;
  state: WorkState;
  ready: number;
  priority: number;
  input_hash: string | null;
  attempt: number;
  setbacks: number;
  crashes: number;
  failure: string | null;
  retry_at: number | null;
  started_at: number | null;
  ended_at: number | null;
}

const stageNameSchema = z.enum(stageNames);

/** The rows of the queue in a database. */
export function jobTable(database: Database.Database): JobTable {
  const jobColumns = `jobs.number, jobs.id, jobs.conversation_id, conversations.title, conversations.duration_ms, jobs.state,
    jobs.priority, jobs.failure, jobs.created_at, jobs.ended_at FROM jobs JOIN conversations ON conversations.id = jobs.conversation_id`;
  const knownConversation = database.prepare<[string], number>("SELECT 1 FROM conversations WHERE id = ?").pluck();
  const insertJob = database.prepare<[string, string, number]>(
    "INSERT INTO jobs (id, conversation_id, state, created_at) VALUES (?, ?, 'waiting', ?)",
  );
  const insertStage = database.prepare<[number | bigint, string, number]>(
    "INSERT INTO stages (job_number, stage, position, state) VALUES (?, ?, ?, 'waiting')",
  );
  const byId = database.prepare<[string], JobColumns>(`SELECT ${jobColumns} WHERE jobs.id = ?`);
  const byConversation = database.prepare<[string], JobColumns>(`SELECT ${jobColumns} WHERE jobs.conversation_id = ?`);
  const byNumber = database.prepare<[number], JobColumns>(`SELECT ${jobColumns} WHERE jobs.number = ?`);
  const placeStage = database.prepare<[number, number | bigint, string]>(
    "UPDATE stages SET position = ? WHERE job_number = ? AND stage = ?",
  );
  const unfinished = database
    .prepare<[], number>("SELECT number FROM jobs WHERE state IN ('waiting', 'running') ORDER BY number")
    .pluck();
  const inOrder = database.prepare<[string, number], JobColumns>(
    `SELECT ${jobColumns} WHERE jobs.state = ? ORDER BY jobs.priority DESC, jobs.number LIMIT ?`,
  );
  const ended = database.prepare<[number], JobColumns>(
    `SELECT ${jobColumns} WHERE jobs.ended_at IS NOT NULL ORDER BY jobs.ended_at DESC LIMIT ?`,
  );
  const changeJob = database.prepare<[Record<string, unknown>]>(
    "UPDATE jobs SET state = @state, progress = @progress, failure = @failure, ended_at = @endedAt WHERE number = @number",
  );
  const highest = database.prepare<[], number>("SELECT max(priority) FROM jobs WHERE state IN ('waiting', 'running')").pluck();
  const setJobPriority = database.prepare<[number, number]>("UPDATE jobs SET priority = ? WHERE number = ?");
  const setStagePriority = database.prepare<[number, number]>("UPDATE stages SET priority = ? WHERE job_number = ?");
  const stages = database.prepare<[number], StageColumns>("SELECT * FROM stages WHERE job_number = ? ORDER BY position");
  const stage = database.prepare<[number, string], StageColumns>("SELECT * FROM stages WHERE job_number = ? AND stage = ?");
  const changeStage = database.prepare<[Record<string, unknown>]>(`
    UPDATE stages SET state = @state, ready = @ready, input_hash = @inputHash, attempt = @attempt, setbacks = @setbacks,
      crashes = @crashes, failure = @failure, retry_at = @retryAt, started_at = @startedAt, ended_at = @endedAt
    WHERE job_number = @number AND stage = @name`);
  const ready = database.prepare<[string, number], { number: number; priority: number; position: number }>(`
    SELECT job_number AS number, priority, position FROM stages WHERE ready = 1 AND stage = ?
    ORDER BY priority DESC, job_number LIMIT ?`);
  const due = database
    .prepare<[number], number>("SELECT DISTINCT job_number FROM stages WHERE retry_at IS NOT NULL AND retry_at <= ?")
    .pluck();
  const nextRetryAt = database.prepare<[], number | null>("SELECT min(retry_at) FROM stages WHERE retry_at IS NOT NULL").pluck();
  const interruptAll = database.prepare(
    "UPDATE stages SET state = 'waiting', ready = 0, started_at = NULL WHERE state = 'running'",
  );
  const result = database.prepare<[number, string], { input_hash: string; result_hash: string; result: string }>(
    "SELECT input_hash, result_hash, result FROM stage_results WHERE job_number = ? AND stage = ?",
  );
  const saveResult = database.prepare<[number, string, string, string, string]>(`
    INSERT INTO stage_results (job_number, stage, input_hash, result_hash, result) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (job_number, stage) DO UPDATE SET input_hash = excluded.input_hash, result_hash = excluded.result_hash,
      result = excluded.result`);
  const forgetResult = database.prepare<[number, string]>("DELETE FROM stage_results WHERE job_number = ? AND stage = ?");
  const costs = database.prepare<[], { stage: string; cost_ms: number; audio_ms: number; runs: number }>(
    "SELECT * FROM stage_costs",
  );
  const saveCost = database.prepare<[string, number, number, number]>(`
    INSERT INTO stage_costs (stage, cost_ms, audio_ms, runs) VALUES (?, ?, ?, ?)
    ON CONFLICT (stage) DO UPDATE SET cost_ms = excluded.cost_ms, audio_ms = excluded.audio_ms, runs = excluded.runs`);

  const jobOrNull = (columns: JobColumns | undefined): JobRow | null => (columns === undefined ? null : toJob(columns));

  return {
    add: (conversationId, names, createdAt) =>
      database.transaction(() => {
        if (knownConversation.get(conversationId) === undefined) {
          throw new EarmarkError("not-found", "There is no such conversation.", { id: conversationId });
        }
        if (byConversation.get(conversationId) !== undefined) {
          throw new EarmarkError("conflict", "The conversation has a job already.", { id: conversationId });
        }
        const { lastInsertRowid } = insertJob.run(randomUUID(), conversationId, createdAt);
        for (const [position, name] of names.entries()) insertStage.run(lastInsertRowid, name, position);
        const added = byNumber.get(Number(lastInsertRowid));
        if (added === undefined) throw new EarmarkError("internal", "An added job was not found.");
        return toJob(added);
      })(),
    extend: (number, names) =>
      database.transaction(() => {
        for (const [position, name] of names.entries()) {
          if (stage.get(number, name) === undefined) insertStage.run(number, name, position);
          placeStage.run(position, number, name);
        }
      })(),
    byId: (id) => jobOrNull(byId.get(id)),
    byConversation: (conversationId) => jobOrNull(byConversation.get(conversationId)),
    byNumber: (number) => jobOrNull(byNumber.get(number)),
    unfinished: () => unfinished.all(),
    list(limit) {
      const running = inOrder.all("running", limit);
      const waiting = inOrder.all("waiting", Math.max(0, limit - running.length));
      const over = ended.all(Math.max(0, limit - running.length - waiting.length));
      return [...running, ...waiting, ...over].map(toJob);
    },
    change(number, changes) {
      changeJob.run({ ...changes, number, failure: toJson(changes.failure) });
    },
    putFirst: (number) =>
      database.transaction(() => {
        const priority = (highest.get() ?? 0) + 1;
        setJobPriority.run(priority, number);
        setStagePriority.run(priority, number);
      })(),
    stages: (number) => stages.all(number).flatMap(toStage),
    stage: (number, name) => [stage.get(number, name)].flatMap((columns) => (columns ? toStage(columns) : []))[0] ?? null,
    changeStage(number, row) {
      changeStage.run({ ...row, number, ready: row.ready ? 1 : 0, failure: toJson(row.failure) });
    },
    ready: (names, limit) =>
      names
        .flatMap((name) => ready.all(name, limit).map((found) => ({ ...found, name })))
        .sort((a, b) => b.priority - a.priority || a.number - b.number || a.position - b.position)
        .slice(0, limit)
        .map(({ number, name }) => ({ number, name })),
    due: (now) => due.all(now),
    nextRetryAt: () => nextRetryAt.get() ?? null,
    interruptAll() {
      interruptAll.run();
    },
    result(number, name) {
      const found = result.get(number, name);
      return found === undefined ? null : { inputHash: found.input_hash, resultHash: found.result_hash, result: found.result };
    },
    saveResult(number, name, { inputHash, resultHash, result: text }) {
      saveResult.run(number, name, inputHash, resultHash, text);
    },
    forgetResult(number, name) {
      forgetResult.run(number, name);
    },
    costs: () =>
      new Map(
        costs.all().flatMap((row) => {
          const name = stageNameSchema.safeParse(row.stage);
          const cost = { costMs: row.cost_ms, audioMs: row.audio_ms, runs: row.runs };
          return name.success ? [[name.data, cost] as const] : [];
        }),
      ),
    saveCost(name, { costMs, audioMs, runs }) {
      saveCost.run(name, costMs, audioMs, runs);
    },
  };
}

function toJob(columns: JobColumns): JobRow {
  return {
    number: columns.number,
    id: columns.id,
    conversationId: columns.conversation_id,
    title: columns.title,
    durationMs: columns.duration_ms,
    state: columns.state,
    priority: columns.priority,
    failure: toFailureOrNull(columns.failure),
    createdAt: columns.created_at,
    endedAt: columns.ended_at,
  };
}

/** The stage, or nothing for one that this Earmark does not know. */
function toStage(columns: StageColumns): StageRow[] {
  const name = stageNameSchema.safeParse(columns.stage);
  if (!name.success) return [];
  return [
    {
      name: name.data,
      state: columns.state,
      ready: columns.ready === 1,
      inputHash: columns.input_hash,
      attempt: columns.attempt,
      setbacks: columns.setbacks,
      crashes: columns.crashes,
      failure: toFailureOrNull(columns.failure),
      retryAt: columns.retry_at,
      startedAt: columns.started_at,
      endedAt: columns.ended_at,
    },
  ];
}

function toJson(failure: Failure | null): string | null {
  return failure === null ? null : JSON.stringify(failure);
}

function toFailureOrNull(text: string | null): Failure | null {
  return text === null ? null : (failureSchema.safeParse(parseJson(text)).data ?? null);
}
