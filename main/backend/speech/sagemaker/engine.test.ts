import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { EarmarkError } from "../../../../app/contract/errors.ts";
import type { Transcript } from "../../../../app/conversation/conversation.ts";
import { type DecodedAudio, type Diarization, defaultSpeechOptions } from "../../../../app/conversation/speech.ts";
import { decodedTone } from "../../../../e2e/aws/demo-recording.ts";
import { type S3Double, startS3Double } from "../../../../e2e/aws/s3-double.ts";
import { type Container, type SageMakerDouble, startSageMakerDouble } from "../../../../e2e/aws/sagemaker-double.ts";
import { findFfmpeg } from "../../media/ffmpeg.ts";
import type { EgressRecord } from "./egress.ts";
import { createSageMakerSpeechEngine, type SageMakerSpeechEngine, type SageMakerSpeechOptions } from "./engine.ts";
import { type HearingRequest, hearingRequestSchema, toAnswer } from "./hearing-contract.ts";
import { hearingKey } from "./hearing-key.ts";
import { createFolderMemory } from "./invocation-memory.ts";
import { defaultWaits } from "./remote-calls.ts";

/* The way to Earmark's container and back when things go wrong on it: the real SDK, real sockets, a container told what to say. */

const speech = [{ startMs: 0, endMs: 900, voice: 0, confidence: 0.9 }];
const diarization: Diarization = {
  method: "neural",
  voices: [{ channel: null }],
  segments: speech,
  exclusive: speech,
  shortfalls: [],
  models: [],
};
const transcript: Transcript = {
  durationMs: 1_000,
  language: "en",
  participants: [{ id: "p0", role: "other", roleConfidence: null, name: null, channel: null }],
  turns: [],
  shortfalls: [],
  provenance: null,
};
const hearing = { diarization, transcript, models: [], engine: { name: "earmark", version: "1", executionProvider: "cpu" } };
const json = (status: number, value: unknown) => ({ status, body: Buffer.from(JSON.stringify(value)) });
const hears: Container = async () => json(200, toAnswer({ hearing }));

const ffmpeg = findFfmpeg();
let folder = "";
let s3: S3Double;
let sageMaker: SageMakerDouble;
let egress: EgressRecord[] = [];
let asked: HearingRequest[] = [];
let open: SageMakerSpeechEngine[] = [];
let audio: DecodedAudio;
const quiet = { signal: new AbortController().signal, onProgress: (): void => undefined };

function engine(more: Partial<SageMakerSpeechOptions> = {}, mode: "real-time" | "asynchronous" = "asynchronous") {
  const made = createSageMakerSpeechEngine({
    endpoint: { contract: "earmark", name: "earmark", mode },
    connection: {
      profile: null,
      region: "eu-central-1",
      runtimeUrl: sageMaker.url,
      s3Url: s3.url,
      credentials: async () => ({ accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "person" }),
    },
    bucket: "calls",
    ffmpeg: () => ffmpeg,
    memory: createFolderMemory(join(folder, "memory")),
    onEgress: (record) => void egress.push(record),
    conversationOf: () => "c1",
    waits: {
      rule: { attempts: 4, firstMs: 5, longestMs: 20 },
      firstPollMs: 10,
      longestPollMs: 40,
      answerMs: 4_000,
      regretMs: 50,
    },
    ...more,
  });
  open.push(made);
  return made;
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

const kept = () => [...s3.objects.keys()];
const remembered = () => readdir(join(folder, "memory")).catch(() => []);
const nothingLeft = () =>
  expect.poll(async () => [...kept(), ...(await remembered())], { timeout: 3_000, interval: 20 }).toEqual([]);

beforeAll(async () => {
  s3 = await startS3Double(["calls", "answers"]);
  sageMaker = await startSageMakerDouble(s3, "answers");
});
afterAll(async () => {
  await sageMaker.close();
  await s3.close();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark-sagemaker-"));
  audio = await decodedTone(folder);
  s3.objects.clear();
  s3.seen.length = 0;
  sageMaker.seen.length = 0;
  s3.refuse = () => null;
  sageMaker.refuse = () => null;
  sageMaker.hold = () => Promise.resolve();
  sageMaker.keepsFailures = true;
  egress = [];
  asked = [];
  sageMaker.endpoints.set("earmark", async (body, type) => {
    asked.push(hearingRequestSchema.parse(JSON.parse(body.toString("utf8"))));
    return hears(body, type);
  });
});
afterEach(async () => {
  await Promise.all(open.map((one) => one.close()));
  open = [];
  await rm(folder, { recursive: true, force: true });
});

describe("an asynchronous endpoint", () => {
  it("hears with one request, and everything that left is recorded and removed again", async () => {
    const made = engine({ encryption: { kind: "kms", keyId: "alias/calls" }, expectedOwner: "111122223333" });
    expect(await made.diarize(audio, defaultSpeechOptions, quiet)).toEqual(diarization);
    // The answer lies ready for the second question; what was sent is gone.
    expect(kept()).toEqual([expect.stringMatching(/^answers\/async-output\//u)]);
    expect(await made.recognise(audio, diarization, defaultSpeechOptions, quiet)).toEqual(transcript);
    await nothingLeft();

    expect(sageMaker.seen).toHaveLength(1);
    expect(asked[0]?.audio).toMatchObject({ kind: "channels", layout: "mono", durationMs: 1_000 });
    const puts = s3.seen.filter((request) => request.method === "PUT");
    expect(puts).toHaveLength(2);
    for (const { headers } of puts) {
      expect(headers).toMatchObject({
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": "alias/calls",
        "x-amz-expected-bucket-owner": "111122223333",
        "x-amz-checksum-sha256": expect.stringMatching(/=$/u),
      });
    }
    expect(egress.map(({ service, operation }) => `${service} ${operation}`)).toEqual([
      "s3 PutObject",
      "s3 PutObject",
      "sagemaker-runtime InvokeEndpointAsync",
      "s3 DeleteObject",
      "s3 DeleteObject",
      "s3 DeleteObject",
      "s3 DeleteObject",
    ]);
    expect(egress[0]).toMatchObject({
      conversationId: "c1",
      region: "eu-central-1",
      bytes: puts[0]?.bytes,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/u),
      destination: expect.stringMatching(/^s3:\/\/calls\/earmark\/[0-9a-f-]{36}\/channel-0\.wav$/u),
    });
    expect((await readdir(folder)).filter((name) => name.startsWith(".send"))).toEqual([]);
  });

  it("sends nothing that could not be recorded", async () => {
    const made = engine({ onEgress: () => Promise.reject(new EarmarkError("disk-full", "Full.")) });
    expect((await failureOf(made.diarize(audio, defaultSpeechOptions, quiet))).code).toBe("disk-full");
    expect([...s3.seen, ...sageMaker.seen]).toEqual([]);
  });

  it("bears throttling, errors of the service and a slow answer", async () => {
    let refusals = 0;
    s3.refuse = ({ method }) => {
      refusals += 1;
      if (refusals === 1) return { status: 503, code: "SlowDown" };
      return refusals === 3 && method === "PUT" ? { status: 500, code: "InternalError" } : null;
    };
    let invocations = 0;
    sageMaker.refuse = () => {
      invocations += 1;
      return invocations < 3 ? { status: 400, name: "ThrottlingException" } : null;
    };
    sageMaker.hold = () => new Promise((resolve) => setTimeout(resolve, 150));
    const shares: number[] = [];
    const attention = { ...quiet, onProgress: (share: number) => void shares.push(share) };
    expect(await engine().diarize(audio, defaultSpeechOptions, attention)).toEqual(diarization);
    expect(invocations).toBe(3);
    expect(shares.at(-1)).toBe(1);
    expect(shares.toSorted((a, b) => a - b)).toEqual(shares);
    // However many attempts it took, each thing is recorded once.
    expect(egress.filter((record) => record.operation === "PutObject")).toHaveLength(2);
  });

  it.each([
    ["ThrottlingException", 400, "aws-throttled"],
    ["InternalFailure", 500, "aws-unreachable"],
    ["ServiceUnavailable", 503, "aws-throttled"],
    ["ExpiredTokenException", 403, "aws-credentials-missing"],
    ["UnrecognizedClientException", 403, "aws-credentials-missing"],
    ["AccessDeniedException", 403, "aws-denied"],
  ])("ends with a code of ours when SageMaker says %s (%i)", async (name, status, code) => {
    sageMaker.refuse = () => ({ status, name });
    const failure = await failureOf(engine().diarize(audio, defaultSpeechOptions, quiet));
    expect([failure.code, failure.details["operation"]]).toEqual([code, "InvokeEndpointAsync"]);
    await nothingLeft();
  });

  it.each([
    ["SlowDown", 503, "aws-throttled"],
    ["ExpiredToken", 400, "aws-credentials-missing"],
    ["SignatureDoesNotMatch", 403, "aws-credentials-missing"],
    ["AccessDenied", 403, "aws-denied"],
    ["KMS.DisabledException", 400, "aws-denied"],
    ["NoSuchBucket", 404, "aws-not-found"],
  ])("ends with a code of ours when S3 says %s (%i)", async (code, status, ours) => {
    s3.refuse = ({ method }) => (method === "PUT" ? { status, code } : null);
    const failure = await failureOf(engine().diarize(audio, defaultSpeechOptions, quiet));
    expect([failure.code, failure.details["awsError"]]).toEqual([ours, code]);
    expect(sageMaker.seen).toEqual([]);
  });

  it("says that the endpoint is not there, that there are no credentials, and that nobody answers", async () => {
    const other = engine({ endpoint: { contract: "earmark", name: "gone", mode: "asynchronous" } });
    expect((await failureOf(other.diarize(audio, defaultSpeechOptions, quiet))).code).toBe("aws-not-found");
    const connection = { profile: null, region: "eu-central-1", runtimeUrl: sageMaker.url, s3Url: s3.url };
    const noCredentials = (): Promise<never> =>
      Promise.reject(
        Object.assign(new Error("Could not load credentials from any providers"), { name: "CredentialsProviderError" }),
      );
    const poor = engine({ connection: { ...connection, credentials: noCredentials } });
    egress = [];
    expect((await failureOf(poor.diarize(audio, defaultSpeechOptions, quiet))).code).toBe("aws-credentials-missing");
    expect(egress.filter((record) => record.operation !== "DeleteObject")).toEqual([]);
    const credentials = async () => ({ accessKeyId: "a", secretAccessKey: "b" });
    const deaf = engine({ connection: { ...connection, credentials, s3Url: "http://127.0.0.1:9" } });
    expect((await failureOf(deaf.diarize(audio, defaultSpeechOptions, quiet))).code).toBe("aws-unreachable");
  });

  it("does not believe what is not in our form", async () => {
    for (const body of [
      "",
      "{",
      "<html>",
      '{"schema":"other"}',
      JSON.stringify(toAnswer({ hearing })).replace('"version":1', '"version":2'),
    ]) {
      sageMaker.endpoints.set("earmark", async () => ({ status: 200, body: Buffer.from(body) }));
      expect((await failureOf(engine().diarize(audio, defaultSpeechOptions, quiet))).code).toBe("engine-failed");
    }
    await nothingLeft();
  });

  it("passes on why the container could not hear, from its answer and from what SageMaker kept", async () => {
    const failure = { code: "engine-out-of-memory", message: 'Not "enough".', details: { rssBytes: 5 } } as const;
    sageMaker.endpoints.set("earmark", async () => json(500, toAnswer({ failure })));
    const kept500 = await failureOf(engine().diarize(audio, defaultSpeechOptions, quiet));
    expect([kept500.code, kept500.details]).toEqual(["engine-out-of-memory", { rssBytes: 5 }]);
    sageMaker.endpoints.set("earmark", async () => json(200, toAnswer({ failure: { ...failure, code: "model-unsuitable" } })));
    expect((await failureOf(engine().diarize(audio, defaultSpeechOptions, quiet))).code).toBe("model-unsuitable");
    sageMaker.endpoints.set("earmark", async () => ({ status: 502, body: Buffer.from("<html>Bad gateway</html>") }));
    const unknown = await failureOf(engine().diarize(audio, defaultSpeechOptions, quiet));
    expect([unknown.code, unknown.message]).toEqual(["engine-failed", expect.stringContaining("Bad gateway")]);
    await nothingLeft();
  });

  it("gives up an endpoint that never answers, and asks anew the next time", async () => {
    sageMaker.keepsFailures = false;
    sageMaker.endpoints.set("earmark", async () => ({ status: 500, body: Buffer.from("") }));
    const waits = { ...defaultWaits, firstPollMs: 10, longestPollMs: 20, answerMs: 120 };
    const failure = await failureOf(engine({ waits }).diarize(audio, defaultSpeechOptions, quiet));
    expect(failure.code).toBe("engine-stalled");
    sageMaker.endpoints.set("earmark", hears);
    expect(await engine().diarize(audio, defaultSpeechOptions, quiet)).toEqual(diarization);
    expect(sageMaker.seen).toHaveLength(2);
  });

  it("takes back the parts that a kill left behind", async () => {
    const place = "calls/earmark/killed/channel-0.flac";
    s3.uploads.set("u-1", { path: place, parts: new Map([[1, Buffer.from("fLaC")]]) });
    await createFolderMemory(join(folder, "memory")).remember({
      key: "a".repeat(64),
      endpoint: "earmark",
      inferenceId: "killed",
      startedAt: new Date(Date.now() - 90_000).toISOString(),
      uploaded: [`s3://${place}`],
      multipart: [{ uri: `s3://${place}`, uploadId: "u-1" }],
      written: [],
      outputLocation: null,
      failureLocation: null,
      answered: false,
      abandoned: false,
    });
    expect(await engine().tidy(60_000, quiet.signal)).toBe(1);
    expect(s3.uploads.size).toBe(0);
  });

  it("is cancelled at once while it waits, and removes what it had sent", async () => {
    let letGo = (): void => undefined;
    sageMaker.hold = () =>
      new Promise((resolve) => {
        letGo = resolve;
      });
    const controller = new AbortController();
    const work = failureOf(engine().diarize(audio, defaultSpeechOptions, { ...quiet, signal: controller.signal }));
    await expect.poll(() => sageMaker.seen.length).toBe(1);
    await expect.poll(() => s3.seen.some((request) => request.method === "GET")).toBe(true);
    const started = performance.now();
    controller.abort();
    expect((await work).code).toBe("cancelled");
    expect(performance.now() - started).toBeLessThan(200);
    await expect.poll(() => kept()).toEqual([]);
    letGo();
  });

  it("is cancelled at once when S3 hangs, and while it waits for its turn", async () => {
    s3.refuse = ({ method }) => (method === "PUT" ? "hang" : null);
    const controller = new AbortController();
    const attention = { ...quiet, signal: controller.signal };
    const made = engine({ concurrency: 1 });
    const other = await decodedTone(folder, "other", 2);
    const both = [
      failureOf(made.diarize(audio, defaultSpeechOptions, attention)),
      failureOf(made.diarize(other, defaultSpeechOptions, attention)),
    ];
    await expect.poll(() => s3.seen.length).toBe(1);
    const started = performance.now();
    controller.abort();
    expect((await Promise.all(both)).map(({ code }) => code)).toEqual(["cancelled", "cancelled"]);
    expect(performance.now() - started).toBeLessThan(500);
    expect(s3.seen.filter((request) => request.method === "PUT")).toHaveLength(1);
  });

  it("goes on after a restart with what it had sent, and does not send it again", async () => {
    let letGo = (): void => undefined;
    sageMaker.hold = () =>
      new Promise((resolve) => {
        letGo = resolve;
      });
    const controller = new AbortController();
    const first = engine();
    const work = failureOf(first.diarize(audio, defaultSpeechOptions, { ...quiet, signal: controller.signal }));
    await expect.poll(() => s3.seen.some((request) => request.method === "GET")).toBe(true);
    // Earmark closes: the work is stopped, then the engine ended.
    controller.abort();
    expect((await work).code).toBe("cancelled");
    await first.close();
    letGo();
    const second = engine();
    expect(await second.diarize(audio, defaultSpeechOptions, quiet)).toEqual(diarization);
    await second.close();
    // Closed between the two questions: the answer is read again from where it lies.
    const third = engine();
    expect(await third.recognise(audio, diarization, defaultSpeechOptions, quiet)).toEqual(transcript);
    await nothingLeft();
    expect(sageMaker.seen).toHaveLength(1);
    expect(asked).toHaveLength(1);
  });

  it("removes what a kill in the middle of sending left, and sends anew", async () => {
    const how = ["earmark", "1", "asynchronous", "earmark"];
    const key = await hearingKey(how, audio, defaultSpeechOptions, null, quiet.signal);
    const half = "calls/earmark/half-sent/channel-0.wav";
    s3.objects.set(half, Buffer.from("RIFF"));
    await createFolderMemory(join(folder, "memory")).remember({
      key,
      endpoint: "earmark",
      inferenceId: "half-sent",
      startedAt: new Date().toISOString(),
      uploaded: [`s3://${half}`],
      multipart: [],
      written: [],
      outputLocation: null,
      failureLocation: null,
      answered: false,
      abandoned: false,
    });
    expect(await engine().diarize(audio, defaultSpeechOptions, quiet)).toEqual(diarization);
    await expect.poll(() => s3.objects.has(half)).toBe(false);
    expect(sageMaker.seen).toHaveLength(1);
  });

  it("asks again about another account of who spoke when, and sends that along", async () => {
    const made = engine();
    await made.diarize(audio, defaultSpeechOptions, quiet);
    const other: Diarization = { ...diarization, segments: [], exclusive: [] };
    await made.recognise(audio, other, defaultSpeechOptions, quiet);
    expect(asked.map((request) => request.diarization)).toEqual([undefined, other]);
  });

  it("tidies what was never asked for again", async () => {
    const made = engine();
    await made.diarize(audio, defaultSpeechOptions, quiet);
    await made.close();
    await writeFile(join(folder, "memory", "noise.json"), "{");
    const later = engine({ clock: { now: () => Date.now() + 90_000 } });
    expect(await later.tidy(100_000, quiet.signal)).toBe(0);
    expect(kept()).toHaveLength(1);
    expect(await later.tidy(60_000, quiet.signal)).toBe(1);
    expect(kept()).toEqual([]);
    expect(await remembered()).toEqual(["noise.json"]);
  });
});

describe("a real-time endpoint", () => {
  it("hears with one request, without S3 when it is small", async () => {
    const made = engine({ bucket: null }, "real-time");
    expect(await made.diarize(audio, defaultSpeechOptions, quiet)).toEqual(diarization);
    expect(await made.recognise(audio, diarization, defaultSpeechOptions, quiet)).toEqual(transcript);
    expect(s3.seen).toEqual([]);
    expect(sageMaker.seen.map(({ mode }) => mode)).toEqual(["real-time"]);
    expect(egress).toEqual([expect.objectContaining({ operation: "InvokeEndpoint", bytes: sageMaker.seen[0]?.bytes })]);
  });

  it("comes back when the container is busy, and passes on its failures", async () => {
    let times = 0;
    const busy = { code: "conflict", message: "Busy.", details: {} } as const;
    sageMaker.endpoints.set("earmark", async (body, type) => {
      times += 1;
      return times < 3 ? json(429, toAnswer({ failure: busy })) : hears(body, type);
    });
    expect(await engine({}, "real-time").diarize(audio, defaultSpeechOptions, quiet)).toEqual(diarization);
    const crashed = { code: "engine-crashed", message: "Gone.", details: {} } as const;
    sageMaker.endpoints.set("earmark", async () => json(500, toAnswer({ failure: crashed })));
    expect((await failureOf(engine({}, "real-time").diarize(audio, defaultSpeechOptions, quiet))).code).toBe("engine-crashed");
  });

  it("sends by way of S3 what is too large for a request, and says so where there is no bucket", async () => {
    const bytes = randomBytes(4_480_000);
    const path = join(folder, "noise.s16");
    await writeFile(path, bytes);
    const channels = [{ path, samples: bytes.length / 2, rmsDb: -5 }];
    const noise: DecodedAudio = { ...audio, durationMs: 140_000, channels };
    await engine({}, "real-time").diarize(noise, defaultSpeechOptions, quiet);
    expect(asked[0]?.audio).toMatchObject({ channels: [{ kind: "s3" }] });
    await nothingLeft();
    const failure = await failureOf(engine({ bucket: null }, "real-time").diarize(noise, defaultSpeechOptions, quiet));
    expect(failure.code).toBe("file-too-large");
  });
});
