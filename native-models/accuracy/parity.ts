import { basename, dirname, resolve } from "node:path";
import { env, Tensor as PeerTensor, WhisperFeatureExtractor, WhisperForConditionalGeneration } from "@huggingface/transformers";
import { logMel } from "../audio/log-mel.ts";
import { readConfiguration, type WhisperConfiguration } from "../whisper/configuration.ts";
import { decodeWindows, promptOf, whisperThresholds } from "../whisper/decoding.ts";
import { logSumExp } from "../whisper/exponentials.ts";
import { type Encoded, openNetwork, rowsTogether } from "../whisper/network.ts";
import { type DecodingRules, decodingRules } from "../whisper/rules.ts";
import { readTokens } from "../whisper/tokens.ts";
import { folderModel, makeTensor } from "./model-folders.ts";
import { compareWordTimes, joinWordTimes, noWordTimes, type WordTimeDifferences } from "./word-time-parity.ts";

/*
 * Whether Earmark hears what transformers.js hears with the same graphs: features, encoder output and the first step's
 * logits as numbers, and greedy decoding token for token, with eight windows of ours to one of theirs.
 *
 * Their timestamp rules are not Whisper's in three points (4.3.1, `WhisperTimeStampLogitsProcessor`): the first time may
 * be any (they return before the limit on it), time may run backwards, and prompt tokens may be said where a model does
 * not list them as suppressed. Where timed tokens differ it is told which of the first two it was.
 */

/** What differed between the two over some windows. */
export interface Parity {
  readonly windows: number;
  /** Largest differences of the numbers on the way. */
  readonly features: number;
  readonly encoder: number;
  readonly firstLogits: number;
  /** Tokens compared, without timestamps. */
  readonly tokens: number;
  /** Windows whose tokens are all the same. */
  readonly sameTokens: number;
  /** The same with timestamps, both under transformers.js's rules. */
  readonly sameTimed: number;
  /** The same with timestamps, each under its own rules. */
  readonly sameUnderOwnRules: number;
  /** Why tokens under their own rules first differ, counted. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Times of the words of the windows that are the same with timestamps under transformers.js's rules. */
  readonly wordTimes: WordTimeDifferences;
}

/** Tokens of a window, at most: what `decodeWindows` allows for a second of sound. */
const mostTokens = 40;
const secondsForThem = 1;
/** Windows whose first step is compared as numbers. */
const firstSteps = 4;

type Feeds = Readonly<Record<string, unknown>>;

/** What of transformers.js is used here; its own types leave most of it open. */
interface Peer {
  (feeds: Feeds): Promise<{ logits: { data: Float32Array } }>;
  readonly sessions: Readonly<Record<string, { run(feeds: Feeds): Promise<Record<string, { data: Float32Array }>> }>>;
  /** Tokens, or tokens with their times where those are asked for. */
  generate(options: Feeds): Promise<Numbers | { readonly sequences: Numbers; readonly token_timestamps: Numbers }>;
}

/** A tensor of theirs, row by row. */
interface Numbers {
  tolist(): (bigint | number)[][];
}

/** transformers.js with a model folder, greedy and in fp32. */
export async function openPeer(
  folder: string,
  threads: number,
): Promise<{ peer: Peer; extract: (samples: Float32Array) => Promise<Float32Array> }> {
  const path = resolve(folder);
  env.allowRemoteModels = false;
  env.localModelPath = dirname(path);
  const sessionOptions = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  };
  const peer = await WhisperForConditionalGeneration.from_pretrained(basename(path), {
    dtype: "fp32",
    device: "cpu",
    session_options: sessionOptions,
  });
  const extractor = (await WhisperFeatureExtractor.from_pretrained(basename(path), {})) as unknown as (
    samples: Float32Array,
  ) => Promise<{ input_features: { data: Float32Array } }>;
  return { peer: peer as unknown as Peer, extract: async (samples) => (await extractor(samples)).input_features.data };
}

/** Compares the two on windows of sound of at most 30 s. */
export async function compareWithPeer(folder: string, windows: readonly Float32Array[], threads = 2): Promise<Parity> {
  const model = folderModel(folder, "demo-voice");
  const configuration = await readConfiguration(model);
  const { tokens, features: shape } = configuration;
  const network = await openNetwork(model, configuration, makeTensor, threads);
  const reader = await readTokens(model);
  const mel = logMel(shape);
  const { peer, extract } = await openPeer(folder, threads);
  const timed = promptOf(configuration, "en", "transcribe");
  const untimed = [...timed, tokens.noTimestamps];
  const { signal } = new AbortController();
  const decode = (encoded: readonly Encoded[], prompt: readonly number[], rules: DecodingRules) =>
    decodeWindows(
      { network, configuration, rules, reader },
      encoded.map((one) => ({ encoded: one, seconds: secondsForThem })),
      prompt,
      { ...whisperThresholds, temperatures: [0] },
      signal,
    );
  const peerTokens = async (features: Float32Array, prompt: readonly number[], timestamps: boolean) => {
    const generated = await peer.generate({
      inputs: new PeerTensor("float32", features, [1, shape.bands, shape.frames]),
      language: "en",
      task: "transcribe",
      return_timestamps: timestamps,
      // What the pipeline asks for with `return_timestamps: "word"`.
      return_token_timestamps: timestamps,
      // As there: all of the window's positions.
      num_frames: configuration.encoderPositions,
      max_new_tokens: mostTokens,
    });
    const row = (numbers: Numbers) => (numbers.tolist()[0] ?? []).map(Number).slice(prompt.length);
    const said = row("sequences" in generated ? generated.sequences : generated);
    return {
      said: said.at(-1) === tokens.endOfText ? said.slice(0, -1) : said,
      times: "sequences" in generated ? row(generated.token_timestamps) : [],
    };
  };

  let [features, encoder, firstLogits, count, sameTokens, sameTimed, sameUnderOwnRules] = [0, 0, 0, 0, 0, 0, 0];
  const reasons: Record<string, number> = {};
  let wordTimes = noWordTimes;
  const together = rowsTogether(configuration);
  for (let at = 0; at < windows.length; at += together) {
    const batch = windows.slice(at, at + together);
    const encoded: Encoded[] = [];
    const theirs: Float32Array[] = [];
    for (const [i, samples] of batch.entries()) {
      const own = mel.features(samples);
      const other = await extract(samples);
      features = Math.max(features, difference(own, other));
      const ours = await network.encode(own);
      const input = makeTensor("float32", other, [1, shape.bands, shape.frames]);
      const states = (await peer.sessions["model"]?.run({ input_features: input }))?.["last_hidden_state"];
      encoder = Math.max(encoder, difference(ours.states.data as Float32Array, states?.data));
      encoded.push(ours);
      theirs.push(other);
      if (at + i < firstSteps) {
        const { logits } = await peer({
          input_features: new PeerTensor("float32", other, [1, shape.bands, shape.frames]),
          decoder_input_ids: new PeerTensor("int64", BigInt64Array.from(untimed, BigInt), [1, untimed.length]),
        });
        firstLogits = Math.max(firstLogits, difference((await network.begin(untimed, [ours])).logits, logits.data));
      }
    }
    const plain = await decode(encoded, untimed, untimedRules(configuration));
    const withTheirRules = await decode(encoded, timed, peerTimedRules(configuration));
    const withTimes = await decode(encoded, timed, decodingRules(configuration));
    // What a row of the prompt attends to does not change with what comes after it.
    const promptRows: (readonly Float32Array[])[] = [];
    for (let length = 1; length < timed.length; length++)
      promptRows.push((await network.begin(timed.slice(0, length), encoded)).attention);
    for (const [i, own] of theirs.entries()) {
      const ours = plain[i]?.said.map(({ id }) => id) ?? [];
      count += ours.length;
      if (firstDifference(ours, (await peerTokens(own, untimed, false)).said) === null) sameTokens++;
      const oursTimed = withTimes[i]?.said.map(({ id }) => id) ?? [];
      const { said: peerTimed, times: peerTimes } = await peerTokens(own, timed, true);
      const decoded = withTheirRules[i];
      if (
        decoded !== undefined &&
        firstDifference(
          decoded.said.map(({ id }) => id),
          peerTimed,
        ) === null
      ) {
        sameTimed++;
        const rows = promptRows.flatMap((all) => all[i] ?? []);
        const alike = { decoded, promptRows: rows, peerTimes, samples: batch[i]?.length ?? 0 };
        wordTimes = joinWordTimes(wordTimes, compareWordTimes(alike, configuration, reader));
      }
      const why = timedDifference(oursTimed, peerTimed, configuration);
      if (why === null) sameUnderOwnRules++;
      else reasons[why] = (reasons[why] ?? 0) + 1;
    }
  }
  const same = { sameTokens, sameTimed, sameUnderOwnRules };
  return { windows: windows.length, features, encoder, firstLogits, tokens: count, ...same, reasons, wordTimes };
}

/** The rules of decoding without timestamps, as transformers.js has them: the model's suppressed tokens, and no more. */
function untimedRules({ suppressed, suppressedAtBeginning }: WhisperConfiguration): DecodingRules {
  return (logits, said) => {
    for (const token of suppressed) logits[token] = -Infinity;
    if (said.length === 0) for (const token of suppressedAtBeginning) logits[token] = -Infinity;
  };
}

/** The rules of decoding with timestamps as transformers.js has them. */
function peerTimedRules(configuration: WhisperConfiguration): DecodingRules {
  const { endOfText, firstTimestamp, noTimestamps } = configuration.tokens;
  const untimed = untimedRules(configuration);
  const isTime = (token: number | undefined) => token !== undefined && token >= firstTimestamp;
  return (logits, said) => {
    untimed(logits, said);
    logits[noTimestamps] = -Infinity;
    if (said.length === 0) {
      logits.fill(-Infinity, 0, firstTimestamp);
      return;
    }
    if (isTime(said.at(-1))) {
      if (said.length < 2 || isTime(said.at(-2))) logits.fill(-Infinity, firstTimestamp);
      else logits.fill(-Infinity, 0, endOfText);
    }
    const bestWord = logits.subarray(0, firstTimestamp).reduce((best, logit) => Math.max(best, logit), -Infinity);
    if (logSumExp(logits, firstTimestamp, logits.length) > bestWord) logits.fill(-Infinity, 0, firstTimestamp);
  };
}

/** Why two timed decodings part: what rule of Whisper's the other's first different token breaks; null when they are the same. */
export function timedDifference(
  ours: readonly number[],
  theirs: readonly number[],
  { tokens, latestFirstTimestamp }: WhisperConfiguration,
): string | null {
  const at = firstDifference(ours, theirs);
  if (at === null) return null;
  const token = theirs[at];
  const before = ours.slice(0, at).findLast((id) => id >= tokens.firstTimestamp);
  if (token !== undefined && token >= tokens.firstTimestamp) {
    if (at === 0 && latestFirstTimestamp !== null && token > tokens.firstTimestamp + latestFirstTimestamp)
      return "their first time is later than the model allows";
    if (before !== undefined && token <= before) return "their time runs backwards";
  }
  if (token !== undefined && token > tokens.endOfText && token < tokens.firstTimestamp) return "they say a prompt token";
  // A time that is likelier than any word: which times count depends on which are allowed.
  const mine = ours[at];
  if (before !== undefined && (mine ?? 0) < tokens.firstTimestamp && (token ?? 0) >= tokens.firstTimestamp)
    return "times that run backwards count for them when a time is weighed against a word";
  return "unexplained";
}

function firstDifference(a: readonly number[], b: readonly number[]): number | null {
  for (let i = 0; i < Math.max(a.length, b.length); i++) if (a[i] !== b[i]) return i;
  return null;
}

function difference(a: Float32Array, b: Float32Array | undefined): number {
  if (b === undefined || a.length !== b.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs((a[i] as number) - (b[i] as number)));
  return largest;
}
