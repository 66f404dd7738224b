import { describe, expect, it } from "vitest";
import { afterHearing, chooseEngine, type EngineFacts, estimateRemote, expectedRemotePace, paceOf } from "./engine-choice.ts";

const facts: EngineFacts = {
  asked: null,
  folder: null,
  setting: "auto",
  endpoint: true,
  accelerated: false,
  backlogMs: 0,
  backlogLimitMs: 60 * 60_000,
};

describe("choosing an engine", () => {
  it("keeps to what a person asked for: for the recording, then the folder, then in general", () => {
    expect(chooseEngine({ ...facts, asked: "sagemaker", folder: "local", setting: "local" })).toEqual({
      place: "sagemaker",
      reason: "import",
    });
    expect(chooseEngine({ ...facts, folder: "sagemaker", setting: "local" })).toEqual({ place: "sagemaker", reason: "folder" });
    expect(chooseEngine({ ...facts, setting: "sagemaker", endpoint: false })).toEqual({ place: "sagemaker", reason: "setting" });
    expect(chooseEngine({ ...facts, setting: "local", backlogMs: 1e9 })).toEqual({ place: "local", reason: "setting" });
  });

  it("lets the rule decide where it was asked to, whatever is set in general", () => {
    expect(chooseEngine({ ...facts, asked: "auto", setting: "sagemaker" })).toEqual({ place: "local", reason: "short-queue" });
  });

  it("stays here while the queue is short, and goes elsewhere beyond the limit alone", () => {
    expect(chooseEngine({ ...facts, accelerated: true }).reason).toBe("short-queue-and-accelerated");
    expect(chooseEngine({ ...facts, backlogMs: facts.backlogLimitMs }).place).toBe("local");
    expect(chooseEngine({ ...facts, accelerated: true, backlogMs: facts.backlogLimitMs + 1 })).toEqual({
      place: "sagemaker",
      reason: "long-queue",
    });
  });

  it("never sends anything by rule where no endpoint is named", () => {
    expect(chooseEngine({ ...facts, endpoint: false, backlogMs: 1e9 })).toEqual({ place: "local", reason: "no-endpoint" });
  });
});

describe("the likely cost", () => {
  it("is the time on the instance at its price", () => {
    // Ten hours of sound at a tenth of their length are one hour of an instance.
    expect(estimateRemote(36_000_000, { share: 0.1, measured: true }, 1.408)).toMatchObject({ workMs: 3_600_000, cost: 1.408 });
    expect(estimateRemote(0, expectedRemotePace, 1).cost).toBe(0);
  });

  it("goes by what was measured once enough was heard, the last recordings counting most", () => {
    let sums = afterHearing({ workMs: 0, soundMs: 0 }, 5_000, 20_000);
    expect(paceOf(sums, expectedRemotePace)).toBe(expectedRemotePace);
    sums = afterHearing(sums, 30_000, 100_000);
    expect(paceOf(sums, expectedRemotePace)).toEqual({ share: 34_000 / 116_000, measured: true });
    for (let again = 0; again < 50; again += 1) sums = afterHearing(sums, 50_000, 100_000);
    expect(paceOf(sums, expectedRemotePace).share).toBeCloseTo(0.5, 4);
  });
});
