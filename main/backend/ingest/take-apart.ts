import { createHash, randomUUID } from "node:crypto";
import { open, readFile, rm, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { EarmarkError, throwIfCancelled } from "../../../app/contract/errors.ts";
import { type FilePart, lookAtFile, type ReadingWishes } from "../../../app/formats/detect.ts";
import { safeFileName } from "../../../app/formats/file-name.ts";
import { type ArchivedText, isSlackExport, isSlackFile, slackChannels } from "../../../app/formats/slack.ts";
import type { InnerRecording } from "../../../app/formats/vcon.ts";
import type { LibraryPaths } from "../library-paths.ts";
import { largestTextBytes } from "../pipeline/parse-stage.ts";
import { type IncomingFile, receiveUpload, type WaitingUpload } from "./originals.ts";
import { isText } from "./text-file.ts";
import { openZip, type ZipArchive } from "./zip.ts";

/*
 * Some files hold several conversations: the log of a bot or of a number, an export of Slack, any of them packed. Each
 * conversation becomes a file of its own before it is taken in, so that it can be judged, kept and deleted by itself.
 */

const unpack = promisify(gunzip);

/** Most text that is read out of one archive, unpacked, in bytes. */
const largestArchiveText = 4 * largestTextBytes;

/** What a file turned out to be. */
export interface Contents {
  /** Whether it is text, else sound. */
  readonly written: boolean;
  /** Its conversations, each as a file that waits in `incoming`; null for a file that is one. */
  readonly parts: readonly WaitingUpload[] | null;
  /** The recording that lies in a transcript's own file, as a file that waits in `incoming`. */
  readonly recording: WaitingUpload | null;
}

/**
 * Looks into a file and takes it apart where it holds several conversations. Rejects with `format-unknown` (details.table:
 * it is a table that a mapping would read), `format-malformed`, `file-too-large`, `cancelled`.
 */
export async function lookInto(
  paths: LibraryPaths,
  file: IncomingFile,
  { unpacked, ...wishes }: ReadingWishes & { readonly unpacked: boolean },
  signal: AbortSignal,
): Promise<Contents> {
  if ((await packedAs(file.path)) === "zip") {
    if (unpacked) throw new EarmarkError("format-unknown", "An archive within an archive is not opened.", { name: file.name });
    const members = await archiveMembers(paths, file, signal);
    if (members !== null) return { written: false, parts: members, recording: null };
  }
  const { written, parts, recording } = await contentsOf(file, wishes, signal);
  if (parts.length === 0) {
    return { written, parts: null, recording: recording === null ? null : await place(paths, recording.name, recording.bytes) };
  }
  const waiting: WaitingUpload[] = [];
  try {
    for (const { name, text } of parts) {
      throwIfCancelled(signal);
      waiting.push(await place(paths, name, Buffer.from(text)));
    }
  } catch (thrown) {
    await Promise.all(waiting.map(({ path }) => rm(path, { force: true })));
    throw thrown;
  }
  return { written, parts: waiting, recording: null };
}

async function contentsOf(
  file: IncomingFile,
  wishes: ReadingWishes,
  signal: AbortSignal,
): Promise<{ written: boolean; parts: readonly FilePart[]; recording: InnerRecording | null }> {
  const kind = await packedAs(file.path);
  const ending = extname(file.name);
  const stem = basename(file.name, ending);
  if (kind === "gzip") return { written: false, parts: [{ name: stem, text: await unpacked(file) }], recording: null };
  if (kind === "zip") return { written: false, parts: await slackParts(file, signal), recording: null };
  if (!(await isText(file.path, file.bytes))) return { written: false, parts: [], recording: null };
  if (file.bytes > largestTextBytes) throw tooLarge(file.name);
  const { format, parts, recording, table } = lookAtFile(await readFile(file.path, "utf8"), wishes);
  if (format === null) {
    throw new EarmarkError("format-unknown", "This text is in no format that Earmark reads.", { name: file.name, table });
  }
  return {
    written: true,
    recording,
    parts: parts.map(({ name, text }) => ({
      name: safeFileName(`${stem} ${name}`, ending === "" ? "txt" : ending.slice(1)),
      text,
    })),
  };
}

async function packedAs(path: string): Promise<"gzip" | "zip" | null> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    if (bytesRead >= 2 && buffer[0] === 0x1f && buffer[1] === 0x8b) return "gzip";
    return bytesRead === 4 && buffer.readUInt32BE() === 0x50_4b_03_04 ? "zip" : null;
  } finally {
    await file.close();
  }
}

/** The text in a file packed with gzip, as Amazon CloudWatch exports its logs. */
async function unpacked(file: IncomingFile): Promise<string> {
  const { name } = file;
  if (file.bytes > largestTextBytes) throw tooLarge(name);
  try {
    const bytes = await unpack(await readFile(file.path), { maxOutputLength: largestTextBytes });
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    if (cause instanceof RangeError && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(name);
    throw new EarmarkError("format-malformed", "This packed file is damaged, or holds no text.", { name }, { cause });
  }
}

function tooLarge(name: string): EarmarkError {
  return new EarmarkError("file-too-large", "This file is too large for written conversations.", {
    name,
    limit: largestTextBytes,
  });
}

/** The files of an archive, each waiting in `incoming`; null for an export of Slack, which is one thing. */
async function archiveMembers(paths: LibraryPaths, file: IncomingFile, signal: AbortSignal): Promise<WaitingUpload[] | null> {
  const archive = await openZip(file.path, signal);
  const waiting: WaitingUpload[] = [];
  try {
    if (isSlackExport(archive.members.map(({ name }) => name))) return null;
    for (const { name } of archive.members) {
      const bytes = Readable.toWeb(await archive.stream(name)) as ReadableStream<Uint8Array>;
      waiting.push(await receiveUpload(paths, name, bytes, signal));
    }
    return waiting;
  } catch (thrown) {
    await Promise.all(waiting.map(({ path }) => rm(path, { force: true })));
    throw thrown;
  } finally {
    archive.close();
  }
}

/** The channels of a Slack export; none for any other archive. */
async function slackParts(file: IncomingFile, signal: AbortSignal): Promise<FilePart[]> {
  const archive = await openZip(file.path, signal);
  try {
    const names = archive.members.map(({ name }) => name);
    if (!isSlackExport(names)) return [];
    const texts = await textsOf(archive, names.filter(isSlackFile), file.name, signal);
    return [...slackChannels(texts)].map(([channel, document]) => ({
      name: safeFileName(`${basename(file.name, extname(file.name))} ${channel}`, "json"),
      text: JSON.stringify(document),
    }));
  } finally {
    archive.close();
  }
}

async function textsOf(
  archive: ZipArchive,
  names: readonly string[],
  archiveName: string,
  signal: AbortSignal,
): Promise<ArchivedText[]> {
  const texts: ArchivedText[] = [];
  let left = largestArchiveText;
  for (const path of names) {
    const bytes = await archive.read(path, Math.min(left, largestTextBytes), signal);
    left -= bytes.length;
    if (left <= 0) throw tooLarge(archiveName);
    texts.push({ path, text: new TextDecoder().decode(bytes) });
  }
  return texts;
}

async function place(paths: LibraryPaths, name: string, bytes: Uint8Array): Promise<WaitingUpload> {
  const uploadId = randomUUID();
  const path = join(paths.incoming, uploadId);
  await writeFile(path, bytes, { flush: true });
  return { uploadId, name, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex"), path };
}
