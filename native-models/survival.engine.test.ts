import type { InferenceSession } from "onnxruntime-common";
import { describe, expect, it } from "vitest";
import { transcriptSchema } from "../app/conversation/conversation.ts";
import { type ChannelLayout, defaultSpeechOptions, diarizationSchema } from "../app/conversation/speech.ts";
import { makeTensor, noModels, sharedModels } from "./accuracy/model-folders.ts";
import { ffmpegPath, readRecording, soundOf } from "./accuracy/recording.ts";
import { sharedMaterial, sharedMaterialPresent } from "./accuracy/shared-material.ts";
import { diarize, type Model, type Models, recognise, type Sound } from "./index.ts";

/* Whatever is brought, the engine ends in a result. */

const present = sharedMaterialPresent && (await ffmpegPath()) !== null;
const models: Models = sharedMaterialPresent ? { ...sharedModels(`${sharedMaterial}models/`), transcription: null } : noModels;
const attention = { signal: new AbortController().signal, onProgress: () => {} };

async function hear(sound: Sound, layout: ChannelLayout, using: Models) {
  const audio = { layout, silentChannels: [] };
  const diarization = await diarize(sound, audio, using, makeTensor, defaultSpeechOptions, attention);
  expect(diarizationSchema.safeParse(diarization).error).toBeUndefined();
  for (const { startMs, endMs } of [...diarization.segments, ...(diarization.sounds ?? [])]) {
    expect(startMs).toBeLessThanOrEqual(endMs);
    expect(endMs).toBeLessThanOrEqual(sound.durationMs);
  }
  const transcript = await recognise(sound, audio, diarization, using, makeTensor, defaultSpeechOptions, attention);
  expect(transcriptSchema.safeParse(transcript).error).toBeUndefined();
  return diarization;
}

let state = 7;
function noise(): number {
  state = (state * 48_271) % 2_147_483_647;
  return state / 1_073_741_824 - 1;
}
const made = (samples: number, at: (i: number) => number) => Float32Array.from({ length: samples }, (_, i) => at(i));

describe("whatever is brought", () => {
  const sounds: readonly (readonly [string, Float32Array])[] = [
    ["nothing", new Float32Array(0)],
    ["one sample", Float32Array.of(-1)],
    ["less than a frame", made(100, noise)],
    ["less than a word", made(1_600, noise)],
    ["a second and one sample", made(16_001, noise)],
    ["silence", new Float32Array(48_000)],
    ["noise", made(48_000, noise)],
    ["noise that is clipped", made(48_000, () => Math.max(-1, Math.min(1, 9 * noise())))],
    ["a constant offset", new Float32Array(48_000).fill(0.9)],
    ["numbers that are none", made(48_000, (i) => (i % 100 === 0 ? Number.NaN : 0.1 * noise()))],
  ];
  for (const [name, samples] of sounds) {
    it(`ends in a result for ${name}`, async () => {
      for (const using of [noModels, models]) {
        await hear(soundOf([samples]), "mono", using);
        await hear(soundOf([samples, new Float32Array(samples.length)]), "separate", using);
      }
    });
  }

  it("ends in a voice for each of eight channels", async () => {
    const channels = Array.from({ length: 8 }, (_, channel) =>
      made(10 * 16_000, (i) =>
        Math.floor(i / 16_000) === channel ? 0.3 * noise() * Math.abs(Math.sin(i / 800)) : 0.0005 * noise(),
      ),
    );
    const found = await hear(soundOf(channels), "separate", noModels);
    expect(found.voices).toHaveLength(8);
    expect(new Set(found.segments.map(({ voice }) => voice)).size).toBe(8);
    expect((await hear(soundOf(channels), "separate", models)).voices).toHaveLength(8);
  });

  it.runIf(present)(
    "hears a clipped call, and two recordings at once as one after the other",
    async () => {
      const call = await readRecording(`${sharedMaterial}audio/demo-calls/call2.wav`, { mono: true });
      const [samples = new Float32Array()] = call.channels;
      const clipped = soundOf([samples.slice(0, 20 * 16_000).map((x) => Math.max(-0.2, Math.min(0.2, 20 * x)))]);
      const clear = soundOf([samples.slice(20 * 16_000, 40 * 16_000)]);
      const one = await hear(clipped, "mono", models);
      expect(one.segments.length).toBeGreaterThan(2);
      const other = await hear(clear, "mono", models);
      expect(await Promise.all([hear(clipped, "mono", models), hear(clear, "mono", models)])).toEqual([one, other]);
    },
    60_000,
  );
});

describe("a long recording", () => {
  /** A model that answers at once: here it counts what the engine holds, not what it hears. */
  function answering(id: string, answer: (dims: readonly number[]) => { data: Float32Array; dims: readonly number[] }): Model {
    const run = (feeds: Record<string, { dims: readonly number[] }>) => {
      const { data, dims } = answer(Object.values(feeds)[0]?.dims ?? []);
      return Promise.resolve({ y: makeTensor("float32", data, dims) });
    };
    const session = { inputNames: ["x"], outputNames: ["y"], run } as unknown as InferenceSession;
    return {
      id,
      sha256: "",
      limited: false,
      readText: () => Promise.reject(new Error("none")),
      open: () => Promise.resolve(session),
    };
  }

  it("takes a fraction of the memory of its samples", async () => {
    let windows = 0;
    const segmentation = answering("segmentation", ([batch = 1]) => {
      const data = new Float32Array(batch * 589 * 7);
      for (let window = 0; window < batch; window++) {
        // Two voices in turn, in one window of twenty: the features behind a print take longest.
        const at = windows + window;
        const speaks = at % 200 < 10 ? 1 + (Math.floor(at / 200) % 2) : 0;
        for (let frame = 0; frame < 589; frame++) data[(window * 589 + frame) * 7 + speaks] = 1;
      }
      windows += batch;
      return { data, dims: [batch, 589, 7] };
    });
    const embedding = answering("embedding", () => ({ data: made(256, noise), dims: [1, 256] }));
    // Four hours were tried once by hand, with windows every 2 s: 152 MB at most, against 922 MB of samples.
    const seconds = 3_600;
    let [largestRead, most] = [0, 0];
    const before = process.memoryUsage().arrayBuffers;
    const sound: Sound = {
      durationMs: seconds * 1_000,
      channels: 1,
      read: (_, start, count) => {
        largestRead = Math.max(largestRead, count);
        most = Math.max(most, process.memoryUsage().arrayBuffers - before);
        return Promise.resolve(new Float32Array(Math.max(0, Math.min(count, seconds * 16_000 - start))));
      },
    };
    const using = { ...noModels, segmentation, embedding };
    const found = await diarize(
      sound,
      { layout: "mono", silentChannels: [] },
      using,
      makeTensor,
      defaultSpeechOptions,
      attention,
    );
    expect(found.method).toBe("neural");
    expect(found.segments.length).toBeGreaterThan(5);
    // A window every 4.9 s of the hour.
    expect(windows).toBeGreaterThan(700);
    expect(largestRead).toBeLessThanOrEqual(60 * 16_000);
    // The samples of the whole would be 230 MB.
    expect(most).toBeLessThan(180e6);
  }, 60_000);
});
