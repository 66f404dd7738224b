import type { StageName, WorkState } from "../../../app/contract/views.ts";
import type { StageCost } from "../store/jobs.ts";

/**
 * What the stages cost beside one another, in milliseconds per minute of audio on two cores without a GPU. Used alone to
 * weigh progress until this machine has measured its own.
 */
const typicalPerMinute: Readonly<Record<StageName, number>> = {
  parse: 20,
  probe: 50,
  decode: 300,
  playback: 400,
  // Most transcripts come with the times of their words.
  align: 2_000,
  diarize: 3_000,
  recognise: 12_000,
  roles: 20,
  index: 20,
  insight: 60,
  categories: 20,
  // Most calls have nothing to mute.
  mute: 50,
};

/** How fast older runs are forgotten. */
const memory = 0.8;

/** Share of a run after which its own speed says more than what earlier ones have cost. */
const tellingShare = 0.1;

/** Share of the typical cost that has to be known before the rest is guessed from it. */
const knownEnough = 0.3;

/** What estimating looks at of a stage. */
export interface EstimatedStage {
  readonly name: StageName;
  readonly state: WorkState;
  /** 0 to 1. */
  readonly progress: number;
  /** How long it has been running, in milliseconds; 0 unless it runs. */
  readonly elapsedMs: number;
}

/** What a stage has cost on this machine, after one more run. */
export function afterRun(before: StageCost | undefined, costMs: number, audioMs: number): StageCost {
  return {
    costMs: (before?.costMs ?? 0) * memory + costMs,
    audioMs: (before?.audioMs ?? 0) * memory + audioMs,
    runs: (before?.runs ?? 0) * memory + 1,
  };
}

/**
 * How far a job has come, 0 to 1, each stage weighing what it costs; and how long its own work will still take, in
 * milliseconds: null while there is too little to go by, 0 when nothing is left. Waiting behind other jobs is not counted.
 *
 * @param audioMs length of the recording; 0 for none.
 */
export function estimate(
  stages: readonly EstimatedStage[],
  audioMs: number,
  costs: ReadonlyMap<StageName, StageCost>,
): { progress: number; remainingMs: number | null } {
  const typical = (name: StageName): number => (typicalPerMinute[name] * Math.max(audioMs, 10_000)) / 60_000;
  const measured = stages.map((stage) => wholeCost(stage, audioMs, costs.get(stage.name)));

  // What is known here beside what is typical tells how fast this machine is, and so what the unknown stages will cost.
  let knownHere = 0;
  let knownTypical = 0;
  let allTypical = 0;
  for (const [index, stage] of stages.entries()) {
    const cost = measured[index] ?? null;
    allTypical += typical(stage.name);
    if (cost === null) continue;
    knownHere += cost;
    knownTypical += typical(stage.name);
  }
  const pace = knownTypical > 0 && knownHere > 0 ? knownHere / knownTypical : 1;

  let all = 0;
  let left = 0;
  let leftUnknown = false;
  for (const [index, stage] of stages.entries()) {
    const known = measured[index] ?? null;
    const cost = known ?? typical(stage.name) * pace;
    const share = stage.state === "done" ? 1 : stage.progress;
    all += cost;
    left += cost * (1 - share);
    if (known === null && share < 1) leftUnknown = true;
  }
  const enough = !leftUnknown || knownTypical >= allTypical * knownEnough;
  return {
    progress: all > 0 ? Math.min(1, Math.max(0, 1 - left / all)) : 1,
    remainingMs: enough ? Math.round(left) : null,
  };
}

/** What a whole run costs, as measured; null when it never was. */
function wholeCost(stage: EstimatedStage, audioMs: number, cost: StageCost | undefined): number | null {
  if (stage.state === "running" && stage.progress >= tellingShare) return stage.elapsedMs / stage.progress;
  if (cost === undefined || cost.runs <= 0) return null;
  const perRun = audioMs > 0 && cost.audioMs > 0 ? (cost.costMs / cost.audioMs) * audioMs : cost.costMs / cost.runs;
  return Math.max(1, perRun);
}
