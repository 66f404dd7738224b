/*
 * Stretches of samples: where somebody speaks, where a window lies. Half open, in order, in samples at 16 kHz.
 */

/** A stretch of samples, `start` included, `end` not. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Joins stretches that touch or overlap, or that a pause of at most `gap` samples parts. Takes them in any order. */
export function joinStretches(stretches: readonly Stretch[], gap = 0): Stretch[] {
  const joined: { start: number; end: number }[] = [];
  for (const { start, end } of [...stretches].sort((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last !== undefined && start - last.end <= gap) last.end = Math.max(last.end, end);
    else joined.push({ start, end });
  }
  return joined;
}

/** Makes stretches longer by `pad` samples on both sides, within `length`; where two meet they share the pause between. */
export function padStretches(stretches: readonly Stretch[], pad: number, length: number): Stretch[] {
  return stretches.map(({ start, end }, index) => {
    const before = stretches[index - 1]?.end;
    const after = stretches[index + 1]?.start;
    return {
      start: Math.max(0, start - pad, before === undefined ? 0 : Math.ceil((before + start) / 2)),
      end: Math.min(length, end + pad, after === undefined ? length : Math.ceil((end + after) / 2)),
    };
  });
}

/** What is left of stretches outside the others, in order; pieces shorter than `least` samples are dropped. Takes `others` in any order. */
export function withoutStretches(stretches: readonly Stretch[], others: readonly Stretch[], least = 1): Stretch[] {
  const taken = joinStretches(others);
  return stretches.flatMap(({ start, end }) => {
    const left: Stretch[] = [];
    let from = start;
    for (const other of taken) {
      if (other.end <= from) continue;
      if (other.start >= end) break;
      if (other.start > from) left.push({ start: from, end: other.start });
      from = other.end;
    }
    if (from < end) left.push({ start: from, end });
    return left.filter((piece) => piece.end - piece.start >= least);
  });
}

/** Samples of a stretch that lie in the others. The others are in order and do not overlap. */
export function sharedSamples(stretch: Stretch, others: readonly Stretch[]): number {
  let sum = 0;
  for (const other of others) {
    if (other.start >= stretch.end) break;
    sum += Math.max(0, Math.min(stretch.end, other.end) - Math.max(stretch.start, other.start));
  }
  return sum;
}
