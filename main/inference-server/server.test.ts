import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EarmarkError } from "../../app/contract/errors.ts";
import type { Transcript } from "../../app/conversation/conversation.ts";
import { type DecodedAudio, type Diarization, defaultSpeechOptions } from "../../app/conversation/speech.ts";
import { decodedTone } from "../../e2e/aws/demo-recording.ts";
import { findFfmpeg } from "../backend/media/ffmpeg.ts";
import { sha256Of } from "../backend/speech/sagemaker/bucket.ts";
import { wavHeader } from "../backend/speech/sagemaker/encode-sound.ts";
import { hearingAnswerSchema, hearingSchemaName, type SoundSource } from "../backend/speech/sagemaker/hearing-contract.ts";
import { createRequestHearer, type RequestHearer } from "./hear-request.ts";
import { createInferenceServer, type InferenceServer } from "./server.ts";

const diarization: Diarization = {
  method: "neural",
  voices: [{ channel: null }],
  segments: [],
  exclusive: [],
  shortfalls: [],
  models: [],
};
const transcript: Transcript = {
  durationMs: 1_000,
  language: null,
  participants: [],
  turns: [],
  shortfalls: [],
  provenance: { engine: "earmark", models: [], executionProvider: "cpu" },
};
const hearing = { diarization, transcript, models: [], engine: { name: "earmark", version: "1", executionProvider: "cpu" } };

function requestOf(source: SoundSource): Record<string, unknown> {
  return { schema: hearingSchemaName, version: 1, audio: { kind: "recording", source }, options: defaultSpeechOptions };
}
const aRequest = requestOf({ kind: "inline", base64: "AAAA" });

let running: InferenceServer | undefined;
let failures: string[] = [];

async function start(hear: RequestHearer, ready = true): Promise<string> {
  running = createInferenceServer({
    hear,
    readiness: () => ({ ready, reason: ready ? "" : "Loading.", models: ready ? ["demo-voice"] : [] }),
    mostBytes: 10_000,
    onFailure: ({ code }) => void failures.push(code),
  });
  const { server } = running;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function invoke(url: string, body: unknown, type = "application/json") {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(`${url}/invocations`, { method: "POST", headers: { "content-type": type }, body: text });
  expect(response.headers.get("content-length")).not.toBeNull();
  const answer = hearingAnswerSchema.parse(await response.json());
  return { status: response.status, code: "failure" in answer ? answer.failure.code : "heard", answer };
}

beforeEach(() => {
  failures = [];
});
afterEach(async () => {
  await running?.close(1_000);
});

describe("the inference server", () => {
  it("is well when its models are loaded, and not before", async () => {
    const url = await start(async () => hearing);
    const well = await fetch(`${url}/ping`);
    expect([well.status, await well.json()]).toEqual([200, { ready: true, reason: "", models: ["demo-voice"] }]);
    await running?.close(0);
    const loading = await start(async () => hearing, false);
    expect((await fetch(`${loading}/ping`)).status).toBe(503);
    expect(await invoke(loading, aRequest)).toMatchObject({ status: 503 });
  });

  it("answers what it is asked, and says what it does not understand", async () => {
    const url = await start(async (request) => {
      expect(request.options).toEqual(defaultSpeechOptions);
      return hearing;
    });
    expect((await invoke(url, aRequest)).answer).toEqual({ schema: hearingSchemaName, version: 1, hearing });
    expect(await invoke(url, aRequest, "audio/wav")).toMatchObject({ status: 415, code: "input-invalid" });
    expect(await invoke(url, "{")).toMatchObject({ status: 400, code: "input-invalid" });
    expect(await invoke(url, { ...aRequest, version: 2 })).toMatchObject({ status: 400, code: "input-invalid" });
    expect(await invoke(url, requestOf({ kind: "s3", uri: "file:///etc/passwd" }))).toMatchObject({ status: 400 });
    expect(await invoke(url, requestOf({ kind: "inline", base64: "A".repeat(20_000) }))).toMatchObject({
      code: "file-too-large",
    });
    expect((await fetch(`${url}/else`)).status).toBe(404);
    expect((await fetch(`${url}/invocations`)).status).toBe(404);
  });

  it("makes a status of what may pass, and an answer of what would come again", async () => {
    let code: EarmarkError["code"] = "engine-crashed";
    const url = await start(() => Promise.reject(new EarmarkError(code, "So it is.")));
    expect(await invoke(url, aRequest)).toMatchObject({ status: 500, code: "engine-crashed" });
    code = "media-no-audio";
    expect(await invoke(url, aRequest)).toMatchObject({ status: 200, code: "media-no-audio" });
    expect(failures).toEqual(["engine-crashed", "media-no-audio"]);
  });

  it("hears one recording at a time", async () => {
    let letGo = (): void => undefined;
    const url = await start(async () => {
      await new Promise<void>((resolve) => {
        letGo = resolve;
      });
      return hearing;
    });
    const first = invoke(url, aRequest);
    await expect.poll(async () => (await invoke(url, aRequest)).status).toBe(429);
    letGo();
    expect((await first).status).toBe(200);
  });

  it("ends a request whose sender is gone", async () => {
    let ended = false;
    const url = await start(async (_request, signal) => {
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      ended = true;
      throw new EarmarkError("cancelled", "Cancelled.");
    });
    const sent = httpRequest(`${url}/invocations`, { method: "POST", headers: { "content-type": "application/json" } });
    sent.on("error", () => undefined);
    sent.end(JSON.stringify(aRequest));
    setTimeout(() => sent.destroy(), 100);
    await expect.poll(() => ended).toBe(true);
  });

  it("finishes what it is at before it ends, and ends what takes too long", async () => {
    const url = await start(async () => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      return hearing;
    });
    const work = invoke(url, aRequest);
    await new Promise((resolve) => setTimeout(resolve, 80));
    await running?.close(5_000);
    expect((await work).status).toBe(200);
    await expect(fetch(`${url}/ping`)).rejects.toThrow();

    const stubborn = await start(async (_request, signal) => {
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      throw new EarmarkError("cancelled", "Cancelled.");
    });
    const hopeless = invoke(stubborn, aRequest);
    await new Promise((resolve) => setTimeout(resolve, 80));
    await running?.close(20);
    expect(await hopeless).toMatchObject({ status: 500, code: "cancelled" });
  });
});

describe("hearing a request", () => {
  let folder = "";
  const heard: DecodedAudio[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "earmark-hearing-"));
    heard.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function hearer(objects: Readonly<Record<string, Buffer>> = {}): Promise<RequestHearer> {
    return createRequestHearer({
      engine: {
        diarize: async () => diarization,
        recognise: async (audio) => {
          heard.push(audio);
          return transcript;
        },
      },
      ffmpeg: await findFfmpeg(),
      fetchObject: async (uri, path) => writeFile(path, objects[uri] ?? Buffer.alloc(0)),
      workFolder: join(folder, "work"),
      version: "1",
    });
  }
  const { signal } = new AbortController();
  const base = { schema: hearingSchemaName, version: 1, options: defaultSpeechOptions } as const;

  it("takes a recording as it is, from the request or from S3, and leaves nothing behind", async () => {
    const tone = await decodedTone(folder);
    const { readFile } = await import("node:fs/promises");
    const samples = await readFile(tone.channels[0]?.path ?? "");
    const wav = Buffer.concat([wavHeader(16_000), samples]);
    const hear = await hearer({ "s3://calls/a.wav": wav });
    const inline = { kind: "inline", base64: wav.toString("base64"), sha256: sha256Of(wav) } as const;
    expect(await hear({ ...base, audio: { kind: "recording", source: inline } }, signal)).toEqual(hearing);
    await hear({ ...base, audio: { kind: "recording", source: { kind: "s3", uri: "s3://calls/a.wav" } } }, signal);
    expect(heard.map(({ durationMs, layout }) => [durationMs, layout])).toEqual([
      [1_000, "mono"],
      [1_000, "mono"],
    ]);
    expect(await readdir(join(folder, "work"))).toEqual([]);
  });

  it("refuses sound that is not what was sent, and what is no sound", async () => {
    const hear = await hearer();
    const source = { kind: "inline", base64: "AAAA", sha256: "0".repeat(64) } as const;
    await expect(hear({ ...base, audio: { kind: "recording", source } }, signal)).rejects.toMatchObject({
      code: "file-unreadable",
    });
    const nothing = { kind: "inline", base64: "AAAA" } as const;
    await expect(hear({ ...base, audio: { kind: "recording", source: nothing } }, signal)).rejects.toBeInstanceOf(EarmarkError);
    expect(await readdir(join(folder, "work"))).toEqual([]);
  });
});
