import { randomUUID } from "node:crypto";
import type Database from "better-sqlite3";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { Deletion, DueReview, ReviewState, SamplingRun } from "../../../app/contract/library-views.ts";
import {
  type Candidate,
  type Pick,
  type ReviewReason,
  reviewReasonSchema,
  type SamplingPlan,
  samplingPlanSchema,
} from "../../../app/conversation/sampling.ts";
import type { Clock } from "../../../app/ports.ts";
import { hashOf } from "../../../app/report/digests.ts";
import { sha256 } from "../ledger/node-crypto.ts";
import { toInstant, toInstantOrNull, toMilliseconds } from "./instants.ts";
import type { Recorder } from "./ledger.ts";
import { parseJson } from "./stored-json.ts";

/** Who reviews what until when, what has been reviewed, and the samples that were drawn. */
export interface ReviewTable {
  /** Gives conversations to a reviewer, or to nobody. Those that are not there are passed over. */
  assign(ids: readonly string[], assignee: string | null, dueAt: string | null, author: string, reason?: ReviewReason): void;
  /** What waits for somebody: what is due first, then in the order it was given. */
  waiting(assignee: string, limit: number): DueReview[];
  countWaiting(assignee: string): number;
  /** How many reviews somebody has finished since an instant (milliseconds), and the time spent on them. */
  finishedSince(reviewer: string, since: number): { readonly count: number; readonly spentMs: number };
  /** A reviewer has opened it. Throws `not-found`. */
  open(id: string, reviewer: string): void;
  /** Adds time spent on it. */
  spend(id: string, reviewer: string, ms: number): void;
  /** The review is finished, and with it the assignment; `false` opens it again. Throws `not-found`. */
  finish(id: string, reviewer: string, finished: boolean): void;
  state(id: string, reviewer: string): ReviewState;
  /** What can be drawn of these ids: what has words or turns, waits for nobody and was reviewed by nobody. */
  candidates(ids: readonly string[]): Candidate[];
  /** Keeps a drawing and gives what it chose to the assignee. Answers with its id. */
  saveRun(run: NewRun): string;
  runs(limit: number): SamplingRun[];
  picks(runId: string): string[];
  /** What goes when these conversations are deleted. */
  deletion(ids: readonly string[]): Deletion;
}

/** A drawing to keep. */
export interface NewRun {
  readonly name: string;
  readonly plan: SamplingPlan;
  readonly seed: string;
  readonly population: number;
  readonly picks: readonly Pick[];
  readonly author: string;
  readonly assignee: string;
  readonly dueAt: string | null;
}

interface WaitingRow {
  id: string;
  title: string;
  channel: DueReview["channel"];
  started_at: number | null;
  time_zone: string | null;
  duration_ms: number | null;
  agent: string | null;
  customer: string | null;
  assignee: string;
  at: number;
  due_at: number | null;
  reason: string;
  spent_ms: number | null;
}

/** The reviews in a database. */
export function reviewTable(database: Database.Database, clock: Clock, ledger: Recorder): ReviewTable {
  const put = database.prepare<[Record<string, unknown>]>(`
    INSERT INTO assignments (conversation_number, assignee, at, author, due_at, reason)
    SELECT number, @assignee, @at, @author, @dueAt, @reason FROM conversations WHERE id = @id
    ON CONFLICT (conversation_number) DO UPDATE SET assignee = excluded.assignee, at = excluded.at, author = excluded.author,
      due_at = excluded.due_at, reason = excluded.reason, done_at = NULL`);
  const take = database.prepare<[string]>(
    "DELETE FROM assignments WHERE conversation_number = (SELECT number FROM conversations WHERE id = ?)",
  );
  const inOrder = "ORDER BY assignments.due_at IS NULL, assignments.due_at, assignments.at, assignments.conversation_number";
  const waiting = database.prepare<[Record<string, unknown>], WaitingRow>(`
    SELECT id, title, channel, started_at, time_zone, duration_ms, agent, customer, assignee, assignments.at, due_at, reason, spent_ms
    FROM assignments JOIN conversations ON number = assignments.conversation_number
    LEFT JOIN reviews ON reviews.conversation_number = number AND reviews.reviewer = assignments.assignee
    WHERE assignee = @assignee AND done_at IS NULL ${inOrder} LIMIT @limit`);
  const next = database
    .prepare<[string, string], string>(
      `SELECT id FROM assignments JOIN conversations ON number = conversation_number
       WHERE assignee = ? AND done_at IS NULL AND id <> ? ${inOrder} LIMIT 1`,
    )
    .pluck();
  const countWaiting = database
    .prepare<[string], number>("SELECT count(*) FROM assignments WHERE assignee = ? AND done_at IS NULL")
    .pluck();
  const finished = database.prepare<[string, number], { count: number; spent: number }>(
    "SELECT count(*) AS count, coalesce(sum(spent_ms), 0) AS spent FROM reviews WHERE reviewer = ? AND finished_at >= ?",
  );
  const open = database.prepare<[Record<string, unknown>]>(`
    INSERT INTO reviews (conversation_number, reviewer, opened_at) SELECT number, @reviewer, @at FROM conversations WHERE id = @id
    ON CONFLICT DO UPDATE SET opened_at = opened_at`);
  const spend = database.prepare<[number, string, string]>(`
    UPDATE reviews SET spent_ms = spent_ms + ?
    WHERE conversation_number = (SELECT number FROM conversations WHERE id = ?) AND reviewer = ?`);
  const finish = database.prepare<[number | null, string, string]>(`
    UPDATE reviews SET finished_at = ?
    WHERE conversation_number = (SELECT number FROM conversations WHERE id = ?) AND reviewer = ?`);
  const settle = database.prepare<[number | null, string, string]>(`
    UPDATE assignments SET done_at = ?
    WHERE conversation_number = (SELECT number FROM conversations WHERE id = ?) AND assignee = ?`);
  const state = database.prepare<
    [string, string],
    {
      assignee: string | null;
      due_at: number | null;
      reason: string | null;
      spent_ms: number | null;
      finished_at: number | null;
    }
  >(`
    SELECT assignee, due_at, reason, spent_ms, finished_at FROM conversations
    LEFT JOIN assignments ON assignments.conversation_number = number AND done_at IS NULL
    LEFT JOIN reviews ON reviews.conversation_number = number AND reviewer = ?
    WHERE id = ?`);
  const candidates = database.prepare<
    [string],
    Omit<Candidate, "durationMs" | "silenceShare" | "agentTalkShare"> & {
      duration_ms: number | null;
      non_talk_ms: number | null;
      agent_talk_share: number | null;
    }
  >(`
    SELECT conversations.id, agent, channel, queue, language, duration_ms, non_talk_ms, interruptions, agent_talk_share
    FROM json_each(?) JOIN conversations ON conversations.id = value
    WHERE turns > 0 AND number NOT IN (SELECT conversation_number FROM assignments WHERE done_at IS NULL)
      AND number NOT IN (SELECT conversation_number FROM reviews WHERE finished_at IS NOT NULL)`);
  const insertRun = database.prepare<[Record<string, unknown>]>(`
    INSERT INTO sampling_runs (id, at, author, name, plan, seed, population)
    VALUES (@id, @at, @author, @name, @plan, @seed, @population)`);
  const insertPick = database.prepare<[string, number, string]>(`
    INSERT INTO sampling_picks (run_id, position, conversation_number) SELECT ?, ?, number FROM conversations WHERE id = ?`);
  const runs = database.prepare<
    [number],
    {
      id: string;
      at: number;
      author: string;
      name: string;
      plan: string;
      seed: string;
      population: number;
      chosen: number;
      reviewed: number;
    }
  >(`
    SELECT id, at, author, name, plan, seed, population,
      (SELECT count(*) FROM sampling_picks WHERE run_id = id) AS chosen,
      (SELECT count(*) FROM sampling_picks WHERE run_id = id AND EXISTS (
        SELECT 1 FROM reviews WHERE reviews.conversation_number = sampling_picks.conversation_number AND finished_at >= sampling_runs.at
      )) AS reviewed
    FROM sampling_runs ORDER BY at DESC, rowid DESC LIMIT ?`);
  const picks = database
    .prepare<[string], string>(
      `SELECT conversations.id FROM sampling_picks JOIN conversations ON number = conversation_number
       WHERE run_id = ? ORDER BY position`,
    )
    .pluck();
  const deletion = database.prepare<[string], Omit<Deletion, "titles">>(`
    WITH gone AS MATERIALIZED (
      SELECT number, conversations.id, kind, source_bytes, duration_ms FROM json_each(?) JOIN conversations ON conversations.id = value
    )
    SELECT (SELECT count(*) FROM gone) AS conversations,
      (SELECT count(*) FROM gone WHERE kind = 'call') AS calls,
      (SELECT coalesce(sum(source_bytes), 0) FROM gone) AS originalBytes,
      (SELECT coalesce(sum(duration_ms), 0) FROM gone) AS durationMs,
      (SELECT count(*) FROM operations WHERE operation IS NOT NULL AND conversation_id IN (SELECT id FROM gone)) AS corrections,
      (SELECT count(*) FROM comments WHERE deleted_at IS NULL AND conversation_id IN (SELECT id FROM gone)) AS comments,
      (SELECT count(*) FROM bookmarks WHERE conversation_id IN (SELECT id FROM gone)) AS bookmarks,
      (SELECT count(*) FROM reviews WHERE finished_at IS NOT NULL AND conversation_number IN (SELECT number FROM gone)) AS reviews,
      (SELECT count(*) FROM jobs WHERE state IN ('waiting', 'running') AND conversation_id IN (SELECT id FROM gone)) AS inWork`);
  const titles = database
    .prepare<[string], string>("SELECT title FROM json_each(?) JOIN conversations ON conversations.id = value LIMIT 5")
    .pluck();

  const known = (changes: number, id: string): void => {
    if (changes === 0) throw new EarmarkError("not-found", "There is no such conversation.", { id });
  };
  const assign: ReviewTable["assign"] = (ids, assignee, dueAt, author, reason = { kind: "person" }) =>
    database.transaction(() => {
      for (const id of ids) {
        if (assignee === null) take.run(id);
        else {
          put.run({
            id,
            assignee,
            at: clock.now(),
            author,
            dueAt: dueAt === null ? null : toMilliseconds(dueAt),
            reason: JSON.stringify(reason),
          });
        }
      }
    })();

  return {
    assign,
    waiting: (assignee, limit) =>
      waiting.all({ assignee, limit }).map((row) => ({
        conversationId: row.id,
        title: row.title,
        channel: row.channel,
        startedAt: toInstantOrNull(row.started_at),
        timeZone: row.time_zone,
        durationMs: row.duration_ms,
        agent: row.agent,
        customer: row.customer,
        assignee: row.assignee,
        assignedAt: toInstant(row.at),
        dueAt: toInstantOrNull(row.due_at),
        reason: readReason(row.reason) ?? { kind: "person" },
        spentMs: row.spent_ms ?? 0,
        begun: row.spent_ms !== null,
      })),
    countWaiting: (assignee) => countWaiting.get(assignee) ?? 0,
    finishedSince(reviewer, since) {
      const row = finished.get(reviewer, since);
      return { count: row?.count ?? 0, spentMs: row?.spent ?? 0 };
    },
    open: (id, reviewer) => known(open.run({ id, reviewer, at: clock.now() }).changes, id),
    spend: (id, reviewer, ms) => void spend.run(Math.round(ms), id, reviewer),
    finish: (id, reviewer, isFinished) =>
      database.transaction(() => {
        known(open.run({ id, reviewer, at: clock.now() }).changes, id);
        const at = isFinished ? clock.now() : null;
        finish.run(at, id, reviewer);
        settle.run(at, id, reviewer);
      })(),
    state(id, reviewer) {
      const row = state.get(reviewer, id);
      if (row === undefined) throw new EarmarkError("not-found", "There is no such conversation.", { id });
      const isOwn = row.assignee !== null && row.assignee.toLowerCase() === reviewer.toLowerCase();
      return {
        assignee: row.assignee,
        dueAt: toInstantOrNull(row.due_at),
        reason: readReason(row.reason),
        spentMs: row.spent_ms ?? 0,
        finishedAt: toInstantOrNull(row.finished_at),
        next: next.get(reviewer, id) ?? null,
        waiting: Math.max(0, (countWaiting.get(reviewer) ?? 0) - (isOwn ? 1 : 0)),
      };
    },
    candidates: (ids) =>
      candidates.all(JSON.stringify(ids)).map(({ duration_ms, non_talk_ms, agent_talk_share, ...row }) => ({
        ...row,
        durationMs: duration_ms,
        silenceShare: duration_ms === null || duration_ms === 0 || non_talk_ms === null ? null : non_talk_ms / duration_ms,
        agentTalkShare: agent_talk_share,
      })),
    saveRun: (run) =>
      database.transaction(() => {
        const id = randomUUID();
        insertRun.run({
          id,
          at: clock.now(),
          author: run.author,
          name: run.name,
          plan: JSON.stringify(run.plan),
          seed: run.seed,
          population: run.population,
        });
        for (const [position, pick] of run.picks.entries()) {
          insertPick.run(id, position, pick.id);
          assign([pick.id], run.assignee, run.dueAt, run.author, pick.reason);
        }
        const { seed, population, picks: drawn } = run;
        ledger.append(
          "sample-drawn",
          id,
          {
            seed,
            plan: hashOf(run.plan, sha256),
            population,
            picked: drawn.length,
            picks: hashOf(
              drawn.map((pick) => pick.id),
              sha256,
            ),
          },
          run.author,
        );
        return id;
      })(),
    runs: (limit) =>
      runs.all(limit).flatMap((row) => {
        const plan = samplingPlanSchema.safeParse(parseJson(row.plan));
        return plan.success ? [{ ...row, at: toInstant(row.at), plan: plan.data }] : [];
      }),
    picks: (runId) => picks.all(runId),
    deletion(ids) {
      const list = JSON.stringify(ids);
      const counted = deletion.get(list);
      if (counted === undefined) throw new EarmarkError("internal", "Nothing was counted.");
      return { ...counted, titles: titles.all(list) };
    },
  };
}

function readReason(text: string | null): ReviewReason | null {
  return reviewReasonSchema.safeParse(parseJson(text)).data ?? null;
}
