import { copyFile, mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, extname, join, relative } from "node:path";
import type { FolderPlan } from "../../../app/contract/intake-views.ts";
import { pathChooser } from "../../../app/formats/name-pattern.ts";
import type { SeenFile } from "../store/intake.ts";
import { type DiskFile, diskFingerprint, filesIn, listedFiles } from "./list-files.ts";
import { seenFile } from "./places.ts";
import { isZipName } from "./zip.ts";

/*
 * Watched folders are looked at again and again. Being told of changes by the system would be quicker, and is not to be relied
 * on: network drives tell of nothing, and a recorder that writes for minutes tells of the beginning alone.
 */

/** Where files go that were taken in, and those that could not be. */
export const processedFolder = "earmark-processed";
/** Where files go that could not be taken in. */
export const failedFolder = "earmark-failed";

/** What one look at a folder found. */
export interface FolderLook {
  /** Files that have stopped growing. */
  readonly files: readonly SeenFile[];
  /** Files that may still be growing. */
  readonly growing: number;
}

/** Looks at one folder again and again, and knows since when each file is as it is. */
export interface FolderWatch {
  /** Rejects with `file-missing`, `file-unreadable`, `cancelled`. `knows` tells of files that need not be looked into. */
  look(plan: FolderPlan, knows: (file: DiskFile) => boolean, now: number, signal: AbortSignal): Promise<FolderLook>;
}

/** Begins without having seen a file. */
export function createFolderWatch(): FolderWatch {
  let unchangedSince = new Map<string, { readonly fingerprint: string; readonly since: number }>();
  /** Archives whose files are on the list. */
  const opened = new Map<string, string>();
  return {
    async look(plan, knows, now, signal) {
      const chooses = pathChooser(plan.include, plan.exclude);
      const without = new Set([processedFolder, failedFolder]);
      const seen = new Map<string, { readonly fingerprint: string; readonly since: number }>();
      const files: SeenFile[] = [];
      for await (const file of filesIn(plan.path, { recursive: plan.recursive, chooses, without }, signal)) {
        if (knows(file)) continue;
        const fingerprint = diskFingerprint(file);
        if (opened.get(file.path) === fingerprint) continue;
        const before = unchangedSince.get(file.path);
        const since = before?.fingerprint === fingerprint ? before.since : now;
        seen.set(file.path, { fingerprint, since });
        // Its own time may lie ahead, where the clocks of two machines differ: how long it was watched counts.
        const quietMs = Math.max(now - since, since === now ? Math.min(now - file.changedMs, longestTrustMs) : 0);
        if (file.bytes === 0 || quietMs < plan.settleSeconds * 1_000) continue;
        files.push(...(await listedFiles(file, chooses, signal).catch(() => [wholeOf(file)])));
        if (isZipName(file.path)) opened.set(file.path, fingerprint);
        seen.delete(file.path);
      }
      unchangedSince = seen;
      return { files, growing: seen.size };
    },
  };
}

/** A file whose own time lies further back than this is old by any clock, and need not be watched first. */
const longestTrustMs = 3_600_000;

/** An archive that cannot be opened goes on the list as it is: taking it in says why. */
function wholeOf(file: DiskFile): SeenFile {
  return seenFile({ kind: "file", path: file.path }, file.bytes, diskFingerprint(file));
}

/**
 * Moves a file of a watched folder to where such files go, keeping its folders, under another name where the name is taken. A
 * file that is not there any more is left alone.
 */
export async function moveOut(root: string, path: string, into: typeof processedFolder | typeof failedFolder): Promise<void> {
  const below = relative(root, path);
  if (below.startsWith("..")) return;
  const folder = join(root, into, dirname(below));
  if ((await stat(path).catch(() => null)) === null) return;
  await mkdir(folder, { recursive: true });
  const target = await freePath(folder, basename(path));
  try {
    await rename(path, target);
  } catch (thrown) {
    // Mounts within a folder are other file systems.
    if (!(thrown instanceof Error && "code" in thrown && thrown.code === "EXDEV")) throw thrown;
    await copyFile(path, target);
    await rm(path);
  }
}

async function freePath(folder: string, name: string): Promise<string> {
  const ending = extname(name);
  const stem = name.slice(0, name.length - ending.length);
  for (let count = 1; ; count++) {
    const path = join(folder, count === 1 ? name : `${stem} (${count})${ending}`);
    if ((await stat(path).catch(() => null)) === null) return path;
  }
}
