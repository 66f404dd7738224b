import { createHmac, randomBytes } from "node:crypto";
import type Database from "better-sqlite3";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { Clock } from "../../../app/ports.ts";
import { canonicalJson } from "../../../app/report/canonical-json.ts";
import {
  type Checkpoint,
  checkpointSchema,
  keyChangeMessage,
  type LedgerEntry,
  signCheckpoint,
  signEntry,
} from "../../../app/report/chain.ts";
import { keyIdOf, type Signer, utf8 } from "../../../app/report/digests.ts";
import { type BreakReason, type EntryData, type EntryKind, entryKinds, type KeyProtection } from "../../../app/report/entries.ts";
import { newSeed, sha256, signerOf } from "../ledger/node-crypto.ts";
import { toInstant, toMilliseconds } from "./instants.ts";
import { parseJson } from "./stored-json.ts";

/** What a table family needs of the ledger: to record what it does, in the transaction in which it does it. */
export interface Recorder {
  /**
   * Appends an entry to the chain, signed, inside the transaction that is open: undone, when that is. `subject` is mostly the
   * id of a conversation. Who did it is the person at this machine unless told; empty for Earmark itself. Throws `internal`
   * where the data are not those of the kind.
   */
  append<K extends EntryKind>(kind: K, subject: string | null, data: EntryData<K>, author?: string): LedgerEntry;
  /**
   * What stands for content in an entry: HMAC-SHA-256 (hex) over its canonical JSON, with the conversation's salt. Null where
   * there is no such conversation. Call it inside a transaction: the first time it makes the salt.
   */
  commit(conversationId: string, content: unknown): string | null;
}

/** A key that signs, and how it is kept. */
export interface HeldKey {
  readonly signer: Signer;
  readonly protection: KeyProtection;
}

/** The last entry that can be relied on before a segment. */
export interface Break {
  readonly seq: number;
  readonly hash: string | null;
  /** What was found, as `findingKinds` names it. */
  readonly finding: string | null;
  /** The entry that it was found at. */
  readonly at: number | null;
}

/** The hash chain in the database. Triggers there refuse to change an entry, to remove one, or to put one in between. */
export interface LedgerTable extends Recorder {
  /**
   * Signs with this key from now on. Where the chain was signed by another, a segment is begun with the next entry, for the
   * reason told. Until it is called entries are signed by a key that lives as long as the process.
   */
  signWith(key: HeldKey, reason?: BreakReason): void;
  /** The id of the key whose turn it is; null while there is no entry. */
  currentKey(): string | null;
  /** Hands the chain over to another key: an entry signed by the old one, with the new one's proof in it. */
  handOver(key: HeldKey): LedgerEntry;
  /** Begins a segment that owns up to a break. `least` is the number that it has at least, one above all that there ever was. */
  beginSegment(reason: BreakReason, broken: Break, least?: number): LedgerEntry;
  head(): { readonly seq: number; readonly hash: string; readonly at: string } | null;
  count(): number;
  /** The entries after a number, in order; those of one subject alone, where it is given. */
  entries(after: number, limit: number, subject?: string): LedgerEntry[];
  /** The number of the entry that began the last segment, or the ledger; 0 while there is none. */
  lastSegment(): number;
  /** The public keys that the chain names. */
  publicKeys(): string[];
  checkpoints(): Checkpoint[];
  /** Signs the state it is in and keeps that, unless it was kept before; null while there is no entry. */
  checkpoint(): Checkpoint | null;
  /** The salt of a conversation (hex), by which its content can be compared with what the ledger says of it; null where nothing was said yet. */
  salt(conversationId: string): string | null;
  /** Hears, some time after, that entries were written; answers with its undo. */
  onAppend(listener: () => void): () => void;
}

/** An entry as it lies in the database. */
export interface LedgerRow {
  seq: number;
  at: number;
  kind: string;
  subject: string | null;
  author: string;
  data: string;
  previous: string | null;
  key: string;
  hash: string;
  signature: string;
}

interface CheckpointRow {
  seq: number;
  hash: string;
  at: number;
  key: string;
  signature: string;
}

/** The ledger in a database. `person` is whose name stands beside what nobody else is named for. */
export function ledgerTable(database: Database.Database, clock: Clock, person: () => string): LedgerTable {
  const insert = database.prepare<[Record<string, unknown>]>(`
    INSERT INTO ledger (seq, at, kind, subject, author, data, previous, key, hash, signature)
    VALUES (@seq, @at, @kind, @subject, @author, @data, @previous, @key, @hash, @signature)`);
  const newest = database.prepare<[], LedgerRow>("SELECT * FROM ledger ORDER BY seq DESC LIMIT 1");
  const page = database.prepare<[number, number], LedgerRow>("SELECT * FROM ledger WHERE seq > ? ORDER BY seq LIMIT ?");
  const pageOf = database.prepare<[string, number, number], LedgerRow>(
    "SELECT * FROM ledger WHERE subject = ? AND seq > ? ORDER BY seq LIMIT ?",
  );
  const count = database.prepare<[], number>("SELECT count(*) FROM ledger").pluck();
  const segment = database
    .prepare<[], number | null>("SELECT max(seq) FROM ledger WHERE kind IN ('ledger-begun', 'segment-begun')")
    .pluck();
  const keyData = database
    .prepare<[], string>("SELECT data FROM ledger WHERE kind IN ('ledger-begun', 'segment-begun', 'key-changed') ORDER BY seq")
    .pluck();
  const kept = database.prepare<[], CheckpointRow>("SELECT * FROM ledger_checkpoints ORDER BY seq");
  const lastKept = database.prepare<[], CheckpointRow>("SELECT * FROM ledger_checkpoints ORDER BY seq DESC LIMIT 1");
  const keep = database.prepare<[Record<string, unknown>]>(
    "INSERT INTO ledger_checkpoints (seq, hash, at, key, signature) VALUES (@seq, @hash, @at, @key, @signature)",
  );
  const numbered = database.prepare<[string], number>("SELECT number FROM conversations WHERE id = ?").pluck();
  const saltOf = database.prepare<[number], string>("SELECT salt FROM ledger_salts WHERE conversation_number = ?").pluck();
  const putSalt = database.prepare<[number, string]>("INSERT INTO ledger_salts (conversation_number, salt) VALUES (?, ?)");

  const listeners = new Set<() => void>();
  let isToBeTold = false;
  /** After the transaction that is open, and once for all that it writes. */
  const tell = (): void => {
    if (isToBeTold) return;
    isToBeTold = true;
    setImmediate(() => {
      isToBeTold = false;
      for (const listener of listeners) listener();
    }).unref();
  };

  let held: HeldKey | undefined;
  let reasonNow: BreakReason = "key-missing";

  const key = (): HeldKey => {
    held ??= { signer: signerOf(newSeed()), protection: "memory" };
    return held;
  };
  const named = ({ signer, protection }: HeldKey) => ({ publicKey: signer.publicKey, protection });

  /** Writes one entry after the last one there is. */
  const write = <K extends EntryKind>(
    last: Pick<LedgerRow, "seq" | "hash"> | undefined,
    kind: K,
    subject: string | null,
    data: EntryData<K>,
    author: string,
    seq = (last?.seq ?? 0) + 1,
  ): LedgerEntry => {
    const parsed = entryKinds[kind].safeParse(data);
    if (!parsed.success) throw new EarmarkError("internal", `This is no entry of the kind ${kind}.`, {}, { cause: parsed.error });
    const at = clock.now();
    const plain: LedgerEntry["data"] = JSON.parse(canonicalJson(parsed.data)) as LedgerEntry["data"];
    const body = { seq, at: toInstant(at), kind, subject, author, data: plain, previous: last?.hash ?? null };
    const entry = signEntry(body, key().signer, sha256);
    insert.run({ ...entry, at, data: canonicalJson(plain) });
    tell();
    return entry;
  };
  const turnOf = (row: LedgerRow | undefined): string | null => {
    if (row === undefined) return null;
    if (row.kind !== "key-changed") return row.key;
    const data = parseJson(row.data);
    const publicKey = typeof data === "object" && data !== null && "publicKey" in data ? String(data.publicKey) : "";
    return keyIdOf(publicKey, sha256);
  };
  /** The last entry, after which the key held may write: the ledger, or a segment, is begun first where need be. */
  const ready = (): Pick<LedgerRow, "seq" | "hash"> => {
    const last = newest.get();
    if (last === undefined) return write(undefined, "ledger-begun", null, { version: 1, ...named(key()) }, "");
    if (turnOf(last) === key().signer.keyId) return last;
    return beginSegment(reasonNow, { seq: last.seq, hash: last.hash, finding: null, at: null });
  };
  const beginSegment: LedgerTable["beginSegment"] = (reason, broken, least = 1) =>
    database.transaction(() => {
      const last = newest.get();
      const seq = Math.max(least, (last?.seq ?? 0) + 1);
      return write(last, "segment-begun", null, { ...named(key()), reason, break: { ...broken } }, "", seq);
    })();
  const append = <K extends EntryKind>(kind: K, subject: string | null, data: EntryData<K>, author = person()): LedgerEntry =>
    database.transaction(() => write(ready(), kind, subject, data, author))();

  return {
    append,
    commit(conversationId, content) {
      const number = numbered.get(conversationId);
      if (number === undefined) return null;
      let salt = saltOf.get(number);
      if (salt === undefined) {
        salt = randomBytes(32).toString("hex");
        putSalt.run(number, salt);
      }
      return createHmac("sha256", Buffer.from(salt, "hex")).update(canonicalJson(content)).digest("hex");
    },
    signWith(next, reason = "key-missing") {
      held = next;
      reasonNow = reason;
    },
    currentKey: () => turnOf(newest.get()),
    handOver: (next) =>
      database.transaction(() => {
        const last = ready();
        const proof = next.signer.sign(utf8(keyChangeMessage(last.hash, next.signer.keyId)));
        const entry = write(last, "key-changed", null, { ...named(next), proof }, person());
        held = next;
        return entry;
      })(),
    beginSegment,
    head() {
      const row = newest.get();
      return row === undefined ? null : { seq: row.seq, hash: row.hash, at: toInstant(row.at) };
    },
    count: () => count.get() ?? 0,
    entries: (after, limit, subject) =>
      (subject === undefined ? page.all(after, limit) : pageOf.all(subject, after, limit)).map(toEntry),
    lastSegment: () => segment.get() ?? 0,
    publicKeys: () =>
      keyData.all().flatMap((text) => {
        const data = parseJson(text);
        return typeof data === "object" && data !== null && "publicKey" in data ? [String(data.publicKey)] : [];
      }),
    checkpoints: () => kept.all().map(toCheckpoint),
    checkpoint: () =>
      database.transaction(() => {
        if (newest.get() === undefined) return null;
        const last = ready();
        const before = lastKept.get();
        if (before !== undefined && before.seq === last.seq) return toCheckpoint(before);
        const checkpoint = signCheckpoint(last, toInstant(clock.now()), key().signer, sha256);
        keep.run({ ...checkpoint, at: toMilliseconds(checkpoint.at) });
        return checkpoint;
      })(),
    salt(conversationId) {
      const number = numbered.get(conversationId);
      return number === undefined ? null : (saltOf.get(number) ?? null);
    },
    onAppend(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The entry of a row. */
export function toEntry(row: LedgerRow): LedgerEntry {
  // Whatever lies there is shown as it lies there: what is wrong with it is for verification to say.
  return { ...row, at: toInstant(row.at), data: (parseJson(row.data) ?? {}) as LedgerEntry["data"] };
}

function toCheckpoint(row: CheckpointRow): Checkpoint {
  const checkpoint = { ...row, at: toInstant(row.at) };
  return checkpointSchema.safeParse(checkpoint).data ?? checkpoint;
}
