import { z } from "zod";
import { EarmarkError } from "../../app/contract/errors.ts";
import { type EventMessage, parseEvent, unpack } from "../../app/contract/transport.ts";
import type { Connection, Transport } from "./transport.ts";

const uploadSchema = z.object({ uploadId: z.string(), name: z.string(), bytes: z.number() });

/** A refused event stream stays closed, so the page asks again after this long. */
const reconnectMs = 2_000;

/** The way to a backend behind 127.0.0.1: fetch for calls, an event stream for events, an upload for files. */
export function loopbackTransport(): Transport {
  const listeners = new Set<(message: EventMessage) => void>();
  const watchers = new Set<(connection: Connection) => void>();
  let connection: Connection = "connected";
  let opened = false;

  function settle(next: Connection): void {
    if (next === connection) return;
    connection = next;
    for (const watcher of watchers) watcher(next);
  }

  function open(): void {
    opened = true;
    const stream = new EventSource("/events");
    stream.onopen = () => settle("connected");
    stream.onmessage = (event: MessageEvent<string>) => {
      const message = parseEvent(readJson(event.data));
      if (message !== undefined) for (const listener of listeners) listener(message);
    };
    stream.onerror = () => {
      if (connection !== "shut-out") settle("lost");
      if (stream.readyState !== EventSource.CLOSED) return;
      stream.close();
      void askWhy();
      setTimeout(open, reconnectMs);
    };
  }

  /** A refused stream does not say why it was refused; a call does. */
  async function askWhy(): Promise<void> {
    try {
      const { status } = await fetch("/events", { method: "HEAD", credentials: "same-origin" });
      if (status === 401) settle("shut-out");
    } catch {
      // Nobody answers: the connection is lost, as was said already.
    }
  }

  return {
    async send(name, input, signal) {
      const request: RequestInit = {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(input),
        ...(signal === undefined ? {} : { signal }),
      };
      return await replyOf(await reach(`/rpc/${name}`, request));
    },
    listen(listener) {
      listeners.add(listener);
      if (!opened) open();
      return () => listeners.delete(listener);
    },
    watch(listener) {
      watchers.add(listener);
      listener(connection);
      if (!opened) open();
      return () => watchers.delete(listener);
    },
    async importSource(file) {
      const response = await reach(`/upload?name=${encodeURIComponent(file.name)}`, {
        method: "POST",
        headers: { "content-type": "application/octet-stream" },
        body: file,
      });
      const upload = uploadSchema.parse(unpack(await replyOf(response)));
      return { kind: "upload", uploadId: upload.uploadId };
    },
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function reach(url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { credentials: "same-origin", ...request });
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === "AbortError") throw thrown;
    throw new EarmarkError("internal", "Earmark's backend does not answer.", { connection: "lost" });
  }
}

async function replyOf(response: Response): Promise<unknown> {
  const reply = readJson(await response.text());
  if (reply === undefined) {
    throw new EarmarkError("internal", `Earmark's backend answered with status ${response.status}.`, { status: response.status });
  }
  return reply;
}
