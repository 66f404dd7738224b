import type { CallName } from "../../app/contract/api.ts";
import { EarmarkError } from "../../app/contract/errors.ts";
import { parseEvent } from "../../app/contract/transport.ts";
import type { Transport } from "./transport.ts";

/** What the desktop shell's preload puts on the window. */
export interface EarmarkWindow {
  readonly call: (name: CallName, input: unknown) => Promise<unknown>;
  readonly on: (listener: (message: unknown) => void) => () => void;
  readonly pathForFile: (file: File) => string;
}

/** The way to a backend in the desktop shell's main process. */
export function electronTransport(earmark: EarmarkWindow): Transport {
  return {
    send: (name, input) => earmark.call(name, input),
    listen: (listener) =>
      earmark.on((raw) => {
        const message = parseEvent(raw);
        if (message !== undefined) listener(message);
      }),
    watch(listener) {
      listener("connected");
      return () => {};
    },
    importSource(file) {
      const path = earmark.pathForFile(file);
      // A file that never lay on a disk (made by another page) has no path.
      if (path === "") return Promise.reject(new EarmarkError("file-missing", "The file has no path.", { name: file.name }));
      return Promise.resolve({ kind: "path", path });
    },
  };
}
