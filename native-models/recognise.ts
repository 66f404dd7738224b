import type { Provenance, Shortfall, Transcript, Turn } from "../app/conversation/conversation.ts";
import type { Diarization, SpeechOptions } from "../app/conversation/speech.ts";
import { placedWords } from "./alignment/placed-words.ts";
import { participantId, turnsOf, type VoicedWord, wordlessTurns } from "./alignment/turns.ts";
import { turnsSoFar } from "./alignment/turns-so-far.ts";
import { logMel } from "./audio/log-mel.ts";
import { samplesPerMs } from "./audio/sample-rate.ts";
import { joinStretches } from "./audio/spans.ts";
import { asOneChannel, loaded, type SoundLayout } from "./diarize.ts";
import type { MakeTensor, Model, Models, Sound } from "./session.ts";
import { type Listening, stopIfCancelled } from "./speech-error.ts";
import { readConfiguration, type WhisperConfiguration } from "./whisper/configuration.ts";
import { type Decoder, type DecodingThresholds, isSilent, promptOf, whisperThresholds } from "./whisper/decoding.ts";
import { type Ear, type Hearing, hearTogether, type Track, type TrackWindow } from "./whisper/listening.ts";
import { openNetwork, rowsTogether } from "./whisper/network.ts";
import { checkTokens } from "./whisper/one-model.ts";
import { wholePhrases } from "./whisper/phrases.ts";
import { replacing } from "./whisper/replacements.ts";
import { decodingRules } from "./whisper/rules.ts";
import { speaksAnother } from "./whisper/spoken-language.ts";
import { termBias } from "./whisper/term-bias.ts";
import { readTokens } from "./whisper/tokens.ts";
import { translated } from "./whisper/translation.ts";
import { clearText, type Evidence, understands } from "./whisper/understanding.ts";
import { doubtOf } from "./whisper/window-doubt.ts";
import { detectLanguage, type TurnLanguages, turnLanguages, turnWindows } from "./whisper/window-languages.ts";
import {
  fullWindows,
  planWindows,
  type SpeechWindow,
  shortWindows,
  trimmed,
  type WindowRule,
  windowSamples,
} from "./whisper/windows.ts";

/** The model that would add words, by catalogue id: named where none is there or the one that is does not understand. */
export const suggestedTranscription = "onnx-community/whisper-base_timestamped";

/** Threads of Whisper's operators: it gains from two, and more are left to whoever shares the machine. */
const whisperThreads = 2;
/** A call of this many windows begins with a short one, so that its first words come soon. */
const manyWindows = 6;
/** The short one has its first pieces, up to this long together. */
const shortBeginning = 12_000 * samplesPerMs;
/** Speech of a limited model's first judgement: 20 s. */
const firstJudgement = 20_000 * samplesPerMs;

/**
 * What was said, word by word, by the voices of the diarization.
 *
 * Without a model, and with a limited model that does not understand the recording, the turns carry no words and a
 * shortfall names the model that would add them.
 *
 * @throws SpeechError `cancelled` between tokens; `model-damaged`, `model-unsuitable`, `engine-failed`
 */
export async function recognise(
  sound: Sound,
  audio: SoundLayout,
  diarization: Diarization,
  models: Models,
  makeTensor: MakeTensor,
  options: SpeechOptions,
  attention: Listening,
): Promise<Transcript> {
  stopIfCancelled(attention.signal);
  const { transcription } = models;
  const heard =
    transcription === null
      ? { lacks: "model-missing" as const }
      : await hear(sound, audio, diarization, transcription, makeTensor, options, attention);
  attention.onProgress(1);
  // A model that was refused made none of the result and is not named in it.
  const made = transcription === null || "lacks" in heard ? [] : [loaded(transcription, "transcription")];
  const { vocabulary, beams } = options;
  const asked = vocabulary === undefined || vocabulary.terms.length + vocabulary.replacements.length === 0 ? {} : { vocabulary };
  const provenance: Provenance = {
    engine: "earmark",
    models: [...diarization.models, ...made],
    executionProvider: null,
    ...(made.length === 0 ? {} : asked),
    ...(made.length === 0 || beams === undefined || beams === 1 ? {} : { beams }),
  };
  const base = {
    durationMs: sound.durationMs,
    participants: diarization.voices.map(({ channel }, voice) => ({
      id: participantId(voice),
      role: "other" as const,
      roleConfidence: null,
      name: null,
      channel,
    })),
    provenance,
  };
  if ("lacks" in heard) {
    const shortfall: Shortfall = { lacks: "words", reason: heard.lacks, modelId: suggestedTranscription };
    return {
      ...base,
      language: null,
      turns: wordlessTurns(diarization.segments),
      shortfalls: [...diarization.shortfalls, shortfall],
    };
  }
  return {
    ...base,
    language: heard.language,
    turns: heard.turns,
    shortfalls: [...diarization.shortfalls, ...heard.shortfalls],
  };
}

type Heard =
  | { readonly lacks: "model-not-understanding" }
  | { readonly turns: Turn[]; readonly language: string | null; readonly shortfalls: readonly Shortfall[] };

async function hear(
  sound: Sound,
  audio: SoundLayout,
  diarization: Diarization,
  model: Model,
  makeTensor: MakeTensor,
  options: SpeechOptions,
  attention: Listening,
): Promise<Heard> {
  const length = Math.round(sound.durationMs * samplesPerMs);
  const tracks = tracksOf(sound, audio, diarization);
  const rule = model.limited ? shortWindows : fullWindows;
  const plan: TrackWindow[] = [];
  for (const track of tracks) {
    for (const window of await planWindows(track.sound, track.channel, track.speech, length, rule)) plan.push({ track, window });
  }
  // In the order of the call, so that its beginning is known first.
  plan.sort((a, b) => beginningOf(a.window) - beginningOf(b.window));
  if (plan.length === 0) return { turns: [], language: null, shortfalls: [] };
  if (plan.length >= manyWindows) plan.splice(0, 1, ...shortFirst(plan[0] as TrackWindow));

  const configuration = await readConfiguration(model);
  const reader = await readTokens(model);
  checkTokens(model, configuration, reader);
  const network = await openNetwork(model, configuration, makeTensor, whisperThreads);
  const terms = options.vocabulary?.terms.map(({ term }) => term) ?? [];
  const bias = terms.length === 0 ? {} : { bias: termBias(terms, reader) };
  const decoder: Decoder = { network, configuration, rules: decodingRules(configuration), reader, ...bias };
  const ear: Ear = { decoder, mel: logMel(configuration.features), signal: attention.signal, encodings: new Map() };
  const beams = options.beams ?? whisperThresholds.beams;
  const thresholds: DecodingThresholds = { ...whisperThresholds, beams, ...(model.limited ? { temperatures: [0] } : {}) };

  const possible = possibleLanguages(options, configuration);
  const language = possible.length === 1 ? (possible[0] ?? null) : await detectLanguage(ear, plan, possible);
  /** Where each turn is heard in its own language; null while the call has one. */
  let perTurn: TurnLanguages | null = null;
  // A limited model has never seen anything stand before a transcript.
  const before = terms.length === 0 || model.limited ? [] : reader.tokens(` ${terms.join(", ")}.`);
  const replace = replacing(options.vocabulary ?? { terms: [], replacements: [] });

  const together = Math.max(1, Math.floor(rowsTogether(configuration) / beams));
  const canTranslate = configuration.multilingual && configuration.tokens.translate !== null && !model.limited;
  // Translating hears everything once more.
  const share = options.translate && canTranslate && language !== "en" ? 0.5 : 1;
  const total = plan.reduce((sum, { window }) => sum + windowSamples(window), 0);
  let done = 0;
  let open = plan.map((entry) => hearingOf({ ...entry, voice: entry.track.voice }, rule));
  const judged: Evidence[] = [];
  const words: VoicedWord[] = [];
  const soFar = turnsSoFar();

  const hearByTurns = (windows: readonly WindowHearing[]): WindowHearing[] => {
    perTurn ??= turnLanguages(ear, language ?? "", possible);
    return turnWindows(
      windows.map(({ entry }) => entry),
      diarization.exclusive,
    ).map((entry) => hearingOf(entry, rule));
  };
  if (possible.length > 1 && language !== null) open = hearByTurns(open);

  /** Takes the next windows out of the line: as many as are decoded together, all in one language. */
  const next = async (most: number): Promise<WindowHearing[]> => {
    const [first] = open;
    if (perTurn === null || first === undefined) return open.splice(0, most);
    const batch: WindowHearing[] = [];
    for (const one of open.slice(0, 2 * most)) {
      const coming = open.slice(open.indexOf(one)).map(({ entry }) => entry);
      one.language ??= await perTurn.of(coming);
      if (one.language === first.language && batch.length < most) batch.push(one);
    }
    open = open.filter((one) => !batch.includes(one));
    return batch;
  };
  const listen = async (batch: readonly WindowHearing[]): Promise<Hearing[]> => {
    const windows = batch.map(({ entry, next: window }) => ({ track: entry.track, window }));
    return hearTogether(ear, windows, promptOf(configuration, batch[0]?.language ?? language, "transcribe", before), thresholds);
  };
  /** Takes what was heard; what has to be heard again, or is left of a window, goes to the front of the line. */
  const settle = (batch: readonly WindowHearing[], hearings: readonly Hearing[]): void => {
    const further: WindowHearing[] = [];
    const watched = perTurn === null && possible.length !== 1 && !model.limited;
    let changes = false;
    for (const [at, one] of batch.entries()) {
      const { entry } = one;
      const heard = hearings[at] as Hearing;
      if (watched && speaksAnother(heard.decoded.languages, language, heard.samples)) {
        further.push(...hearByTurns([one]));
        changes = true;
        continue;
      }
      if (one.best === null || heard.evidence.text > one.best.evidence.text) one.best = heard;
      const trim = one.best.evidence.text >= clearText ? undefined : one.trims.shift();
      if (trim !== undefined) {
        one.next = trimmed(one.whole, trim);
        further.push(one);
        continue;
      }
      judged.push(one.best.evidence);
      const silent = isSilent(one.best.decoded, thresholds);
      const left = wholePhrases(one.best.decoded, decoder, one.best.window);
      const spoken = one.language ?? language;
      const kept = { ...one.best, decoded: silent ? one.best.decoded : left.kept };
      const doubt = doubtOf(one.best.decoded, thresholds);
      const own = placedWords(kept, entry.track, diarization, decoder, spoken, doubt).map((word) =>
        spoken === language || spoken === null ? word : { ...word, language: spoken },
      );
      words.push(...own);
      soFar.add(own);
      if (!silent && left.rest !== null) {
        further.push({ ...hearingOf({ ...entry, window: left.rest }, rule, one.ofPlan), language: one.language });
      } else {
        done += one.ofPlan;
        attention.onProgress(Math.min(1, (share * done) / total));
      }
    }
    // Once a window was plainly in another language, those to come are heard turn by turn.
    open = [...further, ...(changes ? hearByTurns(open) : open)];
    if (attention.onTurns === undefined) return;
    const until = open.reduce((least, { next: window }) => Math.min(least, beginningOf(window)), length);
    const heard = soFar.upTo(Math.floor(until / samplesPerMs));
    if (heard.turns.length > 0) attention.onTurns({ ...heard, turns: replace(heard.turns) });
  };

  // A limited model is judged by its first hearing of the first windows, before anything is heard again.
  if (model.limited) {
    const first: WindowHearing[] = [];
    const hearings: Hearing[] = [];
    for (let samples = 0; samples < firstJudgement && open.length > 0; ) {
      const batch = await next(together);
      first.push(...batch);
      hearings.push(...(await listen(batch)));
      samples += batch.reduce((sum, { next: window }) => sum + windowSamples(window), 0);
    }
    const beginning = hearings.map(({ evidence }) => evidence);
    if (!understands(beginning, "beginning")) return { lacks: "model-not-understanding" };
    settle(first, hearings);
  }
  // Whoever reads along gets the first words alone, and then more and more at a time.
  let most = attention.onTurns === undefined || plan.length < manyWindows ? together : 1;
  while (open.length > 0) {
    const batch = await next(most);
    settle(batch, await listen(batch));
    most = Math.min(together, 2 * most);
  }
  if (model.limited && !understands(judged, "whole")) return { lacks: "model-not-understanding" };
  const turns = replace(turnsOf(words));
  const translates = options.translate && (language !== "en" || turns.some((turn) => turn.language !== undefined));
  if (!translates) return { turns, language, shortfalls: [] };
  if (!canTranslate) {
    const lacking: Shortfall = { lacks: "translation", reason: "model-missing", modelId: suggestedTranscription };
    return { turns, language, shortfalls: [lacking] };
  }
  // The terms are written as they are in their own language.
  const plainEar: Ear = { ...ear, decoder: { network, configuration, rules: decoder.rules, reader } };
  const onProgress = (part: number) => attention.onProgress(share + (1 - share) * part);
  const task = { turns, tracks, length, language };
  return { turns: await translated(plainEar, task, thresholds, together, onProgress), language, shortfalls: [] };
}

/** A window on its way: what is heard of it next, how often it may be heard again, the best hearing so far. */
interface WindowHearing {
  readonly entry: TrackWindow & { readonly voice: number | null };
  readonly whole: SpeechWindow;
  next: SpeechWindow;
  readonly trims: number[];
  best: Hearing | null;
  /** Samples of the window of the plan that it is, or is left of. */
  readonly ofPlan: number;
  /** The language it is heard in; null, the call's, or not known yet. */
  language: string | null;
}

function hearingOf(entry: WindowHearing["entry"], rule: WindowRule, ofPlan = windowSamples(entry.window)): WindowHearing {
  return { entry, whole: entry.window, next: entry.window, trims: [...rule.trims], best: null, ofPlan, language: null };
}

function beginningOf({ pieces }: SpeechWindow): number {
  return pieces[0]?.start ?? 0;
}

/** The first window as two, of which the first has the first pieces alone; as it is where it has but one. */
function shortFirst({ track, window }: TrackWindow): TrackWindow[] {
  let pieces = 1;
  while (pieces < window.pieces.length && windowSamples({ pieces: window.pieces.slice(0, pieces + 1) }) <= shortBeginning)
    pieces++;
  if (pieces === window.pieces.length) return [{ track, window }];
  return [window.pieces.slice(0, pieces), window.pieces.slice(pieces)].map((own) => ({ track, window: { pieces: own } }));
}

/** The languages that may be spoken: the one asked for, those it is one of, or none named where any may be. */
function possibleLanguages({ language, languages = [] }: SpeechOptions, configuration: WhisperConfiguration): string[] {
  const asked = (language === "auto" ? languages : [language]).map((tag) => tag.toLowerCase().split("-")[0] ?? "");
  const known = asked.filter((tag) => configuration.languages.has(tag) || (!configuration.multilingual && asked.length === 1));
  return [...new Set(known)];
}

function tracksOf(sound: Sound, audio: SoundLayout, diarization: Diarization): Track[] {
  const stretch = ({ startMs, endMs }: { startMs: number; endMs: number }) => ({
    start: Math.round(startMs * samplesPerMs),
    end: Math.round(endMs * samplesPerMs),
  });
  const all = diarization.voices.map((_, voice) => voice);
  if (diarization.voices.some(({ channel }) => channel !== null)) {
    // Voices that share a channel share one listening: what two say at once there is one sound, and is heard once.
    return [...Map.groupBy(all, (voice) => diarization.voices[voice]?.channel ?? 0)].map(([channel, voices]) => ({
      sound,
      channel,
      voice: voices.length > 1 ? null : (voices[0] ?? 0),
      voices,
      speech: joinStretches(diarization.segments.filter(({ voice }) => voices.includes(voice)).map(stretch)),
    }));
  }
  const mix = asOneChannel(sound, audio);
  return [
    {
      sound: mix,
      channel: 0,
      voice: diarization.voices.length > 1 ? null : 0,
      voices: all,
      speech: joinStretches(diarization.segments.map(stretch)),
    },
  ];
}
