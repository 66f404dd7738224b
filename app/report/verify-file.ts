import { aroundHash, fileSectionSchema } from "./attached.ts";
import { canonicalJson, pointerStep } from "./canonical-json.ts";
import { ledgerFormat } from "./chain.ts";
import type { Checks } from "./digests.ts";
import { type Expected, type Finding, unread, type Verification } from "./findings.ts";
import { firstBadByte, placeIn } from "./json-place.ts";
import { sealedFormat, sealedIn, verifySealed } from "./sealed.ts";
import { verifyChain } from "./verify-chain.ts";

const ledgerMembers: ReadonlySet<string> = new Set(["checkpoints", "entries", "format", "head", "version"]);

/**
 * Verifies a file that Earmark wrote: a sealed document (a report) or a ledger, told apart by what they say they are. Every
 * byte counts: where the data are as they were and the text is another, that is found, too.
 */
export async function verifyFile(file: Uint8Array, checks: Checks, expected: Expected = {}): Promise<Verification> {
  const bytes = sealedIn(file);
  if (bytes === null) return unread({ kind: "format-unknown", path: "" });
  // What is attached begins further on in the file.
  const start = bytes.byteOffset - file.byteOffset;
  const bad = firstBadByte(bytes);
  if (bad !== null) {
    const before = new TextDecoder("utf-8").decode(bytes.subarray(0, bad));
    return unread({ kind: "not-utf8", path: placeIn(before)?.path ?? "", byte: start + bad });
  }
  const text = new TextDecoder("utf-8").decode(bytes);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    const place = placeIn(text);
    return unread({ kind: "not-json", path: place?.path ?? "", byte: start + bytesBefore(text, place?.at ?? 0) });
  }
  const verification = await verifyDocument(document, checks, expected);
  if (!verification.sound) return verification;
  const difference =
    formDifference(text, document, start) ??
    (bytes.length === file.length ? null : pagesDifference(file, bytes, document, checks));
  return difference === null ? verification : { ...verification, sound: false, findings: [difference] };
}

/** Verifies a document that has been parsed, as `verifyFile` does, its form left aside. */
export async function verifyDocument(document: unknown, checks: Checks, expected: Expected = {}): Promise<Verification> {
  if (typeof document !== "object" || document === null) return unread({ kind: "format-unknown", path: "" });
  const { format, version } = document as { format?: unknown; version?: unknown };
  if (format !== sealedFormat && format !== ledgerFormat) return unread({ kind: "format-unknown", path: "/format" });
  if (version !== 1) return unread({ kind: "format-unknown", path: "/version" });
  if (format === sealedFormat) return verifySealed(document, checks, expected);
  const strange = Object.keys(document).find((name) => !ledgerMembers.has(name));
  const { entries, checkpoints, head } = document as { entries?: unknown; checkpoints?: unknown; head?: unknown };
  const fault =
    strange !== undefined
      ? pointerStep(strange)
      : !Array.isArray(entries)
        ? "/entries"
        : !Array.isArray(checkpoints)
          ? "/checkpoints"
          : head === undefined
            ? "/head"
            : null;
  if (fault !== null || !Array.isArray(entries) || !Array.isArray(checkpoints))
    return { ...unread({ kind: "malformed", path: fault ?? "" }), format: "ledger" };
  return verifyChain({ entries, checkpoints, head }, checks, expected);
}

/** Where a text is not the canonical one of what it says; null where it is. */
function formDifference(text: string, document: unknown, start: number): Finding | null {
  let canonical: string;
  try {
    canonical = canonicalJson(document);
  } catch {
    return { kind: "not-canonical", path: "" };
  }
  if (text === canonical) return null;
  let at = 0;
  while (at < text.length && text[at] === canonical[at]) at += 1;
  return { kind: "not-canonical", path: placeIn(text, at)?.path ?? "", byte: start + bytesBefore(text, at) };
}

/** What is wrong with the file around attached data that verify; null where it is the one they were sealed with. */
function pagesDifference(file: Uint8Array, attached: Uint8Array, document: unknown, checks: Checks): Finding | null {
  const { data } = document as { readonly data?: { readonly file?: unknown } };
  const sealed = fileSectionSchema.safeParse(data?.file);
  if (!sealed.success) return { kind: "pages-changed", path: "" };
  const isSame = aroundHash(file, attached, checks.sha256) === sealed.data.sha256;
  return isSame ? null : { kind: "pages-changed", path: "/data/file" };
}

function bytesBefore(text: string, at: number): number {
  return new TextEncoder().encode(text.slice(0, at)).length;
}
