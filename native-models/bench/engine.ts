import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import type { InferenceSession } from "onnxruntime-common";
import { defaultSpeechOptions } from "../../app/conversation/speech.ts";
import { decodeMedia } from "../../main/backend/media/decode.ts";
import { findFfmpeg } from "../../main/backend/media/ffmpeg.ts";
import { probeMedia } from "../../main/backend/media/probe.ts";
import { openPcm } from "../../main/backend/speech/pcm-sound.ts";
import { memoryKeeper } from "../../main/backend/speech/process-memory.ts";
import { folderModel, makeTensor, sharedModels } from "../accuracy/model-folders.ts";
import { sharedMaterial } from "../accuracy/shared-material.ts";
import { wordsOf } from "../alignment/words.ts";
import { logMel } from "../audio/log-mel.ts";
import { samplesPerMs } from "../audio/sample-rate.ts";
import { joinStretches } from "../audio/spans.ts";
import type { SoundLayout } from "../diarize.ts";
import { diarize, type Model, type Models, recognise } from "../index.ts";
import type { Sound } from "../session.ts";
import { readConfiguration } from "../whisper/configuration.ts";
import { decodeWindows, promptOf, whisperThresholds } from "../whisper/decoding.ts";
import { openNetwork, rowsTogether } from "../whisper/network.ts";
import { decodingRules } from "../whisper/rules.ts";
import { readTokens } from "../whisper/tokens.ts";
import { fullWindows, planWindows, readWindow } from "../whisper/windows.ts";
import { type Assignment, assignmentSchema, type Cost, type Measured } from "./measured.ts";

/*
 * One engine, one task, in this process; prints what it measured as JSON. Opening models is not counted.
 *
 * node engine.ts ASSIGNMENT_AS_JSON
 */

const assignment: Assignment = assignmentSchema.parse(JSON.parse(process.argv[2] ?? "{}"));
const { threads } = assignment;
const attention = { signal: new AbortController().signal, onProgress: () => {} };
const english = { ...defaultSpeechOptions, language: "en" };

// As the speech process does while it works; transformers.js is left as it is.
if (assignment.engine === "earmark") {
  const memory = memoryKeeper();
  setInterval(() => memory.look(), 500).unref();
}

/** What each stage cost so far. */
const spent = new Map<string, Cost>();
let [windowsHeard, tokensHeard] = [0, 0];

function stopwatch(): () => Cost {
  const [since, cpuSince] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(cpuSince);
    return { seconds: (performance.now() - since) / 1_000, cpuSeconds: (user + system) / 1e6 };
  };
}

async function counted<Result>(stage: string, work: () => Result | Promise<Result>): Promise<Result> {
  const watch = stopwatch();
  const result = await work();
  const { seconds, cpuSeconds } = watch();
  const before = spent.get(stage) ?? { seconds: 0, cpuSeconds: 0 };
  spent.set(stage, { seconds: before.seconds + seconds, cpuSeconds: before.cpuSeconds + cpuSeconds });
  return result;
}

/** Counts a session's runs to a stage. */
function timed(session: InferenceSession, stage: string): InferenceSession {
  const run = session.run.bind(session);
  const watched = (...given: Parameters<typeof run>) => {
    const ids = given[0]["input_ids"];
    // A token for each row of a step after the prompt.
    if (ids?.dims[1] === 1) tokensHeard += ids.dims[0] ?? 0;
    if (stage === "encoder") windowsHeard++;
    return counted(stage, () => run(...given));
  };
  return new Proxy(session, { get: (target, name) => (name === "run" ? watched : Reflect.get(target, name, target)) });
}

function timedModel(model: Model | null, stage?: string): Model | null {
  if (model === null) return null;
  const named = (path: string) => stage ?? (path.includes("encoder") ? "encoder" : "decoder");
  const opened = new Map<string, Promise<InferenceSession>>();
  return {
    ...model,
    open(path, options) {
      const session = opened.get(path) ?? model.open(path, options).then((one) => timed(one, named(path)));
      opened.set(path, session);
      return session;
    },
  };
}

/** The models that tell voices apart. */
function listeners(): Models {
  const shared = sharedModels(`${sharedMaterial}models`);
  return {
    activity: timedModel(shared.activity, "speech activity"),
    segmentation: timedModel(shared.segmentation, "segmentation"),
    embedding: timedModel(shared.embedding, "voice prints"),
    transcription: null,
  };
}

function whisper(): Model {
  const id = assignment.model.includes("demo-voice") ? "demo-voice" : "onnx-community/whisper-tiny_timestamped";
  return timedModel(folderModel(assignment.model, id)) as Model;
}

/** Decodes the recording as the backend does, lends it, and removes it. */
async function withRecording<Result>(
  stage: string,
  work: (sound: Sound, audio: SoundLayout) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "earmark-bench-"));
  try {
    const ffmpeg = await findFfmpeg();
    const { audio } = await counted(stage, async () =>
      decodeMedia(ffmpeg, assignment.recording, await probeMedia(ffmpeg, assignment.recording), folder, attention),
    );
    const sound = await openPcm(audio);
    try {
      return await work(sound, audio);
    } finally {
      await sound.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes the windows that Earmark cuts, one after another, with their lengths. */
async function plan(): Promise<void> {
  await withRecording("decoding", async (sound, audio) => {
    const { voices, segments } = await diarize(sound, audio, listeners(), makeTensor, english, attention);
    const apart = voices.some(({ channel }) => channel !== null);
    const tracks = apart ? voices.map(({ channel }, voice) => ({ channel, voice })) : [{ channel: 0, voice: null }];
    const windows: Float32Array[] = [];
    for (const { channel, voice } of tracks) {
      const speech = segments
        .filter((segment) => voice === null || segment.voice === voice)
        .map(({ startMs, endMs }) => ({ start: startMs * samplesPerMs, end: endMs * samplesPerMs }));
      const length = Math.round(sound.durationMs * samplesPerMs);
      for (const window of await planWindows(sound, channel ?? 0, joinStretches(speech), length, fullWindows))
        windows.push(await readWindow(sound, channel ?? 0, window));
    }
    await writeFile(`${assignment.windows}.json`, JSON.stringify(windows.map(({ length }) => length)));
    await writeFile(assignment.windows, Buffer.concat(windows.map((one) => new Uint8Array(one.buffer, 0, one.byteLength))));
  });
}

async function plannedWindows(): Promise<Float32Array[]> {
  const lengths = JSON.parse(await readFile(`${assignment.windows}.json`, "utf8")) as number[];
  const bytes = await readFile(assignment.windows);
  const all = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  let end = 0;
  return lengths.map((length) => {
    end += length;
    return all.subarray(end - length, end);
  });
}

async function earmarkWindows(): Promise<Cost> {
  const model = whisper();
  const configuration = await readConfiguration(model);
  const reader = await readTokens(model);
  const network = await openNetwork(model, configuration, makeTensor, threads);
  const windows = await plannedWindows();
  const mel = logMel(configuration.features);
  const decoder = { network, configuration, rules: decodingRules(configuration), reader };
  const together = rowsTogether(configuration);
  const prompt = promptOf(configuration, "en", "transcribe");
  const greedy = { ...whisperThresholds, temperatures: [0] };
  const watch = stopwatch();
  for (let at = 0; at < windows.length; at += together) {
    const utterances = [];
    for (const samples of windows.slice(at, at + together)) {
      const features = await counted("features", () => mel.features(samples));
      utterances.push({ encoded: await network.encode(features), seconds: samples.length / 16_000 });
    }
    const all = await decodeWindows(decoder, utterances, prompt, greedy, attention.signal);
    await counted("word times", () => {
      for (const [i, decoded] of all.entries()) wordsOf(decoded, configuration, reader, "en", windows[at + i]?.length ?? 0);
    });
  }
  return watch();
}

async function earmarkRecording(): Promise<Cost> {
  const models: Models = { ...listeners(), transcription: whisper() };
  const model = models.transcription as Model;
  // Opened beforehand, so that it is not counted.
  await openNetwork(model, await readConfiguration(model), makeTensor, threads);
  for (const one of [models.activity, models.segmentation, models.embedding]) await one?.open("onnx/model.onnx", { threads: 1 });
  const whole = stopwatch();
  return withRecording("decoding", async (sound, audio) => {
    const heard = stopwatch();
    const diarization = await diarize(sound, audio, models, makeTensor, english, attention);
    await recognise(sound, audio, diarization, models, makeTensor, english, attention);
    if (assignment.task === "pipeline") return whole();
    spent.delete("decoding");
    return heard();
  });
}

async function peer(): Promise<Cost> {
  // Loaded here alone, so that its code does not count as Earmark's memory.
  const { env, pipeline } = await import("@huggingface/transformers");
  env.allowRemoteModels = false;
  env.localModelPath = dirname(resolve(assignment.model));
  const plain = existsSync(join(assignment.model, "onnx", "encoder_model.onnx"));
  const hear = await pipeline("automatic-speech-recognition", basename(resolve(assignment.model)), {
    dtype: plain ? "fp32" : "q8",
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
  const inWindows = assignment.task === "windows";
  const sounds = inWindows ? await plannedWindows() : await withRecording("decoding", wholeChannels);
  spent.clear();
  const watch = stopwatch();
  for (const samples of sounds) {
    // A window of its own is heard once; with a limit on tokens transformers.js does not go over what is left of it.
    const how = inWindows ? { max_new_tokens: 224 } : { chunk_length_s: 30, stride_length_s: 5 };
    await hear(samples, { ...options, ...how });
  }
  return watch();
}

/** Channels at one piece, as transformers.js wants them; read by the minute, so that nothing more is needed on the way. */
async function wholeChannels(sound: Sound): Promise<Float32Array[]> {
  const length = Math.floor(sound.durationMs * samplesPerMs);
  const minute = 60_000 * samplesPerMs;
  const channels: Float32Array[] = [];
  for (let channel = 0; channel < sound.channels; channel++) {
    const samples = new Float32Array(length);
    for (let at = 0; at < length; at += minute) samples.set(await sound.read(channel, at, Math.min(minute, length - at)), at);
    channels.push(samples);
  }
  return channels;
}

async function measure(): Promise<Cost> {
  if (assignment.engine === "peer") return peer();
  return assignment.task === "windows" ? earmarkWindows() : earmarkRecording();
}

if (assignment.task === "plan") await plan();
else {
  const total = await measure();
  const stages = Object.fromEntries(spent);
  const sum = (pick: (cost: Cost) => number) => [...spent.values()].reduce((all, cost) => all + pick(cost), 0);
  const rest = {
    seconds: total.seconds - sum(({ seconds }) => seconds),
    cpuSeconds: total.cpuSeconds - sum(({ cpuSeconds }) => cpuSeconds),
  };
  const measured: Measured = {
    total,
    stages: { ...stages, rest },
    windows: windowsHeard,
    tokens: tokensHeard,
    peakBytes: process.resourceUsage().maxRSS * 1_024,
  };
  console.log(JSON.stringify(measured));
}
