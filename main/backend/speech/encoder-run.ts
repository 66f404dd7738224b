import type { InferenceSession } from "onnxruntime-common";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { loadRuntime } from "./sessions.ts";

/** Whisper's window: 30 s in steps of 10 ms, and the bands of all models but the large ones from version 3 on. */
const frames = 3_000;
const usualBands = 80;
const samples = 512;

/** Runs an encoder twice over a made-up window, and answers with the time of the second run and values of its result. */
export async function runEncoder(session: InferenceSession): Promise<{ ms: number; sample: number[] }> {
  const { Tensor } = await loadRuntime();
  const [input] = session.inputMetadata;
  const [output] = session.outputNames;
  if (input === undefined || output === undefined || !input.isTensor) {
    throw new EarmarkError("model-unsuitable", "The encoder has no input.");
  }
  const size = (at: number, otherwise: number): number => {
    const told = input.shape[at];
    return typeof told === "number" && told > 0 ? told : otherwise;
  };
  const dims = [1, size(1, usualBands), size(2, frames)];
  const length = dims.reduce((product, one) => product * one, 1);
  // Neither silence nor noise: what a sum over it gives differs from one channel of the model to the next.
  const values = Float32Array.from({ length }, (_, index) => Math.sin(index * 0.37) * Math.cos(index * 0.0011));
  if (input.type !== "float32") throw new EarmarkError("model-unsuitable", `The encoder takes ${input.type}.`);
  const features = new Tensor("float32", values, dims);
  let ms = 0;
  let sample: number[] = [];
  for (const _ of ["compiling", "timed"]) {
    const started = performance.now();
    const result = (await session.run({ [input.name]: features }, [output]))[output];
    const data = result === undefined ? [] : ((await result.getData()) as ArrayLike<number>);
    ms = performance.now() - started;
    const step = Math.max(1, Math.floor(data.length / samples));
    sample = Array.from({ length: Math.min(samples, Math.floor(data.length / step)) }, (_value, at) => Number(data[at * step]));
  }
  return { ms, sample };
}
