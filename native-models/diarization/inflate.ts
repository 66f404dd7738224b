/*
 * Decompression of raw DEFLATE (RFC 1951), for the few archives that come with models: nothing of the platform is at hand
 * here. Never gives more than it was told to expect, whatever the bytes say.
 */

const lengthBase = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const lengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const distanceBase = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1_025, 1_537, 2_049, 3_073, 4_097, 6_145, 8_193,
  12_289, 16_385, 24_577,
];
const codeOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const longestCode = 15;

/** A prefix code: how many codes have each length, and the symbols in the order of their codes. */
interface PrefixCode {
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}

function prefixCode(lengths: readonly number[]): PrefixCode {
  const counts = new Uint16Array(longestCode + 1);
  for (const length of lengths) counts[length] = (counts[length] as number) + 1;
  const offsets = new Uint16Array(longestCode + 2);
  for (let length = 1; length <= longestCode; length++)
    offsets[length + 1] = (offsets[length] as number) + (counts[length] as number);
  const symbols = new Uint16Array(lengths.length);
  for (const [symbol, length] of lengths.entries()) {
    if (length === 0) continue;
    const at = offsets[length] as number;
    symbols[at] = symbol;
    offsets[length] = at + 1;
  }
  counts[0] = 0;
  return { counts, symbols };
}

const fixedLiterals = prefixCode(Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)));
const fixedDistances = prefixCode(Array.from({ length: 30 }, () => 5));

/** Unpacks exactly `size` bytes. Throws RangeError where the packed bytes are damaged or hold another number. */
export function inflateRaw(packed: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let at = 0;
  let byte = 0;
  let bit = 0;
  const bits = (count: number): number => {
    let value = 0;
    for (let i = 0; i < count; i++) {
      const from = packed[byte];
      if (from === undefined) throw new RangeError("The packed bytes end early.");
      value |= ((from >> bit) & 1) << i;
      if (bit === 7) byte++;
      bit = (bit + 1) & 7;
    }
    return value;
  };
  const symbol = ({ counts, symbols }: PrefixCode): number => {
    let [code, first, index] = [0, 0, 0];
    for (let length = 1; length <= longestCode; length++) {
      code |= bits(1);
      const count = counts[length] as number;
      if (code - first < count) return symbols[index + code - first] as number;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new RangeError("The packed bytes have a code that means nothing.");
  };
  const room = (bytes: number) => {
    if (at + bytes > size) throw new RangeError("The packed bytes hold more than was said.");
  };
  const block = (literals: PrefixCode, distances: PrefixCode) => {
    for (;;) {
      const next = symbol(literals);
      if (next === 256) return;
      if (next < 256) {
        room(1);
        out[at++] = next;
        continue;
      }
      const base = lengthBase[next - 257];
      const far = base === undefined ? undefined : base + bits(lengthExtra[next - 257] as number);
      const step = symbol(distances);
      const near = distanceBase[step];
      if (far === undefined || near === undefined) throw new RangeError("The packed bytes repeat what cannot be repeated.");
      const distance = near + bits(Math.max(0, (step >> 1) - 1));
      if (distance > at) throw new RangeError("The packed bytes repeat what was never there.");
      room(far);
      for (let i = 0; i < far; i++, at++) out[at] = out[at - distance] as number;
    }
  };
  for (let last = 0; last === 0; ) {
    last = bits(1);
    const kind = bits(2);
    if (kind === 0) {
      if (bit > 0) byte++;
      bit = 0;
      const length = bits(16);
      bits(16);
      room(length);
      if (byte + length > packed.length) throw new RangeError("The packed bytes end early.");
      out.set(packed.subarray(byte, byte + length), at);
      at += length;
      byte += length;
    } else if (kind === 1) block(fixedLiterals, fixedDistances);
    else if (kind === 2) {
      const [literals, distances, codes] = [bits(5) + 257, bits(5) + 1, bits(4) + 4];
      const codeLengths = Array.from({ length: 19 }, () => 0);
      for (let i = 0; i < codes; i++) codeLengths[codeOrder[i] as number] = bits(3);
      const code = prefixCode(codeLengths);
      const lengths: number[] = [];
      while (lengths.length < literals + distances) {
        const next = symbol(code);
        if (next < 16) lengths.push(next);
        else {
          const value = next === 16 ? lengths.at(-1) : 0;
          if (value === undefined) throw new RangeError("The packed bytes repeat what was never there.");
          const times = next === 16 ? 3 + bits(2) : next === 17 ? 3 + bits(3) : 11 + bits(7);
          for (let i = 0; i < times; i++) lengths.push(value);
        }
      }
      if (lengths.length > literals + distances) throw new RangeError("The packed bytes have too many codes.");
      block(prefixCode(lengths.slice(0, literals)), prefixCode(lengths.slice(literals)));
    } else throw new RangeError("The packed bytes have a block of no kind.");
  }
  if (at !== size) throw new RangeError("The packed bytes hold less than was said.");
  return out;
}
