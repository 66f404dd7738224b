/** Something that the palette can find. */
export interface Findable {
  readonly id: string;
  readonly label: string;
  /** What else it is found by. */
  readonly also?: string;
}

/**
 * How well an entry answers a query, lower being better; null when it does not. Every word of the query has to stand in it;
 * beginnings of words count more than their middles, and what it is called more than what else it is found by.
 */
export function rankOf({ label, also = "" }: Pick<Findable, "label" | "also">, query: string): number | null {
  const name = fold(label);
  const rest = fold(also);
  let worst = 0;
  for (const word of fold(query).split(/\s+/u)) {
    if (word === "") continue;
    const begins = (text: string): boolean => new RegExp(`(?:^|[^\\p{L}\\p{N}])${escaped(word)}`, "u").test(text);
    const at = name.startsWith(word) ? 0 : begins(name) ? 1 : name.includes(word) ? 2 : begins(rest) ? 3 : null;
    if (at === null) return null;
    worst = Math.max(worst, at);
  }
  return worst;
}

/** The entries that answer a query, the best first, otherwise in their own order. */
export function find<T extends Findable>(entries: readonly T[], query: string): T[] {
  return entries
    .flatMap((entry) => {
      const rank = rankOf(entry, query);
      return rank === null ? [] : [{ entry, rank }];
    })
    .sort((a, b) => a.rank - b.rank)
    .map(({ entry }) => entry);
}

/** Without case and accents, so that "resume" finds "Résumé". */
function fold(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`);
}

/** Of what was used last: most kept, and each as text of at most so many characters. */
export const recentKept = 8;

/** Puts an id first among those used last. */
export function usedLast(recent: readonly string[], id: string): string[] {
  return [id, ...recent.filter((each) => each !== id)].slice(0, recentKept);
}
