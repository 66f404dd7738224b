import type { CallName, ImportSource } from "../../app/contract/api.ts";
import type { EventMessage } from "../../app/contract/transport.ts";

/** Whether the backend can be heard: `shut-out` when it answers but was started anew and knows this page no more. A page that comes back reads everything afresh. */
export type Connection = "connected" | "lost" | "shut-out";

/** One way to the backend: over Electron's bridge, or over a loopback port. */
export interface Transport {
  /** Sends a call and answers with its raw reply. Rejects only when the backend cannot be reached. */
  send(name: CallName, input: unknown, signal?: AbortSignal): Promise<unknown>;
  /** Hears every event; answers with its undo. */
  listen(listener: (message: EventMessage) => void): () => void;
  /** Hears when the connection is lost and found; called once at the start with what holds then. Answers with its undo. */
  watch(listener: (connection: Connection) => void): () => void;
  /** Makes a file that the person gave to the page known to the backend: by its path where the shell knows it, else by its bytes. */
  importSource(file: File): Promise<ImportSource>;
}
