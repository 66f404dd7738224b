import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
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
  /** Size of a part of a large upload: a file of more than two parts goes in parts. Default 16 MiB; S3 takes 5 MiB at least. */
  readonly partBytes?: number;
}

const defaultPartBytes = 16 * 1_048_576;
/** Parts on their way at a time: one would leave the line idle between answers. */
const partsTogether = 3;
/** How long taking back an upload may take after the work itself was cancelled. */
const takeBackMs = 10_000;

/** An upload in parts, which takes room at S3 until it is completed or taken back. */
export interface PartialUpload {
  readonly uri: string;
  readonly uploadId: string;
}

/** Objects in S3, with attempts of their own. All reject with the codes of `awsFailure`, and with `cancelled`. */
export interface Objects {
  /**
   * Writes an object. A large file goes in parts, each tried again by itself; `onBegun` hears of such an upload before
   * its first part is sent. One that fails or is cancelled is taken back.
   */
  put(
    uri: string,
    content: Content,
    mediaType: string,
    signal: AbortSignal,
    onBegun?: (upload: PartialUpload) => Promise<void>,
  ): Promise<void>;
  /** Takes back an upload in parts; that it is not there any more is as good. */
  takeBack(upload: PartialUpload, signal: AbortSignal): Promise<void>;
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
  const partBytes = options.partBytes ?? defaultPartBytes;
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

  const takeBack = async ({ uri, uploadId }: PartialUpload, signal: AbortSignal): Promise<void> => {
    const { bucket, key } = readObjectUri(uri);
    await attempt("AbortMultipartUpload", signal, async () => {
      try {
        await s3.send(new commands.AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: uploadId, ...owner }), {
          abortSignal: signal,
        });
      } catch (thrown) {
        if (!(thrown instanceof Error && thrown.name === "NoSuchUpload")) throw thrown;
      }
    });
  };

  const putInParts = async (
    uri: string,
    content: Extract<Content, { kind: "file" }>,
    mediaType: string,
    signal: AbortSignal,
    onBegun: (upload: PartialUpload) => Promise<void>,
  ): Promise<void> => {
    const { bucket, key } = readObjectUri(uri);
    const place = { Bucket: bucket, Key: key, ...owner };
    // S3 takes ten thousand parts at most.
    const size = Math.max(partBytes, Math.ceil(content.bytes / 10_000));
    const count = Math.ceil(content.bytes / size);
    const begun = await attempt("CreateMultipartUpload", signal, () =>
      s3.send(
        new commands.CreateMultipartUploadCommand({
          ...place,
          ContentType: mediaType,
          ChecksumAlgorithm: "SHA256",
          ...encrypted(),
        }),
        { abortSignal: signal },
      ),
    );
    if (begun.UploadId === undefined) throw new EarmarkError("engine-failed", "S3 does not name the upload it has begun.");
    const upload = { uri, uploadId: begun.UploadId };
    const file = await open(content.path, "r");
    try {
      await onBegun(upload);
      const parts: { PartNumber: number; ETag: string | undefined; ChecksumSHA256: string }[] = [];
      let next = 0;
      let failed = false;
      const send = async (): Promise<void> => {
        for (let index = next++; index < count && !failed; index = next++) {
          const length = Math.min(size, content.bytes - index * size);
          const body = Buffer.alloc(length);
          const { bytesRead } = await file.read(body, 0, length, index * size);
          if (bytesRead !== length) throw new EarmarkError("file-missing", "What was to be sent has changed meanwhile.");
          const ChecksumSHA256 = createHash("sha256").update(body).digest("base64");
          const PartNumber = index + 1;
          const sent = await attempt("UploadPart", signal, () =>
            s3.send(
              new commands.UploadPartCommand({ ...place, UploadId: upload.uploadId, PartNumber, Body: body, ChecksumSHA256 }),
              { abortSignal: signal },
            ),
          );
          parts.push({ PartNumber, ETag: sent.ETag, ChecksumSHA256 });
        }
      };
      const lines = Array.from({ length: Math.min(partsTogether, count) }, () =>
        send().catch((thrown: unknown) => {
          failed = true;
          throw thrown;
        }),
      );
      try {
        await Promise.all(lines);
      } finally {
        await Promise.allSettled(lines);
      }
      parts.sort((a, b) => a.PartNumber - b.PartNumber);
      await attempt("CompleteMultipartUpload", signal, () =>
        s3.send(
          new commands.CompleteMultipartUploadCommand({
            ...place,
            UploadId: upload.uploadId,
            MultipartUpload: { Parts: parts },
          }),
          { abortSignal: signal },
        ),
      );
    } catch (thrown) {
      // Parts that were sent cost until they are taken back. What cannot be now is remembered by whoever asked.
      await takeBack(upload, AbortSignal.timeout(takeBackMs)).catch(() => undefined);
      throw thrown;
    } finally {
      await file.close();
    }
  };

  return {
    takeBack,

    async put(uri, content, mediaType, signal, onBegun = () => Promise.resolve()) {
      if (content.kind === "file" && content.bytes > 2 * partBytes) {
        await putInParts(uri, content, mediaType, signal, onBegun);
        return;
      }
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
