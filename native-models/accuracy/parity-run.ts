import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { compareWithPeer } from "./parity.ts";
import { readRecording } from "./recording.ts";
import { sharedMaterial, sharedMaterialPresent } from "./shared-material.ts";

/*
 * npm run parity -- [--windows 50] [MODEL_FOLDER...]
 *
 * Without a folder the demo voice is compared. Folders with random weights are made by random-whisper.py.
 */

const { values, positionals } = parseArgs({
  options: { windows: { type: "string", default: "50" } },
  allowPositionals: true,
});

if (!sharedMaterialPresent) console.log("Nothing was compared: ../shared with its recordings is not beside the repository.");
else {
  const count = Number(values.windows);
  const sounds: Float32Array[] = [];
  for (const name of ["demo-calls/call1.wav", "demo-calls/call2.wav", "auto-repair-40-stereo.wav"]) {
    const path = `${sharedMaterial}audio/${name}`;
    if (existsSync(path)) sounds.push(...(await readRecording(path)).channels);
  }
  const windows = cutWindows(sounds, count);
  for (const folder of positionals.length > 0 ? positionals : [`${sharedMaterial}models/demo-voice`]) {
    const begin = performance.now();
    const parity = await compareWithPeer(folder, windows);
    const { features, encoder, firstLogits } = parity;
    const numbers = Object.entries({ features, encoder, firstLogits }).map(([name, one]) => `${name} ${one.toExponential(1)}`);
    console.log(`${folder}, ${parity.windows} windows, ${((performance.now() - begin) / 1_000).toFixed(0)} s`);
    console.log(`  largest differences: ${numbers.join(", ")}`);
    console.log(`  same tokens without timestamps: ${parity.sameTokens} of ${parity.windows} windows (${parity.tokens} tokens)`);
    console.log(
      `  same tokens with timestamps, both under transformers.js's rules: ${parity.sameTimed} of ${parity.windows} windows`,
    );
    console.log(`  the same, Earmark under Whisper's own rules: ${parity.sameUnderOwnRules} of ${parity.windows} windows`);
    for (const [why, times] of Object.entries(parity.reasons)) console.log(`    ${times}: ${why}`);
  }
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
