import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countOf, hasNumber, inBoth, inEither, inFirstAlone, numberSet, numbersOf } from "./number-set.ts";

const numbers = fc.array(fc.nat({ max: 200 }), { maxLength: 80 });
const sorted = (all: Iterable<number>): number[] => [...all].toSorted((a, b) => a - b);

describe("sets of numbers", () => {
  it("are put together as sets are, whatever their lengths", () => {
    fc.assert(
      fc.property(numbers, numbers, (some, others) => {
        const [one, other] = [numberSet(some), numberSet(others)];
        const [a, b] = [new Set(some), new Set(others)];
        expect(numbersOf(one)).toEqual(sorted(a));
        expect(countOf(one)).toBe(a.size);
        expect(numbersOf(inBoth(one, other))).toEqual(sorted([...a].filter((number) => b.has(number))));
        expect(numbersOf(inEither(one, other))).toEqual(sorted(new Set([...some, ...others])));
        expect(numbersOf(inFirstAlone(one, other))).toEqual(sorted([...a].filter((number) => !b.has(number))));
        for (const number of [0, 31, 32, 200, 100_000]) expect(hasNumber(one, number)).toBe(a.has(number));
      }),
    );
  });

  it("hold the last bit of a word, and nothing", () => {
    expect(numbersOf(numberSet([31, 63, 0]))).toEqual([0, 31, 63]);
    expect(countOf(numberSet(Array.from({ length: 4_096 }, (_, number) => number)))).toBe(4_096);
    expect(numbersOf(numberSet([]))).toEqual([]);
  });
});
