import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { Handlers } from "../../../app/contract/api.ts";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { EventName, EventPayload } from "../../../app/contract/events.ts";
import type { LedgerFilterInput } from "../../../app/contract/ledger-views.ts";
import type { ReportFile } from "../../../app/contract/report-views.ts";
import { safeFileName } from "../../../app/formats/file-name.ts";
import { sealedText } from "../../../app/report/sealed.ts";
import type { Clips } from "../media/clips.ts";
import type { LedgerFilter } from "../store/ledger-finder.ts";
import type { Store } from "../store/store.ts";
import type { Ledger } from "./ledger.ts";
import { ledgerDocument } from "./ledger-document.ts";

/** What the handlers of the ledger answer from. */
export interface LedgerWorld {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly clips: Pick<Clips, "make">;
  readonly emit: <N extends EventName>(name: N, payload: EventPayload<N>) => void;
  /** Aborted when Earmark closes. */
  readonly signal: AbortSignal;
}

type LedgerCalls = Extract<keyof Handlers, `ledger.${string}`>;

/** How often a page hears how far verifying has come, in milliseconds. */
const toldEveryMs = 100;
const dayMs = 86_400_000;

/** One handler for each call of the ledger. */
export function ledgerHandlers({ store, ledger, clips, emit, signal }: LedgerWorld): Pick<Handlers, LedgerCalls> {
  const verifying = new Set<AbortController>();
  return {
    "ledger.state": async () => ledger.state(),
    "ledger.find": async ({ offset, limit, ...asked }) => {
      const filter = filterOf(asked);
      const entries = store.ledgerFinder.find(filter, offset, limit);
      const subjects = new Set(entries.flatMap(({ subject }) => subject ?? []));
      const titles = [...subjects].flatMap((id) => {
        const title = store.conversations.get(id)?.title;
        return title === undefined ? [] : [[id, title] as const];
      });
      return { total: store.ledgerFinder.count(filter), entries, titles: Object.fromEntries(titles) };
    },
    "ledger.facets": async () => ({ kinds: store.ledgerFinder.kinds(), authors: store.ledgerFinder.authors() }),
    "ledger.verify": async () => {
      const stop = new AbortController();
      verifying.add(stop);
      const of = ledger.state().entries;
      let told = 0;
      try {
        const { findings, keys, breaks, ...rest } = await ledger.verify(AbortSignal.any([signal, stop.signal]), (done) => {
          const now = performance.now();
          if (now - told < toldEveryMs) return;
          told = now;
          emit("ledger.verifying", { done, of: Math.max(of, done) });
        });
        return { ...rest, findings: [...findings], keys: [...keys], breaks: [...breaks] };
      } finally {
        verifying.delete(stop);
      }
    },
    "ledger.stopVerifying": async () => {
      for (const stop of verifying) stop.abort();
      return {};
    },
    "ledger.export": async ({ what }) => exported(what, { store, ledger, clips, signal }),
    "ledger.rotateKey": async () => ledger.rotate(),
  };
}

/** Writes the ledger, or its state alone as a sealed document, into a file. What it was exported in is recorded, and in it. */
async function exported(
  what: "ledger" | "checkpoint",
  { store, ledger, clips, signal }: Pick<LedgerWorld, "store" | "ledger" | "clips" | "signal">,
): Promise<ReportFile> {
  store.ledger.append("export", null, { what: "ledger", format: what, conversations: 0, content: null });
  const head = ledger.checkpoint();
  if (head === null) throw new EarmarkError("internal", "There is no entry that a checkpoint could be of.");
  const hash = createHash("sha256");
  const name = safeFileName(`earmark ${what} ${head.at.slice(0, 10)} entry ${head.seq}`, "json");
  const file = await clips.make(name, async (path) => {
    if (what === "checkpoint") {
      const text = sealedText(ledger.sealer().seal({ ledger: { entries: ledger.state().entries, head: head.seq, at: head.at } }));
      hash.update(text);
      await writeFile(path, text);
      return;
    }
    const hashed = async function* () {
      for await (const piece of ledgerDocument(store, head, signal)) {
        hash.update(piece);
        yield piece;
      }
    };
    await pipeline(hashed, createWriteStream(path));
  });
  return { ...file, sha256: hash.digest("hex") };
}

function filterOf({ from, to, ...rest }: LedgerFilterInput): LedgerFilter {
  return {
    ...rest,
    from: from === null ? null : Date.parse(from),
    before: to === null ? null : Date.parse(to) + dayMs,
  };
}
