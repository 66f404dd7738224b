import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChannelLayout } from "../../app/conversation/speech.ts";
import { decodeMedia } from "../../main/backend/media/decode.ts";
import { type Ffmpeg, findFfmpeg } from "../../main/backend/media/ffmpeg.ts";
import { probeMedia } from "../../main/backend/media/probe.ts";
import type { Sound } from "../session.ts";

/** A recording as the engine gets it, with its samples at hand. */
export interface Recording {
  readonly sound: Sound;
  readonly audio: { readonly layout: ChannelLayout; readonly silentChannels: readonly number[] };
  readonly channels: readonly Float32Array[];
}

let found: Promise<Ffmpeg> | undefined;

/** Where ffmpeg is; null where there is none. */
export async function ffmpegPath(): Promise<string | null> {
  found ??= findFfmpeg();
  return found.then(
    ({ path }) => path,
    () => null,
  );
}

/**
 * Reads a recording as the backend decodes it. `mono` mixes its channels, as a recorder of one channel would have.
 * Throws what `findFfmpeg`, `probeMedia` and `decodeMedia` throw.
 */
export async function readRecording(path: string, { mono = false }: { mono?: boolean } = {}): Promise<Recording> {
  found ??= findFfmpeg();
  const ffmpeg = await found;
  const info = await probeMedia(ffmpeg, path);
  const folder = await mkdtemp(join(tmpdir(), "earmark-recording-"));
  try {
    const attention = { signal: new AbortController().signal, onProgress: () => {} };
    const { audio } = await decodeMedia(ffmpeg, path, info, folder, attention);
    const channels: Float32Array[] = [];
    for (const channel of audio.channels) {
      const bytes = await readFile(channel.path);
      const integers = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 1);
      channels.push(Float32Array.from(integers, (sample) => sample / 32_768));
    }
    if (mono && channels.length > 1) return recordingOf([mixed(channels)]);
    return recordingOf(channels, { layout: audio.layout, silentChannels: audio.silentChannels });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A recording of samples; unless it is said otherwise each channel keeps a side apart and none is silent. */
export function recordingOf(channels: readonly Float32Array[], audio?: Recording["audio"]): Recording {
  const layout = channels.length > 1 ? "separate" : "mono";
  return { sound: soundOf(channels), audio: audio ?? { layout, silentChannels: [] }, channels };
}

/** Samples as the engine reads them. */
export function soundOf(channels: readonly Float32Array[]): Sound {
  const samples = channels[0]?.length ?? 0;
  return {
    durationMs: Math.floor(samples / 16),
    channels: channels.length,
    read: async (channel, start, count) => (channels[channel] ?? new Float32Array(0)).slice(Math.max(0, start), start + count),
  };
}

/** A stretch of a recording, in seconds. */
export function cutRecording(recording: Recording, fromS: number, toS: number): Recording {
  return recordingOf(
    recording.channels.map((channel) => channel.slice(fromS * 16_000, toS * 16_000)),
    recording.audio,
  );
}

function mixed(channels: readonly Float32Array[]): Float32Array {
  const [first] = channels;
  return Float32Array.from(first ?? [], (_, i) => channels.reduce((sum, one) => sum + (one[i] ?? 0), 0) / channels.length);
}
