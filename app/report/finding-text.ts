import { assertNever } from "../assert-never.ts";
import type { AcknowledgedBreak, Finding } from "./findings.ts";

/** A finding as a sentence for whoever verifies: what was done, and where. */
export function findingText(finding: Finding): string {
  const { path, seq, lastSeq, field, byte, from } = finding;
  const entry = seq === undefined ? "An entry" : `Entry ${seq}`;
  const entries = lastSeq === undefined || lastSeq === seq ? entry : `Entries ${seq} to ${lastSeq}`;
  const place = path === "" ? "the document" : path;
  const where = byte === undefined ? "" : ` (byte ${byte})`;
  switch (finding.kind) {
    case "not-utf8":
      return `The text is broken in ${place}${where}: what stands there is no UTF-8.`;
    case "not-json":
      return `The text is broken in ${place}${where}: from there on it is no JSON, or it was cut off there.`;
    case "not-canonical":
      return `The data are as they were sealed, but the text was written otherwise at ${place}${where}.`;
    case "format-unknown":
      return path === ""
        ? "This is no file that Earmark seals."
        : `The file does not say what it is: ${place} was changed, or a newer Earmark wrote it.`;
    case "malformed":
      return seq === undefined
        ? `${place} is not what it has to be.`
        : `${entry} is not whole: ${field ?? place} is missing, was added or is not what it has to be.`;
    case "data-changed":
      return `${place} was changed.`;
    case "data-removed":
      return `${place} was removed.`;
    case "data-added":
      return `${place} was added.`;
    case "data-moved":
      return `${place} was moved there from ${from ?? "elsewhere"}.`;
    case "integrity-changed":
      return `The proof itself was changed at ${place}.`;
    case "signature-wrong":
      return path === "/integrity"
        ? "The proof was changed, too, or signed by another key."
        : `The signature at ${place} is not the one that was made.`;
    case "pages-changed":
      return path === ""
        ? "The data were sealed for another file: nothing proves the pages around them."
        : "The pages were changed: the file around the sealed data is not the one that they were sealed with.";
    case "entry-changed":
      return `${entry} was changed${field === undefined ? "" : `: ${field} is not what it was`}.`;
    case "entry-removed":
      return `${entries} ${lastSeq === undefined || lastSeq === seq ? "was" : "were"} removed.`;
    case "entry-added":
      return `${entry} was added at ${place}; nobody with a key of this ledger wrote it.`;
    case "entry-twice":
      return `${entry} stands there twice, once at ${place}.`;
    case "entry-moved":
      return `${entry} was moved to ${place}.`;
    case "chain-forked":
      return `${entry} does not follow from the one before it.`;
    case "ledger-truncated":
      return `The ledger was cut off: ${lastSeq === undefined || lastSeq === seq ? `entry ${seq} is` : `entries ${seq} to ${lastSeq} are`} missing at its end.`;
    case "head-missing":
      return "The state that the ledger was written in was removed from it.";
    case "checkpoint-changed":
      return `The checkpoint at ${place} was changed.`;
    case "checkpoint-contradicts":
      return path === ""
        ? `A checkpoint that was kept elsewhere says otherwise of ${seq === undefined ? "this ledger" : `entry ${seq}`}.`
        : `The checkpoint at ${place} and entry ${seq ?? ""} contradict one another.`;
    case "key-forged":
      return `${entry} brings in a key that the one before never handed over to.`;
    case "key-unknown":
      return `${entries} cannot be checked: the key that signed is not in the document.`;
    case "key-unexpected":
      return seq === undefined
        ? "Another key than the expected one sealed this."
        : `From entry ${seq} on a key signs that is not the expected one.`;
    default:
      return assertNever(finding.kind);
  }
}

/** A break that a ledger owns up to, as a sentence. */
export function breakText({ seq, reason, at }: AcknowledgedBreak): string {
  return `A new segment began at entry ${seq} on ${at.slice(0, 10)}: ${reasonTexts[reason] ?? reason}.`;
}

const reasonTexts: Readonly<Record<string, string>> = {
  "key-missing": "the signing key was lost",
  "key-damaged": "the signing key was damaged",
  "key-locked": "the signing key's passphrase was not given",
  "chain-broken": "the entries before did not verify",
  truncated: "entries at the end were missing",
};
