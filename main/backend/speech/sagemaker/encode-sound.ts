import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readFile, rm, stat, writeFile } from "node:fs/promises";
import { EarmarkError } from "../../../../app/contract/errors.ts";
import { type DecodedAudio, type DecodedChannel, speechSampleRate } from "../../../../app/conversation/speech.ts";
import { type Ffmpeg, runFfmpeg } from "../../media/ffmpeg.ts";
import { openPcm } from "../pcm-sound.ts";
import type { Content } from "./bucket.ts";

/* Decoded sound made ready for the way: without loss, so that what is heard there is what would be heard here. */

/** SHA-256 of a file, in hexadecimal digits. Rejects with `file-missing`, `cancelled`. */
export async function sha256OfFile(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const piece of createReadStream(path, { signal }) as AsyncIterable<Buffer>) hash.update(piece);
  } catch (thrown) {
    if (signal.aborted) throw new EarmarkError("cancelled", "Cancelled.");
    throw new EarmarkError("file-missing", "A decoded channel is gone; decode the recording again.", {}, { cause: thrown });
  }
  return hash.digest("hex");
}

async function fileContent(path: string, signal: AbortSignal): Promise<Extract<Content, { kind: "file" }>> {
  const sha256 = await sha256OfFile(path, signal);
  return { kind: "file", path, bytes: (await stat(path)).size, sha256 };
}

/**
 * Writes a decoded channel as FLAC (about half the size) to `path`. Rejects with `file-missing`, `ffmpeg-missing`,
 * `media-decode-failed`, `disk-full`, `cancelled`; leaves nothing behind then.
 */
export async function writeFlac(
  ffmpeg: Ffmpeg,
  channel: DecodedChannel,
  path: string,
  signal: AbortSignal,
): Promise<Extract<Content, { kind: "file" }>> {
  await stat(channel.path).catch(() => {
    throw new EarmarkError("file-missing", "A decoded channel is gone; decode the recording again.");
  });
  try {
    const end = await runFfmpeg(ffmpeg, {
      args: [
        ...["-protocol_whitelist", "file,pipe", "-f", "s16le", "-ar", String(speechSampleRate), "-ac", "1"],
        ...["-i", `file:${channel.path}`, "-map_metadata", "-1", "-c:a", "flac", "-compression_level", "5"],
        ...["-f", "flac", "-y", `file:${path}`],
      ],
      signal,
      limitMs: 60 * 60_000,
    });
    if (end.exitCode !== 0) {
      const full = /No space left/iu.test(end.messages);
      throw new EarmarkError(full ? "disk-full" : "media-decode-failed", "The sound could not be packed for the way.");
    }
    return await fileContent(path, signal);
  } catch (thrown) {
    await rm(path, { force: true });
    throw thrown;
  }
}

const wavHeaderBytes = 44;

/** The 44 bytes before 16-bit mono samples at 16 kHz (RIFF WAVE, format 1). */
export function wavHeader(samples: number): Buffer {
  const header = Buffer.alloc(wavHeaderBytes);
  header.write("RIFF", 0, "latin1");
  header.writeUInt32LE(wavHeaderBytes - 8 + samples * 2, 4);
  header.write("WAVEfmt ", 8, "latin1");
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(speechSampleRate, 24);
  header.writeUInt32LE(speechSampleRate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36, "latin1");
  header.writeUInt32LE(samples * 2, 40);
  return header;
}

/** A packed channel: its bytes, what they are, and the ending of its name. */
export interface PackedChannel {
  readonly content: Extract<Content, { kind: "file" }>;
  readonly mediaType: "audio/wav" | "audio/flac";
  readonly ending: "wav" | "flac";
}

/** Below this, about half a minute, packing costs more than it saves. */
const worthPackingBytes = 1_000_000;

/**
 * Writes a decoded channel to `path`, as FLAC where that is worth it, else as WAV. Rejects as `writeFlac` does; leaves
 * nothing behind then.
 */
export async function packChannel(
  ffmpeg: () => Promise<Ffmpeg>,
  channel: DecodedChannel,
  path: string,
  signal: AbortSignal,
): Promise<PackedChannel> {
  if (channel.samples * 2 >= worthPackingBytes) {
    return { content: await writeFlac(await ffmpeg(), channel, path, signal), mediaType: "audio/flac", ending: "flac" };
  }
  const samples = await readFile(channel.path, { signal }).catch((cause: unknown) => {
    if (signal.aborted) throw new EarmarkError("cancelled", "Cancelled.");
    throw new EarmarkError("file-missing", "A decoded channel is gone; decode the recording again.", {}, { cause });
  });
  try {
    await writeFile(path, Buffer.concat([wavHeader(channel.samples), samples.subarray(0, channel.samples * 2)]));
    return { content: await fileContent(path, signal), mediaType: "audio/wav", ending: "wav" };
  } catch (thrown) {
    await rm(path, { force: true });
    throw thrown;
  }
}

/** Samples mixed at a time: one minute. */
const blockSamples = 60 * speechSampleRate;

/**
 * Writes a stretch of a recording as a mono WAV, the mean of its channels. Times in milliseconds. Rejects with
 * `file-missing`, `media-truncated`, `cancelled`; leaves nothing behind then.
 */
export async function writeMonoWav(
  audio: DecodedAudio,
  stretch: { readonly startMs: number; readonly endMs: number },
  path: string,
  signal: AbortSignal,
): Promise<Extract<Content, { kind: "file" }>> {
  const sound = await openPcm(audio);
  try {
    const most = Math.max(0, ...audio.channels.map((channel) => channel.samples));
    const from = Math.min(most, Math.round((stretch.startMs * speechSampleRate) / 1_000));
    const to = Math.min(most, Math.round((stretch.endMs * speechSampleRate) / 1_000));
    const file = await open(path, "w");
    try {
      await file.write(wavHeader(Math.max(0, to - from)));
      for (let at = from; at < to; at += blockSamples) {
        if (signal.aborted) throw new EarmarkError("cancelled", "Cancelled.");
        const samples = Math.min(blockSamples, to - at);
        const mixed = new Float32Array(samples);
        for (let channel = 0; channel < sound.channels; channel += 1) {
          const block = await sound.read(channel, at, samples);
          for (let index = 0; index < block.length; index += 1) mixed[index] = (mixed[index] ?? 0) + (block[index] ?? 0);
        }
        const bytes = Buffer.alloc(samples * 2);
        for (let index = 0; index < samples; index += 1) {
          const value = Math.round(((mixed[index] ?? 0) / sound.channels) * 32_768);
          bytes.writeInt16LE(Math.max(-32_768, Math.min(32_767, value)), index * 2);
        }
        await file.write(bytes);
      }
    } finally {
      await file.close();
    }
    return await fileContent(path, signal);
  } catch (thrown) {
    await rm(path, { force: true });
    throw thrown;
  } finally {
    await sound.close();
  }
}
