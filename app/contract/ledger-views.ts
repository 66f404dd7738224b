import { z } from "zod";
import { checkpointSchema, ledgerEntrySchema } from "../report/chain.ts";
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

/** Entries as they lie in the ledger. */
export const ledgerEntriesSchema = z.object({ entries: z.array(ledgerEntrySchema) });

/** What a ledger's document holds beside its entries, which end with the head. */
export const ledgerExportSchema = z.object({
  head: checkpointSchema.nullable(),
  checkpoints: z.array(checkpointSchema),
});
