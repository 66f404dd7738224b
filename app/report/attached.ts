import { z } from "zod";
import { type Sha256, toHex } from "./digests.ts";

/*
 * Sealed data attached to a PDF. They lie in it uncompressed, so that they are found without a PDF library, and they hold the
 * hash of everything around them, so that their seal covers the pages too.
 */

/** The section `file` of data that are sealed for a file of their own. */
export const fileSectionSchema = z.strictObject({
  format: z.literal("pdf"),
  /** SHA-256 over the file without the attached data: all bytes before them, then all bytes after. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/u),
});
/** The section `file` of data that are sealed for a file of their own. */
export type FileSection = z.infer<typeof fileSectionSchema>;

const marker = "/Type /EmbeddedFile";
const begin = "stream\n";
const end = "\nendstream";

/**
 * What is attached to a PDF that Earmark wrote, as a part of its bytes; null where there is nothing. Canonical JSON has no line
 * break, so the first one ends it.
 */
export function attachedIn(bytes: Uint8Array): Uint8Array | null {
  const object = indexOf(bytes, marker, 0);
  const opening = object < 0 ? -1 : indexOf(bytes, begin, object);
  const start = opening < 0 ? indexOf(bytes, '{"data":{', 0) : opening + begin.length;
  if (start < 0) return null;
  const stop = indexOf(bytes, end, start);
  return bytes.subarray(start, stop < 0 ? bytes.length : stop);
}

/** SHA-256 (hex) over a file without what is attached to it, which has to be a part of its bytes. */
export function aroundHash(file: Uint8Array, attached: Uint8Array, sha256: Sha256): string {
  const start = attached.byteOffset - file.byteOffset;
  const around = new Uint8Array(file.length - attached.length);
  around.set(file.subarray(0, start), 0);
  around.set(file.subarray(start + attached.length), start);
  return toHex(sha256(around));
}

function indexOf(bytes: Uint8Array, text: string, from: number): number {
  const first = text.charCodeAt(0);
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    let same = 1;
    while (same < text.length && bytes[at + same] === text.charCodeAt(same)) same += 1;
    if (same === text.length) return at;
  }
  return -1;
}
