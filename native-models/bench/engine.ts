import { basename, dirname, resolve } from "node:path";
import type { InferenceSession } from "onnxruntime-common";
import { defaultSpeechOptions } from "../../app/conversation/speech.ts";
import { folderModel, makeTensor, sharedModels } from "../accuracy/model-folders.ts";
import { type Recording, readRecording, recordingOf } from "../accuracy/recording.ts";
import { sharedMaterial } from "../accuracy/shared-material.ts";
import { wordsOf } from "../alignment/words.ts";
import { logMel } from "../audio/log-mel.ts";
import { samplesPerMs } from "../audio/sample-rate.ts";
import { joinStretches } from "../audio/spans.ts";
import { diarize, type Model, type Models, recognise } from "../index.ts";
import { readConfiguration } from "../whisper/configuration.ts";
import { decodeWindows, promptOf, whisperThresholds } from "../whisper/decoding.ts";
import { openNetwork, rowsTogether } from "../whisper/network.ts";
import { decodingRules } from "../whisper/rules.ts";
import { readTokens } from "../whisper/tokens.ts";
import { fullWindows, planWindows, readWindow } from "../whisper/windows.ts";

/*
 * One engine, one task, in this process; prints what it measured as JSON.
 *
 * node engine.ts earmark|peer windows|file MODEL SECONDS THREADS mono|stereo
 */

const [engine = "", task = "", folder = "", seconds = "60", threadsAsked = "2", layout = "stereo"] = process.argv.slice(2);
const threads = Number(threadsAsked);
const attention = { signal: new AbortController().signal, onProgress: () => {} };
const english = { ...defaultSpeechOptions, language: "en" };

/** Seconds and runs of each stage. */
const spent = new Map<string, { seconds: number; runs: number; tokens: number }>();

function spend(stage: string, since: number, tokens = 0): void {
  const before = spent.get(stage) ?? { seconds: 0, runs: 0, tokens: 0 };
  const took = (performance.now() - since) / 1_000;
  spent.set(stage, { seconds: before.seconds + took, runs: before.runs + 1, tokens: before.tokens + tokens });
}

/** Counts a session's time to a stage. */
function timed(session: InferenceSession, stage: string): InferenceSession {
  const run = session.run.bind(session);
  const counted = async (...given: Parameters<typeof run>) => {
    const since = performance.now();
    const result = await run(...given);
    const ids = given[0]["input_ids"];
    // A token for each row of a step after the prompt.
    spend(stage, since, ids?.dims[1] === 1 ? (ids.dims[0] ?? 0) : 0);
    return result;
  };
  return new Proxy(session, { get: (target, name) => (name === "run" ? counted : Reflect.get(target, name, target)) });
}

function timedModel(model: Model | null, stage?: string): Model | null {
  if (model === null) return null;
  const named = (path: string) => stage ?? (path.includes("encoder") ? "encoder" : "decoder");
  return { ...model, open: async (path, options) => timed(await model.open(path, { ...options, threads }), named(path)) };
}

/** The synthetic calls one after another, over and over. */
async function sound(): Promise<Recording> {
  const length = Number(seconds) * 16_000;
  const mono = layout === "mono";
  const calls = await Promise.all(
    ["call1", "call2", "call3"].map((name) => readRecording(`${sharedMaterial}audio/demo-calls/${name}.wav`, { mono })),
  );
  const channels = Array.from({ length: mono ? 1 : 2 }, (_, channel) => {
    const out = new Float32Array(length);
    for (let at = 0, i = 0; at < length; i++) {
      const piece = calls[i % calls.length]?.channels[channel] ?? new Float32Array(length);
      out.set(piece.subarray(0, length - at), at);
      at += piece.length;
    }
    return out;
  });
  return recordingOf(channels);
}

/** The windows that Earmark cuts. */
async function windowsOf(recording: Recording): Promise<Float32Array[]> {
  const models = { ...sharedModels(`${sharedMaterial}models`), transcription: null };
  const { voices, segments } = await diarize(recording.sound, recording.audio, models, makeTensor, english, attention);
  const windows: Float32Array[] = [];
  const tracks = voices.some(({ channel }) => channel !== null)
    ? voices.map(({ channel }, voice) => ({ channel, voice }))
    : [{ channel: 0, voice: null }];
  for (const { channel, voice } of tracks) {
    const speech = segments
      .filter((segment) => voice === null || segment.voice === voice)
      .map(({ startMs, endMs }) => ({ start: startMs * samplesPerMs, end: endMs * samplesPerMs }));
    const length = Math.round(recording.sound.durationMs * samplesPerMs);
    for (const window of await planWindows(recording.sound, channel ?? 0, joinStretches(speech), length, fullWindows))
      windows.push(await readWindow(recording.sound, channel ?? 0, window));
  }
  return windows;
}

async function earmark(recording: Recording): Promise<number> {
  const id = folder.includes("demo-voice") ? "demo-voice" : "onnx-community/whisper-tiny_timestamped";
  const model = timedModel(folderModel(folder, id)) as Model;
  const configuration = await readConfiguration(model);
  const network = await openNetwork(model, configuration, makeTensor, threads);
  if (task === "file") {
    const shared = sharedModels(`${sharedMaterial}models`);
    const models: Models = {
      ...shared,
      activity: timedModel(shared.activity, "speech activity"),
      segmentation: timedModel(shared.segmentation, "segmentation"),
      embedding: timedModel(shared.embedding, "voice prints"),
      transcription: model,
    };
    await models.activity?.open("onnx/model.onnx");
    const since = performance.now();
    const diarization = await diarize(recording.sound, recording.audio, models, makeTensor, english, attention);
    await recognise(recording.sound, recording.audio, diarization, models, makeTensor, english, attention);
    return (performance.now() - since) / 1_000;
  }
  const windows = await windowsOf(recording);
  const reader = await readTokens(model);
  const mel = logMel(configuration.features);
  const decoder = { network, configuration, rules: decodingRules(configuration), reader };
  const together = rowsTogether(configuration);
  const prompt = promptOf(configuration, "en", "transcribe");
  const greedy = { ...whisperThresholds, temperatures: [0] };
  const since = performance.now();
  for (let at = 0; at < windows.length; at += together) {
    const utterances = [];
    for (const samples of windows.slice(at, at + together)) {
      const begun = performance.now();
      const features = mel.features(samples);
      spend("features", begun);
      utterances.push({ encoded: await network.encode(features), seconds: samples.length / 16_000 });
    }
    const all = await decodeWindows(decoder, utterances, prompt, greedy, attention.signal);
    const begun = performance.now();
    for (const [i, decoded] of all.entries()) wordsOf(decoded, configuration, reader, "en", windows[at + i]?.length ?? 0);
    spend("word times", begun);
  }
  return (performance.now() - since) / 1_000;
}

async function peer(recording: Recording): Promise<number> {
  // Loaded here alone, so that its code does not count as Earmark's memory.
  const { env, pipeline } = await import("@huggingface/transformers");
  env.allowRemoteModels = false;
  env.localModelPath = dirname(resolve(folder));
  const hear = await pipeline("automatic-speech-recognition", basename(resolve(folder)), {
    dtype: "fp32",
    device: "cpu",
    session_options: {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      extra: { session: { intra_op: { allow_spinning: "0" } } },
    },
  });
  const sessions = hear.model.sessions as unknown as Record<string, InferenceSession>;
  for (const [name, session] of Object.entries(sessions)) {
    const run = timed(session, name === "model" ? "encoder" : "decoder").run;
    Object.defineProperty(session, "run", { value: run });
  }
  const options = { return_timestamps: "word", language: "en", task: "transcribe" } as const;
  const windows = task === "windows" ? await windowsOf(recording) : recording.channels;
  const since = performance.now();
  for (const samples of windows) {
    // A window of its own is heard once; with a limit on tokens transformers.js does not go over what is left of it.
    const how = task === "windows" ? { max_new_tokens: 224 } : { chunk_length_s: 30, stride_length_s: 5 };
    await hear(samples as Float32Array, { ...options, ...how });
  }
  return (performance.now() - since) / 1_000;
}

const recording = await sound();
const took = engine === "peer" ? await peer(recording) : await earmark(recording);
const stages = Object.fromEntries([...spent].map(([stage, { seconds: own }]) => [stage, own]));
const rest = took - Object.values(stages).reduce((sum, own) => sum + own, 0);
console.log(
  JSON.stringify({
    seconds: took,
    windows: spent.get("encoder")?.runs ?? 0,
    tokens: spent.get("decoder")?.tokens ?? 0,
    stages: { ...stages, rest },
    peakBytes: process.resourceUsage().maxRSS * 1_024,
  }),
);
