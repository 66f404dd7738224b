import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DecodedAudio } from "../../app/conversation/speech.ts";

/* The synthetic call beside the repository and the models that understand it, where they are there. */

const shared = join(import.meta.dirname, "../../../shared");

/** The folder of development models. */
export const demoModels: string = join(shared, "models");
/** The recording: stereo, 16 bit, 16 kHz. */
export const demoCall: string = join(shared, "audio/demo-calls/call1.wav");
/** Whether both are there. */
export const demoPresent: boolean = existsSync(join(demoModels, "demo-voice/config.json")) && existsSync(demoCall);

const rate = 16_000;
const headerBytes = 44;

/** The first seconds of the call in `folder`, taken apart into channels as decoding does. */
export async function decodedDemo(folder: string, seconds: number, channels: readonly number[] = [0, 1]): Promise<DecodedAudio> {
  const wav = await readFile(demoCall);
  const frames = Math.min(seconds * rate, Math.floor((wav.length - headerBytes) / 4));
  const files: { path: string; samples: number; rmsDb: number }[] = [];
  for (const channel of channels) {
    const bytes = Buffer.alloc(frames * 2);
    for (let frame = 0; frame < frames; frame += 1) {
      const at = headerBytes + frame * 4 + channel * 2;
      wav.copy(bytes, frame * 2, at, at + 2);
    }
    const path = join(folder, `demo-${seconds}-${channel}.s16`);
    await writeFile(path, bytes);
    files.push({ path, samples: frames, rmsDb: -25 });
  }
  const layout = channels.length > 1 ? "separate" : "mono";
  const correlation = channels.length > 1 ? 0.01 : null;
  return { durationMs: Math.round((frames * 1_000) / rate), layout, correlation, channels: files, silentChannels: [] };
}

/** A second of a tone in `folder`, for what needs sound and no words. */
export async function decodedTone(folder: string, name = "tone", seconds = 1): Promise<DecodedAudio> {
  const samples = seconds * rate;
  const bytes = Buffer.alloc(samples * 2);
  for (let index = 0; index < samples; index += 1) bytes.writeInt16LE(Math.round(8_000 * Math.sin(index / 6)), index * 2);
  const path = join(folder, `${name}.s16`);
  await writeFile(path, bytes);
  const channels = [{ path, samples, rmsDb: -15 }];
  return { durationMs: seconds * 1_000, layout: "mono", correlation: null, channels, silentChannels: [] };
}
