import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type BucketPlan, bucketPlanSchema } from "../../../app/contract/intake-views.ts";
import { type S3Double, startS3Double } from "../../../e2e/aws/s3-double.ts";
import { type BucketObject, type BucketOptions, type OpenBucket, openBucket, partName } from "./bucket.ts";
import { tryBucket } from "./try-source.ts";

/* The real SDK against S3 over a real socket. */

let folder: string;
let s3: S3Double;
const opened: OpenBucket[] = [];
const quiet = new AbortController().signal;
const quick: BucketOptions = { rule: { attempts: 3, firstMs: 1, longestMs: 2 }, random: () => 0, rangeBytes: 1_000 };
const before = { ...process.env };

beforeEach(async () => {
  process.env["AWS_ACCESS_KEY_ID"] = "test";
  process.env["AWS_SECRET_ACCESS_KEY"] = "test";
  folder = await mkdtemp(join(tmpdir(), "earmark-bucket-"));
  s3 = await startS3Double(["calls"]);
});
afterEach(async () => {
  for (const one of opened.splice(0)) one.close();
  await s3.close();
  await rm(folder, { recursive: true, force: true });
  process.env = { ...before };
});

const plan = (more: Partial<BucketPlan> = {}): BucketPlan => ({
  ...bucketPlanSchema.parse({ kind: "bucket", bucket: "calls", region: "eu-west-1", url: s3.url }),
  ...more,
});
async function open(more: Partial<BucketPlan> = {}): Promise<OpenBucket> {
  const bucket = await openBucket(plan(more), quick);
  opened.push(bucket);
  return bucket;
}
async function listed(bucket: OpenBucket): Promise<BucketObject[]> {
  const all: BucketObject[] = [];
  for await (const page of bucket.list(quiet)) all.push(...page);
  return all;
}

describe("a list", () => {
  it("goes over all pages and leaves out what is not asked for", async () => {
    for (let number = 0; number < 25; number++) s3.objects.set(`calls/in/2026/${number}.wav`, Buffer.from(`sound ${number}`));
    s3.objects.set("calls/in/2026/", Buffer.alloc(0));
    s3.objects.set("calls/in/note.txt", Buffer.from("x"));
    s3.objects.set("calls/out/1.wav", Buffer.from("x"));
    s3.writtenAt.set("calls/in/2026/3.wav", new Date("2025-12-31T23:59:59Z"));
    s3.pageSize = 10;
    const found = await listed(await open({ prefix: "in/", include: ["*.wav"], since: "2026-01-01" }));
    expect(found).toHaveLength(24);
    expect(found.map(({ key }) => key)).not.toContain("in/2026/3.wav");
    expect(s3.seen).toHaveLength(3);
  });

  it("is tried again after throttling, and says what is missing when it may not be read", async () => {
    s3.objects.set("calls/a.wav", Buffer.from("x"));
    let left = 2;
    s3.refuse = () => (left-- > 0 ? { status: 503, code: "SlowDown" } : null);
    expect(await listed(await open())).toHaveLength(1);
    s3.refuse = () => ({ status: 403, code: "AccessDenied" });
    await expect(listed(await open())).rejects.toMatchObject({ code: "aws-denied", details: { operation: "ListObjectsV2" } });
  });

  it("of Amazon Connect's bucket has one transcript and one recording of each contact", async () => {
    const [one, two] = ["11111111-2222-3333-4444-555555555555", "aaaaaaaa-2222-3333-4444-555555555555"];
    const keys = [
      `Analysis/Voice/2026/01/02/${one}_analysis_2026-01-02T03_04_05Z.json`,
      `Analysis/Voice/Redacted/2026/01/02/${one}_analysis_redacted_2026-01-02T03_04_05Z.json`,
      `connect/x/CallRecordings/2026/01/02/${one}_20260102T03:04_UTC.wav`,
      `Analysis/Chat/2026/01/02/${two}_analysis_2026-01-02T03_04_05Z.json`,
      `connect/x/ChatTranscripts/2026/01/02/${two}_20260102T03:04_UTC.json`,
      "connect/x/Reports/agents.csv",
    ];
    for (const key of keys) s3.objects.set(`calls/${key}`, Buffer.from(key));
    const found = await listed(await open({ layout: "connect" }));
    expect(found.map(({ key, contactId }) => [key.split("/").slice(0, 3).join("/"), contactId])).toEqual([
      ["Analysis/Chat/2026", two],
      ["Analysis/Voice/Redacted", one],
      ["connect/x/CallRecordings", one],
    ]);
  });
});

describe("an object", () => {
  const content = Buffer.from(Array.from({ length: 4_500 }, (_, index) => index % 251));
  const object = async (bucket: OpenBucket): Promise<BucketObject> => {
    const [first] = await listed(bucket);
    if (first === undefined) throw new Error("The list is empty.");
    return first;
  };
  const gets = () => s3.seen.flatMap(({ headers }) => headers.range ?? []);

  it("is fetched in ranges, and goes on where it was broken off", async () => {
    s3.objects.set("calls/a.wav", content);
    const bucket = await open();
    const found = await object(bucket);
    // As a kill leaves it: two whole ranges and a bit.
    await writeFile(join(folder, partName("calls", found.key, found.etag)), content.subarray(0, 2_300));
    const fetched = await bucket.fetch(found, folder, quiet);
    expect(gets()).toEqual(["bytes=2000-2999", "bytes=3000-3999", "bytes=4000-4499"]);
    expect(await readFile(fetched.path)).toEqual(content);
    expect(fetched).toMatchObject({ name: "a.wav", bytes: 4_500 });
  });

  it("is whole although the line is cut in the middle of a range", async () => {
    s3.objects.set("calls/a.wav", content);
    const bucket = await open();
    const found = await object(bucket);
    s3.cutAfter = 2_500;
    s3.refuse = ({ headers }) => {
      if (headers.range === "bytes=2000-2999" && gets().length > 3) s3.cutAfter = null;
      return null;
    };
    const fetched = await bucket.fetch(found, folder, quiet);
    expect(await readFile(fetched.path)).toEqual(content);
    expect(gets().filter((range) => range === "bytes=2000-2999")).toHaveLength(2);
  });

  it("that became another one meanwhile is not taken for the one that was listed", async () => {
    s3.objects.set("calls/a.wav", content);
    const bucket = await open();
    const found = await object(bucket);
    s3.refuse = ({ headers }) => {
      if (headers.range === "bytes=1000-1999") s3.objects.set("calls/a.wav", Buffer.from("another"));
      return null;
    };
    await expect(bucket.fetch(found, folder, quiet)).rejects.toMatchObject({ code: "conflict" });
    expect(await readdir(folder)).toEqual([]);
    expect((await object(bucket)).etag).not.toBe(found.etag);
  });

  it("may be given up at any time, and is gone on with later", async () => {
    s3.objects.set("calls/a.wav", content);
    const bucket = await open();
    const found = await object(bucket);
    const stopping = new AbortController();
    s3.refuse = ({ headers }) => {
      if (headers.range === "bytes=1000-1999") stopping.abort();
      return null;
    };
    await expect(bucket.fetch(found, folder, stopping.signal)).rejects.toMatchObject({ code: "cancelled" });
    s3.refuse = () => null;
    expect(await readFile((await bucket.fetch(found, folder, quiet)).path)).toEqual(content);
    expect(gets().filter((range) => range === "bytes=0-999")).toHaveLength(1);
  });
});

describe("a trial", () => {
  it("names the step that is refused", async () => {
    s3.objects.set("calls/a.wav", Buffer.from("x"));
    expect((await tryBucket(plan(), quiet)).map(({ step, state }) => [step, state])).toEqual([
      ["credentials", "ok"],
      ["list", "ok"],
      ["get", "ok"],
    ]);
    s3.refuse = ({ headers }) => (headers.range === undefined ? null : { status: 403, code: "AccessDenied" });
    const denied = await tryBucket(plan(), quiet);
    expect(denied.at(-1)).toMatchObject({ step: "get", state: "wrong", failure: { code: "aws-denied" } });
    expect((await tryBucket(plan({ bucket: "others" }), quiet))[1]).toMatchObject({ failure: { code: "aws-not-found" } });
  });
});
