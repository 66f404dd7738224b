/**
 * Which places of a list of numbers have to move so that the rest stands in rising order: as few as possible, found as
 * the complement of a longest increasing subsequence (patience sorting, n log n).
 */
export function outOfOrder(numbers: readonly number[]): Set<number> {
  if (numbers.every((number, at) => at === 0 || number > (numbers[at - 1] ?? 0))) return new Set();
  /** By length less one: the place of the smallest number that an increasing run of that length ends with. */
  const ends: number[] = [];
  const before: number[] = [];
  for (const [place, number] of numbers.entries()) {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((numbers[ends[middle] ?? 0] ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    before[place] = low === 0 ? -1 : (ends[low - 1] ?? -1);
    ends[low] = place;
  }
  const out = new Set(numbers.keys());
  for (let place = ends.at(-1) ?? -1; place >= 0; place = before[place] ?? -1) out.delete(place);
  return out;
}

/** Runs of numbers from `first` to `last` that are missing in a rising list, each with its first and last. */
export function missingRuns(present: readonly number[], first: number, last: number): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = [];
  let next = first;
  for (const number of present) {
    if (number > next) runs.push({ from: next, to: number - 1 });
    next = Math.max(next, number + 1);
  }
  if (last >= next) runs.push({ from: next, to: last });
  return runs;
}
