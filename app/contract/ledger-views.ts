import { z } from "zod";
import { ledgerEntrySchema } from "../report/chain.ts";
import { keyProtectionSchema } from "../report/entries.ts";
import { findingKinds } from "../report/findings.ts";

const stateOfChain = z.object({ seq: z.int().min(1), hash: z.string(), at: z.iso.datetime() });

/** The state of the library's ledger, and the key that signs it now. */
export const ledgerStateSchema = z.object({
  entries: z.int().min(0),
  /** The last entry; null while there is none. */
  head: stateOfChain.nullable(),
  /** SHA-256 (hex) over the public key: what people compare. */
  keyId: z.string(),
  /** Raw Ed25519 key, hex. */
  publicKey: z.string(),
  protection: keyProtectionSchema,
});
/** The state of the library's ledger, and the key that signs it now. */
export type LedgerStateView = z.infer<typeof ledgerStateSchema>;

/** One thing that is not as it was sealed. */
export const findingSchema = z.object({
  kind: z.enum(findingKinds),
  path: z.string(),
  seq: z.int().optional(),
  lastSeq: z.int().optional(),
  field: z.string().optional(),
  byte: z.int().optional(),
  from: z.string().optional(),
});

/** What came of verifying a ledger or a sealed file. */
export const verificationSchema = z.object({
  sound: z.boolean(),
  format: z.enum(["ledger", "sealed"]).nullable(),
  findings: z.array(findingSchema),
  keys: z.array(
    z.object({ keyId: z.string(), publicKey: z.string(), fromSeq: z.int().nullable(), protection: z.string().nullable() }),
  ),
  breaks: z.array(z.object({ seq: z.int(), reason: z.string(), at: z.string() })),
  entries: z.int().nullable(),
  checkpoint: stateOfChain.nullable(),
});

/** Which entries are asked for; what is null or empty leaves none out. */
export const ledgerFilterSchema = z.object({
  kinds: z.array(z.string().min(1).max(200)).max(100).default([]),
  /** The id of what they concern: mostly a conversation, which may be gone. */
  subject: z.string().min(1).max(200).nullable().default(null),
  /** Whose they are; empty for Earmark itself. */
  author: z.string().max(200).nullable().default(null),
  /** Days, UTC, both included. */
  from: z.iso.date().nullable().default(null),
  to: z.iso.date().nullable().default(null),
  /** The number of the last entry when somebody began to look: what comes later moves nothing. */
  upTo: z.int().min(1).nullable().default(null),
});
/** Which entries are asked for. */
export type LedgerFilterInput = z.infer<typeof ledgerFilterSchema>;

/** Entries as they lie in the ledger, the latest first. */
export const ledgerPageSchema = z.object({
  /** How many there are in all. */
  total: z.int().min(0),
  entries: z.array(ledgerEntrySchema),
  /** What the conversations that they concern are called, by id; those that are gone are not in it. */
  titles: z.record(z.string(), z.string()),
});

const facetsSchema = z.array(z.object({ value: z.string(), count: z.int().min(1) }));
/** What entries can be filtered by, and how many there are of each. */
export const ledgerFacetsSchema = z.object({ kinds: facetsSchema, authors: facetsSchema });

/** What is exported: every entry, or the state that the ledger is in alone, which shows later that nothing was cut off. */
export const ledgerExports = ["ledger", "checkpoint"] as const;
/** What is exported of a ledger. */
export type LedgerExport = (typeof ledgerExports)[number];
