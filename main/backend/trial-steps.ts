import { type Failure, toFailure } from "../../app/contract/errors.ts";
import { orCancelled } from "./speech/sagemaker/attempts.ts";

/** One step of trying settings with real calls. */
export interface Trial<Step extends string> {
  readonly step: Step;
  readonly state: "ok" | "wrong" | "skipped";
  /** What was found, for people. */
  readonly detail: string;
  readonly failure: Failure | null;
}

/** Takes down what came of trying settings, step by step, until the signal is aborted. */
export function trialSteps<Step extends string>(
  signal: AbortSignal,
): {
  readonly trials: Trial<Step>[];
  /** Does the work of a step; answers whether it went well. What it resolves to is the detail. Rejects when cancelled. */
  readonly step: (name: Step, work: () => Promise<string>) => Promise<boolean>;
  /** Says of steps why they were left out; answers all there is. */
  readonly skip: (detail: string, ...names: Step[]) => Trial<Step>[];
} {
  const trials: Trial<Step>[] = [];
  return {
    trials,
    async step(name, work) {
      try {
        trials.push({ step: name, state: "ok", detail: await orCancelled(work(), signal), failure: null });
        return true;
      } catch (thrown) {
        const failure = toFailure(thrown);
        if (signal.aborted || failure.code === "cancelled") throw thrown;
        trials.push({ step: name, state: "wrong", detail: failure.message, failure });
        return false;
      }
    },
    skip(detail, ...names) {
      for (const name of names) trials.push({ step: name, state: "skipped", detail, failure: null });
      return trials;
    },
  };
}

/** Work that is asked for again while it is on its way is not begun twice: whoever asks gets what the first one gets. */
export function onceUnderWay<T>(work: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<T> | null = null;
  return () => {
    underWay ??= work().finally(() => {
      underWay = null;
    });
    return underWay;
  };
}
