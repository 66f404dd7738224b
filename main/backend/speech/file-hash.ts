import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { throwIfCancelled } from "../../../app/contract/errors.ts";

/** The hash of a file and what it was taken of. */
export interface FileHash {
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

async function feed(path: string, hash: Hash, signal: AbortSignal | undefined): Promise<void> {
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) {
    throwIfCancelled(signal);
    hash.update(piece as Buffer);
  }
}

/** SHA-256 of a file. Rejects with the system's error when it cannot be read, `cancelled` on abort. */
export async function sha256OfFile(path: string, signal?: AbortSignal): Promise<FileHash> {
  const hash = createHash("sha256");
  const { size } = await stat(path);
  await feed(path, hash, signal);
  return { bytes: size, sha256: hash.digest("hex") };
}

/** Git's name of a file's content: SHA-1 over `blob`, its size and itself. The hub gives it for files outside LFS. */
export async function gitBlobOfFile(path: string, signal?: AbortSignal): Promise<string> {
  const { size } = await stat(path);
  const hash = createHash("sha1").update(`blob ${size}\0`);
  await feed(path, hash, signal);
  return hash.digest("hex");
}

/** Remembers hashes by path, size, time of change and inode, so that a file is read once in the life of the process. */
export class HashMemory {
  private readonly known = new Map<string, { mark: string; hash: FileHash }>();

  /** SHA-256 of a file, out of the memory while the file is untouched. */
  async of(path: string, signal?: AbortSignal): Promise<FileHash> {
    const { size, mtimeMs, ino } = await stat(path);
    const mark = `${size} ${mtimeMs} ${ino}`;
    const before = this.known.get(path);
    if (before?.mark === mark) return before.hash;
    const hash = await sha256OfFile(path, signal);
    this.known.set(path, { mark, hash });
    return hash;
  }

  /** Reads the file again, whatever is remembered. */
  async anew(path: string, signal?: AbortSignal): Promise<FileHash> {
    this.known.delete(path);
    return this.of(path, signal);
  }
}
