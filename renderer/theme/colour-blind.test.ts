import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hueCount } from "./hues.ts";

/*
 * The voices' hues as people see them who lack one kind of cone: simulated after Machado, Oliveira and Fernandes (2009,
 * severity 1.0), compared by the distance in CIE L*a*b* (CIE 76), where 2.3 is just noticeable.
 */

type Triple = readonly [number, number, number];
type Matrix = readonly [Triple, Triple, Triple];

const eyes: Readonly<Record<string, Matrix>> = {
  everybody: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};
const toXyz: Matrix = [
  [0.4124, 0.3576, 0.1805],
  [0.2126, 0.7152, 0.0722],
  [0.0193, 0.1192, 0.9505],
];

const css = readFileSync(new URL("base.css", import.meta.url), "utf8");
const themes = { light: css.slice(0, css.indexOf('="dark"')), dark: css.slice(css.indexOf('="dark"')) };

function colourOf(theme: keyof typeof themes, name: string): Triple {
  const hex = new RegExp(`--${name}: #([0-9a-f]{6})`, "u").exec(themes[theme])?.[1];
  if (hex === undefined) throw new Error(`${name} has no colour in ${theme}.`);
  const linear = (from: number) => {
    const value = Number.parseInt(hex.slice(from, from + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [linear(0), linear(2), linear(4)];
}

function times(matrix: Matrix, [a, b, c]: Triple): Triple {
  const row = ([x, y, z]: Triple) => x * a + y * b + z * c;
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])];
}

function lab(linear: Triple): Triple {
  const clipped = linear.map((value) => Math.min(1, Math.max(0, value))) as unknown as Triple;
  const [x, y, z] = times(toXyz, clipped);
  const f = (value: number) => (value > 216 / 24_389 ? Math.cbrt(value) : (24_389 / 27 / 116) * value + 16 / 116);
  const [fx, fy, fz] = [f(x / 0.9505), f(y), f(z / 1.089)];
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

function distance(one: Triple, other: Triple): number {
  return Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
}

describe.each(["light", "dark"] as const)("the hues of voices in the %s scheme", (theme) => {
  it.each(Object.entries(eyes))("are told apart with %s", (_, eye) => {
    const seen = Array.from({ length: hueCount }, (_each, hue) => lab(times(eye, colourOf(theme, `voice-${hue}`))));
    // Agent and customer, who are in every call, at a glance.
    expect(distance(seen[0] as Triple, seen[1] as Triple)).toBeGreaterThan(40);
    for (let one = 0; one < hueCount; one++) {
      for (let other = one + 1; other < hueCount; other++) {
        expect(distance(seen[one] as Triple, seen[other] as Triple), `voices ${one} and ${other}`).toBeGreaterThan(12);
      }
    }
  });
});
