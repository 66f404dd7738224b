import { randomUUID } from "node:crypto";
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import type { ClipFormat } from "../../../app/contract/desk-views.ts";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { safeFileName } from "../../../app/formats/file-name.ts";
import { type Ffmpeg, inputArguments, runFfmpeg } from "./ffmpeg.ts";
import { transcodeEncoders } from "./playback.ts";

/*
 * What leaves Earmark by hand, as files for as long as Earmark runs: stretches of recordings and exports on their way to
 * another program. Each lies in a folder of its own, so that it keeps its name.
 */

/** Files kept at a time; the oldest goes first. */
const mostKept = 40;

/** A stretch of a recording as a file of its own. */
export interface Clip {
  /** Under which the page fetches it. */
  readonly mediaId: string;
  readonly path: string;
  readonly fileName: string;
  readonly mediaType: string;
  readonly bytes: number;
}

/** What to cut. */
export interface CutInput {
  /** The sound as it may be heard. */
  readonly path: string;
  /** What the conversation is called. */
  readonly title: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly format: ClipFormat;
}

/** The files on their way out. */
export interface Clips {
  /** Cuts a stretch: as WAV of 16 bits sample for sample, or smaller as Opus. Rejects with `input-invalid` where the recording ends before it. */
  cut(input: CutInput): Promise<Clip>;
  /** Writes a file under a name; answers with its path. */
  write(fileName: string, content: string | Uint8Array): Promise<string>;
  /** Makes a file under a name; `make` writes it to the path that it is given. What it throws passes, and nothing is kept then. */
  make(fileName: string, make: (path: string) => Promise<void>): Promise<Clip>;
  /** The file behind a media id; null where it is none of these. */
  fileOf(mediaId: string): { readonly path: string; readonly mediaType: string } | null;
  /** Removes all of them. */
  close(): Promise<void>;
}

/** Keeps files on their way out in a folder, which is emptied first. */
export async function openClips(folder: string, ffmpeg: () => Promise<Ffmpeg>, signal: AbortSignal): Promise<Clips> {
  const empty = (): Promise<void> => rm(folder, { recursive: true, force: true });
  await empty();
  const kept = new Map<string, string>();
  const place = async (id: string, fileName: string): Promise<string> => {
    const path = join(folder, id, fileName);
    await mkdir(dirname(path), { recursive: true });
    kept.set(id, path);
    const [oldest] = kept.size > mostKept ? kept.keys() : [];
    if (oldest !== undefined) await drop(oldest);
    return path;
  };
  const drop = async (id: string): Promise<void> => {
    const path = kept.get(id);
    kept.delete(id);
    if (path !== undefined) await rm(dirname(path), { recursive: true, force: true });
  };
  return {
    async cut({ path: source, title, startMs, endMs, format }) {
      const mediaId = `clip-${randomUUID()}`;
      const fileName = safeFileName(`${title} ${clockName(startMs)} to ${clockName(endMs)}`, format);
      const path = await place(mediaId, fileName);
      try {
        const cutAs = async (encoder: readonly string[]) =>
          runFfmpeg(await ffmpeg(), {
            args: [
              ...["-y", "-ss", (startMs / 1_000).toFixed(3), ...inputArguments(source)],
              ...[
                "-t",
                ((endMs - startMs) / 1_000).toFixed(3),
                "-vn",
                "-sn",
                "-dn",
                "-map_metadata",
                "-1",
                "-map_chapters",
                "-1",
              ],
              ...["-c:a", ...encoder, "-f", format, `file:${path}`],
            ],
            signal,
            limitMs: 5 * 60_000,
          });
        const [first, ...others] = encodersOf(format);
        let end = await cutAs(first);
        for (const encoder of others) if (/Unknown encoder/u.test(end.messages)) end = await cutAs(encoder);
        const bytes = await stat(path).then(
          (facts) => facts.size,
          () => 0,
        );
        if (/No space left on device/u.test(end.messages)) throw new EarmarkError("disk-full", "The disk is full.");
        if (end.exitCode !== 0)
          throw new EarmarkError("media-decode-failed", "The clip could not be cut.", { exitCode: end.exitCode });
        // A header and nothing in it.
        if (bytes < 256) throw new EarmarkError("input-invalid", "The recording ends before this.", { startMs });
        return { mediaId, path, fileName, mediaType: mediaTypeOf(fileName), bytes };
      } catch (thrown) {
        await drop(mediaId);
        throw thrown;
      }
    },
    async write(fileName, content) {
      const path = await place(`file-${randomUUID()}`, fileName);
      await writeFile(path, content);
      return path;
    },
    async make(fileName, make) {
      const mediaId = `clip-${randomUUID()}`;
      const path = await place(mediaId, fileName);
      try {
        await make(path);
        return { mediaId, path, fileName, mediaType: mediaTypeOf(fileName), bytes: (await stat(path)).size };
      } catch (thrown) {
        await drop(mediaId);
        throw thrown;
      }
    },
    fileOf(mediaId) {
      const path = mediaId.startsWith("clip-") ? kept.get(mediaId) : undefined;
      return path === undefined ? null : { path, mediaType: mediaTypeOf(path) };
    },
    close: empty,
  };
}

const mediaTypes: Readonly<Record<string, string>> = {
  ".wav": "audio/wav",
  ".opus": "audio/ogg",
  ".pdf": "application/pdf",
  ".csv": "text/csv; charset=utf-8",
  ".json": "application/json",
  ".zip": "application/zip",
  ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
};

function mediaTypeOf(fileName: string): string {
  return mediaTypes[extname(fileName)] ?? "application/octet-stream";
}

type Encoder = readonly string[];

/** Ways to write a format, to be tried in order. */
function encodersOf(format: ClipFormat): readonly [Encoder, ...Encoder[]] {
  if (format === "wav") return [["pcm_s16le"]];
  const [first = [], ...others] = transcodeEncoders(2);
  return [first, ...others];
}

/** A time as it may stand in a file name: `1.02.03`. */
function clockName(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, "0"))).join(".");
}
