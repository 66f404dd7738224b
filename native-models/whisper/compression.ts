/**
 * How well a text compresses: its bytes over the bytes it would take deflated. Speech lies between 1 and 2; a decoder
 * that has fallen into a loop goes beyond 2.4 (openai/whisper's threshold, which was set with zlib).
 *
 * zlib is not to be had here; this is the size of a greedy LZ77 parse whose literals cost the text's own entropy and
 * whose matches cost what deflate's fixed codes take, plus zlib's frame of 8 bytes.
 */
export function compressionRatio(text: string): number {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length === 0) return 0;
  const literals: number[] = [];
  let matchBits = 0;
  const seen = new Map<number, number[]>();
  const keyAt = (i: number) => ((bytes[i] as number) << 16) | ((bytes[i + 1] as number) << 8) | (bytes[i + 2] as number);
  for (let i = 0; i < bytes.length; ) {
    let longest = 0;
    let distance = 0;
    if (i + 2 < bytes.length) {
      for (const start of seen.get(keyAt(i)) ?? []) {
        let length = 3;
        while (length < 258 && i + length < bytes.length && bytes[start + length] === bytes[i + length]) length++;
        if (length >= longest) {
          longest = length;
          distance = i - start;
        }
      }
    }
    const step = longest >= 3 ? longest : 1;
    if (step === 1) literals.push(bytes[i] as number);
    else matchBits += 7 + Math.max(0, Math.floor(Math.log2(longest)) - 3) + 4 + Math.max(0, Math.floor(Math.log2(distance)) - 1);
    for (let k = i; k < i + step && k + 2 < bytes.length; k++) {
      const key = keyAt(k);
      const places = seen.get(key);
      if (places === undefined) seen.set(key, [k]);
      else places.push(k);
    }
    i += step;
  }
  const counts = new Map<number, number>();
  for (const literal of literals) counts.set(literal, (counts.get(literal) ?? 0) + 1);
  let literalBits = 0;
  for (const count of counts.values()) literalBits += count * Math.log2(literals.length / count);
  // Deflate falls back to its fixed codes of about 8 bits where a table of its own would not pay.
  const own = literalBits * 1.08 + counts.size * 5 + 60;
  const size = 8 + (Math.min(own, literals.length * 8.1) + matchBits) / 8;
  return bytes.length / size;
}
