import { homedir } from "node:os";
import { delimiter, join, resolve } from "node:path";

/** Where everything of one library lies. All under one folder, so that it can be moved or deleted whole. */
export interface LibraryPaths {
  readonly root: string;
  readonly database: string;
  /** `originals/ab/abcdef….wav`: recordings and transcripts as imported, under their content hash. Never modified. */
  readonly originals: string;
  /** `derived/<sha256>/`: decoded channels, peaks, playback transcodes; can be made again from the original. */
  readonly derived: string;
  readonly models: string;
  /** Incomplete uploads, and marks of what an import or a removal has under way (`ingest/unsettled.ts`); settled and emptied on opening. */
  readonly incoming: string;
}

/** The paths of the library in a folder. */
export function libraryPaths(root: string): LibraryPaths {
  return {
    root,
    database: join(root, "library.sqlite"),
    originals: join(root, "originals"),
    derived: join(root, "derived"),
    models: join(root, "models"),
    incoming: join(root, "incoming"),
  };
}

/** The library folder: as told, else `EARMARK_LIBRARY`, else the platform's place for a program's data. */
export function defaultLibraryRoot(
  told?: string,
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  if (told !== undefined && told !== "") return told;
  const fromEnv = env["EARMARK_LIBRARY"];
  if (fromEnv !== undefined && fromEnv !== "") return fromEnv;
  switch (platform) {
    case "win32":
      return join(env["APPDATA"] ?? join(homedir(), "AppData", "Roaming"), "Earmark", "Library");
    case "darwin":
      return join(homedir(), "Library", "Application Support", "Earmark", "Library");
    default:
      return join(env["XDG_DATA_HOME"] ?? join(homedir(), ".local", "share"), "earmark", "library");
  }
}

/** The folders to look for models in besides the library's own: those told, then those of `EARMARK_MODELS`, a list separated as PATH is. */
export function furtherModelFolders(told: readonly string[] = [], env: NodeJS.ProcessEnv = process.env): string[] {
  const listed = (env["EARMARK_MODELS"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return [...told, ...listed].map((folder) => resolve(folder));
}
