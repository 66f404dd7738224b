import type { InferenceSession, Tensor } from "onnxruntime-common";
import { graphPaths } from "../catalogue.ts";
import type { MakeTensor, Model, SessionOptions } from "../session.ts";
import { guarded, SpeechError } from "../speech-error.ts";
import type { WhisperConfiguration } from "./configuration.ts";
import { checkGraphs } from "./one-model.ts";

/*
 * ONNX Runtime for Node runs a graph on the thread that asks for it (`InferenceSession.run` of onnxruntime-node 1.30 is a
 * native call within one turn of the event loop), so that nothing of ours can be computed beside it; what pays is to let
 * one run do the work of several windows. Encoding gains nothing from that: it is bound by arithmetic. A decoder's step is
 * bound by reading the weights, and reads them once for all rows. The first step is bound by arithmetic again, so it is
 * taken window by window, which needs memory for one.
 *
 * What the runtime returns it copies into new memory, so it is given buffers to write into: the same ones at every step and for
 * every batch. The keys and values over the sound, by far the most of it, are asked for once, with the first step, and stay
 * where they are; rows that are done make room for the last ones. Without a memory arena of the runtime's own, and with these
 * buffers, what a recording needs does not grow with its length.
 */

/** What the encoder made of a window. */
export interface Encoded {
  readonly states: Tensor; // [1, positions, width]
}

/**
 * What the decoder remembers between steps: the keys and values of every layer, a row for each line that is decoded. It lies
 * in the network's own buffers and is used up by the next `begin`, `goOn` or `choose`.
 */
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
  /** The next token's logits after each token put in: [rows, tokens, vocabulary]. Those of `goOn` last until the next one. */
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
  /** Goes on with one more token for each row. One decoding at a time: the network remembers no other. */
  goOn(tokens: readonly number[], memory: DecoderMemory): Promise<DecoderReply>;
  /** The memory of some of the rows, in the order given; a row may be taken several times. */
  choose(memory: DecoderMemory, rows: readonly number[]): DecoderMemory;
}

/** Most rows of a step: beyond it a step costs as much more as it does. */
const mostRows = 8;
/** Tokens for which there is room beyond those said, when room is made. */
const tokensAhead = 64;
/** Bytes that the keys and values over the sound of all rows may take even where the decoder's weights take less. */
const leastHeardBytes = 64 * 1_048_576;

/**
 * How many windows of a model are decoded together: as many as have their keys and values over the sound in as much memory as
 * the decoder's weights. 6 of tiny, 5 of base and small, 8 of large-v3-turbo.
 */
export function rowsTogether(configuration: WhisperConfiguration): number {
  const { decoderLayers, encoderPositions, modelWidth, vocabulary } = configuration;
  const bytesPerRow = decoderLayers * 2 * encoderPositions * modelWidth * Float32Array.BYTES_PER_ELEMENT;
  // A layer has eight square matrices for attention and as much as eight for what comes after it.
  const weights = modelWidth * (vocabulary + decoderLayers * 16 * modelWidth) * Float32Array.BYTES_PER_ELEMENT;
  return Math.max(1, Math.min(mostRows, Math.floor(Math.max(weights, leastHeardBytes) / bytesPerRow)));
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
  // Kept memory would be that of the largest run, twice over: a third of the whole process.
  const how: SessionOptions = { threads, keepsMemory: false };
  const encoder = await model.open(graphPaths.transcription.encoder, how);
  const decoder = await openDecoder(model, how);
  checkGraphs(model, configuration, encoder, decoder);

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

  const buffers = new Map<string, Float32Array>();
  /** A buffer of the network's with room for so many values: what it held is lost when it has to grow. */
  const bufferOf = (name: string, values: number, atLeast = values): Float32Array => {
    let buffer = buffers.get(name);
    if (buffer === undefined || buffer.length < values) {
      try {
        buffer = new Float32Array(Math.max(values, atLeast));
      } catch {
        // Not even the address space for more than is needed now.
        buffer = new Float32Array(values);
      }
      buffers.set(name, buffer);
    }
    return buffer;
  };
  const tensorIn = (buffer: Float32Array, dims: readonly number[]) =>
    makeTensor("float32", buffer.subarray(0, product(dims)), dims);
  /** Room for what was said up to a token, other than where it lies now; some more than needed, since it grows with every step. */
  const roomBeside = (name: string, now: Tensor | undefined, dims: readonly number[]): Tensor => {
    const inTheFirst = (now?.data as Float32Array | undefined)?.buffer === buffers.get(`${name} 0`)?.buffer;
    const [rows = 0, heads = 0, tokens = 0, width = 0] = dims;
    return tensorIn(
      bufferOf(`${name} ${inTheFirst ? 1 : 0}`, product(dims), rows * heads * (tokens + tokensAhead) * width),
      dims,
    );
  };

  /** How each row's last token attends, out of a reply for some rows. */
  const attentionOf = (result: InferenceSession.ReturnType, rows: number, tokens: number) => {
    const attention = Array.from({ length: rows }, () => new Float32Array(alignmentHeads.length * encoderPositions));
    alignmentHeads.forEach(([layer, head], i) => {
      const weights = take(result, `cross_attentions.${layer}`).data as Float32Array; // [rows, heads, tokens, positions]
      attention.forEach((own, row) => {
        const from = ((row * decoderHeads + head) * tokens + tokens - 1) * encoderPositions;
        own.set(weights.subarray(from, from + encoderPositions), i * encoderPositions);
      });
    });
    return attention;
  };
  const logitsOf = (result: InferenceSession.ReturnType, rows: number, tokens: number) => {
    const logits = take(result, "logits").data as Float32Array;
    if (logits.length === rows * tokens * vocabulary) return logits;
    throw new SpeechError("model-damaged", `The decoder of ${model.id} gives another vocabulary than its configuration says.`);
  };
  const pastName = (name: string) => name.replace("present.", "past_key_values.");
  const presentName = (name: string) => name.replace("past_key_values.", "present.");
  const heardDims = (rows: number) => [rows, decoderHeads, encoderPositions, headWidth];
  const heardSize = product(heardDims(1));
  const mostTogether = rowsTogether(configuration);

  return {
    async encode(features) {
      const result = await guarded("Whisper's encoder", () =>
        encoder.run({ input_features: makeTensor("float32", features, [1, shape.bands, shape.frames]) }),
      );
      return { states: take(result, "last_hidden_state") };
    },

    async begin(prompt, encoded) {
      const rows = encoded.length;
      const ids = makeTensor("int64", BigInt64Array.from(prompt, BigInt), [1, prompt.length]);
      const nothing = makeTensor("float32", new Float32Array(0), [1, decoderHeads, 0, headWidth]);
      const feeds: Record<string, Tensor> = { input_ids: ids, use_cache_branch: beginFlag };
      for (const name of decoder.first.inputNames) if (name.startsWith("past_key_values.")) feeds[name] = nothing;

      // Room for as many rows as there may be, so that it is never asked for again; what is not written to takes no memory.
      const heard = memoryNames("encoder").map(
        (name) => [name, bufferOf(name, rows * heardSize, mostTogether * heardSize)] as const,
      );
      const saidDims = [rows, decoderHeads, prompt.length, headWidth];
      const said = memoryNames("decoder").map((name) => [name, roomBeside(name, undefined, saidDims)] as const);
      const saidSize = product(saidDims) / rows;
      const logits = new Float32Array(rows * prompt.length * vocabulary);
      const attention: Float32Array[] = [];
      for (const [row, { states }] of encoded.entries()) {
        const fetches: Record<string, Tensor | null> = { logits: null };
        for (const name of attentionNames) fetches[name] = null;
        for (const [name, tensor] of said) {
          const own = (tensor.data as Float32Array).subarray(row * saidSize, (row + 1) * saidSize);
          fetches[name] = makeTensor("float32", own, [1, ...saidDims.slice(1)]);
        }
        for (const [name, buffer] of heard)
          fetches[name] = makeTensor("float32", buffer.subarray(row * heardSize, (row + 1) * heardSize), heardDims(1));
        const given = only(decoder.first, { ...feeds, encoder_hidden_states: states });
        const result = await guarded("Whisper's decoder", () => decoder.first.run(given, fetches));
        logits.set(logitsOf(result, 1, prompt.length), row * prompt.length * vocabulary);
        attention.push(...attentionOf(result, 1, prompt.length));
      }
      return {
        logits,
        attention,
        memory: {
          said: Object.fromEntries(said.map(([name, tensor]) => [pastName(name), tensor])),
          heard: Object.fromEntries(heard.map(([name, buffer]) => [pastName(name), tensorIn(buffer, heardDims(rows))])),
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
      const logitsDims = [rows, 1, vocabulary];
      const attentionDims = [rows, decoderHeads, 1, encoderPositions];
      const fetches: Record<string, Tensor> = { logits: tensorIn(bufferOf("logits", product(logitsDims)), logitsDims) };
      for (const name of attentionNames) fetches[name] = tensorIn(bufferOf(name, product(attentionDims)), attentionDims);
      const said = memoryNames("decoder").map((name) => {
        const now = memory.said[pastName(name)];
        const room = roomBeside(name, now, [rows, decoderHeads, (now?.dims[2] ?? 0) + 1, headWidth]);
        fetches[name] = room;
        return [pastName(name), room] as const;
      });
      const result = await guarded("Whisper's decoder", () => decoder.next.run(only(decoder.next, feeds), fetches));
      return {
        logits: logitsOf(result, rows, 1),
        attention: attentionOf(result, rows, 1),
        memory: { ...memory, said: Object.fromEntries(said) },
      };
    },

    choose(memory, rows) {
      const unchanged = rows.length === memory.windows.length && rows.every((row, at) => row === at);
      if (unchanged) return memory;
      const windows = rows.map((row) => memory.windows[row] ?? 0);
      const said = Object.entries(memory.said).map(([name, tensor]) => {
        const [, ...rest] = tensor.dims;
        const to = roomBeside(presentName(name), tensor, [rows.length, ...rest]);
        moveRows(tensor.data as Float32Array, to.data as Float32Array, product(rest), rows);
        return [name, to] as const;
      });
      // Lines of one window changing places hear the same sound.
      const sameSound = windows.length === memory.windows.length && windows.every((window, at) => window === memory.windows[at]);
      const heard = sameSound
        ? memory.heard
        : Object.fromEntries(
            memoryNames("encoder").map((name) => {
              const from = bufferOf(name, 0);
              const to = bufferOf(name, rows.length * heardSize);
              moveRows(from, to, heardSize, rows);
              return [pastName(name), tensorIn(to, heardDims(rows.length))] as const;
            }),
          );
      return { said: Object.fromEntries(said), heard, windows };
    },
  };
}

async function openDecoder(model: Model, how: SessionOptions): Promise<DecoderGraphs> {
  const { decoder, firstDecoder, nextDecoder } = graphPaths.transcription;
  let joined: InferenceSession;
  try {
    joined = await model.open(decoder, how);
  } catch (noJoined) {
    try {
      return { first: await model.open(firstDecoder, how), next: await model.open(nextDecoder, how) };
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

function product(dims: readonly number[]): number {
  return dims.reduce((all, size) => all * size, 1);
}

/**
 * Writes chosen rows one after another; a row may be taken several times. `from` and `to` may be the same: rows that close up
 * the gaps of others, or make room for more of themselves, need no second buffer.
 */
function moveRows(from: Float32Array, to: Float32Array, size: number, rows: readonly number[]): void {
  const moves = rows.map((row, at) => ({ row, at })).filter(({ row, at }) => row !== at || from !== to);
  const down = moves.every(({ row, at }) => row > at);
  const up = moves.every(({ row, at }) => row < at);
  const source = from !== to || down || up ? from : from.slice();
  if (up) moves.reverse();
  for (const { row, at } of moves) to.set(source.subarray(row * size, (row + 1) * size), at * size);
}
