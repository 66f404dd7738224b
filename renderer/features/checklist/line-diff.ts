import { diffLines } from "diff";

/** A stretch of a comparison: lines that are alike, that came, or that went; or how many alike ones are not shown. */
export type DiffPart =
  | { readonly kind: "same" | "added" | "removed"; readonly lines: readonly string[]; readonly key: string }
  | { readonly kind: "skipped"; readonly count: number; readonly key: string };

/** What changed between two texts, line by line. */
export interface LineDiff {
  readonly parts: readonly DiffPart[];
  readonly added: number;
  readonly removed: number;
}

/**
 * What changed from one text to another, line by line, with a few lines around each change.
 *
 * @param around lines that are alike and shown before and after a change.
 */
export function lineDiff(before: string, after: string, around = 3): LineDiff {
  const changes = diffLines(before, after);
  const parts: DiffPart[] = [];
  let added = 0;
  let removed = 0;
  for (const [index, change] of changes.entries()) {
    const lines = linesOf(change.value);
    const key = String(index);
    if (change.added) {
      added += lines.length;
      parts.push({ kind: "added", lines, key });
    } else if (change.removed) {
      removed += lines.length;
      parts.push({ kind: "removed", lines, key });
    } else {
      const head = index === 0 ? 0 : around;
      const tail = index === changes.length - 1 ? 0 : around;
      const skipped = lines.length - head - tail;
      if (skipped <= 1) {
        parts.push({ kind: "same", lines, key });
        continue;
      }
      if (head > 0) parts.push({ kind: "same", lines: lines.slice(0, head), key: `${key} head` });
      parts.push({ kind: "skipped", count: skipped, key: `${key} skipped` });
      if (tail > 0) parts.push({ kind: "same", lines: lines.slice(lines.length - tail), key: `${key} tail` });
    }
  }
  return { parts, added, removed };
}

function linesOf(text: string): string[] {
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}
