import { canonicalJson } from "./canonical-json.ts";

/*
 * The few primitives that the proofs rest on. They are parameters, because Node, a browser and a page without either's
 * help each bring their own.
 */

/** SHA-256 of bytes: 32 bytes. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** Whether an Ed25519 signature (64 bytes, RFC 8032) over a message was made by the key (32 bytes). False for malformed input; never throws. */
export type CheckSignature = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean | Promise<boolean>;

/** What verifying needs. */
export interface Checks {
  readonly sha256: Sha256;
  readonly checkSignature: CheckSignature;
}

/** Who signs: a key pair whose private half stays where it is. */
export interface Signer {
  /** Raw Ed25519 public key, 64 hex digits. */
  readonly publicKey: string;
  /** SHA-256 (hex) over the raw public key. */
  readonly keyId: string;
  /** The signature over a message, 128 hex digits. */
  sign(message: Uint8Array): string;
}

const encoder = new TextEncoder();

/** UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Bytes as lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += (byte + 0x100).toString(16).slice(1);
  return text;
}

/** Lower-case hex as bytes; null where it is none. */
export function fromHex(text: string): Uint8Array | null {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/u.test(text)) return null;
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = Number.parseInt(text.slice(2 * at, 2 * at + 2), 16);
  return bytes;
}

/** SHA-256 (hex) over the canonical JSON of a value. Throws as `canonicalJson` does. */
export function hashOf(value: unknown, sha256: Sha256): string {
  return toHex(sha256(utf8(canonicalJson(value))));
}

/** The id of a public key: SHA-256 (hex) over its 32 raw bytes. Null where the key is not 64 hex digits. */
export function keyIdOf(publicKey: string, sha256: Sha256): string | null {
  const raw = fromHex(publicKey);
  return raw?.length === 32 ? toHex(sha256(raw)) : null;
}

/** Checks a signature in hex over a text. */
export function isSigned(
  text: string,
  signature: string,
  publicKey: string,
  { checkSignature }: Checks,
): boolean | Promise<boolean> {
  const key = fromHex(publicKey);
  const bytes = fromHex(signature);
  if (key?.length !== 32 || bytes?.length !== 64) return false;
  return checkSignature(key, utf8(text), bytes);
}
