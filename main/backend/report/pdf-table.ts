import type { Block, TableBlock } from "../../../app/report/report-blocks.ts";
import type { TextStyle } from "./pdf-lines.ts";
import { edge, lineHeight, type PdfPages, textWidth } from "./pdf-page.ts";
import { styles } from "./pdf-styles.ts";
import type { Element } from "./pdf-tags.ts";

interface Cell {
  readonly said: string;
  readonly tag: "TH" | "TD";
  readonly style: TextStyle;
  readonly right?: boolean;
}

interface Place {
  readonly x: number;
  readonly width: number;
}

/** Between two columns, in points. */
const gap = 8;
/** Rows that are one part of a table's body: what is written of it need not be kept until the table ends. */
const rowsOfBody = 40;
/** Lines of a row that are kept together. */
const keptTogether = 3;
/** The column of the names of facts, in points. */
const nameWidth = 118;

/** Sets a table, over as many pages as it takes, its head on each. Pauses after each row. */
export function* setTable(pages: PdfPages, { columns, rows }: TableBlock): Generator<undefined> {
  const { tags } = pages;
  const places = placesOf(columns.map(({ share }) => share));
  const head = columns.map(({ title: said, numeric = false }): Cell => {
    return { said, tag: "TH", style: styles.smallBold, right: numeric };
  });
  pages.down(4);
  pages.room(4 * styles.small.size * lineHeight);
  const table = tags.open("Table");
  const top = (parent: Element | null): void => {
    row(pages, parent, head, places, () => undefined);
    pages.rule(edge, pages.y + 1, textWidth, 0, 0.8);
    pages.down(3);
  };
  const first = tags.open("THead", table);
  top(first);
  tags.close(first);
  let body: Element | null = null;
  let inBody = 0;
  for (const cells of rows) {
    if (body !== null && inBody === rowsOfBody) {
      tags.close(body);
      body = null;
    }
    if (body === null) {
      body = tags.open("TBody", table);
      inBody = 0;
    }
    inBody += 1;
    const given = columns.map(({ numeric = false }, index): Cell => {
      return { said: cells[index] ?? "", tag: "TD", style: styles.small, right: numeric };
    });
    row(pages, body, given, places, () => top(null));
    pages.rule(edge, pages.y + 1, textWidth, 0, 0.25);
    pages.down(3);
    yield;
  }
  if (body !== null) tags.close(body);
  tags.close(table);
  pages.down(5);
}

/** Sets names with what they stand for. */
export function setFacts(pages: PdfPages, given: Extract<Block, { kind: "facts" }>["facts"]): void {
  if (given.length === 0) return;
  const { tags } = pages;
  const places = [
    { x: edge, width: nameWidth - gap },
    { x: edge + nameWidth, width: textWidth - nameWidth },
  ];
  pages.room(styles.plain.size * lineHeight);
  const table = tags.open("Table");
  for (const [said, value] of given) {
    const cells: Cell[] = [
      { said, tag: "TH", style: styles.smallBold },
      { said: value, tag: "TD", style: styles.plain },
    ];
    row(pages, table, cells, places, () => undefined);
  }
  tags.close(table);
  pages.down(3);
}

function placesOf(shares: readonly number[]): Place[] {
  const all = shares.reduce((sum, share) => sum + share, 0);
  let x: number = edge;
  return shares.map((share) => {
    const width = (share / all) * textWidth;
    const place = { x, width: width - gap };
    x += width;
    return place;
  });
}

/** A row of cells, over several pages where one of them is long. Without a parent it repeats what was there before. */
function row(
  pages: PdfPages,
  parent: Element | null,
  cells: readonly Cell[],
  places: readonly Place[],
  onNewPage: () => void,
): void {
  const { tags } = pages;
  const size = Math.max(...cells.map(({ style }) => style.size));
  const height = size * lineHeight;
  const set = cells.map(({ said, style }, index) => pages.lines(said, places[index]?.width ?? textWidth, style));
  const most = Math.max(1, ...set.map(({ length }) => length));
  const element = parent === null ? null : tags.open("TR", parent);
  const isHead = cells.every(({ tag }) => tag === "TH");
  const own = cells.map(({ tag }) =>
    element === null ? null : tags.open(tag, element, tag === "TH" ? (isHead ? "Column" : "Row") : undefined),
  );
  for (let done = 0; done < most; ) {
    const before = pages.number;
    pages.room(Math.min(most - done, keptTogether) * height);
    if (pages.number !== before) onNewPage();
    const fit = Math.max(1, Math.min(most - done, pages.linesLeft(height)));
    for (const [index, { tag, style, right = false }] of cells.entries()) {
      const shown = set[index]?.slice(done, done + fit) ?? [];
      if (shown.length === 0) continue;
      const place = places[index] ?? { x: edge, width: textWidth };
      const draw = (): void => {
        for (const [number, line] of shown.entries()) pages.draw(line, place, pages.y + number * height, style.size, right, size);
      };
      const cell = own[index] ?? null;
      if (cell === null) tags.artifact("Pagination", draw);
      else tags.content(cell, tag, draw);
    }
    pages.down(fit * height);
    done += fit;
  }
  for (const cell of own) if (cell !== null) tags.close(cell);
  if (element !== null) tags.close(element);
}
