import { utimesSync, writeFileSync } from "node:fs";

/** A stretch of sound on one channel, in seconds. */
export interface Burst {
  readonly channel: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Writes a WAV file (16 bit, 16 kHz) of syllable-like bursts of noise over a quiet floor: enough for whatever tells
 * speech from silence, and the truth is known.
 */
export function writeSyntheticCall(path: string, channels: number, seconds: number, bursts: readonly Burst[]): void {
  const rate = 16_000;
  const samples = new Int16Array(channels * seconds * rate);
  let seed = 7;
  const noise = (): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 1_073_741_824 - 1;
  };
  for (let index = 0; index < samples.length; index++) samples[index] = noise() * 12;
  for (const { channel, from, to } of bursts) {
    for (let at = Math.round(from * rate); at < Math.round(to * rate); at++) {
      const syllable = 0.55 + 0.45 * Math.sin((2 * Math.PI * 4 * at) / rate);
      const voice =
        Math.sin((2 * Math.PI * (140 + 60 * channel) * at) / rate) +
        0.5 * Math.sin((2 * Math.PI * 900 * at) / rate) +
        0.4 * noise();
      samples[at * channels + channel] = Math.round(5_000 * syllable * voice);
    }
  }
  const bytes = Buffer.alloc(44 + samples.byteLength);
  bytes.write("RIFF", 0, "latin1");
  bytes.writeUInt32LE(36 + samples.byteLength, 4);
  bytes.write("WAVEfmt ", 8, "latin1");
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(channels, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(rate * channels * 2, 28);
  bytes.writeUInt16LE(channels * 2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36, "latin1");
  bytes.writeUInt32LE(samples.byteLength, 40);
  Buffer.from(samples.buffer).copy(bytes, 44);
  writeFileSync(path, bytes);
  // As a recording that has been lying there: one written this moment is waited for, since it may still grow.
  const whileAgo = Date.now() / 1_000 - 60;
  utimesSync(path, whileAgo, whileAgo);
}
