import { canonicalJson } from "../../../app/report/canonical-json.ts";
import {
  type Checkpoint,
  keyChangeMessage,
  type LedgerDocument,
  type LedgerEntry,
  signCheckpoint,
  signEntry,
} from "../../../app/report/chain.ts";
import { type Signer, toHex, utf8 } from "../../../app/report/digests.ts";
import { type SealedDocument, seal } from "../../../app/report/sealed.ts";
import { verifyFile } from "../../../app/report/verify-file.ts";

import { nodeChecks, signerOf } from "./node-crypto.ts";

/** Numbers from 0 to 1, the same for the same seed: mulberry32 (public domain, T. Ettinger). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A signer: the same for the same seed byte. */
export function madeUpSigner(seed: number): Signer {
  return signerOf(Buffer.alloc(32, seed));
}

/** A ledger of so many entries at least: keys change twice, and one segment begins after a break. */
export function madeUpLedger(entries: number, signers = [madeUpSigner(1), madeUpSigner(2), madeUpSigner(3)]): LedgerDocument {
  const list: LedgerEntry[] = [];
  const checkpoints: Checkpoint[] = [];
  let signer = signers[0] ?? madeUpSigner(1);
  const at = (): string => new Date(Date.UTC(2026, 10, 21, 9) + list.length * 60_000).toISOString();
  const add = (kind: string, data: LedgerEntry["data"], subject: string | null, author: string, seq?: number): void => {
    const last = list.at(-1);
    const body = { seq: seq ?? (last?.seq ?? 0) + 1, at: at(), kind, subject, author, data, previous: last?.hash ?? null };
    list.push(signEntry(body, signer, nodeChecks.sha256));
  };
  const newKey = (): LedgerEntry["data"] => ({ publicKey: signer.publicKey, protection: "memory" });
  add("ledger-begun", { version: 1, ...newKey() }, null, "");
  while (list.length < entries) {
    const step = list.length;
    if (step === Math.floor(entries / 3)) {
      const next = signers[1] ?? signer;
      const proof = next.sign(utf8(keyChangeMessage(list.at(-1)?.hash ?? "", next.keyId)));
      add("key-changed", { publicKey: next.publicKey, protection: "memory", proof }, null, "Ann");
      signer = next;
    } else if (step === Math.floor((2 * entries) / 3)) {
      const last = list.at(-1);
      signer = signers[2] ?? signer;
      const broken = { seq: last?.seq ?? 0, hash: last?.hash ?? null, finding: null, at: null };
      add("segment-begun", { ...newKey(), reason: "key-missing", break: broken }, null, "", (last?.seq ?? 0) + 4);
    } else if (step % 7 === 0) add("undo", { change: `change-${step}` }, `c${step % 5}`, "Åsa Ñ 漢字");
    else if (step % 5 === 0) add("settings-changed", { names: ["language", "speech"] }, null, "Ann");
    else
      add(
        "import",
        { sha256: toHex(nodeChecks.sha256(utf8(String(step)))), bytes: 1_000 + step, kind: "call" },
        `c${step}`,
        "Ann",
      );
    const last = list.at(-1);
    if (last !== undefined && step % 10 === 0) checkpoints.push(signCheckpoint(last, at(), signer, nodeChecks.sha256));
  }
  const last = list.at(-1);
  const head = last === undefined ? null : signCheckpoint(last, at(), signer, nodeChecks.sha256);
  return { format: "earmark-ledger", version: 1, entries: list, checkpoints, head };
}

/** A small report, sealed, with everything it was made of. */
export function madeUpReport(signer: Signer): {
  document: SealedDocument;
  data: Parameters<typeof seal>[0];
  checkpoint: Checkpoint;
} {
  const checkpoint = signCheckpoint({ seq: 63, hash: "ab".repeat(32) }, "2026-11-21T10:00:00.000Z", signer, nodeChecks.sha256);
  const data = {
    conversation: { id: "c1", title: "Rechnung für März – 漢字 😀", durationMs: 61_000, startedAt: null },
    answers: Array.from({ length: 12 }, (_, index) => ({
      question: `q${index}`,
      points: index * 0.5,
      passed: index % 3 !== 0,
      evidence: [{ turnId: `t${index}`, words: [`w${index}.1`, `w${index}.2`] }],
    })),
    history: [],
  };
  return { document: seal(data, checkpoint, signer, nodeChecks.sha256), data, checkpoint };
}

/** The bytes of a document as Earmark writes them. */
export function bytesOf(document: unknown): Uint8Array {
  return utf8(canonicalJson(document));
}

/** What verifying a document finds, each finding as "kind place member". */
export async function found(document: unknown, expected = {}): Promise<string[]> {
  const { findings } = await verifyFile(bytesOf(document), nodeChecks, expected);
  return findings.map(({ kind, seq, field, path }) => [kind, seq ?? path, ...(field === undefined ? [] : [field])].join(" "));
}

/** The entry at a place, there for certain. */
export function at(entries: readonly LedgerEntry[], index: number): LedgerEntry {
  const entry = entries[index];
  if (entry === undefined) throw new Error(`There is no entry at ${index}.`);
  return entry;
}
