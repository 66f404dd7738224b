import type Database from "better-sqlite3";
import { type NumberSet, numberSet } from "./number-set.ts";
import type { TableChanges } from "./table-changes.ts";

/*
 * What the parts of a search find, each as a set of conversations. A search is put together from such sets, and the next key
 * that is typed changes only one of them: the others are kept until something is written that they were read from. Finding
 * everything that has a word, and then cutting a page out of it, is quicker in a large library than asking for the page
 * alone, because the words are looked up once and not again for each row, and because the number of all is then known.
 */

/** SQL that answers with numbers of conversations, in a column `number`, and its values by name, without the at-sign. */
export interface NumberQuery {
  readonly sql: string;
  readonly values: Readonly<Record<string, string | number | null>>;
}

/** What queries find in a library. */
export interface LibrarySets {
  /** The conversations that a query finds; it may answer with some more than once. */
  of(query: NumberQuery): NumberSet;
  /** The same in the query's order. */
  inOrder(query: NumberQuery): Uint32Array;
}

/** Sets kept: of 100,000 conversations each takes 12 kB. */
const mostSets = 96;
/** Orders kept: of 100,000 conversations each takes 400 kB. */
const mostOrders = 8;

/** What queries find in a library: kept until a table that was read is written. Not to be used across the end of a transaction that writes. */
export function librarySets(database: Database.Database, changes: TableChanges): LibrarySets {
  const sets = new Map<string, Kept<NumberSet>>();
  const orders = new Map<string, Kept<Uint32Array>>();
  // One text of all numbers comes over from SQLite faster than a row for each; their order is not promised then.
  const numbersOf = ({ sql, values }: NumberQuery): number[] => {
    const all = database.prepare<[Values], string>(`SELECT json_group_array(number) FROM (${sql})`).pluck().get(values);
    return JSON.parse(all ?? "[]") as number[];
  };
  const orderOf = ({ sql, values }: NumberQuery): number[] => database.prepare<[Values], number>(sql).pluck().all(values);
  return {
    of: (query) => kept(sets, mostSets, query, changes, () => numberSet(numbersOf(query))),
    inOrder: (query) => kept(orders, mostOrders, query, changes, () => Uint32Array.from(orderOf(query))),
  };
}

type Values = NumberQuery["values"];

interface Kept<T> {
  readonly stamp: string;
  readonly value: T;
}

/** What was found before, where it still holds; else found now, and the one that was not asked for the longest is let go. */
function kept<T>(known: Map<string, Kept<T>>, most: number, query: NumberQuery, changes: TableChanges, find: () => T): T {
  const key = JSON.stringify([query.sql, query.values]);
  const stamp = changes.stampOf(query.sql);
  const before = known.get(key);
  const value = before?.stamp === stamp ? before.value : find();
  known.delete(key);
  const [oldest] = known.keys();
  if (known.size >= most && oldest !== undefined) known.delete(oldest);
  known.set(key, { stamp, value });
  return value;
}
