import { join } from "node:path";
import { type Backend, openBackend } from "../backend/backend.ts";
import { createRouter } from "../backend/http/router.ts";
import { defaultLibraryRoot, furtherModelFolders } from "../backend/library-paths.ts";
import { forThisSession } from "../backend/secret-keeper.ts";
import { forkProcess } from "../backend/speech/start-process.ts";
import { builtInModels, earmarkFolder, earmarkVersion } from "../backend/surroundings.ts";
import { type Loopback, startLoopback } from "./server.ts";

/** What to serve, and to whom. */
export interface ServeOptions {
  /** The library's folder; by default `EARMARK_LIBRARY`, else the platform's place. */
  readonly library?: string;
  /** Folders of models besides the library's own and those of `EARMARK_MODELS`. */
  readonly models?: readonly string[];
  readonly port?: number;
  /** Stop when this stream ends. */
  readonly parentStdin?: NodeJS.ReadableStream;
}

/** Earmark, open and listening. */
export interface Served extends Loopback {
  readonly backend: Backend;
  readonly libraryPath: string;
}

/**
 * Opens a library and serves it on 127.0.0.1: what `npm start` shows in a browser's window and `earmark serve` offers.
 * `close` stops listening first, then closes the library; `closed` settles after both. Rejects as `openBackend` and
 * `startLoopback` do.
 */
export async function serve(options: ServeOptions = {}): Promise<Served> {
  const libraryPath = defaultLibraryRoot(options.library);
  const version = earmarkVersion();
  const backend = await openBackend({
    libraryPath,
    modelFolders: furtherModelFolders(options.models),
    builtInModels,
    resourcesPath: join(earmarkFolder, "resources"),
    version,
    startProcess: forkProcess,
    // A browser has no keychain for us: what is hidden can be brought back until Earmark ends.
    secrets: forThisSession(),
  });
  try {
    const loopback = await startLoopback({
      backend,
      router: createRouter({
        pageFolder: join(earmarkFolder, "build", "renderer"),
        mediaFile: (mediaId) => backend.mediaFile(mediaId),
        version,
      }),
      ...(options.port === undefined ? {} : { port: options.port }),
      ...(options.parentStdin === undefined ? {} : { parentStdin: options.parentStdin }),
    });
    const closed = loopback.closed.then(() => backend.close());
    // Whoever awaits `closed` hears of a failure; nobody has to.
    closed.catch(() => undefined);
    return {
      url: loopback.url,
      port: loopback.port,
      newUrl: loopback.newUrl,
      backend,
      libraryPath,
      closed,
      async close() {
        await loopback.close();
        await closed;
      },
    };
  } catch (error) {
    await backend.close();
    throw error;
  }
}
