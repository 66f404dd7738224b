import {
  type Checkpoint,
  checkpointMessage,
  checkpointSchema,
  type EntryBody,
  entryHash,
  entryMessage,
  keyChangeMessage,
  type LedgerEntry,
  ledgerEntrySchema,
} from "./chain.ts";
import { changedField, dataFit } from "./chain-fields.ts";
import { missingRuns, outOfOrder } from "./chain-order.ts";
import { type Checks, isSigned, keyIdOf } from "./digests.ts";
import {
  type AcknowledgedBreak,
  type Expected,
  type Finding,
  isExpectedKey,
  type KnownKey,
  type Verification,
} from "./findings.ts";
import { strangeMember } from "./sealed.ts";

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

/** What is kept of each entry while the chain is looked at: as little as the findings need. */
interface Link {
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
interface Handover {
  readonly link: Link;
  readonly key: KnownKey;
  readonly proof: string;
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
  const handovers: Handover[] = [];
  const breaks: AcknowledgedBreak[] = [];
  const authors = new Set<string>();
  const subjects = new Set<string | null>();
  const links: Link[] = [];

  // ── Each by itself ─────────────────────────────────────────────────────────────────────────────────────────────────

  let index = -1;
  for await (const raw of source.entries) {
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

  // ── Signatures ─────────────────────────────────────────────────────────────────────────────────────────────────────

  const checkpoints = await readCheckpoints(source, keys, links.at(-1)?.seq ?? 0, checks, findings, expected);
  const bornOut = new Set<string>();
  for (const link of links) if (link.stated?.previous != null) bornOut.add(link.stated.previous);
  for (const { checkpoint } of checkpoints) bornOut.add(checkpoint.hash);
  const unknown = new Map<string, { first: number; last: number }>();
  const suspects: { link: Link; signed: boolean }[] = [];
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

  // ── What was changed in those that are not as they were signed ─────────────────────────────────────────────────────

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

  // ── All together ───────────────────────────────────────────────────────────────────────────────────────────────────

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

function blank(index: number, seq: number): Omit<Link, "opensSegment" | "resumes"> {
  return { index, seq, stated: null, hash: null, previous: null, sound: false, signed: null, body: null };
}

function pathOf(index: number, field?: string): string {
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

interface ReadCheckpoint {
  /** In the document; empty for one that was kept elsewhere. */
  readonly path: string;
  readonly checkpoint: Checkpoint;
}

/** The checkpoints that are as they were signed; what is wrong with the others is found. */
async function readCheckpoints(
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

/** The entries in the order of their numbers, each number once; those out of place, and those twice, are found. */
function findOrder(links: readonly Link[], findings: Finding[]): Link[] {
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

function findGapsAndForks(
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
async function findKeyFaults(
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

/** What checkpoints say that the entries do not bear out: cut off at the end, or another entry in the place. */
function findCutOff(inOrder: readonly Link[], checkpoints: readonly ReadCheckpoint[], findings: Finding[]): void {
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
