import { z } from "zod";

/** What a process is asked to measure: one engine, one task, one model. */
export const assignmentSchema = z.object({
  engine: z.enum(["earmark", "peer"]),
  /**
   * `plan` writes the windows that Earmark cuts; `windows` hears them; `file` hears a recording that is decoded already;
   * `pipeline` decodes, tells voices apart and hears.
   */
  task: z.enum(["plan", "windows", "file", "pipeline"]),
  /** A Whisper's folder in the hub's layout. */
  model: z.string(),
  recording: z.string(),
  /** Where `plan` writes windows and `windows` reads them. */
  windows: z.string(),
  threads: z.number(),
});
export type Assignment = z.infer<typeof assignmentSchema>;

/** Seconds that passed, and seconds of processor time, which other work on the machine does not lengthen as much. */
export const costSchema = z.object({ seconds: z.number(), cpuSeconds: z.number() });
export type Cost = z.infer<typeof costSchema>;

/** What a process measured. */
export const measuredSchema = z.object({
  total: costSchema,
  stages: z.record(z.string(), costSchema),
  /** Runs of the encoder. */
  windows: z.number(),
  /** Tokens after the prompts. */
  tokens: z.number(),
  /** Most memory the process ever had. */
  peakBytes: z.number(),
});
export type Measured = z.infer<typeof measuredSchema>;

/** The middle of some numbers; of an even count the mean of the two in the middle. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const above = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? above : ((sorted[half - 1] ?? Number.NaN) + above) / 2;
}

/** The medians of several rounds, figure by figure. */
export function medianOf(rounds: readonly Measured[]): Measured {
  const cost = (pick: (one: Measured) => Cost | undefined): Cost => ({
    seconds: median(rounds.map((one) => pick(one)?.seconds ?? 0)),
    cpuSeconds: median(rounds.map((one) => pick(one)?.cpuSeconds ?? 0)),
  });
  const stages = [...new Set(rounds.flatMap((one) => Object.keys(one.stages)))];
  return {
    total: cost((one) => one.total),
    stages: Object.fromEntries(stages.map((stage) => [stage, cost((one) => one.stages[stage])])),
    windows: median(rounds.map((one) => one.windows)),
    tokens: median(rounds.map((one) => one.tokens)),
    peakBytes: median(rounds.map((one) => one.peakBytes)),
  };
}
