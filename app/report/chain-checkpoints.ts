import { type Checkpoint, checkpointMessage, checkpointSchema } from "./chain.ts";
import type { Link } from "./chain-links.ts";
import { type Checks, isSigned } from "./digests.ts";
import type { Expected, Finding, KnownKey } from "./findings.ts";
import type { ChainSource } from "./verify-chain.ts";

/** A checkpoint that is as it was signed. */
export interface ReadCheckpoint {
  /** In the document; empty for one that was kept elsewhere. */
  readonly path: string;
  readonly checkpoint: Checkpoint;
}

/** The checkpoints that are as they were signed; what is wrong with the others is found. */
export async function readCheckpoints(
  source: ChainSource,
  keys: ReadonlyMap<string, KnownKey>,
  lastSeq: number,
  checks: Checks,
  findings: Finding[],
  expected: Expected,
): Promise<ReadCheckpoint[]> {
  const all = [
    ...source.checkpoints.map((value, at) => ({ value, path: `/checkpoints/${at}` })),
    ...(source.head == null ? [] : [{ value: source.head, path: "/head" }]),
    ...(expected.checkpoints ?? []).map((value) => ({ value, path: "" })),
  ];
  const read: ReadCheckpoint[] = [];
  for (const { value, path } of all) {
    const parsed = checkpointSchema.safeParse(value);
    const checkpoint = parsed.data;
    const publicKey = checkpoint === undefined ? undefined : keys.get(checkpoint.key)?.publicKey;
    if (checkpoint !== undefined && publicKey !== undefined) {
      const message = checkpointMessage(checkpoint, checks.sha256);
      if (await isSigned(message, checkpoint.signature, publicKey, checks)) {
        read.push({ path, checkpoint });
        continue;
      }
    }
    // Its key came in with what is missing: that it cannot be checked is part of that.
    if (checkpoint !== undefined && publicKey === undefined && checkpoint.seq > lastSeq) {
      read.push({ path, checkpoint });
      continue;
    }
    // One that was kept elsewhere, under a key that this ledger never had, says that this is another ledger.
    if (path === "")
      findings.push({ kind: "checkpoint-contradicts", path, ...(checkpoint === undefined ? {} : { seq: checkpoint.seq }) });
    else findings.push({ kind: "checkpoint-changed", path });
  }
  return read;
}

/** What checkpoints say that the entries do not bear out: cut off at the end, or another entry in the place. */
export function findCutOff(inOrder: readonly Link[], checkpoints: readonly ReadCheckpoint[], findings: Finding[]): void {
  const last = inOrder.at(-1)?.seq ?? 0;
  const bySeq = new Map(inOrder.map((link) => [link.seq, link]));
  let cutOff = last;
  for (const { path, checkpoint } of checkpoints) {
    const link = bySeq.get(checkpoint.seq);
    if (link?.hash != null && link.hash !== checkpoint.hash)
      findings.push({ kind: "checkpoint-contradicts", path, seq: checkpoint.seq });
    // Whoever kept it elsewhere wants its entry, whatever a later segment owns up to.
    else if (link === undefined && path === "" && checkpoint.seq <= last)
      findings.push({ kind: "checkpoint-contradicts", path, seq: checkpoint.seq });
    // Missing in the middle has been found as missing.
    cutOff = Math.max(cutOff, checkpoint.seq);
  }
  const acknowledged = inOrder.some((link) => link.opensSegment && link.seq > cutOff);
  if (cutOff > last && !acknowledged)
    findings.push({ kind: "ledger-truncated", path: "/entries", seq: last + 1, lastSeq: cutOff });
}
