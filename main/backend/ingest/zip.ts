import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Entry, openPromise, validateFileName, type ZipFile } from "yauzl";
import { EarmarkError, throwIfCancelled } from "../../../app/contract/errors.ts";

/* Archives come from anywhere. What one says of itself is held to bounds before a byte of it is unpacked, and again while it is. */

/** Files in one archive that are looked at: more than any export of a day has. */
export const mostMembers = 100_000;
/** Bytes of a whole archive, unpacked. */
const mostBytes = 256 * 1024 ** 3;
/** Bytes unpacked for each byte packed, above which a member of more than a megabyte is a trap: text packs 20 to 1, silence 200 to 1. */
const mostRatio = 1_000;
const smallBytes = 1024 ** 2;

/** One file in an archive. */
export interface ZipMember {
  /** Its path in the archive, with forward slashes; never absolute, never out of it. */
  readonly name: string;
  /** Bytes, unpacked, as the archive says; more are never given. */
  readonly bytes: number;
  /** CRC-32 of what is unpacked, in hexadecimal digits. */
  readonly checksum: string;
}

/** An open archive. */
export interface ZipArchive {
  /** Its files in their order; folders, hidden files and what macOS adds are left out. */
  readonly members: readonly ZipMember[];
  /** The bytes of a member, which must not be larger than `mostBytes`. Rejects with `not-found`, `file-too-large`, `format-malformed`. */
  read(name: string, mostBytes: number, signal: AbortSignal): Promise<Uint8Array>;
  /** The bytes of a member as they are unpacked; the stream ends with an error where they are not what the archive promised. Rejects with `not-found`, `format-malformed`. */
  stream(name: string): Promise<Readable>;
  close(): void;
}

/** Whether a file is named like an archive. */
export function isZipName(name: string): boolean {
  return /\.zip$/iu.test(name);
}

/**
 * Opens an archive and reads its list of files. Rejects with `format-malformed` for what is no archive, is encrypted, has a
 * member that would land outside of the folder it is unpacked to, or promises more than anybody packs; with `file-missing`,
 * `file-unreadable`, `cancelled`.
 */
export async function openZip(path: string, signal: AbortSignal): Promise<ZipArchive> {
  const zip = await openPromise(path, { autoClose: false, strictFileNames: false, decodeStrings: true }).catch(
    (thrown: unknown) => {
      throw asZipFailure(thrown);
    },
  );
  try {
    const entries = await listed(zip, signal);
    return archive(zip, entries);
  } catch (thrown) {
    zip.close();
    throw asZipFailure(thrown);
  }
}

async function listed(zip: ZipFile, signal: AbortSignal): Promise<Map<string, Entry>> {
  if (zip.entryCount > mostMembers) throw trap("It has more files than Earmark looks at.", zip.entryCount);
  const entries = new Map<string, Entry>();
  let bytes = 0;
  for await (const entry of zip.eachEntry()) {
    throwIfCancelled(signal);
    const name = entry.fileName.replaceAll("\\", "/");
    const fault = validateFileName(name);
    if (fault !== null) throw trap("A file in it would be unpacked outside of its folder.", 0);
    if (name.endsWith("/") || isHidden(name)) continue;
    if (entry.isEncrypted()) throw trap("It is encrypted.", 0);
    bytes += entry.uncompressedSize;
    const unpacked = entry.uncompressedSize;
    if (bytes > mostBytes || (unpacked > smallBytes && unpacked > mostRatio * Math.max(1, entry.compressedSize))) {
      throw trap("It promises far more than it holds.", unpacked);
    }
    // Two members of one name: the first is what a person sees in most programs, and what is taken.
    if (!entries.has(name)) entries.set(name, entry);
  }
  return entries;
}

function isHidden(name: string): boolean {
  return name.split("/").some((part) => part.startsWith(".") || part === "__MACOSX");
}

function archive(zip: ZipFile, entries: ReadonlyMap<string, Entry>): ZipArchive {
  /** The unpacked bytes of a member as they come; yauzl ends with an error where they are more or fewer than it promised. */
  const opened = async (name: string): Promise<{ entry: Entry; source: Readable }> => {
    const entry = entries.get(name);
    if (entry === undefined) throw new EarmarkError("not-found", "There is no such file in the archive.");
    return { entry, source: await zip.openReadStreamPromise(entry) };
  };
  return {
    members: [...entries].map(([name, entry]) => ({
      name,
      bytes: entry.uncompressedSize,
      checksum: entry.crc32.toString(16).padStart(8, "0"),
    })),
    async read(name, mostMemberBytes, signal) {
      try {
        const { entry, source } = await opened(name);
        if (entry.uncompressedSize > mostMemberBytes) {
          source.destroy();
          throw new EarmarkError("file-too-large", "A file of the archive is too large.", { limit: mostMemberBytes });
        }
        const pieces: Buffer[] = [];
        const collecting = new Transform({
          transform(piece: Buffer, _encoding, done) {
            pieces.push(piece);
            done();
          },
        });
        await pipeline(source, collecting, { signal });
        return Buffer.concat(pieces);
      } catch (thrown) {
        throw asZipFailure(thrown);
      }
    },
    async stream(name) {
      try {
        return (await opened(name)).source;
      } catch (thrown) {
        throw asZipFailure(thrown);
      }
    },
    close: () => zip.close(),
  };
}

function trap(reason: string, count: number): EarmarkError {
  return new EarmarkError("format-malformed", `This archive is not unpacked. ${reason}`, { reason, count });
}

/** yauzl throws plain errors for what is wrong with an archive; those of the file system have a code. */
function asZipFailure(thrown: unknown): unknown {
  if (thrown instanceof EarmarkError || !(thrown instanceof Error)) return thrown;
  if (thrown.name === "AbortError") return new EarmarkError("cancelled", "Cancelled.", {}, { cause: thrown });
  const code = "code" in thrown && typeof thrown.code === "string" ? thrown.code : null;
  if (code === "ENOENT") return new EarmarkError("file-missing", "The archive is not there any more.", {}, { cause: thrown });
  if (code === "EACCES" || code === "EPERM" || code === "EIO" || code === "EISDIR")
    return new EarmarkError("file-unreadable", "The archive cannot be read.", {}, { cause: thrown });
  if (code !== null && !code.startsWith("Z_") && !code.startsWith("ERR_")) return thrown;
  return new EarmarkError(
    "format-malformed",
    "This archive is damaged.",
    { reason: thrown.message.slice(0, 200) },
    { cause: thrown },
  );
}
