import { parse } from "csv-parse/browser/esm/sync";
import { stringify } from "csv-stringify/browser/esm/sync";
import { malformed } from "./json-text.ts";

/*
 * Tables in text: columns with commas, semicolons, tabs or bars between, the first row their names.
 */

/** A row of a table, and the line of the file that it begins on. */
export interface TableRow {
  readonly cells: readonly string[];
  readonly line: number;
}

/** A table as text. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
  /** Lines that cannot be read; the first hundred. */
  readonly unreadable: readonly number[];
}

/** Longest row that is read, in characters: a stray quotation mark would make the rest of the file one cell. */
const longestRow = 1_000_000;
/** Most rows that are read. */
const mostRows = 500_000;
const mostUnreadable = 100;

/** The sign between the columns of a table; null where the first rows are none. */
function separatorOf(text: string): string | null {
  const [head = "", second = ""] = text.slice(0, 20_000).split(/\r?\n/u, 2);
  let best: string | null = null;
  let most = 1;
  for (const sign of [",", ";", "\t", "|"]) {
    const columns = head.split(sign).length;
    if (columns > most && second.includes(sign)) {
      best = sign;
      most = columns;
    }
  }
  return best;
}

/** Whether a text may be a table: names of columns, all different, and at least one row below. */
export function isTable(text: string): boolean {
  const separator = separatorOf(text);
  if (separator === null || /^\s*[[{]/u.test(text)) return false;
  const names = records(text.slice(0, longestRow), separator, 1).rows[0]?.cells ?? [];
  return (
    names.length >= 2 &&
    new Set(names).size === names.length &&
    names.every((name) => /^[\p{L}_#][^\n]{0,79}$/u.test(name.trim())) &&
    // "Agent: Hello, how can I help?" is somebody speaking.
    !names.some((name) => /:\s|[.?!]$/u.test(name.trim()))
  );
}

/** Reads a table. Throws `format-malformed` where it has no columns. `most` rows at most. */
export function readTable(text: string, most: number = mostRows): Table {
  const separator = separatorOf(text);
  if (separator === null) throw malformed("The table has no columns.");
  const { rows: all, unreadable } = records(text, separator, most + 1);
  const [head, ...rows] = all;
  if (head === undefined) throw malformed("The table has no row that can be read.");
  return { columns: head.cells.map((cell) => cell.trim()), rows, unreadable };
}

function records(text: string, delimiter: string, to: number): { rows: TableRow[]; unreadable: number[] } {
  const unreadable: number[] = [];
  const parsed: unknown = parse(text, {
    delimiter,
    bom: true,
    info: true,
    to,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: longestRow,
    on_skip: (error) => {
      const line: unknown = error === undefined ? undefined : Reflect.get(error, "lines");
      if (unreadable.length < mostUnreadable) unreadable.push(typeof line === "number" ? line : 0);
      return undefined;
    },
  });
  const rows = (Array.isArray(parsed) ? parsed : []).flatMap((raw: unknown): TableRow[] => {
    const { record, info } = raw as { record?: unknown; info?: { lines?: unknown } };
    return Array.isArray(record) ? [{ cells: record.map(String), line: Number(info?.lines ?? 0) }] : [];
  });
  return { rows, unreadable };
}

/** A table as text with commas, as `readTable` reads it again. */
export function writeTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return stringify([[...columns], ...rows.map((row) => [...row])]);
}
