import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CallInput, CallName, CallOutput } from "../../../../app/contract/api.ts";
import { answer, unpack } from "../../../../app/contract/transport.ts";
import { type JobView, settingsSchema } from "../../../../app/contract/views.ts";
import { decodedTone } from "../../../../e2e/aws/demo-recording.ts";
import { type S3Double, startS3Double } from "../../../../e2e/aws/s3-double.ts";
import { type SageMakerDouble, startSageMakerDouble } from "../../../../e2e/aws/sagemaker-double.ts";
import { type Backend, openBackend } from "../../backend.ts";
import { forkProcess } from "../start-process.ts";
import { wavHeader } from "./encode-sound.ts";
import { toAnswer } from "./hearing-contract.ts";
import { endpointOf, offloadFingerprint } from "./offload.ts";

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

  it("does not fall back to this machine unawares", async () => {
    await setOffload({ endpoint: "" });
    const id = await imported();
    expect((await settled(id)).failure?.code).toBe("aws-not-found");
    expect([...s3.seen, ...sageMaker.seen]).toEqual([]);
  });
});

describe("the settings of hearing elsewhere", () => {
  it("name an endpoint, and change what a result depends on", () => {
    const { offload } = settingsSchema.parse({});
    expect([endpointOf(offload), offloadFingerprint(offload)]).toEqual([null, null]);
    const own = { ...offload, use: "sagemaker", endpoint: "calls" } as const;
    expect(endpointOf(own)).toEqual({ contract: "earmark", name: "calls", mode: "asynchronous" });
    expect(offloadFingerprint(own)).not.toEqual(offloadFingerprint({ ...own, endpoint: "other" }));
    const sample = { ...own, contract: "conversation-intelligence", diarizationEndpoint: "d" } as const;
    expect(endpointOf(sample)).toBeNull();
    expect(endpointOf({ ...sample, transcriptionEndpoint: "t" })).toMatchObject({ diarization: "d", transcription: "t" });
    expect(settingsSchema.safeParse({ offload: { region: "nowhere" } }).success).toBe(false);
  });
});
