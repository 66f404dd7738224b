import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { defaultSpeechOptions } from "../../app/conversation/speech.ts";
import { demoCall } from "../accuracy/demo-call.ts";
import { diarizationErrorRate, diarizationErrors, readRttm, type SpeakerStretch } from "../accuracy/diarization-error.ts";
import { makeTensor, sharedModels } from "../accuracy/model-folders.ts";
import { readRecording, soundOf } from "../accuracy/recording.ts";
import { sharedMaterial, sharedMaterialPresent } from "../accuracy/shared-material.ts";
import { segmentationFrame } from "../diarization/segmentation.ts";
import { diarize, type Models } from "../index.ts";

/*
 * Who spoke when, against sherpa-onnx: the same segmentation and embedding graphs, the same samples, one thread each, the
 * number of voices given, one after the other. sherpa-onnx lays a window each second, Earmark every three; Earmark also listens for speech and for
 * other sounds. Seconds are of processor time too, because other work on the machine does not lengthen those.
 *
 * node native-models/bench/diarization.ts [minutes ...]
 */

const run = promisify(execFile);
const audio = `${sharedMaterial}audio/`;
const modelFolder = `${sharedMaterial}models/`;
const rate = 16_000;

const segmentationMetadata = {
  model_type: "pyannote-segmentation-3.0",
  sample_rate: rate,
  window_size: 10 * rate,
  window_shift: rate,
  receptive_field_size: 991,
  receptive_field_shift: segmentationFrame,
  num_speakers: 3,
  powerset_max_classes: 2,
  num_classes: 7,
};

interface Result {
  readonly segments: readonly SpeakerStretch[];
  readonly seconds: number;
  readonly cpuSeconds: number;
}

interface Task {
  readonly name: string;
  readonly samples: Float32Array;
  readonly truth: readonly SpeakerStretch[];
  readonly voices: number;
}

if (sharedMaterialPresent) await main();
else console.log("Nothing was measured: ../shared with its recordings is not beside the repository.");

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "earmark-bench-"));
  try {
    const embedding = join(folder, "embedding.onnx");
    writeFileSync(
      embedding,
      withMetadata(readFileSync(`${modelFolder}speaker-embedding-lda/model.onnx`), {
        framework: "wespeaker",
        language: "English",
        sample_rate: rate,
        output_dim: 64,
        normalize_samples: 0,
        feature_normalize_type: "global-mean",
      }),
    );
    const segmentation = join(folder, "segmentation.onnx");
    const graph = readFileSync(`${modelFolder}segmentation-3.0-recovered/model.onnx`);
    writeFileSync(segmentation, withMetadata(graph, segmentationMetadata));
    const models: Models = { ...sharedModels(modelFolder), transcription: null };
    const minutes = process.argv.slice(2).map(Number);
    const tasks = await tasksOf(minutes.length > 0 ? minutes : [1, 10]);
    console.log("seconds of processor time (elapsed), diarization error without collar, overlap scored\n");
    console.log(`${"recording".padEnd(30)}${"Earmark".padEnd(22)}${"sherpa-onnx".padEnd(22)}times faster (elapsed)`);
    for (const task of tasks) {
      const samplesPath = join(folder, "samples.f32");
      writeFileSync(samplesPath, new Uint8Array(task.samples.buffer, task.samples.byteOffset, task.samples.byteLength));
      const own = await earmark(task, models);
      const theirs = await sherpa(segmentation, embedding, samplesPath, task.voices);
      const cell = ({ cpuSeconds, seconds, segments }: Result) => {
        const error = diarizationErrorRate(diarizationErrors(task.truth, segments, 0));
        return `${cpuSeconds.toFixed(1)} (${seconds.toFixed(1)})  ${(100 * error).toFixed(1)} %`.padEnd(22);
      };
      const ratio = `${(theirs.cpuSeconds / own.cpuSeconds).toFixed(1)} (${(theirs.seconds / own.seconds).toFixed(1)})`;
      console.log(`${task.name.padEnd(30)}${cell(own)}${cell(theirs)}${ratio}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function tasksOf(minutes: readonly number[]): Promise<Task[]> {
  const mono = async (path: string) => (await readRecording(audio + path, { mono: true })).channels[0] ?? new Float32Array(0);
  const { segments } = JSON.parse(readFileSync(`${audio}auto-repair-40-segments.json`, "utf8")) as {
    segments: SpeakerStretch[];
  };
  const repair = await mono("auto-repair-40-mono.wav");
  const calls = minutes.map((count) => ({
    name: `auto-repair-40, ${count} min`,
    ...lengthened(repair, segments, count * 60),
    voices: 2,
  }));
  const demo = demoCall(`${audio}demo-calls/call2.json`).turns.map(({ channel, start, end }) => ({
    speaker: String(channel),
    start,
    end,
  }));
  return [
    {
      name: "telephone-30s",
      samples: await mono("telephone-30s.wav"),
      truth: readRttm(readFileSync(`${audio}telephone-30s.rttm`, "utf8")),
      voices: 2,
    },
    { name: "demo call2, mixed", samples: await mono("demo-calls/call2.wav"), truth: demo, voices: 2 },
    ...calls,
  ];
}

/** A call cut, or said again from its beginning, until it is as long as asked for. */
function lengthened(samples: Float32Array, truth: readonly SpeakerStretch[], seconds: number) {
  const out = new Float32Array(seconds * rate);
  const stretches: SpeakerStretch[] = [];
  for (let at = 0; at < out.length; at += samples.length) {
    out.set(samples.subarray(0, out.length - at), at);
    const from = at / rate;
    for (const { speaker, start, end } of truth) {
      if (from + start < seconds) stretches.push({ speaker, start: from + start, end: Math.min(seconds, from + end) });
    }
  }
  return { samples: out, truth: stretches };
}

async function earmark(task: Task, models: Models): Promise<Result> {
  // Opened beforehand: the other one's time to open is not counted either.
  for (const model of [models.segmentation, models.embedding, models.activity])
    await model?.open("onnx/model.onnx", { threads: 1 });
  const attention = { signal: new AbortController().signal, onProgress: () => {} };
  const options = { ...defaultSpeechOptions, speakers: task.voices };
  const begin = process.cpuUsage();
  const beginMs = performance.now();
  const audioLayout = { layout: "mono", silentChannels: [] } as const;
  const { segments } = await diarize(soundOf([task.samples]), audioLayout, models, makeTensor, options, attention);
  const seconds = (performance.now() - beginMs) / 1_000;
  const { user, system } = process.cpuUsage(begin);
  const found = segments.map(({ voice, startMs, endMs }) => ({
    speaker: String(voice),
    start: startMs / 1_000,
    end: endMs / 1_000,
  }));
  return { segments: found, seconds, cpuSeconds: (user + system) / 1e6 };
}

async function sherpa(segmentation: string, embedding: string, samples: string, voices: number): Promise<Result> {
  const script = fileURLToPath(new URL("sherpa-diarization.ts", import.meta.url));
  const { stdout } = await run(process.execPath, [script, segmentation, embedding, samples, String(voices)], {
    maxBuffer: 1 << 26,
  });
  return JSON.parse(stdout.slice(stdout.indexOf("{"))) as Result;
}

/**
 * An ONNX file with the metadata that sherpa-onnx's loader asks for: field 14 of ModelProto, a key (1) and a value (2)
 * each. Repeated fields of a protocol buffer may follow at the end, so that nothing else is touched.
 */
function withMetadata(graph: Uint8Array, metadata: Record<string, string | number>): Buffer {
  const text = (field: number, value: string) => {
    const bytes = Buffer.from(value, "utf8");
    return Buffer.concat([Buffer.from([(field << 3) | 2]), varint(bytes.length), bytes]);
  };
  const entries = Object.entries(metadata).map(([key, value]) => {
    const entry = Buffer.concat([text(1, key), text(2, String(value))]);
    return Buffer.concat([Buffer.from([(14 << 3) | 2]), varint(entry.length), entry]);
  });
  return Buffer.concat([graph, ...entries]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 127) | 128);
  }
}
