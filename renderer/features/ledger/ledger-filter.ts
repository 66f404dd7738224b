import type { CallInput } from "../../../app/contract/api.ts";

/** Which entries the page shows; what is null leaves none out. */
export interface LedgerLook {
  readonly kind: string | null;
  /** Empty for Earmark itself. */
  readonly author: string | null;
  /** The id of a conversation. */
  readonly subject: string | null;
  /** Days as a date field has them: 2026-11-21; empty where none is chosen. */
  readonly from: string;
  readonly to: string;
}

/** Every entry. */
export const everyEntry: LedgerLook = { kind: null, author: null, subject: null, from: "", to: "" };

/** Whether entries are left out. */
export function isFiltered({ kind, author, subject, from, to }: LedgerLook): boolean {
  return kind !== null || author !== null || subject !== null || from !== "" || to !== "";
}

/** Whether the days are the wrong way round: then nothing can be found. */
export function isBackwards({ from, to }: LedgerLook): boolean {
  return from !== "" && to !== "" && from > to;
}

/** The input of `ledger.find` for a stretch of the list, as it was when its last entry was `upTo`. */
export function findInput(look: LedgerLook, upTo: number, offset: number, limit: number): CallInput<"ledger.find"> {
  const { kind, author, subject, from, to } = look;
  return {
    kinds: kind === null ? [] : [kind],
    author,
    subject,
    from: from === "" ? null : from,
    to: to === "" ? null : to,
    upTo,
    offset,
    limit,
  };
}

/** What an address asks for: a conversation alone, so far. */
export function lookOfAddress(search: string): LedgerLook {
  return { ...everyEntry, subject: new URLSearchParams(search).get("conversation") };
}
