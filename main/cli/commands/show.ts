import { toDocument } from "../../../app/conversation/conversation.ts";
import { conversationText, shortfallLines } from "../conversation-text.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { type LibraryOptions, openLibrary, withLibrary } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";

/** Prints one conversation of the library, as its document with `json`, else for reading. */
export async function show(
  id: string,
  options: LibraryOptions & { readonly json?: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  return withLibrary(openLibrary(options), async (library) => {
    const { conversation, insight } = await library.call("conversation.get", { id });
    terminal.err(shortfallLines(conversation.title, conversation));
    terminal.out(
      options.json === true
        ? `${JSON.stringify({ ...toDocument(conversation), insight }, null, 2)}\n`
        : conversationText(conversation),
    );
    return exitCodes.done;
  });
}
