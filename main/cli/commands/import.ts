import { shortfallLines } from "../conversation-text.ts";
import { type ExitCode, exitCodeFor, exitCodes } from "../exit-codes.ts";
import { describeFailure } from "../failure-text.ts";
import { type HearingRequest, hear } from "../hearing.ts";
import { type LibraryOptions, openLibrary, withLibrary } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";

/** What `import` takes beside the files. */
export interface ImportOptions extends LibraryOptions, Omit<HearingRequest, "files"> {
  readonly json?: boolean;
}

/** Brings files and folders into the library and waits until each has been heard. Prints the ids. Answers with the code of the first failure. */
export async function importFiles(files: readonly string[], options: ImportOptions, terminal: Terminal): Promise<ExitCode> {
  return withLibrary(openLibrary(options), async (library) => {
    let code: ExitCode = exitCodes.done;
    for await (const heard of hear(library, { ...options, files }, terminal)) {
      const { name, conversationId, known, failure } = heard;
      if (failure !== null) {
        terminal.err(describeFailure(failure, name));
        if (code === exitCodes.done) code = exitCodeFor(failure.code);
      }
      if (conversationId !== null && failure === null) {
        const { conversation } = await library.call("conversation.get", { id: conversationId });
        terminal.err(shortfallLines(name, conversation));
      }
      if (options.json === true) terminal.out(`${JSON.stringify(heard)}\n`);
      else if (conversationId !== null) terminal.out(`${conversationId}  ${name}${known ? "  (was in the library)" : ""}\n`);
    }
    return code;
  });
}
