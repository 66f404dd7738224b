import { describe, expect, it } from "vitest";
import { makeTensor, noModels, sharedModels } from "./accuracy/model-folders.ts";
import { ffmpegPath, readRecording, soundOf } from "./accuracy/recording.ts";
import { sharedMaterial, sharedMaterialPresent } from "./accuracy/shared-material.ts";
import { energyActivity } from "./audio/energy-activity.ts";
import { levels } from "./audio/levels.ts";
import { sameVoiceLikeness, voicePrint, windowsOf } from "./voice-print.ts";

/* A voice is most like itself, with the development model: halves of calls, whose channels keep the sides apart. */

const present = sharedMaterialPresent && (await ffmpegPath()) !== null;
const attention = { signal: new AbortController().signal, onProgress: () => {} };
const layout = { layout: "mono", silentChannels: [] } as const;

async function printOf(samples: Float32Array, models = sharedModels(`${sharedMaterial}models/`)) {
  const sound = soundOf([samples]);
  const spans = energyActivity(await levels(sound, 0, attention)).map(({ start, end }) => ({
    startMs: Math.round(start / 16),
    endMs: Math.round(end / 16),
  }));
  return voicePrint(sound, layout, { channel: null, spans }, models, makeTensor, attention);
}

describe("the windows of a voice", () => {
  it("are those in which it says most, two minutes at most, with its frames alone", () => {
    expect(windowsOf([], 60_000)).toEqual([]);
    // Half a second says too little.
    expect(windowsOf([{ startMs: 1_000, endMs: 1_500 }], 60_000)).toEqual([]);
    const [window, ...more] = windowsOf([{ startMs: 12_000, endMs: 15_000 }], 60_000);
    expect(more).toEqual([]);
    const spoken = window?.masks.reduce((sum, mask) => sum + mask, 0) ?? 0;
    expect(Math.abs((spoken * 270) / 16 - 3_000)).toBeLessThan(40);
    expect(windowsOf([{ startMs: 0, endMs: 3_600_000 }], 3_600_000)).toHaveLength(12);
  });
});

describe.runIf(present)("a voice print", () => {
  it("tells the same voice from another by the likeness of its model", async () => {
    const prints: { voice: string; print: readonly number[]; model: string }[] = [];
    for (const name of ["auto-repair-40-stereo.wav", "demo-calls/call2.wav"]) {
      const { channels } = await readRecording(`${sharedMaterial}audio/${name}`);
      for (const [channel, samples] of channels.entries()) {
        const half = Math.floor(samples.length / 2);
        for (const from of [0, half]) {
          const found = await printOf(samples.slice(from, from + half));
          expect(found?.seconds).toBeGreaterThan(10);
          if (found !== null) prints.push({ voice: `${name} ${channel}`, print: found.print, model: found.model });
        }
      }
    }
    expect(prints).toHaveLength(8);
    for (const a of prints) {
      for (const b of prints) {
        const likeness = a.print.reduce((sum, value, at) => sum + value * (b.print[at] ?? 0), 0);
        expect([a.voice, b.voice, likeness >= sameVoiceLikeness(a.model)]).toEqual([a.voice, b.voice, a.voice === b.voice]);
      }
    }
  });

  it("is none without the model for it, and of a voice that hardly speaks", async () => {
    const { channels } = await readRecording(`${sharedMaterial}audio/demo-calls/call2.wav`, { mono: true });
    const [samples = new Float32Array()] = channels;
    expect(await printOf(samples.slice(0, 20 * 16_000), noModels)).toBeNull();
    expect(await printOf(samples.slice(0, 4 * 16_000))).toBeNull();
  });
});
