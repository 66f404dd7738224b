import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { defaultSpeechOptions, diarizationSchema, type SpeechOptions } from "../app/conversation/speech.ts";
import { demoCall, scoreCall } from "./accuracy/demo-call.ts";
import { diarizationErrorRate, diarizationErrors, readRttm, type SpeakerStretch } from "./accuracy/diarization-error.ts";
import { makeTensor, noModels, sharedModels } from "./accuracy/model-folders.ts";
import { ffmpegPath, readRecording, recordingOf } from "./accuracy/recording.ts";
import { sharedMaterial, sharedMaterialPresent } from "./accuracy/shared-material.ts";
import { activityFrame, speechProbabilities } from "./diarization/speech-activity.ts";
import { diarize, type Models, recognise } from "./index.ts";

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
  }, 120_000);

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
  }, 120_000);
});

describe.runIf(canHear)("true stereo", () => {
  it("stays one voice a side", async () => {
    const sides = await channelsOf("auto-repair-40-stereo.wav", 60);
    expect((await hear(sides)).voices).toEqual([{ channel: 0 }, { channel: 1 }]);
  }, 120_000);

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
  }, 120_000);
});

describe.runIf(canHear)("how many voices a mono recording has", () => {
  const count = async (path: string, options: Partial<SpeechOptions>) => {
    const [mono = new Float32Array()] = await channelsOf(path, Infinity, true);
    return hear([mono], { separation: "speaker", ...options });
  };

  it("is what somebody says, where so many speak for long enough to tell", async () => {
    for (const [path, speakers] of [
      ["three-speakers.wav", 3],
      ["meetings/ami_trn04.wav", 3],
      ["meetings/ami_tst00.wav", 4],
      ["meetings/ami_dev00.wav", 2],
      ["meetings/ami_trn02.wav", 1],
    ] as const) {
      const { voices, segments } = await count(path, { speakers });
      expect([path, voices.length, new Set(segments.map(({ voice }) => voice)).size]).toEqual([path, speakers, speakers]);
    }
  }, 120_000);

  it("lies within the range that somebody gives, and a number goes before a range", async () => {
    const three = { least: 3, most: 5 };
    const wide = (await count("three-speakers.wav", { speakerRange: three })).voices.length;
    expect(wide).toBeGreaterThanOrEqual(3);
    expect(wide).toBeLessThanOrEqual(5);
    const free = await count("three-speakers.wav", { speakerRange: { least: 1, most: 6 } });
    expect(new Set(free.segments.map(({ voice }) => voice)).size).toBe(free.voices.length);
    expect((await count("three-speakers.wav", { speakerRange: { least: 1, most: 2 } })).voices.length).toBeLessThanOrEqual(2);
    expect((await count("three-speakers.wav", { speakers: 2, speakerRange: three })).voices).toHaveLength(2);
  }, 120_000);

  it("three are told apart with little error", async () => {
    const { segments } = await count("three-speakers.wav", { speakers: 3 });
    const reference = JSON.parse(readFileSync(`${audio}three-speakers-reference.json`, "utf8")) as {
      tests: { diarization_tests: { segments: { speaker_tag: number; start_sec: number; end_sec: number }[] }[] };
    };
    const truth = reference.tests.diarization_tests.flatMap((one) =>
      one.segments.map(({ speaker_tag: tag, start_sec: start, end_sec: end }) => ({ speaker: String(tag), start, end })),
    );
    expect(diarizationErrorRate(diarizationErrors(truth, found(segments), 0))).toBeLessThan(0.06);
  }, 120_000);
});

describe.runIf(canHear)("two voices on one channel", () => {
  it("share one listening: what is said there is heard once, and each gets their own words", async () => {
    const [mix = new Float32Array()] = await channelsOf("demo-calls/call2.wav", Infinity, true);
    const channels = [silent(mix), mix];
    const diarization = await hear(channels);
    expect(diarization.voices).toEqual([{ channel: 1 }, { channel: 1 }]);
    const { sound } = recordingOf(channels);
    const attention = { signal: new AbortController().signal, onProgress: () => {} };
    const layout = { layout: "separate", silentChannels: [0] } as const;
    const english = { ...defaultSpeechOptions, language: "en" };
    const using = sharedModels(`${sharedMaterial}models/`);
    const transcript = await recognise(sound, layout, diarization, using, makeTensor, english, attention);
    const score = scoreCall(demoCall(`${audio}demo-calls/call2.json`), transcript);
    expect(score.errors / score.words).toBeLessThan(0.1);
    expect(score.rightSide).toBeGreaterThan(0.95);
    expect(new Set(transcript.turns.map(({ participantId }) => participantId))).toEqual(new Set(["p0", "p1"]));
    const words = transcript.turns.flatMap((turn) => turn.words);
    expect(words.length).toBeLessThan(1.1 * score.words);
  }, 120_000);
});

describe.runIf(canHear)("speech activity of a long recording", () => {
  it("is listened to in parts side by side, and each part lies where it belongs", async () => {
    const { activity } = models;
    if (activity === null) throw new Error("There is no speech-activity model.");
    const attention = { signal: new AbortController().signal, onProgress: () => {} };
    const of = async (samples: Float32Array) =>
      speechProbabilities(recordingOf([samples]).sound, 0, activity, makeTensor, attention);
    // The same 1,250 frames of a call again and again: what is heard in one round is heard in the next.
    const round = 1_250;
    const [call = new Float32Array()] = await channelsOf("auto-repair-40-stereo.wav", (round * activityFrame) / 16_000);
    const long = new Float32Array(8 * call.length);
    for (let at = 0; at < long.length; at += call.length) long.set(call, at);
    const [alone, parted] = [await of(call), await of(long)];
    expect(parted).toHaveLength(8 * round);
    expect(parted.slice(0, round)).toEqual(alone);
    const spoken = (from: number, i: number) => (parted[from + i] ?? 0) >= 0.5;
    for (let from = 2 * round; from < parted.length; from += round) {
      let otherwise = 0;
      for (let i = 0; i < round; i++) if (spoken(from, i) !== spoken(round, i)) otherwise++;
      expect(otherwise / round).toBeLessThan(0.02);
    }
    expect(parted.filter((probability) => probability >= 0.5).length).toBeGreaterThan(0.2 * parted.length);
  }, 120_000);
});
