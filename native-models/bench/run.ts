import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { pythonWithOnnx, runScript } from "../accuracy/made-models.ts";
import { readRecording } from "../accuracy/recording.ts";
import { sharedMaterial, sharedMaterialPresent } from "../accuracy/shared-material.ts";
import { type Assignment, type Measured, measuredSchema, medianOf } from "./measured.ts";

/*
 * Earmark and transformers.js on the same sound with the same graphs, in turn, round after round, each in a process of its
 * own so that its memory is its own; medians of the rounds. Opening models is not counted. Two comparisons:
 *
 *   same windows   both get the windows that Earmark cut, and give words with times: the engines alone
 *   whole file     Earmark finds the speech, packs it and hears it; transformers.js goes over each channel in windows of
 *                  30 s that overlap by 5 s on each side, as its own documentation advises
 *
 * and two of Earmark alone:
 *
 *   --whole-pipeline   decoding, voices and words against the length of the call
 *   --memory           the same, with the peak of memory for each length (10 and 240 minutes unless told otherwise)
 *
 * npm run bench -- [--minutes 1,10] [--layouts stereo,mono] [--rounds 3] [--tasks windows,file] [--threads 2]
 *                  [--whole-pipeline] [--memory] [MODEL_FOLDER...]
 *
 * Without a folder random weights of tiny's and base's sizes are made, in float32 and in 8 bits.
 */

const { values, positionals } = parseArgs({
  options: {
    minutes: { type: "string" },
    layouts: { type: "string", default: "stereo,mono" },
    rounds: { type: "string", default: "3" },
    tasks: { type: "string", default: "windows,file" },
    threads: { type: "string", default: "2" },
    "whole-pipeline": { type: "boolean", default: false },
    memory: { type: "boolean", default: false },
  },
  allowPositionals: true,
});

type Layout = "stereo" | "mono";
const rate = 16_000;

if (!sharedMaterialPresent) console.log("Nothing was measured: ../shared with its recordings is not beside the repository.");
else await main();

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "earmark-bench-"));
  const beginning = load();
  try {
    const models = positionals.length > 0 ? positionals.map((path) => resolve(path)) : await madeModels(folder);
    const alone = values["whole-pipeline"] || values.memory;
    const minutes = (values.minutes ?? (values.memory ? "10,240" : "1")).split(",").map(Number);
    for (const count of minutes) {
      for (const layout of values.layouts.split(",") as Layout[]) {
        const recording = join(folder, `${count}-${layout}.wav`);
        await writeCall(recording, count * 60, layout);
        for (const model of models) {
          const assignment = { model, recording, windows: join(folder, "windows.f32"), threads: Number(values.threads) };
          console.log(`\n${nameOf(model)}, ${count} min, ${layout}, ${values.threads} threads, load ${load()}`);
          await (alone ? pipeline(assignment, count * 60) : comparison(assignment, count * 60));
        }
        rmSync(recording);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`\nLoad of the machine ${beginning} at the beginning, ${load()} at the end.`);
}

type Common = Omit<Assignment, "engine" | "task">;

async function comparison(common: Common, seconds: number): Promise<void> {
  for (const task of values.tasks.split(",") as ("windows" | "file")[]) {
    if (task === "windows") await inProcess({ ...common, engine: "earmark", task: "plan" });
    const all: Record<"earmark" | "peer", Measured[]> = { earmark: [], peer: [] };
    for (let round = 0; round < Number(values.rounds); round++) {
      // Neither goes first every time.
      const order = round % 2 === 0 ? (["earmark", "peer"] as const) : (["peer", "earmark"] as const);
      for (const engine of order) all[engine].push(await measured({ ...common, engine, task }));
    }
    const [own, theirs] = [medianOf(all.earmark), medianOf(all.peer)];
    console.log(task === "windows" ? "  same windows" : "  whole file");
    tell("Earmark", own);
    tell("transformers.js", theirs);
    const ratio = (theirs.total.seconds / own.total.seconds).toFixed(2);
    const cpuRatio = (theirs.total.cpuSeconds / own.total.cpuSeconds).toFixed(2);
    const times = (seconds / own.total.seconds).toFixed(1);
    console.log(`    times faster: ${ratio} (processor time ${cpuRatio}); Earmark ${times} times real time`);
  }
}

async function pipeline(common: Common, seconds: number): Promise<void> {
  const rounds: Measured[] = [];
  for (let round = 0; round < Number(values.rounds); round++)
    rounds.push(await measured({ ...common, engine: "earmark", task: "pipeline" }));
  const own = medianOf(rounds);
  tell("Earmark", own);
  console.log(`    ${(own.total.seconds / seconds).toFixed(3)} of the call's length`);
}

/** A line for what was measured, and one for its stages: seconds, and seconds of processor time in brackets. */
function tell(name: string, { total, stages, windows, tokens, peakBytes }: Measured): void {
  const cost = ({ seconds, cpuSeconds }: Measured["total"]) => `${seconds.toFixed(2)} s (${cpuSeconds.toFixed(2)})`;
  const memory = `${(peakBytes / 1_048_576).toFixed(0)} MiB`;
  console.log(`    ${name.padEnd(16)} ${cost(total)}  peak ${memory}  ${windows} windows, ${tokens} tokens`);
  const parts = Object.entries(stages).map(([stage, own]) => `${stage} ${own.seconds.toFixed(2)} (${own.cpuSeconds.toFixed(2)})`);
  console.log(`      ${parts.join(", ")}`);
}

/** Random weights of tiny's and base's sizes, in float32 and in 8 bits. */
async function madeModels(folder: string): Promise<string[]> {
  const python = await pythonWithOnnx();
  if (python === null)
    throw new Error("Random weights need Python with numpy and onnx (Debian: python3-onnx); or name a folder.");
  const models: string[] = [];
  for (const size of ["tiny", "base"]) {
    const plain = join(folder, `whisper-${size}`);
    await runScript(python, "random-whisper.py", size, plain);
    await runScript(python, "make-variants.py", plain, join(folder, size), "int8");
    models.push(plain, join(folder, size, "int8"));
  }
  return models;
}

function nameOf(model: string): string {
  const eight = !existsSync(join(model, "onnx", "encoder_model.onnx")) && existsSync(join(model, "onnx"));
  return eight ? `${basename(resolve(model, ".."))} ${basename(model)}` : basename(model);
}

/** The synthetic calls one after another, over and over, as a recording of 16-bit samples. */
async function writeCall(path: string, seconds: number, layout: Layout): Promise<void> {
  const mono = layout === "mono";
  const calls: Float32Array[][] = [];
  for (const name of ["call1", "call2", "call3"])
    calls.push([...(await readRecording(`${sharedMaterial}audio/demo-calls/${name}.wav`, { mono })).channels]);
  const channels = mono ? 1 : 2;
  const frames = seconds * rate;
  const file = await open(path, "w");
  try {
    await file.write(waveHeader(frames, channels));
    for (let at = 0, i = 0; at < frames; i++) {
      const call = calls[i % calls.length] ?? [];
      const length = Math.min(call[0]?.length ?? 0, frames - at);
      const samples = new Int16Array(length * channels);
      for (let frame = 0; frame < length; frame++) {
        for (let channel = 0; channel < channels; channel++)
          samples[frame * channels + channel] = Math.round((call[channel]?.[frame] ?? 0) * 32_767);
      }
      await file.write(samples);
      at += length;
    }
  } finally {
    await file.close();
  }
}

function waveHeader(frames: number, channels: number): Buffer {
  const header = Buffer.alloc(44);
  const bytes = frames * channels * 2;
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + bytes, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * channels * 2, 28);
  header.writeUInt16LE(channels * 2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36);
  header.writeUInt32LE(bytes, 40);
  return header;
}

function load(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}

async function measured(assignment: Assignment): Promise<Measured> {
  return measuredSchema.parse(JSON.parse((await inProcess(assignment)).trim().split("\n").at(-1) ?? ""));
}

async function inProcess(assignment: Assignment): Promise<string> {
  const script = fileURLToPath(new URL("engine.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(assignment)], { maxBuffer: 1 << 24 });
  return stdout;
}
