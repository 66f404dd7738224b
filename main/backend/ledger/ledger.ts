import { appendFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { EarmarkError, toFailure } from "../../../app/contract/errors.ts";
import type { Clock } from "../../../app/ports.ts";
import type { Json } from "../../../app/report/canonical-json.ts";
import { type Checkpoint, checkpointSchema, type LedgerEntry } from "../../../app/report/chain.ts";
import { utf8 } from "../../../app/report/digests.ts";
import type { BreakReason, KeyProtection } from "../../../app/report/entries.ts";
import { findingText } from "../../../app/report/finding-text.ts";
import type { Finding, Verification } from "../../../app/report/findings.ts";
import { type SealedDocument, type SealParts, seal, sealedMessage } from "../../../app/report/sealed.ts";
import { verifyChain } from "../../../app/report/verify-chain.ts";
import type { SecretKeeper } from "../secret-keeper.ts";
import type { HeldKey } from "../store/ledger.ts";
import type { Store } from "../store/store.ts";
import { parseJson } from "../store/stored-json.ts";
import { isStronger, type LedgerKeys, openKeys } from "./keys.ts";
import { pagesOf } from "./ledger-pages.ts";
import { nodeChecks, sha256 } from "./node-crypto.ts";

/** What the ledger is opened with. */
export interface LedgerOptions {
  readonly store: Store;
  /** The library's folder. */
  readonly root: string;
  readonly secrets: SecretKeeper | null;
  /** What the key is encrypted with where there is no keychain; empty where none is given. */
  readonly passphrase: string;
  readonly clock: Clock;
}

/** The state of a ledger. */
export interface LedgerState {
  readonly entries: number;
  readonly head: { readonly seq: number; readonly hash: string; readonly at: string } | null;
  readonly keyId: string;
  readonly publicKey: string;
  readonly protection: KeyProtection;
}

/** Sets seals at one state of the ledger. */
export interface Sealer {
  readonly parts: SealParts;
  /** Seals data. Throws a `NotJsonError` where they are not plain JSON. */
  seal(data: { readonly [section: string]: Json | undefined }): SealedDocument;
  /** The signature (hex) over the hash of the whole of a document that is too long to be held. */
  sign(whole: string): string;
}

/** A library's ledger, with the key to sign it. Entries are written through `store.ledger`, where things are done. */
export interface Ledger {
  state(): LedgerState;
  /**
   * Verifies every entry against its hash, its signature, the ones around it, and every checkpoint that was kept. `told` hears how
   * many have been looked at. Rejects with `cancelled`.
   */
  verify(signal: AbortSignal, told?: (done: number) => void): Promise<Verification>;
  /** The state it is in, signed, and kept in the database and beside it; null while there is no entry. */
  checkpoint(): Checkpoint | null;
  /** Begins to seal with the ledger's key at its present state, whatever is recorded until the seal is set. Throws `internal` where nothing was ever recorded. */
  sealer(): Sealer;
  /** Makes a new key, and has the old one hand over to it. */
  rotate(): Promise<LedgerState>;
  /** Keeps the state that it closes in. */
  close(): void;
}

/** Entries looked at when a library is opened: enough for what a crash or a bad disk does, and soon done. */
const lookedAt = 200;

/**
 * Opens a library's ledger: finds the key that its chain was signed by last, looks at the latest entries, and compares them
 * with the last checkpoint that lies beside the database. Where the key cannot be had, or the chain does not hold, a
 * segment is begun that says so, and a notice tells the person; nothing is lost and nothing waits.
 */
export async function openLedger({ store, root, secrets, passphrase, clock }: LedgerOptions): Promise<Ledger> {
  const { ledger } = store;
  const checkpointFile = join(root, "ledger-checkpoints.jsonl");
  const keys = await openKeys({ file: join(root, "ledger-keys.json"), secrets, passphrase, clock });
  let held = await takeUpKey(store, keys);

  const beside = await lastCheckpoint(checkpointFile);
  const found = await lookAtTheEnd(store, keys, beside);
  if (found !== null) ownUpTo(store, found, beside);
  const better = await keys.best();
  if (better !== null && ledger.currentKey() === held.signer.keyId && isStronger(better.protection, held.protection)) {
    // It went without its passphrase for a while, and goes back to the better key.
    ledger.handOver(better);
    held = better;
  }

  const state = (): LedgerState => ({
    entries: ledger.count(),
    head: ledger.head(),
    keyId: held.signer.keyId,
    publicKey: held.signer.publicKey,
    protection: held.protection,
  });
  let keptBeside = beside?.seq ?? 0;
  const checkpoint = (): Checkpoint | null => {
    const made = ledger.checkpoint();
    // After the database has it for good: the file is never ahead of what it vouches for.
    if (made !== null && made.seq > keptBeside) {
      appendFileSync(checkpointFile, `${JSON.stringify(made)}\n`, { flush: true });
      keptBeside = made.seq;
    }
    return made;
  };

  return {
    state,
    checkpoint,
    async verify(signal, told = () => undefined) {
      const last = await lastCheckpoint(checkpointFile);
      // The one beside the database counts as one of its own: what a segment has owned up to is not found again.
      const checkpoints = [...ledger.checkpoints(), ...(last === null ? [] : [last])];
      return verifyChain({ entries: entriesOf(store, signal, told), checkpoints, head: undefined }, nodeChecks, {
        publicKeys: keys.list().map((key) => key.publicKey),
      });
    },
    sealer() {
      const made = checkpoint();
      if (made === null) throw new EarmarkError("internal", "There is no entry that a seal could rest on.");
      const { signer } = held;
      return {
        parts: { checkpoint: made, publicKey: signer.publicKey },
        seal: (data) => seal(data, made, signer, sha256),
        sign: (whole) => signer.sign(utf8(sealedMessage(whole))),
      };
    },
    async rotate() {
      const next = await keys.create();
      ledger.handOver(next);
      held = next;
      return state();
    },
    close() {
      try {
        checkpoint();
      } catch {
        // A full disk: the chain is whole without this checkpoint, and the next one vouches for as much.
      }
    },
  };
}

/** Finds the key whose turn it is, or takes another and says so. */
async function takeUpKey({ ledger, notices }: Store, keys: LedgerKeys): Promise<HeldKey> {
  const current = ledger.currentKey();
  if (current === null) {
    const key = (await keys.best()) ?? (await keys.create());
    ledger.signWith(key);
    return key;
  }
  const opened = await keys.open(current);
  if (typeof opened !== "string") {
    ledger.signWith(opened);
    return opened;
  }
  const other = (await keys.best()) ?? (await keys.create());
  ledger.signWith(other, opened);
  const head = ledger.head();
  ledger.beginSegment(opened, { seq: head?.seq ?? 0, hash: head?.hash ?? null, finding: null, at: null });
  notices.add(
    toFailure(
      new EarmarkError("ledger-key-lost", "The key that signed the ledger cannot be used; another one signs from now on.", {
        reason: opened,
        keyId: current.slice(0, 16),
        newKeyId: other.signer.keyId.slice(0, 16),
      }),
    ),
  );
  return other;
}

/** Verifies the latest entries of the segment that is being written. Null where all is well. */
async function lookAtTheEnd({ ledger }: Store, keys: LedgerKeys, beside: Checkpoint | null): Promise<Finding | null> {
  const head = ledger.head();
  const from = Math.max(ledger.lastSegment(), (head?.seq ?? 0) - lookedAt, 0);
  const entries = ledger.entries(Math.max(0, from - 1), lookedAt + 1);
  const [first] = entries;
  const publicKeys = [...ledger.publicKeys(), ...keys.list().map((key) => key.publicKey)];
  // What came before the segment has been owned up to.
  const checkpoints = beside === null || beside.seq < (first?.seq ?? 0) ? [] : [beside];
  const { findings } = await verifyChain(
    {
      entries,
      checkpoints: ledger.checkpoints().filter((one) => one.seq >= (first?.seq ?? 0)),
      head: undefined,
      ...(first === undefined ? {} : { after: { seq: first.seq - 1, hash: first.previous } }),
    },
    nodeChecks,
    { publicKeys, checkpoints },
  );
  return findings[0] ?? null;
}

function ownUpTo({ ledger, notices }: Store, finding: Finding, beside: Checkpoint | null): void {
  const head = ledger.head();
  const isCut = finding.kind === "ledger-truncated";
  const reason: BreakReason = isCut ? "truncated" : "chain-broken";
  const least = Math.max(head?.seq ?? 0, beside?.seq ?? 0, ...ledger.checkpoints().map((one) => one.seq)) + 1;
  const broken = { seq: head?.seq ?? 0, hash: head?.hash ?? null, finding: finding.kind, at: finding.seq ?? null };
  ledger.beginSegment(reason, broken, least);
  // A library that was set aside took its ledger along; the person has been told of that, and the segment says the rest.
  if (head === null && notices.list().some(({ failure }) => failure.code === "library-corrupt")) return;
  notices.add(
    toFailure(
      new EarmarkError("ledger-broken", `The ledger does not verify: ${findingText(finding)}`, {
        finding: finding.kind,
        entry: finding.seq ?? null,
      }),
    ),
  );
}

/** Every entry of the chain, in order; `told` hears how many have been read. Throws `cancelled`. */
async function* entriesOf(store: Store, signal: AbortSignal, told: (done: number) => void): AsyncGenerator<LedgerEntry> {
  let done = 0;
  for await (const page of pagesOf(store, 0, signal)) {
    yield* page;
    done += page.length;
    told(done);
  }
}

/** The last checkpoint of the file that can be read; null where there is none. A line that a power cut left half is passed over. */
async function lastCheckpoint(file: string): Promise<Checkpoint | null> {
  const text = await readFile(file, "utf8").catch((thrown: unknown) => {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return "";
    throw thrown;
  });
  for (const line of text.split("\n").toReversed()) {
    const checkpoint = checkpointSchema.safeParse(parseJson(line));
    if (checkpoint.success) return checkpoint.data;
  }
  return null;
}
