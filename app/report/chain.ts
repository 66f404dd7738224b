import { z } from "zod";
import { canonicalJson, type Json } from "./canonical-json.ts";
import { type Sha256, type Signer, toHex, utf8 } from "./digests.ts";

/*
 * The ledger's chain: each entry carries the hash of the one before it, a hash of its own over all else that it says, and
 * a signature over that hash. `app/report/README.md` says the same for somebody who writes a verifier of their own.
 */

const hex64 = z.string().regex(/^[0-9a-f]{64}$/u);
const hex128 = z.string().regex(/^[0-9a-f]{128}$/u);

/** An entry as it lies in a ledger and in every document that quotes it. */
export const ledgerEntrySchema = z.strictObject({
  /** 1, 2, 3 … A gap is left only before a `segment-begun`. */
  seq: z.int().min(1),
  /** ISO 8601, UTC. */
  at: z.iso.datetime(),
  /** One of `entryKinds`, or a later Earmark's. */
  kind: z.string().min(1),
  /** The id of what it concerns, mostly a conversation. */
  subject: z.string().nullable(),
  /** The name of the person or, empty, Earmark itself. */
  author: z.string(),
  data: z.record(z.string(), z.json()),
  /** Hash of the entry before; null for the first of a ledger. */
  previous: hex64.nullable(),
  /** Id of the key that signed it. */
  key: hex64,
  hash: hex64,
  signature: hex128,
});
/** An entry as it lies in a ledger and in every document that quotes it. */
export type LedgerEntry = z.infer<typeof ledgerEntrySchema>;

/** What an entry says, without its hash and signature. */
export type EntryBody = Omit<LedgerEntry, "hash" | "signature">;

/** The state of a chain at a moment, signed: whoever keeps one can tell later that nothing before it was changed or cut off. */
export const checkpointSchema = z.strictObject({
  seq: z.int().min(1),
  hash: hex64,
  at: z.iso.datetime(),
  key: hex64,
  signature: hex128,
});
/** The state of a chain at a moment, signed. */
export type Checkpoint = z.infer<typeof checkpointSchema>;

/** The name a ledger's document begins with. */
export const ledgerFormat = "earmark-ledger";

/** A ledger as a file. */
export interface LedgerDocument {
  readonly format: typeof ledgerFormat;
  readonly version: 1;
  readonly entries: readonly LedgerEntry[];
  /** Earlier states, in order. */
  readonly checkpoints: readonly Checkpoint[];
  /** The state it was written in; null for an empty ledger. */
  readonly head: Checkpoint | null;
}

/** SHA-256 (hex) over the canonical JSON of all that an entry says, hash and signature left out. */
export function entryHash({ seq, at, kind, subject, author, data, previous, key }: EntryBody, sha256: Sha256): string {
  return toHex(sha256(utf8(canonicalJson({ seq, at, kind, subject, author, data, previous, key }))));
}

/** What is signed for an entry. */
export function entryMessage(hash: string): string {
  return `earmark-entry-1:${hash}`;
}

/** What the new key signs when it takes over: the entry before the change, and itself. */
export function keyChangeMessage(previous: string, newKeyId: string): string {
  return `earmark-key-1:${previous}:${newKeyId}`;
}

/** What is signed for a checkpoint: SHA-256 over the canonical JSON of its other members. */
export function checkpointMessage({ seq, hash, at, key }: Omit<Checkpoint, "signature">, sha256: Sha256): string {
  return `earmark-checkpoint-1:${toHex(sha256(utf8(canonicalJson({ seq, hash, at, key }))))}`;
}

/** Completes an entry with its hash and signature. */
export function signEntry(body: Omit<EntryBody, "key">, signer: Signer, sha256: Sha256): LedgerEntry {
  const whole = { ...body, key: signer.keyId };
  const hash = entryHash(whole, sha256);
  return { ...whole, hash, signature: signer.sign(utf8(entryMessage(hash))) };
}

/** Signs the state of a chain. `at` is ISO 8601, UTC. */
export function signCheckpoint(
  head: { readonly seq: number; readonly hash: string },
  at: string,
  signer: Signer,
  sha256: Sha256,
): Checkpoint {
  const state = { seq: head.seq, hash: head.hash, at, key: signer.keyId };
  return { ...state, signature: signer.sign(utf8(checkpointMessage(state, sha256))) };
}

/** Data of an entry as canonical JSON can hold them. */
export type EntryJson = { readonly [name: string]: Json | undefined };
