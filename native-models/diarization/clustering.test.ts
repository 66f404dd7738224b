import { describe, expect, it } from "vitest";
import { averageLinkage, cluster } from "./clustering.ts";
import { unit, type VoicePrint } from "./embedding.ts";

function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 1_073_741_824 - 1;
  };
}

/** A print near one of the axes. */
function print(axis: number, window: number, voice: number, seconds: number, random: () => number, spread = 0.25): VoicePrint {
  const vector = Float32Array.from({ length: 16 }, (_, i) => (i === axis ? 1 : 0) + spread * random());
  return { window, voice, seconds, embedding: unit(vector) };
}

describe("clustering", () => {
  it("parts two voices although a short outlier stands far from both", () => {
    const random = noise(5);
    const prints = Array.from({ length: 20 }, (_, i) => print(i % 2, i, 0, 4, random));
    // Lies opposite to everything: plain average linkage cut at two would give it a group of its own.
    prints.push({
      window: 20,
      voice: 0,
      seconds: 2.5,
      embedding: unit(Float32Array.from({ length: 16 }, (_, i) => (i < 2 ? -1 : 0.1))),
    });
    const { count, groups } = cluster(prints, 2);
    expect(count).toBe(2);
    const [a, b] = [groups[0], groups[1]];
    expect(a).not.toBe(b);
    for (let i = 0; i < 20; i++) expect(groups[i]).toBe(i % 2 === 0 ? a : b);
  });

  it("gives the voices of one window different groups", () => {
    const random = noise(9);
    const prints = Array.from({ length: 12 }, (_, i) => print(i % 2, i, 0, 5, random));
    prints.push(print(0, 12, 0, 3, random), print(0, 12, 1, 0.4, random, 0.6));
    const { groups } = cluster(prints, 2);
    expect(groups[12]).toBe(groups[0]);
    expect(groups[13]).toBe(groups[1]);
  });

  it("keeps one voice one when nobody says how many there are", () => {
    const random = noise(3);
    const same = Array.from({ length: 16 }, (_, i) => print(0, i, 0, 5, random, 0.15));
    expect(cluster(same, null).count).toBe(1);
    expect(cluster(same, 2).count).toBe(2);
  });

  it("finds as many as asked for, and no more than there are prints", () => {
    const random = noise(11);
    const prints = Array.from({ length: 24 }, (_, i) => print(i % 4, i, 0, 4, random));
    const { groups } = cluster(prints, 4);
    expect(new Set(groups).size).toBe(4);
    expect(cluster(prints.slice(0, 1), 3).count).toBe(1);
    expect(cluster([], 2).count).toBe(0);
  });

  it("finds as many as part clearly within a range", () => {
    const random = noise(13);
    const prints = Array.from({ length: 24 }, (_, i) => print(i % 3, i, 0, 4, random, 0.15));
    expect(cluster(prints, { least: 1, most: 5 }).count).toBe(3);
    expect(cluster(prints, { least: 4, most: 5 }).count).toBeGreaterThanOrEqual(4);
    expect(cluster(prints, { least: 1, most: 2 }).count).toBe(2);
    const same = Array.from({ length: 16 }, (_, i) => print(0, i, 0, 5, random, 0.15));
    expect(cluster(same, { least: 1, most: 4 }).count).toBe(1);
  });

  it("lets a discriminant analysis say how many there are, within what is asked for", () => {
    const random = noise(17);
    const prints = Array.from({ length: 60 }, (_, i) => print(i % 3, i, 0, 4, random, 0.2));
    const plda = {
      between: new Float64Array(16).fill(20),
      transform: (embedding: Float32Array) => Float64Array.from(embedding, (x) => 8 * x),
    };
    const { count, groups } = cluster(prints, { least: 1, most: 6 }, plda);
    expect(count).toBe(3);
    for (let i = 0; i < 60; i++) expect(groups[i]).toBe(groups[i % 3]);
    expect(cluster(prints, 2, plda).count).toBe(2);
  });

  it("groups the thousands of prints of a recording of hours", () => {
    const random = noise(19);
    // Two voices in each window, one after another on their way through five.
    const axes = Array.from({ length: 6_000 }, (_, i) => (Math.floor(i / 2 / 37) + 2 * (i % 2)) % 5);
    const prints = axes.map((axis, i) => print(axis, Math.floor(i / 2), i % 2, 3, random));
    const { count, groups } = cluster(prints, 5);
    expect(count).toBe(5);
    const groupOf = new Map(axes.map((axis, i) => [axis, groups[i]]));
    expect(axes.every((axis, i) => groups[i] === groupOf.get(axis))).toBe(true);
  });

  it("joins the nearest first", () => {
    const vectors = [0, 0.1, 1.2, 1.25].map((angle) => Float32Array.of(Math.cos(angle), Math.sin(angle)));
    expect(averageLinkage(vectors)).toEqual([
      { a: 2, b: 3 },
      { a: 0, b: 1 },
      { a: 5, b: 4 },
    ]);
  });
});
