import { serve as serveLoopback } from "../../loopback/serve.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import type { LibraryOptions } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";

/** What `serve` takes. */
export interface ServeOptions extends LibraryOptions {
  readonly port?: number;
}

/**
 * Serves the library on 127.0.0.1 and prints an address that is good for one browser. Ends on Ctrl-C, and when standard
 * input ends where that is a pipe: a program that started it is gone then.
 */
export async function serve(options: ServeOptions, terminal: Terminal): Promise<ExitCode> {
  const { library, models, port } = options;
  const served = await serveLoopback({
    ...(library === undefined ? {} : { library }),
    ...(models === undefined ? {} : { models }),
    ...(port === undefined ? {} : { port }),
    ...(process.stdin.isTTY ? {} : { parentStdin: process.stdin }),
  });
  const stop = (): void => void served.close().catch(() => undefined);
  if (terminal.signal.aborted) stop();
  terminal.signal.addEventListener("abort", stop, { once: true });
  terminal.out(`${served.url}\n`);
  terminal.err("Open this address in a browser on this machine. Ctrl-C ends Earmark.\n");
  await served.closed;
  // Ctrl-C is how it is meant to end.
  return exitCodes.done;
}
