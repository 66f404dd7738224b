import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import { type Checks, type Sha256, type Signer, toHex } from "../../../app/report/digests.ts";

/** What stands before the raw 32 bytes of an Ed25519 key in its DER forms (RFC 8410). */
const publicPrefix = Buffer.from("302a300506032b6570032100", "hex");
const privatePrefix = Buffer.from("302e020100300506032b657004220420", "hex");

/** SHA-256 by Node. */
export const sha256: Sha256 = (bytes) => createHash("sha256").update(bytes).digest();

/** Public keys that were made ready before: a ledger has a few, and many signatures of each. */
const ready = new Map<string, KeyObject>();

/** What verifying needs, by Node: both answer at once. */
export const nodeChecks: Checks = {
  sha256,
  checkSignature(publicKey, message, signature) {
    const name = toHex(publicKey);
    let key = ready.get(name);
    try {
      if (key === undefined) {
        key = createPublicKey({ key: Buffer.concat([publicPrefix, publicKey]), format: "der", type: "spki" });
        if (ready.size >= 64) ready.clear();
        ready.set(name, key);
      }
      return verify(null, message, key, signature);
    } catch {
      return false;
    }
  },
};

/** A fresh private key: 32 random bytes (the seed of RFC 8032). */
export function newSeed(): Buffer {
  const { privateKey } = generateKeyPairSync("ed25519");
  return privateKey.export({ format: "der", type: "pkcs8" }).subarray(-32);
}

/** Who signs with a private key of 32 bytes. Throws for anything else. */
export function signerOf(seed: Uint8Array): Signer {
  if (seed.length !== 32) throw new RangeError("A private key has 32 bytes.");
  const key = createPrivateKey({ key: Buffer.concat([privatePrefix, seed]), format: "der", type: "pkcs8" });
  const raw = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
  return { publicKey: toHex(raw), keyId: toHex(sha256(raw)), sign: (message) => sign(null, message, key).toString("hex") };
}
