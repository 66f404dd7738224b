import { toDocument } from "../../../app/conversation/conversation.ts";
import { conversationText, shortfallLines } from "../conversation-text.ts";
import { type ExitCode, exitCodeFor, exitCodes } from "../exit-codes.ts";
import { describeFailure } from "../failure-text.ts";
import { type HearingRequest, hear } from "../hearing.ts";
import { type LibraryOptions, openLibrary, openTemporaryLibrary, withLibrary } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";

/** What `analyze` takes beside the files. */
export interface AnalyzeOptions extends LibraryOptions, Omit<HearingRequest, "files"> {
  readonly json?: boolean;
}

/**
 * Hears recordings and prints what came of each: a document a file with `json`, else a transcript for reading. Nothing
 * is kept, unless a library is named. Answers with the code of the first failure.
 */
export async function analyze(files: readonly string[], options: AnalyzeOptions, terminal: Terminal): Promise<ExitCode> {
  const opening = options.library === undefined ? openTemporaryLibrary(options) : openLibrary(options);
  return withLibrary(opening, async (library) => {
    let code: ExitCode = exitCodes.done;
    let printed = 0;
    for await (const { name, conversationId, failure } of hear(library, { ...options, files }, terminal)) {
      if (failure !== null) {
        terminal.err(describeFailure(failure, name));
        if (code === exitCodes.done) code = exitCodeFor(failure.code);
      }
      if (failure !== null || conversationId === null) continue;
      const { conversation } = await library.call("conversation.get", { id: conversationId });
      terminal.err(shortfallLines(name, conversation));
      if (options.json === true) {
        // Several documents come one a line, so that they can be read one by one.
        const indent = files.length > 1 ? undefined : 2;
        terminal.out(`${JSON.stringify(toDocument(conversation), null, indent)}\n`);
      } else terminal.out(`${printed > 0 ? "\n" : ""}${conversationText(conversation)}`);
      printed++;
    }
    return code;
  });
}
