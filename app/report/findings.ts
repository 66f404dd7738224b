/*
 * What verification can find. Each finding says what was done to which place; `finding-text.ts` has the sentences.
 */

/** What was found to be wrong. */
export const findingKinds = [
  // The file
  "not-utf8",
  "not-json",
  "not-canonical",
  "format-unknown",
  "malformed",
  // A sealed document
  "data-changed",
  "data-removed",
  "data-added",
  "data-moved",
  "integrity-changed",
  "signature-wrong",
  "pages-changed",
  // A ledger
  "entry-changed",
  "entry-removed",
  "entry-added",
  "entry-twice",
  "entry-moved",
  "chain-forked",
  "ledger-truncated",
  "head-missing",
  "checkpoint-changed",
  "checkpoint-contradicts",
  // Keys
  "key-forged",
  "key-unknown",
  "key-unexpected",
] as const;
/** What was found to be wrong. */
export type FindingKind = (typeof findingKinds)[number];

/** One thing that is not as it was sealed. */
export interface Finding {
  readonly kind: FindingKind;
  /** JSON Pointer (RFC 6901) to the place in the document; empty for the whole. */
  readonly path: string;
  /** The entry concerned, or the first of several. */
  readonly seq?: number | undefined;
  /** The last entry concerned, where there are several. */
  readonly lastSeq?: number | undefined;
  /** The member of an entry or checkpoint that was changed, where that can be told. */
  readonly field?: string | undefined;
  /** Byte of the file, from 0, where that can be told. */
  readonly byte?: number | undefined;
  /** Where what was moved stood before, as a JSON Pointer. */
  readonly from?: string | undefined;
}

/** A key that signed. */
export interface KnownKey {
  readonly keyId: string;
  readonly publicKey: string;
  /** First entry that names it; null where the document quotes none. */
  readonly fromSeq: number | null;
  readonly protection: string | null;
}

/** A break that the ledger itself owns up to: nothing that was done to it since. */
export interface AcknowledgedBreak {
  readonly seq: number;
  readonly reason: string;
  readonly at: string;
}

/** What came of verifying. */
export interface Verification {
  /** Nothing was found. */
  readonly sound: boolean;
  readonly format: "ledger" | "sealed" | null;
  readonly findings: readonly Finding[];
  readonly keys: readonly KnownKey[];
  readonly breaks: readonly AcknowledgedBreak[];
  /** Entries read; null for a sealed document. */
  readonly entries: number | null;
  /** State of the ledger that the document was written in. */
  readonly checkpoint: { readonly seq: number; readonly hash: string; readonly at: string } | null;
}

/** What whoever verifies knows from elsewhere. */
export interface Expected {
  /**
   * Ids (SHA-256 of the public key, hex) of the keys that may have signed, or how they begin; none means any. A key that one
   * of them hands over to is as good as they are; one that a segment brings in is not.
   */
  readonly keyIds?: readonly string[];
  /** Public keys (hex) that are known, where the document itself may have lost them. They count as expected by nobody. */
  readonly publicKeys?: readonly string[];
  /** States of the ledger that were kept apart from it. */
  readonly checkpoints?: readonly unknown[];
}

/** Whether a key is one of those expected: its id, or how it begins, written with or without spaces. */
export function isExpectedKey(keyId: string, { keyIds = [] }: Expected): boolean {
  const starts = keyIds.map((start) => start.replaceAll(/\s/gu, "").toLowerCase()).filter((start) => start !== "");
  return starts.length === 0 || starts.some((start) => keyId.startsWith(start));
}

/** A verification that ended before anything could be read. */
export function unread(finding: Finding): Verification {
  return { sound: false, format: null, findings: [finding], keys: [], breaks: [], entries: null, checkpoint: null };
}
