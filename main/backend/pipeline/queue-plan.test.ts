import { describe, expect, it } from "vitest";
import type { StageName, WorkState } from "../../../app/contract/views.ts";
import { canonicalJson, inputHash } from "./input-hash.ts";
import { afterRun, estimate } from "./queue-estimate.ts";
import { type DependencyMap, dependentsOf, planJob } from "./queue-plan.ts";
import { afterFailure, defaultRetryRule } from "./queue-retry.ts";

const dependencies: DependencyMap = new Map([
  ["probe", { needs: [] }],
  ["decode", { needs: ["probe"] }],
  ["recognise", { needs: ["decode"] }],
  ["roles", { needs: ["recognise"] }],
  ["index", { needs: [], optional: ["roles"] }],
]);

const failure = { code: "media-no-audio" as const, message: "No audio.", details: {} };

function plan(states: Partial<Record<StageName, WorkState>>, retryAt: number | null = null) {
  const stages = (["probe", "decode", "recognise", "roles", "index"] as const).map((name) => {
    const state = states[name] ?? "waiting";
    return { name, state, failure: state === "failed" ? failure : null, retryAt: state === "waiting" ? retryAt : null };
  });
  const planned = planJob(stages, dependencies);
  return { ready: [...planned.ready], state: planned.state, code: planned.failure?.code ?? null, retryAt: planned.retryAt };
}

describe("a plan", () => {
  it("lets run what has all it needs", () => {
    expect(plan({})).toMatchObject({ ready: ["probe"], state: "waiting" });
    expect(plan({ probe: "done" })).toMatchObject({ ready: ["decode"], state: "waiting" });
    expect(plan({ probe: "done", decode: "running" })).toMatchObject({ ready: [], state: "running" });
    expect(plan({ probe: "done", decode: "done", recognise: "done", roles: "done" }).ready).toEqual(["index"]);
  });

  it("runs what merely reads a stage where it can, once that can no longer come", () => {
    expect(plan({ probe: "done", decode: "done", recognise: "running" }).ready).toEqual([]);
    expect(plan({ probe: "done", decode: "done", recognise: "failed" })).toMatchObject({ ready: ["index"], state: "waiting" });
    expect(plan({ probe: "failed" }).ready).toEqual(["index"]);
  });

  it("ends as what became of its stages", () => {
    expect(plan({ probe: "done", decode: "done", recognise: "done", roles: "done", index: "done" }).state).toBe("done");
    expect(plan({ probe: "done", decode: "failed", index: "done" })).toMatchObject({ state: "failed", code: "media-no-audio" });
    expect(
      plan({ probe: "done", decode: "cancelled", recognise: "cancelled", roles: "cancelled", index: "cancelled" }).state,
    ).toBe("cancelled");
  });

  it("waits for what is to be tried again", () => {
    expect(plan({ probe: "done", index: "done" }, 500)).toMatchObject({ ready: [], state: "waiting", retryAt: 500 });
  });

  it("knows who reads whom, through others too", () => {
    expect(dependentsOf(["decode"], dependencies)).toEqual(new Set(["recognise", "roles", "index"]));
    expect(dependentsOf(["index"], dependencies)).toEqual(new Set());
  });
});

describe("the input hash", () => {
  it("does not depend on the order in which an object was put together", () => {
    expect(canonicalJson({ b: [1, { d: null, c: "x" }], a: undefined })).toBe('{"b":[1,{"c":"x","d":null}]}');
    const base = { stage: "decode", version: 1, facts: { x: 1, y: 2 }, reads: { probe: "h" } };
    expect(inputHash({ ...base, facts: { y: 2, x: 1 } })).toBe(inputHash(base));
    for (const other of [
      { version: 2 },
      { facts: { x: 2, y: 2 } },
      { reads: { probe: "i" } },
      { reads: { probe: null } },
      { stage: "probe" },
    ]) {
      expect(inputHash({ ...base, ...other })).not.toBe(inputHash(base));
    }
  });
});

describe("trying again", () => {
  const first = { setbacks: 0, crashes: 0 };
  const of = (
    code: "engine-crashed" | "engine-stalled" | "engine-out-of-memory" | "format-malformed" | "model-missing" | "internal",
  ) => ({
    code,
    message: "",
    details: {},
  });

  it("waits twice as long each time, give or take half, and not for ever", () => {
    const waits = [0, 1, 2].map(
      (setbacks) => afterFailure(of("engine-stalled"), { setbacks, crashes: 0 }, defaultRetryRule, 0.5).retryInMs,
    );
    expect(waits).toEqual([2_000, 4_000, 8_000]);
    expect(afterFailure(of("engine-stalled"), first, defaultRetryRule, 0).retryInMs).toBe(1_000);
    expect(afterFailure(of("engine-stalled"), first, defaultRetryRule, 1).retryInMs).toBe(3_000);
    expect(afterFailure(of("engine-stalled"), { setbacks: 3, crashes: 0 }, defaultRetryRule, 0.5).retryInMs).toBeNull();
  });

  it("bears one crash, one shortage of memory, one surprise, and nothing that would happen again", () => {
    expect(afterFailure(of("engine-crashed"), first, defaultRetryRule, 0.5).retryInMs).not.toBeNull();
    expect(afterFailure(of("engine-crashed"), { setbacks: 1, crashes: 1 }, defaultRetryRule, 0.5)).toMatchObject({
      failure: { code: "engine-crashed-twice" },
      retryInMs: null,
    });
    for (const code of ["engine-out-of-memory", "internal"] as const) {
      expect(afterFailure(of(code), first, defaultRetryRule, 0.5).retryInMs).not.toBeNull();
      expect(afterFailure(of(code), { setbacks: 1, crashes: 0 }, defaultRetryRule, 0.5).retryInMs).toBeNull();
    }
    expect(afterFailure(of("format-malformed"), first, defaultRetryRule, 0.5).retryInMs).toBeNull();
    expect(afterFailure(of("model-missing"), first, defaultRetryRule, 0.5).retryInMs).toBeNull();
  });
});

describe("the estimate", () => {
  const stage = (name: StageName, state: WorkState, progress = 0, elapsedMs = 0) => ({ name, state, progress, elapsedMs });

  it("says nothing about time while there is nothing to go by", () => {
    const { progress, remainingMs } = estimate([stage("probe", "done"), stage("recognise", "waiting")], 60_000, new Map());
    expect(remainingMs).toBeNull();
    expect(progress).toBeGreaterThan(0);
    expect(progress).toBeLessThan(0.1);
  });

  it("learns what a minute of audio costs on this machine", () => {
    const costs = new Map([["recognise" as const, afterRun(undefined, 30_000, 60_000)]]);
    expect(estimate([stage("recognise", "waiting")], 120_000, costs).remainingMs).toBe(60_000);
    const slower = new Map([["recognise" as const, afterRun(costs.get("recognise"), 60_000, 60_000)]]);
    expect(estimate([stage("recognise", "waiting")], 60_000, slower).remainingMs).toBeGreaterThan(45_000);
  });

  it("believes the run itself once it is under way, and is at the end when all is done", () => {
    expect(estimate([stage("recognise", "running", 0.5, 10_000)], 60_000, new Map())).toEqual({
      progress: 0.5,
      remainingMs: 10_000,
    });
    expect(estimate([stage("probe", "done"), stage("recognise", "done")], 60_000, new Map())).toEqual({
      progress: 1,
      remainingMs: 0,
    });
  });
});
