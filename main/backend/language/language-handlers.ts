import { join } from "node:path";
import type { Handlers } from "../../../app/contract/api.ts";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { LanguageTrial } from "../../../app/contract/insight-views.ts";
import type { BackendOptions } from "../backend.ts";
import { createLedgerEgress } from "../ledger/record-egress.ts";
import type { LibraryPaths } from "../library-paths.ts";
import type { Queue } from "../pipeline/queue.ts";
import type { Store } from "../store/store.ts";
import { createTermFiles } from "./term-files.ts";

/** What the answers about language are made from. */
export interface LanguageWorld {
  readonly options: Pick<BackendOptions, "clock">;
  readonly paths: LibraryPaths;
  readonly store: Store;
  readonly signal: AbortSignal;
}

/** The call about who reads sentiment and entities. */
export function languageHandlers({ options, paths, store, signal }: LanguageWorld): Pick<Handlers, "language.test"> {
  let trying: Promise<LanguageTrial[]> | null = null;
  return {
    "language.test": async () => {
      // A second press while the first is on its way asks nothing twice.
      trying ??= import("./try-language.ts")
        .then(({ tryLanguage }) =>
          tryLanguage({
            settings: store.settings.get().language,
            terms: createTermFiles(),
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

/** Has a conversation's sentiment, entities and terms read anew; nothing happens where its job has no such stage. */
export function readAgain(queue: Pick<Queue, "rerun">, conversationId: string): void {
  try {
    queue.rerun(conversationId, "insight");
  } catch (thrown) {
    if (!(thrown instanceof EarmarkError) || thrown.code !== "not-found") throw thrown;
  }
}
