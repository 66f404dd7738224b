import { unit, type VoicePrint } from "./embedding.ts";
import type { Plda } from "./plda.ts";
import { refineGroups } from "./variational.ts";

/*
 * Which prints are of one voice. Long prints are grouped first, bottom up with average linkage on the cosine distance,
 * because a short or overlapped one is an outlier that would take a group of its own; then every print goes to the
 * nearest group, the prints of one window to different groups.
 */

/** A print made from less speech than this does not shape the groups, as long as enough longer ones are there: 2 s. */
const longPrint = 2;
/** Most prints that are compared with one another: keeps time and memory bounded in a recording of hours. */
const mostCompared = 600;
/** A group with less than this share of the speech is an outlier, not a voice. */
const smallestShare = 0.06;
/** Rounds of giving prints to groups and taking the groups' means again. */
const rounds = 4;
/**
 * Two groups whose means are closer than this (cosine) are one voice. Measured by forcing two groups: single voices give
 * 0.88 (one side of a call) to 0.96 (synthetic), pairs of voices 0.80 (a mono call) to -0.06.
 */
export const oneVoice = 0.85;

/** The groups of a recording. */
export interface Clustering {
  /** How many voices there are. */
  readonly count: number;
  /** The group of each print. */
  readonly groups: Int32Array;
}

/** How many voices there may be. */
export interface VoiceRange {
  readonly least: number;
  readonly most: number;
}

/** A start has this many groups more than there may be voices: the refinement leaves out what is not needed. */
const spareGroups = 4;

/**
 * Groups prints into voices.
 *
 * @param wanted how many voices there are, exactly or from a range; null when unknown: then two, or one where two do not
 *   part clearly.
 * @param plda the discriminant analysis of the embedding model: then the groups are refined in its space, and their
 *   number follows from it within what is wanted. Without it, the most voices that part clearly.
 */
export function cluster(prints: readonly VoicePrint[], wanted: number | VoiceRange | null, plda: Plda | null = null): Clustering {
  if (prints.length === 0) return { count: 0, groups: new Int32Array(0) };
  const asked = wanted === null ? { least: 1, most: 2 } : typeof wanted === "number" ? { least: wanted, most: wanted } : wanted;
  const most = Math.max(1, Math.min(asked.most, prints.length));
  const least = Math.max(1, Math.min(asked.least, most));
  const one = { count: 1, groups: new Int32Array(prints.length) };
  if (most === 1) return one;
  const shaping = shapingPrints(prints, most);
  let tried = most;
  if (plda !== null) {
    const start = partition(shaping, Math.min(shaping.length, most + spareGroups));
    const points = shaping.map(({ embedding }) => plda.transform(embedding));
    const refined = refineGroups(points, plda.between, start);
    const found = new Set(refined).size;
    if (found >= least && found <= most)
      return found === 1 ? one : { count: found, groups: settle(prints, shaping, refined, found).groups };
    tried = Math.max(least, Math.min(most, found));
  }
  for (let count = tried; count > 1; count--) {
    const { groups, centres } = settle(prints, shaping, partition(shaping, count), count);
    const apart = centres.every((a, i) => centres.every((b, j) => j <= i || cosine(a, b) <= oneVoice));
    if (count === least || apart) return { count, groups };
  }
  return one;
}

/** Gives all prints to the groups of the shaping ones, and takes the groups' means again, a few times over. */
function settle(
  prints: readonly VoicePrint[],
  shaping: readonly VoicePrint[],
  first: Int32Array,
  count: number,
): { groups: Int32Array; centres: Float32Array[] } {
  const place = new Map(prints.map((print, index) => [print, index]));
  let centres = centresOf(shaping, first, count);
  let groups = assign(prints, centres);
  for (let round = 0; round < rounds; round++) {
    centres = centresOf(
      shaping,
      Int32Array.from(shaping, (print) => groups[place.get(print) ?? 0] as number),
      count,
      centres,
    );
    groups = assign(prints, centres);
  }
  return { groups, centres };
}

/** The prints that shape the groups: the long ones, thinned out evenly when there are too many. */
function shapingPrints(prints: readonly VoicePrint[], count: number): VoicePrint[] {
  let chosen: readonly VoicePrint[] = prints;
  for (const least of [longPrint, longPrint / 2, longPrint / 4]) {
    const long = prints.filter(({ seconds }) => seconds >= least);
    if (long.length >= 3 * count) {
      chosen = long;
      break;
    }
  }
  const every = chosen.length / mostCompared;
  return every <= 1 ? [...chosen] : Array.from({ length: mostCompared }, (_, i) => chosen[Math.floor(i * every)] as VoicePrint);
}

/** Bottom-up grouping, cut where `count` groups are large enough; the small ones go to the nearest large one. */
function partition(prints: readonly VoicePrint[], count: number): Int32Array {
  const merges = averageLinkage(prints.map(({ embedding }) => embedding));
  const total = prints.reduce((sum, { seconds }) => sum + seconds, 0);
  let fallback: Int32Array | null = null;
  for (let groups = count; groups <= prints.length; groups++) {
    const labels = cut(merges, prints.length, groups);
    const weights = new Float64Array(groups);
    labels.forEach((label, i) => {
      weights[label] = (weights[label] as number) + (prints[i] as VoicePrint).seconds;
    });
    const order = [...weights.keys()].sort((a, b) => (weights[b] as number) - (weights[a] as number)).slice(0, count);
    const relabelled = labels.map((label) => order.indexOf(label));
    fallback ??= relabelled;
    if (order.every((label) => (weights[label] as number) >= smallestShare * total)) return relabelled;
  }
  return fallback ?? new Int32Array(prints.length);
}

/** A merge of two groups; groups are numbered from the prints on, each merge adding one. */
interface Merge {
  readonly a: number;
  readonly b: number;
}

/** Average linkage (UPGMA) on the cosine distance, all the way up to one group. */
export function averageLinkage(vectors: readonly Float32Array[]): Merge[] {
  const n = vectors.length;
  const distance = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const d = 1 - cosine(vectors[i] as Float32Array, vectors[j] as Float32Array);
      distance[i * n + j] = d;
      distance[j * n + i] = d;
    }
  }
  const id = Int32Array.from({ length: n }, (_, i) => i);
  const size = new Int32Array(n).fill(1);
  const alive = new Uint8Array(n).fill(1);
  const neighbour = new Int32Array(n);
  const seek = (i: number) => {
    let best = -1;
    for (let j = 0; j < n; j++) {
      if (j === i || alive[j] === 0) continue;
      if (best < 0 || (distance[i * n + j] as number) < (distance[i * n + best] as number)) best = j;
    }
    neighbour[i] = best;
  };
  for (let i = 0; i < n; i++) seek(i);
  const merges: Merge[] = [];
  for (let step = 0; step < n - 1; step++) {
    let a = -1;
    for (let i = 0; i < n; i++) {
      if (alive[i] === 0) continue;
      if (
        a < 0 ||
        (distance[i * n + (neighbour[i] as number)] as number) < (distance[a * n + (neighbour[a] as number)] as number)
      )
        a = i;
    }
    const b = neighbour[a] as number;
    merges.push({ a: id[a] as number, b: id[b] as number });
    const sizeA = size[a] as number;
    const sizeB = size[b] as number;
    for (let j = 0; j < n; j++) {
      if (alive[j] === 0 || j === a || j === b) continue;
      const d = (sizeA * (distance[a * n + j] as number) + sizeB * (distance[b * n + j] as number)) / (sizeA + sizeB);
      distance[a * n + j] = d;
      distance[j * n + a] = d;
    }
    alive[b] = 0;
    size[a] = sizeA + sizeB;
    id[a] = n + step;
    if (step === n - 2) break;
    seek(a);
    for (let j = 0; j < n; j++) {
      if (alive[j] === 1 && j !== a && (neighbour[j] === a || neighbour[j] === b)) seek(j);
    }
  }
  return merges;
}

/** The labels of the prints when the merges are undone down to so many groups. */
function cut(merges: readonly Merge[], n: number, groups: number): Int32Array {
  const parent = Int32Array.from({ length: 2 * n }, (_, i) => i);
  merges.slice(0, n - groups).forEach(({ a, b }, step) => {
    parent[a] = n + step;
    parent[b] = n + step;
  });
  const labels = new Map<number, number>();
  return Int32Array.from({ length: n }, (_, i) => {
    let root = i;
    while (parent[root] !== root) root = parent[root] as number;
    const label = labels.get(root) ?? labels.size;
    labels.set(root, label);
    return label;
  });
}

/** The mean direction of each group, weighted by how much speech a print was made from. */
function centresOf(
  prints: readonly VoicePrint[],
  groups: Int32Array,
  count: number,
  before?: readonly Float32Array[],
): Float32Array[] {
  return Array.from({ length: count }, (_, group) => {
    const own = prints.filter((_, i) => groups[i] === group);
    if (own.length > 0) return meanDirection(own);
    return before?.[group] ?? new Float32Array((prints[0] as VoicePrint).embedding.length);
  });
}

/** Gives every print a group: the voices of one window get different ones, so that the sum of likenesses is highest. */
function assign(prints: readonly VoicePrint[], centres: readonly Float32Array[]): Int32Array {
  const groups = new Int32Array(prints.length);
  for (let from = 0; from < prints.length; ) {
    let to = from;
    while (to < prints.length && prints[to]?.window === prints[from]?.window) to++;
    const together = prints.slice(from, to);
    const likeness = together.map(({ embedding, seconds }) =>
      centres.map((centre) => cosine(embedding, centre) * Math.min(1, 0.3 + seconds / longPrint)),
    );
    bestAssignment(likeness).forEach((group, i) => {
      groups[from + i] = group;
    });
    from = to;
  }
  return groups;
}

/** The different columns for the rows with the highest sum; with more rows than columns, columns are used again. */
function bestAssignment(scores: readonly (readonly number[])[]): number[] {
  const columns = scores[0]?.length ?? 0;
  // With columns enough, the best that no other row takes is among as many of a row's best as there are rows.
  const tried = scores.map((row) => {
    const all = [...row.keys()];
    if (scores.length > columns) return all;
    const bestFirst = all.sort((a, b) => (row[b] as number) - (row[a] as number) || a - b);
    return bestFirst.slice(0, scores.length).sort((a, b) => a - b);
  });
  let best: number[] = [];
  let bestSum = -Infinity;
  const taken = new Uint8Array(columns);
  const chosen: number[] = [];
  const place = (row: number, sum: number): void => {
    if (row === scores.length) {
      if (sum > bestSum) {
        bestSum = sum;
        best = [...chosen];
      }
      return;
    }
    for (const column of tried[row] as readonly number[]) {
      // Every column is used once before any is used twice.
      if ((taken[column] as number) > Math.floor(row / columns)) continue;
      taken[column] = (taken[column] as number) + 1;
      chosen.push(column);
      place(row + 1, sum + ((scores[row] as readonly number[])[column] as number));
      chosen.pop();
      taken[column] = (taken[column] as number) - 1;
    }
  };
  place(0, 0);
  return best;
}

/** The mean direction of some prints, weighted by how much speech each was made from; length one. */
export function meanDirection(prints: readonly VoicePrint[]): Float32Array {
  const sum = new Float32Array(prints[0]?.embedding.length ?? 0);
  for (const { embedding, seconds } of prints) {
    for (let k = 0; k < sum.length; k++) sum[k] = (sum[k] as number) + seconds * (embedding[k] as number);
  }
  return unit(sum);
}

/** Cosine of the angle between two vectors of length one. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
