import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decodedTone } from "../../../../e2e/aws/demo-recording.ts";
import { decodeMedia } from "../../media/decode.ts";
import { findFfmpeg } from "../../media/ffmpeg.ts";
import { probeMedia } from "../../media/probe.ts";
import { packChannel, writeFlac, writeMonoWav } from "./encode-sound.ts";

const { signal } = new AbortController();
let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark-pack-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function noise(seconds: number) {
  const bytes = randomBytes(seconds * 32_000);
  const path = join(folder, "noise.s16");
  await writeFile(path, bytes);
  return { channel: { path, samples: bytes.length / 2, rmsDb: -5 }, bytes };
}

describe("packing decoded sound", () => {
  it("loses no bit, as FLAC or as WAV", async () => {
    const ffmpeg = await findFfmpeg();
    const { channel, bytes } = await noise(2);
    await writeFlac(ffmpeg, channel, join(folder, "a.flac"), signal);
    const packed = await packChannel(() => Promise.reject(new Error("Not needed.")), channel, join(folder, "a.wav"), signal);
    expect(packed).toMatchObject({ ending: "wav", content: { bytes: 44 + bytes.length } });
    for (const name of ["a.flac", "a.wav"]) {
      const path = join(folder, name);
      const attention = { signal, onProgress: () => undefined };
      const decoded = await decodeMedia(ffmpeg, path, await probeMedia(ffmpeg, path, { signal }), join(folder, "out"), attention);
      expect((await readFile(decoded.audio.channels[0]?.path ?? "")).equals(bytes)).toBe(true);
    }
  });

  it("mixes channels to their mean, and cuts at the millisecond", async () => {
    const left = await decodedTone(folder, "left");
    const path = join(folder, "right.s16");
    await writeFile(path, Buffer.alloc(32_000));
    const audio = { ...left, channels: [...left.channels, { path, samples: 16_000, rmsDb: -120 }] };
    const cut = join(folder, "cut.wav");
    expect((await writeMonoWav(audio, { startMs: 250, endMs: 251 }, cut, signal)).bytes).toBe(44 + 32);
    const tone = await readFile(left.channels[0]?.path ?? "");
    const mixed = await readFile(cut);
    for (let index = 0; index < 16; index += 1) {
      const half = tone.readInt16LE((4_000 + index) * 2) / 2;
      expect(Math.abs(mixed.readInt16LE(44 + index * 2) - half)).toBeLessThanOrEqual(1);
    }
  });

  it("says that the sound is gone, and leaves nothing behind", async () => {
    const gone = { path: join(folder, "gone"), samples: 16_000, rmsDb: -5 };
    await expect(packChannel(findFfmpeg, gone, join(folder, "x"), signal)).rejects.toMatchObject({ code: "file-missing" });
    const long = { ...gone, samples: 1_000_000 };
    await expect(packChannel(findFfmpeg, long, join(folder, "x"), signal)).rejects.toMatchObject({ code: "file-missing" });
    expect(await readdir(folder)).toEqual([]);
  });
});
