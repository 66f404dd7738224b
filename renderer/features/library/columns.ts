import type { LibraryLook, SortKey } from "../../../app/contract/library-views.ts";

/** The columns that the library's table can have. */
export const columnNames = [
  "title",
  "when",
  "whenThere",
  "agent",
  "customer",
  "topic",
  "channel",
  "direction",
  "queue",
  "duration",
  "score",
  "review",
  "customerSentiment",
  "agentSentiment",
  "agentTalk",
  "silence",
  "interruptions",
  "turns",
  "language",
  "tags",
  "state",
  "flags",
  "assignee",
  "due",
  "added",
] as const;
/** A column of the library's table. */
export type ColumnName = (typeof columnNames)[number];

/** What is known of a column. */
export interface Column {
  readonly sortBy?: SortKey;
  /** Figures stand to the right. */
  readonly figure?: true;
  /** Width in rem; what is left over goes to those that `grow`. */
  readonly rem: number;
  readonly grow?: number;
  /** Shown unless somebody chose otherwise; where there is no room, those with the highest number go first. */
  readonly rank?: number;
}

/** Every column. One that comes with another feature is a line here, a cell in `cells.tsx` and a word. */
export const columns: Readonly<Record<ColumnName, Column>> = {
  title: { sortBy: "title", rem: 10, grow: 3, rank: 0 },
  when: { sortBy: "startedAt", rem: 8.5, rank: 3 },
  whenThere: { sortBy: "startedAt", rem: 10 },
  agent: { sortBy: "agent", rem: 5, grow: 1, rank: 4 },
  customer: { sortBy: "customer", rem: 5, grow: 1, rank: 7 },
  topic: { sortBy: "topic", rem: 6, grow: 1, rank: 9 },
  channel: { sortBy: "channel", rem: 4, rank: 6 },
  direction: { sortBy: "direction", rem: 5 },
  queue: { sortBy: "queue", rem: 6, grow: 1, rank: 15 },
  duration: { sortBy: "durationMs", figure: true, rem: 4.75, rank: 2 },
  score: { sortBy: "score", figure: true, rem: 6, rank: 5.5 },
  review: { sortBy: "review", rem: 7, rank: 15.5 },
  customerSentiment: { sortBy: "customerSentiment", figure: true, rem: 5.75, rank: 5 },
  agentSentiment: { sortBy: "agentSentiment", figure: true, rem: 5.75, rank: 12 },
  agentTalk: { sortBy: "agentTalkShare", figure: true, rem: 6.25, rank: 8 },
  silence: { sortBy: "nonTalkMs", figure: true, rem: 5.25, rank: 10 },
  interruptions: { sortBy: "interruptions", figure: true, rem: 5.25, rank: 11 },
  turns: { sortBy: "turns", figure: true, rem: 4 },
  language: { sortBy: "language", rem: 4, rank: 16 },
  tags: { rem: 6, grow: 1, rank: 14 },
  state: { rem: 7.75, rank: 1 },
  flags: { rem: 3.75, rank: 13 },
  assignee: { rem: 6, grow: 1 },
  due: { rem: 8 },
  added: { sortBy: "importedAt", rem: 8.5 },
};

/** Where the name of a column in full stands, of those whose heading is short; null where the heading says it all. */
export function fullNameOf(
  name: ColumnName,
): `library.column.${"language" | "agentSentiment" | "customerSentiment" | "score"}Long` | null {
  return name === "language" || name === "agentSentiment" || name === "customerSentiment" || name === "score"
    ? `library.column.${name}Long`
    : null;
}

/** A column as a person wants it; `width` in pixels, null: as wide as it likes. */
export type ColumnChoice = LibraryLook["columns"][number];

/** The columns that are shown unless somebody chose others, in their order. */
export const usualColumns: readonly ColumnChoice[] = columnNames
  .filter((name) => columns[name].rank !== undefined)
  .map((name) => ({ name, width: null }));

/** A column that is shown, with its width. */
export interface ShownColumn extends Column {
  readonly name: ColumnName;
  readonly width: number | null;
}

const gapRem = 0.625;
/** Selection, the row's menu, and the space at both sides. */
const aroundRem = 1.25 + 1.75 + 2 + 2 * gapRem;

/** Narrowest and widest that a person can make a column, in pixels. */
export const narrowest = 48;
/** See `narrowest`. */
export const widest = 800;

/**
 * The columns to draw. Those that a person chose are all drawn, and scroll sideways where there is no room; of the usual
 * ones, those least missed give way until the others fit into `available` pixels.
 */
export function shownColumns(chosen: readonly ColumnChoice[] | null, available: number, rootRem: number): ShownColumn[] {
  const wanted = (chosen ?? usualColumns).flatMap(({ name, width }): ShownColumn[] => {
    const known = columnNames.find((each) => each === name);
    return known === undefined ? [] : [{ ...columns[known], name: known, width }];
  });
  if (chosen !== null) return wanted;
  const shown = [...wanted];
  const needed = () => (shown.reduce((sum, { rem }) => sum + rem + gapRem, 0) + aroundRem) * rootRem;
  while (available > 0 && shown.length > 2 && needed() > available) {
    const least = shown.reduce((worst, one) => ((one.rank ?? 99) > (worst.rank ?? 99) ? one : worst));
    shown.splice(shown.indexOf(least), 1);
  }
  return shown;
}

/** The columns as `grid-template-columns` has them, with the selection before and the row's menu behind. */
export function gridTemplate(shown: readonly ShownColumn[]): string {
  const widths = shown.map(({ width, rem, grow }) =>
    width !== null ? `${width}px` : grow === undefined ? `${rem}rem` : `minmax(${rem}rem, ${grow}fr)`,
  );
  return ["1.25rem", ...widths, "1.75rem"].join(" ");
}

/** The choice with a column at another place. */
export function withMoved(chosen: readonly ColumnChoice[], name: string, to: number): ColumnChoice[] {
  const moved = chosen.find((one) => one.name === name);
  if (moved === undefined) return [...chosen];
  const others = chosen.filter((one) => one !== moved);
  others.splice(Math.max(0, Math.min(to, others.length)), 0, moved);
  return others;
}

/** The choice with a column made so wide, in pixels; null lets it be as wide as it likes. */
export function withWidth(chosen: readonly ColumnChoice[], name: string, width: number | null): ColumnChoice[] {
  const bounded = width === null ? null : Math.round(Math.max(narrowest, Math.min(widest, width)));
  return chosen.map((one) => (one.name === name ? { ...one, width: bounded } : one));
}

/** The choice with a column more, or one less. The last one stays. */
export function withToggled(chosen: readonly ColumnChoice[], name: ColumnName): ColumnChoice[] {
  if (!chosen.some((one) => one.name === name)) return [...chosen, { name, width: null }];
  return chosen.length === 1 ? [...chosen] : chosen.filter((one) => one.name !== name);
}
