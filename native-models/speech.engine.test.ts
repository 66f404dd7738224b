import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { transcriptSchema } from "../app/conversation/conversation.ts";
import { measure } from "../app/conversation/measures.ts";
import { defaultSpeechOptions, type SpeechOptions } from "../app/conversation/speech.ts";
import { type DemoCall, demoCall, scoreCall } from "./accuracy/demo-call.ts";
import { diarizationErrorRate, diarizationErrors, readRttm, type SpeakerStretch } from "./accuracy/diarization-error.ts";
import { makeTensor, noModels, sharedModels } from "./accuracy/model-folders.ts";
import { cutRecording, ffmpegPath, type Recording, readRecording, recordingOf } from "./accuracy/recording.ts";
import { sharedMaterial, sharedMaterialPresent } from "./accuracy/shared-material.ts";
import { diarize, type Models, recognise, SpeechError } from "./index.ts";

/*
 * The engine whole, on real recordings with real models. What a call comes out as is compared with what is known to be
 * true of it; full figures over all recordings are `npm run accuracy`.
 */

const audio = `${sharedMaterial}audio/`;
const canHear = sharedMaterialPresent && (await ffmpegPath()) !== null;
const models: Models = canHear ? sharedModels(`${sharedMaterial}models/`) : noModels;
const english: SpeechOptions = { ...defaultSpeechOptions, language: "en" };

async function hear(recording: Recording, using: Models = models, options: SpeechOptions = english) {
  const attention = { signal: new AbortController().signal, onProgress: () => {} };
  const diarization = await diarize(recording.sound, recording.audio, using, makeTensor, options, attention);
  const transcript = await recognise(recording.sound, recording.audio, diarization, using, makeTensor, options, attention);
  expect(transcriptSchema.safeParse(transcript).error).toBeUndefined();
  return { diarization, transcript };
}

function stretches(segments: readonly { voice: number; startMs: number; endMs: number }[]): SpeakerStretch[] {
  return segments.map(({ voice, startMs, endMs }) => ({ speaker: String(voice), start: startMs / 1_000, end: endMs / 1_000 }));
}

function truthOf(toS: number): SpeakerStretch[] {
  const { segments } = JSON.parse(readFileSync(`${audio}auto-repair-40-segments.json`, "utf8")) as { segments: SpeakerStretch[] };
  return segments.filter(({ start }) => start < toS).map((one) => ({ ...one, end: Math.min(one.end, toS) }));
}

it("tries recordings and models where they lie beside the repository, and ffmpeg is there", () => {
  const missing = sharedMaterialPresent ? "ffmpeg" : "../shared";
  expect(canHear ? "tried" : `not tried: ${missing} is missing`).toMatch(/tried/u);
});

describe.runIf(canHear)("a synthetic call in stereo", () => {
  it("is heard word by word, each side by itself, with its silence and its overlap", async () => {
    let errors = 0;
    let words = 0;
    for (const name of ["call1", "call2"]) {
      const call: DemoCall = demoCall(`${audio}demo-calls/${name}.json`);
      const { diarization, transcript } = await hear(await readRecording(`${audio}demo-calls/${name}.wav`));
      expect(diarization.method).toBe("channel");
      const score = scoreCall(call, transcript);
      errors += score.errors;
      words += score.words;
      expect(score.rightSide).toBe(1);
      expect(score.startErrorMs.median).toBeLessThanOrEqual(100);
      expect(transcript.shortfalls).toEqual([]);
      expect(transcript.provenance?.models.map(({ id }) => id)).toEqual(["silero-vad", "demo-voice"]);

      const ids = transcript.turns.flatMap((turn) => turn.words.map(({ id }) => id));
      expect(new Set(ids).size).toBe(ids.length);
      for (const turn of transcript.turns) expect(turn.text).toBe(turn.words.map(({ text }) => text).join(" "));

      const { silences, overlaps } = measure(transcript.durationMs, transcript.participants, transcript.turns);
      const silence = call.events.find(({ type }) => type === "silence");
      const overlap = call.events.find(({ type }) => type === "overlap");
      const near = (a: number, b = 0) => Math.abs(a / 1_000 - b) < 0.5;
      expect(
        silences.some(
          (one) => near(one.startMs, silence?.start) && near(one.endMs, silence?.end) && one.endMs - one.startMs >= 5_000,
        ),
      ).toBe(true);
      expect(overlaps.some((one) => near(one.startMs, overlap?.start) && near(one.endMs, overlap?.end))).toBe(true);
    }
    expect(errors / words).toBeLessThanOrEqual(0.12);
  }, 60_000);

  it("is heard in a mix too, and its words are given to the right voices", async () => {
    const { diarization, transcript } = await hear(await readRecording(`${audio}demo-calls/call2.wav`, { mono: true }));
    expect(diarization.method).toBe("neural");
    expect(diarization.voices).toEqual([{ channel: null }, { channel: null }]);
    const score = scoreCall(demoCall(`${audio}demo-calls/call2.json`), transcript);
    expect(score.errors / score.words).toBeLessThanOrEqual(0.12);
    expect(score.rightSide).toBeGreaterThanOrEqual(0.95);
  }, 60_000);
});

describe.runIf(canHear)("a call in another language", () => {
  const unlimited: Models = {
    ...models,
    transcription: models.transcription === null ? null : { ...models.transcription, limited: false },
  };
  const spanish: SpeechOptions = { ...defaultSpeechOptions, language: "es", translate: true };

  it("keeps its own words, and has English beside the turns; a limited model says that it cannot", async () => {
    const recording = cutRecording(await readRecording(`${audio}demo-calls/call2.wav`), 0, 12);
    const { transcript } = await hear(recording, unlimited, spanish);
    const plain = await hear(recording, unlimited, { ...spanish, translate: false });
    expect(transcript.language).toBe("es");
    expect(transcript.shortfalls).toEqual([]);
    expect(transcript.turns.some(({ translation }) => (translation ?? "") !== "")).toBe(true);
    expect(transcript.turns.map(({ translation: _, ...turn }) => turn)).toEqual(plain.transcript.turns);
    const limited = await hear(recording, models, spanish);
    expect(limited.transcript.shortfalls.map(({ lacks }) => lacks)).not.toContain("speakers");
    expect(limited.transcript.turns.every(({ translation }) => translation === undefined)).toBe(true);
  }, 60_000);
});

describe.runIf(canHear)("a call of human voices", () => {
  it("in stereo gives both sides' turns, and says that the model does not understand", async () => {
    const { diarization, transcript } = await hear(cutRecording(await readRecording(`${audio}auto-repair-40-stereo.wav`), 0, 60));
    expect(diarizationErrorRate(diarizationErrors(truthOf(60), stretches(diarization.segments), 0.25))).toBeLessThan(0.05);
    expect(transcript.shortfalls).toEqual([
      { lacks: "words", reason: "model-not-understanding", modelId: "onnx-community/whisper-base_timestamped" },
    ]);
    expect(new Set(transcript.turns.map(({ participantId }) => participantId))).toEqual(new Set(["p0", "p1"]));
    expect(transcript.turns.every(({ text, words }) => text === "" && words.length === 0)).toBe(true);
    expect(transcript.provenance?.models.map(({ id }) => id)).toEqual(["silero-vad"]);
  }, 60_000);

  it("in a mix is told apart", async () => {
    const cut = cutRecording(await readRecording(`${audio}auto-repair-40-mono.wav`), 0, 60);
    const { diarization } = await hear(cut, { ...models, transcription: null });
    expect(diarization.voices).toHaveLength(2);
    expect(diarizationErrorRate(diarizationErrors(truthOf(60), stretches(diarization.segments), 0))).toBeLessThan(0.15);
    for (const [i, one] of diarization.exclusive.entries()) {
      const next = diarization.exclusive[i + 1];
      if (next !== undefined) expect(next.startMs).toBeGreaterThanOrEqual(one.endMs);
    }
  }, 60_000);

  it("over the telephone is told apart, overlap included", async () => {
    const { diarization, transcript } = await hear(await readRecording(`${audio}telephone-30s.wav`));
    const truth = readRttm(readFileSync(`${audio}telephone-30s.rttm`, "utf8"));
    expect(diarizationErrorRate(diarizationErrors(truth, stretches(diarization.segments), 0))).toBeLessThan(0.15);
    expect(transcript.shortfalls.map(({ reason }) => reason)).toEqual(["model-not-understanding"]);
  }, 60_000);
});

describe.runIf(canHear)("without models", () => {
  it("a stereo call has its turns, its silence and its overlap, and says what is missing", async () => {
    const { diarization, transcript } = await hear(await readRecording(`${audio}demo-calls/call1.wav`), noModels);
    const truth = demoCall(`${audio}demo-calls/call1.json`).turns.map(({ channel, start, end }) => ({
      speaker: String(channel),
      start,
      end,
    }));
    expect(diarizationErrorRate(diarizationErrors(truth, stretches(diarization.segments), 0))).toBeLessThan(0.1);
    const { silences, overlaps } = measure(transcript.durationMs, transcript.participants, transcript.turns);
    expect(silences.some(({ startMs, endMs }) => endMs - startMs > 5_000)).toBe(true);
    expect(overlaps).toHaveLength(1);
    expect(transcript.shortfalls).toEqual([
      { lacks: "words", reason: "model-missing", modelId: "onnx-community/whisper-base_timestamped" },
    ]);
  });

  it("hears no cross-talk as speech: a fifth of each side on the other changes little", async () => {
    const { channels } = await readRecording(`${audio}demo-calls/call1.wav`);
    const mixed = channels.map((own, i) => own.map((x, at) => x + 0.2 * (channels[1 - i]?.[at - 80] ?? 0)));
    const { diarization } = await hear({ ...recordingOf(mixed), audio: { layout: "separate", silentChannels: [] } }, noModels);
    const truth = demoCall(`${audio}demo-calls/call1.json`).turns.map(({ channel, start, end }) => ({
      speaker: String(channel),
      start,
      end,
    }));
    expect(diarizationErrorRate(diarizationErrors(truth, stretches(diarization.segments), 0))).toBeLessThan(0.12);
  });

  it("a mono call is one voice, and the model that would tell voices apart is named", async () => {
    const { diarization } = await hear(await readRecording(`${audio}demo-calls/call1.wav`, { mono: true }), noModels);
    expect(diarization.method).toBe("activity");
    expect(diarization.voices).toHaveLength(1);
    expect(diarization.shortfalls).toEqual([
      { lacks: "speakers", reason: "model-missing", modelId: "onnx-community/pyannote-segmentation-3.0" },
    ]);
    const half = await hear(await readRecording(`${audio}telephone-30s.wav`), {
      ...models,
      embedding: null,
      transcription: null,
    });
    expect(half.diarization.shortfalls[0]?.modelId).toBe("onnx-community/wespeaker-voxceleb-resnet34-LM");
  });
});

describe("sound in which nobody speaks", () => {
  const made = (sample: (i: number) => number, seconds = 12) =>
    Float32Array.from({ length: seconds * 16_000 }, (_, i) => sample(i));
  let state = 1;
  const random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 1_073_741_824 - 1;
  };
  const sounds: readonly (readonly [string, Float32Array])[] = [
    ["nothing at all", made(() => 0)],
    ["hiss", made(() => 0.3 * random())],
    ["a faint hum", made((i) => 0.004 * Math.sin(i * 0.0196))],
    ["a tone", made((i) => 0.3 * Math.sin(i * 0.17))],
    ["one sample", Float32Array.of(0.5)],
    ["no sample", new Float32Array(0)],
  ];
  for (const [name, samples] of sounds) {
    it(`gives no words and no turns for ${name}`, async () => {
      for (const using of [noModels, models]) {
        const { transcript } = await hear(recordingOf([samples]), using);
        expect(transcript.turns).toEqual([]);
      }
    });
  }

  it("gives a silent channel a voice without turns", async () => {
    const recording = recordingOf([made((i) => 0.3 * Math.sin(i * 0.17) * Number(i % 32_000 < 12_000)), made(() => 0)]);
    const { diarization, transcript } = await hear(
      { ...recording, audio: { layout: "separate", silentChannels: [1] } },
      noModels,
    );
    expect(diarization.voices).toEqual([{ channel: 0 }, { channel: 1 }]);
    expect(diarization.segments.every(({ voice }) => voice === 0)).toBe(true);
    expect(transcript.participants.map(({ id, channel }) => [id, channel])).toEqual([
      ["p0", 0],
      ["p1", 1],
    ]);
  });
});

describe("cancelling", () => {
  it("ends both steps with a code", async () => {
    const stop = new AbortController();
    stop.abort();
    const attention = { signal: stop.signal, onProgress: () => {} };
    const { sound, audio: layout } = recordingOf([new Float32Array(16_000)]);
    const attempt = diarize(sound, layout, noModels, makeTensor, english, attention);
    await expect(attempt).rejects.toBeInstanceOf(SpeechError);
    await expect(attempt).rejects.toMatchObject({ code: "cancelled" });
  });

  it.runIf(canHear)("stops soon in the middle of the words, and progress only grows", async () => {
    const stop = new AbortController();
    const shares: number[] = [];
    const recording = await readRecording(`${audio}demo-calls/call1.wav`);
    const attention = { signal: stop.signal, onProgress: (share: number) => shares.push(share) };
    const diarization = await diarize(recording.sound, recording.audio, models, makeTensor, english, attention);
    expect(shares.every((share, i) => share >= (shares[i - 1] ?? 0) && share <= 1)).toBe(true);
    expect(shares.at(-1)).toBe(1);
    let cancelledAt = 0;
    const listening = {
      signal: stop.signal,
      onProgress: (share: number) => {
        if (share > 0.2 && cancelledAt === 0) {
          cancelledAt = performance.now();
          stop.abort();
        }
      },
    };
    const attempt = recognise(recording.sound, recording.audio, diarization, models, makeTensor, english, listening);
    await expect(attempt).rejects.toMatchObject({ code: "cancelled" });
    expect(performance.now() - cancelledAt).toBeLessThan(1_000);
  });
});
