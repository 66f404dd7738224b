import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { type DecodedAudio, type Diarization, defaultSpeechOptions } from "../../../app/conversation/speech.ts";
import {
  createLocalSpeechEngine,
  inspectGraphs,
  type LocalSpeechEngine,
  type SpeechLimits,
  speechWorkerScript,
} from "./client.ts";
import { tryExecutionProviders } from "./execution-providers.ts";
import { forkProcess, minimalEnvironment } from "./start-process.ts";
import { tinyGraph } from "./tiny-graph.ts";

/*
 * The client against processes that misbehave. They are written here into a temporary folder and named by URL, so that
 * nothing in the product can be asked to crash.
 */

const beginning = `
const send = (message) => process.send(message);
process.on("disconnect", () => process.exit(0));
setInterval(() => send({ kind: "beat", rssBytes: process.memoryUsage.rss() }), 50);
send({ kind: "ready" });
const diarization = { method: "channel", voices: [{ channel: 0 }], segments: [], exclusive: [], shortfalls: [], models: [] };
`;

const audio: DecodedAudio = {
  durationMs: 1_000,
  layout: "mono",
  correlation: null,
  channels: [{ path: "/nowhere.pcm", samples: 16_000, rmsDb: -20 }],
  silentChannels: [],
};
const nothingInstalled = { transcription: null, segmentation: null, embedding: null, activity: null };

let folder = "";
let engine: LocalSpeechEngine | undefined;
const quiet = { signal: new AbortController().signal, onProgress: (): void => undefined };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark-client-"));
});
afterEach(async () => {
  await engine?.close();
  engine = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function scriptOf(body: string): Promise<URL> {
  const path = join(folder, "worker.mjs");
  await writeFile(path, beginning + body);
  return pathToFileURL(path);
}

async function engineOf(body: string, limits: SpeechLimits = {}): Promise<LocalSpeechEngine> {
  engine = createLocalSpeechEngine({
    startProcess: forkProcess,
    models: { resolveAll: async () => nothingInstalled },
    script: await scriptOf(body),
    limits,
  });
  return engine;
}

async function failureOf(work: Promise<unknown>): Promise<EarmarkError> {
  try {
    await work;
  } catch (thrown) {
    if (thrown instanceof EarmarkError) return thrown;
    throw thrown;
  }
  throw new Error("It was expected to fail.");
}

/** A recording by which the worker of a test is told what to do. */
function told(durationMs: number): DecodedAudio {
  return { ...audio, durationMs };
}

describe("the speech process and its client", () => {
  it("answers, with progress, one request at a time", async () => {
    const speech = await engineOf(`
      let busy = 0;
      process.on("message", async (request) => {
        busy += 1;
        send({ kind: "progress", id: request.id, share: 0.5 });
        await new Promise((resolve) => setTimeout(resolve, 60));
        const voices = [{ channel: busy }];
        busy -= 1;
        send({ kind: "result", id: request.id, value: { ...diarization, voices } });
      });
    `);
    const shares: number[] = [];
    const attention = { ...quiet, onProgress: (share: number) => void shares.push(share) };
    const [one, two] = await Promise.all([
      speech.diarize(audio, defaultSpeechOptions, attention),
      speech.diarize(audio, defaultSpeechOptions, quiet),
    ]);
    expect([one.voices, two.voices]).toEqual([[{ channel: 1 }], [{ channel: 1 }]]);
    expect(shares).toEqual([0.5]);
    expect(speech.state()).toMatchObject({ process: "idle", waiting: 0, crashes: 0 });
  });

  it("rejects what a crash interrupted, and starts another process for the next request", async () => {
    const speech = await engineOf(`
      process.on("message", (request) => {
        if (request.audio.durationMs === 666) process.abort();
        send({ kind: "result", id: request.id, value: diarization });
      });
    `);
    const before = await speech.diarize(told(1), defaultSpeechOptions, quiet);
    const firstPid = speech.state().pid;
    const [crashed, waiting] = await Promise.all([
      failureOf(speech.diarize(told(666), defaultSpeechOptions, quiet)),
      speech.diarize(told(2), defaultSpeechOptions, quiet),
    ]);
    expect(crashed.code).toBe("engine-crashed");
    expect(crashed.details["signal"]).toBe("SIGABRT");
    expect(waiting).toEqual(before);
    expect(speech.state().pid).not.toBe(firstPid);
    expect(speech.state().crashes).toBe(1);
  });

  it("ends a process that is stuck in a loop", async () => {
    const speech = await engineOf(
      `process.on("message", (request) => {
        if (request.audio.durationMs === 666) { const end = Date.now() + 20_000; while (Date.now() < end) Math.sqrt(2); }
        send({ kind: "result", id: request.id, value: diarization });
      });`,
      { silenceMs: 400 },
    );
    const failure = await failureOf(speech.diarize(told(666), defaultSpeechOptions, quiet));
    expect([failure.code, failure.details["silenceMs"]]).toEqual(["engine-stalled", 400]);
    expect((await speech.diarize(told(1), defaultSpeechOptions, quiet)).method).toBe("channel");
  });

  it("ends a silent process that waits for what never comes, and waits for one that works", async () => {
    const speech = await engineOf(
      `const shared = new Int32Array(new SharedArrayBuffer(4));
      // Some work, and sleep in between: what a process looks like that is given little of a busy machine.
      const slowly = (ms) => {
        for (const end = Date.now() + ms; Date.now() < end; Atomics.wait(shared, 0, 0, 25))
          for (const until = performance.now() + 5; performance.now() < until; ) Math.sqrt(2);
      };
      process.on("message", (request) => {
        if (request.audio.durationMs === 666) Atomics.wait(shared, 0, 0, 20_000);
        if (request.audio.durationMs === 2) slowly(2_500);
        send({ kind: "result", id: request.id, value: diarization });
      });`,
      { silenceMs: 600 },
    );
    expect((await speech.diarize(told(2), defaultSpeechOptions, quiet)).method).toBe("channel");
    expect((await failureOf(speech.diarize(told(666), defaultSpeechOptions, quiet))).code).toBe("engine-stalled");
  });

  it("does not take its own pause for the silence of the process", async () => {
    const speech = await engineOf(
      `process.on("message", (request) => setTimeout(() => send({ kind: "result", id: request.id, value: diarization }), 1_000));`,
      { silenceMs: 2_000 },
    );
    const answer = speech.diarize(audio, defaultSpeechOptions, quiet);
    await new Promise((resolve) => setTimeout(resolve, 500));
    // The backend does something at one piece, or the machine sleeps: what the process said meanwhile is heard afterwards.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4_000);
    expect((await answer).method).toBe("channel");
  });

  it("ends a request that beats and never answers, after a time that follows from its length", async () => {
    const speech = await engineOf(`process.on("message", () => undefined);`, { requestMs: (durationMs) => durationMs / 2 });
    const failure = await failureOf(speech.diarize(told(600), defaultSpeechOptions, quiet));
    expect([failure.code, failure.details["limitMs"]]).toEqual(["engine-stalled", 300]);
  });

  it("ends a process that grows beyond its bound", async () => {
    const speech = await engineOf(
      `const held = [];
      process.on("message", () => setInterval(() => { held.push(Buffer.alloc(16 * 1024 * 1024, 1)); }, 10));`,
      { memoryBytes: 200 * 1024 * 1024 },
    );
    const failure = await failureOf(speech.diarize(audio, defaultSpeechOptions, quiet));
    expect(failure.code).toBe("engine-out-of-memory");
    expect(Number(failure.details["rssBytes"])).toBeGreaterThan(200 * 1024 * 1024);
  });

  it("cancels within a second a process that listens, and keeps it", async () => {
    const speech = await engineOf(`
      const timers = new Map();
      process.on("message", (request) => {
        if (request.kind === "abort") {
          send({ kind: "failure", id: request.id, failure: { code: "cancelled", message: "", details: {} } });
        } else if (request.audio.durationMs === 1) send({ kind: "result", id: request.id, value: diarization });
      });
    `);
    await speech.diarize(told(1), defaultSpeechOptions, quiet);
    const { pid } = speech.state();
    const controller = new AbortController();
    const work = failureOf(speech.diarize(told(2), defaultSpeechOptions, { ...quiet, signal: controller.signal }));
    await expect.poll(() => speech.state().process).toBe("working");
    const started = performance.now();
    controller.abort();
    expect((await work).code).toBe("cancelled");
    expect(performance.now() - started).toBeLessThan(500);
    await speech.diarize(told(1), defaultSpeechOptions, quiet);
    expect(speech.state().pid).toBe(pid);
  });

  it("cancels within a second a process that does not listen, and a request that waits behind it", async () => {
    const speech = await engineOf(`process.on("message", () => { for (;;) Math.sqrt(2); });`);
    const controller = new AbortController();
    const attention = { ...quiet, signal: controller.signal };
    const working = failureOf(speech.diarize(audio, defaultSpeechOptions, attention));
    const waiting = failureOf(speech.diarize(audio, defaultSpeechOptions, attention));
    await expect.poll(() => speech.state()).toMatchObject({ process: "working", waiting: 1 });
    const started = performance.now();
    controller.abort();
    expect([(await working).code, (await waiting).code]).toEqual(["cancelled", "cancelled"]);
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(speech.state().process).toBe("none");
  });

  it("does not believe an answer that is not in our form", async () => {
    const speech = await engineOf(`
      process.on("message", (request) => {
        send("noise");
        send({ kind: "result", id: 999, value: null });
        send({ kind: "result", id: request.id, value: { method: "guess" } });
      });
    `);
    expect((await failureOf(speech.diarize(audio, defaultSpeechOptions, quiet))).code).toBe("engine-failed");
  });

  it("passes on the process's own failures, and what the models reject with", async () => {
    const speech = await engineOf(`
      process.on("message", (request) => send({
        kind: "failure", id: request.id, failure: { code: "model-unsuitable", message: "No.", details: { file: "a" } },
      }));
    `);
    const failure = await failureOf(speech.diarize(audio, defaultSpeechOptions, quiet));
    expect([failure.code, failure.details]).toEqual(["model-unsuitable", { file: "a" }]);
    const changed = createLocalSpeechEngine({
      startProcess: forkProcess,
      models: { resolveAll: () => Promise.reject(new EarmarkError("model-changed", "Changed.")) },
    });
    expect((await failureOf(changed.diarize(audio, defaultSpeechOptions, quiet))).code).toBe("model-changed");
    await changed.close();
  });

  it("lets an idle process go, and starts one again", async () => {
    const speech = await engineOf(
      `process.on("message", (request) => send({ kind: "result", id: request.id, value: diarization }));`,
      { idleMs: 100 },
    );
    await speech.diarize(audio, defaultSpeechOptions, quiet);
    await expect.poll(() => speech.state().process).toBe("none");
    expect(speech.state().crashes).toBe(0);
    await speech.diarize(audio, defaultSpeechOptions, quiet);
  });

  it("ends everything when it is closed", async () => {
    const speech = await engineOf(`process.on("message", () => undefined);`);
    const work = failureOf(speech.diarize(audio, defaultSpeechOptions, quiet));
    await expect.poll(() => speech.state().process).toBe("working");
    const pid = speech.state().pid ?? 0;
    await speech.close();
    expect((await work).code).toBe("cancelled");
    expect(() => process.kill(pid, 0)).toThrow();
    expect((await failureOf(speech.diarize(audio, defaultSpeechOptions, quiet))).code).toBe("cancelled");
  });

  it("says so when no process can be started", async () => {
    engine = createLocalSpeechEngine({
      startProcess: () => {
        throw new Error("no more processes");
      },
      models: { resolveAll: async () => nothingInstalled },
    });
    const failure = await failureOf(engine.diarize(audio, defaultSpeechOptions, quiet));
    expect([failure.code, failure.message]).toEqual(["engine-failed", expect.stringContaining("no more processes")]);
  });

  it("gives the child no secrets", async () => {
    const env = { PATH: "/bin", AWS_SECRET_ACCESS_KEY: "secret", NODE_OPTIONS: "--inspect", HTTPS_PROXY: "http://u:p@proxy" };
    expect(minimalEnvironment(env)).toEqual({ PATH: "/bin" });
    process.env["AWS_SESSION_TOKEN"] = "secret";
    try {
      const speech = await engineOf(`
        process.on("message", (request) => {
          const seen = Object.keys(process.env).filter((name) => name.startsWith("AWS_")).length;
          send({ kind: "result", id: request.id, value: { ...diarization, voices: Array(seen).fill({ channel: null }) } });
        });
      `);
      expect((await speech.diarize(audio, defaultSpeechOptions, quiet)).voices).toEqual([]);
    } finally {
      delete process.env["AWS_SESSION_TOKEN"];
    }
  });
});

describe("the real process without models", () => {
  it("opens a graph and tells its names; of a broken one it says so", async () => {
    const inspect = inspectGraphs(forkProcess);
    const path = join(folder, "tiny.onnx");
    await writeFile(path, tinyGraph("in", "out"));
    expect(await inspect([path], quiet.signal)).toEqual([{ inputs: ["in"], outputs: ["out"] }]);
    await writeFile(path, tinyGraph().subarray(0, 50));
    expect((await failureOf(inspect([path], quiet.signal))).code).toBe("model-damaged");
  });

  it("makes a damaged model of a file that kills it", async () => {
    const script = await scriptOf(`process.on("message", () => process.abort());`);
    expect((await failureOf(inspectGraphs(forkProcess, script)(["any"], quiet.signal))).code).toBe("model-damaged");
  });

  it("speaks through the parent port where there is one, as under Electron", async () => {
    const path = join(folder, "utility.mjs");
    const worker = JSON.stringify(speechWorkerScript.href);
    // Stands for utilityProcess: messages come wrapped in { data }, and go out through postMessage.
    const port = `{
      postMessage: (message) => process.send(message),
      on: (event, listener) => process.on("message", (data) => listener({ data })),
    }`;
    await writeFile(path, `process.parentPort = ${port};\nawait import(${worker});\n`);
    const graph = join(folder, "tiny.onnx");
    await writeFile(graph, tinyGraph("in", "out"));
    const inspect = inspectGraphs(forkProcess, pathToFileURL(path));
    expect(await inspect([graph], quiet.signal)).toEqual([{ inputs: ["in"], outputs: ["out"] }]);
  });

  it("says that a recording's decoded sound is gone", async () => {
    engine = createLocalSpeechEngine({ startProcess: forkProcess, models: { resolveAll: async () => nothingInstalled } });
    const heard: Diarization = { method: "channel", voices: [], segments: [], exclusive: [], shortfalls: [], models: [] };
    expect((await failureOf(engine.recognise(audio, heard, defaultSpeechOptions, quiet))).code).toBe("file-missing");
  });
});

describe("tryExecutionProviders", () => {
  it("runs the tiny graph on the processor, and tells honestly of the others", async () => {
    const trials = await tryExecutionProviders(forkProcess);
    expect(trials.find((trial) => trial.provider === "cpu")).toMatchObject({ bundled: true, ran: true, reason: null });
    for (const trial of trials) {
      expect(trial.ran).toBe(trial.reason === null);
      expect(trial.ran).toBe(trial.ms !== null);
    }
  });

  it("survives a provider that aborts, and one that hangs", async () => {
    const script = await scriptOf(`
      const list = ["good", "aborts", "hangs"].map((name) => ({ name, bundled: true }));
      process.on("message", ({ id, provider }) => {
        if (provider === "aborts") process.abort();
        if (provider === "hangs") for (;;) Math.sqrt(2);
        send({ kind: "result", id, value: provider === null ? list : null });
      });
    `);
    const trials = await tryExecutionProviders(forkProcess, { script, timeoutMs: 5_000 });
    expect(trials.map(({ provider, ran }) => [provider, ran])).toEqual([
      ["good", true],
      ["aborts", false],
      ["hangs", false],
    ]);
  });
});
