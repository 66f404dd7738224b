import { EarmarkError, type Failure, toFailure } from "../../../app/contract/errors.ts";
import type { JobView, StageName } from "../../../app/contract/views.ts";
import type { Clock, ProgressListener } from "../../../app/ports.ts";
import { recordAnalysis } from "../ledger/record-analysis.ts";
import { toInstant, toInstantOrNull } from "../store/instants.ts";
import type { JobRow, StageRow } from "../store/jobs.ts";
import type { Store } from "../store/store.ts";
import { toStoreError } from "../store/store-error.ts";
import { createChangeThinner } from "./change-thinner.ts";
import { inputHash, resultHash } from "./input-hash.ts";
import { afterRun, estimate } from "./queue-estimate.ts";
import { dependentsOf, planJob } from "./queue-plan.ts";
import { afterFailure, defaultRetryRule, type RetryRule } from "./queue-retry.ts";

/** What a stage keeps busy: a disk or a child process, this machine's processors, or the speech engine. */
export type Resource = "io" | "cpu" | "speech";

/** What a stage may look at before it runs. */
export interface StageInput {
  readonly conversationId: string;
  /** Results of the stages it needs, as plain JSON: parse before use. An optional one that failed is absent. */
  readonly results: Readonly<Partial<Record<StageName, unknown>>>;
  /** Why an optional stage has no result. */
  readonly failures: Readonly<Partial<Record<StageName, Failure>>>;
}

/** What a running stage gets. */
export interface StageContext extends StageInput {
  /** Aborted when the job is cancelled or Earmark closes: the run has a second to end. */
  readonly signal: AbortSignal;
  /** 0 to 1; may be called as often as one likes. */
  readonly onProgress: ProgressListener;
}

/** One step of a conversation's way: a function from the results of earlier stages to its own. */
export interface Stage {
  readonly name: StageName;
  /** Raised when the same input would give another result. */
  readonly version: number;
  readonly resource: Resource;
  /** Earlier stages without whose results it cannot run. */
  readonly needs: readonly StageName[];
  /** Earlier stages it waits for and whose results it reads where there are any; it runs even when they failed. */
  readonly optional?: readonly StageName[];
  /** Whatever else the result depends on (options, model ids), as JSON or a promise of it: part of the input hash. */
  facts(input: StageInput): unknown;
  /** Does the work and answers with plain JSON. Rejects with an `EarmarkError`; soon after the signal's abort. May be started anew after a kill: leave nothing half-written under a final name. */
  run(context: StageContext): Promise<unknown>;
  /** Writes what the result means into the library, inside the transaction that marks the stage done: both or neither. */
  commit?(result: unknown, input: StageInput): void;
}

/** How many stages run at a time, by what they keep busy. */
export type Concurrency = Readonly<Record<Resource, number>>;

/** What the queue needs from outside. */
export interface QueueOptions {
  readonly store: Store;
  readonly stages: readonly Stage[];
  readonly clock: Clock;
  readonly concurrency: Concurrency;
  /** Told of every change of a job, at most ten times a second each; the last one always comes. */
  readonly onChange: (job: JobView) => void;
  /** 0 to 1, for the spread of retries; `Math.random` unless told. */
  readonly random?: () => number;
  /** How often and after how long a passing failure is tried again. */
  readonly retry?: Partial<RetryRule>;
}

/** The durable queue: one job for each conversation, in SQLite, across restarts. */
export interface Queue {
  /**
   * Adds the job of a conversation with the stages it has to pass, and answers with the job's id. May be called inside
   * `store.transaction` together with the insertion of the conversation. Throws `conflict` when there is one already.
   */
  add(conversationId: string, stages: readonly StageName[]): string;
  /**
   * Gives the job of a conversation further stages and runs them, and then those that read them. May be called inside
   * `store.transaction`. Throws `not-found`.
   */
  extend(conversationId: string, stages: readonly StageName[]): void;
  /** Begins to work. Until then nothing runs, so that the caller can put things in order after opening. */
  start(): void;
  /** The job of a conversation; null when it has none. */
  jobOf(conversationId: string): JobView | null;
  /** Throws `not-found`. */
  job(jobId: string): JobView;
  /** Running first, then waiting in the order in which they will run, then ended, the latest first. */
  list(limit: number): JobView[];
  /** Ends a job where it stands: what is done stays. Resolves when its stages have let go, at the latest after a second. Throws `not-found`. */
  cancel(jobId: string): Promise<void>;
  /** Goes on at what failed or was cancelled, at once. Throws `not-found`. */
  retry(jobId: string): void;
  /** Runs one stage anew, and then those that depend on it if its result is another. Throws `not-found`. */
  rerun(conversationId: string, stage: StageName): void;
  /** Looks at every stage again and runs those whose input has changed (a new model, another option), and those that failed. Throws `not-found`. */
  analyseAgain(conversationId: string): void;
  /** Puts a conversation's job first among those waiting. Without a job nothing happens. */
  prioritise(conversationId: string): void;
  /** Starts nothing more until `resume`; what runs goes on. Lasts until Earmark closes. */
  pause(): void;
  resume(): void;
  readonly paused: boolean;
  setConcurrency(concurrency: Concurrency): void;
  /** Cancels and waits until nothing touches the conversation's files any more (five seconds at most); call it before deleting one. */
  release(conversationId: string): Promise<void>;
  /** Resolves with the job once it is done, failed or cancelled. Keeps the process alive meanwhile. Rejects with `not-found`, or `cancelled` on abort. */
  settled(conversationId: string, signal?: AbortSignal): Promise<JobView>;
  /** Stops starting, aborts what runs and leaves it to be resumed by the next opening. */
  close(): Promise<void>;
}

/** Changes of a job are told at most this often. */
const tellEveryMs = 100;

/** How long `cancel` waits for stages to let go. */
const cancelPatienceMs = 1_000;

/** How long `release` and `close` wait for stages to let go. */
const closePatienceMs = 5_000;

/** After how long a stage whose end could not be recorded (a full disk) is put back in line. */
const recordAgainMs = 5_000;

/** A stage at work in this process. */
interface Run {
  readonly number: number;
  readonly stage: Stage;
  readonly controller: AbortController;
  /** The attempt it was begun as; null while its input is still being looked at. */
  attempt: number | null;
  startedAt: number;
  progress: number;
  /** Resolves once the stage has let go, however it ended. */
  ended: Promise<void>;
}

/**
 * Makes the queue over a store, and puts back in line what an earlier process left running. Everything it knows lies in the
 * store; in memory there are only the stages at work. A stage is marked running before it begins and done in the one
 * transaction that writes its results, so that a kill at any moment leaves it either to be run or done.
 */
export function createQueue(options: QueueOptions): Queue {
  const { store, clock, onChange } = options;
  const { jobs } = store;
  const stages = new Map<StageName, Stage>(options.stages.map((stage) => [stage.name, stage]));
  const random = options.random ?? Math.random;
  const retryRule: RetryRule = { ...defaultRetryRule, ...options.retry };
  const runs = new Map<string, Run>();
  const costs = jobs.costs();
  const waiters = new Map<number, Set<(job: JobView | null) => void>>();
  let concurrency = options.concurrency;
  let started = false;
  let paused = false;
  let closing: Promise<void> | undefined;
  /** Nothing touches the store any more. */
  let closed = false;
  let pumpIsComing = false;
  let retryTimer: NodeJS.Timeout | undefined;
  let keepAlive: NodeJS.Timeout | undefined;

  const thinner = createChangeThinner(clock, tellEveryMs, (number) => {
    const job = jobs.byNumber(number);
    if (job !== null) onChange(toView(job));
  });

  store.transaction(() => {
    jobs.interruptAll();
    for (const number of jobs.unfinished()) replan(number);
  });

  // ── What the rows say ──────────────────────────────────────────────────────────────────────────────────────────────

  function stagesOf(number: number): StageRow[] {
    return jobs.stages(number).filter((row) => stages.has(row.name));
  }

  /** Brings readiness and the job's state in line with its stages. Called in the transaction that changed one. */
  function replan(number: number): void {
    const job = jobs.byNumber(number);
    if (job === null) return;
    const rows = stagesOf(number);
    const plan = planJob(rows, stages);
    for (const row of rows) {
      const ready = plan.ready.has(row.name);
      if (row.ready !== ready) jobs.changeStage(number, { ...row, ready });
    }
    const over = plan.state !== "waiting" && plan.state !== "running";
    const endedAt = over ? (job.endedAt ?? clock.now()) : null;
    jobs.change(number, { state: plan.state, failure: plan.failure, endedAt, progress: estimateOf(job, rows).progress });
  }

  function estimateOf(job: JobRow, rows: readonly StageRow[]): { progress: number; remainingMs: number | null } {
    const seen = rows.map((row) => {
      const run = runs.get(keyOf(job.number, row.name));
      const works = row.state === "running" && run !== undefined;
      return {
        name: row.name,
        state: row.state,
        progress: works ? run.progress : 0,
        elapsedMs: works ? Math.max(0, clock.now() - run.startedAt) : 0,
      };
    });
    return estimate(seen, job.durationMs ?? 0, costs);
  }

  function toView(job: JobRow): JobView {
    const rows = stagesOf(job.number);
    const over = job.endedAt !== null;
    const { progress, remainingMs } = estimateOf(job, rows);
    const { retryAt } = planJob(rows, stages);
    return {
      id: job.id,
      conversationId: job.conversationId,
      title: job.title,
      state: job.state,
      progress: job.state === "done" ? 1 : progress,
      remainingMs: over ? null : remainingMs,
      stages: rows.map((row) => ({
        name: row.name,
        state: row.state,
        progress: row.state === "done" ? 1 : row.state === "running" ? (runs.get(keyOf(job.number, row.name))?.progress ?? 0) : 0,
        attempt: row.attempt,
        failure: row.failure,
      })),
      failure: job.failure,
      retryAt: toInstantOrNull(retryAt),
      createdAt: toInstant(job.createdAt),
      endedAt: toInstantOrNull(job.endedAt),
    };
  }

  function known(job: JobRow | null, id: string): JobRow {
    if (job === null) throw new EarmarkError("not-found", "There is no such job.", { id });
    return job;
  }

  // ── Telling ────────────────────────────────────────────────────────────────────────────────────────────────────────

  function changed(number: number): void {
    thinner.changed(number);
    if (!waiters.has(number)) return;
    const job = jobs.byNumber(number);
    if (job === null || job.endedAt !== null) answerWaiters(number, job === null ? null : toView(job));
  }

  function answerWaiters(number: number, view: JobView | null): void {
    const listeners = waiters.get(number);
    waiters.delete(number);
    if (waiters.size === 0) clearInterval(keepAlive);
    for (const listener of listeners ?? []) listener(view);
  }

  // ── Starting stages ────────────────────────────────────────────────────────────────────────────────────────────────

  function pumpSoon(): void {
    if (pumpIsComing || closing !== undefined) return;
    pumpIsComing = true;
    // Later in the same turn: whoever calls may be in the middle of a transaction.
    queueMicrotask(() => {
      pumpIsComing = false;
      if (closing === undefined) pump();
    });
  }

  function pump(): void {
    if (!started) return;
    if (!paused) for (const resource of resources) startReady(resource);
    clearTimeout(retryTimer);
    const next = jobs.nextRetryAt();
    if (next !== null) {
      const wait = Math.min(Math.max(1, next - clock.now()), longestTimerMs);
      retryTimer = setTimeout(takeUpDue, wait).unref();
    }
  }

  function startReady(resource: Resource): void {
    const busy = [...runs.values()].filter((run) => run.stage.resource === resource).length;
    let free = concurrency[resource] - busy;
    if (free <= 0) return;
    const names = [...stages.values()].filter((stage) => stage.resource === resource).map((stage) => stage.name);
    // Those whose input is being looked at still count as ready, so as many more are asked for.
    for (const { number, name } of jobs.ready(names, free + runs.size)) {
      const stage = stages.get(name);
      if (free <= 0 || stage === undefined) return;
      if (runs.has(keyOf(number, name))) continue;
      launch(number, stage);
      free--;
    }
  }

  /** Takes up the stages whose time to be tried again has come. */
  function takeUpDue(): void {
    if (closing !== undefined) return;
    const now = clock.now();
    const due = jobs.due(now);
    store.transaction(() => {
      for (const number of due) {
        for (const row of stagesOf(number)) {
          if (row.retryAt !== null && row.retryAt <= now) jobs.changeStage(number, { ...row, retryAt: null });
        }
        replan(number);
      }
    });
    for (const number of due) changed(number);
    pump();
  }

  function launch(number: number, stage: Stage): void {
    const run: Run = {
      number,
      stage,
      controller: new AbortController(),
      attempt: null,
      startedAt: clock.now(),
      progress: 0,
      ended: Promise.resolve(),
    };
    const key = keyOf(number, stage.name);
    runs.set(key, run);
    run.ended = perform(run)
      .catch(() => putBackLater(run))
      .finally(() => {
        runs.delete(key);
        if (closed) return;
        changed(number);
        pumpSoon();
      });
  }

  // ── One stage ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Rejects only when its end could not be recorded. */
  async function perform(run: Run): Promise<void> {
    const { number, stage, controller } = run;
    try {
      const job = jobs.byNumber(number);
      if (job === null) return;
      const { input, reads } = gather(job, stage);
      const facts = await stage.facts(input);
      const hash = inputHash({ stage: stage.name, version: stage.version, facts, reads });
      if (!(await store.together(() => begin(run, hash)))) return;
      changed(number);
      const onProgress = (share: number): void => {
        if (!(share > run.progress) || closed) return;
        run.progress = Math.min(1, share);
        thinner.changed(number);
      };
      const result = await stage.run({ ...input, signal: controller.signal, onProgress });
      await store.together(() => finish(run, input, hash, facts, result));
    } catch (thrown) {
      fail(run, thrown);
    }
  }

  function gather(job: JobRow, stage: Stage): { input: StageInput; reads: Record<string, string | null> } {
    const results: Partial<Record<StageName, unknown>> = {};
    const failures: Partial<Record<StageName, Failure>> = {};
    const reads: Record<string, string | null> = {};
    for (const name of [...stage.needs, ...(stage.optional ?? [])]) {
      const row = jobs.stage(job.number, name);
      const result = row?.state === "done" ? jobs.result(job.number, name) : null;
      reads[name] = result?.resultHash ?? null;
      if (result !== null) results[name] = JSON.parse(result.result);
      if (row !== null && row.failure !== null && row.state === "failed") failures[name] = row.failure;
    }
    return { input: { conversationId: job.conversationId, results, failures }, reads };
  }

  /** Marks the stage running; false when there is nothing to run: its input is what it was, or it is not wanted any more. */
  function begin(run: Run, hash: string): boolean {
    const { number, stage } = run;
    if (closing !== undefined || run.controller.signal.aborted) return false;
    return store.transaction(() => {
      const row = jobs.stage(number, stage.name);
      if (row === null || row.state !== "waiting" || !row.ready) return false;
      const now = clock.now();
      if (jobs.result(number, stage.name)?.inputHash === hash) {
        jobs.changeStage(number, {
          ...row,
          state: "done",
          ready: false,
          inputHash: hash,
          failure: null,
          retryAt: null,
          endedAt: now,
        });
        replan(number);
        return false;
      }
      const same = row.inputHash === hash;
      run.attempt = row.attempt + 1;
      run.startedAt = now;
      jobs.changeStage(number, {
        ...row,
        state: "running",
        ready: false,
        inputHash: hash,
        attempt: run.attempt,
        setbacks: same ? row.setbacks : 0,
        crashes: same ? row.crashes : 0,
        failure: null,
        retryAt: null,
        startedAt: now,
        endedAt: null,
      });
      replan(number);
      return true;
    });
  }

  /** The stage's row while it is this run's to write; null once it was cancelled, begun anew, or removed. */
  function ownRow(run: Run): StageRow | null {
    const row = jobs.stage(run.number, run.stage.name);
    if (row === null) return null;
    if (run.attempt === null) return row.state === "waiting" && row.ready ? row : null;
    return row.state === "running" && row.attempt === run.attempt ? row : null;
  }

  function finish(run: Run, input: StageInput, hash: string, facts: unknown, result: unknown): void {
    if (closed) return;
    const { number, stage } = run;
    const text = JSON.stringify(result ?? null);
    store.transaction(() => {
      const row = ownRow(run);
      if (row === null) return;
      const plain: unknown = JSON.parse(text);
      const committed: unknown = stage.commit?.(plain, input);
      if (committed instanceof Promise) throw new EarmarkError("internal", `The commit of ${stage.name} is not synchronous.`);
      const now = clock.now();
      const ownHash = resultHash(plain);
      jobs.saveResult(number, stage.name, { inputHash: hash, resultHash: ownHash, result: text });
      recordAnalysis(store.ledger, input.conversationId, { stage, inputHash: hash, resultHash: ownHash, facts, result: plain });
      jobs.changeStage(number, { ...row, state: "done", ready: false, setbacks: 0, crashes: 0, endedAt: now });
      const cost = afterRun(costs.get(stage.name), Math.max(0, now - run.startedAt), jobs.byNumber(number)?.durationMs ?? 0);
      jobs.saveCost(stage.name, cost);
      costs.set(stage.name, cost);
      replan(number);
    });
  }

  function fail(run: Run, thrown: unknown): void {
    if (closed) return;
    const { number } = run;
    store.transaction(() => {
      const row = ownRow(run);
      if (row === null) return;
      if (run.controller.signal.aborted) {
        // Closing: it goes on at the next opening.
        if (row.state === "running") jobs.changeStage(number, { ...row, state: "waiting", startedAt: null });
      } else {
        const now = clock.now();
        const after = afterFailure(toFailure(toStoreError(thrown)), row, retryRule, random());
        jobs.changeStage(number, {
          ...row,
          state: after.retryInMs === null ? "failed" : "waiting",
          ready: false,
          failure: after.failure,
          setbacks: after.setbacks,
          crashes: after.crashes,
          retryAt: after.retryInMs === null ? null : now + after.retryInMs,
          endedAt: now,
        });
      }
      replan(number);
    });
  }

  /** For a stage whose end could not be written: what it did is lost, so it is run again once the disk takes writing. */
  function putBackLater(run: Run): void {
    const timer = setTimeout(() => {
      if (closing !== undefined) return;
      try {
        store.transaction(() => {
          const row = ownRow(run);
          if (row?.state === "running") jobs.changeStage(run.number, { ...row, state: "waiting", startedAt: null });
          replan(run.number);
        });
        changed(run.number);
        pumpSoon();
      } catch {
        putBackLater(run);
      }
    }, recordAgainMs);
    timer.unref();
  }

  // ── Orders from outside ────────────────────────────────────────────────────────────────────────────────────────────

  function runsOf(number: number): Run[] {
    return [...runs.values()].filter((run) => run.number === number);
  }

  function cancelJob(number: number): Run[] {
    store.transaction(() => {
      const now = clock.now();
      const rows = stagesOf(number);
      // A job that has ended keeps what waits behind a failed stage as it is.
      if (jobs.byNumber(number)?.endedAt !== null) return;
      for (const row of rows) {
        if (row.state !== "waiting" && row.state !== "running") continue;
        jobs.changeStage(number, { ...row, state: "cancelled", ready: false, retryAt: null, endedAt: now });
      }
      replan(number);
    });
    const own = runsOf(number);
    for (const run of own) run.controller.abort(new EarmarkError("cancelled", "Cancelled."));
    changed(number);
    pumpSoon();
    return own;
  }

  /** Puts stages back in line, whatever their state. Those at work are aborted and begin again. */
  function reset(number: number, names: ReadonlySet<StageName>, forget: StageName | null): void {
    store.transaction(() => {
      if (forget !== null) jobs.forgetResult(number, forget);
      for (const row of stagesOf(number)) {
        if (!names.has(row.name)) continue;
        jobs.changeStage(number, {
          ...row,
          state: "waiting",
          ready: false,
          inputHash: null,
          setbacks: 0,
          crashes: 0,
          failure: null,
          retryAt: null,
          startedAt: null,
          endedAt: null,
        });
      }
      replan(number);
    });
    for (const run of runsOf(number)) {
      if (names.has(run.stage.name)) run.controller.abort(new EarmarkError("cancelled", "Begun anew."));
    }
    changed(number);
    pumpSoon();
  }

  function resetWithDependents(number: number, names: ReadonlySet<StageName>, forget: StageName | null): void {
    reset(number, new Set([...names, ...dependentsOf(names, stages)]), forget);
  }

  function checkOrder(names: readonly StageName[]): void {
    for (const [place, name] of names.entries()) {
      const stage = stages.get(name);
      if (stage === undefined) throw new EarmarkError("internal", `There is no stage named ${name}.`);
      const earlier = new Set(names.slice(0, place));
      const late = (stage.optional ?? []).filter((read) => names.includes(read) && !earlier.has(read));
      const absent = stage.needs.filter((need) => !earlier.has(need));
      if (absent.length + late.length > 0) {
        throw new EarmarkError("internal", `${name} reads what does not come before it: ${[...absent, ...late].join(", ")}.`);
      }
    }
  }

  return {
    add(conversationId, names) {
      checkOrder(names);
      const job = store.transaction(() => {
        const added = jobs.add(conversationId, names, clock.now());
        replan(added.number);
        return added;
      });
      // What the caller does in the same transaction is part of the job's first appearance.
      queueMicrotask(() => {
        if (closing === undefined) changed(job.number);
      });
      pumpSoon();
      return job.id;
    },
    extend(conversationId, names) {
      const { number } = known(jobs.byConversation(conversationId), conversationId);
      const wanted = new Set([...stagesOf(number).map((row) => row.name), ...names]);
      const all = [...stages.keys()].filter((name) => wanted.has(name));
      checkOrder(all);
      store.transaction(() => jobs.extend(number, all));
      resetWithDependents(number, new Set(names), null);
    },
    start() {
      started = true;
      pumpSoon();
    },
    jobOf(conversationId) {
      const job = jobs.byConversation(conversationId);
      return job === null ? null : toView(job);
    },
    job: (jobId) => toView(known(jobs.byId(jobId), jobId)),
    list: (limit) => jobs.list(limit).map(toView),
    async cancel(jobId) {
      const own = cancelJob(known(jobs.byId(jobId), jobId).number);
      await settleWithin(own, cancelPatienceMs);
    },
    retry(jobId) {
      const { number } = known(jobs.byId(jobId), jobId);
      const again = stagesOf(number).filter(
        (row) => row.state === "failed" || row.state === "cancelled" || (row.state === "waiting" && row.retryAt !== null),
      );
      if (again.length > 0) resetWithDependents(number, new Set(again.map((row) => row.name)), null);
    },
    rerun(conversationId, name) {
      const { number } = known(jobs.byConversation(conversationId), conversationId);
      if (!stagesOf(number).some((row) => row.name === name)) {
        throw new EarmarkError("not-found", "The job has no such stage.", { stage: name });
      }
      resetWithDependents(number, new Set([name]), name);
    },
    analyseAgain(conversationId) {
      const { number } = known(jobs.byConversation(conversationId), conversationId);
      reset(number, new Set(stages.keys()), null);
    },
    prioritise(conversationId) {
      const job = jobs.byConversation(conversationId);
      if (job === null || job.endedAt !== null) return;
      store.transaction(() => jobs.putFirst(job.number));
      changed(job.number);
      pumpSoon();
    },
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      pumpSoon();
    },
    get paused() {
      return paused;
    },
    setConcurrency(changedTo) {
      concurrency = changedTo;
      pumpSoon();
    },
    async release(conversationId) {
      const job = jobs.byConversation(conversationId);
      if (job !== null) await settleWithin(cancelJob(job.number), closePatienceMs);
    },
    settled(conversationId, signal) {
      const job = known(jobs.byConversation(conversationId), conversationId);
      if (job.endedAt !== null) return Promise.resolve(toView(job));
      if (signal?.aborted || closing !== undefined) return Promise.reject(new EarmarkError("cancelled", "Cancelled."));
      return new Promise<JobView>((resolve, reject) => {
        const listeners = waiters.get(job.number) ?? new Set();
        const stop = (): void => {
          listeners.delete(listener);
          if (listeners.size === 0) answerWaiters(job.number, null);
          reject(new EarmarkError("cancelled", "Cancelled."));
        };
        const listener = (view: JobView | null): void => {
          signal?.removeEventListener("abort", stop);
          if (view !== null) resolve(view);
          else reject(new EarmarkError("cancelled", "Earmark is closing, or the job is gone."));
        };
        signal?.addEventListener("abort", stop, { once: true });
        if (waiters.size === 0) keepAlive = setInterval(() => undefined, longestTimerMs);
        waiters.set(job.number, listeners.add(listener));
      });
    },
    close() {
      closing ??= (async () => {
        clearTimeout(retryTimer);
        for (const run of runs.values()) run.controller.abort(new EarmarkError("cancelled", "Earmark is closing."));
        await settleWithin([...runs.values()], closePatienceMs);
        store.transaction(() => {
          jobs.interruptAll();
          for (const number of new Set([...runs.values()].map((run) => run.number))) replan(number);
        });
        thinner.close();
        closed = true;
        for (const number of [...waiters.keys()]) answerWaiters(number, null);
      })();
      return closing;
    },
  };
}

const resources: readonly Resource[] = ["io", "cpu", "speech"];

/** The longest wait a timer can hold. */
const longestTimerMs = 2 ** 31 - 1;

function keyOf(number: number, name: StageName): string {
  return `${number} ${name}`;
}

/** Resolves when all runs have let go, at the latest after so many milliseconds. */
async function settleWithin(own: readonly Run[], patienceMs: number): Promise<void> {
  if (own.length === 0) return;
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMs);
  });
  await Promise.race([Promise.allSettled(own.map((run) => run.ended)), patience]);
  clearTimeout(timer);
}
