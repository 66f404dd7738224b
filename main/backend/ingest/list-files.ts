import type { Dirent } from "node:fs";
import { opendir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { EarmarkError, type Failure, throwIfCancelled, toFailure } from "../../../app/contract/errors.ts";
import { isSlackExport } from "../../../app/formats/slack.ts";
import type { SeenFile } from "../store/intake.ts";
import { seenFile } from "./places.ts";
import { isZipName, openZip } from "./zip.ts";

/** A file on a disk and what tells one content of it from another. */
export interface DiskFile {
  readonly path: string;
  readonly bytes: number;
  readonly changedMs: number;
}

/** Which files below a folder are looked at. */
export interface Choice {
  readonly recursive: boolean;
  /** Of paths below the folder, with forward slashes. */
  readonly chooses: (path: string) => boolean;
  /** Folders directly below it that are left out. */
  readonly without?: ReadonlySet<string>;
}

/** How deep folders are followed: no person builds deeper, and a loop of network mounts would not end. */
const deepest = 40;

/**
 * Files below a folder as they are met, hidden ones and links left out. Rejects with `file-missing` or `file-unreadable`
 * where the folder itself cannot be read; one below it that cannot be is told to `refused`.
 */
export async function* filesIn(
  folder: string,
  { recursive, chooses, without = new Set() }: Choice,
  signal: AbortSignal,
  refused: (path: string, failure: Failure) => void = () => undefined,
): AsyncGenerator<DiskFile> {
  const open: { path: string; depth: number }[] = [{ path: folder, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    throwIfCancelled(signal);
    const found: Dirent[] = [];
    try {
      for await (const entry of await opendir(next.path)) found.push(entry);
    } catch (thrown) {
      const failure = unreadable(thrown);
      if (next.depth === 0) throw failure;
      refused(next.path, toFailure(failure));
      continue;
    }
    found.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of found) {
      if (entry.name.startsWith(".")) continue;
      const path = join(next.path, entry.name);
      if (entry.isDirectory()) {
        const left = next.depth === 0 && without.has(entry.name);
        if (recursive && !left && next.depth < deepest) open.push({ path, depth: next.depth + 1 });
        continue;
      }
      if (!entry.isFile() || !chooses(relative(folder, path).split(sep).join("/"))) continue;
      const facts = await stat(path).catch(() => null);
      if (facts !== null) yield { path, bytes: facts.size, changedMs: facts.mtimeMs };
    }
  }
}

function unreadable(cause: unknown): EarmarkError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return code === "ENOENT" || code === "ENOTDIR"
    ? new EarmarkError("file-missing", "The folder is not there.", {}, { cause })
    : new EarmarkError("file-unreadable", "The folder cannot be read.", { systemCode: code }, { cause });
}

/** What names a content of a file without reading it. */
export function diskFingerprint({ bytes, changedMs }: Pick<DiskFile, "bytes" | "changedMs">): string {
  return `${bytes}-${Math.round(changedMs)}`;
}

/** What of a file on a disk is put on the list: itself, or what is in it where it is an archive. Rejects as `openZip`. */
export async function listedFiles(file: DiskFile, chooses: (path: string) => boolean, signal: AbortSignal): Promise<SeenFile[]> {
  const whole = seenFile({ kind: "file", path: file.path }, file.bytes, diskFingerprint(file));
  if (!isZipName(file.path)) return [whole];
  const archive = await openZip(file.path, signal);
  try {
    if (isSlackExport(archive.members.map(({ name }) => name))) return [whole];
    return archive.members
      .filter(({ name }) => chooses(name))
      .map(({ name, bytes, checksum }) => seenFile({ kind: "member", archive: file.path, name }, bytes, `${checksum}-${bytes}`));
  } finally {
    archive.close();
  }
}
