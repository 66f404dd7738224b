import { existsSync, readdirSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { VoiceRange } from "../diarization/clustering.ts";
import type { Models } from "../index.ts";
import { findSounds } from "../sounds/find-sounds.ts";
import { demoCall } from "./demo-call.ts";
import { diarizationErrorRate, diarizationErrors, readRttm, type SpeakerStretch } from "./diarization-error.ts";
import { hear, percent } from "./hearing.ts";
import { reportHumanVoices } from "./human-voices.ts";
import { demoModels, installedWhisper, noModels, sharedModels } from "./model-folders.ts";
import { readRecording } from "./recording.ts";
import { reportRedaction } from "./redaction-report.ts";
import { sharedMaterial, sharedMaterialPresent } from "./shared-material.ts";
import { reportVariants } from "./variants-report.ts";
import { knownCalls, reportWords } from "./words-report.ts";

/*
 * How right the engine is, on the recordings of the development material and the samples. Word error: as Whisper's
 * normaliser for English has it, and of the plain words (lower case, no punctuation); a word on the wrong side counts as
 * an error. Diarization error: overlap scored, without a collar and with one of 0.25 s. The metrics are checked against
 * worked examples in metrics.test.ts and english-normaliser.test.ts.
 *
 * npm run accuracy -- [--variants | --voices | --redaction] [models folder]
 *
 * Words come from a Whisper of the hub where one lies in the models folder, in one that EARMARK_MODELS names, or in the
 * library, else from the demo voice. `--variants` measures the demo voice in other precisions, and nothing else;
 * `--voices` who spoke when, and nothing else; `--redaction` how much personal data is found, which takes no models.
 */

const audio = `${sharedMaterial}audio/`;
const none: Models = noModels;
const ofDemo: Models = demoModels();
/** Nothing is known of the number of voices but that it is no crowd. */
const manyVoices: VoiceRange = { least: 1, most: 6 };

const { values, positionals } = parseArgs({
  options: {
    variants: { type: "boolean", default: false },
    voices: { type: "boolean", default: false },
    redaction: { type: "boolean", default: false },
  },
  allowPositionals: true,
});
await main();

async function main(): Promise<void> {
  if (values.redaction) {
    reportRedaction();
    return;
  }
  const folder = positionals[0] ?? `${sharedMaterial}models`;
  const demo = sharedModels(folder);
  if (values.variants) {
    await reportVariants(demo);
    return;
  }
  if (values.voices && sharedMaterialPresent) {
    await voices(demo);
    return;
  }
  const models = { ...demo, transcription: (await installedWhisper(folder)) ?? demo.transcription };
  const roles = Object.entries(models).map(([task, model]) => `${task}: ${model?.id ?? "none"}`);
  console.log(`Models in ${folder}\n  ${roles.join("\n  ")}`);
  const built = Object.values(ofDemo).flatMap((model) => (model === null ? [] : [model.id]));
  console.log(`Demo models that come with Earmark: ${built.join(", ")}\n`);
  await reportWords(models, knownCalls());
  reportRedaction();
  if (!sharedMaterialPresent) {
    console.log("Nothing else was measured: ../shared with its recordings is not beside the repository.");
    return;
  }
  await voices(models);
  await sounds();
  await reportHumanVoices(models);
}

async function voices(models: Models): Promise<void> {
  const json = (path: string) => JSON.parse(readFileSync(`${audio}${path}`, "utf8"));
  const repair = (json("auto-repair-40-segments.json") as { segments: SpeakerStretch[] }).segments;
  const three = (json("three-speakers-reference.json") as ThreeSpeakers).tests.diarization_tests.flatMap(({ segments }) =>
    segments.map(({ speaker_tag, start_sec, end_sec }) => ({ speaker: String(speaker_tag), start: start_sec, end: end_sec })),
  );
  const meetings = readFileSync(`${audio}meetings/reference.rttm`, "utf8");
  const count = (truth: readonly SpeakerStretch[]) => new Set(truth.map(({ speaker }) => speaker)).size;
  const sets: { path: string; mono: boolean; truth: SpeakerStretch[]; speakers: number | VoiceRange | null; models: Models }[] = [
    { path: "auto-repair-40-stereo.wav", mono: false, truth: repair, speakers: null, models },
    { path: "auto-repair-40-stereo.wav", mono: false, truth: repair, speakers: null, models: none },
    { path: "auto-repair-40-mono.wav", mono: true, truth: repair, speakers: null, models },
    { path: "auto-repair-40-mono.wav", mono: true, truth: repair, speakers: null, models: ofDemo },
    {
      path: "telephone-30s.wav",
      mono: true,
      truth: readRttm(readFileSync(`${audio}telephone-30s.rttm`, "utf8")),
      speakers: null,
      models,
    },
    // The number of voices given, and to be found out.
    ...[3, manyVoices].map((speakers) => ({ path: "three-speakers.wav", mono: true, truth: three, speakers, models })),
    ...["dev00", "trn01", "trn02", "trn03", "trn04", "tst00"].flatMap((name) => {
      const truth = readRttm(meetings, name);
      return [count(truth), manyVoices].map((speakers) => ({
        path: `meetings/ami_${name}.wav`,
        mono: true,
        truth,
        speakers,
        models,
      }));
    }),
    ...["call1", "call2", "call3"].flatMap((name) =>
      [
        { mono: false, models },
        { mono: true, models },
        { mono: true, models: ofDemo },
      ].map(({ mono, models }) => {
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
    "\nWho spoke when                                          method    voices  error   collar 0.25  missed  invented  confused  of s   seconds",
  );
  const counted = { right: 0, wrong: 0 };
  for (const { path, mono, truth, speakers, models: using } of sets) {
    if (!existsSync(`${audio}${path}`)) continue;
    const { diarization, diarizeS } = await hear(await readRecording(`${audio}${path}`, { mono }), using, speakers, false);
    const found = diarization.segments.map(({ voice, startMs, endMs }) => ({
      speaker: String(voice),
      start: startMs / 1_000,
      end: endMs / 1_000,
    }));
    // What the demo models refuse is no miscount.
    if (typeof speakers !== "number" && using !== ofDemo)
      counted[diarization.voices.length === count(truth) ? "right" : "wrong"]++;
    const strict = diarizationErrors(truth, found, 0);
    console.log(
      [
        `  ${path}${mono ? " (mono)" : ""}${using === none ? " (no models)" : using === ofDemo ? " (demo models)" : ""}`.padEnd(
          54,
        ),
        diarization.method.padEnd(8),
        `${diarization.voices.length}/${count(truth)}${typeof speakers === "number" ? " given" : ""}`.padEnd(9),
        percent(diarizationErrorRate(strict)).padEnd(7),
        percent(diarizationErrorRate(diarizationErrors(truth, found, 0.25))).padEnd(11),
        ...[strict.missed, strict.falseAlarm, strict.confused, strict.speech].map((seconds) => seconds.toFixed(1).padEnd(7)),
        diarizeS.toFixed(1),
      ].join(" "),
    );
  }
  console.log(`  Number of voices, where it was not given: ${counted.right} right, ${counted.wrong} wrong`);
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
