import { useSyncExternalStore } from "react";
import type { CallInput } from "../../../app/contract/api.ts";

type ListInput = CallInput<"library.list">;
/** What the library can be sorted by. */
export type SortKey = NonNullable<ListInput["sortBy"]>;

/** How the library is looked at. Kept while other places are visited, so that coming back finds the same list. */
export interface View {
  readonly text: string;
  readonly channel: ListInput["channel"] | undefined;
  readonly state: ListInput["state"] | undefined;
  readonly sortBy: SortKey;
  readonly direction: "ascending" | "descending";
  readonly scrollTop: number;
  /** The row that the keys were on when the list was left; null before it has been. */
  readonly left: { readonly index: number; readonly id: string } | null;
}

/** The library as first shown: everything, what came last on top. */
export const plainView: View = {
  text: "",
  channel: undefined,
  state: undefined,
  sortBy: "importedAt",
  direction: "descending",
  scrollTop: 0,
  left: null,
};

let current = plainView;
const listeners = new Set<() => void>();

/** Changes how the library is looked at. A new search sorts by match, and the end of one goes back to what came last. */
export function changeView(change: Partial<View>): void {
  const next = { ...current, ...change };
  const searched = current.text.trim() !== "";
  const searches = next.text.trim() !== "";
  if (searches && !searched && change.sortBy === undefined) current = { ...next, sortBy: "relevance", direction: "descending" };
  else if (!searches && next.sortBy === "relevance") current = { ...next, sortBy: "importedAt", direction: "descending" };
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

/** The direction in which a column is first sorted: names from A, figures and dates from the largest. */
export function firstDirection(key: SortKey): View["direction"] {
  return key === "title" ? "ascending" : "descending";
}

/** The input of `library.list` for one page of a view. Sorting by match needs words to match. */
export function listInput(view: View, offset: number, limit: number): ListInput {
  return {
    text: view.text.trim(),
    ...(view.channel === undefined ? {} : { channel: view.channel }),
    ...(view.state === undefined ? {} : { state: view.state }),
    sortBy: view.sortBy,
    direction: view.direction,
    offset,
    limit,
  };
}
