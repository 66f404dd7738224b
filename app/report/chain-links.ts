import { type EntryBody, entryHash, entryMessage, type LedgerEntry, ledgerEntrySchema } from "./chain.ts";
import { type Checks, isSigned, keyIdOf } from "./digests.ts";
import type { AcknowledgedBreak, Finding, KnownKey } from "./findings.ts";
import { strangeMember } from "./sealed.ts";

/* The entries of a chain, each looked at by itself: what the chain as a whole is judged by. */

/** What is kept of each entry while the chain is looked at: as little as the findings need. */
export interface Link {
  readonly index: number;
  /** The number it should have, as far as that can be told. */
  seq: number;
  readonly stated: Pick<LedgerEntry, "seq" | "hash" | "previous" | "key" | "signature"> | null;
  /** The hash it has, or had; null where that cannot be told. */
  hash: string | null;
  previous: string | null;
  /** Whether all of it is as it was signed. */
  sound: boolean;
  /** Whether its signature is right over the hash that it states; null while its key is not known. */
  signed: boolean | null;
  /** Kept where the whole entry is needed once more. */
  body: EntryBody | null;
  readonly opensSegment: boolean;
  /** Where a segment says that it goes on from. */
  readonly resumes: { readonly seq: number; readonly hash: string | null } | null;
}

/** A change of key, as the old one announced it. */
export interface Handover {
  readonly link: Link;
  readonly key: KnownKey;
  readonly proof: string;
}

/** The entries of a chain, as they lie there. */
export interface ReadLinks {
  readonly links: readonly Link[];
  readonly handovers: readonly Handover[];
  readonly breaks: readonly AcknowledgedBreak[];
  /** Names that stand in the chain, for finding out which one was changed. */
  readonly authors: ReadonlySet<string>;
  readonly subjects: ReadonlySet<string | null>;
}

/** Reads entries once. Keys that they bring in are added to `keys`; what is no entry at all is found. Throws what reading them throws. */
export async function readLinks(
  entries: Iterable<unknown> | AsyncIterable<unknown>,
  keys: Map<string, KnownKey>,
  checks: Checks,
  findings: Finding[],
): Promise<ReadLinks> {
  const handovers: Handover[] = [];
  const breaks: AcknowledgedBreak[] = [];
  const authors = new Set<string>();
  const subjects = new Set<string | null>();
  const links: Link[] = [];
  let index = -1;
  for await (const raw of entries) {
    index += 1;
    const parsed = ledgerEntrySchema.safeParse(raw);
    const strange = parsed.success ? strangeMember(raw, parsed.data) : null;
    if (!parsed.success || strange !== null) {
      const member = strange?.split("/")[1] ?? parsed.error?.issues[0]?.path[0];
      const field = member === undefined ? {} : { field: String(member) };
      const seq = seqOf(raw) ?? (links.at(-1)?.seq ?? 0) + 1;
      findings.push({ kind: "malformed", path: pathOf(index, field.field), seq, ...field });
      links.push({ ...blank(index, seq), opensSegment: false, resumes: null });
      continue;
    }
    const entry = parsed.data;
    const { hash, signature, ...body } = entry;
    const now = entryHash(body, checks.sha256);
    const opensSegment = entry.kind === "segment-begun";
    const link: Link = {
      index,
      seq: entry.seq,
      stated: { seq: entry.seq, hash, previous: entry.previous, key: entry.key, signature },
      hash: now,
      previous: entry.previous,
      sound: now === hash,
      signed: null,
      body: now === hash ? null : body,
      opensSegment,
      resumes: opensSegment ? resumedFrom(entry.data) : null,
    };
    links.push(link);
    if (authors.size < 100) authors.add(entry.author);
    if (subjects.size < 400) subjects.add(entry.subject);
    const key = broughtIn(entry, checks);
    if (key !== null) {
      if ((keys.get(key.keyId)?.fromSeq ?? null) === null) keys.set(key.keyId, key);
      if (entry.kind === "key-changed") handovers.push({ link, key, proof: String(entry.data["proof"]) });
      if (opensSegment) breaks.push({ seq: entry.seq, reason: String(entry.data["reason"]), at: entry.at });
    }
    const publicKey = keys.get(entry.key)?.publicKey;
    if (publicKey !== undefined) link.signed = await isSigned(entryMessage(hash), signature, publicKey, checks);
  }
  return { links, handovers, breaks, authors, subjects };
}

function blank(index: number, seq: number): Omit<Link, "opensSegment" | "resumes"> {
  return { index, seq, stated: null, hash: null, previous: null, sound: false, signed: null, body: null };
}

/** Where an entry, or a member of it, lies in a ledger's document. */
export function pathOf(index: number, field?: string): string {
  return `/entries/${index}${field === undefined ? "" : `/${field}`}`;
}

function seqOf(raw: unknown): number | null {
  const seq = typeof raw === "object" && raw !== null && "seq" in raw ? raw.seq : null;
  return typeof seq === "number" && Number.isSafeInteger(seq) && seq > 0 ? seq : null;
}

/** The key that an entry brings in; null where it brings none, or another than the one that it was. */
function broughtIn(entry: LedgerEntry, { sha256 }: Checks): KnownKey | null {
  const { kind, data, seq } = entry;
  const { publicKey, protection } = data;
  const isOwn = kind === "ledger-begun" || kind === "segment-begun";
  if ((!isOwn && kind !== "key-changed") || typeof publicKey !== "string") return null;
  const keyId = keyIdOf(publicKey, sha256);
  if (keyId === null) return null;
  // One that signs itself has to be the one that it names; else one of the two is not what it was.
  if (isOwn && keyId !== entry.key && entryHash({ ...entry, key: keyId }, sha256) !== entry.hash) return null;
  return { keyId, publicKey, fromSeq: seq, protection: typeof protection === "string" ? protection : null };
}

function resumedFrom(data: LedgerEntry["data"]): Link["resumes"] {
  const { break: broken } = data;
  if (typeof broken !== "object" || broken === null || Array.isArray(broken)) return null;
  const { seq, hash } = broken;
  return typeof seq === "number" ? { seq, hash: typeof hash === "string" ? hash : null } : null;
}
