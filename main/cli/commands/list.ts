import type { CallOutput } from "../../../app/contract/api.ts";
import { clock } from "../conversation-text.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { type LibraryOptions, openLibrary, withLibrary } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";

/** What `list` takes. */
export interface ListOptions extends LibraryOptions {
  readonly search?: string;
  readonly json?: boolean;
}

type Row = CallOutput<"library.list">["rows"][number];

/** Prints the library's conversations, the newest first, or those in which some words occur. */
export async function list(options: ListOptions, terminal: Terminal): Promise<ExitCode> {
  return withLibrary(openLibrary(options), async (library) => {
    const pageSize = 500;
    for (let offset = 0; ; offset += pageSize) {
      const { rows, total } = await library.call("library.list", { text: options.search ?? "", offset, limit: pageSize });
      for (const row of rows) terminal.out(options.json === true ? `${JSON.stringify(row)}\n` : `${lineOf(row)}\n`);
      if (total === 0) terminal.err(options.search === undefined ? "The library is empty.\n" : "Nothing was found.\n");
      if (rows.length === 0 || offset + rows.length >= total) return exitCodes.done;
    }
  });
}

function lineOf(row: Row): string {
  const when = (row.startedAt ?? row.importedAt).slice(0, 16).replace("T", " ");
  const duration = row.durationMs === null ? "" : clock(row.durationMs);
  const state = row.state === "done" ? (row.lacksWords ? "no words" : "ready") : (row.failure?.code ?? row.state);
  return `${row.id}  ${when}  ${duration.padStart(7)}  ${state.padEnd(9)} ${row.title}`;
}
