import type { CallInput } from "../../app/contract/api.ts";

/** Parts of the overview of a whole recording. */
export const overviewBins = 2_000;

/** What is asked for the overview of a recording: alike wherever it is asked, so that it is read once. */
export function overviewInput(id: string, durationMs: number): CallInput<"conversation.peaks"> {
  return { id, startMs: 0, endMs: Math.max(1, durationMs), bins: overviewBins };
}
