import type { InferenceSession, Tensor } from "onnxruntime-common";

/*
 * What the speech engine needs from whoever runs it: tensors, sessions, files, samples. Nothing here knows Node, a
 * browser or onnxruntime-node; main/backend/speech passes the real ones in.
 */

/** Element types the engine's models use. */
export type TensorType = "float32" | "int64" | "int32" | "bool";

/** Makes tensors; the one thing of ONNX Runtime that has to be called, not only typed. */
export type MakeTensor = (
  type: TensorType,
  data: Float32Array | BigInt64Array | Int32Array | Uint8Array,
  dims: readonly number[],
) => Tensor;

/** How a session is opened. */
export interface SessionOptions {
  /** Threads of one operator; 1 is best for LSTMs, all cores for Whisper. */
  readonly threads?: number;
  /**
   * Whether the runtime keeps the memory of a run for the next one. It does unless told otherwise, which suits many small runs;
   * a large graph then holds the most that any run has ever needed.
   */
  readonly keepsMemory?: boolean;
}

/** A model folder, opened. */
export interface Model {
  /** Catalogue id. */
  readonly id: string;
  /** SHA-256 over the files in the order of the catalogue: what the results name as the model that made them. */
  readonly sha256: string;
  /** Understands only a narrow material. */
  readonly limited: boolean;
  /** Reads a text file of the model (`config.json`, `tokenizer.json`). Rejects with `model-damaged` when it is missing. */
  readText(path: string): Promise<string>;
  /** Reads a small file of the model that is no text (`plda.npz`). Rejects with `model-damaged` when it is missing. */
  readBytes?(path: string): Promise<Uint8Array>;
  /** Opens a graph of the model (`onnx/encoder_model.onnx`). The session belongs to the model and is kept for the next call. */
  open(path: string, options?: SessionOptions): Promise<InferenceSession>;
}

/** The models to hear a recording with; an absent one shortens the result and is named in its shortfalls. */
export interface Models {
  readonly segmentation: Model | null;
  readonly embedding: Model | null;
  readonly activity: Model | null;
  readonly transcription: Model | null;
}

/** Samples of a recording, read as needed: nothing holds the whole of it. */
export interface Sound {
  readonly durationMs: number;
  readonly channels: number;
  /**
   * Samples of one channel at 16 kHz, -1 to 1; shorter at the end. The array is the caller's to keep.
   *
   * @param into room for them, which whoever reads on and on takes again: then they may lie at its beginning.
   */
  read(channel: number, startSample: number, samples: number, into?: Float32Array): Promise<Float32Array>;
}
