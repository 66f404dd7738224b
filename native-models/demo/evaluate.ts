import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import type { Transcript } from "../../app/conversation/conversation.ts";
import { type Diarization, defaultSpeechOptions } from "../../app/conversation/speech.ts";
import { type DemoCall, demoCall, scoreCall } from "../accuracy/demo-call.ts";
import { folderModel, makeTensor, noModels, sharedModels } from "../accuracy/model-folders.ts";
import { spreadOf } from "../accuracy/percentiles.ts";
import { ffmpegPath, type Recording, readRecording, recordingOf } from "../accuracy/recording.ts";
import { sampleCalls } from "../accuracy/sample-calls.ts";
import { sharedMaterial } from "../accuracy/shared-material.ts";
import { comparableWords, wordErrors } from "../accuracy/word-error.ts";
import { diarize, type Models, recognise } from "../index.ts";

/*
 * How right a demo voice is, heard by the engine itself: held-out sentences and free ones of the corpus (make/), the
 * sample calls, the synthetic calls of the development material, and sound in which nobody speaks.
 *
 *   node native-models/demo/evaluate.ts [MODEL FOLDER]... [--corpus FOLDER] [--each N] [--sentences-only]
 *
 * Without a folder the built-in voice is measured; of several, the figures stand side by side. Words are compared in
 * lower case and without punctuation. The sentences need the corpus that make/ writes; `--each 3` takes every third.
 */

/** One line of the corpus: `off` and `n` in samples, words in seconds. */
const utteranceSchema = z.object({
  split: z.enum(["train", "valid", "test", "novel"]),
  text: z.string(),
  off: z.int(),
  n: z.int(),
  words: z.array(z.tuple([z.number(), z.number()])),
});

/** A sentence and its sound. */
interface Sentence {
  readonly words: readonly { readonly text: string; readonly start: number; readonly end: number }[];
  readonly samples: Float32Array;
}

/** A line of the table: what was measured, and the value for one model. */
type Figures = Map<string, string>;

const attention = { signal: new AbortController().signal, onProgress: () => {} };

await main();

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      corpus: { type: "string" },
      each: { type: "string", default: "1" },
      "sentences-only": { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  const folders = positionals.length === 0 ? [join(import.meta.dirname, "voice")] : positionals.map((path) => resolve(path));
  const ffmpeg = await ffmpegPath();
  if (ffmpeg === null) throw new Error("ffmpeg is needed, and is not there.");
  const corpus = values.corpus === undefined ? null : resolve(values.corpus);
  if (corpus === null) console.log("No corpus was named (--corpus): the sentences are left out.");
  const columns: Figures[] = [];
  for (const folder of folders) {
    const begin = performance.now();
    const voice: Models = { ...noModels, transcription: folderModel(folder, "demo-voice") };
    const figures: Figures = new Map();
    if (!values["sentences-only"]) {
      await calls(voice, figures);
      await nobody(voice, figures);
    }
    if (corpus !== null) await sentences(voice, corpus, Number(values.each), ffmpeg, figures);
    figures.set("measured in", `${((performance.now() - begin) / 1_000).toFixed(0)} s`);
    columns.push(figures);
  }
  const names = folders.map((folder, i) =>
    new Set(folders.map((one) => basename(one))).size < folders.length ? folder : basename(folders[i] ?? ""),
  );
  const rows = [...new Set(columns.flatMap((figures) => [...figures.keys()]))];
  const widths = columns.map((figures, i) =>
    Math.max((names[i] ?? "").length, ...[...figures.values()].map((value) => value.length)),
  );
  const first = Math.max(...rows.map((row) => row.length));
  const line = (head: string, cells: readonly string[]) =>
    console.log(`| ${head.padEnd(first)} | ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`);
  line("", names);
  line(
    "-".repeat(first),
    widths.map((width) => "-".repeat(width)),
  );
  for (const row of rows)
    line(
      row,
      columns.map((figures) => figures.get(row) ?? ""),
    );
}

/** Hears a recording; `diarization` stands for the engine's own where it is given. */
async function hear(recording: Recording, models: Models, diarization?: Diarization): Promise<Transcript> {
  const { sound, audio } = recording;
  const voices = diarization ?? (await diarize(sound, audio, models, makeTensor, defaultSpeechOptions, attention));
  return recognise(sound, audio, voices, models, makeTensor, defaultSpeechOptions, attention);
}

/** The same model as one that is never refused: to count its words where it is unsure of them. */
function unrefused({ transcription, ...others }: Models): Models {
  return { ...others, transcription: transcription === null ? null : { ...transcription, limited: false } };
}

function refused({ shortfalls }: Transcript): boolean {
  return shortfalls.some(({ reason }) => reason === "model-not-understanding");
}

/** The calls: by speech by level alone as a new installation hears them, and with the development models where they lie. */
async function calls(voice: Models, figures: Figures): Promise<void> {
  const sets: { name: string; path: string; truth: DemoCall; mono: boolean }[] = sampleCalls().map((call) => ({
    ...call,
    name: `sample ${call.name}`,
  }));
  for (const name of ["call1", "call2", "call3"]) {
    const path = join(sharedMaterial, "audio", "demo-calls", `${name}.wav`);
    if (!existsSync(path)) continue;
    const truth = demoCall(path.replace(/wav$/u, "json"));
    for (const mono of [false, true]) sets.push({ name: `demo ${name}`, path, truth, mono });
  }
  const developed: Models = { ...sharedModels(join(sharedMaterial, "models")), transcription: voice.transcription };
  for (const { name, path, truth, mono } of sets) {
    const recording = await readRecording(path, { mono });
    const label = `${name}${mono ? ", mono" : ", stereo"}`;
    figures.set(`${label}, this model alone`, callFigure(truth, await hear(recording, voice), mono));
    if (developed.activity === null || developed.segmentation === null) continue;
    figures.set(`${label}, with development models`, callFigure(truth, await hear(recording, developed), false));
  }
}

/** Word error of a call and the times of its words; of a mix whose voices nobody told apart, the words in order of time. */
function callFigure(truth: DemoCall, transcript: Transcript, oneVoice: boolean): string {
  if (refused(transcript)) return "refused";
  if (!oneVoice) {
    const { errors, words, rightSide, startErrorMs } = scoreCall(truth, transcript);
    return `${percent(errors / words)} (${errors}/${words}), side ${percent(rightSide)}, start ${startErrorMs.median} ms (${startErrorMs.p90})`;
  }
  const merged = truth.turns.flatMap(({ words }) => words).toSorted((a, b) => a.s - b.s);
  const said = merged.flatMap(({ w }) => comparableWords(w));
  const heard = transcript.turns
    .flatMap(({ words }) => words)
    .toSorted((a, b) => a.startMs - b.startMs)
    .flatMap(({ text }) => comparableWords(text));
  const { substitutions, insertions, deletions } = wordErrors(said, heard);
  const errors = substitutions + insertions + deletions;
  return `${percent(errors / said.length)} (${errors}/${said.length}), ${transcript.participants.length} voice`;
}

/** Sound without speech, through the whole engine and then forced upon the model as if somebody spoke in it. */
async function nobody(voice: Models, figures: Figures): Promise<void> {
  let state = 1;
  const random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 1_073_741_824 - 1;
  };
  let low = 0;
  const made = (sample: (i: number) => number) => Float32Array.from({ length: 8 * 16_000 }, (_, i) => sample(i));
  const sounds: Readonly<Record<string, Float32Array>> = {
    silence: made(() => 0),
    "faint hiss": made(() => 0.002 * random()),
    hiss: made(() => 0.1 * random()),
    rumble: made(() => {
      low = 0.98 * low + 0.02 * random();
      return low;
    }),
    hum: made((i) => 0.05 * Math.sin(i * 0.0196) + 0.001 * random()),
    "ring tone": made((i) => 0.2 * Math.sin(i * 0.157) * Number(i % 48_000 < 16_000)),
  };
  const whole: string[] = [];
  const forced: string[] = [];
  for (const [name, samples] of Object.entries(sounds)) {
    const recording = recordingOf([samples]);
    const words = (transcript: Transcript) => transcript.turns.reduce((sum, turn) => sum + turn.words.length, 0);
    whole.push(`${name} ${words(await hear(recording, voice))}`);
    const spoken = { voice: 0, startMs: 0, endMs: recording.sound.durationMs, confidence: null };
    const claimed: Diarization = {
      method: "activity",
      voices: [{ channel: null }],
      segments: [spoken],
      exclusive: [spoken],
      shortfalls: [],
      models: [],
    };
    forced.push(`${name} ${words(await hear(recording, unrefused(voice), claimed))}`);
  }
  figures.set("words where nobody speaks", whole.join(", "));
  figures.set("the same, forced on the model", forced.join(", "));
}

/** The sentences of the corpus, each heard by itself: clean, and as it sounds over the telephone. */
async function sentences(voice: Models, corpus: string, each: number, ffmpeg: string, figures: Figures): Promise<void> {
  const names = readdirSync(corpus)
    .filter((name) => name.endsWith(".jsonl"))
    .map((name) => name.slice(0, -".jsonl".length))
    .toSorted();
  for (const [split, title] of [
    ["test", "held-out"],
    ["novel", "free"],
  ] as const) {
    for (const band of ["clean", "telephone"] as const) {
      const all: Tally = { errors: 0, words: 0, exact: 0, sentences: 0, refused: 0, loops: 0, starts: [], ends: [] };
      const ofVoice: string[] = [];
      for (const name of names) {
        const before = { ...all };
        const taken = (await readSentences(corpus, name, split)).filter((_, i) => i % each === 0);
        for (const sentence of taken)
          await tally(all, voice, band === "clean" ? sentence : { ...sentence, samples: telephone(sentence.samples, ffmpeg) });
        ofVoice.push(`${name} ${percent((all.errors - before.errors) / Math.max(1, all.words - before.words))}`);
      }
      const label = `${title} sentences, ${band}`;
      figures.set(
        label,
        `${percent(all.errors / all.words)} (${all.errors}/${all.words}), ${all.exact} of ${all.sentences} exact`,
      );
      figures.set(`${label}: by voice`, ofVoice.join(", "));
      figures.set(`${label}: unsure of, loops`, `${all.refused} of ${all.sentences} would be refused alone, ${all.loops} loops`);
      if (split === "test") figures.set(`${label}: word times`, `start ${spread(all.starts)} ms, end ${spread(all.ends)} ms`);
    }
  }
}

interface Tally {
  errors: number;
  words: number;
  exact: number;
  sentences: number;
  /** Heard all the same, but a recording of this sentence alone would be refused. */
  refused: number;
  /** More than twice as many words as were said, and three. */
  loops: number;
  starts: number[];
  ends: number[];
}

async function tally(all: Tally, voice: Models, sentence: Sentence): Promise<void> {
  const recording = recordingOf([sentence.samples]);
  let transcript = await hear(recording, voice);
  if (refused(transcript)) {
    all.refused++;
    transcript = await hear(recording, unrefused(voice));
  }
  const said = sentence.words.flatMap(({ text, start, end }) => comparableWords(text).map((word) => ({ word, start, end })));
  const heard = transcript.turns.flatMap(({ words }) =>
    words.flatMap(({ text, startMs, endMs }) =>
      comparableWords(text).map((word) => ({ word, start: startMs / 1_000, end: endMs / 1_000 })),
    ),
  );
  const found = wordErrors(
    said.map(({ word }) => word),
    heard.map(({ word }) => word),
  );
  const errors = found.substitutions + found.insertions + found.deletions;
  all.errors += errors;
  all.words += said.length;
  all.sentences++;
  if (errors === 0) all.exact++;
  if (heard.length > 2 * said.length + 3) all.loops++;
  for (const [i, j] of found.matches) {
    const [truth, time] = [said[i], heard[j]];
    if (truth === undefined || time === undefined) continue;
    all.starts.push(Math.abs(time.start - truth.start));
    all.ends.push(Math.abs(time.end - truth.end));
  }
}

async function readSentences(corpus: string, name: string, split: "test" | "novel"): Promise<Sentence[]> {
  const file = await open(join(corpus, `${name}.raw`));
  try {
    const found: Sentence[] = [];
    for (const line of readFileSync(join(corpus, `${name}.jsonl`), "utf8").split("\n")) {
      if (!line.includes(`"split": "${split}"`)) continue;
      const { text, off, n, words } = utteranceSchema.parse(JSON.parse(line));
      const bytes = Buffer.alloc(2 * n);
      await file.read(bytes, 0, 2 * n, 2 * off);
      // Some silence before and after, as between two turns.
      const margin = 8_000;
      const samples = new Float32Array(n + 2 * margin);
      for (let i = 0; i < n; i++) samples[margin + i] = bytes.readInt16LE(2 * i) / 32_768;
      const shift = margin / 16_000;
      found.push({
        samples,
        words: text
          .split(" ")
          .map((word, i) => ({ text: word, start: (words[i]?.[0] ?? 0) + shift, end: (words[i]?.[1] ?? 0) + shift })),
      });
    }
    return found;
  } finally {
    await file.close();
  }
}

/** 300 to 3,400 Hz, 8 kHz, mu-law and back: by ffmpeg, not by the filters that training used. */
function telephone(samples: Float32Array, ffmpeg: string): Float32Array {
  const run = (args: readonly string[], input: Buffer): Buffer => {
    const { status, stdout, stderr } = spawnSync(ffmpeg, ["-v", "error", ...args, "-"], { input, maxBuffer: 1 << 28 });
    if (status !== 0) throw new Error(`ffmpeg: ${stderr.toString("utf8")}`);
    return stdout;
  };
  const linear = Buffer.alloc(2 * samples.length);
  for (const [i, sample] of samples.entries()) linear.writeInt16LE(Math.round(32_767 * Math.max(-1, Math.min(1, sample))), 2 * i);
  const line = run(
    ["-f", "s16le", "-ar", "16000", "-ac", "1", "-i", "-", "-af", "highpass=f=300,lowpass=f=3400", "-ar", "8000", "-f", "mulaw"],
    linear,
  );
  const back = run(["-f", "mulaw", "-ar", "8000", "-ac", "1", "-i", "-", "-ar", "16000", "-f", "s16le"], line);
  return Float32Array.from({ length: back.length >> 1 }, (_, i) => back.readInt16LE(2 * i) / 32_768);
}

function spread(seconds: readonly number[]): string {
  const { median, p90 } = spreadOf(seconds.map((one) => one * 1_000));
  return `${median} (${p90})`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
