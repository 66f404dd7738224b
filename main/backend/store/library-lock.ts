import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { z } from "zod";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { sqliteCode, toStoreError } from "./store-error.ts";

/** A library held by this process. */
export interface LibraryLock {
  /** Gives the library free. Safe to call twice. */
  release(): void;
}

const holderSchema = z.object({ pid: z.int(), version: z.string() });

/**
 * Takes the library for this process. One process writes a library: its queue runs stages, and two queues over the same
 * rows would run them twice. The lock is the operating system's, taken through SQLite on an empty file beside the
 * database, so it ends with the process however that ends, and there is nothing stale to clear away. It is a file of
 * its own because closing any other handle on a locked file would drop the lock on Unix.
 *
 * @throws EarmarkError `library-locked` (details.pid and details.version of the holder, where known),
 * `library-unwritable` when the folder cannot be written.
 */
export function lockLibrary(root: string, version: string): LibraryLock {
  const holderFile = join(root, "library.lock.json");
  let lock: Database.Database | undefined;
  try {
    lock = new Database(join(root, "library.lock"), { timeout: 0 });
    lock.pragma("journal_mode = MEMORY");
    lock.exec("BEGIN EXCLUSIVE");
  } catch (thrown) {
    lock?.close();
    if (!sqliteCode(thrown)?.startsWith("SQLITE_BUSY")) throw toStoreError(thrown);
    const holder = readHolder(holderFile);
    const who = holder === null ? "another Earmark" : `another Earmark (process ${holder.pid}, version ${holder.version})`;
    throw new EarmarkError("library-locked", `The library is open in ${who}.`, holder ?? {});
  }
  try {
    writeFileSync(holderFile, JSON.stringify({ pid: process.pid, version }));
  } catch {
    // The name of the holder is a courtesy to the next one; the lock holds without it.
  }
  const held = lock;
  return {
    release() {
      if (!held.open) return;
      try {
        rmSync(holderFile, { force: true });
      } finally {
        held.close();
      }
    },
  };
}

function readHolder(file: string): { pid: number; version: string } | null {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return null;
  }
}
