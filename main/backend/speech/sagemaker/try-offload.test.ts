import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { OffloadTrial } from "../../../../app/contract/engine-views.ts";
import { settingsSchema } from "../../../../app/contract/views.ts";
import { type S3Double, startS3Double } from "../../../../e2e/aws/s3-double.ts";
import { type SageMakerDouble, startSageMakerDouble } from "../../../../e2e/aws/sagemaker-double.ts";
import { type StsDouble, startStsDouble } from "../../../../e2e/aws/sts-double.ts";
import type { EgressRecord } from "./egress.ts";
import { toAnswer } from "./hearing-contract.ts";
import { createPassingMemory } from "./invocation-memory.ts";
import { tryOffload } from "./try-offload.ts";

/* The Test button: the real SDK over real sockets, against what AWS says when something is missing. */

const before = { ...process.env };
let s3: S3Double;
let sageMaker: SageMakerDouble;
let sts: StsDouble;
let egress: EgressRecord[] = [];
let memory = createPassingMemory();

beforeEach(async () => {
  s3 = await startS3Double(["calls"]);
  sageMaker = await startSageMakerDouble(s3, "calls");
  egress = [];
  memory = createPassingMemory();
  sts = await startStsDouble();
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
    AWS_SECRET_ACCESS_KEY: "person",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/nowhere",
    AWS_SHARED_CREDENTIALS_FILE: "/nowhere",
    AWS_ENDPOINT_URL_STS: sts.url,
  });
  // Earmark's container, which refuses a request that holds nothing.
  sageMaker.endpoints.set("earmark", async () => ({
    status: 400,
    body: Buffer.from(JSON.stringify(toAnswer({ failure: { code: "input-invalid", message: "Not understood.", details: {} } }))),
  }));
});
afterEach(async () => {
  process.env = { ...before };
  await sageMaker.close();
  await s3.close();
  await sts.close();
});

function trials(offload: object): Promise<OffloadTrial[]> {
  const { offload: settings } = settingsSchema.parse({
    offload: {
      endpoint: "earmark",
      bucket: "calls",
      region: "eu-central-1",
      runtimeUrl: sageMaker.url,
      s3Url: s3.url,
      ...offload,
    },
  });
  const signal = new AbortController().signal;
  return tryOffload({ settings, onEgress: (one) => void egress.push(one), memory, clock: { now: () => Date.now() }, signal });
}
const states = (all: readonly OffloadTrial[]) => all.map(({ step, state, failure }) => [step, failure?.code ?? state]);

describe("trying the settings of SageMaker", () => {
  it("asks one real thing each, leaves nothing behind, and puts all of it on record", async () => {
    const all = await trials({ mode: "real-time" });
    expect(states(all)).toEqual([
      ["settings", "ok"],
      ["identity", "ok"],
      ["bucket", "ok"],
      ["endpoint", "ok"],
    ]);
    expect(all[1]?.detail).toContain("assumed-role/reviewer");
    expect(s3.objects.size).toBe(0);
    expect(egress.map(({ operation }) => operation)).toEqual([
      "GetCallerIdentity",
      "PutObject",
      "DeleteObject",
      "InvokeEndpoint",
    ]);
    expect(egress.every(({ bytes }) => bytes < 10)).toBe(true);
  });

  it("asks both endpoints of the sample, and remembers what they will write", async () => {
    for (const name of ["d", "t"]) sageMaker.endpoints.set(name, async () => ({ status: 500, body: Buffer.from("No.") }));
    const both = { contract: "conversation-intelligence", diarizationEndpoint: "d", transcriptionEndpoint: "t" };
    expect(states(await trials(both)).slice(3)).toEqual([
      ["endpoint", "ok"],
      ["second-endpoint", "ok"],
    ]);
    expect((await memory.all()).map(({ endpoint, abandoned }) => [endpoint, abandoned])).toEqual([
      ["d", true],
      ["t", true],
    ]);
    expect([...s3.objects.keys()].filter((key) => key.includes("trial"))).toEqual([]);
  });

  it("says which endpoint is not there, and which answers as something else", async () => {
    expect(states(await trials({ endpoint: "gone", mode: "real-time" })).at(-1)).toEqual(["endpoint", "aws-not-found"]);
    expect(states(await trials({ endpoint: "gone" })).at(-1)).toEqual(["endpoint", "aws-not-found"]);
    sageMaker.endpoints.set("earmark", async () => ({ status: 200, body: Buffer.from("hello") }));
    expect(states(await trials({ mode: "real-time" })).at(-1)).toEqual(["endpoint", "engine-failed"]);
  });

  it("says what may not be done, and does not ask what rests on it", async () => {
    s3.refuse = ({ method }) => (method === "PUT" ? { status: 403, code: "AccessDenied" } : null);
    expect(states(await trials({})).slice(2)).toEqual([
      ["bucket", "aws-denied"],
      ["endpoint", "skipped"],
    ]);
    expect(states(await trials({ bucket: null }))).toEqual([
      ["settings", "aws-not-found"],
      ["identity", "ok"],
      ["bucket", "skipped"],
      ["endpoint", "skipped"],
    ]);
  });

  it("says that credentials are too old, or not there at all, and sends nothing then", async () => {
    sts.knows = false;
    expect(states(await trials({}))[1]).toEqual(["identity", "aws-credentials-missing"]);
    delete process.env["AWS_ACCESS_KEY_ID"];
    delete process.env["AWS_SECRET_ACCESS_KEY"];
    egress = [];
    expect(states(await trials({}))).toEqual([
      ["settings", "ok"],
      ["identity", "aws-credentials-missing"],
      ["bucket", "skipped"],
      ["endpoint", "skipped"],
    ]);
    expect([egress, s3.seen, sageMaker.seen]).toEqual([[], [], []]);
  });
});
