import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { demoCall } from "../accuracy/demo-call.ts";
import { diarizationErrorRate, diarizationErrors, readRttm, type SpeakerStretch } from "../accuracy/diarization-error.ts";
import { readRecording } from "../accuracy/recording.ts";
import { sharedMaterial, sharedMaterialPresent } from "../accuracy/shared-material.ts";
import { segmentationFrame } from "../diarization/segmentation.ts";

/*
 * Who spoke when, against sherpa-onnx: the same segmentation and embedding graphs, the same samples, one thread each, the
 * number of voices given, each in a process of its own, in turn. Earmark runs as it is delivered; it also listens for speech
 * and for other sounds, which sherpa-onnx does not. sherpa-onnx
 * lays a window each second, a tenth of its length, whatever the model's description says; so Earmark runs twice: with its own
 * step (`segmentationLayout`: 3 s, in a long recording 4.9) and with a window each second. The least of the rounds counts:
 * other work on the machine only lengthens. Processor time is shown first, because that lengthens it least.
 *
 * node native-models/bench/diarization.ts [--rounds 2] [--alone] [minutes ...]     (--alone: Earmark and its memory only)
 */

const run = promisify(execFile);
const audio = `${sharedMaterial}audio/`;
const modelFolder = `${sharedMaterial}models/`;
const rate = 16_000;

/** Frames of a second, as nearly as they go into it. */
const eachSecond = Math.round(rate / segmentationFrame);

const segmentationMetadata = {
  model_type: "pyannote-segmentation-3.0",
  sample_rate: rate,
  window_size: 10 * rate,
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
  /** The most memory the process had before it began, and until it ended. */
  readonly beforeBytes: number;
  readonly peakBytes: number;
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
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: "string", default: "2" }, alone: { type: "boolean", default: false } },
  });
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
    const samplesPath = join(folder, "samples.f32");
    const minutes = positionals.length > 0 ? positionals.map(Number) : [1, 10];
    console.log("processor seconds (elapsed), diarization error without collar with overlap scored, most memory in MiB\n");
    const head = ["recording", "Earmark", "Earmark, each second", "sherpa-onnx", "times faster (elapsed), at the same step"];
    console.log(head.map((name, i) => name.padEnd(i === 0 ? 24 : 30)).join(""));
    for (const task of tasksOf(minutes, values.alone)) {
      const { samples, truth, voices, name } = await task();
      writeFileSync(samplesPath, new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
      const own = [modelFolder, samplesPath, String(voices)];
      const runs: (() => Promise<Result>)[] = [() => inProcess("earmark-diarization.ts", own)];
      if (!values.alone) {
        runs.push(() => inProcess("earmark-diarization.ts", [...own, String(eachSecond)]));
        runs.push(() => inProcess("sherpa-diarization.ts", [segmentation, embedding, samplesPath, String(voices)]));
      }
      const all: Result[][] = runs.map(() => []);
      for (let round = 0; round < Number(values.rounds); round++) {
        for (const [i, once] of runs.entries()) all[i]?.push(await once());
      }
      const best = all.map(leastOf);
      const cells = best.map(({ cpuSeconds, seconds, segments, peakBytes }) => {
        const error = diarizationErrorRate(diarizationErrors(truth, segments, 0));
        const mebibytes = (peakBytes / 1_048_576).toFixed(0);
        return `${cpuSeconds.toFixed(1)} (${seconds.toFixed(1)})  ${(100 * error).toFixed(1)} %  ${mebibytes}`.padEnd(30);
      });
      const theirs = best.length === 3 ? best.pop() : undefined;
      const ratios = (theirs === undefined ? [] : best).map(
        ({ cpuSeconds, seconds }) =>
          `${((theirs?.cpuSeconds ?? 0) / cpuSeconds).toFixed(1)} (${((theirs?.seconds ?? 0) / seconds).toFixed(1)})`,
      );
      console.log(`${name.padEnd(24)}${cells.join("")}${ratios.join(", ")}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The least seconds of some runs of the same; what they found is the same in all. */
function leastOf(results: readonly Result[]): Result {
  const [first] = results;
  if (first === undefined) throw new Error("Nothing was run.");
  return {
    ...first,
    seconds: Math.min(...results.map(({ seconds }) => seconds)),
    cpuSeconds: Math.min(...results.map(({ cpuSeconds }) => cpuSeconds)),
    peakBytes: Math.max(...results.map(({ peakBytes }) => peakBytes)),
  };
}

/** The recordings, each made when its turn comes: four hours of samples are a gigabyte. */
function tasksOf(minutes: readonly number[], alone: boolean): (() => Promise<Task>)[] {
  const mono = async (path: string) => (await readRecording(audio + path, { mono: true })).channels[0] ?? new Float32Array(0);
  const { segments } = JSON.parse(readFileSync(`${audio}auto-repair-40-segments.json`, "utf8")) as {
    segments: SpeakerStretch[];
  };
  const calls = minutes.map((count) => async () => ({
    name: `auto-repair-40, ${count} min`,
    ...lengthened(await mono("auto-repair-40-mono.wav"), segments, count * 60),
    voices: 2,
  }));
  if (alone) return calls;
  const telephone = async () => ({
    name: "telephone-30s",
    samples: await mono("telephone-30s.wav"),
    truth: readRttm(readFileSync(`${audio}telephone-30s.rttm`, "utf8")),
    voices: 2,
  });
  const demo = async () => ({
    name: "demo call2, mixed",
    samples: await mono("demo-calls/call2.wav"),
    truth: demoCall(`${audio}demo-calls/call2.json`).turns.map(({ channel, start, end }) => ({
      speaker: String(channel),
      start,
      end,
    })),
    voices: 2,
  });
  return [telephone, demo, ...calls];
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

async function inProcess(script: string, options: readonly string[]): Promise<Result> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { stdout } = await run(process.execPath, [path, ...options], { maxBuffer: 1 << 28 });
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
