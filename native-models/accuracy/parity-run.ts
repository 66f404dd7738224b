import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { inTemporaryFolder, pythonWithOnnx, runScript } from "./made-models.ts";
import { builtInVoice } from "./model-folders.ts";
import { compareWithPeer, type Parity } from "./parity.ts";
import { percentile } from "./percentiles.ts";
import { readRecording } from "./recording.ts";
import { sharedMaterial, sharedMaterialPresent } from "./shared-material.ts";
import { wordTimeSteps } from "./word-time-parity.ts";

/*
 * npm run parity -- [--windows 50] [--sizes tiny,base] [MODEL_FOLDER...]
 *
 * Without a folder the demo voice is compared, and Whispers of random weights with the dimensions of tiny and base, which
 * random-whisper.py writes into a temporary folder where there is a Python with numpy and onnx. Ends with 1 when tokens
 * differ without an explanation.
 */

/** Largest differences of numbers that are the same but for the order of additions. */
const most = { features: 1e-4, encoder: 1e-3, firstLogits: 1e-3 };
/** About how many tokens a window of random weights comes to. */
const tokensOfAWindow = 30;

const { values, positionals } = parseArgs({
  options: { windows: { type: "string", default: "50" }, sizes: { type: "string", default: "tiny,base" } },
  allowPositionals: true,
});

if (!sharedMaterialPresent) console.log("Nothing was compared: ../shared with its recordings is not beside the repository.");
else {
  const windows = cutWindows(await recordings(), Number(values.windows));
  let wrong = 0;
  if (positionals.length > 0) for (const folder of positionals) wrong += await compare(folder, folder, windows);
  else {
    wrong += await compare("demo voice", builtInVoice, windows);
    const python = await pythonWithOnnx();
    const tiktoken = `${sharedMaterial}models/whisper-reference/multilingual.tiktoken`;
    const without = python === null ? "no Python with numpy and onnx" : existsSync(tiktoken) ? null : "no multilingual.tiktoken";
    for (const size of values.sizes.split(",").filter((one) => one !== "")) {
      if (python === null || without !== null) console.log(`Not compared, random weights of ${size}: there is ${without}.`);
      else {
        wrong += await inTemporaryFolder(async (folder) => {
          const made = join(folder, size);
          await runScript(python, "random-whisper.py", size, made, "--tiktoken", tiktoken, "--tokens", String(tokensOfAWindow));
          return compare(`random weights of ${size}`, made, windows);
        });
      }
    }
  }
  if (wrong > 0) process.exitCode = 1;
}

async function recordings(): Promise<Float32Array[]> {
  const sounds: Float32Array[] = [];
  for (const name of ["demo-calls/call1.wav", "demo-calls/call2.wav", "auto-repair-40-stereo.wav"]) {
    const path = `${sharedMaterial}audio/${name}`;
    if (existsSync(path)) sounds.push(...(await readRecording(path)).channels);
  }
  return sounds;
}

/** Compares and prints; answers with how many windows are wrong. */
async function compare(name: string, folder: string, windows: readonly Float32Array[]): Promise<number> {
  const begin = performance.now();
  const parity = await compareWithPeer(folder, windows);
  const { features, encoder, firstLogits } = parity;
  const numbers = Object.entries({ features, encoder, firstLogits }).map(([what, one]) => `${what} ${one.toExponential(1)}`);
  console.log(`${name}, ${parity.windows} windows, ${((performance.now() - begin) / 1_000).toFixed(0)} s`);
  console.log(`  largest differences: ${numbers.join(", ")}`);
  console.log(`  same tokens without timestamps: ${parity.sameTokens} of ${parity.windows} windows (${parity.tokens} tokens)`);
  console.log(
    `  same tokens with timestamps, both under transformers.js's rules: ${parity.sameTimed} of ${parity.windows} windows`,
  );
  console.log(`  the same, Earmark under Whisper's own rules: ${parity.sameUnderOwnRules} of ${parity.windows} windows`);
  for (const [why, times] of Object.entries(parity.reasons)) console.log(`    ${times}: ${why}`);
  printWordTimes(parity.wordTimes);
  const off = features > most.features || encoder > most.encoder || firstLogits > most.firstLogits ? 1 : 0;
  return off + (parity.windows - parity.sameTokens) + (parity.windows - parity.sameTimed) + (parity.reasons["unexplained"] ?? 0);
}

function printWordTimes({ words, starts, ends }: Parity["wordTimes"]): void {
  if (words === 0) return;
  console.log(`  times of ${words} words, Earmark beside transformers.js (differences in ms)`);
  const of = (values: readonly number[] = []) =>
    [0.5, 0.95, 1].map((share) => percentile(values, share).toFixed(0).padStart(6)).join("");
  console.log(`    ${"".padEnd(58)}start: median  95th   most   end: median  95th   most`);
  for (const [i, step] of wordTimeSteps.entries())
    console.log(`    ${step.padEnd(62)}${of(starts[i])}${" ".repeat(11)}${of(ends[i])}`);
}

/** Windows of half a second to 28 s, the same on every run. */
function cutWindows(sounds: readonly Float32Array[], count: number): Float32Array[] {
  return Array.from({ length: count }, (_, i) => {
    const sound = sounds[i % sounds.length] as Float32Array;
    const length = Math.round((0.5 + ((i * 7.3) % 27.5)) * 16_000);
    const from = (i * 131_071) % Math.max(1, sound.length - length);
    return sound.slice(from, from + length);
  });
}
