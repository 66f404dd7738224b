import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, extname, join, sep } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { setTimeout } from "node:timers/promises";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { Upload } from "../backend.ts";
import type { LibraryPaths } from "../library-paths.ts";
import { syncFolder } from "./unsettled.ts";

/** A file complete in the library's `incoming` folder, not yet among the originals. */
export interface IncomingFile {
  readonly sha256: string;
  readonly bytes: number;
  /** Name it had where it came from. */
  readonly name: string;
  /** Where it lies now. */
  readonly path: string;
}

/** A file sent by a page, waiting in the library's `incoming` folder. */
export interface WaitingUpload extends Upload, IncomingFile {
  readonly name: string;
  readonly bytes: number;
}

/** Largest file taken in: four hours of 8-channel 96 kHz float sound are 44 GB, and nobody records calls like that. */
const largestFileBytes = 32 * 1024 ** 3;

/** Where the original of a content hash lies, relative to the library's root. */
export function originalPath(sha256: string, name: string): string {
  // The ending helps people who look into the folder, and ffmpeg's guess; everything else of the name stays out.
  const ending = /^\.[a-z0-9]{1,8}$/u.exec(extname(name).toLowerCase())?.[0] ?? "";
  return `originals/${sha256.slice(0, 2)}/${sha256}${ending}`;
}

/** How often a file that changes while it is copied is copied anew, and how long is waited before. */
const copiesMost = 3;
const settleMs = 400;
/** A file changed less than this ago, in milliseconds, is looked at once more when it has been left alone for so long: a recorder writes in bursts. */
const quietMs = 300;

/**
 * Copies a file into the library's `incoming` folder while hashing it, in one pass and without holding it in memory. The
 * file itself is only read. One that changes meanwhile, as a recording does that is still being written, is copied
 * again, and refused when it goes on changing. Rejects with `file-missing`, `file-unreadable`, `file-empty`,
 * `file-too-large`, `disk-full`, `library-unwritable`, `cancelled`.
 */
export async function copyIn(paths: LibraryPaths, path: string, signal: AbortSignal): Promise<IncomingFile> {
  const name = basename(path);
  const incoming = join(paths.incoming, randomUUID());
  try {
    for (let copies = 1; ; copies += 1) {
      const before = await stat(path);
      if (!before.isFile()) throw new EarmarkError("file-unreadable", `${name} is not a file.`, { name });
      if (before.size > largestFileBytes) throw tooLarge(name, before.size);
      const { sha256, bytes } = await copyHashing(createReadStream(path), incoming, signal);
      // What was copied between two bursts of a recorder looks whole.
      const age = Date.now() - before.mtimeMs;
      if (age >= 0 && age < quietMs) await setTimeout(quietMs - age, undefined, { signal });
      const after = await stat(path);
      if (bytes === after.size && before.size === after.size && before.mtimeMs === after.mtimeMs) {
        return whole({ sha256, bytes, name, path: incoming });
      }
      if (copies === copiesMost) {
        throw new EarmarkError("file-unreadable", `${name} is still being written.`, { name, changing: true });
      }
      await setTimeout(settleMs, undefined, { signal });
    }
  } catch (thrown) {
    await rm(incoming, { force: true });
    throw asFileError(thrown, paths, name);
  }
}

/** Writes the bytes a page sends into `incoming`, hashing them on the way. Rejects as `copyIn` does. */
export async function receiveUpload(
  paths: LibraryPaths,
  name: string,
  bytes: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): Promise<WaitingUpload> {
  const uploadId = randomUUID();
  const path = join(paths.incoming, uploadId);
  try {
    const copied = await copyHashing(Readable.fromWeb(bytes as NodeReadableStream<Uint8Array>), path, signal);
    // An empty one is refused when it is imported, like every other file that is none, so that it does not stop its neighbours.
    return { uploadId, name: basename(name), bytes: copied.bytes, sha256: copied.sha256, path };
  } catch (thrown) {
    await rm(path, { force: true });
    throw asFileError(thrown, paths, basename(name));
  }
}

/** Moves a file from `incoming` to its place among the originals, for good. Rejects with `disk-full`, `library-unwritable`. */
export async function moveIn(paths: LibraryPaths, incoming: IncomingFile, target: string): Promise<void> {
  try {
    await mkdir(dirname(target), { recursive: true });
    await rename(incoming.path, target);
    await syncFolder(dirname(target));
  } catch (thrown) {
    throw asFileError(thrown, paths, incoming.name);
  }
}

/** The file itself, unless there is nothing in it. Throws `file-empty`. */
export function whole(file: IncomingFile): IncomingFile {
  if (file.bytes === 0) throw new EarmarkError("file-empty", `${file.name} is empty.`, { name: file.name });
  return file;
}

async function copyHashing(source: Readable, target: string, signal: AbortSignal): Promise<{ sha256: string; bytes: number }> {
  await mkdir(dirname(target), { recursive: true });
  const hash = createHash("sha256");
  let bytes = 0;
  const measuring = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > largestFileBytes) {
        done(tooLarge("The file", bytes));
        return;
      }
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(source, measuring, createWriteStream(target, { flush: true }), { signal });
  return { sha256: hash.digest("hex"), bytes };
}

function tooLarge(name: string, bytes: number): EarmarkError {
  return new EarmarkError("file-too-large", `${name} is larger than Earmark takes in.`, { name, bytes, limit: largestFileBytes });
}

/** Gives what the file system says the code that a person can act on; what went wrong in the library is not the file's fault. */
function asFileError(thrown: unknown, paths: LibraryPaths, name: string): unknown {
  if (thrown instanceof EarmarkError || !(thrown instanceof Error)) return thrown;
  const code = "code" in thrown ? thrown.code : undefined;
  if (code === "ABORT_ERR") return new EarmarkError("cancelled", "Cancelled.", {}, { cause: thrown });
  if (code === "ENOSPC" || code === "EDQUOT") return new EarmarkError("disk-full", "The disk is full.", {}, { cause: thrown });
  const where = "path" in thrown && typeof thrown.path === "string" ? thrown.path : "";
  if (where === paths.root || where.startsWith(paths.root + sep)) {
    return new EarmarkError(
      "library-unwritable",
      "The library cannot be written.",
      { systemCode: String(code) },
      { cause: thrown },
    );
  }
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return new EarmarkError("file-missing", `${name} is not there any more.`, { name }, { cause: thrown });
    case "EACCES":
    case "EPERM":
    case "EISDIR":
    case "EIO":
    case "EBUSY":
    case "ELOOP":
    case "ENAMETOOLONG":
    case "ENXIO":
    // A name with a zero byte in it.
    case "ERR_INVALID_ARG_VALUE":
      return new EarmarkError("file-unreadable", `${name} cannot be read.`, { name }, { cause: thrown });
    default:
      return thrown;
  }
}
