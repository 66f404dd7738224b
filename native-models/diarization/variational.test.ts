import { describe, expect, it } from "vitest";
import { SpeechError } from "../speech-error.ts";
import { parsePlda } from "./plda.ts";
import { refineGroups } from "./variational.ts";

let state = 11;
/** Normal noise of variance one, by adding uniform numbers. */
function normal(): number {
  let sum = 0;
  for (let i = 0; i < 12; i++) {
    state = (state * 48_271) % 2_147_483_647;
    sum += state / 2_147_483_647;
  }
  return sum - 6;
}

const size = 32;
const between = Float64Array.from({ length: size }, (_, d) => 12 * 0.9 ** d);

/** Prints of voices drawn as the analysis supposes: voices spread by `between`, prints by one. */
function drawn(counts: readonly number[]): { prints: Float64Array[]; truth: number[] } {
  const prints: Float64Array[] = [];
  const truth: number[] = [];
  counts.forEach((count, voice) => {
    const centre = between.map((variance) => Math.sqrt(variance) * normal());
    for (let i = 0; i < count; i++) {
      prints.push(centre.map((value) => value + normal()));
      truth.push(voice);
    }
  });
  return { prints, truth };
}

describe("refinement by variational Bayes", () => {
  it("puts back what a start got wrong", () => {
    const { prints, truth } = drawn([40, 30]);
    const start = Int32Array.from(truth, (voice, i) => (i % 6 === 0 ? 1 - voice : voice));
    expect([...refineGroups(prints, between, start)]).toEqual(truth);
  });

  it("joins a voice that the start had split, and keeps three that are three", () => {
    const { prints, truth } = drawn([40, 40]);
    const start = Int32Array.from(truth, (voice, i) => (voice === 1 && i % 2 === 0 ? 2 : voice));
    const refined = refineGroups(prints, between, start);
    expect(new Set(refined).size).toBe(2);
    truth.forEach((voice, i) => {
      expect(refined[i] === refined[0]).toBe(voice === 0);
    });
    const three = drawn([20, 30, 25]);
    expect([...refineGroups(three.prints, between, Int32Array.from(three.truth))]).toEqual(three.truth);
  });

  it("leaves one group and nothing as they are", () => {
    const { prints } = drawn([5]);
    expect([...refineGroups(prints, between, new Int32Array(5))]).toEqual([0, 0, 0, 0, 0]);
    expect(refineGroups([], between, new Int32Array(0))).toHaveLength(0);
  });
});

describe("a discriminant analysis beside a model", () => {
  const identity = (n: number, scale = 1) =>
    Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, k) => (i === k ? scale : 0)));
  const whole = { mean1: [1, 0, 0], lda: identity(3), mean2: [0, 0, 0], mu: [0, 0, 0.5], tr: identity(3, 2), psi: [3, 2] };

  it("is read and applied: centred, made of one length, turned, and cut to the directions that tell voices apart", () => {
    const { between: variances, transform } = parsePlda(JSON.stringify(whole), "a");
    expect([...variances]).toEqual([3, 2]);
    // [2, 2, 0] less the mean is [1, 2, 0]; its length becomes the root of 3, twice over.
    const [a, b, ...rest] = transform(Float32Array.of(2, 2, 0));
    expect(a).toBeCloseTo(2 * Math.sqrt(3 / 5), 6);
    expect(b).toBeCloseTo(4 * Math.sqrt(3 / 5), 6);
    expect(rest).toEqual([]);
    expect(() => transform(Float32Array.of(1))).toThrow(SpeechError);
  });

  it("is refused with a code when it is damaged", () => {
    const damaged = ["{", "{}", JSON.stringify({ ...whole, mu: [1] }), JSON.stringify({ ...whole, lda: identity(2) })];
    for (const text of damaged) expect(() => parsePlda(text, "a")).toThrow(expect.objectContaining({ code: "model-damaged" }));
  });
});
