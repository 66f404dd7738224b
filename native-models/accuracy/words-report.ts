import { existsSync } from "node:fs";
import type { Models } from "../index.ts";
import { type Calibration, type CallScore, type DemoCall, demoCall, scoreCall } from "./demo-call.ts";
import { hear, percent } from "./hearing.ts";
import { spreadOf } from "./percentiles.ts";
import { readRecording } from "./recording.ts";
import { sampleCalls } from "./sample-calls.ts";
import { sharedMaterial } from "./shared-material.ts";

/** A call whose every word and its time is known. */
export interface KnownCall {
  readonly name: string;
  readonly path: string;
  readonly truth: DemoCall;
  /** Its channels are mixed before it is heard. */
  readonly mono: boolean;
}

/** The synthetic calls of the development material, where it is there, and the sample calls. */
export function knownCalls({ mixed = true }: { mixed?: boolean } = {}): KnownCall[] {
  const folder = `${sharedMaterial}audio/demo-calls/`;
  const demo = ["call1", "call2", "call3"].filter((name) => existsSync(`${folder}${name}.wav`));
  return [
    ...(mixed ? [false, true] : [false]).flatMap((mono) =>
      demo.map((name) => ({
        name: `${name}, ${mono ? "mixed" : "stereo"}`,
        path: `${folder}${name}.wav`,
        truth: demoCall(`${folder}${name}.json`),
        mono,
      })),
    ),
    ...sampleCalls().map((call) => ({ ...call, name: `${call.name}, ${call.mono ? "mono" : "stereo"}` })),
  ];
}

/** All that is told of some calls together. */
export interface WordsSum {
  readonly normalised: { readonly errors: number; readonly words: number };
  readonly plain: { readonly errors: number; readonly words: number };
  readonly startErrorsMs: readonly number[];
  readonly confidence: Calibration;
  readonly seconds: number;
}

/** The scores of several calls as one. */
export function sumOf(scores: readonly (CallScore & { readonly seconds: number })[]): WordsSum {
  const add = (of: (one: CallScore) => { errors: number; words: number }) =>
    scores.reduce((sum, one) => ({ errors: sum.errors + of(one).errors, words: sum.words + of(one).words }), {
      errors: 0,
      words: 0,
    });
  return {
    normalised: add(({ normalised }) => normalised),
    plain: add(({ errors, words }) => ({ errors, words })),
    startErrorsMs: scores.flatMap(({ startErrorsMs }) => startErrorsMs),
    confidence: {
      right: scores.flatMap(({ confidence }) => confidence.right),
      wrong: scores.flatMap(({ confidence }) => confidence.wrong),
    },
    seconds: scores.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

/**
 * Hears calls whose words are known and prints, for each and for all: word error with every side in one line (cpWER),
 * both put through Whisper's normaliser for English; the same of the plain words; words on the right side; errors of the
 * words' beginnings and ends; the mean confidence of words that were said and of those that were not.
 */
export async function reportWords(models: Models, calls: readonly KnownCall[]): Promise<void> {
  console.log(
    `${"Words of known calls".padEnd(38)}cpWER (normalised)  plain            right side  start: median  95th  <= 100 ms  end  95th  ` +
      "confidence: right  wrong  seconds for",
  );
  const scores: (CallScore & { seconds: number })[] = [];
  for (const { name, path, truth, mono } of calls) {
    const recording = await readRecording(path, { mono });
    const { transcript, diarizeS, recogniseS } = await hear(recording, models);
    const lacking = transcript.shortfalls.find(({ lacks }) => lacks === "words");
    if (lacking !== undefined) {
      console.log(`  ${name.padEnd(36)}${lacking.reason}`);
      continue;
    }
    const score = { ...scoreCall(truth, transcript), seconds: diarizeS + recogniseS };
    scores.push(score);
    const lasts = `${score.seconds.toFixed(1)} for ${(recording.sound.durationMs / 1_000).toFixed(0)}`;
    printLine(name, sumOf([score]), percent(score.rightSide), score.endErrorMs, lasts);
  }
  const all = sumOf(scores);
  const ends = { median: Number.NaN, p95: Number.NaN };
  if (scores.length > 1) printLine("all", all, "", ends, all.seconds.toFixed(1));
}

function printLine(
  name: string,
  sum: WordsSum,
  rightSide: string,
  ends: { readonly median: number; readonly p95: number },
  seconds: string,
): void {
  const { median, p95, within100 } = spreadOf(sum.startErrorsMs);
  const ms = (value: number) => (Number.isNaN(value) ? "" : String(value));
  const of = ({ errors, words }: { errors: number; words: number }) => `${percent(errors / words)} (${errors}/${words})`;
  console.log(
    [
      `  ${name}`.padEnd(38),
      of(sum.normalised).padEnd(20),
      of(sum.plain).padEnd(17),
      rightSide.padEnd(12),
      `${median} ms`.padStart(13),
      String(p95).padStart(6),
      percent(within100).padStart(11),
      ms(ends.median).padStart(5),
      ms(ends.p95).padStart(6),
      mean(sum.confidence.right).padStart(19),
      mean(sum.confidence.wrong).padStart(7),
      `  ${seconds}`,
    ].join(""),
  );
}

/** A mean of confidences, with how many there were when they are few. */
function mean(values: readonly number[]): string {
  if (values.length === 0) return "none";
  return (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(2);
}
