import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { defaultSpeechOptions, diarizationSchema, type SpeechOptions } from "../app/conversation/speech.ts";
import { demoCall } from "./accuracy/demo-call.ts";
import { diarizationErrorRate, diarizationErrors, readRttm, type SpeakerStretch } from "./accuracy/diarization-error.ts";
import { makeTensor, noModels, sharedModels } from "./accuracy/model-folders.ts";
import { ffmpegPath, readRecording, recordingOf } from "./accuracy/recording.ts";
import { sharedMaterial, sharedMaterialPresent } from "./accuracy/shared-material.ts";
import { diarize, type Models } from "./index.ts";

const audio = `${sharedMaterial}audio/`;
const canHear = sharedMaterialPresent && (await ffmpegPath()) !== null;
const models: Models = canHear ? { ...sharedModels(`${sharedMaterial}models/`), transcription: null } : noModels;

/** Hears channels that are not alike; a channel of nothing but zeros is silent. */
async function hear(channels: readonly Float32Array[], options: Partial<SpeechOptions> = {}) {
  const silentChannels = channels.flatMap((samples, channel) => (samples.every((sample) => sample === 0) ? [channel] : []));
  const { sound } = recordingOf(channels);
  const attention = { signal: new AbortController().signal, onProgress: () => {} };
  const layout = { layout: "separate", silentChannels } as const;
  const diarization = await diarize(sound, layout, models, makeTensor, { ...defaultSpeechOptions, ...options }, attention);
  expect(diarizationSchema.safeParse(diarization).error).toBeUndefined();
  return diarization;
}

async function channelsOf(path: string, toS = Infinity, mono = false): Promise<Float32Array[]> {
  const { channels } = await readRecording(`${audio}${path}`, { mono });
  return channels.map((samples) => samples.slice(0, toS * 16_000));
}

function found(segments: readonly { voice: number; startMs: number; endMs: number }[]): SpeakerStretch[] {
  return segments.map(({ voice, startMs, endMs }) => ({ speaker: String(voice), start: startMs / 1_000, end: endMs / 1_000 }));
}

const silent = (like: Float32Array) => new Float32Array(like.length);

describe.runIf(canHear)("a stereo recording with sound on one channel alone", () => {
  it("is told apart when both sides are on it, as if it were mono", async () => {
    const [mix = new Float32Array()] = await channelsOf("demo-calls/call2.wav", Infinity, true);
    const call = await hear([silent(mix), mix]);
    expect(call.voices).toEqual([{ channel: 1 }, { channel: 1 }]);
    const truth = demoCall(`${audio}demo-calls/call2.json`).turns.map(({ channel, start, end }) => ({
      speaker: String(channel),
      start,
      end,
    }));
    expect(diarizationErrorRate(diarizationErrors(truth, found(call.segments), 0))).toBeLessThan(0.08);
    expect(call.models.map(({ task }) => task)).toEqual(["segmentation", "embedding", "activity"]);

    const [telephone = new Float32Array()] = await channelsOf("telephone-30s.wav");
    const short = await hear([telephone, silent(telephone)]);
    const rttm = readRttm(readFileSync(`${audio}telephone-30s.rttm`, "utf8"));
    expect(short.voices).toEqual([{ channel: 0 }, { channel: 0 }]);
    expect(diarizationErrorRate(diarizationErrors(rttm, found(short.segments), 0))).toBeLessThan(0.15);
  }, 60_000);

  it("stays one voice when one side is on it, and when somebody says that a channel is a voice", async () => {
    for (const path of ["agent-side-only.wav", "auto-repair-40-stereo.wav"]) {
      const [side = new Float32Array()] = await channelsOf(path, 60);
      const { voices, segments, models: used } = await hear([side, silent(side)]);
      expect(voices).toEqual([{ channel: 0 }, { channel: 1 }]);
      expect(new Set(segments.map(({ voice }) => voice))).toEqual(new Set([0]));
      expect(used.map(({ task }) => task)).toEqual(["activity"]);
    }
    const [mix = new Float32Array()] = await channelsOf("demo-calls/call2.wav", 20, true);
    expect((await hear([mix, silent(mix)], { separation: "channel" })).voices).toHaveLength(2);
    expect((await hear([mix, silent(mix)], { speakers: 1 })).models.map(({ task }) => task)).toEqual(["activity"]);
  }, 60_000);
});

describe.runIf(canHear)("true stereo", () => {
  it("stays one voice a side", async () => {
    const sides = await channelsOf("auto-repair-40-stereo.wav", 60);
    expect((await hear(sides)).voices).toEqual([{ channel: 0 }, { channel: 1 }]);
  }, 60_000);

  it("splits the channel on which a colleague takes over, and leaves the other", async () => {
    const [handover, end] = [60, 120];
    const [caller = new Float32Array(), agent = new Float32Array()] = await channelsOf("auto-repair-40-stereo.wav", end);
    const [colleague = new Float32Array()] = await channelsOf("agent-side-only.wav", end - handover);
    const line = agent.slice();
    line.set(colleague.subarray(0, line.length - handover * 16_000), handover * 16_000);
    const { voices, segments, exclusive } = await hear([caller, line]);
    expect(voices).toEqual([{ channel: 0 }, { channel: 1 }, { channel: 1 }]);
    const talk = (voice: number, from: number, to: number) =>
      segments
        .filter((segment) => segment.voice === voice)
        .reduce((sum, { startMs, endMs }) => sum + Math.max(0, Math.min(endMs, to * 1_000) - Math.max(startMs, from * 1_000)), 0);
    const before = talk(1, 0, handover) > talk(2, 0, handover) ? 1 : 2;
    expect(talk(before, 0, handover)).toBeGreaterThan(9 * talk(3 - before, 0, handover));
    expect(talk(3 - before, handover, end)).toBeGreaterThan(9 * talk(before, handover, end));
    const line1 = exclusive.filter(({ voice }) => voice > 0);
    for (const [i, { endMs }] of line1.entries()) expect(line1[i + 1]?.startMs ?? Infinity).toBeGreaterThanOrEqual(endMs);
  }, 60_000);
});
