import { open, stat } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { z } from "zod";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { type Ffmpeg, inputArguments, onceMoreAfterFault, runFfmpeg, throwIfFault } from "./ffmpeg.ts";

/* What a file holds, read from ffmpeg's own report on it: ffmpeg-static brings no ffprobe. */

/** The longest recording Earmark takes: a day. */
export const maxDurationMs = 24 * 60 * 60 * 1000;
/** The most channels Earmark takes apart. */
export const maxChannels = 8;

/** What a media file holds, as far as it concerns Earmark. */
export interface MediaInfo {
  /** ffmpeg's name of the format, `wav` or `mov,mp4,m4a,3gp,3g2,mj2`. */
  readonly container: string;
  /** ffmpeg's name of the audio codec, `pcm_s16le`. */
  readonly codec: string;
  /** ffmpeg's index of the audio stream that is used. */
  readonly streamIndex: number;
  /** How many audio streams there are to choose from. */
  readonly audioStreams: number;
  readonly channels: number;
  /** Samples per second. */
  readonly sampleRate: number;
  /** Bits of a sample where the codec has such; null for the lossy ones. */
  readonly bitsPerSample: number | null;
  readonly durationMs: number | null;
  /** The duration was reckoned from size and bit rate, and may be far off. */
  readonly durationEstimated: boolean;
  /** Bits per second of the whole file; null when unknown. */
  readonly bitRate: number | null;
  /** Moving pictures, not the picture of a cover. */
  readonly hasVideo: boolean;
  /** For people: "WAV, 2 channels, 8 kHz, 16 bit PCM". */
  readonly label: string;
  /** What the file says of itself (title, date, …), names in lower case, shortened. From outside: not to be trusted. */
  readonly tags: Readonly<Record<string, string>>;
}

/** The same as it is read back from the database. */
export const mediaInfoSchema = z.object({
  container: z.string(),
  codec: z.string(),
  streamIndex: z.int(),
  audioStreams: z.int(),
  channels: z.int(),
  sampleRate: z.int(),
  bitsPerSample: z.int().nullable(),
  durationMs: z.int().nullable(),
  durationEstimated: z.boolean(),
  bitRate: z.number().nullable(),
  hasVideo: z.boolean(),
  label: z.string(),
  tags: z.record(z.string(), z.string()),
});

const containerNames: Readonly<Record<string, string>> = {
  wav: "WAV",
  w64: "Wave64",
  aiff: "AIFF",
  au: "AU",
  caf: "CAF",
  mp3: "MP3",
  aac: "AAC",
  flac: "FLAC",
  ogg: "Ogg",
  amr: "AMR",
  mov: "MP4",
  matroska: "Matroska",
  asf: "Windows Media",
  avi: "AVI",
  flv: "Flash Video",
  mpeg: "MPEG",
  mpegts: "MPEG transport stream",
};

const codecNames: Readonly<Record<string, string>> = {
  aac: "AAC",
  alac: "Apple Lossless",
  amr_nb: "AMR",
  amr_wb: "AMR wideband",
  flac: "FLAC",
  gsm: "GSM",
  gsm_ms: "GSM",
  mp3: "MP3",
  opus: "Opus",
  pcm_alaw: "A-law",
  pcm_mulaw: "mu-law",
  vorbis: "Vorbis",
  wmav2: "Windows Media Audio",
};

/** Number of channels out of ffmpeg's word for a layout: "mono", "5.1(side)", "8 channels", "quad". Null when it is none. */
export function channelsOfLayout(layout: string): number | null {
  const counted = /^(\d+) channels?\b/u.exec(layout);
  if (counted !== null) return Number(counted[1]);
  const dotted = /^(\d+)\.(\d+)(?:\.(\d+))?(?:\(|$)/u.exec(layout);
  if (dotted !== null) return Number(dotted[1]) + Number(dotted[2]) + Number(dotted[3] ?? 0);
  const named: Readonly<Record<string, number>> = {
    mono: 1,
    stereo: 2,
    downmix: 2,
    binaural: 2,
    quad: 4,
    "quad(side)": 4,
    hexagonal: 6,
    octagonal: 8,
    cube: 8,
    hexadecagonal: 16,
  };
  return named[layout] ?? null;
}

interface AudioStream {
  readonly index: number;
  readonly codec: string;
  readonly sampleRate: number;
  readonly channels: number | null;
  readonly bitsPerSample: number | null;
  readonly isDefault: boolean;
}

function bitsOf(codec: string, sampleFormat: string): number | null {
  const pcm = /^pcm_[usf](\d+)/u.exec(codec);
  if (pcm !== null) return Number(pcm[1]);
  if (codec === "pcm_alaw" || codec === "pcm_mulaw") return 8;
  if (codec !== "flac" && codec !== "alac") return null;
  const said = /\((\d+) bit\)/u.exec(sampleFormat) ?? /^[su](\d+)/u.exec(sampleFormat);
  return said === null ? null : Number(said[1]);
}

function parseAudioStream(line: string): AudioStream | null {
  const head = /^ {2}Stream #0:(\d+)(?:\[0x[0-9a-f]+\])?(?:\([^)]*\))?: Audio: (.*)$/u.exec(line);
  if (head === null) return null;
  const rest = head[2] ?? "";
  const codec = /^([a-z0-9_]+)/u.exec(rest)?.[1];
  const shape = /, (\d+) Hz, ([^,]+), ([^,]+)/u.exec(rest);
  if (codec === undefined) return null;
  return {
    index: Number(head[1]),
    codec,
    sampleRate: shape === null ? 0 : Number(shape[1]),
    channels: shape === null ? null : channelsOfLayout((shape[2] ?? "").trim()),
    bitsPerSample: bitsOf(codec, (shape?.[3] ?? "").trim()),
    isDefault: /\(default\)/u.test(rest),
  };
}

function parseTags(lines: readonly string[]): Record<string, string> {
  const tags: Record<string, string> = {};
  // Tags of the file stand before its duration, indented by four; those of its streams come later.
  for (const line of lines) {
    if (line.startsWith("  Duration:")) break;
    const tag = /^ {4}(\S[^:]{0,60}?) *: (.*)$/u.exec(line);
    if (tag?.[1] === undefined || Object.keys(tags).length >= 32) continue;
    tags[tag[1].toLowerCase()] = (tag[2] ?? "").trim().slice(0, 500);
  }
  return tags;
}

function khz(sampleRate: number): string {
  return `${Number((sampleRate / 1000).toFixed(3))} kHz`;
}

function labelOf(container: string, stream: AudioStream, channels: number, hasVideo: boolean): string {
  const first = container.split(",")[0] ?? container;
  const format = containerNames[first] ?? first.toUpperCase();
  const codec = /^pcm_f/u.test(stream.codec)
    ? `${stream.bitsPerSample} bit float PCM`
    : /^pcm_[us]\d/u.test(stream.codec)
      ? `${stream.bitsPerSample} bit PCM`
      : (codecNames[stream.codec] ?? stream.codec.toUpperCase());
  const parts = [format, channels === 1 ? "1 channel" : `${channels} channels`, khz(stream.sampleRate)];
  if (codec !== format) parts.push(codec);
  if (hasVideo) parts.push("with video");
  return parts.join(", ");
}

/** Reads ffmpeg's report on a file (what `ffmpeg -i` writes). Throws the codes that `probeMedia` names. */
export function parseReport(report: string, extension: string): MediaInfo {
  const start = /^Input #0, (\S+), from /mu.exec(report);
  if (start?.[1] === undefined) throw unreadable(report);
  const container = start[1];
  // Random bytes pass for MP3 now and then; ffmpeg says how unsure it is, and then only the name can vouch for them.
  if (/misdetection possible/u.test(report) && !container.split(",").includes(extension)) {
    throw new EarmarkError("format-unknown", "This is not a recording in a format that Earmark knows.");
  }
  const lines = report.slice(start.index).split(/\r?\n/u);
  const streams: AudioStream[] = [];
  let hasVideo = false;
  for (const line of lines) {
    const audio = parseAudioStream(line);
    if (audio !== null) streams.push(audio);
    if (/^ {2}Stream #0:\d+[^:]*: Video: /u.test(line) && !/\(attached pic\)/u.test(line)) hasVideo = true;
  }
  const stream = streams.find((candidate) => candidate.isDefault) ?? streams[0];
  if (stream === undefined) throw new EarmarkError("media-no-audio", "There is no sound in this file.", { hasVideo });
  const { channels } = stream;
  if (channels === null || channels < 1 || stream.sampleRate < 1) {
    throw new EarmarkError("format-malformed", "The sound in this file says nothing usable of its channels and rate.");
  }
  if (channels > maxChannels) {
    throw new EarmarkError("media-decode-failed", "This recording has more channels than Earmark takes apart.", {
      channels,
      most: maxChannels,
    });
  }
  const facts = /^ {2}Duration: (?:(\d+):(\d\d):(\d\d)\.(\d+)|N\/A)/mu.exec(lines.join("\n"));
  const durationMs =
    facts?.[1] === undefined
      ? null
      : ((Number(facts[1]) * 60 + Number(facts[2])) * 60 + Number(facts[3])) * 1000 +
        Math.round(Number(`0.${facts[4] ?? "0"}`) * 1000);
  const durationEstimated = /Estimating duration from bitrate/u.test(report);
  if (durationMs !== null && !durationEstimated && durationMs > maxDurationMs) {
    throw new EarmarkError("media-too-long", "This recording is longer than a day.", { durationMs, mostMs: maxDurationMs });
  }
  const bitRate = /^ {2}Duration: .*bitrate: (\d+) kb\/s/mu.exec(lines.join("\n"));
  return {
    container,
    codec: stream.codec,
    streamIndex: stream.index,
    audioStreams: streams.length,
    channels,
    sampleRate: stream.sampleRate,
    bitsPerSample: stream.bitsPerSample,
    durationMs,
    durationEstimated,
    bitRate: bitRate === null ? null : Number(bitRate[1]) * 1000,
    hasVideo,
    label: labelOf(container, stream, channels, hasVideo),
    tags: parseTags(lines),
  };
}

function unreadable(report: string): EarmarkError {
  if (/moov atom not found/u.test(report)) {
    return new EarmarkError("media-truncated", "The file ends before its table of contents; nothing of it can be played.");
  }
  if (/Format not on whitelist/u.test(report)) {
    return new EarmarkError("format-unknown", "This is not a recording, but a list, a picture or something else.");
  }
  return new EarmarkError("format-unknown", "This is not a recording in a format that Earmark knows.");
}

/** Throws unless the path is a file with something in it that may be read: `file-missing`, `file-unreadable`, `file-empty`. */
async function requireReadable(path: string): Promise<void> {
  try {
    const facts = await stat(path);
    if (!facts.isFile()) throw new EarmarkError("file-unreadable", "This is not a file.");
    if (facts.size === 0) throw new EarmarkError("file-empty", "This file is empty.");
    await (await open(path, "r")).close();
  } catch (error) {
    if (error instanceof EarmarkError) throw error;
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (missing) throw new EarmarkError("file-missing", "This file is not there any more.", {}, { cause: error });
    throw new EarmarkError("file-unreadable", "This file cannot be read.", {}, { cause: error });
  }
}

/**
 * What a file holds, by its content, whatever its name. Throws `file-missing`, `file-unreadable`, `file-empty`,
 * `format-unknown`, `format-malformed`, `media-no-audio`, `media-truncated` (nothing of it can be read),
 * `media-too-long`, `media-decode-failed` (more channels than eight, or ffmpeg was ended twice), `cancelled`.
 */
export async function probeMedia(ffmpeg: Ffmpeg, path: string, attention: { signal?: AbortSignal } = {}): Promise<MediaInfo> {
  await requireReadable(path);
  const end = await onceMoreAfterFault(async () => {
    const run = await runFfmpeg(ffmpeg, { args: inputArguments(path), limitMs: 60_000, signal: attention.signal });
    throwIfFault(run);
    return run;
  });
  if (end.stopped !== null) throw new EarmarkError("file-unreadable", "Looking into this file took too long.");
  // The name is the one part of the report that could imitate another line of it.
  const report = end.messages.replaceAll(`file:${resolve(path)}`, "file");
  return parseReport(report, extname(path).slice(1).toLowerCase());
}
