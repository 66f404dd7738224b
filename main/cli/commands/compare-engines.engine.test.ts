import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCall, demoModels, demoPresent } from "../../../e2e/aws/demo-recording.ts";
import { type InferenceContainer, startInferenceContainer } from "../../../e2e/aws/inference-container.ts";
import { type S3Double, startS3Double } from "../../../e2e/aws/s3-double.ts";
import { httpContainer, type SageMakerDouble, startSageMakerDouble } from "../../../e2e/aws/sagemaker-double.ts";
import type { Comparison } from "../../backend/speech/sagemaker/compare-hearings.ts";
import type { Terminal } from "../terminal.ts";
import { compareEngines } from "./compare-engines.ts";

/* The command as a person runs it: one call heard here and in the real container behind an endpoint, over real sockets. */

const before = { ...process.env };
let folder = "";
let file = "";
let s3: S3Double;
let sageMaker: SageMakerDouble;
let container: InferenceContainer;

it("knows whether the development models and calls are here", () => {
  expect(typeof demoPresent).toBe("boolean");
  if (!demoPresent) process.stderr.write("The development models are not here: the command is not tried on real sound.\n");
});

describe.runIf(demoPresent)("compare-engines", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "earmark-compare-"));
    file = join(folder, "call.wav");
    // Seven seconds of the call, both sides of it: 16 bits, 16 kHz, two channels.
    const wav = await readFile(demoCall);
    const bytes = 7 * 16_000 * 4;
    const cut = Buffer.from(wav.subarray(0, 44 + bytes));
    cut.writeUInt32LE(36 + bytes, 4);
    cut.writeUInt32LE(bytes, 40);
    await writeFile(file, cut);
    s3 = await startS3Double(["calls"]);
    sageMaker = await startSageMakerDouble(s3, "calls");
    container = await startInferenceContainer(demoModels, s3.url);
    sageMaker.endpoints.set("earmark", httpContainer(container.url));
    Object.assign(process.env, {
      EARMARK_LIBRARY: join(folder, "library"),
      AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
      AWS_SECRET_ACCESS_KEY: "person",
    });
    await container.ready(60_000);
  });
  afterAll(async () => {
    process.env = { ...before };
    expect(await container.close()).toBe(0);
    await sageMaker.close();
    await s3.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it.each(["real-time", "asynchronous"] as const)(
    "finds no difference between here and there, %s",
    async (mode) => {
      let out = "";
      let err = "";
      const terminal: Terminal = {
        out(text) {
          out += text;
        },
        err(text) {
          err += text;
        },
        interactive: false,
        signal: new AbortController().signal,
      };
      const options = {
        models: [demoModels],
        endpoint: "earmark",
        bucket: "calls",
        region: "eu-central-1",
        runtimeUrl: sageMaker.url,
        s3Url: s3.url,
        mode,
        json: true,
      };
      expect(await compareEngines(file, options, terminal)).toBe(0);
      const comparison = JSON.parse(out) as Comparison;
      expect(comparison.firstWords).toBeGreaterThan(10);
      expect(comparison).toMatchObject({
        secondWords: comparison.firstWords,
        same: comparison.firstWords,
        differences: [],
        others: [],
      });
      // What left this machine is said, and is gone from the bucket.
      expect(err).toMatch(
        mode === "real-time" ? /InvokeEndpoint earmark \d+ bytes/u : /PutObject s3:\/\/calls\/earmark\/\S+ \d+ bytes/u,
      );
      await expect.poll(() => [...s3.objects.keys()], { timeout: 10_000 }).toEqual([]);
      expect(sageMaker.seen.at(-1)?.mode).toBe(mode);
    },
    300_000,
  );
});
