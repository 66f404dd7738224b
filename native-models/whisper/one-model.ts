import type { InferenceSession } from "onnxruntime-common";
import type { Model } from "../session.ts";
import { SpeechError } from "../speech-error.ts";
import type { WhisperConfiguration } from "./configuration.ts";
import type { TokenReader } from "./tokens.ts";

/*
 * Whether the files of a Whisper are of one model. A graph of another size opens without a word, and a tokenizer of
 * another model reads every number as some word: what it would come to is a failure deep in the runtime, or nonsense. Both
 * tell beforehand what they are.
 */

/** A dimension of an input or output, and what the configuration says of it. */
type Said = readonly [name: string, from: "inputs" | "outputs", at: number, size: number, what: string];

/** The parts of a session that are looked at. */
type Described = Pick<InferenceSession, "inputMetadata" | "outputMetadata">;

/**
 * Compares the graphs with the configuration. Dimensions that an export leaves open are passed over.
 *
 * @throws SpeechError `model-unsuitable` when a graph is of another size, or takes other numbers than float32.
 */
export function checkGraphs(
  model: Pick<Model, "id">,
  configuration: WhisperConfiguration,
  encoder: Described,
  decoder: { readonly first: Described; readonly next: Described },
): void {
  const { modelWidth, encoderPositions, features, vocabulary, decoderHeads, decoderLayers } = configuration;
  const refuse = (graph: string, what: string): never => {
    throw new SpeechError("model-unsuitable", `The ${graph} of ${model.id} ${what}: its files are of several models.`);
  };
  const check = (graph: string, described: Described, all: readonly Said[]) => {
    const values = { inputs: described.inputMetadata ?? [], outputs: described.outputMetadata ?? [] };
    for (const value of [...values.inputs, ...values.outputs]) {
      if (value.isTensor && value.type === "float16") refuse(graph, `takes or gives ${value.name} in half precision`);
    }
    for (const [name, from, at, size, what] of all) {
      const value = values[from].find((one) => one.name === name);
      const found = value?.isTensor === true ? value.shape.at(at) : undefined;
      if (typeof found === "number" && found > 0 && found !== size)
        refuse(graph, `has ${found} ${what} where its configuration says ${size}`);
    }
    const beyond = `present.${decoderLayers}.decoder.key`;
    if (values.outputs.some(({ name }) => name === beyond)) refuse(graph, `has more layers than the ${decoderLayers} it should`);
  };
  check("encoder", encoder, [
    ["input_features", "inputs", 1, features.bands, "bands"],
    ["input_features", "inputs", 2, features.frames, "frames"],
    ["last_hidden_state", "outputs", 1, encoderPositions, "positions"],
    ["last_hidden_state", "outputs", -1, modelWidth, "numbers a position"],
  ]);
  const width = modelWidth / decoderHeads;
  for (const graph of new Set([decoder.first, decoder.next])) {
    check("decoder", graph, [
      ["encoder_hidden_states", "inputs", -1, modelWidth, "numbers a position"],
      ["past_key_values.0.decoder.key", "inputs", 1, decoderHeads, "heads"],
      ["past_key_values.0.decoder.key", "inputs", -1, width, "numbers a head"],
      ["logits", "outputs", -1, vocabulary, "tokens"],
    ]);
  }
}

/**
 * Compares the tokenizer with the configuration, by the ids of the special tokens.
 *
 * @throws SpeechError `model-damaged` when it is another model's.
 */
export function checkTokens(model: Pick<Model, "id">, { tokens, languages }: WhisperConfiguration, reader: TokenReader): void {
  const said: readonly (readonly [string, number | null | undefined])[] = [
    ["<|endoftext|>", tokens.endOfText],
    ["<|startoftranscript|>", tokens.startOfTranscript],
    ["<|transcribe|>", tokens.transcribe],
    ["<|notimestamps|>", tokens.noTimestamps],
    ...[...languages].map(([language, id]) => [`<|${language}|>`, id] as const),
  ];
  for (const [name, id] of said) {
    const found = reader.special(name);
    if (id === null || id === undefined || found === null || found === id) continue;
    throw new SpeechError(
      "model-damaged",
      `The tokenizer of ${model.id} is another model's: ${name} is ${found} where its configuration says ${id}.`,
    );
  }
  if (reader.special("<|startoftranscript|>") === null)
    throw new SpeechError("model-damaged", `The tokenizer of ${model.id} is no Whisper's: it knows no <|startoftranscript|>.`);
}
