import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Span } from "../../../app/conversation/conversation.ts";
import { type DecodeResult, decodeMedia } from "./decode.ts";
import { type Ffmpeg, findFfmpeg } from "./ffmpeg.ts";
import { beepHz, beepPeak, graphArguments, type MutedAs, type MutedSound, muteKey, muteMedia } from "./muting.ts";
import { readPeaks } from "./peaks.ts";
import { preparePlayback } from "./playback.ts";
import { type MediaInfo, probeMedia } from "./probe.ts";

/* Renditions by the real ffmpeg, decoded again and held against the recording sample by sample. */

const ffmpeg: Ffmpeg | null = await findFfmpeg().catch(() => null);
const attention = { signal: new AbortController().signal, onProgress: (): void => undefined };
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark muted é "));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function run(...args: string[]): Buffer {
  const { status, stdout, stderr } = spawnSync(ffmpeg?.path ?? "", ["-nostdin", "-y", "-loglevel", "error", ...args], {
    maxBuffer: 1024 ** 3,
  });
  if (status !== 0) throw new Error(String(stderr));
  return stdout;
}

/** All samples of a file at its own rate, channels interleaved. */
function samplesOf(path: string, rate?: number): Int16Array {
  const bytes = run("-i", path, ...(rate === undefined ? [] : ["-ar", String(rate)]), "-f", "s16le", "pipe:1");
  return new Int16Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.length / 2));
}

/** Two unlike voices of noise for so many seconds: nothing in it is silent, nothing repeats. */
function recording(name: string, seconds: number, ...encoding: string[]): string {
  const path = join(folder, name);
  const noise = (seed: number) => ["-f", "lavfi", "-i", `anoisesrc=r=48000:a=0.4:c=pink:d=${seconds}:seed=${seed}`];
  run(...noise(3), ...noise(4), "-filter_complex", "[0][1]amerge=inputs=2", ...encoding, path);
  return path;
}

interface Made {
  readonly info: MediaInfo;
  readonly decoded: DecodeResult;
  readonly sound: MutedSound;
  readonly home: string;
}

async function muted(path: string, ranges: readonly Span[], as: MutedAs, keep: readonly string[] = []): Promise<Made> {
  if (ffmpeg === null) throw new Error("There is no ffmpeg.");
  const home = `${path}.derived`;
  const info = await probeMedia(ffmpeg, path);
  const decoded = await decodeMedia(ffmpeg, path, info, home, attention);
  const sound = await muteMedia(ffmpeg, { path, info, ranges, audio: decoded.audio, folder: home, keep, as }, attention);
  return { info, decoded, sound, home };
}

/** Root mean square of a stretch, and the share of its power that is the beep's. */
function heard(samples: Int16Array, channels: number, rate: number, { startMs, endMs }: Span, channel: number) {
  let [power, re, im, count] = [0, 0, 0, 0];
  for (let at = Math.ceil((startMs * rate) / 1_000); at < Math.floor((endMs * rate) / 1_000); at += 1) {
    const sample = (samples[at * channels + channel] ?? 0) / 32_768;
    const phase = (2 * Math.PI * beepHz * at) / rate;
    power += sample * sample;
    re += sample * Math.cos(phase);
    im += sample * Math.sin(phase);
    count += 1;
  }
  return { rms: Math.sqrt(power / count), beep: power === 0 ? 0 : (2 * (re * re + im * im)) / count / power };
}

function spread(seconds: number, count: number): Span[] {
  const step = (seconds * 1_000) / count;
  return Array.from({ length: count }, (_, at) => {
    const startMs = Math.round(at * step + step * 0.2);
    return { startMs, endMs: Math.round(startMs + step * (at % 3 === 0 ? 0.15 : 0.4)) };
  });
}

/** Differences between two recordings outside of the ranges, give or take the frame that a switch may take. */
function unlikeOutside(a: Int16Array, b: Int16Array, channels: number, rate: number, ranges: readonly Span[]): number {
  const inside = new Uint8Array(Math.ceil(a.length / channels));
  for (const { startMs, endMs } of ranges) {
    inside.fill(1, Math.max(0, Math.floor(((startMs - 6) * rate) / 1_000)), Math.ceil(((endMs + 6) * rate) / 1_000));
  }
  let most = 0;
  for (let at = 0; at < a.length; at += 1) {
    if (inside[Math.floor(at / channels)] === 0) most = Math.max(most, Math.abs((a[at] ?? 0) - (b[at] ?? 0)));
  }
  return most;
}

describe.runIf(ffmpeg !== null)("a recording with ranges muted", () => {
  for (const [as, rate, encoding] of [
    ["beep", 8_000, ["-ar", "8000", "-c:a", "pcm_mulaw"]],
    ["silence", 44_100, ["-ar", "44100", "-c:a", "pcm_s16le"]],
    ["beep", 11_025, ["-ar", "11025", "-c:a", "pcm_s16le"]],
  ] as const) {
    it(`is the recording to the bit outside of them, and nothing of it inside (${rate} Hz, ${as})`, async () => {
      const path = recording(`${rate}-${as}.wav`, 20, ...encoding);
      const ranges = [
        { startMs: 0, endMs: 700 },
        ...spread(16, 9).map((one) => ({ startMs: one.startMs + 2_000, endMs: one.endMs + 2_000 })),
        { startMs: 19_000, endMs: 20_000 },
      ];
      const { sound } = await muted(path, ranges, as);
      expect(sound.mediaType).toBe("audio/flac");
      const before = samplesOf(path);
      const after = samplesOf(sound.path);
      expect(after.length).toBe(before.length);
      expect(unlikeOutside(before, after, 2, rate, ranges)).toBe(0);
      for (const range of ranges) {
        for (const channel of [0, 1]) {
          const { rms, beep } = heard(after, 2, rate, range, channel);
          if (as === "silence") expect(rms).toBe(0);
          else {
            expect(rms).toBeCloseTo(beepPeak / Math.SQRT2, 3);
            expect(beep).toBeGreaterThan(0.999);
          }
          expect(heard(before, 2, rate, range, channel).rms).toBeGreaterThan(0.02);
        }
      }
    });
  }

  it("keeps 24 bits", async () => {
    const path = recording("deep.wav", 4, "-c:a", "pcm_s24le");
    const ranges = [{ startMs: 1_000, endMs: 2_000 }];
    const { sound } = await muted(path, ranges, "beep");
    const whole = (file: string) => run("-i", file, "-f", "s32le", "pipe:1");
    const [before, after] = [whole(path), whole(sound.path)];
    expect(after.subarray(0, 48_000 * 8 * 0.99).equals(before.subarray(0, 48_000 * 8 * 0.99))).toBe(true);
    expect(after.subarray(48_000 * 8 * 2.01).equals(before.subarray(48_000 * 8 * 2.01))).toBe(true);
  });

  for (const [name, encoding] of [
    ["call.mp3", ["-c:a", "libmp3lame", "-q:a", "4"]],
    ["call.m4a", ["-c:a", "aac"]],
  ] as const) {
    it(`of a lossy recording is its transcode outside of them, on the same clock (${name})`, async () => {
      const path = recording(name, 12, ...encoding);
      const ranges = [
        { startMs: 2_000, endMs: 3_000 },
        { startMs: 7_030, endMs: 7_400 },
      ];
      const { sound, info } = await muted(path, ranges, "beep");
      expect(sound.mediaType).toBe("audio/webm");
      const before = samplesOf(path, 48_000);
      const after = samplesOf(sound.path, 48_000);
      expect(Math.abs(after.length - before.length) / 96).toBeLessThan(80);
      for (const range of ranges) {
        const inner = { startMs: range.startMs + 20, endMs: range.endMs - 20 };
        expect(heard(after, 2, 48_000, inner, 0).beep).toBeGreaterThan(0.97);
        expect(heard(after, 2, 48_000, inner, 1).beep).toBeGreaterThan(0.97);
      }
      // The same sound at the same time: what is left when one is taken from the other is the loss of the codec.
      const loss = (from: number, to: number, shift: number): number => {
        let [difference, power] = [0, 0];
        for (let at = from * 96_000; at < to * 96_000; at += 2) {
          const sample = before[at] ?? 0;
          difference += ((after[at + 2 * shift] ?? 0) - sample) ** 2;
          power += sample ** 2;
        }
        return difference / power;
      };
      expect(info.channels).toBe(2);
      for (const [from, to] of [
        [3.5, 6.5],
        [8, 11],
      ] as const) {
        expect(loss(from, to, 0)).toBeLessThan(0.5);
        expect(loss(from, to, 0)).toBeLessThan(loss(from, to, 24));
        expect(loss(from, to, 0)).toBeLessThan(loss(from, to, -24));
      }
    });
  }

  it("takes thousands of ranges, and shows the waveform of what is heard", async () => {
    const seconds = 300;
    const path = recording("many.wav", seconds, "-ar", "8000", "-c:a", "pcm_s16le");
    const ranges = spread(seconds, 3_000);
    const { sound } = await muted(path, ranges, "beep");
    const after = samplesOf(sound.path);
    expect(unlikeOutside(samplesOf(path), after, 2, 8_000, ranges)).toBe(0);
    for (const range of ranges) expect(heard(after, 2, 8_000, range, 1).beep).toBeGreaterThan(0.99);
    const shown = await readPeaks(sound.peaksPath, 0, seconds * 1_000, 20_000);
    const binMs = (seconds * 1_000) / 20_000;
    expect(shown.channels).toHaveLength(2);
    const beepBin = Math.ceil(beepPeak * 127) + 1;
    let [whole, loud] = [0, 0];
    for (let bin = 0; bin < 20_000; bin += 1) {
      const top = shown.channels[0]?.[2 * bin + 1] ?? 0;
      const within = ranges.some(({ startMs, endMs }) => bin * binMs >= startMs && (bin + 1) * binMs <= endMs - 10);
      if (within) {
        whole += 1;
        expect(top).toBeLessThanOrEqual(beepBin);
        expect(top).toBeGreaterThanOrEqual(beepBin - 2);
      } else if (top > beepBin) loud += 1;
    }
    expect(whole).toBeGreaterThan(2_000);
    expect(loud).toBeGreaterThan(8_000);
  });

  it("is made once, anew for other ranges, and what nobody uses goes", async () => {
    const path = recording("once.wav", 3, "-ar", "8000", "-c:a", "pcm_s16le");
    const one = [{ startMs: 500, endMs: 900 }];
    const other = [{ startMs: 1_500, endMs: 1_900 }];
    const first = await muted(path, one, "beep");
    const bytes = readFileSync(first.sound.path);
    writeFileSync(join(first.home, ".muted-left.flac"), "left by a kill");
    const again = await muted(path, one, "beep");
    expect(again.sound).toEqual(first.sound);
    expect(readFileSync(again.sound.path).equals(bytes)).toBe(true);
    const second = await muted(path, other, "beep", [first.sound.path, first.sound.peaksPath]);
    expect(second.sound.key).not.toBe(first.sound.key);
    expect(existsSync(first.sound.path)).toBe(true);
    await muted(path, other, "beep");
    const left = (await readdir(first.home)).filter((name) => name.includes("muted"));
    expect(left.sort()).toEqual([`muted-${second.sound.key}.empk`, `muted-${second.sound.key}.flac`]);
  });

  it("stops when cancelled, and leaves nothing behind", async () => {
    if (ffmpeg === null) return;
    const path = recording("long.wav", 240, "-c:a", "pcm_s16le");
    const info = await probeMedia(ffmpeg, path);
    const home = `${path}.derived`;
    const { audio } = await decodeMedia(ffmpeg, path, info, home, attention);
    const controller = new AbortController();
    const work = muteMedia(
      ffmpeg,
      { path, info, ranges: spread(240, 500), audio, folder: home, keep: [] },
      { signal: controller.signal, onProgress: () => controller.abort() },
    );
    await expect(work).rejects.toMatchObject({ code: "cancelled" });
    expect((await readdir(home)).filter((name) => name.startsWith(".") || name.endsWith(".flac"))).toEqual([]);
  });

  it("is as long as what is played unmuted", async () => {
    if (ffmpeg === null) return;
    const path = recording("gap.ogg", 5, "-c:a", "libvorbis");
    const { sound, info, home } = await muted(path, [{ startMs: 1_000, endMs: 1_500 }], "beep");
    const plain = await preparePlayback(ffmpeg, path, info, home, attention);
    expect(Math.abs(samplesOf(plain.path, 48_000).length - samplesOf(sound.path, 48_000).length)).toBeLessThan(2 * 480);
  });
});

it("names ranges, and takes the option of each ffmpeg", () => {
  expect(muteKey([])).toBeNull();
  const one = muteKey([{ startMs: 1, endMs: 2 }]);
  expect(muteKey([{ startMs: 1, endMs: 2 }])).toBe(one);
  expect(muteKey([{ startMs: 1, endMs: 3 }])).not.toBe(one);
  expect(muteKey([{ startMs: 1, endMs: 2 }], "silence")).not.toBe(one);
  const option = (version: string) => graphArguments({ version }, "x")[0];
  expect(["5.1.9-0+deb12u1", "6.0-static", "n6.1.1"].map(option)).toEqual(Array(3).fill("-filter_complex_script"));
  expect(["7.0.2", "n8.0", "N-112345-gabcdef", "2026-01-01-git"].map(option)).toEqual(Array(4).fill("-/filter_complex"));
});
