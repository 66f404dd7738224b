import { mkdtemp, open, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BinRecorder, readPeaks, samplesPerBin, writePeaks } from "./peaks.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark-peaks-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function record(name: string, samples: Int16Array, pieces: number): Promise<string> {
  const recorder = await BinRecorder.create(join(folder, name));
  for (let at = 0; at < samples.length; at += pieces) await recorder.add(samples.subarray(at, at + pieces));
  await recorder.end();
  return recorder.path;
}

describe("the pyramid of peaks", () => {
  // 20 s with a shape of its own; the second channel a single loud sample.
  const first = Int16Array.from({ length: 320_123 }, (_, at) => Math.round(20_000 * Math.sin(at / 7_000) * Math.sin(at / 11)));
  const second = new Int16Array(first.length);
  second[200_000] = -32_768;
  let path = "";
  beforeAll(async () => {
    path = join(folder, "two.empk");
    await writePeaks(path, [await record("0", first, 1_000), await record("1", second, 65_536)], first.length, 16_000);
  });

  function byHand(samples: Int16Array, startMs: number, endMs: number, bins: number): { low: number; high: number }[] {
    return Array.from({ length: bins }, (_, bin) => {
      const from = 16 * (startMs + ((endMs - startMs) * bin) / bins);
      const to = 16 * (startMs + ((endMs - startMs) * (bin + 1)) / bins);
      const part = samples.subarray(Math.floor(from), Math.ceil(to));
      return { low: Math.min(...part), high: Math.max(...part) };
    });
  }

  it.each([
    [0, 20_000, 10],
    [0, 20_000, 333],
    [5_000, 6_000, 100],
    [12_345, 13_456, 7],
  ])("from %i to %i ms in %i parts lies around the samples", async (startMs, endMs, bins) => {
    const peaks = await readPeaks(path, startMs, endMs, bins);
    expect(peaks.durationMs).toBe(20_008);
    expect(peaks.channels).toHaveLength(2);
    const truth = byHand(first, startMs, endMs, bins);
    for (const [bin, { low, high }] of truth.entries()) {
      // Whatever is there is seen; beyond it at most what the neighbouring bin of the file holds.
      expect(peaks.channels[0]?.[2 * bin]).toBeLessThanOrEqual(Math.ceil((low * 127) / 32_768));
      expect(peaks.channels[0]?.[2 * bin + 1]).toBeGreaterThanOrEqual(Math.floor((high * 127) / 32_768));
    }
    expect(peaks.channels[0]).toHaveLength(2 * bins);
  });

  it("is as fine as the samples themselves where they are there, and as the pyramid where they are not", async () => {
    const files = [join(folder, "0.pcm"), join(folder, "1.pcm")];
    await writeFile(files[0] ?? "", Buffer.from(first.buffer));
    await writeFile(files[1] ?? "", Buffer.from(second.buffer));
    // 20 ms in 320 parts: each part is one sample.
    const fine = await readPeaks(path, 12_490, 12_510, 320, files);
    for (const [bin, { low, high }] of byHand(first, 12_490, 12_510, 320).entries()) {
      expect(fine.channels[0]?.[2 * bin]).toBe(Math.floor((low * 127) / 32_768));
      expect(fine.channels[0]?.[2 * bin + 1]).toBe(Math.ceil((high * 127) / 32_768));
    }
    const loud = fine.channels[1]?.flatMap((value, at) => (value === -127 ? [at] : []));
    // The one loud sample is a part of its own, which is both its least and its greatest.
    expect(loud).toEqual([2 * 160, 2 * 160 + 1]);
    // Beyond the end it is flat.
    const beyond = await readPeaks(path, 20_007, 20_011, 64, files);
    expect(beyond.channels[0]?.slice(-10)).toEqual(Array.from({ length: 10 }, () => 0));
    const without = await readPeaks(path, 12_490, 12_510, 320, [files[0] ?? "", join(folder, "gone.pcm")]);
    expect(without).toEqual(await readPeaks(path, 12_490, 12_510, 320));
    expect(without.channels[0]).toHaveLength(640);
  });

  it("shows one loud sample at every zoom, and only where it is", async () => {
    for (const bins of [1, 5, 100, 2_000]) {
      const channel = (await readPeaks(path, 0, 20_000, bins)).channels[1] ?? [];
      expect(Math.min(...channel)).toBe(-127);
      expect(Math.abs(channel.indexOf(-127) / 2 - 0.625 * bins)).toBeLessThanOrEqual(1);
      expect(Math.max(...channel)).toBe(0);
    }
    const around = await readPeaks(path, 12_480, 12_520, 4);
    expect(around.channels[1]?.filter((value) => value !== 0).length).toBeLessThanOrEqual(2);
  });

  it("is flat after the end, and repeats its bins when asked for finer ones", async () => {
    expect((await readPeaks(path, 30_000, 40_000, 3)).channels).toEqual([
      [0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0],
    ]);
    const fine = (await readPeaks(path, 12_500, 12_510, 10)).channels[1] ?? [];
    expect(fine.filter((_, at) => at % 2 === 0)).toEqual(Array.from({ length: 10 }, () => -127));
  });

  it("takes a recording of one sample, and one of none", async () => {
    const one = join(folder, "one.empk");
    await writePeaks(one, [await record("2", Int16Array.of(1), 1)], 1, 16_000);
    expect((await readPeaks(one, 0, 1, 1)).channels).toEqual([[0, 1]]);
    const none = join(folder, "none.empk");
    await writePeaks(none, [await record("3", new Int16Array(0), 1)], 0, 16_000);
    expect(await readPeaks(none, 0, 1_000, 2)).toEqual({ durationMs: 0, channels: [[0, 0, 0, 0]] });
  });

  it("refuses what is no peaks file, or not a whole one", async () => {
    const damaged = join(folder, "damaged.empk");
    await writeFile(damaged, await readFile(path));
    await truncate(damaged, 1_000);
    await expect(readPeaks(damaged, 0, 1, 1)).rejects.toMatchObject({ code: "format-malformed" });
    await writeFile(damaged, "something else entirely, long enough to be a head");
    await expect(readPeaks(damaged, 0, 1, 1)).rejects.toMatchObject({ code: "format-malformed" });
    await expect(readPeaks(join(folder, "absent"), 0, 1, 1)).rejects.toMatchObject({ code: "file-missing" });
  });

  it("answers for a call of four hours in milliseconds", async () => {
    const samples = 4 * 3_600 * 16_000;
    const bins = Math.ceil(samples / samplesPerBin);
    const binFile = join(folder, "long");
    const file = await open(binFile, "w");
    await file.write(Int8Array.from({ length: 2 * bins }, (_, at) => (at % 2 === 0 ? -(at % 100) : at % 100)));
    await file.close();
    const long = join(folder, "long.empk");
    await writePeaks(long, [binFile, binFile], samples, 16_000);
    await readPeaks(long, 0, 1_000, 10);
    const began = performance.now();
    const whole = await readPeaks(long, 0, 4 * 3_600_000, 1_500);
    await readPeaks(long, 3_600_000, 3_660_000, 1_500);
    await readPeaks(long, 0, 3 * 3_600_000, 1_500);
    expect((performance.now() - began) / 3).toBeLessThan(50);
    expect(whole.durationMs).toBe(14_400_000);
    expect(whole.channels.map((channel) => channel.length)).toEqual([3_000, 3_000]);
  });
});
