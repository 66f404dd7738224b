import type { ServerResponse } from "node:http";
import type { EventMessage } from "../../app/contract/transport.ts";
import { commonHeaders } from "../backend/http/router.ts";

/** A page that has not read this much is let go; it comes back by itself and reads afresh. */
const mostUnreadBytes = 1024 * 1024;

/** The open pages that hear events, over server-sent events. */
export interface EventStreams {
  /** Makes a response a stream of events. */
  open(response: ServerResponse): void;
  send(message: EventMessage): void;
  readonly size: number;
  /** Ends all streams. */
  close(): void;
}

/** Begins with no page; `heartbeatMs` apart, each page gets a comment, so that a dead connection is noticed. */
export function createEventStreams(heartbeatMs = 15_000): EventStreams {
  const pages = new Set<ServerResponse>();
  const write = (text: string): void => {
    for (const page of pages) {
      if (page.writableLength > mostUnreadBytes) page.destroy();
      else page.write(text);
    }
  };
  const heartbeat = setInterval(() => write(": still here\n\n"), heartbeatMs);
  heartbeat.unref();
  return {
    open(response) {
      response.writeHead(200, { ...commonHeaders, "Content-Type": "text/event-stream; charset=utf-8" });
      response.write("retry: 1000\n: welcome\n\n");
      pages.add(response);
      response.once("close", () => pages.delete(response));
    },
    // JSON has no line breaks of its own, so one line is one event.
    send: (message) => write(`data: ${JSON.stringify({ name: message.name, payload: message.payload })}\n\n`),
    get size() {
      return pages.size;
    },
    close() {
      clearInterval(heartbeat);
      for (const page of pages) page.end();
      pages.clear();
    },
  };
}
