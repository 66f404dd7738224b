import { z } from "zod";
import { assertNever } from "../assert-never.ts";
import { clockMs } from "./clock-time.ts";
import {
  buildTranscript,
  type DraftSpeaker,
  type DraftTurn,
  type ImportedConversation,
  type ImportNote,
  noWordTimes,
  roleOf,
  toInstant,
} from "./imported.ts";
import { malformed } from "./json-text.ts";
import { messagedConversation } from "./messages.ts";
import { isTable, readTable, type Table, type TableRow, writeTable } from "./table.ts";

/* Tables of any program, read by a mapping that a person has made once: which column says what. */

/** How a column writes times: an instant, seconds or milliseconds from the beginning, or `mm:ss`. */
export const timeForms = ["instant", "seconds", "milliseconds", "clock"] as const;

const columnSchema = z.string().min(1).max(200);

/** Which column of a table says what. */
export const columnMappingSchema = z.object({
  id: z.string().min(1).max(100),
  name: z.string().trim().min(1).max(100),
  kind: z.enum(["call", "chat"]).default("chat"),
  text: columnSchema,
  speaker: columnSchema.nullable().default(null),
  start: columnSchema.nullable().default(null),
  end: columnSchema.nullable().default(null),
  times: z.enum(timeForms).default("instant"),
  /** Rows with another value here belong to another conversation. */
  conversation: columnSchema.nullable().default(null),
  /** What the speakers' column writes for an agent and for a customer; left empty, words such as "agent" are understood. */
  agent: z.string().max(200).default(""),
  customer: z.string().max(200).default(""),
});
/** Which column of a table says what. */
export type ColumnMapping = z.infer<typeof columnMappingSchema>;

/** The columns that a mapping needs. */
function neededColumns({ text, speaker, start, end, conversation }: ColumnMapping): string[] {
  return [text, speaker, start, end, conversation].filter((column) => column !== null);
}

/** The first mapping whose columns a table has all of; null where none fits, or the text is no table. */
export function mappingFor(text: string, mappings: readonly ColumnMapping[]): ColumnMapping | null {
  if (mappings.length === 0 || !isTable(text)) return null;
  const columns = new Set(readTable(text.slice(0, 200_000), 1).columns);
  const fitting = mappings.filter((mapping) => neededColumns(mapping).every((column) => columns.has(column)));
  // The one that uses most of the table is made for it.
  return fitting.toSorted((a, b) => neededColumns(b).length - neededColumns(a).length)[0] ?? null;
}

/** Reads a table by a mapping. Throws `format-malformed` where a column is missing or no row has a text. */
export function readMappedTable(text: string, mapping: ColumnMapping): ImportedConversation {
  const table = readTable(text);
  const notes: ImportNote[] = table.unreadable
    .slice(0, 20)
    .map((line) => ({ level: "ignored", what: "A row that cannot be read.", where: `line ${line}` }));
  const used = new Set(neededColumns(mapping));
  const left = table.columns.filter((column) => !used.has(column));
  if (left.length > 0)
    notes.push({
      level: "ignored",
      what: `Columns that the mapping does not name: ${left.join(", ").slice(0, 300)}.`,
      where: "line 1",
    });
  const rows = rowsBy(table, mapping);
  if (rows.length === 0) throw malformed("The table has no row with a text.", 2);
  const format = `Table, by the mapping ${mapping.name}`;
  if (mapping.kind === "chat" && mapping.times === "instant")
    return messagedConversation({
      format,
      channel: "chat",
      engine: null,
      messages: rows.map(({ speaker, start, text: said }) => ({ speaker, at: start, text: said })),
      notes,
    });
  const untimed = rows.filter((row) => timeOf(row.start, mapping) === null).length;
  if (untimed > 0)
    notes.push({
      level: "converted",
      what: `Rows without a time stand where the table has them: ${untimed}.`,
      where: mapping.start ?? "line 1",
    });
  const first = rows.map((row) => timeOf(row.start, mapping)).find((ms) => ms !== null) ?? 0;
  const origin = mapping.times === "instant" ? first : 0;
  let last = 0;
  const turns = rows.map((row): DraftTurn => {
    const startMs = (timeOf(row.start, mapping) ?? last + origin) - origin;
    const endMs = Math.max(startMs, (timeOf(row.end, mapping) ?? startMs + origin) - origin);
    last = endMs;
    return { speaker: row.speaker, startMs, endMs, text: row.text };
  });
  return {
    format,
    kind: mapping.kind,
    channel: mapping.kind === "call" ? "voice" : "chat",
    title: null,
    startedAt: mapping.times === "instant" && first > 0 ? new Date(first).toISOString() : null,
    timeZone: null,
    transcript: buildTranscript({ turns, shortfalls: mapping.kind === "call" ? [noWordTimes] : [] }),
    notes,
  };
}

interface MappedRow {
  readonly speaker: DraftSpeaker;
  readonly text: string;
  readonly start: string;
  readonly end: string;
}

function rowsBy({ columns, rows }: Table, mapping: ColumnMapping): MappedRow[] {
  const missing = neededColumns(mapping).find((column) => !columns.includes(column));
  if (missing !== undefined) throw malformed(`The table has no column ${missing.slice(0, 100)}.`, 1, null, missing.slice(0, 100));
  const cellIn = (column: string | null): ((row: TableRow) => string) => {
    const index = column === null ? -1 : columns.indexOf(column);
    return ({ cells }) => cells[index]?.trim() ?? "";
  };
  const [textIn, speakerIn, startIn, endIn] = [mapping.text, mapping.speaker, mapping.start, mapping.end].map(cellIn) as [
    (row: TableRow) => string,
    (row: TableRow) => string,
    (row: TableRow) => string,
    (row: TableRow) => string,
  ];
  return rows.flatMap((row) => {
    const text = textIn(row);
    return text === "" ? [] : [{ speaker: speakerFor(speakerIn(row), mapping), text, start: startIn(row), end: endIn(row) }];
  });
}

function speakerFor(written: string, { agent, customer }: ColumnMapping): DraftSpeaker {
  const same = (one: string): boolean => one !== "" && one.trim().toLowerCase() === written.toLowerCase();
  const role = same(agent) ? "agent" : same(customer) ? "customer" : roleOf(written.replaceAll(/[_\p{Nd}]+/gu, " "));
  return { key: written, role, name: same(agent) || same(customer) || written.toLowerCase() === role ? null : written };
}

function timeOf(written: string, { times }: ColumnMapping): number | null {
  if (written === "") return null;
  switch (times) {
    case "instant": {
      const instant = toInstant(/^\d{12,14}$/u.test(written) ? Number(written) : written);
      return instant === null ? null : Date.parse(instant);
    }
    case "seconds":
    case "milliseconds": {
      const number = Number(written.replace(",", "."));
      return Number.isFinite(number) ? number * (times === "seconds" ? 1_000 : 1) : null;
    }
    case "clock":
      return clockMs(written);
    default:
      return assertNever(times);
  }
}

/** The conversations of a table, by the column that tells them apart; one alone where the mapping names none. */
export function tableConversations(text: string, mapping: ColumnMapping): Map<string, string> {
  const table = readTable(text);
  const index = mapping.conversation === null ? -1 : table.columns.indexOf(mapping.conversation);
  if (index < 0) return new Map([["", text]]);
  const groups = Map.groupBy(table.rows, ({ cells }) => cells[index] ?? "");
  return new Map(
    [...groups].map(([key, rows]) => [
      key,
      writeTable(
        table.columns,
        rows.map(({ cells }) => cells),
      ),
    ]),
  );
}
