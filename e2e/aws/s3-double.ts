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
        response.writeHead(200, { etag: `"${createHash("md5").update(body).digest("hex")}"` });
        response.end();
        return;
      }
      case "GET": {
        if (url.searchParams.get("list-type") === "2") {
          const prefix = `${bucket}/${url.searchParams.get("prefix") ?? ""}`;
          const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).toSorted();
          const contents = keys
            .slice(0, 1_000)
            .map((key) => `<Contents><Key>${escaped(key.slice(bucket.length + 1))}</Key></Contents>`);
          const truncated = keys.length > 1_000;
          xml(response, 200, `<ListBucketResult><IsTruncated>${truncated}</IsTruncated>${contents.join("")}</ListBucketResult>`);
          return;
        }
        const object = objects.get(path);
        if (object === undefined) {
          refuse({ status: 404, code: "NoSuchKey" });
          return;
        }
        response.writeHead(200, { "content-length": object.length, "content-type": "application/octet-stream" });
        response.end(object);
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
