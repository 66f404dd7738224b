import { useSyncExternalStore } from "react";
import type { CallInput } from "../../../app/contract/api.ts";
import type { LibraryLook, SortKey } from "../../../app/contract/library-views.ts";
import { dayOf, parseSearch, type SearchFault, type Term } from "../../../app/conversation/search-query.ts";
import { type ColumnChoice, usualColumns } from "./columns.ts";

type ListInput = CallInput<"library.list">;

/** How the library is looked at. Kept while other places are visited, so that coming back finds the same list. */
export interface View {
  /** The whole search, words and operators. */
  readonly text: string;
  readonly sortBy: SortKey;
  readonly direction: "ascending" | "descending";
  /** Null: the usual columns, as many as there is room for. */
  readonly columns: readonly ColumnChoice[] | null;
  readonly scrollTop: number;
  /** The row that the keys were on when the list was left; null before it has been. */
  readonly left: { readonly index: number; readonly id: string } | null;
}

/** The library as first shown: everything, what came last on top. */
export const plainView: View = {
  text: "",
  sortBy: "importedAt",
  direction: "descending",
  columns: null,
  scrollTop: 0,
  left: null,
};

let current = plainView;
/** The order there was before a search brought its own. */
let orderBefore: Pick<View, "sortBy" | "direction"> = plainView;
const listeners = new Set<() => void>();

/** Changes how the library is looked at. A new search sorts by match, and the end of one goes back to the order before it. */
export function changeView(change: Partial<View>): void {
  const next = { ...current, ...change };
  const searched = hasWords(current.text);
  const searches = hasWords(next.text);
  if (!searches && next.sortBy !== "relevance") orderBefore = { sortBy: next.sortBy, direction: next.direction };
  if (searches && !searched && change.sortBy === undefined) current = { ...next, sortBy: "relevance", direction: "descending" };
  else if (!searches && next.sortBy === "relevance") current = { ...next, ...orderBefore };
  else current = next;
  for (const listener of listeners) listener();
}

/** How the library is looked at now. */
export function currentView(): View {
  return current;
}

/** The same, for a component that follows it. */
export function useView(): View {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, currentView);
}

/** Where the row that was left stands among the rows known now; its old place when it is not among them. */
export function placeOfLeft(left: NonNullable<View["left"]>, rows: Iterable<readonly [number, { readonly id: string }]>): number {
  for (const [index, { id }] of rows) if (id === left.id) return index;
  return left.index;
}

const namesOf: readonly SortKey[] = ["title", "agent", "customer", "queue", "channel", "direction", "language", "topic"];

/** The direction in which a column is first sorted: names from A, figures and dates from the largest. */
export function firstDirection(key: SortKey): View["direction"] {
  return namesOf.includes(key) ? "ascending" : "descending";
}

/** The input of `library.list` for one page of a view. Sorting by match needs words to match. */
export function listInput(view: View, offset: number, limit: number): ListInput {
  return {
    text: view.text.trim(),
    sortBy: view.sortBy,
    direction: view.direction,
    offset,
    limit,
  };
}

/** A search as it is understood today. */
export function understood(text: string): { readonly terms: readonly Term[]; readonly faults: readonly SearchFault[] } {
  const { query, faults } = parseSearch(text, dayOf(Date.now()));
  return { terms: query.groups.flat(), faults };
}

/** Whether a search looks for words: then there is a place to show with each row, and an order by match. */
export function hasWords(text: string): boolean {
  return understood(text).terms.some(({ condition, not }) => !not && (condition.kind === "words" || condition.kind === "said"));
}

/** The words of a search alone, for finding them in the conversation too. */
export function wordsOf(text: string): string {
  return understood(text)
    .terms.flatMap(({ condition, not }) =>
      !not && (condition.kind === "words" || condition.kind === "said")
        ? [condition.text.includes(" ") ? `"${condition.text}"` : condition.text]
        : [],
    )
    .join(" ");
}

/** A search with something more at its end. */
export function withTerm(text: string, term: string): string {
  return `${text.trim()} ${term}`.trim();
}

/** A search without one of its terms, and without the OR beside it. */
export function withoutTerm(text: string, { start, end }: { readonly start: number; readonly end: number }): string {
  const before = text.slice(0, start).trimEnd();
  const after = text.slice(end).trimStart();
  if (/(?:^|\s)OR$/u.test(before)) return `${before.slice(0, -2).trimEnd()} ${after}`.trim();
  return `${before} ${after.replace(/^OR(?=\s|$)\s*/u, "")}`.trim();
}

/** The view as it is saved under a name. */
export function lookOf(view: View): LibraryLook {
  return {
    text: view.text.trim(),
    sortBy: view.sortBy,
    direction: view.direction,
    columns: (view.columns ?? []).map((one) => ({ ...one })),
  };
}

/** The change that brings a saved view. Without columns of its own it shows the usual ones. */
export function changeTo(look: LibraryLook): Partial<View> {
  return {
    text: look.text,
    sortBy: look.sortBy,
    direction: look.direction,
    columns: look.columns.length === 0 ? null : look.columns,
    scrollTop: 0,
  };
}

/** The columns as they are chosen now: a change begins from the usual ones. */
export function chosenColumns(view: View): readonly ColumnChoice[] {
  return view.columns ?? usualColumns;
}
