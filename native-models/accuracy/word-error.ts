/** Words as they are compared: lower case, without punctuation; nothing else is made alike ("Mr" is not "mister"). */
export function comparableWords(text: string): string[] {
  return text
    .toLowerCase()
    .replace(/[’`]/gu, "'")
    .replace(/[^\p{L}\p{N}' ]/gu, " ")
    .split(/\s+/u)
    .map((word) => word.replace(/^'+|'+$/gu, ""))
    .filter((word) => word !== "");
}

/** How two lists of words differ. */
export interface WordErrors {
  readonly substitutions: number;
  readonly insertions: number;
  readonly deletions: number;
  /** Words of the reference. */
  readonly reference: number;
  /** Pairs of the same word: its index in the reference and in the hypothesis. */
  readonly matches: readonly (readonly [reference: number, hypothesis: number])[];
}

/** The smallest number of edits that makes one list of words the other (Levenshtein). */
export function wordErrors(reference: readonly string[], hypothesis: readonly string[]): WordErrors {
  const width = hypothesis.length + 1;
  const cost = new Int32Array((reference.length + 1) * width);
  for (let j = 0; j < width; j++) cost[j] = j;
  for (let i = 1; i <= reference.length; i++) {
    cost[i * width] = i;
    for (let j = 1; j < width; j++) {
      const change = reference[i - 1] === hypothesis[j - 1] ? 0 : 1;
      cost[i * width + j] = Math.min(
        (cost[(i - 1) * width + j - 1] as number) + change,
        (cost[(i - 1) * width + j] as number) + 1,
        (cost[i * width + j - 1] as number) + 1,
      );
    }
  }
  let [i, j] = [reference.length, hypothesis.length];
  let [substitutions, insertions, deletions] = [0, 0, 0];
  const matches: [number, number][] = [];
  while (i > 0 || j > 0) {
    const here = cost[i * width + j] as number;
    const same = i > 0 && j > 0 && reference[i - 1] === hypothesis[j - 1];
    if (i > 0 && j > 0 && (cost[(i - 1) * width + j - 1] as number) + (same ? 0 : 1) === here) {
      if (same) matches.unshift([i - 1, j - 1]);
      else substitutions++;
      i--;
      j--;
    } else if (i > 0 && (cost[(i - 1) * width + j] as number) + 1 === here) {
      deletions++;
      i--;
    } else {
      insertions++;
      j--;
    }
  }
  return { substitutions, insertions, deletions, reference: reference.length, matches };
}

/** Edits for each word of the reference. */
export function wordErrorRate({ substitutions, insertions, deletions, reference }: WordErrors): number {
  return (substitutions + insertions + deletions) / Math.max(1, reference);
}

/**
 * Word error rate of concatenated speakers (cpWER): each speaker's words in one line, with the assignment of found to
 * true speakers that errs least; a speaker without a counterpart counts whole.
 */
export function concatenatedWordErrorRate(
  reference: readonly (readonly string[])[],
  hypothesis: readonly (readonly string[])[],
): number {
  const { errors, words } = concatenatedWordErrors(reference, hypothesis);
  return errors / Math.max(1, words);
}

/** The errors behind `concatenatedWordErrorRate`, and the words of the reference. */
export function concatenatedWordErrors(
  reference: readonly (readonly string[])[],
  hypothesis: readonly (readonly string[])[],
): { errors: number; words: number } {
  const size = Math.max(reference.length, hypothesis.length);
  const errors = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (__, j) => {
      const found = wordErrors(reference[i] ?? [], hypothesis[j] ?? []);
      return found.substitutions + found.insertions + found.deletions;
    }),
  );
  const least = (row: number, taken: number): number => {
    if (row === size) return 0;
    let best = Infinity;
    for (let column = 0; column < size; column++) {
      if ((taken >> column) & 1) continue;
      best = Math.min(best, (errors[row]?.[column] ?? 0) + least(row + 1, taken | (1 << column)));
    }
    return best;
  };
  return { errors: least(0, 0), words: reference.reduce((sum, words) => sum + words.length, 0) };
}
