/**
 * Conversations by their numbers, a bit for each: sets of a hundred thousand are put together in microseconds. What lies
 * beyond the end of one is not in it, so that sets of different lengths go together.
 */
export type NumberSet = Uint32Array;

/** The set of these numbers, whole and not negative, in any order; some may come more than once. */
export function numberSet(numbers: readonly number[]): NumberSet {
  let largest = -1;
  for (const number of numbers) if (number > largest) largest = number;
  const set = new Uint32Array(Math.floor(largest / 32) + 1);
  for (const number of numbers) set[number >>> 5] = (set[number >>> 5] ?? 0) | (1 << (number & 31));
  return set;
}

/** Whether a number is in a set. */
export function hasNumber(set: NumberSet, number: number): boolean {
  return (((set[number >>> 5] ?? 0) >>> (number & 31)) & 1) === 1;
}

/** What is in both. */
export function inBoth(one: NumberSet, other: NumberSet): NumberSet {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return short.map((bits, index) => bits & (long[index] ?? 0));
}

/** What is in one of them. */
export function inEither(one: NumberSet, other: NumberSet): NumberSet {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return long.map((bits, index) => bits | (short[index] ?? 0));
}

/** What is in the first and not in the second. */
export function inFirstAlone(one: NumberSet, other: NumberSet): NumberSet {
  return one.map((bits, index) => bits & ~(other[index] ?? 0));
}

/** How many numbers are in a set. */
export function countOf(set: NumberSet): number {
  let count = 0;
  for (const bits of set) {
    // Bits are added up in pairs, then in fours, eights, and all (H. S. Warren, Hacker's Delight, 5-1).
    const pairs = bits - ((bits >>> 1) & 0x55555555);
    const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
    count += Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return count;
}

/** The numbers of a set, from the smallest. */
export function numbersOf(set: NumberSet): number[] {
  const numbers: number[] = [];
  for (const [index, bits] of set.entries()) {
    for (let left = bits; left !== 0; left &= left - 1) numbers.push(index * 32 + 31 - Math.clz32(left & -left));
  }
  return numbers;
}
