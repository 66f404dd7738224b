import type { LedgerTable } from "../store/ledger.ts";

/** How often pages hear that entries were written, in milliseconds. */
const atMostEveryMs = 1_000;

/** Has `changed` hear that entries were written, at most once a second; answers with its undo. */
export function tellChanges(ledger: Pick<LedgerTable, "onAppend">, changed: () => void): () => void {
  let waiting: NodeJS.Timeout | undefined;
  const stop = ledger.onAppend(() => {
    waiting ??= setTimeout(() => {
      waiting = undefined;
      changed();
    }, atMostEveryMs).unref();
  });
  return () => {
    stop();
    clearTimeout(waiting);
  };
}
