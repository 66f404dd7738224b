import { describe, expect, it } from "vitest";
import { type JobView, type StageName, stageNames, type WorkState } from "../../app/contract/views.ts";
import { hasEnded } from "./hearing.ts";
import { openProgress, stageTexts, timeLeft } from "./progress.ts";

function job(state: WorkState, stages: Partial<Record<StageName, WorkState>>, changes: Partial<JobView> = {}): JobView {
  return {
    id: "job",
    conversationId: "c",
    title: "call.wav",
    state,
    progress: 0,
    remainingMs: null,
    stages: stageNames.map((name) => ({ name, state: stages[name] ?? "waiting", progress: 0, attempt: 1, failure: null })),
    failure: null,
    retryAt: null,
    createdAt: "2026-01-01T00:00:00Z",
    endedAt: null,
    ...changes,
  };
}

async function linesOf(...jobs: JobView[]): Promise<string[]> {
  let written = "";
  const terminal = {
    out: () => undefined,
    err: (text: string) => {
      written += text;
    },
    interactive: false,
    signal: new AbortController().signal,
  };
  const progress = await openProgress(terminal, 1);
  for (const one of jobs) progress.job("call.wav", one);
  progress.end();
  return written.split("\n").slice(0, -1);
}

describe("progress without somebody looking", () => {
  it("is a line for each stage, once", async () => {
    const lines = await linesOf(
      job("running", { probe: "running" }),
      job("running", { probe: "running" }),
      job("running", { probe: "done", decode: "running" }),
      job("done", { probe: "done", decode: "done", index: "done" }),
    );
    const told = [stageTexts.probe, stageTexts.decode, stageTexts.index, "done"];
    expect(lines).toEqual(told.map((text) => `call.wav: ${text}`));
  });

  it("says of a job that was done before only that", async () => {
    const done = job("done", { probe: "done" });
    expect(await linesOf(done, done)).toEqual(["call.wav: done"]);
  });
});

describe("the end of a job", () => {
  it("is not a failure that will be tried again", () => {
    expect(hasEnded(job("failed", {}, { retryAt: "2026-01-01T00:00:10Z" }))).toBe(false);
    expect(hasEnded(job("failed", {}))).toBe(true);
    expect(hasEnded(job("cancelled", {}))).toBe(true);
    expect(hasEnded(job("running", {}))).toBe(false);
  });
});

describe("time left", () => {
  it("is said as people say it", () => {
    expect([null, 900, 59_001, 200_000, 3_700_000].map(timeLeft)).toEqual([
      "",
      "1 s left",
      "1 min 0 s left",
      "3 min 20 s left",
      "1 h 1 min left",
    ]);
  });
});
