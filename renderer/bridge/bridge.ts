import type { CallInput, CallName, CallOutput, ImportSource } from "../../app/contract/api.ts";
import type { EventName, EventPayload } from "../../app/contract/events.ts";
import { unpack } from "../../app/contract/transport.ts";
import { type EarmarkWindow, electronTransport } from "./electron-transport.ts";
import { loopbackTransport } from "./loopback-transport.ts";
import type { Connection, Transport } from "./transport.ts";

declare global {
  interface Window {
    readonly earmark?: EarmarkWindow;
  }
}

let chosen: Transport | undefined;

function transport(): Transport {
  chosen ??= window.earmark === undefined ? loopbackTransport() : electronTransport(window.earmark);
  return chosen;
}

/** Asks the backend. Throws an `EarmarkError` with one of the closed codes; `internal` with `connection: "lost"` when nobody answers. */
export async function call<N extends CallName>(name: N, input: CallInput<N>, signal?: AbortSignal): Promise<CallOutput<N>> {
  return unpack(await transport().send(name, input, signal)) as CallOutput<N>;
}

/** Hears an event of the backend; answers with its undo. */
export function on<N extends EventName>(name: N, listener: (payload: EventPayload<N>) => void): () => void {
  return transport().listen((message) => {
    if (message.name === name) listener(message.payload as EventPayload<N>);
  });
}

/** Where the sound of a media id is played from: the same address in both shells. */
export function mediaUrl(id: string): string {
  return `/media/${encodeURIComponent(id)}`;
}

/** Hears when the backend is lost and found; called once with what holds now. Answers with its undo. */
export function onConnection(listener: (connection: Connection) => void): () => void {
  return transport().watch(listener);
}

/** Makes a file that the person gave to the page known to the backend, whichever shell this is. Throws an `EarmarkError`. */
export function importSource(file: File): Promise<ImportSource> {
  return transport().importSource(file);
}
