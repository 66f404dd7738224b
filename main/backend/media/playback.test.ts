import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Attention } from "../../../app/ports.ts";
import { decodeMedia } from "./decode.ts";
import { chatter, clickTimes, ffmpegHere, make, readSamples, writeWav } from "./fixtures/sounds.ts";
import { choosePlayback, isFragmented, preparePlayback } from "./playback.ts";
import { type MediaInfo, probeMedia } from "./probe.ts";

const found = await ffmpegHere();
const calm: Attention = { signal: new AbortController().signal, onProgress: () => undefined };

const wav: MediaInfo = {
  container: "wav",
  codec: "pcm_s16le",
  streamIndex: 0,
  audioStreams: 1,
  channels: 2,
  sampleRate: 8_000,
  bitsPerSample: 16,
  durationMs: 1_000,
  durationEstimated: false,
  bitRate: 256_000,
  hasVideo: false,
  label: "WAV",
  tags: {},
};

describe("choosing what to play", () => {
  const mp4: MediaInfo = { ...wav, container: "mov,mp4,m4a,3gp,3g2,mj2", codec: "aac" };
  it.each<[string, MediaInfo, string]>([
    ["PCM", wav, "audio/wav"],
    ["8 bit PCM", { ...wav, codec: "pcm_u8" }, "audio/wav"],
    ["mu-law", { ...wav, codec: "pcm_mulaw" }, "audio/wav"],
    ["GSM in WAV", { ...wav, codec: "gsm_ms" }, "codec"],
    ["AMR", { ...wav, container: "amr", codec: "amr_nb" }, "format"],
    ["MP3", { ...wav, container: "mp3", codec: "mp3" }, "seeking"],
    ["Ogg Vorbis", { ...wav, container: "ogg", codec: "vorbis" }, "codec"],
    ["six channels of it", { ...mp4, channels: 6 }, "channels"],
    ["QuickTime", { ...mp4, tags: { major_brand: "qt  " } }, "format"],
    ["Apple Lossless", { ...mp4, codec: "alac" }, "codec"],
    ["two languages", { ...mp4, audioStreams: 2 }, "streams"],
    ["six channels", { ...wav, channels: 6 }, "channels"],
    ["Ogg Opus", { ...wav, container: "ogg", codec: "opus" }, "audio/ogg"],
    ["FLAC", { ...wav, container: "flac", codec: "flac" }, "audio/flac"],
    ["AAC without container", { ...wav, container: "aac", codec: "aac" }, "format"],
  ])("%s", async (_, info, expected) => {
    const choice = await choosePlayback("not read", info);
    expect(choice.kind === "original" ? choice.mediaType : choice.reason).toBe(expected);
  });

  it("does not trust a player with a damaged file", async () => {
    expect(await choosePlayback("not read", wav, true)).toEqual({ kind: "transcode", reason: "damaged" });
  });
});

describe.runIf(found !== null)("playing", () => {
  const ffmpeg = found ?? { path: "", source: "system" as const, version: "" };
  let folder = "";
  const at = (name: string): string => join(folder, name);
  const clicksAt = [0.5, 3.21, 5.5, 7.77, 9.345, 12.9, 14.111];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "earmark spielt é "));
    // Clicks over talk that comes and goes, so that a variable rate really varies.
    const talk = chatter(1, 0.15);
    const click = (t: number): number => {
      const since = clicksAt.map((time) => t - time).find((gap) => gap >= 0 && gap < 0.004);
      return since === undefined ? 0 : 0.9 * Math.sin(2 * Math.PI * 1_500 * since);
    };
    await writeWav(at("clicks.wav"), 22_050, 15, [(t) => click(t) || (Math.floor(t / 3) % 2 === 0 ? talk(t) : 0)]);
    const out = (...args: string[]): string[] => ["-map", "0:a", ...args];
    await make(ffmpeg, [
      ...["-i", at("clicks.wav")],
      ...out("-q:a", "6", at("vbr.mp3")),
      ...out("-c:a", "aac", at("raw.aac")),
      ...out("-c:a", "aac", "-t", "3", at("whole.m4a")),
      ...out("-c:a", "aac", "-t", "3", "-movflags", "frag_keyframe+empty_moov", at("fragments.m4a")),
      ...out("-c:a", "libopus", "-t", "3", at("sound.webm")),
      ...out("-c:a", "libopus", "-t", "3", at("sound.mka")),
    ]);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("takes an MP4 as it is, unless it is in fragments", async () => {
    const choice = async (name: string): Promise<unknown> => choosePlayback(at(name), await probeMedia(ffmpeg, at(name)));
    expect(await choice("whole.m4a")).toEqual({ kind: "original", mediaType: "audio/mp4" });
    expect(await choice("fragments.m4a")).toEqual({ kind: "transcode", reason: "seeking" });
    expect([await isFragmented(at("whole.m4a")), await isFragmented(at("fragments.m4a"))]).toEqual([false, true]);
    await writeFile(at("no boxes.m4a"), new Uint8Array(100));
    expect(await isFragmented(at("no boxes.m4a"))).toBe(false);
  });

  it("takes a WebM as it is, and other Matroska not", async () => {
    const choice = async (name: string): Promise<unknown> => choosePlayback(at(name), await probeMedia(ffmpeg, at(name)));
    expect(await choice("sound.webm")).toEqual({ kind: "original", mediaType: "audio/webm" });
    expect(await choice("sound.mka")).toEqual({ kind: "transcode", reason: "format" });
  });

  it.each(["vbr.mp3", "raw.aac"])("%s sounds at the times that the analysis knows, to 20 ms", async (name) => {
    const info = await probeMedia(ffmpeg, at(name));
    const decoded = await decodeMedia(ffmpeg, at(name), info, at(`analysis of ${name}`), calm);
    const analysed = clickTimes(await readSamples(decoded.audio.channels[0]?.path ?? ""), 16_000);
    const file = await preparePlayback(ffmpeg, at(name), info, at(`playback of ${name}`), calm);
    expect(file).toMatchObject({ mediaType: "audio/webm", original: false });

    const played = async (from: number): Promise<number[]> => {
      const target = at("played.s16");
      await make(ffmpeg, ["-ss", String(from), "-i", file.path, "-ar", "16000", "-ac", "1", "-f", "s16le", target]);
      return clickTimes(await readSamples(target), 16_000).map((time) => time + from * 1_000);
    };
    const heard = await played(0);
    expect(analysed).toHaveLength(clicksAt.length);
    expect(heard).toHaveLength(clicksAt.length);
    for (const [index, time] of heard.entries()) expect(Math.abs(time - (analysed[index] ?? 0))).toBeLessThan(20);
    // Also after a jump, which is where players go wrong.
    const late = await played(11);
    expect(late).toHaveLength(2);
    for (const [index, time] of late.entries()) expect(Math.abs(time - (analysed[index + 5] ?? 0))).toBeLessThan(20);
    // Raw AAC says nothing of its encoder's delay; the MP3s do, and keep the source's own times.
    if (name === "vbr.mp3") {
      for (const [index, time] of heard.entries()) expect(Math.abs(time - 1_000 * (clicksAt[index] ?? 0))).toBeLessThan(20);
    }
  });

  it("plays the original where that is right", async () => {
    for (const name of ["clicks.wav", "whole.m4a"]) {
      const info = await probeMedia(ffmpeg, at(name));
      const file = await preparePlayback(ffmpeg, at(name), info, at("unused"), calm);
      expect(file).toMatchObject({ path: at(name), original: true });
    }
  });

  it("transcodes once", async () => {
    const info = await probeMedia(ffmpeg, at("vbr.mp3"));
    const first = await preparePlayback(ffmpeg, at("vbr.mp3"), info, at("once"), calm);
    const made = await stat(first.path);
    const second = await preparePlayback(ffmpeg, at("vbr.mp3"), info, at("once"), calm);
    expect(second.path).toBe(first.path);
    expect((await stat(second.path)).ino).toBe(made.ino);
    expect(await readdir(at("once"))).toEqual(["playback.webm"]);
  });

  it("puts more channels than two on two sides", async () => {
    await writeWav(at("four.wav"), 16_000, 1, [() => 0, chatter(1), () => 0, chatter(2)]);
    const info = await probeMedia(ffmpeg, at("four.wav"));
    const file = await preparePlayback(ffmpeg, at("four.wav"), info, at("four"), calm);
    const again = await decodeMedia(ffmpeg, file.path, await probeMedia(ffmpeg, file.path), at("four again"), calm);
    expect(again.audio).toMatchObject({ layout: "separate", silentChannels: [0] });
    expect(again.audio.channels[1]?.rmsDb).toBeGreaterThan(-25);
  });

  it("leaves nothing behind when it is cancelled, or when nothing can be made", async () => {
    const info = await probeMedia(ffmpeg, at("vbr.mp3"));
    const cancelled = preparePlayback(ffmpeg, at("vbr.mp3"), info, at("cancelled"), { ...calm, signal: AbortSignal.timeout(60) });
    await expect(cancelled).rejects.toMatchObject({ code: "cancelled" });
    expect(await readdir(at("cancelled"))).toEqual([]);
    await writeFile(at("broken.mp3"), "nothing at all");
    const broken = preparePlayback(ffmpeg, at("broken.mp3"), info, at("broken"), calm);
    await expect(broken).rejects.toMatchObject({ code: "media-decode-failed" });
    expect(await readdir(at("broken"))).toEqual([]);
  });
});
