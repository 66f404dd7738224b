import Database from "better-sqlite3";
import { EarmarkError } from "../../../app/contract/errors.ts";

/** SQLite's result code of an error, "SQLITE_FULL" and the like; undefined for any other error. */
export function sqliteCode(thrown: unknown): string | undefined {
  return thrown instanceof Database.SqliteError ? thrown.code : undefined;
}

/** Whether an error says that the file is damaged or is no database. */
export function isCorruption(thrown: unknown): boolean {
  const code = sqliteCode(thrown);
  return code !== undefined && (code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB");
}

/** Gives SQLite's errors the code of the closed set that a person can act on; every other error stays what it is. */
export function toStoreError(thrown: unknown): unknown {
  const code = sqliteCode(thrown);
  if (code === undefined || !(thrown instanceof Error)) return thrown;
  const as = (earmark: "disk-full" | "library-locked" | "library-corrupt" | "library-unwritable") =>
    new EarmarkError(earmark, thrown.message, { sqlite: code }, { cause: thrown });
  if (code === "SQLITE_FULL") return as("disk-full");
  if (code.startsWith("SQLITE_BUSY")) return as("library-locked");
  if (isCorruption(thrown)) return as("library-corrupt");
  if (code.startsWith("SQLITE_IOERR") || code.startsWith("SQLITE_READONLY") || code.startsWith("SQLITE_CANTOPEN")) {
    return as("library-unwritable");
  }
  return thrown;
}
