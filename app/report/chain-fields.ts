import { type EntryBody, entryHash } from "./chain.ts";
import type { Sha256 } from "./digests.ts";
import { entryKinds, isEntryKind } from "./entries.ts";

/** What the rest of the chain offers as the former value of a member. */
export interface Candidates {
  readonly seqs: Iterable<number>;
  readonly hashes: Iterable<string | null>;
  readonly keys: Iterable<string>;
  readonly authors: Iterable<string>;
  readonly subjects: Iterable<string | null>;
}

/** Values tried for one member at most: naming it is a service, finding the entry is not at stake. */
const mostTried = 400;

/**
 * Which member of an entry was changed, and what it was: the one for which another value, of those that the chain offers,
 * gives the entry a hash that is borne out. Null where none does; then it is the time, the data, or several.
 */
export function changedField(
  body: EntryBody,
  bornOut: ReadonlySet<string>,
  candidates: Candidates,
  sha256: Sha256,
): { readonly field: keyof EntryBody; readonly was: EntryBody } | null {
  const attempt = (field: keyof EntryBody, values: Iterable<unknown>): { field: keyof EntryBody; was: EntryBody } | null => {
    let tried = 0;
    for (const value of values) {
      if (tried++ === mostTried) return null;
      const was: EntryBody = { ...body, [field]: value };
      if (bornOut.has(entryHash(was, sha256))) return { field, was };
    }
    return null;
  };
  return (
    attempt("seq", candidates.seqs) ??
    attempt("previous", candidates.hashes) ??
    attempt("key", candidates.keys) ??
    attempt("kind", Object.keys(entryKinds)) ??
    attempt("author", candidates.authors) ??
    attempt("subject", candidates.subjects)
  );
}

/** Whether the data of an entry are what its kind says; true for kinds that are not known here. */
export function dataFit({ kind, data }: Pick<EntryBody, "kind" | "data">): boolean {
  return !isEntryKind(kind) || entryKinds[kind].safeParse(data).success;
}
