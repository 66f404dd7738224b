import { EarmarkError } from "../../../app/contract/errors.ts";
import type { LedgerEntry } from "../../../app/report/chain.ts";
import type { Store } from "../store/store.ts";

/** Entries read at a time, so that the rest of Earmark has its turn in between. */
const pageSize = 100;

/** Every entry after a number, a page at a time. Throws `cancelled`. */
export async function* pagesOf(
  { ledger }: Pick<Store, "ledger">,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<LedgerEntry[]> {
  for (let seq = after; ; ) {
    if (signal.aborted) throw new EarmarkError("cancelled", "Cancelled.");
    const page = ledger.entries(seq, pageSize);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    seq = last.seq;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
