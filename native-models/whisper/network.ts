import type { InferenceSession, Tensor } from "onnxruntime-common";
import { graphPaths } from "../catalogue.ts";
import type { MakeTensor, Model } from "../session.ts";
import { guarded, SpeechError } from "../speech-error.ts";
import type { WhisperConfiguration } from "./configuration.ts";

/*
 * ONNX Runtime for Node runs a graph on the thread that asks for it (`InferenceSession.run` of onnxruntime-node 1.30 is a
 * native call within one turn of the event loop), so that nothing of ours can be computed beside it; what pays is to let
 * one run do the work of several windows. Encoding gains nothing from that: it is bound by arithmetic. A decoder's step is
 * bound by reading the weights, and reads them once for all rows.
 *
 * Results come as the runtime's tensors and go back in as they are. Whatever is asked for is copied out of the runtime,
 * so the keys and values over the sound are asked for once, with the first step.
 */

/** What the encoder made of a window. */
export interface Encoded {
  readonly states: Tensor; // [1, positions, width]
}

/** What the decoder remembers between steps: the keys and values of every layer, a row for each line that is decoded. */
export interface DecoderMemory {
  /** Of the tokens; longer with every step. [rows, heads, tokens, head width] by input name. */
  readonly said: Readonly<Record<string, Tensor>>;
  /** Of the sound; the same at every step. [rows, heads, positions, head width] by input name. */
  readonly heard: Readonly<Record<string, Tensor>>;
  /** Which window each row hears: its index among those it began with. */
  readonly windows: readonly number[];
}

/** What the decoder says after a step. */
export interface DecoderReply {
  /** The next token's logits after each token put in: [rows, tokens, vocabulary]. */
  readonly logits: Float32Array;
  /** How each row's last token attends to the sound, one for each alignment head: [rows][heads, positions]. */
  readonly attention: readonly Float32Array[];
  readonly memory: DecoderMemory;
}

/** A Whisper's graphs behind their plain meaning. */
export interface WhisperNetwork {
  /** @param features [bands, frames] */
  encode(features: Float32Array): Promise<Encoded>;
  /** Begins a row for each window, all with the same prompt. */
  begin(prompt: readonly number[], encoded: readonly Encoded[]): Promise<DecoderReply>;
  /** Goes on with one more token for each row. */
  goOn(tokens: readonly number[], memory: DecoderMemory): Promise<DecoderReply>;
  /** The memory of some of the rows, in the order given; a row may be taken several times. */
  choose(memory: DecoderMemory, rows: readonly number[]): DecoderMemory;
}

/** Most rows of a step: beyond it a step costs as much more as it does. */
const mostRows = 8;
/** Bytes that the keys and values over the sound of all rows may take. */
const heardBytes = 384 * 1_048_576;

/** How many windows of a model are decoded together: 8 of tiny and base, 3 of small, 6 of large-v3-turbo. */
export function rowsTogether({ decoderLayers, encoderPositions, modelWidth }: WhisperConfiguration): number {
  const bytesPerRow = decoderLayers * 2 * encoderPositions * modelWidth * Float32Array.BYTES_PER_ELEMENT;
  return Math.max(1, Math.min(mostRows, Math.floor(heardBytes / bytesPerRow)));
}

/** The decoder's graphs: one for both kinds of step, or one for each. */
interface DecoderGraphs {
  readonly first: InferenceSession;
  readonly next: InferenceSession;
}

/**
 * Opens a Whisper in one of the hub's layouts: an encoder, and a decoder that holds both the first and the cached step
 * (`use_cache_branch`) or two decoders for them (`decoder_model`, `decoder_with_past_model`).
 *
 * @throws SpeechError `model-unsuitable` when a graph lacks something, cross attentions above all; `engine-failed` when
 * the runtime breaks. What `Model.open` rejects with where a file is missing.
 */
export async function openNetwork(
  model: Model,
  configuration: WhisperConfiguration,
  makeTensor: MakeTensor,
  threads: number,
): Promise<WhisperNetwork> {
  const { encoderPositions, features: shape, alignmentHeads, vocabulary, decoderLayers } = configuration;
  const { decoderHeads, modelWidth } = configuration;
  const headWidth = modelWidth / decoderHeads;
  const encoder = await model.open(graphPaths.transcription.encoder, { threads });
  const decoder = await openDecoder(model, threads);

  const attentionNames = [...new Set(alignmentHeads.map(([layer]) => `cross_attentions.${layer}`))];
  const memoryNames = (side: "decoder" | "encoder") =>
    Array.from({ length: decoderLayers }, (_, layer) => [
      `present.${layer}.${side}.key`,
      `present.${layer}.${side}.value`,
    ]).flat();
  const always = ["logits", ...attentionNames, ...memoryNames("decoder")];
  const atFirst = [...always, ...memoryNames("encoder")];
  for (const [graph, wanted] of [
    [decoder.first, atFirst],
    [decoder.next, always],
  ] as const) {
    const missing = wanted.filter((name) => !graph.outputNames.includes(name));
    if (missing.some((name) => name.startsWith("cross_attentions.")))
      throw new SpeechError("model-unsuitable", `${model.id} gives no cross attentions; take the _timestamped export.`);
    if (missing.length > 0)
      throw new SpeechError("model-unsuitable", `The decoder of ${model.id} does not give ${missing.join(", ")}.`);
  }

  /** Only what the graph takes: the two kinds of step differ in it. */
  const only = (graph: InferenceSession, feeds: Readonly<Record<string, Tensor>>) =>
    Object.fromEntries(Object.entries(feeds).filter(([name]) => graph.inputNames.includes(name)));
  const flag = (value: boolean) => makeTensor("bool", Uint8Array.of(value ? 1 : 0), [1]);
  const [beginFlag, goOnFlag] = [flag(false), flag(true)];

  const replyOf = (result: InferenceSession.ReturnType, rows: number, tokens: number) => {
    const logits = take(result, "logits").data as Float32Array;
    if (logits.length !== rows * tokens * vocabulary) {
      throw new SpeechError("model-damaged", `The decoder of ${model.id} gives another vocabulary than its configuration says.`);
    }
    const attention = Array.from({ length: rows }, () => new Float32Array(alignmentHeads.length * encoderPositions));
    alignmentHeads.forEach(([layer, head], i) => {
      const weights = take(result, `cross_attentions.${layer}`).data as Float32Array; // [rows, heads, tokens, positions]
      attention.forEach((own, row) => {
        const from = ((row * decoderHeads + head) * tokens + tokens - 1) * encoderPositions;
        own.set(weights.subarray(from, from + encoderPositions), i * encoderPositions);
      });
    });
    return { logits, attention };
  };
  const remembered = (result: InferenceSession.ReturnType, side: "decoder" | "encoder") =>
    Object.fromEntries(
      memoryNames(side).map((name) => [name.replace("present.", "past_key_values."), take(result, name)] as const),
    );
  const rowsOf = (tensors: Readonly<Record<string, Tensor>>, rows: readonly number[]) =>
    Object.fromEntries(
      Object.entries(tensors).map(([name, tensor]) => {
        const [, ...rest] = tensor.dims;
        const length = rest.reduce((product, size) => product * size, 1);
        const from = tensor.data as Float32Array;
        const to = new Float32Array(rows.length * length);
        for (const [at, row] of rows.entries()) to.set(from.subarray(row * length, (row + 1) * length), at * length);
        return [name, makeTensor("float32", to, [rows.length, ...rest])] as const;
      }),
    );

  return {
    async encode(features) {
      const result = await guarded("Whisper's encoder", () =>
        encoder.run({ input_features: makeTensor("float32", features, [1, shape.bands, shape.frames]) }),
      );
      return { states: take(result, "last_hidden_state") };
    },

    async begin(prompt, encoded) {
      const rows = encoded.length;
      const size = encoderPositions * modelWidth;
      const [only1] = encoded;
      let states = only1?.states;
      if (states === undefined || rows > 1) {
        const together = new Float32Array(rows * size);
        for (const [row, one] of encoded.entries()) together.set(one.states.data as Float32Array, row * size);
        states = makeTensor("float32", together, [rows, encoderPositions, modelWidth]);
      }
      const ids = BigInt64Array.from({ length: rows * prompt.length }, (_, i) => BigInt(prompt[i % prompt.length] ?? 0));
      const nothing = makeTensor("float32", new Float32Array(0), [rows, decoderHeads, 0, headWidth]);
      const feeds: Record<string, Tensor> = {
        input_ids: makeTensor("int64", ids, [rows, prompt.length]),
        encoder_hidden_states: states,
        use_cache_branch: beginFlag,
      };
      for (const name of decoder.first.inputNames) if (name.startsWith("past_key_values.")) feeds[name] = nothing;
      const result = await guarded("Whisper's decoder", () => decoder.first.run(only(decoder.first, feeds), atFirst));
      return {
        ...replyOf(result, rows, prompt.length),
        memory: {
          said: remembered(result, "decoder"),
          heard: remembered(result, "encoder"),
          windows: encoded.map((_, window) => window),
        },
      };
    },

    async goOn(tokens, memory) {
      const rows = tokens.length;
      const feeds: Record<string, Tensor> = {
        input_ids: makeTensor("int64", BigInt64Array.from(tokens, BigInt), [rows, 1]),
        // A joined decoder takes it at every step and reads it at the first alone.
        encoder_hidden_states: makeTensor("float32", new Float32Array(rows * modelWidth), [rows, 1, modelWidth]),
        use_cache_branch: goOnFlag,
        ...memory.said,
        ...memory.heard,
      };
      const result = await guarded("Whisper's decoder", () => decoder.next.run(only(decoder.next, feeds), always));
      return { ...replyOf(result, rows, 1), memory: { ...memory, said: remembered(result, "decoder") } };
    },

    choose(memory, rows) {
      const unchanged = rows.length === memory.windows.length && rows.every((row, at) => row === at);
      if (unchanged) return memory;
      const windows = rows.map((row) => memory.windows[row] ?? 0);
      // Lines of one window changing places hear the same sound.
      const sameSound = windows.length === memory.windows.length && windows.every((window, at) => window === memory.windows[at]);
      return { said: rowsOf(memory.said, rows), heard: sameSound ? memory.heard : rowsOf(memory.heard, rows), windows };
    },
  };
}

async function openDecoder(model: Model, threads: number): Promise<DecoderGraphs> {
  const { decoder, firstDecoder, nextDecoder } = graphPaths.transcription;
  let joined: InferenceSession;
  try {
    joined = await model.open(decoder, { threads });
  } catch (noJoined) {
    try {
      return { first: await model.open(firstDecoder, { threads }), next: await model.open(nextDecoder, { threads }) };
    } catch {
      // The joined one is what a model is expected to have.
      throw noJoined;
    }
  }
  if (!joined.inputNames.includes("use_cache_branch"))
    throw new SpeechError("model-unsuitable", `The decoder of ${model.id} is not a merged one.`);
  return { first: joined, next: joined };
}

function take(result: InferenceSession.ReturnType, name: string): Tensor {
  const tensor = result[name];
  if (tensor === undefined) throw new SpeechError("model-unsuitable", `The model gives no ${name}.`);
  return tensor as Tensor;
}
