import { readFile } from "node:fs/promises";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { breakText, findingText } from "../../../app/report/finding-text.ts";
import type { Verification } from "../../../app/report/findings.ts";
import { fingerprint, sealedIn } from "../../../app/report/sealed.ts";
import { verifyFile } from "../../../app/report/verify-file.ts";
import { nodeChecks } from "../../backend/ledger/node-crypto.ts";
import { parseJson } from "../../backend/store/stored-json.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";

/** What `verify` takes beside the file. */
export interface VerifyOptions {
  /** Ids of keys, or how they begin. */
  readonly key?: readonly string[];
  /** A report or ledger whose checkpoint the file has to agree with. */
  readonly checkpoint?: string;
  readonly json?: boolean;
}

/** Says whether a sealed file is as it was sealed, and what was changed; opens no library and asks nobody. */
export async function verify(file: string, options: VerifyOptions, terminal: Terminal): Promise<ExitCode> {
  const checkpoints = options.checkpoint === undefined ? [] : [await checkpointOf(options.checkpoint)];
  const verification = await verifyFile(await read(file), nodeChecks, { keyIds: options.key ?? [], checkpoints });
  terminal.out(options.json === true ? `${JSON.stringify(verification)}\n` : verificationText(verification));
  return verification.sound ? exitCodes.done : exitCodes.altered;
}

/** A verification as lines for people. */
export function verificationText({ sound, format, findings, keys, breaks, entries, checkpoint }: Verification): string {
  const what = format === "ledger" ? "The ledger" : format === "sealed" ? "The document" : "The file";
  const gaps = breaks.length === 0 ? "" : ` It owns up to ${breaks.length === 1 ? "a break" : `${breaks.length} breaks`}.`;
  const lines = [sound ? `${what} is as it was sealed.${gaps}` : `${what} is not as it was sealed.`];
  for (const finding of findings) lines.push(`  ${findingText(finding)}`);
  if (entries !== null) lines.push(`Entries: ${entries}`);
  for (const one of breaks) lines.push(breakText(one));
  for (const { keyId, fromSeq, protection } of keys) {
    const from = fromSeq === null ? "" : `, from entry ${fromSeq}`;
    lines.push(`Key ${fingerprint(keyId)} (${keyId}${from}${protection === null ? "" : `, kept by ${protection}`})`);
  }
  if (checkpoint !== null) lines.push(`State of the ledger: entry ${checkpoint.seq}, ${checkpoint.hash}, ${checkpoint.at}`);
  return `${lines.join("\n")}\n`;
}

async function checkpointOf(file: string): Promise<unknown> {
  const json = sealedIn(await read(file));
  const document = parseJson(json === null ? null : new TextDecoder().decode(json));
  const { integrity, head } = (document ?? {}) as { integrity?: { checkpoint?: unknown }; head?: unknown };
  const checkpoint = integrity?.checkpoint ?? head;
  if (checkpoint == null) throw new EarmarkError("format-unknown", "There is no checkpoint in this file.");
  return checkpoint;
}

async function read(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    throw new EarmarkError(missing ? "file-missing" : "file-unreadable", "The file cannot be read.", {}, { cause });
  }
}
