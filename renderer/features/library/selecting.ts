import type { CallInput } from "../../../app/contract/api.ts";
import { call } from "../../bridge/index.ts";
import { tell, tellFailure } from "../../ui/notices.tsx";

/** At most so many are selected and worked on at a time: what one call takes. */
export const mostSelected = 10_000;

/** Reads the ids of a stretch of the list. */
export type ReadIds = (stretch: CallInput<"library.ids">) => Promise<{ readonly ids: readonly string[] }>;

/**
 * The ids of a stretch of the list, at most `mostSelected`. `known` are those of the rows that have been read, in their
 * places; the backend is asked only where one is missing, and then for all, so that they are of one moment.
 */
export async function idsOfStretch(
  known: readonly (string | undefined)[],
  { text = "", sortBy = "importedAt", direction = "descending", offset = 0 }: CallInput<"library.list">,
  read: ReadIds = (stretch) => call("library.ids", stretch),
): Promise<readonly string[]> {
  const wanted = known.slice(0, mostSelected);
  const ids = wanted.filter((id) => id !== undefined);
  if (ids.length === wanted.length) return ids;
  return (await read({ text, sortBy, direction, offset, limit: wanted.length })).ids;
}

/** Selects a stretch of the list beside what is selected; says so where it was longer than can be selected. */
export async function selectStretch(
  known: readonly (string | undefined)[],
  stretch: CallInput<"library.list">,
  select: (change: (before: ReadonlySet<string>) => ReadonlySet<string>) => void,
  tooMany: string,
): Promise<void> {
  try {
    const ids = await idsOfStretch(known, stretch);
    select((before) => new Set([...before, ...ids]));
    if (known.length > mostSelected) tell(tooMany);
  } catch (thrown) {
    tellFailure(thrown);
  }
}
