import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { CallInput, CallName, CallOutput } from "../../app/contract/api.ts";
import { answer, unpack } from "../../app/contract/transport.ts";
import { type Backend, openBackend } from "../backend/backend.ts";
import { defaultLibraryRoot, furtherModelFolders, libraryPaths } from "../backend/library-paths.ts";
import { forkProcess } from "../backend/speech/start-process.ts";
import { builtInModels, earmarkFolder, earmarkVersion } from "../backend/surroundings.ts";

/** Which library and which models a command works with. */
export interface LibraryOptions {
  /** The folder; by default `EARMARK_LIBRARY`, else the platform's place. */
  readonly library?: string;
  /** Folders of models besides the library's own. */
  readonly models?: readonly string[];
}

/** An open library, called through the contract like from any shell. */
export interface OpenLibrary {
  readonly path: string;
  readonly subscribe: Backend["subscribe"];
  /** Calls the backend through the door that every shell uses. Throws the failure as an `EarmarkError`. */
  call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>>;
  /** Closes the library, and removes it where it was a temporary one. */
  close(): Promise<void>;
}

/** Opens the library of a command. Rejects as `openBackend` does. */
export async function openLibrary(options: LibraryOptions): Promise<OpenLibrary> {
  const path = resolve(defaultLibraryRoot(options.library));
  return opened(path, furtherModelFolders(options.models), () => undefined);
}

/**
 * Opens an empty library that lives as long as the command. It uses the models of the person's own library, which it
 * otherwise leaves alone.
 */
export async function openTemporaryLibrary(options: Pick<LibraryOptions, "models">): Promise<OpenLibrary> {
  const path = await mkdtemp(join(tmpdir(), "earmark-"));
  const remove = (): void => rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  // Also when the process is ended in the middle: nobody's recordings stay behind.
  process.once("exit", remove);
  const own = libraryPaths(resolve(defaultLibraryRoot())).models;
  try {
    return await opened(path, [...furtherModelFolders(options.models), own], () => {
      process.off("exit", remove);
      remove();
    });
  } catch (error) {
    process.off("exit", remove);
    remove();
    throw error;
  }
}

async function opened(path: string, folders: readonly string[], afterwards: () => void): Promise<OpenLibrary> {
  const backend = await openBackend({
    libraryPath: path,
    modelFolders: folders,
    builtInModels,
    resourcesPath: join(earmarkFolder, "resources"),
    version: earmarkVersion(),
    startProcess: forkProcess,
  });
  return {
    path,
    subscribe: backend.subscribe,
    async call(name, input) {
      // The handler of this name answered, so the value is of its output's type.
      return unpack(await answer(backend.handlers, name, input)) as CallOutput<typeof name>;
    },
    async close() {
      try {
        await backend.close();
      } finally {
        afterwards();
      }
    },
  };
}

/** Opens a library, does something with it, and closes it whatever comes. */
export async function withLibrary<T>(opening: Promise<OpenLibrary>, work: (library: OpenLibrary) => Promise<T>): Promise<T> {
  const library = await opening;
  try {
    return await work(library);
  } finally {
    await library.close();
  }
}
