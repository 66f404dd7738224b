import type { CallOutput } from "../../../app/contract/api.ts";
import { shortfallLines } from "../conversation-text.ts";
import { type ExitCode, exitCodeFor, exitCodes } from "../exit-codes.ts";
import { describeFailure } from "../failure-text.ts";
import { type HeardFile, type HearingRequest, hear } from "../hearing.ts";
import { takeMapping } from "../mapping-file.ts";
import { type LibraryOptions, type OpenLibrary, openLibrary, withLibrary } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";

/** What `import` takes beside the files. */
export interface ImportOptions extends LibraryOptions, Omit<HearingRequest, "files"> {
  readonly json?: boolean;
  /** What became of the parts of each file: as text below its line, or as JSON. */
  readonly report?: "text" | "json";
  /** The name of a saved mapping for tables, or a file with one. */
  readonly mapping?: string;
}

/** Brings files and folders into the library and waits until each has been heard. Prints the ids. Answers with the code of the first failure. */
export async function importFiles(files: readonly string[], options: ImportOptions, terminal: Terminal): Promise<ExitCode> {
  return withLibrary(openLibrary(options), async (library) => {
    if (options.mapping !== undefined) await takeMapping(library, options.mapping);
    let code: ExitCode = exitCodes.done;
    for await (const heard of hear(library, { ...options, files }, terminal)) {
      const { name, conversationId, failure } = heard;
      if (failure !== null) {
        terminal.err(describeFailure(failure, name));
        if (code === exitCodes.done) code = exitCodeFor(failure.code);
      }
      if (conversationId !== null && failure === null) {
        const { conversation } = await library.call("conversation.get", { id: conversationId });
        terminal.err(shortfallLines(name, conversation));
      }
      terminal.out(await linesFor(library, heard, options));
    }
    return code;
  });
}

async function linesFor(library: OpenLibrary, heard: HeardFile, { json, report: form }: ImportOptions): Promise<string> {
  const { name, conversationId, known } = heard;
  const report =
    form === undefined || conversationId === null ? null : (await library.call("import.report", { conversationId })).report;
  if (form === "json") return `${JSON.stringify({ ...heard, report })}\n`;
  if (json === true) return `${JSON.stringify(heard)}\n`;
  const line = conversationId === null ? "" : `${conversationId}  ${name}${known ? "  (was in the library)" : ""}\n`;
  return line + reportLines(report);
}

/** A report below the line of its file. */
function reportLines(report: CallOutput<"import.report">["report"]): string {
  if (report === null) return "";
  const { format, participants, turns, words, notes } = report;
  const head = `  ${format}: ${participants} participants, ${turns} turns, ${words} words with times\n`;
  return head + notes.map(({ level, what, where }) => `  ${level.padEnd(9)}  ${what}  (${where})\n`).join("");
}
