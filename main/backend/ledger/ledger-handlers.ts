import type { Handlers } from "../../../app/contract/api.ts";
import type { Store } from "../store/store.ts";
import type { Ledger } from "./ledger.ts";

/** What the handlers of the ledger answer from. */
export interface LedgerWorld {
  readonly store: Store;
  readonly ledger: Ledger;
  /** Aborted when Earmark closes. */
  readonly signal: AbortSignal;
}

type LedgerCalls = Extract<keyof Handlers, `ledger.${string}`>;

/** One handler for each call of the ledger. */
export function ledgerHandlers({ store, ledger, signal }: LedgerWorld): Pick<Handlers, LedgerCalls> {
  return {
    "ledger.state": async () => ledger.state(),
    "ledger.verify": async () => {
      const { findings, keys, breaks, ...rest } = await ledger.verify(signal);
      return { ...rest, findings: [...findings], keys: [...keys], breaks: [...breaks] };
    },
    "ledger.entries": async ({ after, limit, subject }) => ({
      entries: store.ledger.entries(after, limit, subject ?? undefined),
    }),
    "ledger.export": async () => {
      store.ledger.append("export", null, { what: "ledger", format: "json", conversations: 0, content: null });
      const head = ledger.checkpoint();
      return { head, checkpoints: store.ledger.checkpoints().filter((one) => one.seq !== head?.seq) };
    },
    "ledger.rotateKey": async () => ledger.rotate(),
  };
}
