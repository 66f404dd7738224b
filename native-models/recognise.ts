import type { Shortfall, Transcript, Turn } from "../app/conversation/conversation.ts";
import type { Diarization, SpeechOptions } from "../app/conversation/speech.ts";
import { participantId, turnsOf, type VoicedWord, wordlessTurns } from "./alignment/turns.ts";
import { wordsToVoices } from "./alignment/voices.ts";
import { type HeardWord, refine, wordsOf } from "./alignment/words.ts";
import { type LogMel, logMel } from "./audio/log-mel.ts";
import { samplesPerMs } from "./audio/sample-rate.ts";
import { joinStretches, type Stretch } from "./audio/spans.ts";
import { asOneChannel, loaded, type SoundLayout } from "./diarize.ts";
import type { MakeTensor, Model, Models, Sound } from "./session.ts";
import { type Listening, stopIfCancelled } from "./speech-error.ts";
import { readConfiguration } from "./whisper/configuration.ts";
import {
  type Decoded,
  type Decoder,
  type DecodingThresholds,
  decodeWindows,
  isSilent,
  languageProbabilities,
  mostProbableLanguage,
  promptOf,
  whisperThresholds,
} from "./whisper/decoding.ts";
import { type Encoded, openNetwork, rowsTogether } from "./whisper/network.ts";
import { decodingRules } from "./whisper/rules.ts";
import { readTokens } from "./whisper/tokens.ts";
import { clearText, type Evidence, evidenceOf, understands } from "./whisper/understanding.ts";
import {
  fullWindows,
  planWindows,
  readWindow,
  recordingSample,
  restOfWindow,
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
/** Windows of speech by which a language is told. */
const languageWindows = 4;
/** What is left of a window after the decoder stopped early is heard again when it is at least this long. */
const leastRest = 1_000 * samplesPerMs;
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
  const provenance = { engine: "earmark", models: [...diarization.models, ...made], executionProvider: null };
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

/** One line of sound that Whisper hears by itself: a channel, or the mix. */
interface Track {
  readonly sound: Sound;
  readonly channel: number;
  /** The voice of the channel; null where voices are told apart by time. */
  readonly voice: number | null;
  /** Where somebody speaks, in order, without overlap. */
  readonly speech: readonly Stretch[];
}

/** One hearing of a window. */
interface Hearing {
  readonly decoded: Decoded;
  readonly window: SpeechWindow;
  readonly samples: number;
  readonly evidence: Evidence;
}

interface TrackWindow {
  readonly track: Track;
  readonly window: SpeechWindow;
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
  plan.sort((a, b) => (a.window.pieces[0]?.start ?? 0) - (b.window.pieces[0]?.start ?? 0));
  if (plan.length === 0) return { turns: [], language: null, shortfalls: [] };

  const configuration = await readConfiguration(model);
  const reader = await readTokens(model);
  const network = await openNetwork(model, configuration, makeTensor, whisperThreads);
  const decoder: Decoder = { network, configuration, rules: decodingRules(configuration), reader };
  const ear: Ear = { decoder, mel: logMel(configuration.features), signal: attention.signal, encodings: new Map() };
  const beams = options.beams ?? whisperThresholds.beams;
  const thresholds: DecodingThresholds = { ...whisperThresholds, beams, ...(model.limited ? { temperatures: [0] } : {}) };

  const asked = options.language === "auto" ? null : (options.language.toLowerCase().split("-")[0] ?? null);
  const known = asked !== null && (configuration.languages.has(asked) || !configuration.multilingual) ? asked : null;
  const language = known ?? (await detectLanguage(ear, plan));
  const translates = options.translate && language !== "en";
  const canTranslate = configuration.multilingual && configuration.tokens.translate !== null && !model.limited;
  // A limited model has never seen anything stand before a transcript.
  const terms = model.limited ? [] : (options.vocabulary ?? []);
  const vocabulary = terms.length === 0 ? [] : reader.tokens(` ${terms.join(", ")}.`);
  const prompt = promptOf(configuration, language, "transcribe", vocabulary);

  const together = Math.max(1, Math.floor(rowsTogether(configuration) / beams));
  // Translating hears everything once more.
  const share = translates && canTranslate ? 0.5 : 1;
  const total = plan.reduce((sum, { window }) => sum + windowSamples(window), 0);
  let done = 0;
  const open = plan.map((entry) => hearingOf(entry, rule));
  const judged: Evidence[] = [];
  const words: VoicedWord[] = [];
  const listen = async (batch: readonly WindowHearing[]): Promise<Hearing[]> => {
    const windows = batch.map(({ entry, next }) => ({ track: entry.track, window: next }));
    return hearTogether(ear, windows, prompt, thresholds);
  };
  /** Takes what was heard; what has to be heard again, or is left of a window, goes to the front of the line. */
  const settle = (batch: readonly WindowHearing[], hearings: readonly Hearing[]): void => {
    const further: WindowHearing[] = [];
    for (const [at, one] of batch.entries()) {
      const { entry } = one;
      const heard = hearings[at] as Hearing;
      if (one.best === null || heard.evidence.text > one.best.evidence.text) one.best = heard;
      const trim = one.best.evidence.text >= clearText ? undefined : one.trims.shift();
      if (trim !== undefined) {
        one.next = trimmed(one.whole, trim);
        further.push(one);
        continue;
      }
      const { decoded, window, samples, evidence } = one.best;
      judged.push(evidence);
      const silent = isSilent(decoded, thresholds);
      const left = wholePhrases(decoded, decoder, window);
      if (!silent) words.push(...placedWords(left.kept, window, entry.track, diarization, decoder, language, samples));
      if (!silent && left.rest !== null) further.push(hearingOf({ ...entry, window: left.rest }, rule, one.ofPlan));
      else {
        done += one.ofPlan;
        attention.onProgress(Math.min(1, (share * done) / total));
      }
    }
    open.unshift(...further);
  };

  // A limited model is judged by its first hearing of the first windows, before anything is heard again.
  if (model.limited) {
    const first: WindowHearing[] = [];
    for (let samples = 0; samples < firstJudgement && open.length > 0; ) {
      const one = open.shift() as WindowHearing;
      first.push(one);
      samples += windowSamples(one.next);
    }
    const hearings: Hearing[] = [];
    for (let at = 0; at < first.length; at += together) hearings.push(...(await listen(first.slice(at, at + together))));
    const beginning = hearings.map(({ evidence }) => evidence);
    if (!understands(beginning, "beginning")) return { lacks: "model-not-understanding" };
    settle(first, hearings);
  }
  while (open.length > 0) {
    const batch = open.splice(0, together);
    settle(batch, await listen(batch));
  }
  if (model.limited && !understands(judged, "whole")) return { lacks: "model-not-understanding" };
  const turns = turnsOf(words);
  if (!translates) return { turns, language, shortfalls: [] };
  if (!canTranslate) {
    const lacking: Shortfall = { lacks: "translation", reason: "model-missing", modelId: suggestedTranscription };
    return { turns, language, shortfalls: [lacking] };
  }
  const intoEnglish = promptOf(configuration, language, "translate");
  const onProgress = (part: number) => attention.onProgress(share + (1 - share) * part);
  return {
    turns: await translated(ear, turns, tracks, length, intoEnglish, thresholds, together, onProgress),
    language,
    shortfalls: [],
  };
}

/** What listens: the model, its features, and what it has encoded and may need again. */
interface Ear {
  readonly decoder: Decoder;
  readonly mel: LogMel;
  readonly signal: AbortSignal;
  /** Windows that were encoded to tell the language, until they are heard. */
  readonly encodings: Map<SpeechWindow, Encoding>;
}

interface Encoding {
  readonly samples: number;
  readonly encoded: Encoded;
}

/** A window on its way: what is heard of it next, how often it may be heard again, the best hearing so far. */
interface WindowHearing {
  readonly entry: TrackWindow;
  readonly whole: SpeechWindow;
  next: SpeechWindow;
  readonly trims: number[];
  best: Hearing | null;
  /** Samples of the window of the plan that it is, or is left of. */
  readonly ofPlan: number;
}

function hearingOf(entry: TrackWindow, rule: WindowRule, ofPlan = windowSamples(entry.window)): WindowHearing {
  return { entry, whole: entry.window, next: entry.window, trims: [...rule.trims], best: null, ofPlan };
}

async function encode({ decoder, mel, signal, encodings }: Ear, { track, window }: TrackWindow): Promise<Encoding> {
  stopIfCancelled(signal);
  const before = encodings.get(window);
  if (before !== undefined) return before;
  const samples = await readWindow(track.sound, track.channel, window);
  return { samples: samples.length, encoded: await decoder.network.encode(mel.features(samples)) };
}

/** Hears windows together, each as it would be heard by itself. */
async function hearTogether(
  ear: Ear,
  windows: readonly TrackWindow[],
  prompt: readonly number[],
  thresholds: DecodingThresholds,
): Promise<Hearing[]> {
  const { decoder, signal, encodings } = ear;
  const { configuration } = decoder;
  const encoded: Encoding[] = [];
  for (const one of windows) {
    encoded.push(await encode(ear, one));
    encodings.delete(one.window);
  }
  const utterances = encoded.map((one) => ({ encoded: one.encoded, seconds: one.samples / configuration.features.rate }));
  const all = await decodeWindows(decoder, utterances, prompt, thresholds, signal);
  return all.map((decoded, at) => {
    const { samples } = encoded[at] as Encoding;
    const { window } = windows[at] as TrackWindow;
    return { decoded, window, samples, evidence: evidenceOf(decoded, configuration, samples) };
  });
}

/**
 * Turns with their English: each turn's own sound is heard once more with Whisper's translate task, so that what stands
 * beside a turn is what was said in it.
 */
async function translated(
  ear: Ear,
  turns: readonly Turn[],
  tracks: readonly Track[],
  length: number,
  prompt: readonly number[],
  thresholds: DecodingThresholds,
  together: number,
  onProgress: (share: number) => void,
): Promise<Turn[]> {
  const { tokens } = ear.decoder.configuration;
  const parts: (TrackWindow & { turn: number })[] = [];
  for (const [turn, { participantId: participant, startMs, endMs }] of turns.entries()) {
    const track = tracks.find(({ voice }) => voice !== null && participantId(voice) === participant) ?? tracks[0];
    if (track === undefined) continue;
    const stretch = { start: startMs * samplesPerMs, end: Math.min(length, endMs * samplesPerMs) };
    for (const window of await planWindows(track.sound, track.channel, [stretch], length, fullWindows))
      parts.push({ turn, track, window });
  }
  const texts = turns.map(() => [] as string[]);
  for (let at = 0; at < parts.length; at += together) {
    const batch = parts.slice(at, at + together);
    const hearings = await hearTogether(ear, batch, prompt, thresholds);
    for (const [i, { decoded }] of hearings.entries()) {
      if (isSilent(decoded, thresholds)) continue;
      const ids = decoded.said.map(({ id }) => id).filter((id) => id < tokens.endOfText);
      texts[batch[i]?.turn ?? 0]?.push(ear.decoder.reader.text(ids).trim());
    }
    onProgress(Math.min(1, (at + together) / parts.length));
  }
  return turns.map((turn, index) => {
    const translation = (texts[index] ?? []).filter((text) => text !== "").join(" ");
    return translation === "" ? turn : { ...turn, translation };
  });
}

function tracksOf(sound: Sound, audio: SoundLayout, diarization: Diarization): Track[] {
  const stretch = ({ startMs, endMs }: { startMs: number; endMs: number }) => ({
    start: Math.round(startMs * samplesPerMs),
    end: Math.round(endMs * samplesPerMs),
  });
  if (diarization.voices.some(({ channel }) => channel !== null)) {
    return diarization.voices.map(({ channel }, voice) => ({
      sound,
      channel: channel ?? 0,
      voice,
      speech: joinStretches(diarization.segments.filter((segment) => segment.voice === voice).map(stretch)),
    }));
  }
  const mix = asOneChannel(sound, audio);
  return [
    {
      sound: mix,
      channel: 0,
      voice: diarization.voices.length > 1 ? null : 0,
      speech: joinStretches(diarization.segments.map(stretch)),
    },
  ];
}

/** The language most probable over some windows of speech, each weighted alike; null for a model of one language. */
async function detectLanguage(ear: Ear, plan: readonly TrackWindow[]): Promise<string | null> {
  const { languages, multilingual } = ear.decoder.configuration;
  if (!multilingual || languages.size === 0) return null;
  // The longest of the first windows say most about the language.
  const first = plan.slice(0, 3 * languageWindows).sort((a, b) => windowSamples(b.window) - windowSamples(a.window));
  const chosen = first.slice(0, languageWindows);
  for (const entry of chosen) ear.encodings.set(entry.window, await encode(ear, entry));
  const encoded = chosen.flatMap(({ window }) => ear.encodings.get(window)?.encoded ?? []);
  return mostProbableLanguage(await languageProbabilities(ear.decoder, encoded));
}

/** The words of a decoded window, placed in the recording and given to voices. */
function placedWords(
  decoded: Decoded,
  window: SpeechWindow,
  track: Track,
  diarization: Diarization,
  { configuration, reader }: Decoder,
  language: string | null,
  samples: number,
): VoicedWord[] {
  const inRecording: HeardWord[] = wordsOf(decoded, configuration, reader, language, samples).map((word) => {
    const start = recordingSample(window, word.start, "start");
    return { ...word, start, end: Math.max(start, recordingSample(window, word.end, "end")) };
  });
  const placed = refine(inRecording, track.speech).map((word) => {
    const startMs = Math.round(word.start / samplesPerMs);
    return { ...word, startMs, endMs: Math.max(startMs + 1, Math.round(word.end / samplesPerMs)) };
  });
  const assigned =
    track.voice === null
      ? wordsToVoices(placed, diarization.exclusive)
      : placed.map((word) => ({ word, voice: track.voice ?? 0, confidence: null }));
  return assigned.map(({ word, voice, confidence }) => ({
    voice,
    text: word.text,
    startMs: word.startMs,
    endMs: Math.min(track.sound.durationMs, word.endMs),
    confidence: word.confidence,
    speakerConfidence: confidence,
    ...(word.doubt === undefined ? {} : { doubt: word.doubt }),
  }));
}

/**
 * What is left of a window after the decoder stopped early. It may end after a phrase, with the next one's opening time
 * as its last word; or, because it has said enough, in the middle of one: then the last whole phrase counts, and the
 * rest is heard again (openai/whisper `transcribe.py` moves on in the same way).
 */
function wholePhrases(
  decoded: Decoded,
  { configuration }: Decoder,
  window: SpeechWindow,
): { kept: Decoded; rest: SpeechWindow | null } {
  const { firstTimestamp } = configuration.tokens;
  const isTime = (index: number) => (decoded.said[index]?.id ?? 0) >= firstTimestamp;
  let last = decoded.said.length - 1;
  if (decoded.unfinished) while (last > 0 && !(isTime(last) && isTime(last - 1))) last--;
  if (last < 1 || !isTime(last) || !isTime(last - 1)) return { kept: decoded, rest: null };
  const at = ((decoded.said[last]?.id ?? 0) - firstTimestamp) * configuration.secondsPerPosition * configuration.features.rate;
  const rest = at < leastRest ? null : restOfWindow(window, Math.round(at), leastRest);
  if (rest === null || last === decoded.said.length - 1) return { kept: decoded, rest };
  const lastAttention = decoded.said[last]?.attention ?? decoded.lastAttention;
  return { kept: { ...decoded, said: decoded.said.slice(0, last), lastAttention }, rest };
}
