import { type FileHandle, open } from "node:fs/promises";
import { EarmarkError } from "../../../app/contract/errors.ts";

/*
 * The waveform of a recording as a pyramid of loudest and quietest samples, so that any stretch of it, however long, is
 * drawn from a few kilobytes. Written once while decoding.
 *
 * File, little-endian:
 *    0  4 bytes  "EMPK"
 *    4  u16      version, 1
 *    6  u16      channels
 *    8  u32      samples per second
 *   12  u32      samples in a bin of level 0
 *   16  u16      bins of a level that make one of the next
 *   18  u16      levels
 *   20  u64      samples of a channel
 *   28  u32      zero
 *   32           level 0 of channel 0, of channel 1, …; level 1 of channel 0, …
 * A level of a channel is a run of bins; a bin is two signed bytes, minimum and maximum, from -127 to 127. The number of
 * bins of each level follows from the header (`levelBins`).
 */

const magic = "EMPK";
const version = 1;
const headerBytes = 32;
/** 10 ms at 16 kHz: finer than a pixel of any zoom at which a person reads a waveform as a shape. */
export const samplesPerBin = 160;
const levelFactor = 4;
/** A level with no more bins than this ends the pyramid. */
const smallestLevel = 512;
const maxChannels = 64;
const copyBytes = 64 * 1024;

/** Number of bins of each level, finest first. */
function levelBins(samples: number, perBin: number, factor: number): number[] {
  const bins = [Math.ceil(samples / perBin)];
  for (let last = bins[0] ?? 0; last > smallestLevel; ) {
    last = Math.ceil(last / factor);
    bins.push(last);
  }
  return bins;
}

/** What the head of a peaks file says. */
export interface PeaksHeader {
  readonly channels: number;
  readonly sampleRate: number;
  readonly samplesPerBin: number;
  readonly factor: number;
  readonly samples: number;
  /** Bins of each level, finest first. */
  readonly levels: readonly number[];
}

function encodeHeader(header: PeaksHeader): Buffer {
  const bytes = Buffer.alloc(headerBytes);
  bytes.write(magic, 0, "latin1");
  bytes.writeUInt16LE(version, 4);
  bytes.writeUInt16LE(header.channels, 6);
  bytes.writeUInt32LE(header.sampleRate, 8);
  bytes.writeUInt32LE(header.samplesPerBin, 12);
  bytes.writeUInt16LE(header.factor, 16);
  bytes.writeUInt16LE(header.levels.length, 18);
  bytes.writeBigUInt64LE(BigInt(header.samples), 20);
  return bytes;
}

async function decodeHeader(file: FileHandle): Promise<PeaksHeader> {
  const bytes = Buffer.alloc(headerBytes);
  const { bytesRead } = await file.read(bytes, 0, headerBytes, 0);
  const malformed = (): EarmarkError => new EarmarkError("format-malformed", "This is not a peaks file that Earmark wrote.");
  if (bytesRead < headerBytes || bytes.toString("latin1", 0, 4) !== magic || bytes.readUInt16LE(4) !== version) throw malformed();
  const perBin = bytes.readUInt32LE(12);
  const factor = bytes.readUInt16LE(16);
  const samples = Number(bytes.readBigUInt64LE(20));
  const channels = bytes.readUInt16LE(6);
  const sampleRate = bytes.readUInt32LE(8);
  if (channels === 0 || channels > maxChannels || sampleRate === 0 || perBin === 0 || factor < 2) throw malformed();
  if (!Number.isSafeInteger(samples)) throw malformed();
  const levels = levelBins(samples, perBin, factor);
  if (levels.length !== bytes.readUInt16LE(18)) throw malformed();
  const size = (await file.stat()).size;
  if (size !== headerBytes + 2 * channels * levels.reduce((sum, bins) => sum + bins, 0)) throw malformed();
  return { channels, sampleRate, samplesPerBin: perBin, factor, samples, levels };
}

/* A 16-bit sample as a signed byte, minima rounded down and maxima up, so that the faintest sound is still seen. */
const lowByte = (sample: number): number => Math.floor((sample * 127) / 32_768);
const highByte = (sample: number): number => Math.ceil((sample * 127) / 32_768);

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done, bytes.length - done)).bytesWritten;
}

/**
 * Reduces the samples of one channel to bins of level 0, as they come, into a file beside the decoded samples. What is
 * held in memory does not grow with the recording.
 */
export class BinRecorder {
  readonly path: string;
  readonly #file: FileHandle;
  readonly #buffer = new Int8Array(copyBytes);
  #filled = 0;
  #inBin = 0;
  #minimum = 32_767;
  #maximum = -32_768;

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  /** Begins a file; an older one of the name is replaced. */
  static async create(path: string): Promise<BinRecorder> {
    return new BinRecorder(path, await open(path, "w"));
  }

  /** Takes the next samples of the channel. */
  async add(samples: Int16Array): Promise<void> {
    let minimum = this.#minimum;
    let maximum = this.#maximum;
    let inBin = this.#inBin;
    for (const sample of samples) {
      if (sample < minimum) minimum = sample;
      if (sample > maximum) maximum = sample;
      inBin += 1;
      if (inBin === samplesPerBin) {
        this.#buffer[this.#filled] = lowByte(minimum);
        this.#buffer[this.#filled + 1] = highByte(maximum);
        this.#filled += 2;
        if (this.#filled === this.#buffer.length) await this.#flush();
        minimum = 32_767;
        maximum = -32_768;
        inBin = 0;
      }
    }
    this.#minimum = minimum;
    this.#maximum = maximum;
    this.#inBin = inBin;
  }

  async #flush(): Promise<void> {
    await writeAll(this.#file, new Uint8Array(this.#buffer.buffer, 0, this.#filled));
    this.#filled = 0;
  }

  /** Writes the last, shorter bin and closes the file. */
  async end(): Promise<void> {
    if (this.#inBin > 0) {
      this.#buffer[this.#filled] = lowByte(this.#minimum);
      this.#buffer[this.#filled + 1] = highByte(this.#maximum);
      this.#filled += 2;
      this.#inBin = 0;
    }
    await this.#flush();
    await this.#file.close();
  }

  /** Closes the file as it is, for a decoding that was given up. */
  async abandon(): Promise<void> {
    await this.#file.close();
  }
}

/** One level made of the one before, bin by bin as bytes come. */
class LevelReducer {
  readonly bytes: Int8Array;
  readonly #factor: number;
  #position = 0;

  constructor(bins: number, factor: number) {
    this.bytes = new Int8Array(2 * bins);
    this.#factor = factor;
  }

  add(finer: Int8Array): void {
    for (let at = 0; at + 1 < finer.length; at += 2) {
      const target = 2 * Math.floor(this.#position / this.#factor);
      const minimum = finer[at] ?? 0;
      const maximum = finer[at + 1] ?? 0;
      const first = this.#position % this.#factor === 0;
      if (first || minimum < (this.bytes[target] ?? 0)) this.bytes[target] = minimum;
      if (first || maximum > (this.bytes[target + 1] ?? 0)) this.bytes[target + 1] = maximum;
      this.#position += 1;
    }
  }
}

/**
 * Builds the peaks file out of the level-0 files of the channels (by `BinRecorder`), each of `samples` samples. Holds
 * a quarter of a percent of the samples' bytes in memory (6 MB a channel for 24 hours).
 */
export async function writePeaks(path: string, binFiles: readonly string[], samples: number, sampleRate: number): Promise<void> {
  const levels = levelBins(samples, samplesPerBin, levelFactor);
  const header: PeaksHeader = { channels: binFiles.length, sampleRate, samplesPerBin, factor: levelFactor, samples, levels };
  const out = await open(path, "w");
  try {
    await writeAll(out, encodeHeader(header));
    let reducers: LevelReducer[] = [];
    for (const binFile of binFiles) {
      const reducer = new LevelReducer(levels[1] ?? 0, levelFactor);
      const input = await open(binFile, "r");
      try {
        const buffer = new Uint8Array(copyBytes);
        for (let left = 2 * (levels[0] ?? 0); left > 0; ) {
          // Level 0 is read in even pieces: files give what is asked for until their end.
          const { bytesRead } = await input.read(buffer, 0, Math.min(left, copyBytes));
          if (bytesRead === 0 || bytesRead % 2 === 1) throw new EarmarkError("internal", "The bins of a channel are incomplete.");
          const piece = buffer.subarray(0, bytesRead);
          if (levels.length > 1) reducer.add(new Int8Array(piece.buffer, 0, bytesRead));
          await writeAll(out, piece);
          left -= bytesRead;
        }
      } finally {
        await input.close();
      }
      reducers.push(reducer);
    }
    for (let level = 1; level < levels.length; level += 1) {
      const coarser: LevelReducer[] = [];
      for (const reducer of reducers) {
        await writeAll(out, new Uint8Array(reducer.bytes.buffer));
        const next = new LevelReducer(levels[level + 1] ?? 0, levelFactor);
        if (level + 1 < levels.length) next.add(reducer.bytes);
        coarser.push(next);
      }
      reducers = coarser;
    }
  } finally {
    await out.close();
  }
}

/** A stretch of the waveform: for each channel `[min, max, min, max, …]`, from -127 to 127. */
export interface Peaks {
  /** Of the whole recording. */
  readonly durationMs: number;
  readonly channels: number[][];
}

/**
 * Loudest and quietest sample in each of `bins` equal parts of a stretch. Reads only the bytes it needs, from the
 * coarsest level that is still as fine as asked. Parts finer than the finest level are read from the decoded samples,
 * where `sampleFiles` names them (one of each channel, 16-bit little-endian, at the rate of the pyramid); where one of
 * them is gone, the finest level stands in. Parts after the end are flat. Throws `format-malformed` for a file that is
 * not a whole peaks file, `file-missing` when there is none.
 */
export async function readPeaks(
  path: string,
  startMs: number,
  endMs: number,
  bins: number,
  sampleFiles: readonly string[] = [],
): Promise<Peaks> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (error) {
    throw new EarmarkError("file-missing", "The peaks of this recording are not there.", {}, { cause: error });
  }
  try {
    const header = await decodeHeader(file);
    const durationMs = Math.round((header.samples * 1000) / header.sampleRate);
    const samplesEach = (Math.max(0, endMs - startMs) * header.sampleRate) / 1000 / bins;
    if (samplesEach < header.samplesPerBin && sampleFiles.length === header.channels) {
      const startSample = (startMs * header.sampleRate) / 1000;
      const stretch: Stretch = { startSample, samplesEach, bins, samples: header.samples };
      const fine = await Promise.all(sampleFiles.map((each) => peaksOfSamples(each, stretch)));
      if (fine.every((each) => each !== null)) return { durationMs, channels: fine };
    }
    let level = 0;
    let perBin = header.samplesPerBin;
    while (level + 1 < header.levels.length && perBin * header.factor <= samplesEach) {
      level += 1;
      perBin *= header.factor;
    }
    const levelLength = header.levels[level] ?? 0;
    let levelOffset = headerBytes;
    for (let finer = 0; finer < level; finer += 1) levelOffset += 2 * header.channels * (header.levels[finer] ?? 0);

    const startSample = (startMs * header.sampleRate) / 1000;
    const firstBin = Math.min(levelLength, Math.floor(startSample / perBin));
    const endBin = Math.min(levelLength, Math.ceil((endMs * header.sampleRate) / 1000 / perBin));
    const channels: number[][] = [];
    for (let channel = 0; channel < header.channels; channel += 1) {
      const bytes = new Int8Array(Math.max(0, 2 * (endBin - firstBin)));
      const offset = levelOffset + 2 * (channel * levelLength + firstBin);
      if (bytes.length > 0) await file.read(bytes, 0, bytes.length, offset);
      const values: number[] = [];
      for (let bin = 0; bin < bins; bin += 1) {
        const from = Math.floor((startSample + bin * samplesEach) / perBin) - firstBin;
        const to = Math.ceil((startSample + (bin + 1) * samplesEach) / perBin) - firstBin;
        let minimum = 127;
        let maximum = -127;
        for (let at = Math.max(0, from); at < to && 2 * at + 1 < bytes.length; at += 1) {
          minimum = Math.min(minimum, bytes[2 * at] ?? 0);
          maximum = Math.max(maximum, bytes[2 * at + 1] ?? 0);
        }
        if (minimum > maximum) values.push(0, 0);
        else values.push(minimum, maximum);
      }
      channels.push(values);
    }
    return { durationMs, channels };
  } finally {
    await file.close();
  }
}

/** A stretch of one channel in samples, and the equal parts it comes in. */
interface Stretch {
  readonly startSample: number;
  readonly samplesEach: number;
  readonly bins: number;
  /** Of the whole channel. */
  readonly samples: number;
}

/**
 * The same out of the decoded samples of one channel; null when they cannot be read. Holds the samples of the stretch:
 * less than `samplesPerBin` for each part, so at most 6.4 MB for the contract's most parts.
 */
async function peaksOfSamples(path: string, { startSample, samplesEach, bins, samples }: Stretch): Promise<number[] | null> {
  const first = Math.min(samples, Math.floor(startSample));
  const end = Math.min(samples, Math.ceil(startSample + bins * samplesEach));
  const heard = new Int16Array(Math.max(0, end - first));
  try {
    const file = await open(path, "r");
    try {
      const bytes = new Uint8Array(heard.buffer);
      const { bytesRead } = bytes.length === 0 ? { bytesRead: 0 } : await file.read(bytes, 0, bytes.length, 2 * first);
      if (bytesRead < bytes.length) return null;
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
  const values: number[] = [];
  for (let bin = 0; bin < bins; bin += 1) {
    const from = Math.floor(startSample + bin * samplesEach) - first;
    const to = Math.max(from + 1, Math.ceil(startSample + (bin + 1) * samplesEach) - first);
    let minimum = 32_767;
    let maximum = -32_768;
    for (let at = from; at < to && at < heard.length; at += 1) {
      const sample = heard[at] ?? 0;
      if (sample < minimum) minimum = sample;
      if (sample > maximum) maximum = sample;
    }
    if (minimum > maximum) values.push(0, 0);
    else values.push(lowByte(minimum), highByte(maximum));
  }
  return values;
}
