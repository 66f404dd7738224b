import { z } from "zod";
import { attachedIn } from "./attached.ts";
import { canonicalJson, type Json, pointerStep } from "./canonical-json.ts";
import { type Checkpoint, checkpointMessage, checkpointSchema } from "./chain.ts";
import { type Checks, hashOf, isSigned, keyIdOf, type Sha256, type Signer, toHex, utf8 } from "./digests.ts";
import { type Expected, type Finding, isExpectedKey, unread, type Verification } from "./findings.ts";
import { differences, type Tree, treeOf } from "./sealed-tree.ts";

/** The name a sealed document begins with. */
export const sealedFormat = "earmark-sealed";

const hex64 = z.string().regex(/^[0-9a-f]{64}$/u);
const treeSchema: z.ZodType<Tree> = z.lazy(() => z.union([z.string(), z.array(treeSchema), z.record(z.string(), treeSchema)]));

const integritySchema = z.strictObject({
  /** For each member of `data`: SHA-256 over its canonical JSON. */
  sections: z.record(z.string(), hex64),
  /** `data` in its shape with digests in the place of values: says where something was changed. */
  tree: treeSchema,
  /** State of the ledger when it was sealed. */
  checkpoint: checkpointSchema,
  /** Raw Ed25519 key, hex. */
  publicKey: hex64,
  /** SHA-256 over the canonical JSON of `{format, version, integrity}`, `whole` and `signature` left out of the latter. */
  whole: hex64,
  /** Ed25519 over "earmark-sealed-1:" and `whole`, hex. */
  signature: z.string().regex(/^[0-9a-f]{128}$/u),
});

/** A document with the proof that it is as it was sealed. */
export const sealedSchema = z.strictObject({
  format: z.literal(sealedFormat),
  version: z.literal(1),
  data: z.record(z.string(), z.json()),
  integrity: integritySchema,
});
/** A document with the proof that it is as it was sealed. */
export type SealedDocument = z.infer<typeof sealedSchema>;

type Integrity = SealedDocument["integrity"];

/** What a proof says beside the data: the state of the ledger, and the key that signs. */
export type SealParts = Pick<Integrity, "checkpoint" | "publicKey">;

function wholeOf({ sections, tree, checkpoint, publicKey }: Omit<Integrity, "whole" | "signature">, sha256: Sha256): string {
  return hashOf({ format: sealedFormat, version: 1, integrity: { sections, tree, checkpoint, publicKey } }, sha256);
}

function sectionsOf(data: { readonly [name: string]: unknown }, sha256: Sha256): Record<string, string> {
  return Object.fromEntries(Object.entries(data).map(([name, section]) => [name, hashOf(section, sha256)]));
}

/** What is signed for a sealed document, by the hash of the whole. */
export function sealedMessage(whole: string): string {
  return `earmark-sealed-1:${whole}`;
}

/**
 * Seals data under a key, at a state of the ledger that the same key signed. Data are named sections of plain JSON; members
 * that are undefined are left out. Throws a `NotJsonError` where data are not JSON.
 */
export function seal(
  data: { readonly [section: string]: Json | undefined },
  checkpoint: Checkpoint,
  signer: Signer,
  sha256: Sha256,
): SealedDocument {
  // What was handed in may share its parts with what changes later.
  const plain = z.record(z.string(), z.json()).parse(JSON.parse(canonicalJson(data)));
  const integrity = {
    sections: sectionsOf(plain, sha256),
    tree: treeOf(plain, sha256),
    checkpoint,
    publicKey: signer.publicKey,
  };
  const whole = wholeOf(integrity, sha256);
  return {
    format: sealedFormat,
    version: 1,
    data: plain,
    integrity: { ...integrity, whole, signature: signer.sign(utf8(sealedMessage(whole))) },
  };
}

/** The text of a sealed document as it is written into files: its canonical JSON. */
export function sealedText(document: SealedDocument): string {
  return canonicalJson(document);
}

/**
 * Verifies a sealed document that has been parsed. Every difference from what was sealed is named by its path; what was
 * changed in the proof itself is told apart from what was changed in the data.
 */
export async function verifySealed(document: unknown, checks: Checks, expected: Expected = {}): Promise<Verification> {
  const parsed = sealedSchema.safeParse(document);
  const strange = parsed.success ? strangeMember(document, parsed.data) : null;
  if (!parsed.success || strange !== null) {
    const [issue] = parsed.error?.issues ?? [];
    const extra = issue?.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
    const path = [...(issue?.path ?? []), ...extra].map((step) => pointerStep(String(step))).join("");
    return { ...unread({ kind: "malformed", path: strange ?? path }), format: "sealed" };
  }
  const { data, integrity } = parsed.data;
  const { sha256 } = checks;
  const { checkpoint, publicKey, whole, signature } = integrity;
  const sections = sectionsOf(data, sha256);
  const tree = treeOf(data, sha256);
  const keyId = keyIdOf(publicKey, sha256);
  const isSignedOver = (text: string): boolean | Promise<boolean> => isSigned(sealedMessage(text), signature, publicKey, checks);
  const stated = wholeOf(integrity, sha256);
  const dataAsStated = hashOf(integrity.sections, sha256) === hashOf(sections, sha256);
  const treeAsStated = canonicalJson(integrity.tree) === canonicalJson(tree);
  const found: Finding[] = [];
  const proof = (path: string): void => void found.push({ kind: "integrity-changed", path: `/integrity${path}` });

  const isOtherKey = keyId !== checkpoint.key;
  if (dataAsStated && treeAsStated) {
    if (stated !== whole) {
      if (await isSignedOver(stated)) proof("/whole");
      else if (!isOtherKey) proof("/checkpoint");
    } else if (!isOtherKey && !(await isSignedOver(whole))) found.push({ kind: "signature-wrong", path: "/integrity/signature" });
  } else {
    // Were the data sealed as they are, the proof that belongs to them is signed and only what is written of it was changed.
    const fitting = wholeOf({ ...integrity, sections, tree }, sha256);
    if (await isSignedOver(fitting)) found.push(...proofDifferences(integrity, sections, tree));
    else found.push(...dataDifferences(integrity, sections, tree, await isSignedOver(stated)));
  }
  if (isOtherKey) {
    // Which of the two is not the one that signed can be told by whether the key signed at all.
    if (await isSignedOver(whole)) proof("/checkpoint/key");
    else {
      const restored = { ...checkpoint, key: keyId ?? "" };
      const isKeyName = await isSignedOver(wholeOf({ ...integrity, checkpoint: restored }, sha256));
      proof(isKeyName ? "/checkpoint/key" : "/publicKey");
    }
  } else if (!(await isSigned(checkpointMessage(checkpoint, sha256), checkpoint.signature, publicKey, checks))) {
    if (!found.some(({ path }) => path === "/integrity/checkpoint")) proof("/checkpoint");
  }
  if (!isExpectedKey(keyId ?? "", expected)) found.push({ kind: "key-unexpected", path: "/integrity/publicKey" });
  return {
    sound: found.length === 0,
    format: "sealed",
    findings: found,
    keys: keyId === null ? [] : [{ keyId, publicKey, fromSeq: null, protection: null }],
    breaks: [],
    entries: null,
    checkpoint: { seq: checkpoint.seq, hash: checkpoint.hash, at: checkpoint.at },
  };
}

/** The first member that reading passed over, such as one called `__proto__`; null where there is none. */
export function strangeMember(raw: unknown, read: unknown, path = ""): string | null {
  if (typeof raw !== "object" || raw === null || typeof read !== "object" || read === null) return null;
  const readBack = read as Record<string, unknown>;
  for (const [name, member] of Object.entries(raw)) {
    const place = path + pointerStep(name);
    if (!Object.hasOwn(readBack, name)) return place;
    const within = strangeMember(member, readBack[name], place);
    if (within !== null) return within;
  }
  return null;
}

/** Where the data are others than the proof's tree was made of. */
function dataDifferences(integrity: Integrity, sections: Record<string, string>, tree: Tree, isProofIntact: boolean): Finding[] {
  const found = differences(integrity.tree, tree, "/data");
  for (const name of new Set([...Object.keys(integrity.sections), ...Object.keys(sections)])) {
    const path = `/data${pointerStep(name)}`;
    if (integrity.sections[name] === sections[name]) continue;
    // The tree's short digests may agree by chance, and where the proof was changed as well they say nothing.
    if (!found.some((one) => one.path === path || one.path.startsWith(`${path}/`) || one.from?.startsWith(`${path}/`)))
      found.push({ kind: "data-changed", path });
  }
  if (!isProofIntact) found.push({ kind: "signature-wrong", path: "/integrity" });
  return found;
}

function proofDifferences(integrity: Integrity, sections: Record<string, string>, tree: Tree): Finding[] {
  const places = [
    ...differences(sections, integrity.sections, "/integrity/sections"),
    ...differences(tree, integrity.tree, "/integrity/tree"),
  ];
  return places.map(({ path }) => ({ kind: "integrity-changed", path }));
}

/**
 * The sealed JSON or ledger in a file, as a part of its bytes: the file itself where it is JSON, what is attached where it is a
 * PDF. Null where there is none.
 */
export function sealedIn(bytes: Uint8Array): Uint8Array | null {
  for (const byte of bytes) {
    if (byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d) continue;
    return byte === 0x7b ? bytes : attachedIn(bytes);
  }
  return null;
}

/** A short name of a key for people to compare: four groups of four hex digits. */
export function fingerprint(keyId: string): string {
  return keyId.slice(0, 16).replace(/(.{4})(?=.)/gu, "$1 ");
}

/** SHA-256 (hex) over bytes. */
export function bytesHash(bytes: Uint8Array, sha256: Sha256): string {
  return toHex(sha256(bytes));
}
