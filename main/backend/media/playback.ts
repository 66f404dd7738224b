import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { extname, join } from "node:path";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { Attention } from "../../../app/ports.ts";
import { clockFilters, removeLeftovers } from "./decode.ts";
import { type Ffmpeg, type FfmpegEnd, inputArguments, onceMoreAfterFault, runFfmpeg, throwIfFault } from "./ffmpeg.ts";
import { type MediaInfo, maxDurationMs } from "./probe.ts";

/*
 * What the page plays. A word is found by its time, so a time has to mean the same in the decoded samples and in the
 * player, to 20 ms. The original is played where Chromium both plays it and seeks in it exactly; everything else is
 * written once as Opus in WebM, on the same clock as the analysis.
 *
 * Measured in Chromium 2026-11: a five-minute recording with clicks, sought to 0.6 s before a click, played, recorded.
 * Right to 7 ms: WAV (PCM, mu-law, A-law), FLAC, Opus and FLAC in Ogg, Opus in WebM, AAC and Opus in MP4. Off by more
 * than 20 ms, and so never played as they are: MP3 of varying rate by half a second, MP3 of constant rate by up to
 * 214 ms (Chromium guesses where in the file a time lies), MP4 in fragments by 66 ms, Vorbis by 30 ms.
 */

/** What to play, and why it is not the original. */
export type PlaybackChoice =
  | { readonly kind: "original"; readonly mediaType: string }
  | { readonly kind: "transcode"; readonly reason: "format" | "codec" | "channels" | "seeking" | "streams" | "damaged" };

/** A file that the page can play. */
export interface PlaybackFile {
  readonly path: string;
  readonly mediaType: string;
  /** It is the recording as imported. */
  readonly original: boolean;
}

const transcodedMediaType = "audio/webm";

/** Codecs of PCM in WAV that Chromium decodes. */
const playablePcm = new Set(["pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_mulaw", "pcm_alaw"]);

async function readAt(path: string, position: number, bytes: number): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const part = Buffer.alloc(bytes);
    const { bytesRead } = await file.read(part, 0, bytes, position);
    return part.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/**
 * Whether an MP4 is written in fragments, as recorders and streams do. The boxes of the outermost level are walked until
 * one says so, without reading what is in them.
 */
export async function isFragmented(path: string): Promise<boolean> {
  const file = await open(path, "r");
  try {
    const head = Buffer.alloc(16);
    let position = 0;
    for (let boxes = 0; boxes < 10_000; boxes += 1) {
      const { bytesRead } = await file.read(head, 0, 16, position);
      if (bytesRead < 8) return false;
      if (head.toString("latin1", 4, 8) === "moof") return true;
      const short = head.readUInt32BE(0);
      // 1: the size follows in eight bytes; 0: the box reaches to the end of the file.
      const size = short === 1 && bytesRead === 16 ? Number(head.readBigUInt64BE(8)) : short;
      if (size < 8) return false;
      position += size;
    }
    return true;
  } finally {
    await file.close();
  }
}

/** Whether a Matroska file calls itself WebM, which is the part of Matroska that browsers promise to play. */
async function isWebm(path: string): Promise<boolean> {
  return (await readAt(path, 0, 256)).toString("latin1").includes("webm");
}

/**
 * Chooses between the original and a transcode. `truncated` is what decoding found: a damaged file is transcoded, since
 * a player may stop where ffmpeg reads on.
 */
export async function choosePlayback(path: string, info: MediaInfo, truncated = false): Promise<PlaybackChoice> {
  const transcode = (reason: Extract<PlaybackChoice, { kind: "transcode" }>["reason"]): PlaybackChoice => ({
    kind: "transcode",
    reason,
  });
  const original = (mediaType: string): PlaybackChoice => ({ kind: "original", mediaType });
  if (truncated) return transcode("damaged");
  if (info.audioStreams > 1) return transcode("streams");
  if (info.channels > 2) return transcode("channels");
  const formats = info.container.split(",");
  if (formats.includes("wav")) return playablePcm.has(info.codec) ? original("audio/wav") : transcode("codec");
  if (formats.includes("flac")) return original("audio/flac");
  if (formats.includes("ogg")) return ["opus", "flac"].includes(info.codec) ? original("audio/ogg") : transcode("codec");
  if (formats.includes("mp3")) return transcode("seeking");
  if (formats.includes("mp4")) {
    // QuickTime's own flavour is not promised by any browser but Safari.
    if ((info.tags["major_brand"] ?? "").startsWith("qt")) return transcode("format");
    if (info.codec !== "aac" && info.codec !== "opus") return transcode("codec");
    if (await isFragmented(path)) return transcode("seeking");
    return original(info.hasVideo ? "video/mp4" : "audio/mp4");
  }
  if (formats.includes("webm") && (await isWebm(path))) {
    return info.codec === "opus" ? original(info.hasVideo ? "video/webm" : "audio/webm") : transcode("codec");
  }
  return transcode("format");
}

/** Two sides of a recording of any number of channels: the even channels left, the odd ones right. */
function twoSides(channels: number): string {
  const side = (odd: number): string => {
    const members = Array.from({ length: channels }, (_, channel) => channel).filter((channel) => channel % 2 === odd);
    return members.map((channel) => `${(1 / members.length).toFixed(4)}*c${channel}`).join("+");
  };
  return `pan=stereo|c0=${side(0)}|c1=${side(1)}`;
}

/**
 * Ways to encode a transcode, to be tried in order: Opus by libopus, and by the encoder of its own that a system's ffmpeg
 * built without it still has. Telephone speech at 48 kbit/s a side needs no search for the smallest file: at level 3 it
 * takes half of the processor's time that level 10 takes, and 7 % more room.
 */
export function transcodeEncoders(channels: number): readonly (readonly string[])[] {
  const rate = ["-b:a", `${48 * Math.min(2, channels)}k`];
  return [
    ["libopus", "-compression_level", "3", ...rate],
    ["opus", "-strict", "-2", ...rate],
  ];
}

/** Filters that put a recording on the analysis's clock as one side or two, 48 kHz. */
export function transcodeFilters(channels: number): string {
  const clock = clockFilters(48_000, channels);
  if (channels === 1) return `${clock},aformat=channel_layouts=mono`;
  return channels === 2 ? `${clock},pan=stereo|c0=c0|c1=c1` : `${clock},${twoSides(channels)}`;
}

/**
 * The file to play: the original where that is right, else `playback.webm` in `folder`, made once; an earlier one is
 * taken when it is there. Throws `media-decode-failed`, `disk-full`, `ffmpeg-missing`, `cancelled`.
 */
export async function preparePlayback(
  ffmpeg: Ffmpeg,
  path: string,
  info: MediaInfo,
  folder: string,
  attention: Attention & { readonly truncated?: boolean },
): Promise<PlaybackFile> {
  const choice = await choosePlayback(path, info, attention.truncated);
  if (choice.kind === "original") {
    attention.onProgress(1);
    return { path, mediaType: choice.mediaType, original: true };
  }
  await mkdir(folder, { recursive: true });
  const finalPath = join(folder, "playback.webm");
  const existing = await open(finalPath, "r").catch(() => null);
  if (existing !== null) {
    await existing.close();
    attention.onProgress(1);
    return { path: finalPath, mediaType: transcodedMediaType, original: false };
  }
  await removeLeftovers(folder, ".playback-");
  const attemptPath = join(folder, `.playback-${randomUUID().slice(0, 8)}${extname(finalPath)}`);
  try {
    let failure = "";
    for (const encoder of transcodeEncoders(info.channels)) {
      const end = await encode(
        ffmpeg,
        [
          ...["-y", ...inputArguments(path), "-map", `0:${info.streamIndex}`, "-vn", "-sn", "-dn"],
          ...["-map_metadata", "-1", "-map_chapters", "-1"],
          ...["-af", transcodeFilters(info.channels), "-c:a", ...encoder],
          ...["-t", String(maxDurationMs / 1000), "-f", "webm", `file:${attemptPath}`],
        ],
        info.durationMs,
        attention,
      );
      // A source that ends in a fault still plays as far as it goes; a run that was ended does not count.
      if (end.stopped === null && (await hasSound(attemptPath))) {
        await rename(attemptPath, finalPath);
        attention.onProgress(1);
        return { path: finalPath, mediaType: transcodedMediaType, original: false };
      }
      failure = end.messages;
      if (/No space left on device/u.test(failure)) throw new EarmarkError("disk-full", "The disk is full.");
      if (!/Unknown encoder/u.test(failure)) break;
    }
    throw new EarmarkError("media-decode-failed", "This recording could not be made playable.", {
      codec: info.codec,
      reason: (failure.trim().split("\n").at(-1) ?? "").replaceAll(path, "file").slice(0, 200),
    });
  } finally {
    await rm(attemptPath, { force: true });
  }
}

/**
 * Runs ffmpeg to write a file of sound, with progress from what it tells of itself; once more where it was ended in the
 * middle. Rejects with `media-decode-failed` (ended twice), `ffmpeg-missing`, `cancelled`.
 */
export function encode(
  ffmpeg: Ffmpeg,
  args: readonly string[],
  durationMs: number | null,
  attention: Attention,
): Promise<FfmpegEnd> {
  return onceMoreAfterFault(async () => {
    const end = await runFfmpeg(ffmpeg, {
      args: ["-progress", "pipe:1", ...args],
      signal: attention.signal,
      limitMs: 8 * 60 * 60 * 1000,
      stallMs: 120_000,
      maxOutputBytes: 256 * 1024 * 1024,
      onOutput: (piece) => {
        const reached = /out_time_us=(\d+)(?![\s\S]*out_time_us=)/u.exec(Buffer.from(piece).toString("latin1"));
        if (reached === null || durationMs === null || durationMs === 0) return;
        attention.onProgress(Math.min(0.99, Number(reached[1]) / 1000 / durationMs));
      },
    });
    throwIfFault(end);
    return end;
  });
}

/** A transcode is good once there is something in it, whatever ffmpeg thought of the source's end. */
export async function hasSound(path: string): Promise<boolean> {
  try {
    return (await readAt(path, 0, 1024)).length >= 512;
  } catch {
    return false;
  }
}
