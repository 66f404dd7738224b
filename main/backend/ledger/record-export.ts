import { toHex, utf8 } from "../../../app/report/digests.ts";
import type { EntryData } from "../../../app/report/entries.ts";
import type { Store } from "../store/store.ts";
import { sha256 } from "./node-crypto.ts";

/**
 * Records that something of one conversation leaves Earmark by hand, before it does: what cannot be recorded does not leave.
 * `content` is what was written, as text or bytes; null where that is not known yet.
 */
export function recordExport(
  store: Pick<Store, "ledger" | "transaction">,
  conversationId: string,
  what: EntryData<"export">["what"],
  format: string,
  content: string | Uint8Array | null,
): void {
  store.transaction(() => {
    const bytes = typeof content === "string" ? utf8(content) : content;
    const own = bytes === null ? null : store.ledger.commit(conversationId, toHex(sha256(bytes)));
    store.ledger.append("export", conversationId, { what, format, conversations: 1, content: own });
  });
}
