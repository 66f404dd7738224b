import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/* Amazon S3 over a real socket, as far as Earmark speaks it: objects in memory, path-style addresses, checked sums. */

/** One request as it came. */
export interface SeenRequest {
  readonly method: string;
  /** `bucket/key`, decoded. */
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly bytes: number;
}

/** A refusal in S3's words. */
export interface S3Refusal {
  readonly status: number;
  readonly code: string;
}

/** S3, and a look inside. */
export interface S3Double {
  readonly url: string;
  /** By `bucket/key`. */
  readonly objects: Map<string, Buffer>;
  /** When an object was written last, by `bucket/key`; the beginning of 2026 where it is not told. */
  readonly writtenAt: Map<string, Date>;
  /** Most objects on one page of a list, as S3's own thousand. */
  pageSize: number;
  /** Bytes of an object after which the line is cut, counted over all answers; replace it at will. */
  cutAfter: number | null;
  /** Uploads in parts that have been begun and neither completed nor taken back, by their id. */
  readonly uploads: Map<string, { readonly path: string; readonly parts: Map<number, Buffer> }>;
  readonly seen: SeenRequest[];
  /** Decides whether a request is refused; null lets it pass. Replace it at will. */
  refuse: (request: SeenRequest) => S3Refusal | "hang" | null;
  close(): Promise<void>;
}

function xml(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "content-type": "application/xml", "x-amz-request-id": "S3DOUBLE" });
  response.end(`<?xml version="1.0" encoding="UTF-8"?>\n${body}`);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function etagOf(object: Buffer): string {
  return `"${createHash("md5").update(object).digest("hex")}"`;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Starts S3 on a free port of this machine. Only the named buckets exist. */
export async function startS3Double(buckets: readonly string[]): Promise<S3Double> {
  const objects = new Map<string, Buffer>();
  const uploads: S3Double["uploads"] = new Map();
  const seen: SeenRequest[] = [];

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", "http://double");
    const path = decodeURIComponent(url.pathname).slice(1);
    const body = await bodyOf(request);
    const one: SeenRequest = { method: request.method ?? "", path, headers: request.headers, bytes: body.length };
    seen.push(one);
    const refusal = double.refuse(one);
    if (refusal === "hang") return;
    const refuse = ({ status, code }: S3Refusal): void =>
      xml(response, status, `<Error><Code>${code}</Code><Message>${code} says the double.</Message></Error>`);
    if (refusal !== null) {
      refuse(refusal);
      return;
    }
    if (!request.headers.authorization?.startsWith("AWS4-HMAC-SHA256 ")) {
      refuse({ status: 403, code: "AccessDenied" });
      return;
    }
    const [bucket = ""] = path.split("/");
    if (!buckets.includes(bucket)) {
      refuse({ status: 404, code: "NoSuchBucket" });
      return;
    }
    const uploadId = url.searchParams.get("uploadId");
    const upload = uploads.get(uploadId ?? "");
    if (uploadId !== null && upload?.path !== path) {
      refuse({ status: 404, code: "NoSuchUpload" });
      return;
    }
    switch (request.method) {
      case "POST": {
        if (url.searchParams.has("uploads")) {
          const id = randomUUID();
          uploads.set(id, { path, parts: new Map() });
          xml(response, 200, `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
          return;
        }
        const named = [...body.toString("utf8").matchAll(/<PartNumber>(\d+)<\/PartNumber>/gu)].map(([, number]) =>
          Number(number),
        );
        const parts = named.map((number) => upload?.parts.get(number));
        const small = parts.slice(0, -1).some((part) => (part?.length ?? 0) < 5 * 1_048_576);
        if (named.length === 0 || parts.includes(undefined) || named.some((number, index) => number !== index + 1)) {
          refuse({ status: 400, code: "InvalidPart" });
        } else if (small) refuse({ status: 400, code: "EntityTooSmall" });
        else {
          objects.set(path, Buffer.concat(parts.map((part) => part ?? Buffer.alloc(0))));
          uploads.delete(uploadId ?? "");
          xml(response, 200, "<CompleteMultipartUploadResult></CompleteMultipartUploadResult>");
        }
        return;
      }
      case "PUT": {
        const told = request.headers["x-amz-checksum-sha256"];
        const sum = createHash("sha256").update(body).digest("base64");
        if (told !== undefined && told !== sum) {
          refuse({ status: 400, code: "BadDigest" });
          return;
        }
        if (upload === undefined) objects.set(path, body);
        else upload.parts.set(Number(url.searchParams.get("partNumber")), body);
        response.writeHead(200, { etag: etagOf(body) });
        response.end();
        return;
      }
      case "GET": {
        if (url.searchParams.get("list-type") === "2") {
          const prefix = `${bucket}/${url.searchParams.get("prefix") ?? ""}`;
          const after = Buffer.from(url.searchParams.get("continuation-token") ?? "", "base64url").toString("utf8");
          const most = Math.min(double.pageSize, Number(url.searchParams.get("max-keys") ?? double.pageSize));
          const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).toSorted();
          const page = keys.slice(0, most);
          const contents = page.map((key) => {
            const object = objects.get(key) ?? Buffer.alloc(0);
            const at = (double.writtenAt.get(key) ?? new Date("2026-01-01T00:00:00Z")).toISOString();
            return `<Contents><Key>${escaped(key.slice(bucket.length + 1))}</Key><LastModified>${at}</LastModified><ETag>${escaped(etagOf(object))}</ETag><Size>${object.length}</Size></Contents>`;
          });
          const truncated = keys.length > page.length;
          const token = truncated
            ? `<NextContinuationToken>${Buffer.from(page.at(-1) ?? "").toString("base64url")}</NextContinuationToken>`
            : "";
          xml(
            response,
            200,
            `<ListBucketResult><IsTruncated>${truncated}</IsTruncated>${token}${contents.join("")}</ListBucketResult>`,
          );
          return;
        }
        const object = objects.get(path);
        if (object === undefined) {
          refuse({ status: 404, code: "NoSuchKey" });
          return;
        }
        const wanted = request.headers["if-match"];
        if (wanted !== undefined && wanted !== etagOf(object)) {
          refuse({ status: 412, code: "PreconditionFailed" });
          return;
        }
        const range = /^bytes=(\d+)-(\d+)$/u.exec(request.headers.range ?? "");
        const from = Number(range?.[1] ?? 0);
        const upTo = Math.min(object.length, Number(range?.[2] ?? object.length - 1) + 1);
        if (range !== null && from >= object.length) {
          refuse({ status: 416, code: "InvalidRange" });
          return;
        }
        const body = object.subarray(from, upTo);
        response.writeHead(range === null ? 200 : 206, {
          "content-length": body.length,
          "content-type": "application/octet-stream",
          etag: etagOf(object),
        });
        if (double.cutAfter !== null && body.length > double.cutAfter) {
          response.write(body.subarray(0, double.cutAfter), () => response.destroy());
          return;
        }
        if (double.cutAfter !== null) double.cutAfter -= body.length;
        response.end(body);
        return;
      }
      case "DELETE":
        if (uploadId === null) objects.delete(path);
        else uploads.delete(uploadId);
        response.writeHead(204);
        response.end();
        return;
      default:
        refuse({ status: 405, code: "MethodNotAllowed" });
    }
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const double: S3Double = {
    url: `http://127.0.0.1:${port}`,
    objects,
    writtenAt: new Map(),
    pageSize: 1_000,
    cutAfter: null,
    uploads,
    seen,
    refuse: () => null,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return double;
}
