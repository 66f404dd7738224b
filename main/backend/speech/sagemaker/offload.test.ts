import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CallInput, CallName, CallOutput } from "../../../../app/contract/api.ts";
import { EarmarkError } from "../../../../app/contract/errors.ts";
import { answer, unpack } from "../../../../app/contract/transport.ts";
import { type JobView, settingsSchema } from "../../../../app/contract/views.ts";
import { defaultSpeechOptions } from "../../../../app/conversation/speech.ts";
import type { SpeechEngine } from "../../../../app/ports.ts";
import { decodedTone } from "../../../../e2e/aws/demo-recording.ts";
import { type S3Double, startS3Double } from "../../../../e2e/aws/s3-double.ts";
import { type SageMakerDouble, startSageMakerDouble } from "../../../../e2e/aws/sagemaker-double.ts";
import { type Backend, openBackend } from "../../backend.ts";
import { forkProcess } from "../start-process.ts";
import { wavHeader } from "./encode-sound.ts";
import { toAnswer } from "./hearing-contract.ts";
import { createPassingMemory } from "./invocation-memory.ts";
import { createChoosingEngine, destinationsOf, endpointOf, offloadFingerprint } from "./offload.ts";
import { openOffloadMemory, soundWaiting } from "./offload-memory.ts";

/* A whole Earmark whose recordings are heard behind SageMaker: settings in, a conversation and an egress record out. */

let folder = "";
let backend: Backend;
let s3: S3Double;
let sageMaker: SageMakerDouble;
const before = { ...process.env };

async function call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
  return unpack(await answer(backend.handlers, name, input)) as CallOutput<N>;
}

async function settled(conversationId: string): Promise<JobView> {
  for (;;) {
    const { job } = await call("conversation.get", { id: conversationId });
    if (job !== null && ["done", "failed"].includes(job.state)) return job;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

async function imported(): Promise<string> {
  const tone = await decodedTone(folder);
  const path = join(folder, "call.wav");
  await writeFile(path, Buffer.concat([wavHeader(16_000), await readFile(tone.channels[0]?.path ?? "")]));
  const { results } = await call("import.begin", { sources: [{ kind: "path", path }] });
  return results[0]?.conversationId ?? "";
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark-offload-"));
  s3 = await startS3Double(["calls"]);
  sageMaker = await startSageMakerDouble(s3, "calls");
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY: "person" });
  backend = await openBackend({
    libraryPath: join(folder, "library"),
    modelFolders: [],
    resourcesPath: join(folder, "resources"),
    version: "0.0.0-test",
    startProcess: forkProcess,
  });
});
afterEach(async () => {
  await backend.close();
  await sageMaker.close();
  await s3.close();
  process.env = { ...before };
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

async function setOffload(more: object): Promise<void> {
  const { offload } = settingsSchema.parse({
    offload: { use: "sagemaker", bucket: "calls", region: "eu-central-1", runtimeUrl: sageMaker.url, s3Url: s3.url, ...more },
  });
  await call("settings.set", { offload });
}

describe("hearing elsewhere", () => {
  it("is done by settings alone, and every object that leaves is on record with its conversation", async () => {
    const word = { id: "w0", text: "Hello.", startMs: 100, endMs: 500, confidence: 0.9 };
    const speech = [{ startMs: 0, endMs: 900, voice: 0, confidence: 0.9 }];
    const hearing = {
      diarization: {
        method: "neural",
        voices: [{ channel: null }],
        segments: speech,
        exclusive: speech,
        shortfalls: [],
        models: [],
      } as const,
      transcript: {
        durationMs: 1_000,
        language: "en",
        participants: [{ id: "p0", role: "other", roleConfidence: null, name: null, channel: null } as const],
        turns: [
          { id: "t0", participantId: "p0", startMs: 100, endMs: 500, text: "Hello.", words: [word], speakerConfidence: 0.9 },
        ],
        shortfalls: [],
        provenance: { engine: "earmark", models: [], executionProvider: "cuda" },
      },
      models: [],
      engine: { name: "earmark", version: "1", executionProvider: "cuda" },
    };
    const body = Buffer.from(JSON.stringify(toAnswer({ hearing: structuredClone(hearing) as never })));
    sageMaker.endpoints.set("earmark", async () => ({ status: 200, body }));
    await setOffload({ endpoint: "earmark", mode: "real-time" });
    const id = await imported();
    expect((await settled(id)).failure).toBeNull();
    const { conversation } = await call("conversation.get", { id });
    expect(conversation.turns.map((turn) => turn.text)).toEqual(["Hello."]);
    expect(conversation.provenance?.executionProvider).toBe("cuda");
    expect(sageMaker.seen).toHaveLength(1);
    const records = (await readFile(join(folder, "library", "egress.jsonl"), "utf8")).trim().split("\n");
    expect(records.map((line): unknown => JSON.parse(line))).toEqual([
      expect.objectContaining({
        operation: "InvokeEndpoint",
        destination: "earmark",
        conversationId: id,
        bytes: sageMaker.seen[0]?.bytes,
      }),
    ]);
    const derived = await readdir(join(folder, "library", "derived"), { recursive: true });
    expect(derived.filter((name) => name.includes(".send"))).toEqual([]);
  });

  it("is done for an import that asks for it, and said of the conversation", async () => {
    await setOffload({ use: "local", endpoint: "" });
    const here = await call("engine.plan", {});
    expect(here).toMatchObject({
      preference: "local",
      place: "local",
      reason: "setting",
      endpointReady: false,
      destinations: [],
    });
    // Asked for, and no endpoint is there: it is not heard here instead.
    const tone = await decodedTone(folder);
    const path = join(folder, "asked.wav");
    await writeFile(path, Buffer.concat([wavHeader(16_000), await readFile(tone.channels[0]?.path ?? "")]));
    const { results } = await call("import.begin", { sources: [{ kind: "path", path }], engine: "sagemaker" });
    const id = results[0]?.conversationId ?? "";
    expect((await settled(id)).failure?.code).toBe("aws-not-found");
    expect(await call("conversation.egress", { id })).toEqual({ records: [] });

    sageMaker.endpoints.set("earmark", async () => ({ status: 500, body: Buffer.from("No.") }));
    await setOffload({ use: "local", endpoint: "earmark", mode: "real-time", pricePerHour: 2 });
    expect(await call("engine.plan", { preference: "sagemaker" })).toMatchObject({
      place: "sagemaker",
      reason: "import",
      destinations: ["earmark", "s3://calls/earmark/"],
      // An hour of sound, 0.15 of it on the instance, at two dollars.
      remoteHour: { workMs: 540_000, cost: 0.3, measured: false },
    });
    await call("queue.retry", { id: (await settled(id)).id });
    await expect.poll(() => sageMaker.seen.length).toBeGreaterThan(0);
    await settled(id);
    const { records } = await call("conversation.egress", { id });
    expect(records[0]).toMatchObject({ operation: "InvokeEndpoint", destination: "earmark", bytes: sageMaker.seen[0]?.bytes });
    await expect(call("conversation.egress", { id: "nobody" })).rejects.toMatchObject({ code: "not-found" });
  });

  it("does not fall back to this machine unawares", async () => {
    await setOffload({ endpoint: "" });
    const id = await imported();
    expect((await settled(id)).failure?.code).toBe("aws-not-found");
    expect([...s3.seen, ...sageMaker.seen]).toEqual([]);
  });
});

describe("hearing by rule", () => {
  it("sends a recording away when much waits, keeps to that until it is heard, also after a restart, and measures it", async () => {
    const { offload } = settingsSchema.parse({
      offload: { use: "auto", endpoint: "earmark", mode: "real-time", backlogMinutes: 10 },
    });
    const path = join(folder, "engine.json");
    let waitingMs = 0;
    const heard: string[] = [];
    const local: SpeechEngine = {
      diarize: (_audio, speech) => {
        heard.push(`local ${"engine" in speech}`);
        return Promise.reject(new EarmarkError("cancelled", "Only asked."));
      },
      recognise: () => Promise.reject(new EarmarkError("cancelled", "Only asked.")),
      close: () => Promise.resolve(),
    };
    const choosing = async () =>
      createChoosingEngine({
        local,
        settings: () => offload,
        ffmpeg: () => Promise.reject(new EarmarkError("ffmpeg-missing", "None.")),
        memory: createPassingMemory(),
        choices: await openOffloadMemory(path),
        onEgress: () => undefined,
        conversationOf: () => "c1",
        backlogMs: () => waitingMs,
        accelerated: () => true,
      });
    const first = await choosing();
    expect(first.choiceOf("c1", null)).toEqual({ place: "local", reason: "short-queue-and-accelerated" });
    const tone = await decodedTone(folder, "ruled");
    const attention = { signal: new AbortController().signal, onProgress: () => undefined };
    await expect(first.diarize(tone, { ...defaultSpeechOptions, engine: "auto" }, attention)).rejects.toMatchObject({
      code: "cancelled",
    });
    // What was asked of the choice is not the engine's concern.
    expect(heard).toEqual(["local false"]);
    waitingMs = 10 * 60_000 + 1;
    expect(first.choiceOf("c2", null)).toEqual({ place: "sagemaker", reason: "long-queue" });
    expect(await first.fingerprint("c2", null)).toEqual(offloadFingerprint(offload));
    waitingMs = 0;
    expect(first.choiceOf("c2", null).place).toBe("sagemaker");
    // A person's word counts at once.
    expect(first.choiceOf("c2", "local").place).toBe("local");
    await first.close();
    const second = await choosing();
    expect(second.choiceOf("c2", null).place).toBe("sagemaker");
    await second.close();
    const memory = await openOffloadMemory(path);
    await memory.heard(20_000, 100_000);
    await memory.settle("c2");
    const later = await openOffloadMemory(path);
    expect([later.chosen("c2"), later.pace()]).toEqual([null, { workMs: 20_000, soundMs: 100_000 }]);
  });

  it("counts the sound that this machine has yet to hear", () => {
    const job = (conversationId: string, state: string) => ({ conversationId, stages: [{ name: "recognise", state }] });
    const jobs = [job("a", "running"), job("b", "waiting"), job("c", "done"), job("d", "waiting"), job("e", "waiting")];
    const durations: Record<string, number> = { a: 1, b: 10, c: 100, d: 1_000 };
    const waiting = soundWaiting(
      { conversations: { get: (id: string) => ({ durationMs: durations[id] ?? null }) } } as never,
      { list: () => jobs as never },
      { chosen: (id) => (id === "d" ? { place: "sagemaker", reason: "long-queue" } : null) },
      "b",
    );
    expect(waiting).toBe(1);
  });
});

describe("the settings of hearing elsewhere", () => {
  it("name an endpoint, and change what a result depends on", () => {
    const { offload } = settingsSchema.parse({});
    expect([endpointOf(offload), destinationsOf(offload)]).toEqual([null, []]);
    const own = { ...offload, use: "sagemaker", endpoint: "calls" } as const;
    expect(endpointOf(own)).toEqual({ contract: "earmark", name: "calls", mode: "asynchronous" });
    expect(offloadFingerprint(own)).not.toEqual(offloadFingerprint({ ...own, endpoint: "other" }));
    const sample = { ...own, contract: "conversation-intelligence", diarizationEndpoint: "d" } as const;
    expect(endpointOf(sample)).toBeNull();
    expect(endpointOf({ ...sample, transcriptionEndpoint: "t" })).toMatchObject({ diarization: "d", transcription: "t" });
    expect(destinationsOf({ ...own, bucket: "kept-calls" })).toEqual(["calls", "s3://kept-calls/earmark/"]);
    expect(settingsSchema.safeParse({ offload: { region: "nowhere" } }).success).toBe(false);
  });
});
