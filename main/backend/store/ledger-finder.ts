import type Database from "better-sqlite3";
import type { LedgerEntry } from "../../../app/report/chain.ts";
import { entryKinds } from "../../../app/report/entries.ts";
import { type LedgerRow, toEntry } from "./ledger.ts";
import { parseJson } from "./stored-json.ts";

/** Which entries are looked for; what is null or empty leaves none out. */
export interface LedgerFilter {
  readonly kinds: readonly string[];
  readonly subject: string | null;
  readonly author: string | null;
  /** Milliseconds, included. */
  readonly from: number | null;
  /** Milliseconds, not included. */
  readonly before: number | null;
  /** The number of the last entry that there was when somebody began to look. */
  readonly upTo: number | null;
}

/** A value that entries have, and how many have it. */
export interface Facet {
  readonly value: string;
  readonly count: number;
}

/** A deletion whose files were not said to be gone. */
export interface OpenDeletion {
  readonly id: string;
  readonly sha256: string;
  /** Files that there were. */
  readonly files: number;
}

/** Looks entries of the ledger up. */
export interface LedgerFinder {
  /** The entries of a filter, the latest first. */
  find(filter: LedgerFilter, offset: number, limit: number): LedgerEntry[];
  count(filter: LedgerFilter): number;
  /** What kinds of entries there are, by name. */
  kinds(): Facet[];
  /** Who made entries, by name; Earmark itself, which has none, first. */
  authors(): Facet[];
  /** Deletions without the entry that their files are gone, in order. */
  openDeletions(): OpenDeletion[];
}

/** The finder over the ledger of a database. */
export function ledgerFinder(database: Database.Database): LedgerFinder {
  const facets = (column: "kind" | "author") =>
    database.prepare<[], Facet>(`SELECT ${column} AS value, count(*) AS count FROM ledger GROUP BY ${column} ORDER BY ${column}`);
  const kinds = facets("kind");
  const authors = facets("author");
  const open = database.prepare<[], { subject: string; data: string }>(`
    SELECT subject, data FROM ledger AS deleted WHERE kind = 'deletion' AND NOT EXISTS
      (SELECT 1 FROM ledger WHERE subject = deleted.subject AND seq > deleted.seq AND kind = 'files-deleted')
    ORDER BY seq`);
  return {
    find(filter, offset, limit) {
      const { where, values } = condition(filter);
      // The page is found in an index before a row is read.
      return database
        .prepare<unknown[], LedgerRow>(
          `SELECT * FROM ledger WHERE seq IN (SELECT seq FROM ledger ${where} ORDER BY seq DESC LIMIT ? OFFSET ?) ORDER BY seq DESC`,
        )
        .all(...values, limit, offset)
        .map(toEntry);
    },
    count(filter) {
      const { where, values } = condition(filter);
      return (
        database
          .prepare<unknown[], number>(`SELECT count(*) FROM ledger ${where}`)
          .pluck()
          .get(...values) ?? 0
      );
    },
    kinds: () => kinds.all(),
    authors: () => authors.all(),
    openDeletions: () =>
      open.all().flatMap(({ subject, data }) => {
        const read = entryKinds.deletion.safeParse(parseJson(data));
        return read.success ? [{ id: subject, sha256: read.data.sha256, files: read.data.files }] : [];
      }),
  };
}

function condition({ kinds, subject, author, from, before, upTo }: LedgerFilter): { where: string; values: unknown[] } {
  const parts: [string, unknown][] = [];
  if (kinds.length > 0) parts.push(["kind IN (SELECT value FROM json_each(?))", JSON.stringify(kinds)]);
  if (subject !== null) parts.push(["subject = ?", subject]);
  if (author !== null) parts.push(["author = ?", author]);
  if (from !== null) parts.push(["at >= ?", from]);
  if (before !== null) parts.push(["at < ?", before]);
  if (upTo !== null) parts.push(["seq <= ?", upTo]);
  const where = parts.length === 0 ? "" : `WHERE ${parts.map(([sql]) => sql).join(" AND ")}`;
  return { where, values: parts.map(([, value]) => value) };
}
