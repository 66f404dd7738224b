import { describe, expect, it } from "vitest";
import { termBias } from "./term-bias.ts";

/** A token for each letter, and one for the space before a word. */
const reader = { tokens: (text: string) => [...text].map((letter) => letter.charCodeAt(0)) };
const tokens = (text: string) => reader.tokens(text);
const gainsAfter = (terms: readonly string[], said: string) =>
  Object.fromEntries([...termBias(terms, reader).gains(tokens(said))].map(([token, gain]) => [String.fromCharCode(token), gain]));

describe("bias towards terms", () => {
  it("makes what goes on with a begun term a little likelier", () => {
    expect(gainsAfter(["bird", "bill"], "say b")).toEqual({ i: 2 });
    expect(gainsAfter(["bird", "bill"], "say bi")).toEqual({ r: 2, l: 2 });
  });

  it("gives nothing where no term is begun, and none to what goes on with no term", () => {
    expect(gainsAfter(["bird"], "")).toEqual({});
    expect(gainsAfter(["bird"], "say")).toEqual({});
    expect(gainsAfter(["bird"], "say bo")).toEqual({});
    expect(gainsAfter(["bird"], "a bird")).toEqual({});
    // Not in the middle of another word.
    expect(gainsAfter(["bird"], "blackb")).toEqual({});
    expect(gainsAfter([], "anything")).toEqual({});
  });

  it("gives a long term no more than so much in all", () => {
    const term = "internationalisation";
    const spoken = ` ${term}`;
    const all = [...spoken].map((letter, at) => gainsAfter([term], spoken.slice(0, at))[letter] ?? 0);
    expect(all.reduce((sum, gain) => sum + gain, 0)).toBeCloseTo(8);
    expect(Math.max(...all)).toBeLessThanOrEqual(2);
  });

  it("knows a term of two words, and one that is the beginning of another", () => {
    expect(gainsAfter(["be at"], "to be")[" "]).toBe(2);
    expect(gainsAfter(["be", "beat"], "to be")["a"]).toBe(2);
  });
});
