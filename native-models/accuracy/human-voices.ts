import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import type { Transcript } from "../../app/conversation/conversation.ts";
import type { Models } from "../index.ts";
import { normalisedWords } from "./english-normaliser.ts";
import { hear, percent } from "./hearing.ts";
import { spreadOf } from "./percentiles.ts";
import { readRecording } from "./recording.ts";
import { sharedMaterial } from "./shared-material.ts";
import { comparableWords, wordErrorRate, wordErrors } from "./word-error.ts";

/*
 * Recordings of people. Where words are known a real Whisper is measured by them; a limited model has to refuse every one
 * of them, and what it could not be asked is told.
 */

const audio = `${sharedMaterial}audio/`;

interface HumanRecording {
  readonly path: string;
  readonly mono?: true;
  /** What is said, where it is known. */
  readonly text?: string;
  /** The words with the seconds they begin at, where those are known. */
  readonly words?: readonly { readonly text: string; readonly start: number }[];
}

const referenceSchema = z.object({
  tests: z.object({
    language_tests: z.array(
      z.object({
        audio_file: z.string(),
        transcript: z.string(),
        words: z.array(z.object({ word: z.string(), start_sec: z.number() })),
      }),
    ),
    diarization_tests: z.array(z.object({ words: z.array(z.object({ word: z.string() })) })),
  }),
});

function recordings(): HumanRecording[] {
  const reference = existsSync(`${audio}words-reference.json`)
    ? referenceSchema.parse(JSON.parse(readFileSync(`${audio}words-reference.json`, "utf8"))).tests
    : null;
  const read = reference?.language_tests.find(({ audio_file }) => audio_file === "test.wav");
  const three = reference?.diarization_tests[0]?.words.map(({ word }) => word).join(" ");
  return [
    { path: "auto-repair-40-stereo.wav" },
    { path: "auto-repair-40-mono.wav", mono: true },
    { path: "Auto0_GUID_000_AGENT_ChrisL_DT_2025-02-19T06-01-22_Mono.wav", mono: true },
    { path: "agent-side-only.wav", mono: true },
    { path: "telephone-30s.wav", mono: true },
    {
      path: "stereo-two-sentences-5s.wav",
      text:
        "He began a confused complaint against the wizard, who had vanished behind the curtain on the left. " +
        "The horizon seems extremely distant.",
    },
    { path: "stereo-two-sentences-5s.wav", mono: true },
    {
      path: "read-words.wav",
      mono: true,
      ...(read === undefined
        ? {}
        : { text: read.transcript, words: read.words.map(({ word, start_sec }) => ({ text: word, start: start_sec })) }),
    },
    { path: "three-speakers-words.wav", mono: true, ...(three === undefined ? {} : { text: three }) },
    { path: "three-speakers.wav", mono: true },
    { path: "dual-mono-hungarian-1.mp3" },
    { path: "dual-mono-hungarian-2.mp3" },
    ...["dev00", "trn01", "trn02", "trn03", "trn04", "tst00"].map((name) => ({
      path: `meetings/ami_${name}.wav`,
      mono: true as const,
    })),
  ];
}

/** Hears the recordings of people and prints what came of it. */
export async function reportHumanVoices(models: Models): Promise<void> {
  const refusable = models.transcription?.limited === true;
  console.log(`\nHuman voices (${refusable ? "a limited model has to refuse all of them" : "words where the truth is known"})`);
  const unasked: string[] = [];
  for (const { path, mono, text, words } of recordings()) {
    if (!existsSync(`${audio}${path}`)) continue;
    const { transcript, recogniseS } = await hear(await readRecording(`${audio}${path}`, { mono: mono === true }), models);
    const lacking = transcript.shortfalls.filter(({ lacks }) => lacks === "words").map(({ reason }) => reason);
    const heard = transcript.turns.flatMap((turn) => comparableWords(turn.text)).length;
    const said =
      lacking.length > 0
        ? lacking.join()
        : `${heard} words${refusable && heard > 0 ? " (NOT REFUSED)" : ""}${text === undefined ? "" : wordError(text, transcript)}`;
    const times = lacking.length > 0 || words === undefined ? "" : startErrors(words, transcript);
    console.log(
      `  ${path}${mono === true ? " (mono)" : ""}`.padEnd(72),
      `${said}${times}`.padEnd(28),
      `${recogniseS.toFixed(1)} s`,
    );
    if (lacking.length > 0 && text !== undefined)
      unasked.push(`word error${words === undefined ? "" : " and word times"} of ${path}`);
  }
  if (unasked.length > 0) {
    console.log(`Not run, for want of a real Whisper (see README.md): ${unasked.join("; ")}.`);
  }
}

function wordError(text: string, transcript: Transcript): string {
  const heard = normalisedWords(transcript.turns.map((turn) => turn.text).join(" "));
  return `, word error ${percent(wordErrorRate(wordErrors(normalisedWords(text), heard)))}`;
}

function startErrors(words: readonly { text: string; start: number }[], transcript: Transcript): string {
  const said = words.flatMap(({ text, start }) => comparableWords(text).map((word) => ({ word, start })));
  const heard = transcript.turns
    .flatMap((turn) => turn.words)
    .flatMap(({ text, startMs }) => comparableWords(text).map((word) => ({ word, start: startMs / 1_000 })));
  const { matches } = wordErrors(
    said.map(({ word }) => word),
    heard.map(({ word }) => word),
  );
  const errors = matches.map(([i, j]) => Math.abs((said[i]?.start ?? 0) - (heard[j]?.start ?? 0)) * 1_000);
  const { median, p95, within100 } = spreadOf(errors);
  return `, start ${median} ms (95th ${p95}, ${percent(within100)} within 100 ms)`;
}
