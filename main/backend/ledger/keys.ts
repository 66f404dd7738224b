import { createCipheriv, createDecipheriv, randomBytes, scrypt } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import type { Clock } from "../../../app/ports.ts";
import type { Signer } from "../../../app/report/digests.ts";
import type { KeyProtection } from "../../../app/report/entries.ts";
import { syncFolder } from "../ingest/unsettled.ts";
import type { SecretKeeper } from "../secret-keeper.ts";
import type { HeldKey } from "../store/ledger.ts";
import { parseJson } from "../store/stored-json.ts";
import { newSeed, signerOf } from "./node-crypto.ts";

/*
 * The signing keys of a library. Their list lies in a file beside the database; the private halves lie in the system's
 * keychain where the shell has one, else in the file, encrypted with a passphrase where one is given. Where there is
 * neither, the file's permissions alone protect them, and the ledger says so in the entry that names the key.
 */

/** scrypt as RFC 7914 and OWASP have it for keys at rest: N = 2^15, r = 8, p = 1, some 32 MiB and 0.1 s. */
const cost = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };

const hex = z.string().regex(/^[0-9a-f]*$/u);
const known = { keyId: hex, publicKey: hex, createdAt: z.iso.datetime() };
const keySchema = z.discriminatedUnion("protection", [
  z.object({ ...known, protection: z.literal("keychain") }),
  /** AES-256-GCM with a key from scrypt. */
  z.object({ ...known, protection: z.literal("passphrase"), salt: hex, iv: hex, tag: hex, box: hex }),
  z.object({ ...known, protection: z.literal("permissions"), seed: hex }),
]);
const fileSchema = z.object({ version: z.literal(1), keys: z.array(keySchema) });
type KeptKey = z.infer<typeof keySchema>;

/** Why a key cannot sign. */
export type KeyFault = "key-missing" | "key-damaged" | "key-locked";

/** What the keys are kept with. */
export interface KeyOptions {
  /** The file of keys. */
  readonly file: string;
  readonly secrets: SecretKeeper | null;
  /** Empty where none is given. */
  readonly passphrase: string;
  readonly clock: Clock;
}

/** The signing keys of a library. */
export interface LedgerKeys {
  /** Public keys, the newest last. */
  list(): { readonly keyId: string; readonly publicKey: string; readonly protection: KeyProtection }[];
  /** The key of an id, or why it cannot be had. */
  open(keyId: string): Promise<HeldKey | KeyFault>;
  /** The best protected of those that can be opened, the newest of them; null where none can. */
  best(): Promise<HeldKey | null>;
  /** Makes a key and keeps it as well as this machine can. Rejects where the file cannot be written. */
  create(): Promise<HeldKey>;
}

const strength: Readonly<Record<KeyProtection, number>> = { memory: 0, permissions: 1, passphrase: 2, keychain: 2 };

/** Whether a key is better protected than another. */
export function isStronger(one: KeyProtection, other: KeyProtection): boolean {
  return strength[one] > strength[other];
}

/** Opens the file of keys. One that is damaged is renamed aside, never deleted, and its keys count as damaged. */
export async function openKeys({ file, secrets, passphrase, clock }: KeyOptions): Promise<LedgerKeys> {
  const { keys, damaged } = await readKeys(file, clock);

  const openKey = async (keyId: string): Promise<HeldKey | KeyFault> => {
    const kept = keys.findLast((one) => one.keyId === keyId);
    if (kept === undefined) return damaged ? "key-damaged" : "key-missing";
    const seed = await seedOf(kept, secrets, passphrase);
    if (typeof seed === "string") return seed;
    const signer = signerOrNull(seed);
    return signer?.keyId === keyId ? { signer, protection: kept.protection } : "key-damaged";
  };

  return {
    list: () => keys.map(({ keyId, publicKey, protection }) => ({ keyId, publicKey, protection })),
    open: openKey,
    async best() {
      let found: HeldKey | null = null;
      for (const { keyId } of keys.toReversed()) {
        const opened = await openKey(keyId);
        if (typeof opened !== "string" && (found === null || isStronger(opened.protection, found.protection))) found = opened;
      }
      return found;
    },
    async create() {
      const seed = newSeed();
      const signer = signerOf(seed);
      const own = { keyId: signer.keyId, publicKey: signer.publicKey, createdAt: new Date(clock.now()).toISOString() };
      const kept = await keep(own, seed, secrets, passphrase);
      await writeKeys(file, [...keys, kept]);
      keys.push(kept);
      return { signer, protection: kept.protection };
    },
  };
}

function secretName(keyId: string): string {
  return `ledger.${keyId.slice(0, 32)}`;
}

async function keep(
  own: { keyId: string; publicKey: string; createdAt: string },
  seed: Buffer,
  secrets: SecretKeeper | null,
  passphrase: string,
): Promise<KeptKey> {
  if (secrets !== null && (await secrets.protection?.()) === "encrypted") {
    await secrets.set(secretName(own.keyId), seed.toString("hex"));
    return { ...own, protection: "keychain" };
  }
  if (passphrase === "") return { ...own, protection: "permissions", seed: seed.toString("hex") };
  const salt = randomBytes(16);
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", await derived(passphrase, salt), iv);
  cipher.setAAD(Buffer.from(own.keyId));
  const box = Buffer.concat([cipher.update(seed), cipher.final()]);
  return {
    ...own,
    protection: "passphrase",
    salt: salt.toString("hex"),
    iv: iv.toString("hex"),
    tag: cipher.getAuthTag().toString("hex"),
    box: box.toString("hex"),
  };
}

async function seedOf(kept: KeptKey, secrets: SecretKeeper | null, passphrase: string): Promise<Buffer | KeyFault> {
  switch (kept.protection) {
    case "keychain": {
      const value = await secrets?.get(secretName(kept.keyId)).catch(() => null);
      return value == null ? "key-missing" : Buffer.from(value, "hex");
    }
    case "permissions":
      return Buffer.from(kept.seed, "hex");
    case "passphrase": {
      if (passphrase === "") return "key-locked";
      const decipher = createDecipheriv(
        "aes-256-gcm",
        await derived(passphrase, Buffer.from(kept.salt, "hex")),
        Buffer.from(kept.iv, "hex"),
      );
      decipher.setAAD(Buffer.from(kept.keyId));
      try {
        decipher.setAuthTag(Buffer.from(kept.tag, "hex"));
        return Buffer.concat([decipher.update(Buffer.from(kept.box, "hex")), decipher.final()]);
      } catch {
        // Another passphrase, or a changed file: the cipher does not tell which.
        return "key-locked";
      }
    }
  }
}

function derived(passphrase: string, salt: Buffer): Promise<Buffer> {
  return new Promise((done, failed) => {
    // NFKC, so that the same passphrase typed on another keyboard is the same.
    scrypt(passphrase.normalize("NFKC"), salt, 32, cost, (error, key) => (error === null ? done(key) : failed(error)));
  });
}

function signerOrNull(seed: Buffer): Signer | null {
  return seed.length === 32 ? signerOf(seed) : null;
}

async function readKeys(file: string, clock: Clock): Promise<{ keys: KeptKey[]; damaged: boolean }> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return { keys: [], damaged: false };
    throw thrown;
  }
  const parsed = fileSchema.safeParse(parseJson(text));
  if (parsed.success) return { keys: [...parsed.data.keys], damaged: false };
  const stamp = new Date(clock.now()).toISOString().replace(/[-:]|\.\d+/gu, "");
  await rename(file, `${file}.broken-${stamp}`);
  return { keys: [], damaged: true };
}

/** Whole on the disk or not there, readable by this user alone. */
async function writeKeys(file: string, keys: readonly KeptKey[]): Promise<void> {
  const incomplete = `${file}.new`;
  try {
    const handle = await open(incomplete, "w", 0o600);
    try {
      await handle.writeFile(`${JSON.stringify({ version: 1, keys }, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(incomplete, file);
    await syncFolder(dirname(file));
  } catch (thrown) {
    await rm(incomplete, { force: true });
    throw thrown;
  }
}
