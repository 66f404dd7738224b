import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CallOutput, ExportFormat } from "../../../app/contract/api.ts";
import { EarmarkError, throwIfCancelled } from "../../../app/contract/errors.ts";
import { singleName } from "../../../app/formats/file-name.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { type LibraryOptions, type OpenLibrary, openLibrary, withLibrary } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";

/** What `export` takes beside ids. */
export interface ExportOptions extends LibraryOptions {
  readonly format: ExportFormat;
  /** The file to write, or the folder for several; standard output without. */
  readonly out?: string;
  /** Conversations in which these words occur, beside those named. */
  readonly search?: string;
}

type Exported = CallOutput<"conversation.export">;

/**
 * Writes conversations of the library in a format: one to standard output, a file or a folder, several to a folder, each under
 * the name of its title. One that the format cannot hold is left out and named. Throws `input-invalid` where no conversation
 * is meant, or several without a folder.
 */
export async function exportConversations(
  named: readonly string[],
  options: ExportOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (named.length === 0 && options.search === undefined)
    throw new EarmarkError("input-invalid", "Name conversations, or say --search with words that occur in them.");
  if (options.format === "docx" && options.out === undefined)
    throw new EarmarkError("input-invalid", "A document is no text: say where it goes with --out.");
  return withLibrary(openLibrary(options), async (library) => {
    const ids = [...new Set([...named, ...(options.search === undefined ? [] : await found(library, options.search))])];
    const [only] = ids;
    if (only === undefined) {
      terminal.err("Nothing was found.\n");
      return exitCodes.done;
    }
    const folder = ids.length > 1 || (await isFolder(options.out));
    if (folder) return writeAll(ids, { library, options, terminal });
    const exported = await library.call("conversation.export", { id: only, format: options.format });
    if (options.out !== undefined) await write(options.out, exported);
    else terminal.out(exported.text.endsWith("\n") ? exported.text : `${exported.text}\n`);
    return exitCodes.done;
  });
}

interface Writing {
  readonly library: OpenLibrary;
  readonly options: ExportOptions;
  readonly terminal: Terminal;
}

async function writeAll(ids: readonly string[], { library, options, terminal }: Writing): Promise<ExitCode> {
  const { out, format } = options;
  if (out === undefined) throw new EarmarkError("input-invalid", "Several conversations need a folder: say which with --out.");
  await makeFolder(out);
  // What lies there already is left alone.
  const taken = new Set((await readdir(out)).map((name) => name.toLowerCase()));
  let written = 0;
  for (const [index, id] of ids.entries()) {
    throwIfCancelled(terminal.signal);
    try {
      const exported = await library.call("conversation.export", { id, format });
      const name = singleName(exported.fileName, taken);
      await write(join(out, name), exported);
      written++;
      if (!terminal.interactive) terminal.err(`${name}\n`);
    } catch (thrown) {
      if (!(thrown instanceof EarmarkError) || thrown.code !== "format-unsuitable") throw thrown;
      terminal.err(`${terminal.interactive ? "\r\u001b[K" : ""}${id}: left out. ${thrown.message}\n`);
    }
    if (terminal.interactive) terminal.err(`\r\u001b[K${index + 1} of ${ids.length}`);
  }
  terminal.err(`${terminal.interactive ? "\r\u001b[K" : ""}${written} of ${ids.length} written to ${out}\n`);
  return written === 0 ? exitCodes.usage : exitCodes.done;
}

/** Every conversation in which words occur. */
async function found(library: OpenLibrary, text: string): Promise<string[]> {
  const all: string[] = [];
  for (;;) {
    const { ids } = await library.call("library.ids", { text, offset: all.length });
    all.push(...ids);
    if (ids.length < mostAtOnce) return all;
  }
}
/** As many ids as the library gives at once. */
const mostAtOnce = 10_000;

async function isFolder(path: string | undefined): Promise<boolean> {
  if (path === undefined) return false;
  if (/[\\/]$/u.test(path)) return true;
  return stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
}

async function makeFolder(path: string): Promise<void> {
  await attempt(mkdir(path, { recursive: true }), `The folder ${path} cannot be made.`);
}

async function write(path: string, { encoding, text }: Exported): Promise<void> {
  await attempt(writeFile(path, text, encoding === "text" ? "utf8" : "base64"), `The file ${path} cannot be written.`);
}

async function attempt(work: Promise<unknown>, otherwise: string): Promise<void> {
  try {
    await work;
  } catch (thrown) {
    const systemCode = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
    if (systemCode === "ENOSPC") throw thrown;
    throw new EarmarkError("input-invalid", otherwise, {}, { cause: thrown });
  }
}
