import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodedTone } from "../../../../e2e/aws/demo-recording.ts";
import { type S3Double, startS3Double } from "../../../../e2e/aws/s3-double.ts";
import { type SageMakerDouble, startSageMakerDouble } from "../../../../e2e/aws/sagemaker-double.ts";
import { wavHeader } from "./encode-sound.ts";
import { toAnswer } from "./hearing-contract.ts";

/* Earmark killed, as by a power cut, while an endpoint has its recording: the next one goes on with what was sent. */

const script = fileURLToPath(new URL("./offload-kill.test-process.ts", import.meta.url));
const word = { id: "w0", text: "Hello.", startMs: 100, endMs: 500, confidence: 0.9 };
const speech = [{ startMs: 0, endMs: 900, voice: 0, confidence: 0.9 }];
const hearing = {
  diarization: {
    method: "neural" as const,
    voices: [{ channel: null }],
    segments: speech,
    exclusive: speech,
    shortfalls: [],
    models: [],
  },
  transcript: {
    durationMs: 1_000,
    language: "en",
    participants: [{ id: "p0", role: "other" as const, roleConfidence: null, name: null, channel: null }],
    turns: [{ id: "t0", participantId: "p0", startMs: 100, endMs: 500, text: "Hello.", words: [word], speakerConfidence: 0.9 }],
    shortfalls: [],
    provenance: { engine: "earmark", models: [], executionProvider: "cuda" },
  },
  models: [],
  engine: { name: "earmark", version: "1", executionProvider: "cuda" },
};

let folder = "";
let file = "";
let s3: S3Double;
let sageMaker: SageMakerDouble;
const children = new Set<ChildProcess>();

function start(): { child: ChildProcess; ended: Promise<{ signal: string | null; out: string }> } {
  const child = spawn(process.execPath, [script, join(folder, "library"), file, sageMaker.url, s3.url], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      PATH: process.env["PATH"],
      TMPDIR: process.env["TMPDIR"],
      EARMARK_FFMPEG: process.env["EARMARK_FFMPEG"],
      AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
      AWS_SECRET_ACCESS_KEY: "person",
    },
  });
  children.add(child);
  let out = "";
  child.stdout?.on("data", (piece: Buffer) => {
    out += piece.toString("utf8");
  });
  const ended = new Promise<{ signal: string | null; out: string }>((resolve) =>
    child.once("close", (_code, signal) => resolve({ signal, out })),
  );
  return { child, ended };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark-offload-kill-"));
  s3 = await startS3Double(["calls"]);
  sageMaker = await startSageMakerDouble(s3, "calls");
  const tone = await decodedTone(folder);
  file = join(folder, "call.wav");
  await writeFile(file, Buffer.concat([wavHeader(16_000), await readFile(tone.channels[0]?.path ?? "")]));
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await sageMaker.close();
  await s3.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

describe("Earmark killed between sending a recording and its answer", () => {
  it("goes on with what it had sent, hears once, and leaves nothing in the bucket", async () => {
    let letGo = (): void => undefined;
    sageMaker.hold = () =>
      new Promise((resolve) => {
        letGo = resolve;
      });
    const body = Buffer.from(JSON.stringify(toAnswer({ hearing })));
    sageMaker.endpoints.set("earmark", async () => ({ status: 200, body }));

    const first = start();
    await expect.poll(() => sageMaker.seen.length, { timeout: 20_000 }).toBe(1);
    // It has begun to look for the answer: the place where that will lie has been remembered.
    await expect.poll(() => s3.seen.filter(({ method }) => method === "GET").length, { timeout: 20_000 }).toBeGreaterThan(0);
    first.child.kill("SIGKILL");
    expect((await first.ended).signal).toBe("SIGKILL");
    expect([...s3.objects.keys()].filter((key) => key.startsWith("calls/earmark/"))).toHaveLength(2);

    letGo();
    const { out } = await start().ended;
    const { job, texts, records } = JSON.parse(out) as {
      job: { state: string };
      texts: string[];
      records: { operation: string }[];
    };
    expect([job.state, texts]).toEqual(["done", ["Hello."]]);
    // Sent once, invoked once: the second Earmark only read and removed.
    expect(sageMaker.seen).toHaveLength(1);
    expect(records.map(({ operation }) => operation).filter((one) => one !== "DeleteObject")).toEqual([
      "PutObject",
      "PutObject",
      "InvokeEndpointAsync",
    ]);
    expect([...s3.objects.keys()]).toEqual([]);
  });

  it("removes what was sent when the job is cancelled after the kill", async () => {
    sageMaker.hold = () => new Promise(() => undefined);
    const tone = await decodedTone(folder, "other", 2);
    file = join(folder, "other.wav");
    await writeFile(file, Buffer.concat([wavHeader(32_000), await readFile(tone.channels[0]?.path ?? "")]));
    const before = s3.seen.filter(({ method }) => method === "GET").length;
    const first = start();
    await expect.poll(() => s3.seen.filter(({ method }) => method === "GET").length, { timeout: 20_000 }).toBeGreaterThan(before);
    first.child.kill("SIGKILL");
    await first.ended;
    expect(s3.objects.size).toBe(2);
    process.env["AWS_ACCESS_KEY_ID"] = "AKIAIOSFODNN7EXAMPLE";
    process.env["AWS_SECRET_ACCESS_KEY"] = "person";
    const { openBackend } = await import("../../backend.ts");
    const { forkProcess } = await import("../start-process.ts");
    const backend = await openBackend({
      libraryPath: join(folder, "library"),
      modelFolders: [],
      resourcesPath: join(folder, "none"),
      version: "0.0.0-test",
      startProcess: forkProcess,
    });
    try {
      const { jobs } = await backend.handlers["queue.list"]({ limit: 10 });
      const open = jobs.find(({ endedAt }) => endedAt === null);
      const reads = s3.seen.length;
      await expect.poll(() => s3.seen.length, { timeout: 20_000 }).toBeGreaterThan(reads);
      await backend.handlers["queue.cancel"]({ id: open?.id ?? "" });
      await expect.poll(() => s3.objects.size, { timeout: 10_000 }).toBe(0);
    } finally {
      await backend.close();
      delete process.env["AWS_ACCESS_KEY_ID"];
      delete process.env["AWS_SECRET_ACCESS_KEY"];
    }
  });
});
