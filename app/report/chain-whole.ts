import { keyChangeMessage } from "./chain.ts";
import { type Handover, type Link, pathOf } from "./chain-links.ts";
import { missingRuns, outOfOrder } from "./chain-order.ts";
import { type Checks, isSigned } from "./digests.ts";
import { type Expected, type Finding, isExpectedKey, type KnownKey } from "./findings.ts";

/* What is wrong between entries: their order, what is missing, and whose turn it was to sign. */

/** The entries in the order of their numbers, each number once; those out of place, and those twice, are found. */
export function findOrder(links: readonly Link[], findings: Finding[]): Link[] {
  const astray = outOfOrder(links.map((link) => link.seq));
  const bySeq = new Map<number, Link>();
  for (const link of links) if (!astray.has(link.index)) bySeq.set(link.seq, link);
  for (const place of astray) {
    const link = links[place];
    if (link === undefined) continue;
    const other = bySeq.get(link.seq);
    const where = { path: pathOf(link.index), seq: link.seq };
    if (other === undefined) {
      bySeq.set(link.seq, link);
      findings.push({ kind: "entry-moved", ...where });
    } else if (link.hash !== null && link.hash === other.hash) findings.push({ kind: "entry-twice", ...where });
    else if (link.sound && other.sound) findings.push({ kind: "chain-forked", ...where });
    else {
      if (link.sound) bySeq.set(link.seq, link);
      const added = link.sound ? other : link;
      if (!findings.some((one) => one.kind === "entry-added" && one.path === pathOf(added.index)))
        findings.push({ kind: "entry-added", path: pathOf(added.index), seq: added.seq });
    }
  }
  return [...bySeq.values()].sort((one, other) => one.seq - other.seq);
}

/** What is missing between entries, and what does not follow from the one before. */
export function findGapsAndForks(
  inOrder: readonly Link[],
  after: { readonly seq: number; readonly hash: string | null },
  findings: Finding[],
): void {
  let before: Pick<Link, "seq" | "hash" | "sound"> = { ...after, sound: true };
  for (const link of inOrder) {
    // A segment owns up to what was missing when it began, and to nothing that went missing since.
    const expectedNext = link.resumes !== null && link.sound ? link.resumes.seq + 1 : link.seq;
    for (const { from, to } of missingRuns([], before.seq + 1, expectedNext - 1))
      findings.push({ kind: "entry-removed", path: pathOf(link.index), seq: from, lastSeq: to });
    const isKnown = before.hash !== null || before.seq === 0;
    // A segment may come after an entry that was changed before it began; after one that is sound it has to name that.
    const follows = link.opensSegment ? before.sound && before.seq === link.resumes?.seq : before.seq === link.seq - 1;
    if (link.sound && isKnown && follows && link.previous !== before.hash)
      findings.push({ kind: "chain-forked", path: pathOf(link.index, "previous"), seq: link.seq });
    before = link;
  }
}

/** Every key hands over to the next itself; what is signed by one whose turn it is not is forged. */
export async function findKeyFaults(
  inOrder: readonly Link[],
  handovers: readonly Handover[],
  keys: ReadonlyMap<string, KnownKey>,
  checks: Checks,
  expected: Expected,
  findings: Finding[],
): Promise<void> {
  const handedOver = new Map(handovers.map((one) => [one.link, one]));
  /** Those that nobody expected, and those handed over to. */
  const judged = new Set<string>();
  let current: string | null = null;
  for (const link of inOrder) {
    const key = link.stated?.key ?? null;
    if (!link.sound || key === null) {
      // What it said cannot be relied on; the next one that can be shows whose turn it is.
      if (handedOver.has(link) || link.opensSegment) current = null;
      continue;
    }
    if (!judged.has(key) && !isExpectedKey(key, expected))
      findings.push({ kind: "key-unexpected", path: pathOf(link.index, "key"), seq: link.seq });
    judged.add(key);
    if (link.opensSegment || current === null) current = key;
    else if (key !== current) {
      if (keys.has(key)) findings.push({ kind: "key-forged", path: pathOf(link.index, "key"), seq: link.seq });
      current = key;
    }
    const handover = handedOver.get(link);
    if (handover === undefined) continue;
    const { keyId, publicKey } = handover.key;
    const message = keyChangeMessage(link.stated?.previous ?? "", keyId);
    if (await isSigned(message, handover.proof, publicKey, checks)) {
      current = keyId;
      judged.add(keyId);
    } else findings.push({ kind: "key-forged", path: pathOf(link.index, "data"), seq: link.seq });
  }
}
