import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { EarmarkError, type Failure, toFailure } from "../../app/contract/errors.ts";
import {
  type HearingRequest,
  hearingMediaType,
  hearingRequestSchema,
  toAnswer,
} from "../backend/speech/sagemaker/hearing-contract.ts";
import type { RequestHearer } from "./hear-request.ts";

/* The two paths that SageMaker knows: is the container well, and what does it make of a request. */

/** Whether the container can hear. */
export interface Readiness {
  readonly ready: boolean;
  /** Why not; empty when it can. */
  readonly reason: string;
  /** Catalogue ids of the models that were loaded. */
  readonly models: readonly string[];
}

/** What the server needs. */
export interface InferenceServerOptions {
  readonly hear: RequestHearer;
  readonly readiness: () => Readiness;
  /** The longest request in bytes. */
  readonly mostBytes?: number;
  /** Told of what went wrong, for the log: a code and a message, never words of a call. */
  readonly onFailure?: (failure: Failure) => void;
}

/** The server, with its end. */
export interface InferenceServer {
  readonly server: Server;
  /** Takes no more requests, lets the one in work finish, and ends it after `patienceMs`. Safe to call twice. */
  close(patienceMs: number): Promise<void>;
}

const defaultMostBytes = 96 * 1_048_576;

/**
 * The status for a failure. What would come again with the same request is an answer like any other (200): an
 * asynchronous endpoint that keeps no failures would swallow it otherwise. What may pass is a status, so that AWS sees
 * and counts it.
 */
export function statusFor({ code }: Failure): number {
  switch (code) {
    case "input-invalid":
      return 400;
    case "engine-crashed":
    case "engine-stalled":
    case "engine-out-of-memory":
    case "engine-failed":
    case "disk-full":
    case "cancelled":
    case "internal":
      return 500;
    default:
      return 200;
  }
}

async function bodyOf(request: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > mostBytes) throw new EarmarkError("file-too-large", "The request is too large.", { limit: mostBytes });
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function requestOf(body: Buffer): HearingRequest {
  let told: unknown;
  try {
    told = JSON.parse(body.toString("utf8"));
  } catch {
    throw new EarmarkError("input-invalid", "The request is not JSON.");
  }
  const parsed = hearingRequestSchema.safeParse(told);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new EarmarkError(
    "input-invalid",
    `The request is not understood: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`,
  );
}

function send(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value), "utf8");
  // SageMaker's asynchronous side refuses an answer that does not say its length.
  response.writeHead(status, { "content-type": hearingMediaType, "content-length": body.byteLength });
  response.end(body);
}

/**
 * Makes the server: `GET /ping`, `POST /invocations`, one request at a time. A second one is refused with 429; whoever
 * sent it comes back later. A request whose sender is gone is ended.
 */
export function createInferenceServer(options: InferenceServerOptions): InferenceServer {
  let current: { readonly controller: AbortController; readonly ended: Promise<void> } | undefined;
  let closing: Promise<void> | undefined;

  const invoke = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const fail = (failure: Failure, status = statusFor(failure)): void => {
      options.onFailure?.(failure);
      send(response, status, toAnswer({ failure }));
    };
    if (!/^application\/json\b/u.test(request.headers["content-type"] ?? "")) {
      fail({ code: "input-invalid", message: "The request has to be application/json.", details: {} }, 415);
      return;
    }
    const { ready, reason } = options.readiness();
    if (!ready || closing !== undefined) {
      fail({ code: "engine-failed", message: ready ? "The container is ending." : reason, details: {} }, 503);
      return;
    }
    if (current !== undefined) {
      fail({ code: "conflict", message: "Another recording is being heard.", details: {} }, 429);
      return;
    }
    const controller = new AbortController();
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    current = { controller, ended };
    response.once("close", () => {
      if (!response.writableFinished) controller.abort();
    });
    try {
      const heard = await options.hear(
        requestOf(await bodyOf(request, options.mostBytes ?? defaultMostBytes)),
        controller.signal,
      );
      send(response, 200, toAnswer({ hearing: heard }));
    } catch (thrown) {
      const failure = toFailure(thrown);
      if (response.destroyed) options.onFailure?.(failure);
      else fail(failure);
    } finally {
      current = undefined;
      end();
    }
  };

  const server = createServer((request, response) => {
    const path = (request.url ?? "").split("?")[0];
    if (path === "/ping" && request.method === "GET") {
      const state = options.readiness();
      send(response, state.ready ? 200 : 503, state);
    } else if (path === "/invocations" && request.method === "POST") {
      invoke(request, response).catch((thrown: unknown) => {
        options.onFailure?.(toFailure(thrown));
        response.destroy();
      });
    } else {
      send(response, 404, { reason: "There are /ping and /invocations." });
    }
    // A body that nobody reads would keep the connection from its next request.
    response.once("finish", () => request.resume());
  });

  return {
    server,
    close(patienceMs) {
      closing ??= (async () => {
        const closed = new Promise<void>((resolve) => server.close(() => resolve()));
        server.closeIdleConnections();
        const late = setTimeout(() => current?.controller.abort(), patienceMs);
        await current?.ended;
        clearTimeout(late);
        // Whoever keeps a connection open for a next request is told that there is none.
        setTimeout(() => server.closeAllConnections(), 100).unref();
        await closed;
      })();
      return closing;
    },
  };
}
