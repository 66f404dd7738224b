/*
 * The models Earmark knows: what each is for, which files it consists of, where it comes from, what its graphs take and
 * give. Data alone; reading folders, fetching and opening are done in main/backend/speech.
 *
 * A graph is asked for by its canonical path (`graphPaths`); whoever opens it maps that to the file that lies in the
 * folder, which may be a quantised variant or, for a model of a single graph, have another name.
 */

/** What a model is for. */
export type ModelTask = "transcription" | "segmentation" | "embedding" | "activity";

/**
 * In what numbers a Whisper's weights are kept: 32-bit, half precision, whole numbers of 8 bits, or of 4 bits in blocks
 * with a scale each. What each costs in accuracy is measured in accuracy/README.md.
 */
export const precisions = ["fp32", "fp16", "int8", "int4"] as const;
/** In what numbers a model's weights are kept. */
export type Precision = (typeof precisions)[number];

/**
 * The hub's names for the files of each precision, the best first: `_quantized` is its default 8-bit export (whole numbers
 * with a sign, as `_int8`), `_q4` and `_bnb4` are 4 bits with arithmetic in float32, `_q4f16` with arithmetic in half.
 */
export const precisionSuffixes: Readonly<Record<Precision, readonly string[]>> = {
  fp32: [""],
  fp16: ["_fp16"],
  int8: ["_quantized", "_int8", "_uint8"],
  int4: ["_q4", "_bnb4", "_q4f16"],
};

/**
 * The execution providers that a precision is for, the best first; every one of them runs on the processor too. 8-bit
 * products (MatMulInteger) have kernels on the processor alone, and elsewhere are handed back to it at every step; half
 * precision is what graphics processors are fastest at, and the processor turns it into float32 and back; 4-bit products
 * (MatMulNBits) have kernels on the processor, WebGPU, CUDA and DirectML.
 */
export const precisionSuits: Readonly<Record<Precision, readonly string[]>> = {
  fp32: ["cpu", "cuda", "webgpu", "dml", "coreml"],
  fp16: ["cuda", "webgpu", "dml", "coreml"],
  int8: ["cpu"],
  int4: ["webgpu", "cuda", "dml", "cpu"],
};

/** The canonical paths of the graphs of each task: what to pass to `Model.open`. */
export const graphPaths = {
  transcription: {
    encoder: "onnx/encoder_model.onnx",
    decoder: "onnx/decoder_model_merged.onnx",
    // Exports that keep the decoder's two kinds of step apart.
    firstDecoder: "onnx/decoder_model.onnx",
    nextDecoder: "onnx/decoder_with_past_model.onnx",
  },
  segmentation: { model: "onnx/model.onnx" },
  embedding: { model: "onnx/model.onnx" },
  activity: { model: "onnx/model.onnx" },
} as const;

/**
 * A name that a graph must have among its inputs or outputs. Several names are alternatives; one that ends with `.*`
 * stands for at least one name that begins so (`cross_attentions.*`).
 */
export type ExpectedName = string | readonly string[];

/** What a graph must take and give. */
export interface ExpectedGraph {
  /** The canonical path. */
  readonly path: string;
  /** Files that can stand for it, the best first: the canonical path, other names, quantised variants with float inputs. */
  readonly files: readonly string[];
  readonly inputs: readonly ExpectedName[];
  readonly outputs: readonly ExpectedName[];
}

/** A file of a model. */
export interface ModelFile {
  readonly path: string;
  /** Size in bytes at the pinned revision. */
  readonly bytes: number;
  /** Whether the size is known to the byte; otherwise it is rounded, and the hub's answer decides. */
  readonly exact: boolean;
  /** Without it the model cannot be used; an optional one is fetched and kept when it is there. */
  readonly needed: boolean;
}

/** Where a model can be fetched. */
export interface ModelSource {
  /** Owner and name on the hub. */
  readonly repo: string;
  /** Commit the catalogue was written against. */
  readonly revision: string;
}

/** The figures of a Whisper's config.json by which its size is told. */
export interface WhisperShape {
  readonly dModel: number;
  readonly encoderLayers: number;
  readonly decoderLayers: number;
  readonly melBins: number;
}

/** One model of the catalogue. */
export interface CatalogueModel {
  readonly id: string;
  /** For people. */
  readonly name: string;
  readonly task: ModelTask;
  /** SPDX identifier. */
  readonly licence: string;
  /** Null for a model that is only recognised in a folder. */
  readonly source: ModelSource | null;
  /** What is fetched. A folder may hold other variants of the graphs (`graphs[].files`). */
  readonly files: readonly ModelFile[];
  readonly graphs: readonly ExpectedGraph[];
  /** Understands only a narrow material: chosen last, and results are marked. */
  readonly limited: boolean;
  /** The order in which one of several installed models is chosen; the smallest first. */
  readonly preference: number;
  /** Present on Whispers of the hub. */
  readonly whisper?: WhisperShape;
  /** The precisions that can be fetched; `files` has one of them. Absent where there is nothing to choose. */
  readonly variants?: readonly ModelVariant[];
}

/** The graphs of a model in one precision. */
export interface ModelVariant {
  readonly precision: Precision;
  readonly graphs: readonly ModelFile[];
}

/** Size of the vocabulary of OpenAI's multilingual Whispers up to v2; the smallest a general multilingual Whisper has. */
export const whisperVocabulary = 51_865;

const mega = 1_000_000;

function file(path: string, bytes: number, more: { about?: true; optional?: true } = {}): ModelFile {
  return { path, bytes, exact: more.about !== true, needed: more.optional !== true };
}

/**
 * Variants, as the hub names them, in the order in which one of several is taken when nobody chose: float32 in and out all
 * of them, as transformers.js feeds them; an export that takes half precision is refused when it is looked at.
 */
const variants = [...precisionSuffixes.fp32, ...precisionSuffixes.int8, ...precisionSuffixes.int4, ...precisionSuffixes.fp16];

function withVariants(path: string, ...others: readonly string[]): readonly string[] {
  const stem = path.slice(0, -".onnx".length);
  return [...variants.map((variant) => `${stem}${variant}.onnx`), ...others];
}

const whisperGraphs: readonly ExpectedGraph[] = [
  {
    path: graphPaths.transcription.encoder,
    files: withVariants(graphPaths.transcription.encoder),
    inputs: ["input_features"],
    outputs: ["last_hidden_state"],
  },
  {
    path: graphPaths.transcription.decoder,
    files: withVariants(graphPaths.transcription.decoder),
    inputs: ["input_ids", "encoder_hidden_states", "past_key_values.*", "use_cache_branch"],
    // Word times come from the cross attentions: an export without them is the plain one, not the `_timestamped` one.
    outputs: ["logits", "present.*", "cross_attentions.*"],
  },
];

/** What stands for a joined decoder in exports that keep its two kinds of step apart. */
const partedDecoder: readonly ExpectedGraph[] = [
  {
    path: graphPaths.transcription.firstDecoder,
    files: withVariants(graphPaths.transcription.firstDecoder),
    inputs: ["input_ids", "encoder_hidden_states"],
    outputs: ["logits", "present.*", "cross_attentions.*"],
  },
  {
    path: graphPaths.transcription.nextDecoder,
    files: withVariants(graphPaths.transcription.nextDecoder),
    inputs: ["input_ids", "past_key_values.*"],
    outputs: ["logits", "present.*", "cross_attentions.*"],
  },
];

/**
 * The graphs to look for in a folder with these files: a model's own, or, for a Whisper whose joined decoder is absent
 * and whose two halves are there, the halves in its place.
 */
export function graphsFor(model: Pick<CatalogueModel, "task" | "graphs">, files: readonly string[]): readonly ExpectedGraph[] {
  const there = (graph: ExpectedGraph) => graph.files.some((name) => files.includes(name));
  const joined = model.graphs.find(({ path }) => path === graphPaths.transcription.decoder);
  if (model.task !== "transcription" || joined === undefined || there(joined) || !partedDecoder.every(there)) return model.graphs;
  return [...model.graphs.filter((graph) => graph !== joined), ...partedDecoder];
}

function singleGraph(
  inputs: readonly ExpectedName[],
  outputs: readonly ExpectedName[],
  ...others: readonly string[]
): readonly ExpectedGraph[] {
  const path = graphPaths.segmentation.model;
  return [{ path, files: withVariants(path, ...others), inputs, outputs }];
}

/**
 * A Whisper's graphs in each precision: sizes of encoder and joined decoder in bytes at the pinned revision. The hub shows
 * them rounded, so they are about right; those of the 4-bit files are reckoned from what this project's own conversion of
 * the same dimensions comes to (accuracy/make-variants.py), whose tables of words stay in float32 as the hub's do.
 */
function whisperVariants(
  sizes: Readonly<Record<Precision, readonly [encoder: number, decoder: number]>>,
): readonly ModelVariant[] {
  return precisions.map((precision) => {
    const [encoder, decoder] = sizes[precision];
    return { precision, graphs: [graphFile("encoder", precision, encoder), graphFile("decoder", precision, decoder)] };
  });
}

function graphFile(part: "encoder" | "decoder", precision: Precision, bytes: number): ModelFile {
  const path = graphPaths.transcription[part].replace(".onnx", `${precisionSuffixes[precision][0]}.onnx`);
  return file(path, bytes, { about: true });
}

/** What comes with every Whisper of the hub. Sizes as of the base model; the others differ by a few hundred bytes. */
const whisperTexts: readonly ModelFile[] = [
  file("config.json", 2_243, { about: true }),
  file("generation_config.json", 3_832, { about: true }),
  file("preprocessor_config.json", 339, { about: true }),
  file("tokenizer.json", 2_480_466, { about: true }),
  file("tokenizer_config.json", 282_682, { about: true }),
  file("added_tokens.json", 34_600, { about: true, optional: true }),
  file("special_tokens_map.json", 2_190, { about: true, optional: true }),
];

const segmentationGraph = singleGraph([["x", "input_values"]], [["y", "logits"]], "model.onnx", "model.int8.onnx");
const embeddingGraph = singleGraph([["feats", "input_features"]], [["embs", "embeddings", "last_hidden_state"]], "model.onnx");
const activityGraph = singleGraph(
  ["input", "state", "sr"],
  ["output", "stateN"],
  "silero_vad_16k_op15.onnx",
  "silero_vad.onnx",
  "model.onnx",
);

/**
 * All models, by task and then by preference.
 *
 * Among several Whispers `small` is chosen, then `base`, `large-v3-turbo`, `tiny`: on an ordinary processor small hears
 * a call several times faster than it lasts and its word error is near that of the large ones (8.6 % against 7.8 % on
 * the open leaderboard, base 10.3 %, tiny 12.8 %), while turbo's encoder alone is ten times small's. Whoever wants
 * another one sets it. A limited model is chosen only when there is nothing else.
 */
export const catalogue: readonly CatalogueModel[] = [
  {
    id: "onnx-community/whisper-small_timestamped",
    name: "Whisper small",
    task: "transcription",
    licence: "Apache-2.0",
    source: { repo: "onnx-community/whisper-small_timestamped", revision: "65caa70f294b46e1c33ff820aae6b16d048ab818" },
    // The 8-bit files: exact sizes, a quarter of the download, and faster on a processor.
    files: [
      ...whisperTexts,
      file("onnx/encoder_model_quantized.onnx", 92_240_498),
      file("onnx/decoder_model_merged_quantized.onnx", 156_795_750),
    ],
    graphs: whisperGraphs,
    limited: false,
    preference: 10,
    whisper: { dModel: 768, encoderLayers: 12, decoderLayers: 12, melBins: 80 },
    variants: whisperVariants({
      fp32: [353 * mega, 615 * mega],
      fp16: [177 * mega, 309 * mega],
      int8: [92_240_498, 156_795_750],
      int4: [66 * mega, 232 * mega],
    }),
  },
  {
    id: "onnx-community/whisper-base_timestamped",
    name: "Whisper base",
    task: "transcription",
    licence: "Apache-2.0",
    source: { repo: "onnx-community/whisper-base_timestamped", revision: "608c49e61301901684bc36cac8f74b95ff6b5a8e" },
    // Small enough to be taken in full precision.
    files: [
      ...whisperTexts,
      file("onnx/encoder_model.onnx", 82_451_730),
      file("onnx/decoder_model_merged.onnx", 209 * mega, { about: true }),
    ],
    graphs: whisperGraphs,
    limited: false,
    preference: 20,
    whisper: { dModel: 512, encoderLayers: 6, decoderLayers: 6, melBins: 80 },
    variants: whisperVariants({
      fp32: [82_451_730, 209 * mega],
      fp16: [41.3 * mega, 105 * mega],
      int8: [23.2 * mega, 53.7 * mega],
      int4: [18.7 * mega, 123 * mega],
    }),
  },
  {
    id: "onnx-community/whisper-large-v3-turbo_timestamped",
    name: "Whisper large v3 turbo",
    task: "transcription",
    licence: "MIT",
    source: { repo: "onnx-community/whisper-large-v3-turbo_timestamped", revision: "b3f77bf9a8c4d5ea3415827033d1ffea7955fd9a" },
    // In full precision the encoder is 2.5 GB in two files; the 8-bit one is a single file.
    files: [
      ...whisperTexts,
      file("onnx/encoder_model_quantized.onnx", 645 * mega, { about: true }),
      file("onnx/decoder_model_merged_quantized.onnx", 437 * mega, { about: true }),
    ],
    graphs: whisperGraphs,
    limited: false,
    preference: 30,
    whisper: { dModel: 1280, encoderLayers: 32, decoderLayers: 4, melBins: 128 },
    variants: whisperVariants({
      fp32: [2_548 * mega, 688 * mega],
      fp16: [1_274 * mega, 344 * mega],
      int8: [645 * mega, 437 * mega],
      int4: [424 * mega, 335 * mega],
    }),
  },
  {
    id: "onnx-community/whisper-tiny_timestamped",
    name: "Whisper tiny",
    task: "transcription",
    licence: "Apache-2.0",
    source: { repo: "onnx-community/whisper-tiny_timestamped", revision: "517244293732ee2d58139af5814231b7e6830a0d" },
    files: [
      ...whisperTexts,
      file("onnx/encoder_model.onnx", 32_909_539),
      file("onnx/decoder_model_merged.onnx", 119 * mega, { about: true }),
    ],
    graphs: whisperGraphs,
    limited: false,
    preference: 40,
    whisper: { dModel: 384, encoderLayers: 4, decoderLayers: 4, melBins: 80 },
    variants: whisperVariants({
      fp32: [32_909_539, 119 * mega],
      fp16: [16.5 * mega, 59.6 * mega],
      int8: [10.1 * mega, 30.7 * mega],
      int4: [9 * mega, 86.5 * mega],
    }),
  },
  {
    id: "demo-voice",
    name: "Demo voice (understands only the sample conversations)",
    task: "transcription",
    licence: "Apache-2.0",
    source: null,
    // As it comes with Earmark (demo/voice); another one given by hand may have other sizes.
    files: [
      file("config.json", 834, { about: true }),
      file("generation_config.json", 581, { about: true }),
      file("preprocessor_config.json", 327, { about: true }),
      file("tokenizer.json", 226_691, { about: true }),
      file("tokenizer_config.json", 195_040, { about: true }),
      file("onnx/encoder_model.onnx", 6_386_460, { about: true }),
      file("onnx/decoder_model_merged.onnx", 5_312_349, { about: true }),
    ],
    graphs: whisperGraphs,
    limited: true,
    preference: 1_000,
  },
  {
    id: "onnx-community/pyannote-segmentation-3.0",
    name: "Speaker segmentation (pyannote 3.0)",
    task: "segmentation",
    licence: "MIT",
    source: { repo: "onnx-community/pyannote-segmentation-3.0", revision: "733a93b6473d019a773298e08cefa686894b1854" },
    files: [
      file("config.json", 408, { about: true }),
      file("preprocessor_config.json", 158, { about: true, optional: true }),
      file("onnx/model.onnx", 5_986_908),
    ],
    graphs: segmentationGraph,
    limited: false,
    preference: 10,
  },
  {
    id: "segmentation-3.0-recovered",
    name: "Speaker segmentation (mended copy, for development)",
    task: "segmentation",
    licence: "MIT",
    source: null,
    files: [file("model.onnx", 5_975_368)],
    graphs: segmentationGraph,
    limited: false,
    preference: 100,
  },
  {
    id: "demo-segmentation",
    name: "Demo voices, who speaks when (knows only the sample conversations)",
    task: "segmentation",
    licence: "Apache-2.0",
    source: null,
    // As it comes with Earmark (demo/segmentation).
    files: [file("config.json", 135), file("onnx/model.onnx", 3_423_454)],
    graphs: segmentationGraph,
    limited: true,
    preference: 1_000,
  },
  {
    id: "onnx-community/wespeaker-voxceleb-resnet34-LM",
    name: "Voice comparison (WeSpeaker ResNet34)",
    task: "embedding",
    licence: "CC-BY-4.0",
    source: { repo: "onnx-community/wespeaker-voxceleb-resnet34-LM", revision: "6a61a1833ff2583aabeba044f5c8221f00b67ceb" },
    files: [
      file("config.json", 500, { about: true }),
      file("preprocessor_config.json", 300, { about: true, optional: true }),
      // The discriminant analysis of pyannote's community pipeline: not in this repository, used where somebody laid it there.
      file("xvec_transform.npz", 134_000, { about: true, optional: true }),
      file("plda.npz", 134_000, { about: true, optional: true }),
      file("onnx/model.onnx", 26_535_549),
    ],
    graphs: embeddingGraph,
    limited: false,
    preference: 10,
  },
  {
    id: "speaker-embedding-lda",
    name: "Voice comparison (linear, for development)",
    task: "embedding",
    licence: "CC-BY-4.0",
    source: null,
    files: [file("model.onnx", 83_873)],
    graphs: embeddingGraph,
    limited: false,
    preference: 100,
  },
  {
    id: "demo-embedding",
    name: "Demo voices, which is whose (knows only the sample conversations)",
    task: "embedding",
    licence: "Apache-2.0",
    source: null,
    // As it comes with Earmark (demo/embedding).
    files: [file("config.json", 100), file("onnx/model.onnx", 885_264)],
    graphs: embeddingGraph,
    limited: true,
    preference: 1_000,
  },
  {
    id: "onnx-community/silero-vad",
    name: "Speech activity (Silero)",
    task: "activity",
    licence: "MIT",
    source: { repo: "onnx-community/silero-vad", revision: "e71cae966052b992a7eca6b17738916ce0eca4ec" },
    files: [file("onnx/model.onnx", 2_243_022)],
    graphs: activityGraph,
    limited: false,
    preference: 10,
  },
  {
    id: "silero-vad",
    name: "Speech activity (Silero, 16 kHz)",
    task: "activity",
    licence: "MIT",
    source: null,
    files: [file("silero_vad_16k_op15.onnx", 1_289_603)],
    graphs: activityGraph,
    limited: false,
    preference: 20,
  },
];

/** The precision of a graph's file, by its name; `fp32` for a name without a suffix of the hub's. */
export function precisionOf(path: string): Precision {
  const stem = path.replace(/\.onnx$/u, "");
  return precisions.find((one) => precisionSuffixes[one].some((suffix) => suffix !== "" && stem.endsWith(suffix))) ?? "fp32";
}

/** The precision that is fetched when nobody chose; null for a model that comes in one alone. */
export function usualPrecision(model: Pick<CatalogueModel, "files" | "variants">): Precision | null {
  const graph = model.files.find(({ path }) => path.endsWith(".onnx"));
  return model.variants === undefined || graph === undefined ? null : precisionOf(graph.path);
}

/** What is fetched of a model in a precision, or in its usual one; null when it does not come in that precision. */
export function filesFor(model: CatalogueModel, precision: Precision | null): readonly ModelFile[] | null {
  if (precision === null || precision === usualPrecision(model)) return model.files;
  const variant = model.variants?.find((one) => one.precision === precision);
  return variant === undefined ? null : [...model.files.filter(({ path }) => !path.endsWith(".onnx")), ...variant.graphs];
}

/**
 * The file that stands for a graph among those that are there: one in the precision asked for, else the best; undefined
 * when there is none.
 */
export function chooseFile(
  graph: Pick<ExpectedGraph, "files">,
  files: readonly string[],
  precision: Precision | null = null,
): string | undefined {
  const there = graph.files.filter((path) => files.includes(path));
  return there.find((path) => precision !== null && precisionOf(path) === precision) ?? there[0];
}

/** The model of an id; undefined for an unknown one. */
export function catalogueModel(id: string): CatalogueModel | undefined {
  return catalogue.find((model) => model.id === id);
}

/** Bytes of all needed files as the catalogue knows them, in a precision or in the usual one. */
export function catalogueBytes(model: CatalogueModel, precision: Precision | null = null): number {
  return (filesFor(model, precision) ?? model.files).reduce((sum, one) => sum + (one.needed ? one.bytes : 0), 0);
}

/** The model to fetch for a task when nobody named one: what a shortfall names. */
export function recommendedModel(task: ModelTask): CatalogueModel {
  // Base: a first transcript after a download of 300 MB on the slowest machine; who wants small asks for it.
  const id = task === "transcription" ? "onnx-community/whisper-base_timestamped" : undefined;
  const found = catalogue.find((model) => model.task === task && model.source !== null && (id === undefined || model.id === id));
  if (found === undefined) throw new Error(`The catalogue has no model for ${task}.`);
  return found;
}

/**
 * Which of the installed models of a task is used: the one asked for when it is there, else by preference, a limited one
 * last. Null when none is installed.
 */
export function chooseModel(task: ModelTask, installed: readonly string[], asked: string | null = null): CatalogueModel | null {
  const candidates = catalogue.filter((model) => model.task === task && installed.includes(model.id));
  const wanted = asked === null ? undefined : candidates.find((model) => model.id === asked);
  if (wanted !== undefined) return wanted;
  const byPreference = candidates.toSorted(
    (a, b) => Number(a.limited) - Number(b.limited) || a.preference - b.preference || (a.id < b.id ? -1 : 1),
  );
  return byPreference[0] ?? null;
}

/** What the header of a graph says: names, and the last dimension of each output where it is fixed. */
export interface GraphSignature {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Last dimension of the first output; null when it is symbolic or unknown. */
  readonly width: number | null;
  /** Names of what it takes or gives in half precision. The engine's numbers are float32. */
  readonly half?: readonly string[];
}

/** What a folder holds, as far as recognising a model needs it. */
export interface FolderContents {
  /** Paths of the files, with forward slashes, relative to the folder. */
  readonly files: readonly string[];
  /** config.json, parsed; null when there is none or it is not an object. */
  readonly config: Readonly<Record<string, unknown>> | null;
  /** The headers of the graphs in the folder by path; one that could not be read is absent. */
  readonly graphs: ReadonlyMap<string, GraphSignature>;
}

function whisperId(config: Readonly<Record<string, unknown>>): string | null {
  const vocabulary = config["vocab_size"];
  if (typeof vocabulary !== "number") return null;
  const found = catalogue.find(
    ({ whisper }) =>
      whisper !== undefined &&
      vocabulary >= whisperVocabulary &&
      config["d_model"] === whisper.dModel &&
      config["encoder_layers"] === whisper.encoderLayers &&
      config["decoder_layers"] === whisper.decoderLayers &&
      config["num_mel_bins"] === whisper.melBins,
  );
  if (found !== undefined) return found.id;
  // English-only Whispers have one token less than the multilingual ones. A vocabulary far smaller than either was made
  // for a narrow material: the demo voice, of whatever size it has been trained.
  return vocabulary < whisperVocabulary / 2 ? "demo-voice" : null;
}

/**
 * Which model a folder holds, from its contents: config.json's `model_type` and figures first, then the names that its
 * graphs take and give. The folder's own name says nothing. Null when it is none of the catalogue's.
 */
export function recogniseFolder(contents: FolderContents): string | null {
  const type = contents.config?.["model_type"];
  if (contents.config !== null && type === "whisper") return whisperId(contents.config);
  if (type === "pyannote") return "onnx-community/pyannote-segmentation-3.0";
  if (type === "wespeaker-resnet") return "onnx-community/wespeaker-voxceleb-resnet34-LM";
  if (type === "earmark-demo-segmentation") return "demo-segmentation";
  if (type === "earmark-demo-embedding") return "demo-embedding";
  for (const task of ["activity", "segmentation", "embedding"] as const) {
    const candidates = catalogue.filter((model) => model.task === task);
    for (const graph of candidates[0]?.graphs ?? []) {
      const path = graph.files.find((one) => contents.graphs.has(one));
      const signature = path === undefined ? undefined : contents.graphs.get(path);
      if (path === undefined || signature === undefined || missingNames(graph, signature).length > 0) continue;
      if (task === "embedding") {
        // The hub's export gives 256 figures for a voice, the linear one 64.
        return signature.width === 64 ? "speaker-embedding-lda" : "onnx-community/wespeaker-voxceleb-resnet34-LM";
      }
      const ofHub = path.startsWith("onnx/");
      const found = candidates.find((model) => (model.source !== null) === ofHub);
      if (found !== undefined) return found.id;
    }
  }
  return null;
}

function has(names: readonly string[], expected: string): boolean {
  if (!expected.endsWith(".*")) return names.includes(expected);
  const prefix = expected.slice(0, -1);
  return names.some((name) => name.startsWith(prefix));
}

/** The expected names that a graph lacks, for a person to read; empty when the graph is suitable. */
export function missingNames(
  expected: ExpectedGraph,
  actual: { inputs: readonly string[]; outputs: readonly string[] },
): string[] {
  const lacking = (wanted: readonly ExpectedName[], names: readonly string[]): string[] =>
    wanted.flatMap((one) => {
      const alternatives = typeof one === "string" ? [one] : one;
      return alternatives.some((name) => has(names, name)) ? [] : [alternatives.join(" or ")];
    });
  return [...lacking(expected.inputs, actual.inputs), ...lacking(expected.outputs, actual.outputs)];
}
