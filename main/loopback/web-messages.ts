import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";

/* Between node:http and the web's Request and Response, which the router speaks. */

/** A node request without its body as a web request. */
export function toWebRequest(message: IncomingMessage, url: URL, signal: AbortSignal): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  return new Request(url, { method: message.method ?? "GET", headers, signal });
}

/** The body of a node request as a web stream; it errs when the client goes away before its end. */
export function bodyOf(message: IncomingMessage): ReadableStream<Uint8Array> {
  return Readable.toWeb(message) as ReadableStream<Uint8Array>;
}

/** A signal that is aborted when the client goes away before it has its answer. */
export function signalOf(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}

/** Waits until a response takes more, or is closed. */
async function drained(response: ServerResponse): Promise<void> {
  if (response.closed || response.destroyed) return;
  await new Promise<void>((done) => {
    const settle = (): void => {
      response.off("drain", settle);
      response.off("close", settle);
      done();
    };
    response.once("drain", settle);
    response.once("close", settle);
  });
}

/** Sends a web response as the answer, no faster than the client reads, and cancels its stream when the client goes away. */
export async function sendWebResponse(response: ServerResponse, answer: Response): Promise<void> {
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  const reader = answer.body?.getReader();
  if (reader === undefined) {
    response.end();
    return;
  }
  const onClose = (): void => void reader.cancel().catch(() => undefined);
  response.once("close", onClose);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || response.destroyed) break;
      if (!response.write(value)) await drained(response);
    }
    response.end();
  } catch {
    // The length is announced already: breaking off is the one honest way to say that the rest is not coming.
    response.destroy();
  } finally {
    response.off("close", onClose);
    if (response.destroyed) await reader.cancel().catch(() => undefined);
  }
}
