import { canonicalJson } from "../../../app/report/canonical-json.ts";
import { type Checkpoint, ledgerFormat } from "../../../app/report/chain.ts";
import type { Store } from "../store/store.ts";
import { pagesOf } from "./ledger-pages.ts";

/**
 * The pieces of a ledger as a document (app/report/README.md), in canonical order and up to the entry of `head`, so that no more than
 * a page of it is in memory. Throws `cancelled`.
 */
export async function* ledgerDocument(store: Store, head: Checkpoint | null, signal: AbortSignal): AsyncGenerator<string> {
  const last = head?.seq ?? 0;
  const checkpoints = store.ledger.checkpoints().filter(({ seq }) => seq < last);
  yield `{"checkpoints":${canonicalJson(checkpoints)},"entries":[`;
  let isFirst = true;
  for await (const page of pagesOf(store, 0, signal)) {
    const own = page.filter(({ seq }) => seq <= last);
    if (own.length === 0) break;
    yield `${isFirst ? "" : ","}${own.map((entry) => canonicalJson(entry)).join(",")}`;
    isFirst = false;
  }
  yield `],"format":${canonicalJson(ledgerFormat)},"head":${canonicalJson(head)},"version":1}`;
}
