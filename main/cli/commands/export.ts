import { writeFile } from "node:fs/promises";
import type { ExportFormat } from "../../../app/contract/api.ts";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { type LibraryOptions, openLibrary, withLibrary } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";

/** What `export` takes beside the id. */
export interface ExportOptions extends LibraryOptions {
  readonly format: ExportFormat;
  /** The file to write; standard output without. */
  readonly out?: string;
}

/** Writes one conversation of the library in a format. */
export async function exportConversation(id: string, options: ExportOptions, terminal: Terminal): Promise<ExitCode> {
  return withLibrary(openLibrary(options), async (library) => {
    const { text } = await library.call("conversation.export", { id, format: options.format });
    if (options.out === undefined) terminal.out(text.endsWith("\n") ? text : `${text}\n`);
    else await write(options.out, text);
    return exitCodes.done;
  });
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (thrown) {
    const systemCode = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
    if (systemCode === "ENOSPC") throw thrown;
    throw new EarmarkError("input-invalid", `The file ${path} cannot be written.`, {}, { cause: thrown });
  }
}
