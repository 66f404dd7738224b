import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { canonicalJson } from "../../../app/report/canonical-json.ts";
import { ledgerFormat } from "../../../app/report/chain.ts";
import { fingerprint } from "../../../app/report/sealed.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { type LibraryOptions, type OpenLibrary, openLibrary, withLibrary } from "../open-library.ts";
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

/** Writes the ledger as a document that verifies without Earmark: its canonical JSON, and not a byte besides. */
export async function exportLedger(options: LedgerOptions, terminal: Terminal): Promise<ExitCode> {
  return withLibrary(openLibrary(options), async (library) => {
    if (options.out === undefined) {
      for await (const piece of documentOf(library)) terminal.out(piece);
      return exitCodes.done;
    }
    const file = createWriteStream(options.out, { flush: true });
    try {
      for await (const piece of documentOf(library)) if (!file.write(piece)) await once(file, "drain");
      file.end();
      await finished(file);
    } catch (thrown) {
      const systemCode = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
      if (systemCode === "ENOSPC" || thrown instanceof EarmarkError) throw thrown;
      throw new EarmarkError("input-invalid", `The file ${options.out} cannot be written.`, {}, { cause: thrown });
    }
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

/** The pieces of the document, members in canonical order, so that no more than a page of it is in memory. */
async function* documentOf(library: OpenLibrary): AsyncGenerator<string> {
  const { head, checkpoints } = await library.call("ledger.export", {});
  yield `{"checkpoints":${canonicalJson(checkpoints)},"entries":[`;
  const last = head?.seq ?? 0;
  for (let after = 0; after < last; ) {
    const { entries } = await library.call("ledger.entries", { after, limit: 1_000 });
    const page = entries.filter((entry) => entry.seq <= last);
    if (page.length === 0) break;
    const text = page.map((entry) => canonicalJson(entry)).join(",");
    yield after === 0 ? text : `,${text}`;
    after = page.at(-1)?.seq ?? last;
  }
  yield `],"format":${canonicalJson(ledgerFormat)},"head":${canonicalJson(head)},"version":1}`;
}
