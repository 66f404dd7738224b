import { entryMessage } from "./chain.ts";
import { findChanges, type Suspect } from "./chain-changes.ts";
import { findCutOff, readCheckpoints } from "./chain-checkpoints.ts";
import { readLinks } from "./chain-links.ts";
import { findGapsAndForks, findKeyFaults, findOrder } from "./chain-whole.ts";
import { type Checks, isSigned, keyIdOf } from "./digests.ts";
import type { Expected, Finding, KnownKey, Verification } from "./findings.ts";

/** A chain as it is to be verified. */
export interface ChainSource {
  /** In order, as they lie there; read once. */
  readonly entries: Iterable<unknown> | AsyncIterable<unknown>;
  readonly checkpoints: readonly unknown[];
  /** The state it claims to be in; undefined where nothing claims one. */
  readonly head: unknown;
  /** The entry that these entries come after, where they are not a whole ledger. */
  readonly after?: { readonly seq: number; readonly hash: string | null };
}

/**
 * Verifies a chain: every hash, every signature, the order, the links, the checkpoints and the handing over of keys. Each
 * finding names the entry, and the member where that can be told; `path` points into a ledger's document. Nothing is found
 * in a chain as it was written, breaks that it owns up to included. Throws what reading the entries throws.
 */
export async function verifyChain(source: ChainSource, checks: Checks, expected: Expected = {}): Promise<Verification> {
  const findings: Finding[] = [];
  const keys = new Map<string, KnownKey>();
  for (const publicKey of expected.publicKeys ?? []) {
    const keyId = keyIdOf(publicKey, checks.sha256);
    if (keyId !== null) keys.set(keyId, { keyId, publicKey, fromSeq: null, protection: null });
  }
  const read = await readLinks(source.entries, keys, checks, findings);
  const { links, handovers, breaks } = read;

  const checkpoints = await readCheckpoints(source, keys, links.at(-1)?.seq ?? 0, checks, findings, expected);
  const bornOut = new Set<string>();
  for (const link of links) if (link.stated?.previous != null) bornOut.add(link.stated.previous);
  for (const { checkpoint } of checkpoints) bornOut.add(checkpoint.hash);
  const unknown = new Map<string, { first: number; last: number }>();
  const suspects: Suspect[] = [];
  for (const link of links) {
    const { stated } = link;
    if (stated === null) continue;
    const publicKey = keys.get(stated.key)?.publicKey;
    if (publicKey === undefined && link.sound) {
      const run = unknown.get(stated.key);
      if (run === undefined) unknown.set(stated.key, { first: link.seq, last: link.seq });
      else run.last = link.seq;
      continue;
    }
    const isRight = () => publicKey !== undefined && isSigned(entryMessage(stated.hash), stated.signature, publicKey, checks);
    const signed = link.signed ?? (await isRight());
    if (link.sound && signed) continue;
    link.sound = false;
    suspects.push({ link, signed });
  }
  for (const { first, last } of unknown.values()) {
    findings.push({ kind: "key-unknown", path: "", seq: first, lastSeq: last });
  }
  await findChanges(suspects, read, bornOut, keys, checks, findings);

  const inOrder = findOrder(links, findings);
  findGapsAndForks(inOrder, source.after ?? { seq: 0, hash: null }, findings);
  await findKeyFaults(inOrder, handovers, keys, checks, expected, findings);
  findCutOff(inOrder, checkpoints, findings);
  const last = inOrder.at(-1);
  if (source.head !== undefined) {
    const head = checkpoints.find((one) => one.path === "/head");
    if (links.length > 0 && source.head === null) findings.push({ kind: "head-missing", path: "/head" });
    else if (head !== undefined && last !== undefined && head.checkpoint.seq < last.seq)
      findings.push({ kind: "checkpoint-changed", path: "/head", seq: head.checkpoint.seq, field: "seq" });
  }

  const at = checkpoints.find((one) => one.path === "/head")?.checkpoint ?? null;
  return {
    sound: findings.length === 0,
    format: "ledger",
    findings,
    keys: [...keys.values()],
    breaks,
    entries: links.length,
    checkpoint: at === null ? null : { seq: at.seq, hash: at.hash, at: at.at },
  };
}
