import { markSettled, removeFiles } from "../ingest/unsettled.ts";
import type { LibraryPaths } from "../library-paths.ts";
import type { OpenDeletion } from "../store/ledger-finder.ts";
import type { Store } from "../store/store.ts";
import { filesOf } from "./going-files.ts";

/** What finishing a deletion works with. */
export interface DeletionWorld {
  readonly store: Pick<Store, "conversations" | "ledger" | "ledgerFinder">;
  readonly paths: LibraryPaths;
}

/**
 * Removes the files of a conversation whose rows are gone, and records that they are. Where its content was brought in again
 * meanwhile the files are the new one's: they stay, and nothing is recorded. Rejects where a file cannot be removed.
 */
export async function finishDeletion({ id, sha256, files }: OpenDeletion, { store, paths }: DeletionWorld): Promise<void> {
  if (store.conversations.bySha256(sha256) === null) {
    await removeFiles(paths, sha256);
    const { files: left } = await filesOf(paths, sha256);
    store.ledger.append("files-deleted", id, { sha256, files, left });
  }
  await markSettled(paths, sha256);
}

/**
 * Finishes what an earlier process was killed in the middle of: for each deletion that the ledger certifies without saying that
 * its files are gone, removes them and says so, once. For the opening of a library, before anything works in it. A file that
 * cannot be removed is tried again at the next opening.
 */
export async function finishDeletions(world: DeletionWorld): Promise<void> {
  for (const deletion of world.store.ledgerFinder.openDeletions()) await finishDeletion(deletion, world).catch(() => undefined);
}
