import { z } from "zod";
import type { Model } from "../session.ts";
import { SpeechError } from "../speech-error.ts";

/*
 * What a Whisper says of itself: the three small files beside its graphs. Every id, size and head comes from here, so
 * that the engine is the same for every model of the hub's layout.
 */

const configSchema = z.object({
  d_model: z.int().positive(),
  decoder_layers: z.int().positive(),
  decoder_attention_heads: z.int().positive(),
  num_mel_bins: z.int().positive(),
  max_source_positions: z.int().positive(),
  max_target_positions: z.int().positive(),
  vocab_size: z.int().positive(),
  decoder_start_token_id: z.int(),
  eos_token_id: z.int(),
  median_filter_width: z.int().positive().optional(),
  suppress_tokens: z.array(z.int()).nullish(),
  begin_suppress_tokens: z.array(z.int()).nullish(),
});

const generationSchema = z.object({
  alignment_heads: z.array(z.tuple([z.int().min(0), z.int().min(0)])).nullish(),
  is_multilingual: z.boolean().optional(),
  lang_to_id: z.record(z.string(), z.int()).nullish(),
  task_to_id: z.record(z.string(), z.int()).nullish(),
  no_timestamps_token_id: z.int(),
  prev_sot_token_id: z.int().nullish(),
  max_initial_timestamp_index: z.int().min(0).nullish(),
  suppress_tokens: z.array(z.int()).nullish(),
  begin_suppress_tokens: z.array(z.int()).nullish(),
});

const preprocessorSchema = z.object({
  feature_size: z.int().positive(),
  hop_length: z.int().positive(),
  n_fft: z.int().positive(),
  sampling_rate: z.int().positive(),
  nb_max_frames: z.int().positive(),
});

/** A Whisper's shape and ids. */
export interface WhisperConfiguration {
  readonly modelWidth: number;
  readonly decoderLayers: number;
  readonly decoderHeads: number;
  /** Positions of the encoder's output: 1,500 for 30 s. */
  readonly encoderPositions: number;
  /** Most tokens of a decoder run, prompt included. */
  readonly decoderPositions: number;
  readonly vocabulary: number;
  readonly features: {
    readonly bands: number;
    readonly fftSize: number;
    readonly hop: number;
    readonly rate: number;
    readonly frames: number;
  };
  readonly medianFilterWidth: number;
  /** Layer and head of each attention that follows the sound. */
  readonly alignmentHeads: readonly (readonly [layer: number, head: number])[];
  readonly multilingual: boolean;
  /** Token by language code (`en`). */
  readonly languages: ReadonlyMap<string, number>;
  readonly tokens: {
    readonly startOfTranscript: number;
    readonly endOfText: number;
    readonly transcribe: number | null;
    readonly translate: number | null;
    /** Begins what was said before, `<|startofprev|>`; null where the model does not name it. */
    readonly startOfPrevious: number | null;
    readonly noTimestamps: number;
    /** The first timestamp, `<|0.00|>`; the others follow, 20 ms apart. */
    readonly firstTimestamp: number;
  };
  readonly suppressed: readonly number[];
  readonly suppressedAtBeginning: readonly number[];
  /** The latest time the first word may begin, in timestamps; null where any will do. */
  readonly latestFirstTimestamp: number | null;
  /** Seconds of a timestamp step and of an encoder position. */
  readonly secondsPerPosition: number;
}

/**
 * Reads a Whisper's files.
 *
 * @throws SpeechError `model-damaged` when one is missing or says something impossible.
 */
export async function readConfiguration(model: Model): Promise<WhisperConfiguration> {
  const config = await readJson(model, "config.json", configSchema);
  const generation = await readJson(model, "generation_config.json", generationSchema);
  const preprocessor = await readJson(model, "preprocessor_config.json", preprocessorSchema);
  const heads = generation.alignment_heads ?? upperHalf(config.decoder_layers, config.decoder_attention_heads);
  const impossible =
    config.d_model % config.decoder_attention_heads !== 0 ||
    heads.some(([layer, head]) => layer >= config.decoder_layers || head >= config.decoder_attention_heads) ||
    generation.no_timestamps_token_id >= config.vocab_size ||
    preprocessor.feature_size !== config.num_mel_bins;
  if (impossible) throw new SpeechError("model-damaged", `The configuration of ${model.id} contradicts itself.`);
  const seconds = (preprocessor.nb_max_frames * preprocessor.hop_length) / preprocessor.sampling_rate;
  return {
    modelWidth: config.d_model,
    decoderLayers: config.decoder_layers,
    decoderHeads: config.decoder_attention_heads,
    encoderPositions: config.max_source_positions,
    decoderPositions: config.max_target_positions,
    vocabulary: config.vocab_size,
    features: {
      bands: preprocessor.feature_size,
      fftSize: preprocessor.n_fft,
      hop: preprocessor.hop_length,
      rate: preprocessor.sampling_rate,
      frames: preprocessor.nb_max_frames,
    },
    medianFilterWidth: config.median_filter_width ?? 7,
    alignmentHeads: heads,
    multilingual: generation.is_multilingual ?? Object.keys(generation.lang_to_id ?? {}).length > 0,
    languages: new Map(Object.entries(generation.lang_to_id ?? {}).map(([token, id]) => [token.replace(/^<\||\|>$/gu, ""), id])),
    tokens: {
      startOfTranscript: config.decoder_start_token_id,
      endOfText: config.eos_token_id,
      transcribe: generation.task_to_id?.["transcribe"] ?? null,
      translate: generation.task_to_id?.["translate"] ?? null,
      startOfPrevious: generation.prev_sot_token_id ?? null,
      noTimestamps: generation.no_timestamps_token_id,
      firstTimestamp: generation.no_timestamps_token_id + 1,
    },
    suppressed: generation.suppress_tokens ?? config.suppress_tokens ?? [],
    suppressedAtBeginning: generation.begin_suppress_tokens ?? config.begin_suppress_tokens ?? [],
    latestFirstTimestamp: generation.max_initial_timestamp_index ?? null,
    secondsPerPosition: seconds / config.max_source_positions,
  };
}

/** Where a model names no heads, the upper half of the layers is taken, as openai/whisper does. */
function upperHalf(layers: number, heads: number): [number, number][] {
  const all: [number, number][] = [];
  for (let layer = Math.floor(layers / 2); layer < layers; layer++)
    for (let head = 0; head < heads; head++) all.push([layer, head]);
  return all;
}

async function readJson<Shape>(model: Model, path: string, schema: z.ZodType<Shape>): Promise<Shape> {
  const text = await model.readText(path);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SpeechError("model-damaged", `${path} of ${model.id} is not JSON.`, { cause: error });
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    throw new SpeechError("model-damaged", `${path} of ${model.id}: ${z.prettifyError(parsed.error)}`, { cause: parsed.error });
  }
  return parsed.data;
}
