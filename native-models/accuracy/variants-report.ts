import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { precisionSuits } from "../catalogue.ts";
import type { Models } from "../index.ts";
import { type CallScore, scoreCall } from "./demo-call.ts";
import { hear, percent } from "./hearing.ts";
import { inTemporaryFolder, pythonWithOnnx, runScript } from "./made-models.ts";
import { builtInVoice, folderModel } from "./model-folders.ts";
import { spreadOf } from "./percentiles.ts";
import { readRecording } from "./recording.ts";
import { knownCalls, sumOf } from "./words-report.ts";

/** The variants of the demo voice that make-variants.py writes, and the precision of the catalogue that each is. */
const variants = [
  { name: "fp32", precision: "fp32", made: false },
  { name: "fp16", precision: "fp16", made: true },
  { name: "int8", precision: "int8", made: true },
  { name: "int8-columns", precision: "int8", made: true },
  { name: "int4", precision: "int4", made: true },
] as const;

/**
 * What other precisions of the demo voice cost: made by make-variants.py in a temporary folder, each heard on the known
 * calls, channels apart. Says what it did not do where there is no Python with numpy and onnx.
 */
export async function reportVariants(models: Models): Promise<void> {
  const python = await pythonWithOnnx();
  if (python === null) {
    console.log("Not measured, variants of the demo voice: there is no Python with numpy and onnx.");
    return;
  }
  await inTemporaryFolder(async (folder) => {
    const made = variants.flatMap(({ name, made }) => (made ? [name] : []));
    await runScript(python, "make-variants.py", builtInVoice, folder, ...made);
    console.log(
      `\n${"The demo voice in".padEnd(18)}  graphs    cpWER (normalised)  plain              start: median  95th  <= 100 ms  confidence  seconds  suits`,
    );
    for (const { name, precision, made } of variants) {
      const where = made ? join(folder, name) : builtInVoice;
      const using = { ...models, transcription: folderModel(where, "demo-voice") };
      const scores: (CallScore & { seconds: number })[] = [];
      let refused = 0;
      for (const { path, truth, mono } of knownCalls({ mixed: false })) {
        const { transcript, recogniseS } = await hear(await readRecording(path, { mono }), using);
        if (transcript.shortfalls.some(({ lacks }) => lacks === "words")) refused++;
        else scores.push({ ...scoreCall(truth, transcript), seconds: recogniseS });
      }
      const sum = sumOf(scores);
      const { median, p95, within100 } = spreadOf(sum.startErrorsMs);
      const of = ({ errors, words }: { errors: number; words: number }) => `${percent(errors / words)} (${errors}/${words})`;
      const all = [...sum.confidence.right, ...sum.confidence.wrong];
      console.log(
        [
          `  ${name}`.padEnd(18),
          `  ${(graphBytes(where) / 1e6).toFixed(1)} MB`.padEnd(12),
          of(sum.normalised).padEnd(20),
          of(sum.plain).padEnd(19),
          `${median} ms`.padStart(13),
          String(p95).padStart(6),
          percent(within100).padStart(11),
          (all.reduce((total, one) => total + one, 0) / all.length).toFixed(3).padStart(12),
          sum.seconds.toFixed(1).padStart(9),
          `  ${precisionSuits[precision].join(", ")}${refused > 0 ? `; ${refused} calls refused` : ""}`,
        ].join(""),
      );
    }
  });
}

function graphBytes(folder: string): number {
  const graphs = join(folder, "onnx");
  if (!existsSync(graphs)) return 0;
  return readdirSync(graphs).reduce((sum, name) => sum + statSync(join(graphs, name)).size, 0);
}
