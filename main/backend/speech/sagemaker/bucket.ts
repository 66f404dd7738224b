import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { EarmarkError } from "../../../../app/contract/errors.ts";
import { type AttemptRule, orCancelled, withAttempts } from "./attempts.ts";
import type { AwsClients } from "./aws-clients.ts";
import { type AwsCall, awsFailure, isAbsentObject } from "./aws-failure.ts";

/** How objects are encrypted where they lie; null leaves it to the bucket. */
export type ObjectEncryption = { readonly kind: "s3" } | { readonly kind: "kms"; readonly keyId: string | null } | null;

/** Bytes to upload: a file, or what is in memory. */
export type Content =
  | { readonly kind: "file"; readonly path: string; readonly bytes: number; readonly sha256: string }
  | { readonly kind: "memory"; readonly data: Uint8Array };

/** An object's place. */
export interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
}

/** Reads `s3://bucket/key`. Throws `engine-failed` for anything else: such places come from outside. */
export function readObjectUri(uri: string): ObjectPlace {
  const parts = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.{1,1024})$/su.exec(uri);
  if (parts?.[1] === undefined || parts[2] === undefined) {
    throw new EarmarkError("engine-failed", "The endpoint names a place that is not in S3.");
  }
  return { bucket: parts[1], key: parts[2] };
}

/** SHA-256 of bytes in memory, in hexadecimal digits. */
export function sha256Of(data: Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Size and SHA-256 of what is to be uploaded. */
export function measureContent(content: Content): { bytes: number; sha256: string } {
  switch (content.kind) {
    case "file":
      return { bytes: content.bytes, sha256: content.sha256 };
    case "memory":
      return { bytes: content.data.byteLength, sha256: sha256Of(content.data) };
  }
}

/** How objects are written and read. */
export interface ObjectOptions {
  readonly encryption: ObjectEncryption;
  /** Account id that has to own the bucket; null when that is not checked. */
  readonly expectedOwner: string | null;
  readonly rule: AttemptRule;
  readonly random: () => number;
}

/** Objects in S3, with attempts of their own. All reject with the codes of `awsFailure`, and with `cancelled`. */
export interface Objects {
  put(uri: string, content: Content, mediaType: string, signal: AbortSignal): Promise<void>;
  /** The object's bytes; null when it is not there. Rejects with `engine-failed` when it is larger than `mostBytes`. */
  get(uri: string, mostBytes: number, signal: AbortSignal): Promise<Uint8Array | null>;
  /** Removes an object; that it is not there is as good. */
  remove(uri: string, signal: AbortSignal): Promise<void>;
}

async function collect(body: Readable, mostBytes: number, signal: AbortSignal): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  const stop = (): void => void body.destroy();
  signal.addEventListener("abort", stop, { once: true });
  try {
    for await (const piece of body as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > mostBytes) {
        body.destroy();
        throw new EarmarkError("engine-failed", "The endpoint's answer is far too large.", { mostBytes });
      }
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Objects over opened clients. */
export function createObjects(clients: AwsClients, options: ObjectOptions): Objects {
  const { s3, commands } = clients;
  const owner = options.expectedOwner === null ? {} : { ExpectedBucketOwner: options.expectedOwner };
  const attempt = <T>(operation: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    const call: AwsCall = { service: "s3", operation };
    const tried = (): Promise<T> =>
      work().catch((thrown: unknown) => {
        throw awsFailure(thrown, call);
      });
    return withAttempts(tried, options.rule, signal, options.random);
  };
  const encrypted = (): Record<string, string> => {
    const { encryption } = options;
    if (encryption === null) return {};
    if (encryption.kind === "s3") return { ServerSideEncryption: "AES256" };
    return { ServerSideEncryption: "aws:kms", ...(encryption.keyId === null ? {} : { SSEKMSKeyId: encryption.keyId }) };
  };

  return {
    async put(uri, content, mediaType, signal) {
      const { bucket, key } = readObjectUri(uri);
      const { bytes, sha256 } = measureContent(content);
      await attempt("PutObject", signal, async () => {
        // A new stream for each attempt: one that was half read cannot be sent again.
        const body = content.kind === "file" ? createReadStream(content.path) : content.data;
        // Sending does not end by itself when the file cannot be read.
        const broken = new Promise<never>((_resolve, reject) => {
          if ("destroy" in body) body.once("error", reject);
        });
        broken.catch(() => undefined);
        try {
          const sending = s3.send(
            new commands.PutObjectCommand({
              Bucket: bucket,
              Key: key,
              Body: body,
              ContentLength: bytes,
              ContentType: mediaType,
              ChecksumSHA256: Buffer.from(sha256, "hex").toString("base64"),
              ...encrypted(),
              ...owner,
            }),
            { abortSignal: signal },
          );
          await Promise.race([sending, broken]);
        } finally {
          if ("destroy" in body) body.destroy();
        }
      });
    },

    get(uri, mostBytes, signal) {
      const { bucket, key } = readObjectUri(uri);
      return attempt("GetObject", signal, async () => {
        try {
          const got = await s3.send(new commands.GetObjectCommand({ Bucket: bucket, Key: key, ...owner }), {
            abortSignal: signal,
          });
          if (got.Body === undefined) return new Uint8Array();
          return await orCancelled(collect(got.Body as Readable, mostBytes, signal), signal);
        } catch (thrown) {
          if (isAbsentObject(thrown)) return null;
          throw thrown;
        }
      });
    },

    async remove(uri, signal) {
      const { bucket, key } = readObjectUri(uri);
      await attempt("DeleteObject", signal, async () => {
        try {
          await s3.send(new commands.DeleteObjectCommand({ Bucket: bucket, Key: key, ...owner }), { abortSignal: signal });
        } catch (thrown) {
          if (!isAbsentObject(thrown)) throw thrown;
        }
      });
    },
  };
}
