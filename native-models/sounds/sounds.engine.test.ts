import { describe, expect, it } from "vitest";
import { defaultSpeechOptions } from "../../app/conversation/speech.ts";
import { makeTensor, noModels } from "../accuracy/model-folders.ts";
import { ffmpegPath, readRecording, recordingOf, soundOf } from "../accuracy/recording.ts";
import { sharedMaterial, sharedMaterialPresent } from "../accuracy/shared-material.ts";
import { diarize } from "../index.ts";
import { findSounds } from "./find-sounds.ts";

const audio = `${sharedMaterial}audio/`;
const canRead = sharedMaterialPresent && (await ffmpegPath()) !== null;
const attention = { signal: new AbortController().signal, onProgress: () => {} };

let state = 1;
/** Noise from -1 to 1, the same in every run. */
function noise(): number {
  state = (state * 48_271) % 2_147_483_647;
  return state / 1_073_741_824 - 1;
}
const made = (seconds: number, at: (t: number) => number) =>
  Float32Array.from({ length: seconds * 16_000 }, (_, i) => at(i / 16_000));
const sine = (t: number, frequency: number) => Math.sin(2 * Math.PI * frequency * t);
/** What a telephone's 8-bit coding makes of a sample (mu-law, G.711), with line noise before it. */
function line(sample: number): number {
  const x = sample + 0.002 * noise();
  const code = Math.round(((Math.sign(x) * Math.log(1 + 255 * Math.abs(x))) / Math.log(256)) * 127) / 127;
  return (Math.sign(code) * (256 ** Math.abs(code) - 1)) / 255;
}
async function heard(samples: Float32Array) {
  const found = await findSounds(soundOf([samples]), 0, attention);
  return found.map(({ kind, start, end }) => ({ kind, start: start / 16_000, end: end / 16_000 }));
}

const keysLow = [697, 770, 852, 941];
const keysHigh = [1_209, 1_336, 1_477, 1_633];
const semitone = (note: number) => 440 * 2 ** ((note - 69) / 12);
function string(t: number, note: number, partials: number): number {
  let sum = 0;
  for (let k = 1; k <= partials; k++) sum += sine(t, semitone(note) * k) / k ** 1.3;
  return sum;
}
/** Four chords and a melody over them, plucked. */
function music(t: number): number {
  const chord = [
    [60, 64, 67],
    [55, 59, 62],
    [57, 60, 64],
    [53, 57, 60],
  ][Math.floor(t / 2) % 4] as number[];
  const melody = [72, 76, 79, 76, 74, 71, 67, 71][Math.floor(t * 2) % 8] as number;
  const plucked = chord.reduce((sum, note) => sum + string(t, note, 6), 0) * Math.exp(-0.8 * (t % 2));
  return 0.06 * (plucked + string(t, melody, 4) * Math.exp(-1.5 * ((2 * t) % 1)));
}

describe("sounds that are no speech", () => {
  it("finds every key, in a telephone's coding, as one entry, and keeps no key", async () => {
    const samples = made(6, (t) => {
      const key = Math.floor(t / 0.15) - 7;
      const on = key >= 0 && key < 16 && t % 0.15 < 0.08;
      return line(on ? 0.1 * (sine(t, keysLow[key >> 2] as number) + sine(t, keysHigh[key & 3] as number)) : 0);
    });
    const found = await findSounds(soundOf([samples]), 0, attention);
    expect(found).toHaveLength(1);
    expect(Object.keys(found[0] ?? {}).sort()).toEqual(["confidence", "end", "kind", "start"]);
    const [entry] = await heard(samples);
    expect(entry?.kind).toBe("dtmf");
    expect(Math.abs((entry?.start ?? 0) - 1.05)).toBeLessThan(0.05);
    expect(Math.abs((entry?.end ?? 0) - (1.05 + 15 * 0.15 + 0.08))).toBeLessThan(0.05);
  });

  it("finds American, British and European ringing, burst by burst", async () => {
    const american = await heard(made(14, (t) => line(t % 6 < 2 ? 0.1 * (sine(t, 440) + sine(t, 480)) : 0)));
    expect(american.map(({ kind }) => kind)).toEqual(["ring", "ring", "ring"]);
    expect(Math.abs((american[1]?.start ?? 0) - 6)).toBeLessThan(0.1);
    expect(Math.abs((american[1]?.end ?? 0) - 8)).toBeLessThan(0.1);
    const european = await heard(made(12, (t) => line(t % 5 < 1 ? 0.1 * sine(t, 425) : 0)));
    expect(european.map(({ kind }) => kind)).toEqual(["ring", "ring", "ring"]);
    const british = await heard(
      made(9, (t) => {
        const beat = t % 3;
        return line(beat < 0.4 || (beat >= 0.6 && beat < 1) ? 0.1 * (sine(t, 400) + sine(t, 450)) : 0);
      }),
    );
    expect(british.filter(({ kind }) => kind === "ring").length).toBeGreaterThanOrEqual(2);
  });

  it("calls busy tone, dial tone and a recorder's beep tones", async () => {
    const busy = await heard(made(5, (t) => (t % 1 < 0.5 ? 0.1 * (sine(t, 480) + sine(t, 620)) : 0)));
    expect(busy.map(({ kind }) => kind)).toEqual(["tone", "tone", "tone", "tone", "tone"]);
    const dial = await heard(made(8, (t) => 0.1 * (sine(t, 350) + sine(t, 440))));
    expect(dial.map(({ kind }) => kind)).toEqual(["tone"]);
    const beep = await heard(made(4, (t) => line(t > 2 && t < 2.5 ? 0.1 * sine(t, 1_400) : 0)));
    expect(beep.map(({ kind }) => kind)).toEqual(["tone"]);
  });

  it("finds music, as a telephone codes it too and with drums, and none in hiss", async () => {
    for (const samples of [
      made(16, music),
      made(16, (t) => line(music(t))),
      made(16, (t) => line(music(t) + 0.15 * noise() * Math.exp(-20 * ((2 * t) % 1)))),
    ]) {
      const found = await heard(samples);
      expect(found.map(({ kind }) => kind)).toEqual(["music"]);
      expect((found[0]?.end ?? 0) - (found[0]?.start ?? 0)).toBeGreaterThan(14);
    }
    expect(await heard(made(15, () => 0.2 * noise()))).toEqual([]);
    expect(await heard(new Float32Array(100))).toEqual([]);
  });

  it("keeps them out of speech and carries them with the channel", async () => {
    const ring = made(14, (t) => (t % 6 < 2 ? 0.1 * (sine(t, 440) + sine(t, 480)) : 0));
    const other = made(14, (t) => (t > 4 && t < 5 ? 0.2 * noise() * Math.abs(sine(t, 3)) : 0));
    const { sound } = recordingOf([ring, other]);
    const layout = { layout: "separate", silentChannels: [] } as const;
    const apart = await diarize(sound, layout, noModels, makeTensor, defaultSpeechOptions, attention);
    expect(apart.sounds?.map(({ kind, channel }) => [kind, channel])).toEqual([
      ["ring", 0],
      ["ring", 0],
      ["ring", 0],
    ]);
    expect(apart.segments.some(({ voice }) => voice === 0)).toBe(false);
    expect(apart.segments.some(({ voice }) => voice === 1)).toBe(true);
    const mono = recordingOf([made(16, music)]);
    const held = await diarize(mono.sound, mono.audio, noModels, makeTensor, defaultSpeechOptions, attention);
    expect(held.sounds?.map(({ kind, channel }) => [kind, channel])).toEqual([["music", null]]);
    expect(held.segments).toEqual([]);
  });
});

describe.runIf(canRead)("speech", () => {
  // All of every recording is `npm run accuracy`; here the first 30 s of a few unlike ones.
  it("is never taken for a sound", async () => {
    const alarms: string[] = [];
    for (const name of [
      "auto-repair-40-stereo.wav",
      "telephone-30s.wav",
      "meetings/ami_dev00.wav",
      "demo-calls/call1.wav",
      "dual-mono-hungarian-1.mp3",
    ]) {
      const { channels } = await readRecording(audio + name);
      for (const samples of channels) {
        for (const { kind, start } of await heard(samples.slice(0, 30 * 16_000))) alarms.push(`${name} ${kind} ${start}`);
      }
    }
    expect(alarms).toEqual([]);
  }, 60_000);
});
