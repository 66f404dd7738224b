import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, rm, stat, truncate } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { EarmarkError, throwIfCancelled } from "../../../app/contract/errors.ts";
import type { BucketPlan } from "../../../app/contract/intake-views.ts";
import { pathChooser } from "../../../app/formats/name-pattern.ts";
import { type AttemptRule, withAttempts } from "../speech/sagemaker/attempts.ts";
import { openAwsClients } from "../speech/sagemaker/aws-clients.ts";
import { awsFailure } from "../speech/sagemaker/aws-failure.ts";
import { connectChoice, contactIdIn } from "./connect-layout.ts";
import type { WaitingUpload } from "./originals.ts";

/** An object of a bucket. */
export interface BucketObject {
  readonly key: string;
  readonly bytes: number;
  readonly etag: string;
  /** ISO 8601 UTC; null where S3 does not say. */
  readonly at: string | null;
  /** The contact of Amazon Connect that its key names. */
  readonly contactId: string | null;
}

/** A bucket, opened for reading. All reject with the codes of `awsFailure`, and with `cancelled`. */
export interface OpenBucket {
  /** Rejects with `aws-credentials-missing` where there are no credentials, or no region. */
  credentials(): Promise<void>;
  /** The objects that the plan asks for, page by page. */
  list(signal: AbortSignal): AsyncGenerator<BucketObject[]>;
  /** Whether the credentials, the region and the permission to list are there: one page of one object. */
  tryList(signal: AbortSignal): Promise<BucketObject | null>;
  /** Reads the first byte of an object. */
  tryGet(key: string, signal: AbortSignal): Promise<void>;
  /**
   * Fetches an object into `folder`, in ranges, going on where an earlier attempt was broken off, also by a kill. Rejects with
   * `conflict` where the object is not any more what it was when it was listed.
   */
  fetch(object: Pick<BucketObject, "key" | "etag" | "bytes">, folder: string, signal: AbortSignal): Promise<WaitingUpload>;
  close(): void;
}

/** How a bucket is asked. */
export interface BucketOptions {
  readonly rule?: AttemptRule;
  /** 0 to 1. */
  readonly random?: () => number;
  /** Bytes fetched by one request. */
  readonly rangeBytes?: number;
}

const usualRule: AttemptRule = { attempts: 6, firstMs: 500, longestMs: 20_000 };
const usualRangeBytes = 16 * 1024 ** 2;
/** A page holds a thousand objects; ten million of them are no answer to anything a person asked. */
const mostPages = 10_000;

/** Opens a bucket by a plan. The SDK is loaded only now. */
export async function openBucket(plan: BucketPlan, options: BucketOptions = {}): Promise<OpenBucket> {
  const { rule = usualRule, random = Math.random, rangeBytes = usualRangeBytes } = options;
  const clients = await openAwsClients({ profile: plan.profile, region: plan.region, runtimeUrl: null, s3Url: plan.url });
  const { s3, commands } = clients;
  const owner = plan.expectedOwner === null ? {} : { ExpectedBucketOwner: plan.expectedOwner };
  const attempt = <T>(operation: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> =>
    withAttempts(
      async () => {
        try {
          return await work();
        } catch (thrown) {
          throw awsFailure(thrown, { service: "s3", operation });
        }
      },
      rule,
      signal,
      random,
    );

  const page = (token: string | undefined, most: number, signal: AbortSignal) =>
    attempt(
      "ListObjectsV2",
      () =>
        s3.send(
          new commands.ListObjectsV2Command({
            Bucket: plan.bucket,
            Prefix: plan.prefix,
            MaxKeys: most,
            ...(token === undefined ? {} : { ContinuationToken: token }),
            ...owner,
          }),
          { abortSignal: signal },
        ),
      signal,
    );

  const range = (key: string, etag: string | null, from: number, upTo: number, path: string | null, signal: AbortSignal) =>
    attempt(
      "GetObject",
      async () => {
        const got = await s3.send(
          new commands.GetObjectCommand({
            Bucket: plan.bucket,
            Key: key,
            Range: `bytes=${from}-${upTo}`,
            ...(etag === null ? {} : { IfMatch: etag }),
            ...owner,
          }),
          { abortSignal: signal },
        );
        const body = got.Body as Readable | undefined;
        if (body === undefined) throw new EarmarkError("aws-unreachable", "S3 answered without an object.");
        if (path === null) {
          body.destroy();
          return;
        }
        // What a broken answer left behind is written over.
        await truncateTo(path, from);
        await pipeline(body, createWriteStream(path, { flags: from === 0 ? "w" : "r+", start: from, flush: true }), { signal });
        const { size } = await stat(path);
        if (size !== upTo + 1) throw new EarmarkError("aws-unreachable", "An answer of S3 was broken off.");
      },
      signal,
    );

  return {
    async credentials() {
      try {
        await s3.config.region();
        await s3.config.credentials();
      } catch (thrown) {
        throw awsFailure(thrown, { service: "s3", operation: "ListObjectsV2" });
      }
    },
    async *list(signal) {
      const wanted = chooserOf(plan);
      const connect = plan.layout === "connect" ? connectChoice<BucketObject>() : null;
      let token: string | undefined;
      for (let count = 0; count < mostPages; count++) {
        throwIfCancelled(signal);
        const { Contents = [], IsTruncated, NextContinuationToken } = await page(token, 1_000, signal);
        const objects = Contents.map(toObject).filter((object) => object !== null && wanted(object)) as BucketObject[];
        if (connect === null) yield objects;
        else connect.add(objects);
        token = NextContinuationToken;
        if (IsTruncated !== true || token === undefined) break;
      }
      if (connect !== null) yield connect.chosen();
    },
    async tryList(signal) {
      const { Contents = [] } = await page(undefined, 1, signal);
      return Contents.map(toObject).find((object) => object !== null) ?? null;
    },
    tryGet: (key, signal) => range(key, null, 0, 0, null, signal),
    async fetch({ key, etag, bytes }, folder, signal) {
      await mkdir(folder, { recursive: true });
      const name = basename(key);
      const path = join(folder, partName(plan.bucket, key, etag));
      try {
        const there = await stat(path).catch(() => null);
        // Only whole ranges are gone on from: the last one may have been written in part.
        let from = Math.min(there?.size ?? 0, bytes);
        if (from < bytes) from -= from % rangeBytes;
        while (from < bytes) {
          const upTo = Math.min(bytes, from + rangeBytes) - 1;
          await range(key, etag, from, upTo, path, signal);
          from = upTo + 1;
        }
      } catch (thrown) {
        if (!isChanged(thrown)) throw thrown;
        await rm(path, { force: true });
        throw new EarmarkError("conflict", "The object was changed while it was fetched; the next look takes the new one.", {
          changed: true,
        });
      }
      return { uploadId: "", name, bytes, sha256: bytes === 0 ? "" : await sha256Of(path, signal), path };
    },
    close: () => clients.close(),
  };
}

/** Removes what was fetched in part of objects that nobody asks for any more: all but these. */
export async function removeFetched(folder: string, but: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) if (!but.has(name)) await rm(join(folder, name), { force: true });
}

/** The name under which an object is fetched: another content, another name. */
export function partName(bucket: string, key: string, etag: string): string {
  return `${createHash("sha256")
    .update(JSON.stringify([bucket, key, etag]))
    .digest("hex")}.part`;
}

async function truncateTo(path: string, bytes: number): Promise<void> {
  if (bytes > 0) await truncate(path, bytes);
}

async function sha256Of(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash, { signal });
  return hash.digest("hex");
}

/** S3 says 412 where the content is another than was asked for, 404 where it is gone, 416 where it has become shorter. */
function isChanged(thrown: unknown): boolean {
  if (!(thrown instanceof EarmarkError)) return false;
  const { status, awsError } = thrown.details;
  return status === 412 || status === 416 || awsError === "NoSuchKey";
}

function toObject({
  Key,
  Size,
  ETag,
  LastModified,
}: {
  readonly Key?: string | undefined;
  readonly Size?: number | undefined;
  readonly ETag?: string | undefined;
  readonly LastModified?: Date | undefined;
}): BucketObject | null {
  // What ends with a slash is what consoles make for a folder.
  if (Key === undefined || Key === "" || Key.endsWith("/") || Size === undefined || Size === 0) return null;
  const at = LastModified === undefined || Number.isNaN(LastModified.getTime()) ? null : LastModified.toISOString();
  return { key: Key, bytes: Size, etag: ETag ?? `${Size}`, at, contactId: contactIdIn(Key) };
}

function chooserOf(plan: BucketPlan): (object: BucketObject) => boolean {
  const chooses = pathChooser(plan.include, plan.exclude);
  return ({ key, at }) =>
    chooses(key.slice(plan.prefix.length).replace(/^\//u, "")) &&
    (plan.since === null || at === null || at.slice(0, 10) >= plan.since) &&
    (plan.until === null || at === null || at.slice(0, 10) <= plan.until);
}
