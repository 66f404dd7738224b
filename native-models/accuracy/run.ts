import { existsSync, readdirSync, readFileSync } from "node:fs";
import { defaultSpeechOptions } from "../../app/conversation/speech.ts";
import { diarize, type Models, recognise } from "../index.ts";
import { findSounds } from "../sounds/find-sounds.ts";
import { demoCall, scoreCall } from "./demo-call.ts";
import { diarizationErrorRate, diarizationErrors, readRttm, type SpeakerStretch } from "./diarization-error.ts";
import { makeTensor, noModels, sharedModels } from "./model-folders.ts";
import { type Recording, readRecording } from "./recording.ts";
import { sharedMaterial, sharedMaterialPresent } from "./shared-material.ts";
import { comparableWords, wordErrorRate, wordErrors } from "./word-error.ts";

/*
 * How right the engine is, on the recordings of the development material. Word error: words in lower case and without
 * punctuation, nothing else made alike; a word on the wrong side counts as an error. Diarization error: overlap scored,
 * without a collar and with one of 0.25 s. The metrics are checked against worked examples in metrics.test.ts.
 *
 * npm run accuracy -- [models folder]
 */

const audio = `${sharedMaterial}audio/`;
const none: Models = noModels;

if (sharedMaterialPresent) await main();
else console.log("Nothing was measured: ../shared with its recordings is not beside the repository.");

async function main(): Promise<void> {
  const folder = process.argv[2] ?? `${sharedMaterial}models`;
  const models = sharedModels(folder);
  const roles = Object.entries(models).map(([task, model]) => `${task}: ${model?.id ?? "none"}`);
  console.log(`Models in ${folder}\n  ${roles.join("\n  ")}\n`);
  await synthetic(models);
  await voices(models);
  await sounds();
  await human(models);
}

async function hear(recording: Recording, models: Models, speakers: number | null = null, words = true) {
  const attention = { signal: new AbortController().signal, onProgress: () => {} };
  const options = { ...defaultSpeechOptions, speakers };
  const begin = performance.now();
  const diarization = await diarize(recording.sound, recording.audio, models, makeTensor, options, attention);
  const between = performance.now();
  const using = words ? models : { ...models, transcription: null };
  const transcript = await recognise(recording.sound, recording.audio, diarization, using, makeTensor, options, attention);
  return { diarization, transcript, diarizeS: (between - begin) / 1_000, recogniseS: (performance.now() - between) / 1_000 };
}

async function synthetic(models: Models): Promise<void> {
  console.log("Words of the synthetic calls          word error      right side  start ms (p90)  end ms (p90)  seconds for");
  for (const mono of [false, true]) {
    let errors = 0;
    let words = 0;
    for (const name of ["call1", "call2", "call3"]) {
      const recording = await readRecording(`${audio}demo-calls/${name}.wav`, { mono });
      const { transcript, diarizeS, recogniseS } = await hear(recording, models);
      const score = scoreCall(demoCall(`${audio}demo-calls/${name}.json`), transcript);
      errors += score.errors;
      words += score.words;
      const { startErrorMs: start, endErrorMs: end } = score;
      console.log(
        [
          `  ${name} ${mono ? "mixed" : "stereo"}`.padEnd(36),
          `${percent(score.errors / score.words)} (${score.errors}/${score.words})`.padEnd(16),
          percent(score.rightSide).padEnd(10),
          `${start.median} (${start.p90})`.padEnd(14),
          `${end.median} (${end.p90})`.padEnd(12),
          `${(diarizeS + recogniseS).toFixed(1)} for ${(recording.sound.durationMs / 1_000).toFixed(0)}`,
        ].join("  "),
      );
    }
    console.log(`  all three ${mono ? "mixed" : "stereo"}: ${percent(errors / words)} (${errors}/${words})`);
  }
}

async function voices(models: Models): Promise<void> {
  const json = (path: string) => JSON.parse(readFileSync(`${audio}${path}`, "utf8"));
  const repair = (json("auto-repair-40-segments.json") as { segments: SpeakerStretch[] }).segments;
  const three = (json("three-speakers-reference.json") as ThreeSpeakers).tests.diarization_tests.flatMap(({ segments }) =>
    segments.map(({ speaker_tag, start_sec, end_sec }) => ({ speaker: String(speaker_tag), start: start_sec, end: end_sec })),
  );
  const meetings = readFileSync(`${audio}meetings/reference.rttm`, "utf8");
  const count = (truth: readonly SpeakerStretch[]) => new Set(truth.map(({ speaker }) => speaker)).size;
  const sets: { path: string; mono: boolean; truth: SpeakerStretch[]; speakers: number | null; models: Models }[] = [
    { path: "auto-repair-40-stereo.wav", mono: false, truth: repair, speakers: null, models },
    { path: "auto-repair-40-stereo.wav", mono: false, truth: repair, speakers: null, models: none },
    { path: "auto-repair-40-mono.wav", mono: true, truth: repair, speakers: null, models },
    {
      path: "telephone-30s.wav",
      mono: true,
      truth: readRttm(readFileSync(`${audio}telephone-30s.rttm`, "utf8")),
      speakers: null,
      models,
    },
    { path: "three-speakers.wav", mono: true, truth: three, speakers: 3, models },
    ...["dev00", "trn01", "trn02", "trn03", "trn04", "tst00"].map((name) => {
      const truth = readRttm(meetings, name);
      return { path: `meetings/ami_${name}.wav`, mono: true, truth, speakers: count(truth), models };
    }),
    ...["call1", "call2", "call3"].flatMap((name) =>
      [false, true].map((mono) => {
        const truth = demoCall(`${audio}demo-calls/${name}.json`).turns.map(({ channel, start, end }) => ({
          speaker: String(channel),
          start,
          end,
        }));
        return { path: `demo-calls/${name}.wav`, mono, truth, speakers: null, models };
      }),
    ),
  ];
  console.log(
    "\nWho spoke when                              method    voices  error   collar 0.25  missed  invented  confused  of s   seconds",
  );
  for (const { path, mono, truth, speakers, models: using } of sets) {
    if (!existsSync(`${audio}${path}`)) continue;
    const { diarization, diarizeS } = await hear(await readRecording(`${audio}${path}`, { mono }), using, speakers, false);
    const found = diarization.segments.map(({ voice, startMs, endMs }) => ({
      speaker: String(voice),
      start: startMs / 1_000,
      end: endMs / 1_000,
    }));
    const strict = diarizationErrors(truth, found, 0);
    console.log(
      [
        `  ${path}${mono ? " (mono)" : ""}${using === none ? " (no models)" : ""}`.padEnd(42),
        diarization.method.padEnd(8),
        `${diarization.voices.length}/${count(truth)}${speakers === null ? "" : " given"}`.padEnd(9),
        percent(diarizationErrorRate(strict)).padEnd(7),
        percent(diarizationErrorRate(diarizationErrors(truth, found, 0.25))).padEnd(11),
        ...[strict.missed, strict.falseAlarm, strict.confused, strict.speech].map((seconds) => seconds.toFixed(1).padEnd(7)),
        diarizeS.toFixed(1),
      ].join(" "),
    );
  }
}

/** Ringing, keys, tones and music are in none of the recordings: whatever is found is a false alarm. */
async function sounds(): Promise<void> {
  const attention = { signal: new AbortController().signal, onProgress: () => {} };
  let seconds = 0;
  const alarms = { ring: 0, dtmf: 0, tone: 0, music: 0 };
  for (const folder of ["", "meetings/", "demo-calls/"]) {
    for (const name of readdirSync(audio + folder).filter((file) => /\.(?:wav|mp3)$/u.test(file))) {
      const { sound } = await readRecording(audio + folder + name);
      for (let channel = 0; channel < sound.channels; channel++) {
        seconds += sound.durationMs / 1_000;
        for (const { kind } of await findSounds(sound, channel, attention)) alarms[kind]++;
      }
    }
  }
  const counts = Object.entries(alarms).map(([kind, count]) => `${kind} ${count}`);
  console.log(`\nFalse alarms of sounds in ${seconds.toFixed(0)} s of speech: ${counts.join(", ")}`);
}

interface ThreeSpeakers {
  readonly tests: {
    readonly diarization_tests: readonly {
      readonly segments: readonly { readonly speaker_tag: number; readonly start_sec: number; readonly end_sec: number }[];
    }[];
  };
}

async function human(models: Models): Promise<void> {
  const refusable = models.transcription?.limited === true;
  console.log(`\nHuman voices (${refusable ? "a limited model has to refuse all of them" : "words where the truth is known"})`);
  const sets: { path: string; mono?: true; text?: string }[] = [
    { path: "auto-repair-40-stereo.wav" },
    { path: "auto-repair-40-mono.wav", mono: true },
    { path: "Auto0_GUID_000_AGENT_ChrisL_DT_2025-02-19T06-01-22_Mono.wav", mono: true },
    { path: "agent-side-only.wav", mono: true },
    { path: "telephone-30s.wav", mono: true },
    { path: "stereo-two-sentences-5s.wav" },
    { path: "stereo-two-sentences-5s.wav", mono: true },
    {
      path: "read-words.wav",
      mono: true,
      text: "Mr quilter is the apostle of the middle classes and we are glad to welcome his gospel",
    },
    { path: "three-speakers-words.wav", mono: true },
    { path: "three-speakers.wav", mono: true },
    { path: "dual-mono-hungarian-1.mp3" },
    { path: "dual-mono-hungarian-2.mp3" },
    ...["dev00", "trn01", "trn02", "trn03", "trn04", "tst00"].map((name) => ({
      path: `meetings/ami_${name}.wav`,
      mono: true as const,
    })),
  ];
  for (const { path, mono, text } of sets) {
    if (!existsSync(`${audio}${path}`)) continue;
    const { transcript, recogniseS } = await hear(await readRecording(`${audio}${path}`, { mono: mono === true }), models);
    const lacking = transcript.shortfalls.filter(({ lacks }) => lacks === "words").map(({ reason }) => reason);
    const heard = transcript.turns.flatMap((turn) => comparableWords(turn.text));
    const error = text === undefined ? "" : `, word error ${percent(wordErrorRate(wordErrors(comparableWords(text), heard)))}`;
    const said =
      lacking.length > 0
        ? lacking.join()
        : `${heard.length} words${refusable && heard.length > 0 ? " (NOT REFUSED)" : ""}${error}`;
    console.log(`  ${path}${mono === true ? " (mono)" : ""}`.padEnd(72), said.padEnd(28), `${recogniseS.toFixed(1)} s`);
  }
  if (refusable || models.transcription === null) console.log("Not run, for want of a real Whisper: word error on human voices.");
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
