import type { RecordEgress } from "../speech/sagemaker/egress.ts";
import { createEgressFile } from "../speech/sagemaker/egress-file.ts";
import type { Store } from "../store/store.ts";

/**
 * Keeps what leaves this machine in the ledger and in the library's file of egress, in this order: where either cannot be
 * written, nothing is sent. The hash of what was sent enters the ledger as a commitment, because short texts are guessed.
 */
export function createLedgerEgress(store: Pick<Store, "ledger" | "transaction">, file: string): RecordEgress {
  const keepInFile = createEgressFile(file);
  return async (record) => {
    store.transaction(() => {
      const { service, operation, region, destination, fields = [], bytes, sha256, conversationId } = record;
      const content = conversationId === null || sha256 === null ? null : store.ledger.commit(conversationId, sha256);
      const data = { service, operation, region, destination, fields: [...fields], bytes: Math.round(bytes), content };
      store.ledger.append("egress", conversationId, data, "");
    });
    await keepInFile(record);
  };
}
