import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Clips, openClips } from "./clips.ts";
import { type Ffmpeg, findFfmpeg } from "./ffmpeg.ts";

/* Stretches cut by the real ffmpeg, held against the recording sample by sample. */

const ffmpeg: Ffmpeg | null = await findFfmpeg().catch(() => null);
let folder = "";
let source = "";
let clips: Clips;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark clips é "));
  source = join(folder, "call.flac");
  const made = ["-f", "lavfi", "-i", "anoisesrc=r=8000:a=0.4:d=3:seed=7", "-ac", "1", "-sample_fmt", "s16", source];
  if (ffmpeg !== null) spawnSync(ffmpeg.path, ["-nostdin", "-loglevel", "error", ...made]);
  clips = await openClips(join(folder, "clips"), () => Promise.resolve(ffmpeg as Ffmpeg), new AbortController().signal);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The samples of a file, 16 bits, by another reading than the one that is tested. */
function samplesOf(path: string): Int16Array {
  const { stdout } = spawnSync(ffmpeg?.path ?? "", ["-loglevel", "error", "-i", path, "-f", "s16le", "pipe:1"]);
  return new Int16Array(stdout.buffer, stdout.byteOffset, stdout.length / 2);
}

it.skipIf(ffmpeg === null)("cuts a stretch sample for sample, under the name of the call", async () => {
  const clip = await clips.cut({ path: source, title: "Refund / Ann", startMs: 1_000, endMs: 1_500, format: "wav" });
  expect(clip.fileName).toBe("Refund Ann 0.00.01 to 0.00.01.wav");
  expect(basename(clip.path)).toBe(clip.fileName);
  expect(samplesOf(clip.path)).toEqual(samplesOf(source).slice(8_000, 12_000));
  expect(readFileSync(clip.path).length).toBe(clip.bytes);
  expect(clips.fileOf(clip.mediaId)).toEqual({ path: clip.path, mediaType: "audio/wav" });
  expect(clips.fileOf("clip-other")).toBeNull();
});

it.skipIf(ffmpeg === null)("refuses a stretch that the recording does not reach, and leaves nothing of it", async () => {
  await expect(clips.cut({ path: source, title: "A", startMs: 60_000, endMs: 61_000, format: "wav" })).rejects.toMatchObject({
    code: "input-invalid",
  });
  await expect(
    clips.cut({ path: join(folder, "gone.flac"), title: "A", startMs: 0, endMs: 1_000, format: "opus" }),
  ).rejects.toMatchObject({
    code: "media-decode-failed",
  });
});

it.skipIf(ffmpeg === null)("cuts a stretch into Opus, a fraction of the size and as long", async () => {
  const range = { path: source, title: "Refund", startMs: 500, endMs: 2_500 };
  const [small, whole] = [await clips.cut({ ...range, format: "opus" }), await clips.cut({ ...range, format: "wav" })];
  expect(small.fileName).toBe("Refund 0.00.00 to 0.00.02.opus");
  expect(clips.fileOf(small.mediaId)?.mediaType).toBe("audio/ogg");
  expect(small.bytes).toBeLessThan(whole.bytes);
  // Read again at Opus' own 48 kHz: two seconds, to a packet.
  expect(Math.abs(samplesOf(small.path).length / 48_000 - 2)).toBeLessThan(0.1);
});

it("keeps the newest files, and none after it was closed", async () => {
  const first = await clips.write("a.txt", "one");
  expect(readFileSync(first, "utf8")).toBe("one");
  expect(basename(first)).toBe("a.txt");
  for (let count = 0; count < 40; count += 1) await clips.write("b.txt", String(count));
  expect(existsSync(first)).toBe(false);
  const last = await clips.write("c.txt", "last");
  expect(existsSync(last)).toBe(true);
  await clips.close();
  expect(existsSync(last)).toBe(false);
});
