import { createHash, randomUUID } from "node:crypto";
import { access, mkdir, open, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { Span } from "../../../app/conversation/conversation.ts";
import { type DecodedAudio, speechSampleRate } from "../../../app/conversation/speech.ts";
import type { Attention } from "../../../app/ports.ts";
import type { Ffmpeg } from "./ffmpeg.ts";
import { inputArguments } from "./ffmpeg.ts";
import { BinRecorder, writePeaks } from "./peaks.ts";
import { choosePlayback, encode, hasSound, transcodeEncoders, transcodeFilters } from "./playback.ts";
import { type MediaInfo, maxDurationMs } from "./probe.ts";

/*
 * The recording as it may be heard: with ranges of it silent, or under a soft beep, on all channels (what is said on one
 * side of a call is often faintly heard on the other). Outside of the ranges it is the recording: to the bit where the
 * recording is lossless, else with the loss of the transcode that a page plays anyway.
 *
 * ffmpeg's `volume` can be switched on and off by an expression of time, which it asks once for each frame of sound. So
 * frames are cut to 5 ms, ranges begin a frame early, and the expression is a tree that takes as many steps as the
 * logarithm of the number of ranges. It is handed over in a file: thousands of ranges do not fit on a command line.
 */

/** What is heard where something is muted. */
export type MutedAs = "beep" | "silence";

/** A recording with ranges muted. */
export interface MutedSound {
  /** Names the ranges and the way they were muted: another key is another rendition. */
  readonly key: string;
  readonly path: string;
  readonly mediaType: string;
  /** The waveform of what is heard, for `readPeaks`. */
  readonly peaksPath: string;
}

/** Length of the frames that are switched, in seconds. */
const frameSeconds = 0.005;
/** Pitch of the beep in Hz: within the band of a telephone, above most voices. */
export const beepHz = 1_000;
/** Peak of the beep, 1 being full scale: -24 dB, softer than speech. */
export const beepPeak = 0.0625;
/** Peak of ffmpeg's `sine`. */
const sinePeak = 0.125;
/** Raised when the same ranges would sound otherwise. */
const renditionVersion = 1;
const samplesAtOnce = 16_384;

/** Names ranges and how they are muted; null where there are none. */
export function muteKey(ranges: readonly Span[], as: MutedAs = "beep"): string | null {
  if (ranges.length === 0) return null;
  const text = JSON.stringify([renditionVersion, as, ranges.map(({ startMs, endMs }) => [startMs, endMs])]);
  return createHash("sha256").update(text).digest("hex").slice(0, 24);
}

/** An expression of ffmpeg that is 1 for frames that begin in a range or reach into one, else 0. Ranges are in order and apart. */
export function muteExpression(ranges: readonly Span[], frame = frameSeconds): string {
  const of = (from: number, to: number): string => {
    const first = ranges[from];
    if (first === undefined || to <= from) return "0";
    if (to - from === 1) return `gt(t,${(first.startMs / 1_000 - frame).toFixed(6)})*lt(t,${(first.endMs / 1_000).toFixed(6)})`;
    const middle = Math.floor((from + to) / 2);
    const parting = ((ranges[middle]?.startMs ?? 0) / 1_000 - frame).toFixed(6);
    return `if(lte(t,${parting}),${of(from, middle)},${of(middle, to)})`;
  };
  return of(0, ranges.length);
}

/**
 * The filter graph that mutes ranges of one stream: from `[0:stream]` to `[out]`.
 *
 * @param before filters that come first and settle the sample rate and the channels, of which there are one or two.
 */
export function muteGraph(
  ranges: readonly Span[],
  input: { readonly stream: number; readonly sampleRate: number; readonly channels: number; readonly before: string },
  as: MutedAs,
): string {
  const frame = Math.max(1, Math.round(input.sampleRate * frameSeconds));
  const inside = muteExpression(ranges, frame / input.sampleRate);
  const quiet = `[0:${input.stream}]${input.before},asetnsamples=n=${frame}:p=0,volume=volume=0:enable='${inside}'`;
  if (as === "silence") return `${quiet}[out]`;
  const spread = input.channels === 1 ? "" : ",pan=stereo|c0=c0|c1=c0";
  return [
    `${quiet}[heard]`,
    `sine=frequency=${beepHz}:sample_rate=${input.sampleRate}:samples_per_frame=${frame}${spread},` +
      `volume=volume=${beepPeak / sinePeak},volume=volume=0:enable='not(${inside})'[beep]`,
    "[heard][beep]amix=inputs=2:duration=first:normalize=0[out]",
  ].join(";\n");
}

interface Rendition {
  readonly ending: "flac" | "webm";
  readonly mediaType: string;
  readonly sampleRate: number;
  readonly channels: number;
  readonly before: string;
  readonly encoders: readonly (readonly string[])[];
}

/** How a recording is rendered: without loss where the browser plays it without loss, else as the transcode it would play. */
async function renditionOf(path: string, info: MediaInfo, truncated: boolean): Promise<Rendition> {
  const choice = await choosePlayback(path, info, truncated);
  const formats = info.container.split(",");
  if (choice.kind === "original" && (formats.includes("wav") || formats.includes("flac"))) {
    const deep = (info.bitsPerSample ?? 16) > 16;
    return {
      ending: "flac",
      mediaType: "audio/flac",
      sampleRate: info.sampleRate,
      channels: info.channels,
      before: info.channels === 1 ? "aformat=channel_layouts=mono" : "pan=stereo|c0=c0|c1=c1",
      encoders: [
        [
          "flac",
          "-compression_level",
          "3",
          ...(deep ? ["-sample_fmt", "s32", "-bits_per_raw_sample", "24"] : ["-sample_fmt", "s16"]),
        ],
      ],
    };
  }
  return {
    ending: "webm",
    mediaType: "audio/webm",
    sampleRate: 48_000,
    channels: Math.min(2, info.channels),
    before: transcodeFilters(info.channels),
    encoders: transcodeEncoders(info.channels),
  };
}

/** What `muteMedia` works from. */
export interface MutingInput {
  readonly path: string;
  readonly info: MediaInfo;
  /** In order, apart, at least one. */
  readonly ranges: readonly Span[];
  /** The recording as decoded, for the waveform. */
  readonly audio: DecodedAudio;
  /** Where the rendition goes: the folder of the recording's content hash. */
  readonly folder: string;
  /** Files of earlier renditions that are still in use; others are removed. */
  readonly keep: readonly string[];
  readonly as?: MutedAs;
}

/**
 * Renders a recording with ranges muted, `muted-KEY.flac` or `.webm`, and its waveform, once for each set of ranges.
 * Throws `media-decode-failed`, `disk-full`, `ffmpeg-missing`, `file-missing`, `cancelled`.
 */
export async function muteMedia(ffmpeg: Ffmpeg, input: MutingInput, attention: Attention): Promise<MutedSound> {
  const { path, info, ranges, audio, folder, keep, as = "beep" } = input;
  const key = muteKey(ranges, as);
  if (key === null) throw new EarmarkError("internal", "There is nothing to mute.");
  await mkdir(folder, { recursive: true });
  const rendition = await renditionOf(path, info, audio.truncated ?? false);
  const sound: MutedSound = {
    key,
    path: join(folder, `muted-${key}.${rendition.ending}`),
    mediaType: rendition.mediaType,
    peaksPath: join(folder, `muted-${key}.empk`),
  };
  await removeOthers(folder, new Set([sound.path, sound.peaksPath, ...keep].map((file) => basename(file))));
  if (!(await isThere(sound.peaksPath))) await mutedPeaks(audio, ranges, as, sound.peaksPath, attention);
  if (!(await isThere(sound.path))) await render(ffmpeg, input, rendition, sound.path, attention);
  attention.onProgress(1);
  return sound;
}

async function render(
  ffmpeg: Ffmpeg,
  { path, info, ranges, folder, as = "beep" }: MutingInput,
  rendition: Rendition,
  target: string,
  attention: Attention,
): Promise<void> {
  const attempt = join(folder, `.muted-${randomUUID().slice(0, 8)}`);
  const script = `${attempt}.txt`;
  const written = `${attempt}.${rendition.ending}`;
  try {
    await writeFile(script, muteGraph(ranges, { ...rendition, stream: info.streamIndex }, as));
    let failure = "";
    for (const encoder of rendition.encoders) {
      const end = await encode(
        ffmpeg,
        [
          ...["-y", ...inputArguments(path), ...graphArguments(ffmpeg, script), "-map", "[out]", "-vn", "-sn", "-dn"],
          ...["-map_metadata", "-1", "-map_chapters", "-1", "-c:a", ...encoder],
          ...["-t", String(maxDurationMs / 1000), "-f", rendition.ending, `file:${written}`],
        ],
        info.durationMs,
        attention,
      );
      failure = end.messages;
      if (end.stopped === null && (await hasSound(written))) {
        await rename(written, target);
        return;
      }
      if (/No space left on device/u.test(failure)) throw new EarmarkError("disk-full", "The disk is full.");
      if (!/Unknown encoder/u.test(failure)) break;
    }
    throw new EarmarkError("media-decode-failed", "The muted sound could not be made.", {
      codec: info.codec,
      reason: (failure.trim().split("\n").at(-1) ?? "").replaceAll(path, "file").replaceAll(folder, "").slice(0, 200),
    });
  } finally {
    await rm(script, { force: true });
    await rm(written, { force: true });
  }
}

/** How this ffmpeg takes a filter graph from a file: the option was renamed in version 7, and the old one is gone in 8. */
export function graphArguments({ version }: Pick<Ffmpeg, "version">, script: string): string[] {
  const major = Number(/^n?(\d+)\./u.exec(version)?.[1] ?? Number.NaN);
  // A build from the newest source has a date or a hash for a version.
  const renamed = Number.isNaN(major) || major >= 7;
  return [renamed ? "-/filter_complex" : "-filter_complex_script", script];
}

/** Writes the waveform of the decoded samples as they are heard with the ranges muted. */
async function mutedPeaks(
  audio: DecodedAudio,
  ranges: readonly Span[],
  as: MutedAs,
  target: string,
  attention: Attention,
): Promise<void> {
  const attempt = join(target, "..", `.muted-${randomUUID().slice(0, 8)}`);
  const bins = audio.channels.map((_, channel) => `${attempt}-${channel}.bins`);
  try {
    for (const [channel, { path }] of audio.channels.entries()) {
      await recordMuted(path, bins[channel] ?? "", ranges, as, attention);
    }
    await writePeaks(`${attempt}.empk`, bins, audio.channels[0]?.samples ?? 0, speechSampleRate);
    await rename(`${attempt}.empk`, target);
  } finally {
    for (const file of [...bins, `${attempt}.empk`]) await rm(file, { force: true });
  }
}

async function recordMuted(
  path: string,
  bins: string,
  ranges: readonly Span[],
  as: MutedAs,
  { signal }: Attention,
): Promise<void> {
  const file = await open(path, "r").catch((cause: unknown) => {
    throw new EarmarkError("file-missing", "The decoded sound of this recording is gone.", {}, { cause });
  });
  const recorder = await BinRecorder.create(bins);
  let ended = false;
  try {
    const block = new Int16Array(samplesAtOnce);
    let next = 0;
    for (let at = 0; ; ) {
      if (signal.aborted) throw new EarmarkError("cancelled", "Cancelled.");
      const { bytesRead } = await file.read(new Uint8Array(block.buffer), 0, block.byteLength, 2 * at);
      const count = Math.floor(bytesRead / 2);
      if (count === 0) break;
      const samples = block.subarray(0, count);
      // Those that end before this block do not come again.
      while (next < ranges.length && sampleOf(ranges[next]?.endMs ?? 0, 1) <= at) next += 1;
      for (let range = next; range < ranges.length; range += 1) {
        const { startMs, endMs } = ranges[range] as Span;
        const from = sampleOf(startMs, -1);
        if (from >= at + count) break;
        mute(samples, at, Math.max(at, from), Math.min(at + count, sampleOf(endMs, 1)), as);
      }
      await recorder.add(samples);
      at += count;
    }
    await recorder.end();
    ended = true;
  } finally {
    if (!ended) await recorder.abandon().catch(() => undefined);
    await file.close();
  }
}

/** The sample at a time, a frame of the rendition earlier or later. */
function sampleOf(ms: number, side: 1 | -1): number {
  return Math.max(0, Math.round((ms / 1_000 + side * frameSeconds) * speechSampleRate));
}

function mute(samples: Int16Array, at: number, from: number, to: number, as: MutedAs): void {
  for (let sample = from; sample < to; sample += 1) {
    const beep = as === "silence" ? 0 : beepPeak * 32_768 * Math.sin((2 * Math.PI * beepHz * sample) / speechSampleRate);
    samples[sample - at] = Math.round(beep);
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Removes what killed attempts left, and renditions of ranges that hold no longer. */
async function removeOthers(folder: string, kept: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(".muted-") || (name.startsWith("muted-") && !kept.has(name)))
      await rm(join(folder, name), { force: true });
  }
}
