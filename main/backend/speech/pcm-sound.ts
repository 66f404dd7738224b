import { type FileHandle, open } from "node:fs/promises";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { DecodedAudio } from "../../../app/conversation/speech.ts";
import type { Sound } from "../../../native-models/session.ts";

const bytesPerSample = 2;
const fullScale = 32_768;
/** Bytes that are read from a file at a time: 8 s. */
const blockBytes = 256 * 1_024;
const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Sound over the decoded channels on disk, with its end. */
export interface OpenSound extends Sound {
  close(): Promise<void>;
}

/**
 * Opens the decoded channels of a recording. Samples are read as they are asked for; nothing is kept.
 * Rejects with `file-missing` when a channel's file is gone, `media-truncated` when it is shorter than was decoded.
 */
export async function openPcm(audio: DecodedAudio): Promise<OpenSound> {
  const handles: FileHandle[] = [];
  const close = async (): Promise<void> => {
    await Promise.allSettled(handles.map((handle) => handle.close()));
  };
  try {
    for (const [index, channel] of audio.channels.entries()) {
      const handle = await open(channel.path, "r").catch(() => {
        throw new EarmarkError("file-missing", "A decoded channel is gone; decode the recording again.", { channel: index });
      });
      handles.push(handle);
      const { size } = await handle.stat();
      if (size < channel.samples * bytesPerSample) {
        throw new EarmarkError("media-truncated", "A decoded channel is shorter than it was.", { channel: index });
      }
    }
  } catch (thrown) {
    await close();
    throw thrown;
  }
  /** Room to read into, one for each reading that is under way. */
  const spare: Buffer[] = [];
  return {
    durationMs: audio.durationMs,
    channels: handles.length,
    read: async (channel, startSample, samples, into) => {
      const handle = handles[channel];
      const description = audio.channels[channel];
      if (handle === undefined || description === undefined) throw new RangeError(`There is no channel ${channel}.`);
      const start = Math.min(Math.max(0, Math.floor(startSample)), description.samples);
      const count = Math.max(0, Math.min(Math.floor(samples), description.samples - start));
      const result = into !== undefined && into.length >= count ? into.subarray(0, count) : new Float32Array(count);
      const bytes = spare.pop() ?? Buffer.allocUnsafeSlow(blockBytes);
      try {
        for (let done = 0; done < count; ) {
          const wanted = Math.min(blockBytes, (count - done) * bytesPerSample);
          for (let read = 0; read < wanted; ) {
            const at = (start + done) * bytesPerSample + read;
            const { bytesRead } = await handle.read(bytes, read, wanted - read, at);
            if (bytesRead === 0)
              throw new EarmarkError("media-truncated", "A decoded channel is shorter than it was.", { channel });
            read += bytesRead;
          }
          if (!littleEndian) bytes.subarray(0, wanted).swap16();
          const integers = new Int16Array(bytes.buffer, bytes.byteOffset, wanted / bytesPerSample);
          for (let i = 0; i < integers.length; i += 1) result[done + i] = (integers[i] as number) / fullScale;
          done += integers.length;
        }
      } finally {
        spare.push(bytes);
      }
      return result;
    },
    close,
  };
}
