import { join } from "node:path";
import type { Handlers } from "../../../app/contract/api.ts";
import type { WriterTrial } from "../../../app/contract/writer-views.ts";
import type { BackendOptions } from "../backend.ts";
import { createLedgerEgress } from "../ledger/record-egress.ts";
import type { LibraryPaths } from "../library-paths.ts";
import type { Store } from "../store/store.ts";

/** What the answers about the writer are made from. */
export interface WriterWorld {
  readonly options: Pick<BackendOptions, "clock" | "resourcesPath">;
  readonly paths: LibraryPaths;
  readonly store: Store;
  readonly signal: AbortSignal;
}

/** Where a person's own prompts and workflows stand: YAML files beside the library. */
export function ownPromptsPath({ root }: Pick<LibraryPaths, "root">): string {
  return join(root, "prompts");
}

/** The call about the language model that answers questions. */
export function writerHandlers({ options, paths, store, signal }: WriterWorld): Pick<Handlers, "writer.test"> {
  let trying: Promise<WriterTrial[]> | null = null;
  return {
    "writer.test": async () => {
      // A second press while the first is on its way asks nothing twice.
      trying ??= import("./try-writer.ts")
        .then(({ tryWriter }) =>
          tryWriter({
            settings: store.settings.get().writer,
            resourcesPath: options.resourcesPath,
            ownPrompts: ownPromptsPath(paths),
            onEgress: createLedgerEgress(store, join(paths.root, "egress.jsonl")),
            clock: options.clock ?? { now: () => Date.now() },
            signal,
          }),
        )
        .finally(() => {
          trying = null;
        });
      return { trials: await trying };
    },
  };
}
