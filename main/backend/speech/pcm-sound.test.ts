import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DecodedAudio } from "../../../app/conversation/speech.ts";
import { openPcm } from "./pcm-sound.ts";

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark-pcm-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function recording(samples: readonly number[][]): Promise<DecodedAudio> {
  const channels = await Promise.all(
    samples.map(async (values, index) => {
      const bytes = Buffer.alloc(values.length * 2);
      for (const [at, value] of values.entries()) bytes.writeInt16LE(value, at * 2);
      const path = join(folder, `${index}.pcm`);
      await writeFile(path, bytes);
      return { path, samples: values.length, rmsDb: -20 };
    }),
  );
  return { durationMs: 1, layout: "separate", correlation: 0, channels, silentChannels: [] };
}

describe("openPcm", () => {
  it("reads samples of each channel between -1 and 1, and fewer at the end", async () => {
    const audio = await recording([
      [0, 16_384, -32_768, 32_767],
      [1, 2, 3],
    ]);
    const sound = await openPcm(audio);
    try {
      expect(sound.channels).toBe(2);
      expect([...(await sound.read(0, 0, 4))]).toEqual([0, 0.5, -1, Math.fround(32_767 / 32_768)]);
      expect([...(await sound.read(1, 2, 10))]).toEqual([3 / 32_768]);
      expect((await sound.read(1, 3, 10)).length).toBe(0);
      expect((await sound.read(1, 99, 10)).length).toBe(0);
      await expect(sound.read(2, 0, 1)).rejects.toThrow(RangeError);
    } finally {
      await sound.close();
    }
  });

  it("reads into room that is lent, in as many parts as it takes", async () => {
    const values = Array.from({ length: 300_000 }, (_, i) => (i * 7_919) % 32_768);
    const sound = await openPcm(await recording([values]));
    try {
      const room = new Float32Array(299_000);
      const samples = await sound.read(0, 777, 299_000, room);
      expect(samples.buffer).toBe(room.buffer);
      expect(samples.every((sample, i) => sample === (values[i + 777] ?? 0) / 32_768)).toBe(true);
      expect([...(await sound.read(0, 299_998, 9, room))]).toEqual(values.slice(299_998).map((value) => value / 32_768));
      // Too little room: the samples get an array of their own.
      const own = await sound.read(0, 0, 4, new Float32Array(2));
      expect([...own]).toEqual(values.slice(0, 4).map((value) => value / 32_768));
    } finally {
      await sound.close();
    }
  });

  it("refuses a recording whose decoded sound is gone or shorter than it was", async () => {
    const audio = await recording([[1, 2, 3]]);
    const [channel] = audio.channels;
    if (channel === undefined) throw new Error("There is a channel.");
    await expect(openPcm({ ...audio, channels: [{ ...channel, samples: 4 }] })).rejects.toMatchObject({
      code: "media-truncated",
    });
    await expect(openPcm({ ...audio, channels: [{ ...channel, path: join(folder, "gone") }] })).rejects.toMatchObject({
      code: "file-missing",
    });
  });
});
