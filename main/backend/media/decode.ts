import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { EarmarkError } from "../../../app/contract/errors.ts";
import {
  type ChannelLayout,
  type DecodedAudio,
  type DecodedChannel,
  speechSampleRate,
} from "../../../app/conversation/speech.ts";
import type { Attention } from "../../../app/ports.ts";
import { type Ffmpeg, inputArguments, onceMoreAfterFault, runFfmpeg, throwIfFault } from "./ffmpeg.ts";
import { BinRecorder, writePeaks } from "./peaks.ts";
import { type MediaInfo, maxDurationMs } from "./probe.ts";

/*
 * From a recording to one file of 16-bit samples at 16 kHz for each channel, in one pass that holds a second of sound at
 * a time, measuring on the way how the channels relate and drawing the waveform.
 */

/** What decoding leaves in its folder, and what it found. */
export interface DecodeResult {
  readonly audio: DecodedAudio;
  /** The waveform's pyramid, for `readPeaks`: as many channels as `audio.channels`. */
  readonly peaksPath: string;
  /** The file ends early or is damaged: this is what there was. */
  readonly truncated: boolean;
}

/** Channels that agree to more than this (either way round) carry one signal. */
const sameSignalCorrelation = 0.9;
/** A stretch of 20 ms below this level, in dB of full scale, is not audible: line noise lies about 10 dB lower, faint speech 15 dB higher. */
const audibleDb = -55;
/** A channel with less audible sound than this, in milliseconds, is silent: a click or two is nobody speaking. */
const audibleLeastMs = 200;
const levelFloorDb = -120;
const frameSamples = speechSampleRate / 50;
/** Samples of each channel handled at a time: about one second. */
const blockSamples = 16_384;

/**
 * ffmpeg's filters that put sound on the recording's own clock: gaps of more than 0.1 s in the source's timestamps
 * become silence, and sample 0 is time 0, so that positions mean the same in analysis and playback. `pan` keeps the
 * channels apart and their number fixed, whatever a file changes midway.
 */
export function clockFilters(sampleRate: number, channels: number): string {
  const map = Array.from({ length: channels }, (_, channel) => `c${channel}=c${channel}`).join("|");
  return `aresample=${sampleRate}:async=1:first_pts=0:internal_sample_fmt=fltp,pan=${channels}c|${map}`;
}

/** Running sums over one channel, and of its products with channel 0. */
interface ChannelSums {
  sum: number;
  squares: number;
  products: number;
  /** Of the 20 ms stretch that is being filled. */
  frameSquares: number;
  frameFilled: number;
  audibleFrames: number;
}

/** Measures channels as their samples come: level, likeness to channel 0, audible time. */
class ChannelMeter {
  readonly #sums: ChannelSums[];
  #samples = 0;

  constructor(channels: number) {
    this.#sums = Array.from({ length: channels }, () => ({
      sum: 0,
      squares: 0,
      products: 0,
      frameSquares: 0,
      frameFilled: 0,
      audibleFrames: 0,
    }));
  }

  add(blocks: readonly Int16Array[]): void {
    const reference = blocks[0];
    if (reference === undefined) return;
    this.#samples += reference.length;
    const audiblePower = 32_768 ** 2 * 10 ** (audibleDb / 10) * frameSamples;
    for (const [channel, block] of blocks.entries()) {
      const sums = this.#sums[channel];
      if (sums === undefined) continue;
      let { sum, squares, products, frameSquares, frameFilled } = sums;
      for (let at = 0; at < block.length; at += 1) {
        const sample = block[at] ?? 0;
        const power = sample * sample;
        sum += sample;
        squares += power;
        products += sample * (reference[at] ?? 0);
        frameSquares += power;
        frameFilled += 1;
        if (frameFilled === frameSamples) {
          if (frameSquares >= audiblePower) sums.audibleFrames += 1;
          frameSquares = 0;
          frameFilled = 0;
        }
      }
      Object.assign(sums, { sum, squares, products, frameSquares, frameFilled });
    }
  }

  get samples(): number {
    return this.#samples;
  }

  #variance(channel: number): number {
    const sums = this.#sums[channel];
    if (sums === undefined || this.#samples === 0) return 0;
    return Math.max(0, sums.squares / this.#samples - (sums.sum / this.#samples) ** 2);
  }

  /** Root mean square around the channel's own mean (a constant offset is not heard), dB of full scale. */
  rmsDb(channel: number): number {
    const variance = this.#variance(channel);
    return variance === 0 ? levelFloorDb : Math.max(levelFloorDb, 10 * Math.log10(variance / 32_768 ** 2));
  }

  /** Pearson's correlation with channel 0: cov(x, y) / (σx σy); 0 where one of them does not move. */
  correlation(channel: number): number {
    const sums = this.#sums[channel];
    const reference = this.#sums[0];
    const scale = Math.sqrt(this.#variance(channel) * this.#variance(0));
    if (sums === undefined || reference === undefined || scale === 0) return 0;
    const covariance = sums.products / this.#samples - (sums.sum / this.#samples) * (reference.sum / this.#samples);
    return Math.max(-1, Math.min(1, covariance / scale));
  }

  /** Whether next to nothing is to be heard: less than 200 ms, or a tenth of a very short recording. */
  isSilent(channel: number): boolean {
    const sums = this.#sums[channel];
    if (sums === undefined) return true;
    // Less than one whole stretch: any movement counts.
    if (this.#samples < frameSamples) return sums.squares === 0;
    const leastFrames = Math.min(audibleLeastMs / 20, Math.ceil(this.#samples / frameSamples / 10));
    return sums.audibleFrames < leastFrames;
  }
}

/** Which channels stand for the recording, and how they relate. */
function relate(meter: ChannelMeter, channels: number): { layout: ChannelLayout; correlation: number | null; used: number[] } {
  const all = Array.from({ length: channels }, (_, channel) => channel);
  if (channels === 1) return { layout: "mono", correlation: null, used: all };
  const correlation = meter.correlation(1);
  const same = all.every(
    (channel) => !meter.isSilent(channel) && Math.abs(channel === 0 ? 1 : meter.correlation(channel)) > sameSignalCorrelation,
  );
  if (!same) return { layout: "separate", correlation, used: all };
  // One signal: the first channel, unless it is a much fainter copy.
  const loudest = all.reduce((best, channel) => (meter.rmsDb(channel) > meter.rmsDb(best) + 6 ? channel : best), 0);
  return { layout: "dual-mono", correlation, used: [loudest] };
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done, bytes.length - done)).bytesWritten;
}

/** Writes what comes out of ffmpeg, channels interleaved, into one file and one waveform for each channel. */
class ChannelSplitter {
  readonly meter: ChannelMeter;
  readonly #channels: number;
  readonly #files: FileHandle[];
  readonly #recorders: BinRecorder[];
  readonly #interleaved: Int16Array;
  readonly #bytes: Uint8Array;
  readonly #blocks: Int16Array[];
  #filled = 0;

  private constructor(files: FileHandle[], recorders: BinRecorder[]) {
    this.#channels = files.length;
    this.#files = files;
    this.#recorders = recorders;
    this.meter = new ChannelMeter(files.length);
    this.#interleaved = new Int16Array(blockSamples * files.length);
    this.#bytes = new Uint8Array(this.#interleaved.buffer);
    this.#blocks = files.map(() => new Int16Array(blockSamples));
  }

  static async create(samplePaths: readonly string[], binPaths: readonly string[]): Promise<ChannelSplitter> {
    const files: FileHandle[] = [];
    const recorders: BinRecorder[] = [];
    try {
      for (const path of samplePaths) files.push(await open(path, "w"));
      for (const path of binPaths) recorders.push(await BinRecorder.create(path));
    } catch (error) {
      for (const file of [...files]) await file.close();
      for (const recorder of recorders) await recorder.abandon();
      throw error;
    }
    return new ChannelSplitter(files, recorders);
  }

  async add(piece: Uint8Array): Promise<void> {
    for (let at = 0; at < piece.length; ) {
      const taken = Math.min(piece.length - at, this.#bytes.length - this.#filled);
      this.#bytes.set(piece.subarray(at, at + taken), this.#filled);
      this.#filled += taken;
      at += taken;
      if (this.#filled === this.#bytes.length) await this.#flush();
    }
  }

  async #flush(): Promise<void> {
    // Bytes of a last sample that is not whole (ffmpeg was ended) are left out.
    const frames = Math.floor(this.#filled / 2 / this.#channels);
    this.#filled = 0;
    if (frames === 0) return;
    const parts = this.#blocks.map((block, channel) => {
      for (let frame = 0, at = channel; frame < frames; frame += 1, at += this.#channels) {
        block[frame] = this.#interleaved[at] ?? 0;
      }
      return block.subarray(0, frames);
    });
    this.meter.add(parts);
    for (const [channel, part] of parts.entries()) {
      await this.#recorders[channel]?.add(part);
      const file = this.#files[channel];
      if (file !== undefined) await writeAll(file, new Uint8Array(part.buffer, 0, 2 * frames));
    }
  }

  async end(): Promise<void> {
    await this.#flush();
    for (const recorder of this.#recorders) await recorder.end();
    for (const file of this.#files) await file.close();
  }

  async abandon(): Promise<void> {
    await Promise.allSettled([...this.#recorders.map((r) => r.abandon()), ...this.#files.map((file) => file.close())]);
  }
}

const damage = /Packet corrupt|partial file|ended prematurely|unexpected EOF|Truncat|premature end/iu;

/** Whether a decoding that gave `decodedMs` fell short of what the file promised. */
function fellShort(info: MediaInfo, decodedMs: number): boolean {
  if (info.durationMs === null || info.durationEstimated) return false;
  // The sound of a film may honestly end before its pictures, and only the longer of the two is announced.
  const tolerated = info.hasVideo ? 5_000 + 0.01 * info.durationMs : 500 + 0.002 * info.durationMs;
  return decodedMs < info.durationMs - tolerated;
}

/** Removes what a killed attempt left in a folder: files whose names begin so. One attempt runs at a time. */
export async function removeLeftovers(folder: string, prefix: ".decode-" | ".playback-"): Promise<void> {
  for (const name of await readdir(folder)) if (name.startsWith(prefix)) await rm(join(folder, name), { force: true });
}

/**
 * Decodes a recording into `folder`: `ch0.s16`, `ch1.s16`, … and `peaks.empk`, each written under another name first.
 * A folder that holds an earlier decoding gets a new one. What is truncated decodes as far as it goes, and says so.
 * Throws `media-decode-failed` when nothing decodes, `media-too-long`, `disk-full`, `ffmpeg-missing`, `cancelled`.
 */
export function decodeMedia(
  ffmpeg: Ffmpeg,
  path: string,
  info: MediaInfo,
  folder: string,
  attention: Attention,
): Promise<DecodeResult> {
  return onceMoreAfterFault(() => decodeOnce(ffmpeg, path, info, folder, attention));
}

async function decodeOnce(
  ffmpeg: Ffmpeg,
  path: string,
  info: MediaInfo,
  folder: string,
  attention: Attention,
): Promise<DecodeResult> {
  await mkdir(folder, { recursive: true });
  await removeLeftovers(folder, ".decode-");
  const attempt = randomUUID().slice(0, 8);
  const samplePaths = Array.from({ length: info.channels }, (_, channel) => join(folder, `.decode-${attempt}-${channel}.s16`));
  const binPaths = samplePaths.map((samplePath) => samplePath.replace(/s16$/u, "bins"));
  const peaksAttempt = join(folder, `.decode-${attempt}.empk`);
  const splitter = await ChannelSplitter.create(samplePaths, binPaths);
  let ended = false;
  try {
    const bytesPerMs = (info.channels * 2 * speechSampleRate) / 1000;
    let bytes = 0;
    const end = await runFfmpeg(ffmpeg, {
      args: [
        ...inputArguments(path),
        ...["-map", `0:${info.streamIndex}`, "-vn", "-sn", "-dn"],
        ...["-af", clockFilters(speechSampleRate, info.channels)],
        ...["-c:a", "pcm_s16le", "-f", "s16le", "pipe:1"],
      ],
      signal: attention.signal,
      limitMs: 4 * 60 * 60 * 1000,
      stallMs: 60_000,
      maxOutputBytes: maxDurationMs * bytesPerMs,
      onOutput: async (piece) => {
        bytes += piece.length;
        await splitter.add(piece);
        if (info.durationMs !== null && info.durationMs > 0) {
          attention.onProgress(Math.min(0.99, bytes / bytesPerMs / info.durationMs));
        }
      },
    });
    if (end.stopped === "output") {
      throw new EarmarkError("media-too-long", "This recording is longer than a day.", { mostMs: maxDurationMs });
    }
    if (end.stopped === "time") {
      throw new EarmarkError("media-decode-failed", "Decoding this recording took too long.", {
        codec: info.codec,
        reason: "time",
      });
    }
    await splitter.end();
    ended = true;
    throwIfFault(end);
    const { meter } = splitter;
    if (meter.samples === 0) {
      const lastWords = end.messages.trim().split("\n").at(-1)?.slice(0, 200) ?? "";
      throw new EarmarkError("media-decode-failed", "Nothing of this recording could be decoded.", {
        codec: info.codec,
        reason: lastWords.replaceAll(path, "file"),
      });
    }
    const durationMs = Math.round((meter.samples * 1000) / speechSampleRate);
    const { layout, correlation, used } = relate(meter, info.channels);
    await writePeaks(
      peaksAttempt,
      used.map((channel) => binPaths[channel] ?? ""),
      meter.samples,
      speechSampleRate,
    );
    for (const name of await readdir(folder)) if (/^ch\d+\.s16$/u.test(name)) await rm(join(folder, name));
    const channels: DecodedChannel[] = [];
    for (const [index, channel] of used.entries()) {
      const finalPath = join(folder, `ch${index}.s16`);
      await rename(samplePaths[channel] ?? "", finalPath);
      channels.push({ path: finalPath, samples: meter.samples, rmsDb: meter.rmsDb(channel) });
    }
    const peaksPath = join(folder, "peaks.empk");
    await rename(peaksAttempt, peaksPath);
    attention.onProgress(1);
    return {
      audio: {
        durationMs,
        layout,
        correlation,
        channels,
        silentChannels: used.flatMap((channel, index) => (meter.isSilent(channel) ? [index] : [])),
      },
      peaksPath,
      truncated: end.exitCode !== 0 || damage.test(end.messages) || fellShort(info, durationMs),
    };
  } finally {
    if (!ended) await splitter.abandon();
    for (const leftover of [...samplePaths, ...binPaths, peaksAttempt]) await rm(leftover, { force: true });
  }
}
