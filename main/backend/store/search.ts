import type Database from "better-sqlite3";
import { z } from "zod";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { Hit } from "../../../app/contract/views.ts";
import type { Speaker } from "../../../app/conversation/search-query.ts";
import { type SaidTurn, saidIndex } from "./said.ts";
import { searchExpression } from "./search-expression.ts";
import { parseJson } from "./stored-json.ts";

/** What is indexed of a turn: redacted text alone. */
export interface SearchableTurn {
  readonly id: string;
  readonly startMs: number;
  readonly text: string;
  /** Who speaks; `other` where it is left out. */
  readonly role?: Speaker;
}

/** Full-text search over titles and redacted words. */
export interface SearchIndex {
  /** Replaces what is found of a conversation. The title is taken from the conversation. Throws `not-found`. */
  index(conversationId: string, turns: readonly SearchableTurn[]): void;
  /** Every turn of one conversation in which a searched word stands, in order, at most `limit`. */
  hits(conversationId: string, text: string, limit?: number): Hit[];
  /** Conversations whose turns an earlier Earmark has not indexed, at most `limit` of them: `index` does it. */
  withoutTurns(limit: number): string[];
  /** How many those are. */
  countWithoutTurns(): number;
}

/** Which turns are looked at for a hit. */
export interface HitPlace {
  readonly by: Speaker | null;
  readonly fromMs: number | null;
  readonly untilMs: number | null;
}

/** The best hit of each of some conversations, by number; those found by their title alone are absent. */
export type BestHits = (expression: string, conversationNumbers: readonly number[], place?: HitPlace) => Map<number, Hit>;

// Marks around what was found: control characters, which indexed text never holds.
const foundFrom = "\u0001";
const foundTo = "\u0002";
const marks = new RegExp(`([${foundFrom}${foundTo}])`, "u");

/** Characters shown before the first word found, and in all. */
const shownBefore = 60;
const shownInAll = 200;

const turnsSchema = z.array(
  z.union([z.tuple([z.string(), z.int().min(0)]), z.tuple([z.string(), z.int().min(0), z.custom<Speaker>()])]),
);
type IndexedTurn = z.infer<typeof turnsSchema>[number];

/** Text as it is indexed: one line, without control characters. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, " ");
}

/** The search index of a database. */
export function searchIndex(database: Database.Database): SearchIndex {
  const conversation = database.prepare<[string], { number: number; title: string }>(
    "SELECT number, title FROM conversations WHERE id = ?",
  );
  const put = database.prepare<[number, string, string, string]>(`
    INSERT INTO searchable (conversation_number, title, text, turns, has_turns) VALUES (?, ?, ?, ?, 1)
    ON CONFLICT (conversation_number) DO UPDATE
    SET title = excluded.title, text = excluded.text, turns = excluded.turns, has_turns = 1`);
  const said = saidIndex(database);
  const forget = saidForgetter(database);
  const withoutTurns = database
    .prepare<[number], string>(
      `SELECT id FROM searchable JOIN conversations ON number = conversation_number
       WHERE has_turns = 0 ORDER BY conversation_number DESC LIMIT ?`,
    )
    .pluck();
  const countWithoutTurns = database.prepare<[], number>("SELECT count(*) FROM searchable WHERE has_turns = 0").pluck();
  const marked = markedText(database);

  return {
    index: (conversationId, turns) =>
      database.transaction(() => {
        const found = conversation.get(conversationId);
        if (found === undefined) throw new EarmarkError("not-found", "There is no such conversation.", { id: conversationId });
        const lines = turns.map(({ id, startMs, text, role }) => ({
          id,
          startMs: Math.max(0, Math.round(startMs)),
          text: oneLine(text),
          role: role ?? "other",
        }));
        forget(found.number);
        const places = JSON.stringify(lines.map(({ id, startMs, role }) => [id, startMs, role]));
        put.run(found.number, oneLine(found.title), lines.map(({ text }) => text).join("\n"), places);
        said.add(found.number, lines);
      })(),
    hits(conversationId, text, limit = 1_000) {
      const expression = searchExpression(text);
      const found = conversation.get(conversationId);
      if (expression === null || found === undefined) return [];
      return marked(expression, [found.number])
        .flatMap(({ lines }) => lines.map(toHit))
        .slice(0, limit);
    },
    withoutTurns: (limit) => withoutTurns.all(limit),
    countWithoutTurns: () => countWithoutTurns.get() ?? 0,
  };
}

/** Prepares the taking out of what was indexed of a conversation's turns: needs its row of `searchable` as it was. */
export function saidForgetter(database: Database.Database): (conversationNumber: number) => void {
  const said = saidIndex(database);
  const indexed = database.prepare<[number], { text: string; turns: string }>(
    "SELECT text, turns FROM searchable WHERE conversation_number = ? AND has_turns = 1",
  );
  return (number) => {
    const before = indexed.get(number);
    if (before === undefined) return;
    const turns = turnsSchema.safeParse(parseJson(before.turns)).data ?? [];
    const lines = before.text.split("\n");
    said.remove(
      number,
      turns.map(([, startMs, role], index): SaidTurn => ({ startMs, role: role ?? "other", text: lines[index] ?? "" })),
    );
  };
}

/** Prepares the search for the best hit of each conversation of a page. */
export function bestHits(database: Database.Database): BestHits {
  const marked = markedText(database);
  return (expression, conversationNumbers, place) => {
    const best = new Map<number, Hit>();
    for (const { number, lines } of marked(expression, conversationNumbers)) {
      let chosen: MarkedLine | undefined;
      for (const line of lines) {
        if (place !== undefined && !standsAt(line, place)) continue;
        if (chosen === undefined || line.different > chosen.different) chosen = line;
      }
      if (chosen !== undefined) best.set(number, toHit(chosen));
    }
    return best;
  };
}

function standsAt({ startMs, role }: MarkedLine, { by, fromMs, untilMs }: HitPlace): boolean {
  return (by === null || role === by) && (fromMs === null || startMs >= fromMs) && (untilMs === null || startMs < untilMs);
}

interface MarkedLine {
  readonly turnId: string;
  readonly startMs: number;
  readonly role: Speaker;
  readonly pieces: Hit["pieces"];
  /** Different words found in it. */
  readonly different: number;
}

/** The lines in which something was found, of each of the conversations in which it was. */
function markedText(
  database: Database.Database,
): (expression: string, numbers: readonly number[]) => { number: number; lines: MarkedLine[] }[] {
  // The plus keeps SQLite from asking FTS5 for each row by itself: then the beginning of a word is looked up again each time,
  // which takes fifty times as long as going over all that has it once. A page of the latest lies close together.
  const select = database.prepare<
    [string, string, string, number, number, string],
    { number: number; marked: string; turns: string }
  >(`
    SELECT search.rowid AS number, highlight(search, 1, ?, ?) AS marked, searchable.turns AS turns
    FROM search JOIN searchable ON searchable.conversation_number = search.rowid
    WHERE search MATCH ? AND search.rowid BETWEEN ? AND ? AND +search.rowid IN (SELECT value FROM json_each(?))`);
  return (expression, numbers) => {
    if (numbers.length === 0) return [];
    const [first, last] = [Math.min(...numbers), Math.max(...numbers)];
    const found = select.all(foundFrom, foundTo, expression, first, last, JSON.stringify(numbers));
    return found.map(({ number, marked, turns }) => ({
      number,
      lines: readMarked(marked, turnsSchema.safeParse(parseJson(turns)).data ?? []),
    }));
  };
}

/** Takes marked text apart into the lines that hold a mark. A phrase may go over the end of a line, so a mark may too. */
function readMarked(text: string, turns: readonly IndexedTurn[]): MarkedLine[] {
  const lines: MarkedLine[] = [];
  let open = false;
  for (const [index, line] of text.split("\n").entries()) {
    if (!open && !line.includes(foundFrom)) continue;
    const pieces: Hit["pieces"] = [];
    for (const part of line.split(marks)) {
      if (part === foundFrom) open = true;
      else if (part === foundTo) open = false;
      else if (part !== "") pieces.push({ text: part, found: open });
    }
    const turn = turns[index];
    if (turn === undefined || !pieces.some((piece) => piece.found)) continue;
    const different = new Set(pieces.filter((piece) => piece.found).map((piece) => piece.text.toLowerCase())).size;
    lines.push({ turnId: turn[0], startMs: turn[1], role: turn[2] ?? "other", pieces, different });
  }
  return lines;
}

/** The line cut down to the words around the first one found. */
function toHit({ turnId, startMs, pieces }: MarkedLine): Hit {
  const shown: Hit["pieces"] = [];
  let left = shownInAll;
  for (const [index, piece] of pieces.entries()) {
    if (left <= 0) {
      shown.push({ text: "…", found: false });
      break;
    }
    let { text } = piece;
    if (index === 0 && !piece.found && text.length > shownBefore) text = `…${fromWordStart(text, text.length - shownBefore)}`;
    if (text.length > left) text = `${toWordEnd(text, left)}…`;
    left -= text.length;
    shown.push({ text, found: piece.found });
  }
  return { turnId, startMs, pieces: shown };
}

function fromWordStart(text: string, from: number): string {
  const space = text.indexOf(" ", from);
  return text.slice(space === -1 ? from : space + 1).replace(/^[\uDC00-\uDFFF]/u, "");
}

function toWordEnd(text: string, to: number): string {
  const space = text.lastIndexOf(" ", to);
  return text.slice(0, space <= 0 ? to : space).replace(/[\uD800-\uDBFF]$/u, "");
}
