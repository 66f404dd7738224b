import { mkdir, open, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LibraryPaths } from "../library-paths.ts";
import type { ConversationTable } from "../store/conversations.ts";

/*
 * Files and rows cannot be written in one step. So before a file comes to lie among the originals, and before the row of
 * a conversation is removed, a mark is set; it goes when both are done. What a kill leaves marked is settled at the next
 * opening: the files of a marked content that no conversation has are removed. Files without a mark are never removed,
 * because an older copy of the database, brought back by hand, may not know them.
 */

const markPattern = /^unsettled-([0-9a-f]{64})$/u;

function markOf(paths: LibraryPaths, sha256: string): string {
  return join(paths.incoming, `unsettled-${sha256}`);
}

/** Marks contents whose files and rows are about to change; the marks outlive a power cut. */
export async function markUnsettled(paths: LibraryPaths, contents: readonly string[]): Promise<void> {
  await mkdir(paths.incoming, { recursive: true });
  for (const sha256 of contents) await writeFile(markOf(paths, sha256), "");
  await syncFolder(paths.incoming);
}

/** Takes the mark of a content away. Never rejects: a mark too many costs a look at the next opening. */
export async function markSettled(paths: LibraryPaths, sha256: string): Promise<void> {
  await rm(markOf(paths, sha256), { force: true }).catch(() => undefined);
}

/** Removes every file that the library holds of a content: the original under whatever ending, and what was made of it. */
export async function removeFiles(paths: LibraryPaths, sha256: string): Promise<void> {
  const folder = join(paths.originals, sha256.slice(0, 2));
  const names = await readdir(folder).catch(() => []);
  for (const name of names) if (name.startsWith(sha256)) await rm(join(folder, name), { force: true, maxRetries: 3 });
  await rm(join(paths.derived, sha256), { recursive: true, force: true, maxRetries: 3 });
}

/**
 * Settles what an earlier process left marked, and empties `incoming`. For the opening of a library, before anything
 * works in it. Where a damaged database has been set aside, marks and files stay: that database may know them.
 */
export async function settleIncoming(paths: LibraryPaths, conversations: Pick<ConversationTable, "bySha256">): Promise<void> {
  await mkdir(paths.incoming, { recursive: true });
  const setAside = (await readdir(paths.root)).some((name) => name.includes(".damaged-"));
  for (const name of await readdir(paths.incoming)) {
    const sha256 = markPattern.exec(name)?.[1];
    if (sha256 !== undefined && setAside) continue;
    if (sha256 !== undefined && conversations.bySha256(sha256) === null) await removeFiles(paths, sha256);
    await rm(join(paths.incoming, name), { recursive: true, force: true });
  }
}

/** Makes a change of a folder last through a power cut, where the platform lets a folder be synced. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
