import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type S3Double, startS3Double } from "../../../../e2e/aws/s3-double.ts";
import { type AwsClients, openAwsClients } from "./aws-clients.ts";
import { type Content, createObjects, type ObjectOptions, type PartialUpload } from "./bucket.ts";

/* Large objects over the real SDK and a real socket: in parts, of which S3 takes five MiB at least. */

const partBytes = 5 * 1_048_576;
const bytes = randomBytes(2 * partBytes + 70_000);
const uri = "s3://calls/earmark/a/channel-0.flac";
const quiet = new AbortController().signal;

let folder = "";
let s3: S3Double;
let clients: AwsClients;
let content: Content;

const objects = (more: Partial<ObjectOptions> = {}) =>
  createObjects(clients, {
    encryption: null,
    expectedOwner: null,
    rule: { attempts: 3, firstMs: 5, longestMs: 10 },
    random: () => 0.5,
    partBytes,
    ...more,
  });
const parts = () => s3.seen.filter(({ method }) => method === "PUT");

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark-bucket-"));
  const path = join(folder, "sound.flac");
  await writeFile(path, bytes);
  content = { kind: "file", path, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  s3 = await startS3Double(["calls"]);
  clients = await openAwsClients({
    profile: null,
    region: "eu-central-1",
    runtimeUrl: null,
    s3Url: s3.url,
    credentials: async () => ({ accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "person" }),
  });
});
afterEach(async () => {
  clients.close();
  await s3.close();
});

describe("a large object", () => {
  it("goes in parts, a refused one again by itself, and lies there whole and encrypted as asked", async () => {
    let refused = 0;
    s3.refuse = ({ method }) => {
      if (method !== "PUT" || refused > 0) return null;
      refused += 1;
      return { status: 503, code: "SlowDown" };
    };
    const begun: PartialUpload[] = [];
    await objects({ encryption: { kind: "kms", keyId: "alias/calls" }, expectedOwner: "111122223333" }).put(
      uri,
      content,
      "audio/flac",
      quiet,
      async (upload) => {
        // Told before a part is sent, so that it can be remembered.
        expect(parts()).toEqual([]);
        begun.push(upload);
      },
    );
    expect(s3.objects.get("calls/earmark/a/channel-0.flac")?.equals(bytes)).toBe(true);
    expect(parts()).toHaveLength(4);
    expect(new Set(parts().map((part) => part.bytes))).toEqual(new Set([70_000, partBytes]));
    for (const { headers } of s3.seen) expect(headers["x-amz-expected-bucket-owner"]).toBe("111122223333");
    expect(s3.seen[0]?.headers).toMatchObject({
      "x-amz-server-side-encryption": "aws:kms",
      "x-amz-server-side-encryption-aws-kms-key-id": "alias/calls",
      "x-amz-checksum-algorithm": "SHA256",
    });
    expect(begun).toEqual([{ uri, uploadId: expect.any(String) }]);
    expect(s3.uploads.size).toBe(0);
  });

  it("is taken back when a part is refused for good", async () => {
    s3.refuse = ({ method }) => (method === "PUT" ? { status: 403, code: "AccessDenied" } : null);
    await expect(objects().put(uri, content, "audio/flac", quiet)).rejects.toMatchObject({ code: "aws-denied" });
    expect([s3.uploads.size, s3.objects.size]).toEqual([0, 0]);
  });

  it("is taken back when it is cancelled in the middle of a part", async () => {
    s3.refuse = ({ method }) => (method === "PUT" ? "hang" : null);
    const controller = new AbortController();
    const work = objects().put(uri, content, "audio/flac", controller.signal);
    const refused = expect(work).rejects.toMatchObject({ code: "cancelled" });
    await expect.poll(() => parts().length).toBeGreaterThan(0);
    controller.abort();
    await refused;
    expect([s3.uploads.size, s3.objects.size]).toEqual([0, 0]);
  });

  it("is not there any more when it is taken back twice", async () => {
    s3.uploads.set("u-1", { path: "calls/earmark/a/channel-0.flac", parts: new Map() });
    await objects().takeBack({ uri, uploadId: "u-1" }, quiet);
    expect(s3.uploads.size).toBe(0);
    await objects().takeBack({ uri, uploadId: "u-1" }, quiet);
  });
});
