import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { DemoCall } from "./demo-call.ts";

/** One call of the samples that come with Earmark, and all that was said in it. */
export interface SampleCall {
  readonly name: string;
  readonly path: string;
  readonly truth: DemoCall;
  /** Its recording has one channel. */
  readonly mono: boolean;
}

const manifestSchema = z.object({
  samples: z.array(
    z.object({
      file: z.string(),
      kind: z.string(),
      truth: z.string().nullable(),
      audio: z.object({ channels: z.int() }).nullable(),
    }),
  ),
});

/** What is true of a sample, side by side; times in milliseconds. */
const truthSchema = z.object({
  durationMs: z.int(),
  turns: z.array(
    z.object({
      role: z.enum(["agent", "customer"]),
      startMs: z.int(),
      endMs: z.int(),
      text: z.string(),
      words: z.array(z.object({ text: z.string(), startMs: z.int(), endMs: z.int() })),
    }),
  ),
});

/** The sample calls. Throws where their files are not what they should be. */
export function sampleCalls(): SampleCall[] {
  const manifestPath = fileURLToPath(new URL("../../resources/samples/samples.json", import.meta.url));
  const folder = dirname(manifestPath);
  return manifestSchema.parse(JSON.parse(readFileSync(manifestPath, "utf8"))).samples.flatMap(({ file, kind, truth, audio }) => {
    if (kind !== "call" || truth === null) return [];
    return [{ name: file, path: join(folder, file), truth: truthOf(join(folder, truth)), mono: audio?.channels === 1 }];
  });
}

function truthOf(path: string): DemoCall {
  const { durationMs, turns } = truthSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  return {
    duration: durationMs / 1_000,
    events: [],
    turns: turns.map(({ role, startMs, endMs, text, words }) => ({
      channel: role === "agent" ? 0 : 1,
      start: startMs / 1_000,
      end: endMs / 1_000,
      text,
      words: words.map((word) => ({ w: word.text, s: word.startMs / 1_000, e: word.endMs / 1_000 })),
    })),
  };
}
