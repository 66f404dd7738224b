import { stopIfCancelled } from "../speech-error.ts";
import { beamSearch } from "./beam-search.ts";
import { compressionRatio } from "./compression.ts";
import type { WhisperConfiguration } from "./configuration.ts";
import { logSumExp } from "./exponentials.ts";
import type { Encoded, WhisperNetwork } from "./network.ts";
import type { DecodingRules } from "./rules.ts";
import type { TermBias } from "./term-bias.ts";
import { type Chances, chancesOf, drawn } from "./token-choice.ts";
import type { TokenReader } from "./tokens.ts";

/** When a decoding is tried again and when it is nothing: openai/whisper `transcribe.py`. */
export interface DecodingThresholds {
  /** Tried in this order until one is good enough; 0 takes the likeliest. */
  readonly temperatures: readonly number[];
  /** A text that compresses better than this is a loop. */
  readonly compressionRatio: number;
  /** A mean log-probability below this is a guess. */
  readonly meanLogProbability: number;
  /** Above this, and with a guess for a text, nobody spoke. */
  readonly noSpeech: number;
  /** Lines followed at once at temperature 0: 1 is greedy, which is two to three times as fast as 5. */
  readonly beams: number;
}

/** Whisper's own thresholds. */
export const whisperThresholds: DecodingThresholds = {
  temperatures: [0, 0.2, 0.4, 0.6, 0.8, 1],
  compressionRatio: 2.4,
  meanLogProbability: -1,
  noSpeech: 0.6,
  beams: 1,
};

/** A token as said. */
export interface SaidToken {
  readonly id: number;
  /** Its probability among the text tokens, or among all for a timestamp, before any rule. */
  readonly probability: number;
  /** Natural logarithm of its probability under the rules. */
  readonly logProbability: number;
  /** How the step that chose it attended to the sound: [heads, positions]. */
  readonly attention: Float32Array;
}

/** A line of tokens from the beginning of a window to wherever the decoder stopped. */
export interface Line {
  /** Text and timestamps, without the end. */
  readonly said: readonly SaidToken[];
  /** The step that chose the end. */
  readonly lastAttention: Float32Array;
  /** Sum of the log-probabilities of the tokens, the end included. */
  readonly logProbability: number;
  /** It stopped because it had said enough, not because it was done. */
  readonly unfinished: boolean;
}

/** What was heard in a window. */
export interface Decoded {
  /** Text and timestamps, without the end. */
  readonly said: readonly SaidToken[];
  /** The step that chose the end. */
  readonly lastAttention: Float32Array;
  /** Mean log-probability of the tokens, the end included. */
  readonly meanLogProbability: number;
  readonly compressionRatio: number;
  readonly noSpeechProbability: number;
  readonly temperature: number;
  /** It stopped because it had said enough, not because it was done. */
  readonly unfinished: boolean;
  /** How probable each language is, whatever language the prompt named; empty for a model of one language. */
  readonly languages: ReadonlyMap<string, number>;
}

/** A window to be decoded. */
export interface Utterance {
  readonly encoded: Encoded;
  /** Seconds of sound in it. */
  readonly seconds: number;
}

/** Most tokens per second of sound, and some to begin with: no language is spoken faster. */
const tokensPerSecond = 16;
const tokensToBegin = 24;

/** What stays the same over the windows of a recording. */
export interface Decoder {
  readonly network: WhisperNetwork;
  readonly configuration: WhisperConfiguration;
  readonly rules: DecodingRules;
  readonly reader: TokenReader;
  /** What makes terms likelier; absent where there are none. */
  readonly bias?: TermBias;
}

/**
 * The tokens a decoding begins with.
 *
 * @param vocabulary tokens of words that are likely to be said; they stand where Whisper expects what was said before.
 */
export function promptOf(
  configuration: WhisperConfiguration,
  language: string | null,
  task: "transcribe" | "translate",
  vocabulary: readonly number[] = [],
): number[] {
  const { tokens, multilingual, languages, decoderPositions } = configuration;
  // As openai/whisper: at most half of the positions, less the token that begins it, and the end of the text counts.
  const before =
    vocabulary.length > 0 && tokens.startOfPrevious !== null
      ? [tokens.startOfPrevious, ...vocabulary.slice(-(Math.floor(decoderPositions / 2) - 1))]
      : [];
  const prompt = [...before, tokens.startOfTranscript];
  if (!multilingual) return prompt;
  const languageToken = language === null ? undefined : languages.get(language);
  const taskToken = task === "translate" ? tokens.translate : tokens.transcribe;
  if (languageToken !== undefined) prompt.push(languageToken);
  if (taskToken !== null) prompt.push(taskToken);
  return prompt;
}

/** Whether nobody spoke, by the decoder's own judgement: it says so, and the text it has is a guess. */
export function isSilent(
  decoded: Pick<Decoded, "meanLogProbability" | "noSpeechProbability">,
  thresholds: DecodingThresholds,
): boolean {
  return decoded.noSpeechProbability > thresholds.noSpeech && decoded.meanLogProbability < thresholds.meanLogProbability;
}

/**
 * Decodes windows together, those again with a higher temperature whose text is a loop or a guess. Each comes out as it
 * would by itself.
 *
 * @throws SpeechError `cancelled` between tokens, `engine-failed`
 */
export async function decodeWindows(
  decoder: Decoder,
  windows: readonly Utterance[],
  prompt: readonly number[],
  thresholds: DecodingThresholds,
  signal: AbortSignal,
): Promise<Decoded[]> {
  const best: (Decoded | undefined)[] = windows.map(() => undefined);
  let open = windows.map((_, index) => index);
  for (const temperature of thresholds.temperatures) {
    if (open.length === 0) break;
    const again: number[] = [];
    const chosen = open.map((index) => windows[index] as Utterance);
    const all = await decodeWithin(decoder, chosen, prompt, temperature, thresholds.beams, signal);
    for (const [at, index] of open.entries()) {
      const decoded = all[at] as Decoded;
      const before = best[index];
      const good = isSilent(decoded, thresholds) || !needsAnother(decoded, thresholds);
      if (good || before === undefined || quality(decoded, thresholds) > quality(before, thresholds)) best[index] = decoded;
      if (!good) again.push(index);
    }
    open = again;
  }
  return best.map((decoded) => {
    if (decoded === undefined) throw new RangeError("A window is decoded at one temperature at least.");
    return decoded;
  });
}

function needsAnother(decoded: Decoded, thresholds: DecodingThresholds): boolean {
  return decoded.compressionRatio > thresholds.compressionRatio || decoded.meanLogProbability < thresholds.meanLogProbability;
}

/** None was good enough: the likeliest without a loop is kept. */
function quality(decoded: Decoded, thresholds: DecodingThresholds): number {
  return decoded.meanLogProbability - (decoded.compressionRatio > thresholds.compressionRatio ? 10 : 0);
}

/** Decodes windows in as large parts as there is memory for. */
async function decodeWithin(
  decoder: Decoder,
  windows: readonly Utterance[],
  ...how: [prompt: readonly number[], temperature: number, beams: number, signal: AbortSignal]
): Promise<Decoded[]> {
  try {
    return await decodeOnce(decoder, windows, ...how);
  } catch (error) {
    const memory =
      error instanceof Error && /bad[_ ]alloc|out of memory|failed to allocate|allocation failed/iu.test(error.message);
    if (!memory || windows.length < 2) throw error;
    const half = Math.ceil(windows.length / 2);
    const first = await decodeWithin(decoder, windows.slice(0, half), ...how);
    return [...first, ...(await decodeWithin(decoder, windows.slice(half), ...how))];
  }
}

async function decodeOnce(
  decoder: Decoder,
  windows: readonly Utterance[],
  prompt: readonly number[],
  temperature: number,
  beams: number,
  signal: AbortSignal,
): Promise<Decoded[]> {
  const { network, configuration, rules, reader } = decoder;
  const { vocabulary, tokens, decoderPositions } = configuration;
  const limits = windows.map(({ seconds }) =>
    Math.min(
      Math.floor(decoderPositions / 2),
      decoderPositions - prompt.length - 1,
      tokensToBegin + Math.ceil(seconds * tokensPerSecond),
    ),
  );
  const noSpeechToken = reader.special("<|nospeech|>") ?? reader.special("<|nocaptions|>") ?? tokens.noTimestamps - 1;
  const reply = await network.begin(
    prompt,
    windows.map(({ encoded }) => encoded),
  );
  // Whether anybody speaks, and in which language, is asked where the transcript begins.
  const asked = prompt.indexOf(tokens.startOfTranscript);
  const noSpeech = windows.map((_, row) => {
    const from = (row * prompt.length + asked) * vocabulary;
    const logits = reply.logits.subarray(from, from + vocabulary);
    return Math.exp((logits[noSpeechToken] as number) - logSumExp(logits, 0, vocabulary));
  });
  const steps = { network, configuration, rules, bias: decoder.bias ?? null, reply, limits, signal };
  const lines = temperature === 0 && beams > 1 ? await beamSearch(steps, beams) : await oneLineEach(steps, temperature);
  return lines.map((line, row) => {
    const ids = line.said.map(({ id }) => id);
    return {
      said: line.said,
      lastAttention: line.lastAttention,
      meanLogProbability: line.logProbability / (line.said.length + 1),
      compressionRatio: compressionRatio(reader.text(ids.filter((id) => id < tokens.endOfText)).trim()),
      noSpeechProbability: noSpeech[row] as number,
      temperature,
      unfinished: line.unfinished,
      languages: languagesAt(configuration, reply.logits, (row * prompt.length + asked) * vocabulary),
    };
  });
}

/** A decoding after its first step. */
export interface DecodingSteps {
  readonly network: WhisperNetwork;
  readonly configuration: WhisperConfiguration;
  readonly rules: DecodingRules;
  readonly bias: TermBias | null;
  /** What came after the prompt, a row for each window. */
  readonly reply: Awaited<ReturnType<WhisperNetwork["begin"]>>;
  /** Most tokens of each window. */
  readonly limits: readonly number[];
  readonly signal: AbortSignal;
}

/** One line for each window: the likeliest token at every step, or one drawn. */
async function oneLineEach(steps: DecodingSteps, temperature: number): Promise<Line[]> {
  const { network, configuration, rules, limits, signal } = steps;
  const { vocabulary, tokens } = configuration;
  const lines = limits.map((limit) => ({
    limit,
    said: [] as SaidToken[],
    ids: [] as number[],
    // The same for every row, so that a window comes out the same in whatever company it is decoded.
    random: seededRandom(Math.round(temperature * 100)),
    logProbability: 0,
    lastAttention: new Float32Array(0),
    unfinished: true,
    done: false,
  }));
  let { reply } = steps;
  /** The line of each row. */
  let rows = lines.map((_, row) => row);
  const chances: Chances = chancesOf(configuration, steps.bias);
  for (;;) {
    stopIfCancelled(signal);
    const tokensPerRow = reply.logits.length / rows.length / vocabulary;
    const next: number[] = rows.map(() => tokens.endOfText);
    for (const [at, row] of rows.entries()) {
      const line = lines[row] as (typeof lines)[number];
      if (line.done) continue;
      line.lastAttention = reply.attention[at] as Float32Array<ArrayBuffer>;
      if (line.said.length === line.limit) {
        line.done = true;
        continue;
      }
      const from = ((at + 1) * tokensPerRow - 1) * vocabulary;
      const allowed = chances.under(rules, reply.logits.subarray(from, from + vocabulary), line.ids);
      const id = temperature === 0 ? allowed.likeliest() : drawn(allowed.logits, temperature, line.random);
      const logProbability = allowed.logProbability(id);
      line.logProbability += logProbability;
      if (id === tokens.endOfText) {
        line.unfinished = false;
        line.done = true;
        continue;
      }
      line.said.push({ id, probability: allowed.plainProbability(id), logProbability, attention: line.lastAttention });
      line.ids.push(id);
      next[at] = id;
    }
    const live = rows.flatMap((row, at) => (lines[row]?.done === true ? [] : [at]));
    if (live.length === 0) return lines;
    let { memory } = reply;
    let ids = next;
    if (live.length < rows.length) {
      const kept = closedUp(live);
      memory = network.choose(memory, kept);
      rows = kept.map((at) => rows[at] as number);
      ids = kept.map((at) => next[at] as number);
    }
    reply = await network.goOn(ids, memory);
  }
}

/** The rows that go on, each where it was or, behind the others, in the place of one that is done: few have to be moved. */
function closedUp(live: readonly number[]): number[] {
  const behind = live.filter((row) => row >= live.length);
  return Array.from({ length: live.length }, (_, at) => (live.includes(at) ? at : (behind.shift() ?? at)));
}

/** Numbers that look random and are the same on every run, so that the same recording gives the same transcript (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** How probable each language of the model is in each window; empty for a model of one language. */
export async function languageProbabilities(
  { network, configuration }: Pick<Decoder, "network" | "configuration">,
  encoded: readonly Encoded[],
): Promise<Map<string, number>[]> {
  const { languages, multilingual, vocabulary, tokens } = configuration;
  if (!multilingual || languages.size === 0 || encoded.length === 0) return encoded.map(() => new Map());
  const { logits } = await network.begin([tokens.startOfTranscript], encoded);
  return encoded.map((_, row) => languagesAt(configuration, logits, row * vocabulary));
}

/** The languages' probabilities among themselves, from the logits of one token that begin at `from`. */
function languagesAt({ languages, multilingual }: WhisperConfiguration, logits: Float32Array, from: number): Map<string, number> {
  if (!multilingual || languages.size === 0) return new Map();
  const entries = [...languages];
  const chosen = Float32Array.from(entries, ([, id]) => logits[from + id] as number);
  const whole = logSumExp(chosen, 0, chosen.length);
  return new Map(entries.map(([language], i) => [language, Math.exp((chosen[i] as number) - whole)]));
}
