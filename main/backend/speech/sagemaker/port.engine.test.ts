import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { transcriptSchema } from "../../../../app/conversation/conversation.ts";
import { defaultSpeechOptions, diarizationSchema } from "../../../../app/conversation/speech.ts";
import type { SpeechEngine } from "../../../../app/ports.ts";
import { decodedDemo, demoModels, demoPresent } from "../../../../e2e/aws/demo-recording.ts";
import { type InferenceContainer, startInferenceContainer } from "../../../../e2e/aws/inference-container.ts";
import { type S3Double, startS3Double } from "../../../../e2e/aws/s3-double.ts";
import { httpContainer, type SageMakerDouble, startSageMakerDouble } from "../../../../e2e/aws/sagemaker-double.ts";
import { findFfmpeg } from "../../media/ffmpeg.ts";
import { createLocalSpeechEngine, inspectGraphs } from "../client.ts";
import { createModelStore } from "../models.ts";
import { forkProcess } from "../start-process.ts";
import type { EgressRecord } from "./egress.ts";
import { createSageMakerSpeechEngine } from "./engine.ts";
import { createPassingMemory } from "./invocation-memory.ts";
import { defaultWaits } from "./remote-calls.ts";

/*
 * What every speech engine has to do, asked of all of them: the one on this machine, and the ones behind SageMaker. The
 * way to SageMaker is the real SDK over real sockets; the container is the real one, run here.
 */

let folder = "";
let s3: S3Double;
let sageMaker: SageMakerDouble;
let container: InferenceContainer;
const engines = new Map<string, SpeechEngine>();
const egress: EgressRecord[] = [];
const quiet = { signal: new AbortController().signal, onProgress: (): void => undefined };

function engineOf(name: string): SpeechEngine {
  const engine = engines.get(name);
  if (engine === undefined) throw new Error(`There is no engine ${name}.`);
  return engine;
}

it("knows whether the development models and calls are here", () => {
  expect(typeof demoPresent).toBe("boolean");
  if (!demoPresent) process.stderr.write("The development models are not here: the engines are not compared on real sound.\n");
});

describe.runIf(demoPresent)("a speech engine", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "earmark-port-"));
    s3 = await startS3Double(["calls"]);
    sageMaker = await startSageMakerDouble(s3, "calls");
    container = await startInferenceContainer(demoModels, s3.url);
    sageMaker.endpoints.set("earmark", httpContainer(container.url));
    const models = createModelStore({
      folder: join(folder, "models"),
      further: [demoModels],
      inspect: inspectGraphs(forkProcess),
    });
    engines.set("local", createLocalSpeechEngine({ startProcess: forkProcess, models }));
    for (const mode of ["real-time", "asynchronous"] as const) {
      const engine = createSageMakerSpeechEngine({
        endpoint: { contract: "earmark", name: "earmark", mode },
        connection: {
          profile: null,
          region: "eu-central-1",
          runtimeUrl: sageMaker.url,
          s3Url: s3.url,
          credentials: async () => ({ accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "person" }),
        },
        bucket: "calls",
        ffmpeg: () => findFfmpeg(),
        memory: createPassingMemory(),
        onEgress: (record) => void egress.push(record),
        waits: { ...defaultWaits, rule: { attempts: 8, firstMs: 50, longestMs: 500 }, firstPollMs: 50, longestPollMs: 200 },
      });
      engines.set(mode, engine);
    }
    await container.ready(20_000);
  });
  afterAll(async () => {
    await Promise.all([...engines.values()].map((engine) => engine.close()));
    expect(await container.close()).toBe(0);
    await sageMaker.close();
    await s3.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("hears the same word for word, here and there", async () => {
    const audio = await decodedDemo(folder, 5);
    const heard = [];
    for (const name of ["local", "real-time", "asynchronous"]) {
      const shares: number[] = [];
      const attention = { ...quiet, onProgress: (share: number) => void shares.push(share) };
      const diarization = await engineOf(name).diarize(audio, defaultSpeechOptions, attention);
      const transcript = await engineOf(name).recognise(audio, diarization, defaultSpeechOptions, attention);
      expect(diarizationSchema.parse(diarization)).toEqual(diarization);
      expect(transcriptSchema.parse(transcript)).toEqual(transcript);
      expect(shares.at(-1)).toBe(1);
      expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
      heard.push({ diarization, transcript });
    }
    const [local, ...remote] = heard;
    expect(local?.transcript.turns.flatMap((turn) => turn.words).length).toBeGreaterThan(5);
    for (const one of remote) expect(one).toEqual(local);
    // The second question was answered from the first: the container has heard once for each way.
    expect(container.log.filter((line) => line.includes('"heardMs"'))).toHaveLength(2);
    expect(container.log.join("\n")).not.toMatch(/welcome|thank|account/iu);
  });

  it.each(["local", "real-time", "asynchronous"])("%s: keeps to who is said to have spoken when", async (name) => {
    const audio = await decodedDemo(folder, 3, [0]);
    const all = { startMs: 0, endMs: 3_000, voice: 1, confidence: 0.7 };
    const diarization = diarizationSchema.parse({
      method: "neural",
      voices: [{ channel: null }, { channel: null }],
      segments: [all],
      exclusive: [all],
      shortfalls: [],
      models: [],
    });
    const transcript = await engineOf(name).recognise(audio, diarization, defaultSpeechOptions, quiet);
    expect(transcript.turns.length).toBeGreaterThan(0);
    expect(new Set(transcript.turns.map((turn) => turn.participantId))).toEqual(new Set(["p1"]));
  });

  it.each(["local", "real-time", "asynchronous"])("%s: says that the decoded sound is gone", async (name) => {
    const audio = await decodedDemo(folder, 1, [0]);
    const gone = { ...audio, channels: audio.channels.map((channel) => ({ ...channel, path: join(folder, "gone") })) };
    await expect(engineOf(name).diarize(gone, defaultSpeechOptions, quiet)).rejects.toMatchObject({ code: "file-missing" });
  });

  it.each(["local", "real-time", "asynchronous"])("%s: is cancelled within a second in the middle of its work", async (name) => {
    const audio = await decodedDemo(folder, 60);
    const controller = new AbortController();
    const work = engineOf(name).diarize(audio, defaultSpeechOptions, { ...quiet, signal: controller.signal });
    const refused = expect(work).rejects.toMatchObject({ code: "cancelled" });
    // Long enough to be on the way, or at work.
    await new Promise((resolve) => setTimeout(resolve, name === "local" ? 30 : 250));
    const started = performance.now();
    controller.abort();
    await refused;
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it("leaves nothing in the bucket, and has recorded everything that went there", async () => {
    await expect.poll(() => [...s3.objects.keys()].filter((key) => !key.includes("async-")), { timeout: 8_000 }).toEqual([]);
    const put = s3.seen.filter((request) => request.method === "PUT");
    const recorded = egress.filter((record) => record.operation === "PutObject");
    expect(put.length).toBeGreaterThan(0);
    for (const { path, bytes } of put) {
      expect(recorded).toContainEqual(expect.objectContaining({ destination: `s3://${path}`, bytes }));
    }
  });
});
