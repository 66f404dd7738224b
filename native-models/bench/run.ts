import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { z } from "zod";
import { sharedMaterial, sharedMaterialPresent } from "../accuracy/shared-material.ts";

/*
 * Earmark and transformers.js on the same sound with the same graphs, one after the other in turn, each in a process of
 * its own so that its memory is its own. Opening models is not counted. Two comparisons:
 *
 *   same windows   both get the windows that Earmark cut, and give words with times: the engines alone
 *   whole file     Earmark finds the speech, packs it and hears it; transformers.js goes over each channel in windows of
 *                  30 s that overlap by 5 s on each side, as its own documentation advises
 *
 * npm run bench -- [--minutes 1] [--rounds 2] [--mono] [--model FOLDER]   (a Whisper's folder; else the demo voice)
 */

const childSchema = z.object({
  seconds: z.number(),
  windows: z.number(),
  tokens: z.number(),
  /** Seconds by stage. */
  stages: z.record(z.string(), z.number()),
  peakBytes: z.number(),
});
type Measured = z.infer<typeof childSchema>;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "1" },
    rounds: { type: "string", default: "2" },
    threads: { type: "string", default: "2" },
    mono: { type: "boolean", default: false },
    model: { type: "string" },
  },
});

if (!sharedMaterialPresent) console.log("Nothing was measured: ../shared with its recordings is not beside the repository.");
else await main();

async function main(): Promise<void> {
  const model = values.model ?? `${sharedMaterial}models/demo-voice`;
  if (!existsSync(model)) throw new Error(`There is no ${model}.`);
  const seconds = 60 * Number(values.minutes);
  console.log(`${values.minutes} min, ${values.mono ? "mono" : "stereo"}, ${model}, ${values.threads} threads`);
  for (const task of ["windows", "file"] as const) {
    console.log(task === "windows" ? "\nSame windows" : "\nWhole file");
    const all: Record<"earmark" | "peer", Measured[]> = { earmark: [], peer: [] };
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const engine of ["earmark", "peer"] as const) {
        const measured = await inProcess([engine, task, model, String(seconds), values.threads, values.mono ? "mono" : "stereo"]);
        all[engine].push(measured);
        const stages = Object.entries(measured.stages).map(([stage, spent]) => `${stage} ${spent.toFixed(2)}`);
        const peak = `${(measured.peakBytes / 1_048_576).toFixed(0)} MiB`;
        const counted = `${measured.windows} windows, ${measured.tokens} tokens`;
        const name = engine === "peer" ? "transformers.js" : "Earmark";
        console.log(
          `  ${name.padEnd(16)} ${measured.seconds.toFixed(2).padStart(7)} s  ${counted}  peak ${peak}  (${stages.join(", ")})`,
        );
      }
    }
    const best = (measured: readonly Measured[]) => Math.min(...measured.map((one) => one.seconds));
    const ratio = best(all.peer) / best(all.earmark);
    console.log(
      `  transformers.js takes ${ratio.toFixed(2)} times as long; Earmark ${(seconds / best(all.earmark)).toFixed(1)} times real time`,
    );
  }
}

async function inProcess(options: readonly string[]): Promise<Measured> {
  const script = fileURLToPath(new URL("engine.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...options], { maxBuffer: 1 << 24 });
  return childSchema.parse(JSON.parse(stdout.trim().split("\n").at(-1) ?? ""));
}
