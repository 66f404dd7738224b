import type { Span } from "../../../app/conversation/conversation.ts";

/** Spans laid out for asking which of them lie in a stretch, at a cost that does not grow with all of them. */
export interface SpanIndex<T extends Span> {
  /** In order of start. */
  readonly items: readonly T[];
  /** For each, the latest end of it and of all before it. */
  readonly reach: Float64Array;
}

/** Lays out spans. */
export function indexSpans<T extends Span>(spans: readonly T[]): SpanIndex<T> {
  const items = spans.toSorted((a, b) => a.startMs - b.startMs);
  const reach = new Float64Array(items.length);
  let latest = Number.NEGATIVE_INFINITY;
  for (const [index, { endMs }] of items.entries()) {
    latest = Math.max(latest, endMs);
    reach[index] = latest;
  }
  return { items, reach };
}

/** The spans that touch a stretch, in order of start. A span without length counts at its moment. */
export function within<T extends Span>({ items, reach }: SpanIndex<T>, fromMs: number, toMs: number): T[] {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((reach[middle] ?? 0) < fromMs) low = middle + 1;
    else high = middle;
  }
  const found: T[] = [];
  for (let index = low; index < items.length; index++) {
    const item = items[index];
    if (item === undefined || item.startMs > toMs) break;
    if (item.endMs >= fromMs) found.push(item);
  }
  return found;
}
