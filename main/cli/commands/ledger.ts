import { createReadStream } from "node:fs";
import type { LedgerExport } from "../../../app/contract/ledger-views.ts";
import { canonicalJson } from "../../../app/report/canonical-json.ts";
import { entryText } from "../../../app/report/entry-text.ts";
import { fingerprint } from "../../../app/report/sealed.ts";
import { copyOut } from "../copy-out.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { type LibraryOptions, openLibrary, withLibrary } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";
import { verificationText } from "./verify.ts";

/** What the commands about the ledger take. */
export interface LedgerOptions extends LibraryOptions {
  readonly json?: boolean;
  /** The file to write; standard output without. */
  readonly out?: string;
}

/** Verifies the library's own ledger. */
export async function verifyLedger(options: LedgerOptions, terminal: Terminal): Promise<ExitCode> {
  return withLibrary(openLibrary(options), async (library) => {
    const verification = await library.call("ledger.verify", {});
    terminal.out(options.json === true ? `${JSON.stringify(verification)}\n` : verificationText(verification));
    return verification.sound ? exitCodes.done : exitCodes.altered;
  });
}

/**
 * Writes the ledger, or the state that it is in alone, as a document that verifies without Earmark: its canonical JSON, and not a byte
 * besides.
 */
export async function exportLedger(what: LedgerExport, options: LedgerOptions, terminal: Terminal): Promise<ExitCode> {
  return withLibrary(openLibrary(options), async (library) => {
    const { path, bytes, sha256 } = await library.call("ledger.export", { what });
    if (options.out === undefined) {
      for await (const piece of createReadStream(path, "utf8")) terminal.out(String(piece));
      return exitCodes.done;
    }
    await copyOut(path, options.out);
    terminal.err(`${options.out}: ${bytes} bytes, SHA-256 ${sha256}\n`);
    return exitCodes.done;
  });
}

/** What `ledger list` takes: which entries, the latest first. */
export interface LedgerListOptions extends LibraryOptions {
  readonly kind?: readonly string[];
  readonly conversation?: string;
  readonly author?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit?: number;
  readonly json?: boolean;
}

/** Prints entries of the ledger, one in a line; as they lie there with `--json`. */
export async function listLedger(options: LedgerListOptions, terminal: Terminal): Promise<ExitCode> {
  return withLibrary(openLibrary(options), async (library) => {
    const { total, entries } = await library.call("ledger.find", {
      kinds: [...(options.kind ?? [])],
      subject: options.conversation ?? null,
      author: options.author ?? null,
      from: options.from ?? null,
      to: options.to ?? null,
      limit: options.limit ?? 100,
    });
    for (const entry of entries) {
      const { seq, at, author, subject } = entry;
      const line = [seq, at, author === "" ? "Earmark" : author, subject ?? "", entryText(entry)].join("\t");
      terminal.out(`${options.json === true ? canonicalJson(entry) : line}\n`);
    }
    if (total > entries.length) terminal.err(`${total - entries.length} more.\n`);
    return exitCodes.done;
  });
}

/** Makes a new signing key and prints its id. */
export async function rotateKey(options: LedgerOptions, terminal: Terminal): Promise<ExitCode> {
  return withLibrary(openLibrary(options), async (library) => {
    const state = await library.call("ledger.rotateKey", {});
    const text = `Key ${fingerprint(state.keyId)} (${state.keyId}, kept by ${state.protection}) signs from now on.\n`;
    terminal.out(options.json === true ? `${JSON.stringify(state)}\n` : text);
    return exitCodes.done;
  });
}
