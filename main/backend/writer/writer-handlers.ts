import { join } from "node:path";
import type { Handlers } from "../../../app/contract/api.ts";
import type { BackendOptions } from "../backend.ts";
import { createLedgerEgress } from "../ledger/record-egress.ts";
import type { LibraryPaths } from "../library-paths.ts";
import type { Store } from "../store/store.ts";
import { onceUnderWay } from "../trial-steps.ts";
import { promptsOfLibrary } from "./prompts.ts";

/** What the answers about the writer are made from. */
export interface WriterWorld {
  readonly options: Pick<BackendOptions, "clock">;
  readonly paths: LibraryPaths;
  readonly store: Store;
  readonly signal: AbortSignal;
}

/** The call about the language model that answers questions. */
export function writerHandlers({ options, paths, store, signal }: WriterWorld): Pick<Handlers, "writer.test"> {
  const tryOnce = onceUnderWay(async () => {
    const { tryWriter } = await import("./try-writer.ts");
    return tryWriter({
      settings: store.settings.get().writer,
      prompts: promptsOfLibrary(store),
      onEgress: createLedgerEgress(store, join(paths.root, "egress.jsonl")),
      clock: options.clock ?? { now: () => Date.now() },
      signal,
    });
  });
  return {
    "writer.test": async () => ({ trials: await tryOnce() }),
  };
}
