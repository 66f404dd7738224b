import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { openLibrary } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";

/* What tests of commands stand on: a folder for a library of their own, and a terminal that can be read. */

/** A terminal that keeps what was written to it. */
export interface RecordedTerminal extends Terminal {
  /** What was written to standard output so far. */
  readonly written: () => string;
  /** What was written to standard error so far. */
  readonly told: () => string;
  /** Presses Ctrl-C. */
  readonly cancel: () => void;
}

/** Opens such a terminal; nobody looks at it. */
export function recordedTerminal(): RecordedTerminal {
  const control = new AbortController();
  let out = "";
  let err = "";
  return {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    interactive: false,
    signal: control.signal,
    written: () => out,
    told: () => err,
    cancel: () => control.abort(),
  };
}

/** A chat in plain text. */
export const lateRefund = "Customer: My refund is late.\nAgent: I am so sorry. I will send it today.\n";

/** A folder with room for a library. */
export interface CommandFolder {
  readonly folder: string;
  readonly library: string;
  /** Writes a file, imports it and waits until it is ready; answers with the conversation's id. */
  readonly bringIn: (name: string, text: string) => Promise<string>;
  readonly remove: () => Promise<void>;
}

/** Makes such a folder. */
export async function commandFolder(name: string): Promise<CommandFolder> {
  const folder = await mkdtemp(join(tmpdir(), `earmark-${name} é `));
  const library = join(folder, "library");
  return {
    folder,
    library,
    async bringIn(file, text) {
      await writeFile(join(folder, file), text);
      const open = await openLibrary({ library });
      try {
        const { results } = await open.call("import.begin", { sources: [{ kind: "path", path: join(folder, file) }] });
        const id = results[0]?.conversationId ?? "";
        await expect.poll(async () => (await open.call("conversation.get", { id })).job?.state, { timeout: 20_000 }).toBe("done");
        return id;
      } finally {
        await open.close();
      }
    },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}
