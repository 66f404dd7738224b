import { readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { demoCall } from "../accuracy/demo-call.ts";
import {
  type DiarizationErrors,
  diarizationErrorRate,
  diarizationErrors,
  type SpeakerStretch,
} from "../accuracy/diarization-error.ts";
import { hear, percent } from "../accuracy/hearing.ts";
import { builtInEmbedding, builtInSegmentation, folderModel, noModels } from "../accuracy/model-folders.ts";
import { type Recording, readRecording } from "../accuracy/recording.ts";
import { sampleCalls } from "../accuracy/sample-calls.ts";
import { sharedMaterial, sharedMaterialPresent } from "../accuracy/shared-material.ts";
import type { Models } from "../index.ts";

/*
 * How right the demo models tell voices apart in one channel, through the engine itself: the calls that make/voices_calls.py
 * writes, the samples, and the synthetic calls of the development material. Overlap is scored, without a collar.
 *
 *   node native-models/demo/evaluate-voices.ts [--calls FOLDER] [--segmentation FOLDER] [--embedding FOLDER]
 */

const truthSchema = z.object({ turns: z.array(z.object({ speaker: z.string(), start: z.number(), end: z.number() })) });

const { values } = parseArgs({
  options: { calls: { type: "string" }, segmentation: { type: "string" }, embedding: { type: "string" } },
});
const models: Models = {
  ...noModels,
  segmentation: folderModel(resolve(values.segmentation ?? builtInSegmentation), "demo-segmentation"),
  embedding: folderModel(resolve(values.embedding ?? builtInEmbedding), "demo-embedding"),
};
const sums: Record<string, DiarizationErrors> = {};
let [rightCounts, calls] = [0, 0];

for (const { name, path, truth } of sampleCalls())
  await measure("samples", name, await readRecording(path, { mono: true }), sides(truth));
if (sharedMaterialPresent) {
  for (const name of ["call1", "call2", "call3"]) {
    const path = join(sharedMaterial, "audio", "demo-calls", name);
    await measure("demo calls", name, await readRecording(`${path}.wav`, { mono: true }), sides(demoCall(`${path}.json`)));
  }
}
if (values.calls !== undefined) {
  const folder = resolve(values.calls);
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith(".wav"))
    .toSorted()) {
    const { turns } = truthSchema.parse(JSON.parse(readFileSync(join(folder, file.replace(/wav$/u, "json")), "utf8")));
    const alone = new Set(turns.map(({ speaker }) => speaker)).size === 1;
    const set = alone ? "one voice" : file.includes("-alike") ? "alike" : file.endsWith("-telephone.wav") ? "telephone" : "clean";
    await measure(set, basename(file, ".wav"), await readRecording(join(folder, file)), turns);
  }
}
for (const [set, sum] of Object.entries(sums))
  console.log(`${set.padEnd(32)} ${percent(diarizationErrorRate(sum))} of ${sum.speech.toFixed(0)} s`);
console.log(`Number of voices right in ${rightCounts} of ${calls}`);

function sides(truth: { readonly turns: readonly { channel: number; start: number; end: number }[] }): SpeakerStretch[] {
  return truth.turns.map(({ channel, start, end }) => ({ speaker: String(channel), start, end }));
}

async function measure(set: string, name: string, recording: Recording, truth: readonly SpeakerStretch[]): Promise<void> {
  const { diarization, diarizeS } = await hear(recording, models, null, false);
  const found = diarization.segments.map(({ voice, startMs, endMs }) => ({
    speaker: String(voice),
    start: startMs / 1_000,
    end: endMs / 1_000,
  }));
  const errors = diarizationErrors(truth, found, 0);
  const sum = sums[set] ?? { missed: 0, falseAlarm: 0, confused: 0, speech: 0 };
  sums[set] = {
    missed: sum.missed + errors.missed,
    falseAlarm: sum.falseAlarm + errors.falseAlarm,
    confused: sum.confused + errors.confused,
    speech: sum.speech + errors.speech,
  };
  const voices = new Set(truth.map(({ speaker }) => speaker)).size;
  calls++;
  if (voices === diarization.voices.length) rightCounts++;
  const parts = [errors.missed, errors.falseAlarm, errors.confused].map((seconds) => seconds.toFixed(1).padStart(5));
  console.log(
    `${name.padEnd(32)} ${diarization.voices.length}/${voices} ${percent(diarizationErrorRate(errors)).padStart(7)} ` +
      `missed ${parts[0]} invented ${parts[1]} confused ${parts[2]} of ${errors.speech.toFixed(1)} s, ${diarizeS.toFixed(1)} s`,
  );
}
