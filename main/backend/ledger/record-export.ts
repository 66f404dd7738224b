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
  const bytes = typeof content === "string" ? utf8(content) : content;
  recordExports(store, [{ conversationId, hash: bytes === null ? null : toHex(sha256(bytes)) }], what, format);
}

/** Records that files of several conversations leave Earmark by hand, all of them or none. `hash` is SHA-256 (hex) over the file. */
export function recordExports(
  store: Pick<Store, "ledger" | "transaction">,
  files: readonly { readonly conversationId: string; readonly hash: string | null }[],
  what: EntryData<"export">["what"],
  format: string,
): void {
  store.transaction(() => {
    for (const { conversationId, hash } of files) {
      const content = hash === null ? null : store.ledger.commit(conversationId, hash);
      store.ledger.append("export", conversationId, { what, format, conversations: 1, content });
    }
  });
}
