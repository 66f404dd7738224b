import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { EarmarkError, type ErrorCode, toFailure } from "../../app/contract/errors.ts";
import { answer, type Reply } from "../../app/contract/transport.ts";
import type { Backend } from "../backend/backend.ts";
import { commonHeaders, type Router } from "../backend/http/router.ts";
import { createEventStreams, type EventStreams } from "./event-stream.ts";
import { Sessions } from "./sessions.ts";
import { bodyOf, sendWebResponse, signalOf, toWebRequest } from "./web-messages.ts";

/*
 * The backend behind 127.0.0.1, for a browser on this machine and for nobody else. Another page in the same browser can
 * send requests here, and a name somewhere on the net can be made to point here; so every request is asked for its host,
 * its origin and its cookie before anything is done for it.
 */

/** What the loopback shell needs. */
export interface LoopbackOptions {
  readonly backend: Backend;
  readonly router: Router;
  /** 0, which is the default, takes a free one. */
  readonly port?: number;
  /** The server stops when this stream ends: the standard input of a program whose parent holds the other end. */
  readonly parentStdin?: NodeJS.ReadableStream;
  /** Most bytes of an uploaded file; 32 GiB when nothing is said. */
  readonly maxUploadBytes?: number;
  /** Time between signs of life on an event stream. */
  readonly heartbeatMs?: number;
}

/** A loopback shell that listens. */
export interface Loopback {
  /** Address with a token that is good for one browser. */
  readonly url: string;
  readonly port: number;
  /** Another such address, for another browser or when the first was used up. */
  newUrl(): string;
  /** Settles when the server has stopped, by `close` or because its parent is gone. */
  readonly closed: Promise<void>;
  /** Stops listening and ends all connections. Leaves the backend open. Safe to call twice. */
  close(): Promise<void>;
}

const mostRpcBytes = 4 * 1024 * 1024;
const rpcBodyLimitMs = 30_000;
const uploadBytesByDefault = 32 * 1024 ** 3;

/** A refusal at the door: a status and, for the page, a failure. */
interface Refusal {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
}

function refuse(status: number, code: ErrorCode, message: string): Refusal {
  return { status, code, message };
}

function sendReply(response: ServerResponse, status: number, reply: Reply): void {
  if (response.headersSent || response.destroyed) return;
  const body = Buffer.from(JSON.stringify(reply));
  response.writeHead(status, {
    ...commonHeaders,
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": body.length,
    // A body that was not read to its end makes the connection useless for another request.
    ...(status >= 400 ? { Connection: "close" } : {}),
  });
  response.end(body);
}

function sendRefusal(response: ServerResponse, { status, code, message }: Refusal): void {
  sendReply(response, status, { ok: false, error: { code, message, details: {} } });
}

/** A page for a person who comes with a used address, or with none. */
function sendDoorPage(response: ServerResponse, status: number, title: string, text: string): void {
  const nonce = randomBytes(16).toString("base64");
  const body = Buffer.from(
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><style nonce="${nonce}">` +
      "body{font:16px/1.5 system-ui,sans-serif;max-width:34em;margin:20vh auto;padding:0 1em;color-scheme:light dark}</style>" +
      `<h1>${title}</h1><p>${text}</p></html>`,
  );
  response.writeHead(status, {
    ...commonHeaders,
    "Content-Type": "text/html; charset=utf-8",
    "Content-Length": body.length,
    "Content-Security-Policy": `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  });
  response.end(body);
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** Whether another site, or a name that was made to point here, is asking. Null when nothing speaks against the request. */
function foreign(request: IncomingMessage, port: number): Refusal | null {
  const host = request.headers.host ?? "";
  const hosts = request.headersDistinct["host"]?.length ?? 0;
  if (hosts !== 1 || (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`)) {
    return refuse(421, "not-allowed", "Earmark answers under its own address alone.");
  }
  const origin = request.headers.origin;
  const changes = request.method !== "GET" && request.method !== "HEAD";
  if (origin === undefined ? changes : origin !== `http://${host}`) {
    return refuse(403, "not-allowed", "Another page may not speak to Earmark.");
  }
  const site = single(request.headers["sec-fetch-site"]);
  // Following a link to here is harmless: what then counts is the token or the cookie.
  const navigates = request.headers["sec-fetch-mode"] === "navigate" && request.headers["sec-fetch-dest"] === "document";
  if (site !== undefined && site !== "same-origin" && site !== "none" && (changes || !navigates)) {
    return refuse(403, "not-allowed", "Another page may not use what belongs to Earmark.");
  }
  return null;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const announced = Number(request.headers["content-length"] ?? 0);
  const tooLarge = (): EarmarkError => new EarmarkError("input-invalid", "The call is too large.", { mostBytes: mostRpcBytes });
  if (announced > mostRpcBytes) throw tooLarge();
  const pieces: Buffer[] = [];
  let bytes = 0;
  const limit = setTimeout(() => request.destroy(), rpcBodyLimitMs);
  try {
    for await (const piece of request as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > mostRpcBytes) throw tooLarge();
      pieces.push(piece);
    }
  } finally {
    clearTimeout(limit);
  }
  return Buffer.concat(pieces);
}

async function handleRpc(request: IncomingMessage, response: ServerResponse, name: string, backend: Backend): Promise<void> {
  const mediaType = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
  if (mediaType !== "application/json") {
    sendRefusal(response, refuse(415, "input-invalid", "A call is application/json."));
    return;
  }
  let input: unknown;
  try {
    input = JSON.parse((await readBody(request)).toString("utf8"));
  } catch (error) {
    const tooLarge = error instanceof EarmarkError;
    sendRefusal(response, refuse(tooLarge ? 413 : 400, "input-invalid", tooLarge ? error.message : "The call is not JSON."));
    return;
  }
  sendReply(response, 200, await answer(backend.handlers, name, input));
}

/** A name as a person gave it: no folders, no control characters, not longer than a file system takes. */
function fileNameOf(name: string | null): string | null {
  const last = (name ?? "").split(/[/\\]/u).at(-1) ?? "";
  const clean = last.replace(/\p{Cc}/gu, "").trim();
  return clean === "" || clean === "." || clean === ".." ? null : clean.slice(-200);
}

async function handleUpload(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  options: LoopbackOptions,
): Promise<void> {
  const name = fileNameOf(url.searchParams.get("name"));
  if (name === null) {
    sendRefusal(response, refuse(400, "input-invalid", "A file needs a name."));
    return;
  }
  const announced = single(request.headers["content-length"]);
  if (announced === undefined || !/^\d{1,15}$/u.test(announced)) {
    sendRefusal(response, refuse(411, "input-invalid", "The size of the file has to be said first."));
    return;
  }
  if (Number(announced) > (options.maxUploadBytes ?? uploadBytesByDefault)) {
    sendRefusal(response, refuse(413, "file-too-large", "The file is too large."));
    return;
  }
  try {
    const value = await options.backend.receiveUpload(name, bodyOf(request), signalOf(response));
    sendReply(response, 200, { ok: true, value });
  } catch (thrown) {
    sendReply(response, 200, { ok: false, error: toFailure(thrown) });
  }
}

/** Lets in whoever brings an unused token: the cookie, and the address without the token. */
function handleToken(request: IncomingMessage, response: ServerResponse, url: URL, sessions: Sessions, cookie: string): void {
  const session = request.method === "GET" ? sessions.exchange(url.searchParams.get("token") ?? "") : null;
  if (session === null && !sessions.isKnown(request.headers.cookie, cookie)) {
    sendDoorPage(
      response,
      403,
      "This address has been used",
      "Each address of Earmark opens one browser, once. Go back to the window that is open already, or start Earmark again to get a new address.",
    );
    return;
  }
  const clean = new URL(url);
  clean.searchParams.delete("token");
  response.writeHead(303, {
    ...commonHeaders,
    // A path that begins with two slashes would name another host.
    Location: `/${clean.pathname.replace(/^[/\\]+/u, "")}${clean.search}`,
    "Content-Length": 0,
    ...(session === null ? {} : { "Set-Cookie": `${cookie}=${session}; Path=/; HttpOnly; SameSite=Strict` }),
  });
  response.end();
}

interface Door {
  readonly options: LoopbackOptions;
  readonly sessions: Sessions;
  readonly streams: EventStreams;
  readonly port: number;
}

async function handle(request: IncomingMessage, response: ServerResponse, door: Door): Promise<void> {
  const { options, sessions, streams, port } = door;
  const cookie = `earmark-${port}`;
  const refusal = foreign(request, port);
  if (refusal !== null) {
    sendRefusal(response, refusal);
    return;
  }
  const base = `http://${request.headers.host}`;
  // Only a path is taken: an absolute address in the request line, or `//host`, would name somebody else.
  if (!request.url?.startsWith("/") || !URL.canParse(base + request.url)) {
    sendRefusal(response, refuse(400, "input-invalid", "This is not an address of Earmark's."));
    return;
  }
  const url = new URL(base + request.url);
  const reads = request.method === "GET" || request.method === "HEAD";
  if (!reads && request.method !== "POST") {
    response.setHeader("Allow", "GET, HEAD, POST");
    sendRefusal(response, refuse(405, "not-allowed", "Earmark knows GET, HEAD and POST."));
    return;
  }
  if (reads && url.searchParams.has("token")) {
    handleToken(request, response, url, sessions, cookie);
    return;
  }
  if (!sessions.isKnown(request.headers.cookie, cookie)) {
    const asksForPage = reads && (request.headers.accept ?? "").includes("text/html");
    if (asksForPage) {
      sendDoorPage(
        response,
        401,
        "Earmark does not know this browser",
        "Open the address that Earmark printed when it started. It begins with this one and carries a token.",
      );
    } else sendRefusal(response, refuse(401, "not-allowed", "Earmark does not know this browser."));
    return;
  }
  if (request.method === "POST") {
    if (url.pathname.startsWith("/rpc/")) {
      await handleRpc(request, response, url.pathname.slice("/rpc/".length), options.backend);
    } else if (url.pathname === "/upload") await handleUpload(request, response, url, options);
    else {
      response.setHeader("Allow", "GET, HEAD");
      sendRefusal(response, refuse(405, "not-allowed", "Nothing is taken here."));
    }
    return;
  }
  if (url.pathname === "/events") {
    if (request.method === "GET") streams.open(response);
    else sendRefusal(response, refuse(405, "not-allowed", "Events are heard with GET."));
    return;
  }
  await sendWebResponse(response, await options.router(toWebRequest(request, url, signalOf(response))));
}

/**
 * Starts the loopback shell on 127.0.0.1. Rejects with `conflict` when the port is taken. Everything that goes wrong
 * later is an answer to the one who asked.
 */
export async function startLoopback(options: LoopbackOptions): Promise<Loopback> {
  const sessions = new Sessions();
  const streams = createEventStreams(options.heartbeatMs);
  let port = 0;
  const server = createServer({ headersTimeout: 15_000, requestTimeout: 0 }, (request, response) => {
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    handle(request, response, { options, sessions, streams, port }).catch((thrown: unknown) => {
      if (response.headersSent) response.destroy();
      else sendReply(response, 500, { ok: false, error: toFailure(thrown) });
    });
  });
  server.maxConnections = 512;
  server.on("clientError", (_error, socket) => {
    if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
  });
  await new Promise<void>((done, failed) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE" || error.code === "EACCES";
      failed(taken ? new EarmarkError("conflict", `Port ${options.port} cannot be had.`, { port: options.port ?? 0 }) : error);
    });
    server.listen({ host: "127.0.0.1", port: options.port ?? 0, exclusive: true }, done);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new EarmarkError("internal", "The server has no port.");
  port = address.port;
  const unsubscribe = options.backend.subscribe((message) => streams.send(message));
  const closed = new Promise<void>((done) => server.once("close", done));
  let closing = false;
  const close = (): Promise<void> => {
    if (!closing) {
      closing = true;
      unsubscribe();
      streams.close();
      server.close();
      server.closeAllConnections();
    }
    return closed;
  };
  if (options.parentStdin !== undefined) {
    const gone = (): void => void close();
    options.parentStdin.once("end", gone);
    options.parentStdin.once("close", gone);
    options.parentStdin.once("error", gone);
    options.parentStdin.resume();
  }
  const newUrl = (): string => `http://127.0.0.1:${port}/?token=${sessions.newToken()}`;
  return { url: newUrl(), port, newUrl, closed, close };
}
