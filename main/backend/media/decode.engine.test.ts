import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, open, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Attention } from "../../../app/ports.ts";
import { type DecodeResult, decodeMedia } from "./decode.ts";
import { chatter, ffmpegHere, make, readSamples, tone, wavHead, writeSparseWav, writeWav } from "./fixtures/sounds.ts";
import { readPeaks } from "./peaks.ts";
import { channelsOfLayout, type MediaInfo, parseReport, probeMedia } from "./probe.ts";

const found = await ffmpegHere();
const sharedAudio = join(import.meta.dirname, "..", "..", "..", "..", "shared", "audio");
const hasSharedAudio = existsSync(sharedAudio);
const calm: Attention = { signal: new AbortController().signal, onProgress: () => undefined };

describe("reading ffmpeg's report", () => {
  const report = (streams: string, head = "wav"): string =>
    `Input #0, ${head}, from 'file':\n  Metadata:\n    title           : A call\n  Duration: 00:01:02.50, start: 0.000000, bitrate: 128 kb/s\n${streams}`;

  it("takes the sound and leaves cover, pictures and data", () => {
    const info = parseReport(
      report(
        "  Stream #0:0: Video: mjpeg (Baseline), yuvj420p, 500x500, 90k tbr (attached pic)\n" +
          "  Stream #0:1[0x2](eng): Audio: aac (LC) (mp4a / 0x6134706D), 44100 Hz, 5.1(side), fltp, 128 kb/s (default)\n" +
          "  Stream #0:2: Data: bin_data (text / 0x74786574)\n",
        "mov,mp4,m4a,3gp,3g2,mj2",
      ),
      "m4a",
    );
    expect(info).toMatchObject({ streamIndex: 1, channels: 6, hasVideo: false, durationMs: 62_500, bitRate: 128_000 });
    expect(info.tags).toEqual({ title: "A call" });
    expect(info.label).toBe("MP4, 6 channels, 44.1 kHz, AAC");
  });

  it("prefers the default track, and is not misled by what a file says of itself", () => {
    const info = parseReport(
      "Input #0, matroska,webm, from 'file':\n  Metadata:\n    comment         : x\n                    :   Stream #0:9: Audio: mp3, 8000 Hz, mono\n" +
        "  Duration: N/A, bitrate: N/A\n" +
        "  Stream #0:0: Audio: opus, 48000 Hz, mono, fltp\n  Stream #0:1: Audio: vorbis, 44100 Hz, stereo, fltp (default)\n",
      "mkv",
    );
    expect(info).toMatchObject({ streamIndex: 1, codec: "vorbis", audioStreams: 2, durationMs: null, bitRate: null });
  });

  it.each([
    ["mono", 1],
    ["stereo", 2],
    ["2 channels", 2],
    ["5.1(side)", 6],
    ["7.1", 8],
    ["quad", 4],
    ["6 channels (FL+FR+FC+LFE+BL+BR)", 6],
    ["nonsense", null],
  ])("knows the layout %s", (layout, channels) => {
    expect(channelsOfLayout(layout)).toBe(channels);
  });

  it("says what is wrong with what it cannot use", () => {
    const audio = (layout: string): string => `  Stream #0:0: Audio: pcm_s16le, 8000 Hz, ${layout}, s16\n`;
    expect(() => parseReport(report("  Stream #0:0: Video: h264, yuv420p, 64x64\n"), "mp4")).toThrow(/no sound/u);
    expect(() => parseReport(report(audio("nonsense")), "wav")).toThrow(/nothing usable/u);
    expect(() => parseReport(report(audio("12 channels")), "wav")).toThrow(/more channels/u);
    expect(() => parseReport("x: Invalid data found when processing input", "wav")).toThrow(/not a recording/u);
  });
});

describe.runIf(found !== null)("a recording", () => {
  // Checked by runIf; the path of a program that is not there would fail every test.
  const ffmpeg = found ?? { path: "", source: "system" as const, version: "" };
  let folder = "";
  let out = 0;
  const at = (name: string): string => join(folder, name);
  const hear = async (name: string): Promise<DecodeResult & { info: MediaInfo; folder: string }> => {
    const path = name.startsWith(sharedAudio) ? name : at(name);
    const info = await probeMedia(ffmpeg, path);
    out += 1;
    const target = at(`out ${out}`);
    return { ...(await decodeMedia(ffmpeg, path, info, target, calm)), info, folder: target };
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "earmark décode "));
    await writeWav(at("two.wav"), 16_000, 3, [chatter(1), chatter(2)]);
    const sound = ["-i", at("two.wav")];
    const picture = ["-f", "lavfi", "-i", "testsrc=d=3:s=32x32:r=5"];
    await make(ffmpeg, [
      ...[...sound, ...picture, "-map", "0:a"],
      ...["-ar", "8000", "-c:a", "pcm_mulaw", at("mulaw.wav"), "-map", "0:a", "-ar", "8000", "-c:a", "pcm_alaw", at("alaw.wav")],
      ...["-map", "0:a", "-ar", "8000", "-c:a", "pcm_u8", at("eight-bit.wav"), "-map", "0:a", "-q:a", "5", at("vbr.mp3")],
      ...["-map", "0:a", at("sound.m4a"), "-map", "0:a", "-c:a", "libopus", at("sound.ogg"), "-map", "0:a", at("sound.flac")],
      ...["-map", "0:a", "-ar", "96000", "-c:a", "pcm_s24le", at("96k.wav"), "-map", "0:a", "-c:a", "pcm_f32le", at("float.wav")],
      ...["-map", "1:v", "-map", "0:a", "-c:v", "mpeg4", "-c:a", "aac", at("film.mp4")],
      ...["-map", "1:v", "-map", "0:a", "-c:v", "mpeg4", "-c:a", "libopus", at("film.mkv")],
      ...["-map", "1:v", "-map", "0:a", "-c:v", "libvpx", "-c:a", "libopus", at("film.webm")],
      ...["-map", "1:v", "-c:v", "mpeg4", at("silent film.mp4"), "-map", "0:a", "-c:a", "aac", at("raw.aac")],
    ]);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each([
    ["mulaw.wav", "WAV, 2 channels, 8 kHz, mu-law"],
    ["alaw.wav", "WAV, 2 channels, 8 kHz, A-law"],
    ["eight-bit.wav", "WAV, 2 channels, 8 kHz, 8 bit PCM"],
    ["vbr.mp3", "MP3, 2 channels, 16 kHz"],
    ["sound.m4a", "MP4, 2 channels, 16 kHz, AAC"],
    ["sound.ogg", "Ogg, 2 channels, 48 kHz, Opus"],
    ["sound.flac", "FLAC, 2 channels, 16 kHz"],
    ["96k.wav", "WAV, 2 channels, 96 kHz, 24 bit PCM"],
    ["float.wav", "WAV, 2 channels, 16 kHz, 32 bit float PCM"],
    ["film.mp4", "MP4, 2 channels, 16 kHz, AAC, with video"],
    ["film.mkv", "Matroska, 2 channels, 48 kHz, Opus, with video"],
    ["film.webm", "Matroska, 2 channels, 48 kHz, Opus, with video"],
  ])("%s is %s, and becomes two sides", async (name, label) => {
    const heard = await hear(name);
    expect(heard.info.label).toBe(label);
    expect(heard.info.hasVideo).toBe(name.startsWith("film"));
    expect(heard.audio.layout).toBe("separate");
    expect(heard.truncated).toBe(false);
    expect(Math.abs(heard.audio.durationMs - 3_000)).toBeLessThan(150);
    expect((await readdir(heard.folder)).toSorted()).toEqual(["ch0.s16", "ch1.s16", "peaks.empk"]);
    // The channels stay apart and in order: each is like what it was made from, and unlike the other.
    for (const [channel, seed] of [1, 2].entries()) {
      const samples = await readSamples(heard.audio.channels[channel]?.path ?? "");
      expect(samples).toHaveLength(heard.audio.channels[channel]?.samples ?? -1);
      expect(likeness(samples, chatter(seed))).toBeGreaterThan(0.7);
      expect(likeness(samples, chatter(3 - seed))).toBeLessThan(0.5);
    }
    expect((await readPeaks(heard.peaksPath, 0, 3_000, 10)).channels).toHaveLength(2);
  });

  it("in AAC without a container is decoded", async () => {
    const heard = await hear("raw.aac");
    expect(heard.info.label).toBe("AAC, 2 channels, 16 kHz");
    expect(heard.audio.layout).toBe("separate");
  });

  it("in GSM is taken from a WAV, where this ffmpeg can make one", async () => {
    const made = await make(ffmpeg, ["-i", at("two.wav"), "-ac", "1", "-ar", "8000", "-c:a", "libgsm_ms", at("gsm.wav")]).catch(
      () => null,
    );
    if (made === null) {
      process.stderr.write("This ffmpeg has no GSM encoder: GSM in WAV was not tested.\n");
      return;
    }
    const heard = await hear("gsm.wav");
    expect(heard.info.label).toBe("WAV, 1 channel, 8 kHz, GSM");
    expect(heard.audio).toMatchObject({ layout: "mono", correlation: null, silentChannels: [] });
  });

  it("in AMR is decoded (frames made by hand: no free encoder is usual)", async () => {
    // AMR narrow band, 4.75 kbit/s: a head byte and 12 bytes of parameters for each 20 ms.
    const frame = (index: number): number[] => [0x04, ...Array.from({ length: 12 }, (_, byte) => (index * 31 + byte * 57) % 256)];
    const frames = Array.from({ length: 100 }, (_, index) => frame(index)).flat();
    await writeFile(at("call.amr"), Buffer.concat([Buffer.from("#!AMR\n"), Uint8Array.from(frames)]));
    const heard = await hear("call.amr");
    expect(heard.info).toMatchObject({ codec: "amr_nb", channels: 1, sampleRate: 8_000 });
    expect(Math.abs(heard.audio.durationMs - 2_000)).toBeLessThan(50);
  });

  it("whose channels carry one signal is one, whatever their level and sign", async () => {
    await writeWav(at("faint copy.wav"), 16_000, 2, [chatter(1), (t) => 0.1 * chatter(1)(t)]);
    await writeWav(at("inverted.wav"), 16_000, 2, [chatter(1), (t) => -chatter(1)(t)]);
    await writeWav(at("faint first.wav"), 16_000, 2, [(t) => 0.05 * chatter(1)(t), chatter(1)]);
    for (const [name, sign] of [
      ["faint copy.wav", 1],
      ["inverted.wav", -1],
      ["faint first.wav", 1],
    ] as const) {
      const heard = await hear(name);
      expect(heard.audio.layout).toBe("dual-mono");
      expect(heard.audio.correlation).toBeCloseTo(sign, 2);
      expect(heard.audio.channels).toHaveLength(1);
      expect(heard.audio.channels[0]?.rmsDb).toBeGreaterThan(-20);
      expect((await readPeaks(heard.peaksPath, 0, 2_000, 4)).channels).toHaveLength(1);
    }
  });

  it("with a channel on which nobody speaks says which", async () => {
    const hiss = (t: number): number => 0.0005 * Math.sin(t * 90_001);
    await writeWav(at("one side.wav"), 16_000, 3, [chatter(1), (t) => (Math.abs(t - 1) < 0.002 ? 0.5 : hiss(t))]);
    const heard = await hear("one side.wav");
    expect(heard.audio).toMatchObject({ layout: "separate", silentChannels: [1] });
    await writeWav(at("nobody.wav"), 16_000, 3, [() => 0, () => 0]);
    expect((await hear("nobody.wav")).audio).toMatchObject({ layout: "separate", correlation: 0, silentChannels: [0, 1] });
    // Two words in a minute are somebody.
    await writeWav(at("few words.wav"), 8_000, 60, [chatter(1), (t) => (t > 30 && t < 31 ? 0.02 * Math.sin(t * 2_000) : 0)]);
    expect((await hear("few words.wav")).audio.silentChannels).toEqual([]);
  });

  it("of eight channels keeps each apart", async () => {
    await writeWav(
      at("eight.wav"),
      16_000,
      1,
      Array.from({ length: 8 }, (_, channel) => tone(200 + 100 * channel)),
    );
    const heard = await hear("eight.wav");
    expect(heard.audio.channels).toHaveLength(8);
    for (const [channel, decoded] of heard.audio.channels.entries()) {
      expect(likeness(await readSamples(decoded.path), tone(200 + 100 * channel))).toBeGreaterThan(0.99);
    }
  });

  it("of one sample, and with head but no sound", async () => {
    await writeWav(at("one.wav"), 16_000, 1 / 16_000, [() => 0.5]);
    expect((await hear("one.wav")).audio.channels[0]?.samples).toBe(1);
    await writeFile(at("head.wav"), wavHead(16_000, 1, 16, 0));
    await expect(hear("head.wav")).rejects.toMatchObject({ code: expect.stringMatching(/media-decode-failed|format/u) });
  });

  it("that is cut short decodes as far as it goes, and says so", async () => {
    for (const name of ["two.wav", "vbr.mp3", "sound.flac", "film.mkv"]) {
      const short = `short ${name}`;
      await copyFile(at(name), at(short));
      await truncate(at(short), Math.floor((await stat(at(name))).size / 2));
      const heard = await hear(short);
      expect(heard.truncated, name).toBe(true);
      expect(heard.audio.durationMs, name).toBeGreaterThan(500);
      expect(heard.audio.durationMs, name).toBeLessThan(2_700);
    }
    // An MP4 keeps its table of contents at the end: without it nothing can be read.
    await copyFile(at("film.mp4"), at("short.mp4"));
    await truncate(at("short.mp4"), Math.floor((await stat(at("film.mp4"))).size / 2));
    await expect(hear("short.mp4")).rejects.toMatchObject({ code: "media-truncated" });
  });

  it("is known by what it holds, not by its name", async () => {
    for (const name of ["-y.wav", "http:50 %d é 通話 'quoted' \"twice\".m4a"]) {
      await copyFile(at("sound.flac"), at(name));
      expect((await hear(name)).info.container).toBe("flac");
    }
  });

  it("without sound, empty, missing, or no recording at all is refused with its own code", async () => {
    await writeFile(at("empty.wav"), "");
    await writeFile(at("letter.mp3"), "Dear supervisor, this is a letter and not a call. ".repeat(400));
    await writeFile(
      at("noise.wav"),
      Uint8Array.from({ length: 50_000 }, (_, index) => (index * 7_919 + (index >> 3)) % 251),
    );
    await expect(probeMedia(ffmpeg, at("silent film.mp4"))).rejects.toMatchObject({ code: "media-no-audio" });
    await expect(probeMedia(ffmpeg, at("empty.wav"))).rejects.toMatchObject({ code: "file-empty" });
    await expect(probeMedia(ffmpeg, at("absent.wav"))).rejects.toMatchObject({ code: "file-missing" });
    await expect(probeMedia(ffmpeg, folder)).rejects.toMatchObject({ code: "file-unreadable" });
    await expect(probeMedia(ffmpeg, at("letter.mp3"))).rejects.toMatchObject({ code: "format-unknown" });
    await expect(probeMedia(ffmpeg, at("noise.wav"))).rejects.toMatchObject({ code: "format-unknown" });
  });

  it("that is a list of other files is not followed, under any name", async () => {
    const target = at("two.wav");
    const lie = await probeMedia(ffmpeg, target);
    const playlist = `#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nfile:${target}\n#EXT-X-ENDLIST\n`;
    const concat = `ffconcat version 1.0\nfile 'two.wav'\n`;
    const dash = `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet><Representation id="0"><BaseURL>two.wav</BaseURL></Representation></AdaptationSet></Period></MPD>`;
    const session = `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n`;
    for (const [name, text] of [
      ["list.m3u8", playlist],
      ["list.wav", playlist],
      ["list.mp3", concat],
      ["list.mpd", dash],
      ["call.sdp", session],
    ] as const) {
      await writeFile(at(name), text);
      await expect(probeMedia(ffmpeg, at(name)), name).rejects.toMatchObject({ code: "format-unknown" });
      // Nor when somebody decodes it as the WAV it says it is.
      await expect(decodeMedia(ffmpeg, at(name), lie, at("never"), calm), name).rejects.toMatchObject({
        code: "media-decode-failed",
      });
      expect(await readdir(at("never"))).toEqual([]);
    }
  });

  it("of more than a day is refused, and says so before anything is decoded", async () => {
    await writeSparseWav(at("long.wav"), 8_000, 25 * 3_600);
    await expect(probeMedia(ffmpeg, at("long.wav"))).rejects.toMatchObject({ code: "media-too-long" });
  });

  it("stops within a second when it is cancelled, and leaves nothing behind", async () => {
    await writeSparseWav(at("slow.wav"), 8_000, 6 * 3_600);
    const info = await probeMedia(ffmpeg, at("slow.wav"));
    const controller = new AbortController();
    let cancelledAt = 0;
    const onProgress = (): void => {
      cancelledAt ||= performance.now();
      controller.abort();
    };
    const run = decodeMedia(ffmpeg, at("slow.wav"), info, at("given up"), { signal: controller.signal, onProgress });
    await expect(run).rejects.toMatchObject({ code: "cancelled" });
    expect(cancelledAt).toBeGreaterThan(0);
    expect(performance.now() - cancelledAt).toBeLessThan(1_000);
    expect(await readdir(at("given up"))).toEqual([]);
  });

  it("leaves the original as it is; decoded a second time replaces the first, with no channel left over", async () => {
    const before = await readFile(at("two.wav"));
    const two = await hear("two.wav");
    expect(await readFile(at("two.wav"))).toEqual(before);
    await writeWav(at("mono.wav"), 16_000, 1, [chatter(3)]);
    const info = await probeMedia(ffmpeg, at("mono.wav"));
    // What a killed attempt left goes as well.
    for (const name of ["0.s16", "0.bins", ".empk"]) await writeFile(join(two.folder, `.decode-killed-${name}`), "half");
    await decodeMedia(ffmpeg, at("mono.wav"), info, two.folder, calm);
    expect((await readdir(two.folder)).toSorted()).toEqual(["ch0.s16", "peaks.empk"]);
    expect((await readFile(join(two.folder, "ch0.s16"))).length).toBe(32_000);
  });

  it("whose sound begins late in its film keeps the film's clock", async () => {
    await writeWav(at("late.wav"), 16_000, 1, [tone(440)]);
    await mkdir(at("late"), { recursive: true });
    await make(ffmpeg, [
      ...["-f", "lavfi", "-i", "testsrc=d=3:s=32x32:r=5", "-itsoffset", "1.5", "-i", at("late.wav")],
      ...["-map", "0:v", "-map", "1:a", "-c:v", "mpeg4", "-c:a", "libopus", at("late/film.mkv")],
    ]);
    const samples = await readSamples((await hear("late/film.mkv")).audio.channels[0]?.path ?? "");
    const first = samples.findIndex((sample) => Math.abs(sample) > 0.1) / 16;
    expect(Math.abs(first - 1_500)).toBeLessThan(20);
  });

  describe.runIf(hasSharedAudio)("of the shared material", () => {
    it.each([
      ["auto-repair-40-stereo.wav", "separate", 245_380],
      ["auto-repair-40-mono.wav", "mono", 245_380],
      ["dual-mono-hungarian-1.mp3", "dual-mono", 39_628],
      ["Auto0_GUID_000_AGENT_ChrisL_DT_2025-02-19T06-01-22_Mono.wav", "mono", 277_660],
      ["demo-calls/call1.wav", "separate", 87_452],
    ])("%s is %s", async (name, layout, durationMs) => {
      const { audio, truncated } = await hear(join(sharedAudio, name));
      expect(audio.layout).toBe(layout);
      expect(Math.abs(audio.durationMs - durationMs)).toBeLessThan(10);
      expect({ truncated, silent: audio.silentChannels }).toEqual({ truncated: false, silent: [] });
    });
  });
});

it("has the shared recordings beside it, or says that they were not heard", async () => {
  if (!hasSharedAudio) process.stderr.write("No shared recordings here: decoding of real calls was not tested.\n");
  else await (await open(join(sharedAudio, "auto-repair-40-stereo.wav"))).close();
  expect(typeof hasSharedAudio).toBe("boolean");
});

/** Correlation of the loudness, in stretches of 20 ms, of samples and of the sound they were made from. */
function likeness(samples: Float32Array, sound: (t: number) => number): number {
  const levels: [number, number][] = [];
  for (let from = 0; from + 320 <= samples.length; from += 320) {
    let heard = 0;
    let meant = 0;
    let together = 0;
    for (let index = from; index < from + 320; index += 1) {
      const wanted = sound(index / 16_000);
      heard += (samples[index] ?? 0) ** 2;
      meant += wanted ** 2;
      together += (samples[index] ?? 0) * wanted;
    }
    levels.push([Math.sqrt(heard), meant === 0 && together === 0 ? 0 : Math.sqrt(meant)]);
  }
  const mean = (which: 0 | 1): number => levels.reduce((sum, level) => sum + level[which], 0) / levels.length;
  const [meanHeard, meanMeant] = [mean(0), mean(1)];
  let cross = 0;
  let heardPower = 0;
  let meantPower = 0;
  for (const [heard, meant] of levels) {
    cross += (heard - meanHeard) * (meant - meanMeant);
    heardPower += (heard - meanHeard) ** 2;
    meantPower += (meant - meanMeant) ** 2;
  }
  // A steady tone has no shape in its loudness: compare the waves themselves.
  if (meantPower < 1e-3) return waveLikeness(samples, sound);
  return cross / Math.sqrt(heardPower * meantPower);
}

function waveLikeness(samples: Float32Array, sound: (t: number) => number): number {
  let cross = 0;
  let heardPower = 0;
  let meantPower = 0;
  for (const [index, sample] of samples.entries()) {
    const meant = sound(index / 16_000);
    cross += sample * meant;
    heardPower += sample ** 2;
    meantPower += meant ** 2;
  }
  return cross / Math.sqrt(heardPower * meantPower);
}
