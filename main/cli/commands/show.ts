import { toDocument } from "../../../app/conversation/conversation.ts";
import { conversationText, shortfallLines } from "../conversation-text.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { type LibraryOptions, openLibrary, withLibrary } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";

/**
 * Prints one conversation of the library for reading; with `json` as its document, beside it what was read off it:
 * sentiment, entities and terms (`insight`), categories with what they rest on, issues, actions and outcomes (`spans`).
 */
export async function show(
  id: string,
  options: LibraryOptions & { readonly json?: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  return withLibrary(openLibrary(options), async (library) => {
    const { conversation, insight } = await library.call("conversation.get", { id });
    terminal.err(shortfallLines(conversation.title, conversation));
    if (options.json === true) {
      const { findings: categories, spans } = await library.call("category.results", { conversationId: id });
      terminal.out(`${JSON.stringify({ ...toDocument(conversation), insight, categories, spans }, null, 2)}\n`);
    } else terminal.out(conversationText(conversation));
    return exitCodes.done;
  });
}
