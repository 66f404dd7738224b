import type { Failure } from "../../../app/contract/errors.ts";
import type { StageName, WorkState } from "../../../app/contract/views.ts";

/** What planning looks at of a stage's row. */
export interface PlannedStage {
  readonly name: StageName;
  readonly state: WorkState;
  readonly failure: Failure | null;
  readonly retryAt: number | null;
}

/** What a stage reads of others. */
export interface Dependencies {
  readonly needs: readonly StageName[];
  readonly optional?: readonly StageName[];
}

/** Dependencies by stage. */
export type DependencyMap = ReadonlyMap<StageName, Dependencies>;

/** Where a job stands, from where its stages stand. */
export interface JobPlan {
  /** Stages that wait for a free place alone. */
  readonly ready: ReadonlySet<StageName>;
  readonly state: WorkState;
  /** Of the first stage that failed, once the job has failed. */
  readonly failure: Failure | null;
  /** The earliest time at which one of its stages is tried again. */
  readonly retryAt: number | null;
}

/**
 * Works out which stages can run and where the job stands. A stage that needs one which failed never runs; one that
 * merely reads it where it can, does. The job has ended when nothing of it runs, can run, or will be tried again.
 *
 * @param stages in their order; those unknown to `dependencies` are passed over.
 */
export function planJob(stages: readonly PlannedStage[], dependencies: DependencyMap): JobPlan {
  const known = stages.filter((stage) => dependencies.has(stage.name));
  const states = new Map<StageName, WorkState | "blocked">();
  const ready = new Set<StageName>();
  let active = false;
  let retryAt: number | null = null;
  for (const stage of known) {
    if (stage.state !== "waiting") {
      states.set(stage.name, stage.state);
      if (stage.state === "running") active = true;
      continue;
    }
    const { needs, optional = [] } = dependencies.get(stage.name) ?? { needs: [] };
    const needed = needs.map((name) => states.get(name));
    // Stages come in order, so what is needed has been looked at by now.
    if (needed.some((state) => state === undefined || state === "failed" || state === "cancelled" || state === "blocked")) {
      states.set(stage.name, "blocked");
      continue;
    }
    states.set(stage.name, "waiting");
    active = true;
    if (stage.retryAt !== null) {
      retryAt = retryAt === null ? stage.retryAt : Math.min(retryAt, stage.retryAt);
      continue;
    }
    const pending = (name: StageName): boolean => states.get(name) === "waiting" || states.get(name) === "running";
    if (needed.every((state) => state === "done") && !optional.some(pending)) ready.add(stage.name);
  }
  const has = (state: WorkState): boolean => known.some((stage) => stage.state === state);
  if (active) return { ready, state: has("running") ? "running" : "waiting", failure: null, retryAt };
  if (has("cancelled")) return { ready, state: "cancelled", failure: null, retryAt: null };
  const failed = known.find((stage) => stage.state === "failed");
  if (failed !== undefined) return { ready, state: "failed", failure: failed.failure, retryAt: null };
  return { ready, state: "done", failure: null, retryAt: null };
}

/** Every stage that reads one of these, directly or through others, these left out. */
export function dependentsOf(names: Iterable<StageName>, dependencies: DependencyMap): Set<StageName> {
  const from = new Set(names);
  const reached = new Set(from);
  for (let grew = true; grew; ) {
    grew = false;
    for (const [name, { needs, optional = [] }] of dependencies) {
      if (reached.has(name) || ![...needs, ...optional].some((read) => reached.has(read))) continue;
      reached.add(name);
      grew = true;
    }
  }
  return new Set([...reached].filter((name) => !from.has(name)));
}
