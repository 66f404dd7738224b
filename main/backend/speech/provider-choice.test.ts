import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ExecutionProvider } from "../../../app/contract/engine-views.ts";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { PlacedModel } from "./protocol.ts";
import { agrees, createProviderChooser, type EncoderRun, providerOrder } from "./provider-choice.ts";

const model: PlacedModel = {
  id: "onnx-community/whisper-base_timestamped",
  task: "transcription",
  limited: false,
  folder: "models",
  sha256: "a".repeat(64),
  graphs: { "onnx/encoder_model.onnx": "onnx/encoder_model.onnx" },
};
const signal = new AbortController().signal;

let folder = "";
let now = Date.parse("2026-11-21T10:00:00Z");
let setting: ExecutionProvider = "auto";
let able: string[] = [];
let times: Record<string, number | Error> = {};
let samples: Record<string, number[]> = {};
let tried = 0;
let timed: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark-provider-"));
  now = Date.parse("2026-11-21T10:00:00Z");
  setting = "auto";
  able = [];
  times = { cpu: 400 };
  samples = {};
  tried = 0;
  timed = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const chooser = () =>
  createProviderChooser({
    setting: () => setting,
    tryAll: async (names) => {
      tried += 1;
      return names
        .filter((name) => name !== "dml")
        .map((provider) => {
          const ran = able.includes(provider);
          return { provider, bundled: true, ran, ms: ran ? 50 : null, reason: ran ? null : "No adapter." };
        });
    },
    timeEncoder: async (_path, provider): Promise<EncoderRun> => {
      timed.push(provider);
      const ms = times[provider];
      if (ms === undefined || ms instanceof Error) throw ms ?? new Error("It cannot be opened.");
      return { ms, sample: samples[provider] ?? [1, -2, 3] };
    },
    path: join(folder, "execution-provider.json"),
    clock: { now: () => now },
    system: "linux",
  });

describe("the provider that hears", () => {
  it("is tried in an order that suits the platform", () => {
    expect(providerOrder("linux")).toEqual(["cuda", "webgpu"]);
    expect(providerOrder("win32")).toEqual(["cuda", "dml", "webgpu"]);
    expect(providerOrder("darwin")).toEqual(["coreml", "webgpu"]);
  });

  it("is the processor where nothing else runs a small graph, and says why each did not", async () => {
    const made = chooser();
    expect(await made.order(model, signal)).toEqual(["cpu"]);
    expect(made.current()).toMatchObject({ provider: "cpu", reason: "No graphics processor ran a small graph." });
    expect(made.current()?.trials).toEqual([
      { provider: "cuda", ran: false, encoderMs: null, reason: "No adapter." },
      { provider: "webgpu", ran: false, encoderMs: null, reason: "No adapter." },
    ]);
    expect(timed).toEqual([]);
  });

  it("is the fastest by the model's own encoder, and falls behind it is the processor", async () => {
    able = ["cuda", "webgpu"];
    times = { cpu: 400, cuda: 20, webgpu: 35 };
    const made = chooser();
    expect(await made.order(model, signal)).toEqual(["cuda", "cpu"]);
    expect(made.current()?.reason).toContain("20 ms on cuda, 400 ms on the processor");
  });

  it("is not one that is slower, wrong, or does not run the model", async () => {
    able = ["cuda", "webgpu"];
    times = { cpu: 400, cuda: new Error("CUDNN_STATUS_NOT_INITIALIZED"), webgpu: 350 };
    const slow = chooser();
    expect(await slow.order(model, signal)).toEqual(["cpu"]);
    expect(slow.current()?.reason).toContain("not worth it");
    expect(slow.current()?.trials.find(({ provider }) => provider === "cuda")?.reason).toBe("CUDNN_STATUS_NOT_INITIALIZED");
    times = { cpu: 400, webgpu: 10 };
    samples = { webgpu: [1, 2, 3] };
    await slow.tryAgain(model, signal);
    expect(slow.first()).toBe("cpu");
    expect(slow.current()?.trials.find(({ provider }) => provider === "webgpu")?.reason).toBe(
      "Its result is not the processor's.",
    );
  });

  it("is remembered for the machine, the runtime and the model, and found out again after a month", async () => {
    able = ["webgpu"];
    times = { cpu: 400, webgpu: 30 };
    await chooser().order(model, signal);
    const later = chooser();
    expect(await later.order(model, signal)).toEqual(["webgpu", "cpu"]);
    expect(tried).toBe(1);
    expect(JSON.parse(await readFile(join(folder, "execution-provider.json"), "utf8"))).toMatchObject({
      provider: "webgpu",
      key: expect.stringContaining("onnxruntime 1."),
    });
    await later.order({ ...model, sha256: "b".repeat(64) }, signal);
    expect(tried).toBe(2);
    now += 31 * 24 * 60 * 60_000;
    await later.order({ ...model, sha256: "b".repeat(64) }, signal);
    expect(tried).toBe(3);
    await writeFile(join(folder, "execution-provider.json"), "{");
    await chooser().order(model, signal);
    expect(tried).toBe(4);
  });

  it("is found out once for requests that come together", async () => {
    const made = chooser();
    await Promise.all([made.order(model, signal), made.order(model, signal)]);
    expect(tried).toBe(1);
  });

  it("is the processor for a model too small to gain, without trying", async () => {
    const made = chooser();
    expect(await made.order({ ...model, id: "demo-voice", limited: true }, signal)).toEqual(["cpu"]);
    expect(await made.order(null, signal)).toEqual(["cpu"]);
    expect(tried).toBe(0);
  });

  it("is what a person has named, and the processor behind it", async () => {
    setting = "dml";
    const made = chooser();
    expect(await made.order(model, signal)).toEqual(["dml", "cpu"]);
    await made.distrust("dml", "It cannot be opened.");
    expect([await made.order(model, signal), made.first(), made.replaced()]).toEqual([
      ["cpu"],
      "cpu",
      { provider: "dml", reason: "It cannot be opened." },
    ]);
    // Tried by itself when somebody asks: a name that this platform does not list, one that does not run, one that does.
    await made.tryAgain(model, signal);
    expect(made.replaced()?.reason).toBe("ONNX Runtime does not list it here.");
    setting = "webgpu";
    await made.tryAgain(model, signal);
    expect(made.replaced()).toEqual({ provider: "webgpu", reason: "No adapter." });
    able = ["webgpu"];
    await made.tryAgain(model, signal);
    expect([made.replaced(), made.first()]).toEqual([null, "webgpu"]);
    tried = 0;
    setting = "cpu";
    expect(made.replaced()).toBeNull();
    expect([await made.order(model, signal), made.first()]).toEqual([["cpu"], "cpu"]);
    expect(tried).toBe(0);
  });

  it("is passed over once it has failed at work, until somebody tries anew", async () => {
    able = ["webgpu"];
    times = { cpu: 400, webgpu: 30 };
    const made = chooser();
    await made.order(model, signal);
    await made.distrust("webgpu", "engine-crashed: The device was lost.");
    expect([await made.order(model, signal), made.first()]).toEqual([["cpu"], "cpu"]);
    expect(made.current()).toMatchObject({
      provider: "cpu",
      reason: "webgpu failed: engine-crashed: The device was lost.",
    });
    // Also after a restart.
    expect(await chooser().order(model, signal)).toEqual(["cpu"]);
    await made.tryAgain(model, signal);
    expect(await made.order(model, signal)).toEqual(["webgpu", "cpu"]);
  });

  it("is the processor when trying itself fails, and nothing when it is cancelled", async () => {
    const failing = createProviderChooser({
      setting: () => "auto",
      tryAll: () => Promise.reject(new EarmarkError("engine-failed", "ONNX Runtime lists no execution providers.")),
      timeEncoder: () => Promise.reject(new Error("Never asked.")),
      path: join(folder, "other.json"),
      clock: { now: () => now },
    });
    expect(await failing.order(model, signal)).toEqual(["cpu"]);
    expect(failing.current()?.reason).toContain("lists no execution providers");
    const stopped = new AbortController();
    stopped.abort();
    await expect(failing.tryAgain(model, stopped.signal)).rejects.toMatchObject({ code: "engine-failed" });
  });
});

describe("a graphics processor's result", () => {
  it("is the processor's within half precision", () => {
    expect(agrees([1, -2, 3], [1.01, -2.02, 2.98])).toBe(true);
    expect(agrees([1, -2, 3], [1, 2, 3])).toBe(false);
    expect(agrees([1], [Number.NaN])).toBe(false);
    expect(agrees([], [])).toBe(false);
  });
});
