import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { transcriptSchema } from "../../../../app/conversation/conversation.ts";
import { type DecodedAudio, defaultSpeechOptions } from "../../../../app/conversation/speech.ts";
import { diarizationContainer, transcriptionContainer } from "../../../../e2e/aws/conversation-intelligence-double.ts";
import { decodedTone } from "../../../../e2e/aws/demo-recording.ts";
import { type S3Double, startS3Double } from "../../../../e2e/aws/s3-double.ts";
import { type SageMakerDouble, startSageMakerDouble } from "../../../../e2e/aws/sagemaker-double.ts";
import { createSageMakerSpeechEngine, type SageMakerSpeechEngine } from "./engine.ts";
import { createPassingMemory } from "./invocation-memory.ts";

/* The endpoints of AWS's conversation-intelligence sample, as they are on the wire. */

let folder = "";
let s3: S3Double;
let sageMaker: SageMakerDouble;
let engine: SageMakerSpeechEngine;
let audio: DecodedAudio;
/** Parameter objects as the containers got them, with the task. */
let parameters: Record<string, string>[] = [];
const quiet = { signal: new AbortController().signal, onProgress: (): void => undefined };
let lines: readonly string[] = [];

/** Samples in a WAV after its header of 44 bytes. */
const samplesOf = (wav: Buffer): number => (wav.length - 44) / 2;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark-sample-"));
  s3 = await startS3Double(["calls", "answers"]);
  sageMaker = await startSageMakerDouble(s3, "answers");
  sageMaker.keepsFailures = false;
  const diarize = diarizationContainer(s3, (wav) => (samplesOf(wav) === 96_000 ? lines : ["wrong length"]));
  const transcribe = transcriptionContainer(s3, (task, wav, name) =>
    name === "1" ? "" : `${task} ${name} ${wav.toString("latin1", 0, 4)} ${samplesOf(wav) / 16}ms`,
  );
  const noting =
    (container: typeof diarize): typeof diarize =>
    (body, type) => {
      parameters.push(JSON.parse(body.toString("utf8")) as Record<string, string>);
      return container(body, type);
    };
  sageMaker.endpoints.set("diarization", noting(diarize));
  sageMaker.endpoints.set("transcription", noting(transcribe));
  const [left, right] = [await decodedTone(folder, "left", 6), await decodedTone(folder, "right", 6)];
  audio = { ...left, layout: "separate", correlation: 0, channels: [...left.channels, ...right.channels] };
  engine = createSageMakerSpeechEngine({
    endpoint: { contract: "conversation-intelligence", diarization: "diarization", transcription: "transcription" },
    connection: {
      profile: null,
      region: "eu-central-1",
      runtimeUrl: sageMaker.url,
      s3Url: s3.url,
      credentials: async () => ({ accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "person" }),
    },
    bucket: "calls",
    prefix: "",
    ffmpeg: () => Promise.reject(new Error("Not needed here.")),
    memory: createPassingMemory(),
    onEgress: () => undefined,
    waits: {
      rule: { attempts: 3, firstMs: 5, longestMs: 20 },
      firstPollMs: 10,
      longestPollMs: 30,
      answerMs: 500,
      regretMs: 50,
    },
  });
});
afterAll(async () => {
  await engine.close();
  await sageMaker.close();
  await s3.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  parameters = [];
  lines = [
    "[ 00:00:00.500 -->  00:00:01.000] A SPEAKER_00",
    "[ 00:00:01.100 -->  00:00:02.000] B SPEAKER_00",
    "[ 00:00:02.100 -->  00:00:03.000] C SPEAKER_01",
    "[ 00:00:02.500 -->  00:00:05.000] D SPEAKER_00",
  ];
});

describe("the endpoints of the conversation-intelligence sample", () => {
  it("are asked as that sample asks them, and what they answer becomes a transcript", async () => {
    const diarization = await engine.diarize(audio, defaultSpeechOptions, quiet);
    expect(diarization.voices).toHaveLength(2);
    expect(diarization.segments.map(({ startMs, endMs, voice }) => [startMs, endMs, voice])).toEqual([
      [500, 1_000, 0],
      [1_100, 2_000, 0],
      [2_100, 3_000, 1],
      [2_500, 5_000, 0],
    ]);
    expect(diarization.exclusive.at(-1)).toMatchObject({ startMs: 3_000, endMs: 5_000, voice: 0 });
    expect(Object.keys(parameters[0] ?? {})).toEqual(["input_location", "task"]);
    expect(parameters[0]).toMatchObject({
      input_location: expect.stringMatching(/^s3:\/\/calls\/[0-9a-f-]{36}\/output\/call\/call\.wav$/u),
      task: "Diarize",
    });

    const options = { ...defaultSpeechOptions, translate: true };
    const transcript = transcriptSchema.parse(await engine.recognise(audio, diarization, options, quiet));
    expect(
      transcript.turns.map(({ participantId, startMs, endMs, text, translation }) => [
        participantId,
        startMs,
        endMs,
        text,
        translation,
      ]),
    ).toEqual([
      ["p0", 500, 2_000, "transcribe 0 RIFF 1500ms", "translate 0 RIFF 1500ms"],
      // Speech without words stays a turn.
      ["p1", 2_100, 3_000, "", ""],
      ["p0", 2_500, 5_000, "transcribe 2 RIFF 2500ms", "translate 2 RIFF 2500ms"],
    ]);
    expect(transcript.turns.flatMap((turn) => turn.words)).toEqual([]);
    expect(transcript.shortfalls.map(({ lacks }) => lacks)).toEqual(["word-times"]);
    expect(parameters.slice(1).map(({ task }) => task)).toEqual(["transcribe", "translate"]);
    expect(parameters[1]).toEqual({
      input_location: expect.stringMatching(/\/output\/call\/chunks\/$/u),
      output_location: expect.stringMatching(/\/output\/call\/txt_chunks\/$/u),
      task: "transcribe",
    });
    await expect.poll(() => [...s3.objects.keys()], { timeout: 3_000 }).toEqual([]);
  });

  it("says so when the lines are none, when nothing answers, and when a text is missing", async () => {
    const german = { ...defaultSpeechOptions, language: "de" };
    lines = ["-"];
    await expect(engine.diarize(audio, german, quiet)).rejects.toMatchObject({ code: "engine-failed" });
    lines = [];
    const silence = await engine.diarize(audio, german, quiet);
    expect(silence.segments).toEqual([]);
    expect((await engine.recognise(audio, silence, german, quiet)).turns).toEqual([]);
    const heard = { startMs: 0, endMs: 1_000, voice: 0, confidence: null };
    const diarization = { ...silence, segments: [heard], exclusive: [heard] };
    sageMaker.endpoints.set("transcription", async () => ({ status: 200, body: Buffer.from("OK") }));
    const transcript = await engine.recognise(audio, diarization, german, quiet);
    expect(transcript.shortfalls.map(({ lacks, reason }) => [lacks, reason])).toContainEqual(["words", "failed"]);
    sageMaker.endpoints.set("transcription", async () => ({ status: 500, body: Buffer.from("no") }));
    await expect(engine.recognise(audio, diarization, german, quiet)).rejects.toMatchObject({ code: "engine-stalled" });
  });
});
