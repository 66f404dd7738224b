import { join } from "node:path";
import type { Handlers } from "../../../app/contract/api.ts";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { BackendOptions } from "../backend.ts";
import { createLedgerEgress } from "../ledger/record-egress.ts";
import type { LibraryPaths } from "../library-paths.ts";
import type { Queue } from "../pipeline/queue.ts";
import type { Store } from "../store/store.ts";
import { onceUnderWay } from "../trial-steps.ts";
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
  const tryOnce = onceUnderWay(async () => {
    const { tryLanguage } = await import("./try-language.ts");
    return tryLanguage({
      settings: store.settings.get().language,
      terms: createTermFiles(),
      onEgress: createLedgerEgress(store, join(paths.root, "egress.jsonl")),
      clock: options.clock ?? { now: () => Date.now() },
      signal,
    });
  });
  return {
    "language.test": async () => ({ trials: await tryOnce() }),
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
