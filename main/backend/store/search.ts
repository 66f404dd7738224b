import type Database from "better-sqlite3";
import { z } from "zod";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { Hit } from "../../../app/contract/views.ts";
import { searchExpression } from "./search-expression.ts";
import { parseJson } from "./stored-json.ts";

/** What is indexed of a turn: redacted text alone. */
export interface SearchableTurn {
  readonly id: string;
  readonly startMs: number;
  readonly text: string;
}

/** Full-text search over titles and redacted words. */
export interface SearchIndex {
  /** Replaces what is found of a conversation. The title is taken from the conversation. Throws `not-found`. */
  index(conversationId: string, turns: readonly SearchableTurn[]): void;
  /** Every turn of one conversation in which a searched word stands, in order, at most `limit`. */
  hits(conversationId: string, text: string, limit?: number): Hit[];
}

/** The best hit of each of some conversations, by number; those found by their title alone are absent. */
export type BestHits = (expression: string, conversationNumbers: readonly number[]) => Map<number, Hit>;

// Marks around what was found: control characters, which indexed text never holds.
const foundFrom = "\u0001";
const foundTo = "\u0002";
const marks = new RegExp(`([${foundFrom}${foundTo}])`, "u");

/** Characters shown before the first word found, and in all. */
const shownBefore = 60;
const shownInAll = 200;

const turnsSchema = z.array(z.tuple([z.string(), z.int().min(0)]));

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
    INSERT INTO searchable (conversation_number, title, text, turns) VALUES (?, ?, ?, ?)
    ON CONFLICT (conversation_number) DO UPDATE SET title = excluded.title, text = excluded.text, turns = excluded.turns`);
  const marked = markedText(database);

  return {
    index: (conversationId, turns) =>
      database.transaction(() => {
        const found = conversation.get(conversationId);
        if (found === undefined) throw new EarmarkError("not-found", "There is no such conversation.", { id: conversationId });
        const text = turns.map((turn) => oneLine(turn.text)).join("\n");
        const places = JSON.stringify(turns.map((turn) => [turn.id, Math.max(0, Math.round(turn.startMs))]));
        put.run(found.number, oneLine(found.title), text, places);
      })(),
    hits(conversationId, text, limit = 1_000) {
      const expression = searchExpression(text);
      const found = conversation.get(conversationId);
      if (expression === null || found === undefined) return [];
      return marked(expression, [found.number])
        .flatMap(({ lines }) => lines.map(toHit))
        .slice(0, limit);
    },
  };
}

/** Prepares the search for the best hit of each conversation of a page. */
export function bestHits(database: Database.Database): BestHits {
  const marked = markedText(database);
  return (expression, conversationNumbers) => {
    const best = new Map<number, Hit>();
    for (const { number, lines } of marked(expression, conversationNumbers)) {
      let chosen: MarkedLine | undefined;
      for (const line of lines) {
        if (chosen === undefined || line.different > chosen.different) chosen = line;
      }
      if (chosen !== undefined) best.set(number, toHit(chosen));
    }
    return best;
  };
}

interface MarkedLine {
  readonly turnId: string;
  readonly startMs: number;
  readonly pieces: Hit["pieces"];
  /** Different words found in it. */
  readonly different: number;
}

/** The lines in which something was found, of each of the conversations in which it was. */
function markedText(
  database: Database.Database,
): (expression: string, numbers: readonly number[]) => { number: number; lines: MarkedLine[] }[] {
  const select = database.prepare<[string, string, string, string], { number: number; marked: string; turns: string }>(`
    SELECT search.rowid AS number, highlight(search, 1, ?, ?) AS marked, searchable.turns AS turns
    FROM search JOIN searchable ON searchable.conversation_number = search.rowid
    WHERE search MATCH ? AND search.rowid IN (SELECT value FROM json_each(?))`);
  return (expression, numbers) =>
    select.all(foundFrom, foundTo, expression, JSON.stringify(numbers)).map(({ number, marked, turns }) => ({
      number,
      lines: readMarked(marked, turnsSchema.safeParse(parseJson(turns)).data ?? []),
    }));
}

/** Takes marked text apart into the lines that hold a mark. A phrase may go over the end of a line, so a mark may too. */
function readMarked(text: string, turns: readonly (readonly [string, number])[]): MarkedLine[] {
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
    lines.push({ turnId: turn[0], startMs: turn[1], pieces, different });
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
