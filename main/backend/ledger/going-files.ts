import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { LibraryPaths } from "../library-paths.ts";
import type { GoingFiles } from "../store/conversations.ts";

/** The files that the library holds of a content: the original under whatever ending, and what was made of it. */
export async function filesOf(paths: LibraryPaths, sha256: string): Promise<GoingFiles> {
  const folder = join(paths.originals, sha256.slice(0, 2));
  const originals = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith(sha256));
  const derivedFolder = join(paths.derived, sha256);
  const derived = await readdir(derivedFolder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = [
    ...originals.map((name) => join(folder, name)),
    ...derived.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)),
  ];
  let bytes = 0;
  // One that goes meanwhile is gone already.
  for (const file of files) bytes += (await stat(file).catch(() => null))?.size ?? 0;
  return { files: files.length, bytes };
}
