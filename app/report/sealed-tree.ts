import { byCodeUnits, canonicalJson, pointerStep } from "./canonical-json.ts";
import { type Sha256, toHex, utf8 } from "./digests.ts";
import type { Finding } from "./findings.ts";

/**
 * A value in the shape it has, with the first eight hex digits of SHA-256 over its canonical JSON in the place of every
 * string, number, boolean and null. It says where something was changed; that something was, the whole hashes say.
 */
export type Tree = string | readonly Tree[] | { readonly [name: string]: Tree };

const digits = 8;

/** The tree of a value. Throws as `canonicalJson` does. */
export function treeOf(value: unknown, sha256: Sha256): Tree {
  if (Array.isArray(value)) return value.map((item) => treeOf(item, sha256));
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return Object.fromEntries(members.map(([name, member]) => [name, treeOf(member, sha256)]));
  }
  return toHex(sha256(utf8(canonicalJson(value)))).slice(0, digits);
}

/** Pairs of items compared at most; longer lists are compared from both ends. */
const mostPairs = 4_000_000;

/** Where a value is another than the one a tree was made of: what was changed, removed, added or moved, as exactly as the tree tells. */
export function differences(sealed: Tree, now: Tree, path: string): Finding[] {
  if (isList(sealed) && isList(now)) return listDifferences(sealed, now, path);
  if (isGroup(sealed) && isGroup(now)) {
    const found: Finding[] = [];
    for (const name of [...new Set([...Object.keys(sealed), ...Object.keys(now)])].sort(byCodeUnits)) {
      const before = Object.hasOwn(sealed, name) ? sealed[name] : undefined;
      const after = Object.hasOwn(now, name) ? now[name] : undefined;
      const place = path + pointerStep(name);
      if (before === undefined) found.push({ kind: "data-added", path: place });
      else if (after === undefined) found.push({ kind: "data-removed", path: place });
      else found.push(...differences(before, after, place));
    }
    return found;
  }
  return sealed === now ? [] : [{ kind: "data-changed", path }];
}

function isList(tree: Tree): tree is readonly Tree[] {
  return Array.isArray(tree);
}

function isGroup(tree: Tree): tree is { readonly [name: string]: Tree } {
  return typeof tree === "object" && !Array.isArray(tree);
}

function listDifferences(sealed: readonly Tree[], now: readonly Tree[], path: string): Finding[] {
  const before = sealed.map((item) => canonicalJson(item));
  const after = now.map((item) => canonicalJson(item));
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const gone: number[] = [];
  const come: number[] = [];
  const kept = keptPairs(before.slice(start, before.length - end), after.slice(start, after.length - end));
  const keptBefore = new Set(kept.map(([one]) => one + start));
  const keptAfter = new Set(kept.map(([, other]) => other + start));
  for (let at = start; at < before.length - end; at += 1) if (!keptBefore.has(at)) gone.push(at);
  for (let at = start; at < after.length - end; at += 1) if (!keptAfter.has(at)) come.push(at);

  const found: Finding[] = [];
  // The very same item in another place was moved there.
  for (const to of [...come]) {
    const from = gone.find((at) => before[at] === after[to]);
    if (from === undefined) continue;
    gone.splice(gone.indexOf(from), 1);
    come.splice(come.indexOf(to), 1);
    found.push({ kind: "data-moved", path: path + pointerStep(to), from: path + pointerStep(from) });
  }
  // What is left between the same neighbours is the same item, changed.
  if (gone.length === come.length) {
    for (const [order, from] of gone.entries()) {
      const to = come[order] ?? from;
      const one = sealed[from];
      const other = now[to];
      if (one !== undefined && other !== undefined) found.push(...differences(one, other, path + pointerStep(to)));
    }
    return found;
  }
  for (const at of gone) found.push({ kind: "data-removed", path: path + pointerStep(at) });
  for (const at of come) found.push({ kind: "data-added", path: path + pointerStep(at) });
  return found;
}

/** A longest common subsequence as pairs of places; none where the lists are too long to compare. */
function keptPairs(one: readonly string[], other: readonly string[]): [number, number][] {
  if (one.length === 0 || other.length === 0 || one.length * other.length > mostPairs) return [];
  const width = other.length + 1;
  const lengths = new Uint32Array((one.length + 1) * width);
  for (let i = one.length - 1; i >= 0; i -= 1) {
    for (let j = other.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        one[i] === other[j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < one.length && j < other.length; ) {
    if (one[i] === other[j]) pairs.push([i++, j++]);
    else if ((lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0)) i += 1;
    else j += 1;
  }
  return pairs;
}
