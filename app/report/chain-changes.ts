import { entryHash, entryMessage } from "./chain.ts";
import { changedField, dataFit } from "./chain-fields.ts";
import { type Link, pathOf, type ReadLinks } from "./chain-links.ts";
import { type Checks, isSigned } from "./digests.ts";
import type { Finding, KnownKey } from "./findings.ts";

/** An entry that is not as it was signed. */
export interface Suspect {
  readonly link: Link;
  /** Whether its signature is right over the hash that it states. */
  readonly signed: boolean;
}

/**
 * Finds out what was changed in entries that are not as they were signed, and puts right in their links what can be told of how they
 * were. `bornOut` are hashes that others name.
 */
export async function findChanges(
  suspects: readonly Suspect[],
  { links, authors, subjects }: ReadLinks,
  bornOut: Set<string>,
  keys: ReadonlyMap<string, KnownKey>,
  checks: Checks,
  findings: Finding[],
): Promise<void> {
  const soundSeqs = new Set(links.filter((link) => link.sound).map((link) => link.seq));
  for (const { link, signed } of suspects) {
    const { stated, body, hash } = link;
    if (stated === null) continue;
    const publicKey = keys.get(stated.key)?.publicKey;
    const intact =
      hash !== null &&
      (bornOut.has(hash) ||
        (publicKey !== undefined && (await isSigned(entryMessage(hash), stated.signature, publicKey, checks))));
    if (intact) {
      const field = body === null ? "signature" : "hash";
      findings.push({ kind: "entry-changed", path: pathOf(link.index, field), seq: link.seq, field });
      continue;
    }
    if (body === null) {
      // It agrees with itself, yet nobody signed it and nothing leads on from it.
      const isAdded = soundSeqs.has(link.seq);
      link.hash = null;
      findings.push({ kind: isAdded ? "entry-added" : "entry-changed", path: pathOf(link.index), seq: link.seq });
      continue;
    }
    if (signed) bornOut.add(stated.hash);
    const around = [links[link.index - 1], links[link.index + 1]];
    const change = changedField(
      body,
      bornOut.has(stated.hash) ? new Set([stated.hash]) : bornOut,
      {
        seqs: [
          link.index + 1,
          (around[0]?.seq ?? 0) + 1,
          (around[1]?.seq ?? 0) - 1,
          ...suspects.map((one) => one.link.index + 1),
        ],
        hashes: [around[0]?.hash ?? null, around[0]?.stated?.hash ?? null, null],
        keys: keys.keys(),
        authors,
        subjects,
      },
      checks.sha256,
    );
    link.hash = bornOut.has(stated.hash) ? stated.hash : null;
    if (change === null) {
      const field = dataFit(body) ? undefined : "data";
      const known = field === undefined ? {} : { field };
      findings.push({ kind: "entry-changed", path: pathOf(link.index, field), seq: link.seq, ...known });
      continue;
    }
    const { field, was } = change;
    link.seq = was.seq;
    link.previous = was.previous;
    link.hash = entryHash(was, checks.sha256);
    findings.push({ kind: "entry-changed", path: pathOf(link.index, field), seq: link.seq, field });
  }
}
