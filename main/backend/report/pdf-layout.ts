import PDFDocument from "pdfkit";
import { assertNever } from "../../../app/assert-never.ts";
import type { Block, TableBlock, Tone } from "../../../app/report/report-blocks.ts";
import { openFonts } from "./pdf-fonts.ts";
import { type Line, linesOf, type Measure, type TextStyle } from "./pdf-lines.ts";

type Pdf = InstanceType<typeof PDFDocument>;
type Element = ReturnType<Pdf["struct"]>;

/** A4 in points, and what is left free of it. */
const page = { width: 595.28, height: 841.89, side: 54, top: 54, bottom: 62 } as const;
const textWidth = page.width - 2 * page.side;
const lowest = page.height - page.bottom;
const lineHeight = 1.36;
/** Pages after which the words set so far are forgotten. */
const pagesOfWords = 8;
/** From the top of a line to its baseline, as a share of the size. */
const ascent = 1.02;

const styles = {
  title: { size: 19, bold: true },
  heading1: { size: 13.5, bold: true },
  heading2: { size: 11, bold: true },
  heading3: { size: 9.5, bold: true },
  plain: { size: 9 },
  strong: { size: 9, bold: true },
  quiet: { size: 8.5 },
  small: { size: 8 },
  smallBold: { size: 8, bold: true },
} as const satisfies Record<string, TextStyle>;

/** What pdfkit knows of the font that is chosen and its types do not say. */
interface ChosenFont {
  readonly id: string;
  readonly font: { hasGlyphForCodePoint(codePoint: number): boolean };
  /** Words as they were set, by their text. */
  layoutCache: Record<string, unknown>;
  ref(): object;
  encode(text: string): [readonly string[], unknown];
}

/** A PDF that blocks are set into. */
export interface PdfLayout {
  readonly document: Pdf;
  /** Sets a block, and pauses after each piece of it, so that what is done can be passed on. */
  set(block: Block): Generator<undefined>;
  end(): void;
}

/** Begins a PDF of A4 pages. Throws `file-missing` where the fonts are not there. */
export function pdfLayout(options: {
  readonly title: string;
  readonly language: string;
  readonly createdAt: string;
  readonly fonts: string;
}): PdfLayout {
  const { title, language, createdAt } = options;
  let document: Pdf | null = null;
  const opened = new Set<string>();
  const chosen = (path: string): ChosenFont => {
    const set = document?.font(path) as unknown as { readonly _font: ChosenFont } | undefined;
    if (set === undefined) throw new Error("A font was asked for before the document was begun.");
    opened.add(path);
    return set._font;
  };
  const fonts = openFonts(options.fonts, (path, codePoint) => chosen(path).font.hasGlyphForCodePoint(codePoint));
  const at = new Date(createdAt);
  const pdf = new PDFDocument({
    size: [page.width, page.height],
    margin: 0,
    font: fonts.regular,
    pdfVersion: "1.7",
    tagged: true,
    lang: language,
    displayTitle: true,
    autoFirstPage: false,
    info: { Title: title, Producer: "Earmark", Creator: "Earmark", CreationDate: at, ModDate: at },
  });
  document = pdf;
  const measure: Measure = ({ font, text }, size) => pdf.font(font).fontSize(size).widthOfString(text);
  const lines = (text: string, width: number, style: TextStyle): Line[] => linesOf(text, width, style, fonts, measure);

  const root = pdf.struct("Document");
  pdf.addStructure(root);
  // The last page is not known while pages are passed on: each shows a drawing that is made at the end.
  const total = pdf.ref({
    Type: "XObject",
    Subtype: "Form",
    BBox: [0, -4, 60, 12],
    Resources: { Font: {} },
  });
  let pages = 0;
  let y = page.top;

  const artifact = (type: "Pagination" | "Layout", draw: () => void): void => {
    pdf.markContent("Artifact", { type });
    draw();
    pdf.endMarkedContent();
  };
  const rule = (x: number, from: number, width: number, height: number, weight: number): void =>
    artifact("Layout", () => {
      pdf
        .lineWidth(weight)
        .strokeColor("#000000")
        .moveTo(x, from)
        .lineTo(x + width, from + height)
        .stroke();
    });
  const draw = (line: Line, x: number, top: number, width: number, size: number, right = false, lineSize = size): void => {
    let left = right || line.fromRight ? x + width - line.width : x;
    for (const { font, text, width: own } of line.pieces) {
      pdf.font(font).fontSize(size).fillColor("#000000");
      pdf.text(text, left, top + ascent * lineSize, { lineBreak: false, baseline: "alphabetic" });
      left += own;
    }
  };
  const newPage = (): void => {
    pdf.addPage();
    pages += 1;
    // The words of a long report would all be kept.
    if (pages % pagesOfWords === 0) for (const path of opened) chosen(path).layoutCache = {};
    y = page.top;
    artifact("Pagination", () => {
      const foot = page.height - 40;
      const [name] = lines(title, textWidth - 110, styles.small);
      if (name !== undefined) draw(name, page.side, foot, textWidth, styles.small.size);
      const number = `Page ${pages} of `;
      const place = page.width - page.side - 74;
      const [own] = lines(number, 100, styles.small);
      // Trailing space is not drawn, and still keeps the drawing at a distance.
      const width = measure({ font: fonts.regular, text: number }, styles.small.size);
      if (own !== undefined) draw(own, place, foot, 100, styles.small.size);
      const resources = pdf.page as unknown as { readonly xobjects: Record<string, object> };
      resources.xobjects["Total"] = total;
      const baseline = foot + ascent * styles.small.size;
      pdf.addContent(`q 1 0 0 -1 ${(place + width).toFixed(2)} ${baseline.toFixed(2)} cm /Total Do Q`);
    });
  };
  const room = (height: number): void => {
    if (pages === 0 || y + height > lowest) newPage();
  };

  /** Draws lines under a tag, over as many pages as they take. */
  const lay = (
    element: Element,
    tag: string,
    all: readonly Line[],
    size: number,
    x: number = page.side,
    width: number = textWidth,
  ): void => {
    const height = size * lineHeight;
    for (let done = 0; done < all.length; ) {
      room(height);
      const fit = Math.max(1, Math.floor((lowest - y) / height));
      element.add(pdf.markStructureContent(tag));
      for (const line of all.slice(done, done + fit)) {
        draw(line, x, y, width, size);
        y += height;
      }
      pdf.endMarkedContent();
      done += fit;
    }
  };
  const tagged = (tag: string, parent: Element = root): Element => {
    const element = pdf.struct(tag);
    parent.add(element);
    return element;
  };
  const text = (tag: string, said: string, style: TextStyle, before: number, keep = 1): void => {
    const all = lines(said, textWidth, style);
    y += before;
    room(Math.min(all.length, keep) * style.size * lineHeight);
    const element = tagged(tag);
    lay(element, tag, all, style.size);
    element.end();
  };

  const bookmarks: (typeof pdf.outline)[] = [pdf.outline];
  const bookmark = (level: 1 | 2 | 3, said: string): void => {
    const parent = bookmarks.slice(0, level).findLast((one) => one !== undefined) ?? pdf.outline;
    const place = { expanded: level === 1, top: y, left: page.width };
    bookmarks[level] = parent.addItem(said, place);
    bookmarks.length = level + 1;
  };

  /** A row of cells, over several pages where one of them is long. */
  const row = (
    parent: Element | null,
    cells: readonly { readonly said: string; readonly tag: "TH" | "TD"; readonly style: TextStyle; readonly right?: boolean }[],
    places: readonly { readonly x: number; readonly width: number }[],
    onNewPage: () => void,
  ): void => {
    const size = Math.max(...cells.map(({ style }) => style.size));
    const height = size * lineHeight;
    const set = cells.map(({ said, style }, index) => lines(said, places[index]?.width ?? textWidth, style));
    const most = Math.max(1, ...set.map(({ length }) => length));
    const element = parent === null ? null : tagged("TR", parent);
    const own = cells.map(({ tag }) => {
      if (element === null) return null;
      const cell = pdf.struct(tag, {
        scope: tag === "TH" ? (cells.every((one) => one.tag === "TH") ? "Column" : "Row") : undefined,
      } as object);
      element.add(cell);
      return cell;
    });
    for (let done = 0; done < most; ) {
      if (y + Math.min(most - done, 3) * height > lowest) {
        newPage();
        onNewPage();
      }
      const fit = Math.max(1, Math.min(most - done, Math.floor((lowest - y) / height)));
      for (const [index, { tag, style, right = false }] of cells.entries()) {
        const shown = set[index]?.slice(done, done + fit) ?? [];
        const cell = own[index] ?? null;
        if (shown.length === 0) continue;
        if (cell === null) pdf.markContent("Artifact", { type: "Pagination" });
        else cell.add(pdf.markStructureContent(tag));
        const place = places[index] ?? { x: page.side, width: textWidth };
        for (const [number, line] of shown.entries())
          draw(line, place.x, y + number * height, place.width, style.size, right, size);
        pdf.endMarkedContent();
      }
      y += fit * height;
      done += fit;
    }
    for (const cell of own) cell?.end();
    element?.end();
  };

  function* table({ columns, rows }: TableBlock): Generator<undefined> {
    const shares = columns.reduce((sum, { share }) => sum + share, 0);
    const gap = 8;
    let x: number = page.side;
    const places = columns.map(({ share }) => {
      const width = (share / shares) * textWidth;
      const place = { x, width: width - gap };
      x += width;
      return place;
    });
    const head = columns.map(({ title: said, numeric = false }) => ({
      said,
      tag: "TH" as const,
      style: styles.smallBold,
      right: numeric,
    }));
    y += 4;
    room(4 * styles.small.size * lineHeight);
    const element = tagged("Table");
    const top = (parent: Element | null): void => {
      row(parent, head, places, () => undefined);
      rule(page.side, y + 1, textWidth, 0, 0.8);
      y += 3;
    };
    top(element);
    for (const cells of rows) {
      const given = columns.map(({ numeric = false }, index) => ({
        said: cells[index] ?? "",
        tag: "TD" as const,
        style: styles.small,
        right: numeric,
      }));
      row(element, given, places, () => top(null));
      rule(page.side, y + 1, textWidth, 0, 0.25);
      y += 3;
      yield;
    }
    element.end();
    y += 5;
  }

  function facts(given: Extract<Block, { kind: "facts" }>["facts"]): void {
    if (given.length === 0) return;
    const name = 118;
    const places = [
      { x: page.side, width: name - 8 },
      { x: page.side + name, width: textWidth - name },
    ];
    room(styles.plain.size * lineHeight);
    const element = tagged("Table");
    for (const [said, value] of given) {
      const cells = [
        { said, tag: "TH" as const, style: styles.smallBold },
        { said: value, tag: "TD" as const, style: styles.plain },
      ];
      row(element, cells, places, () => undefined);
    }
    element.end();
    y += 3;
  }

  function list(items: readonly string[]): void {
    const element = tagged("L");
    for (const item of items) {
      const all = lines(item, textWidth - 14, styles.plain);
      room(Math.min(2, all.length) * styles.plain.size * lineHeight);
      const entry = tagged("LI", element);
      const label = tagged("Lbl", entry);
      label.add(pdf.markStructureContent("Lbl"));
      for (const line of lines("•", 12, styles.plain)) draw(line, page.side + 2, y, 12, styles.plain.size);
      pdf.endMarkedContent();
      label.end();
      const body = tagged("LBody", entry);
      lay(body, "LBody", all, styles.plain.size, page.side + 14, textWidth - 14);
      body.end();
      entry.end();
      y += 1.5;
    }
    element.end();
    y += 3;
  }

  function quote(said: string, source: string): void {
    const x = page.side + 20;
    const width = textWidth - 24;
    const words = lines(said, width, styles.plain);
    const from = lines(source, width, styles.small);
    room((Math.min(words.length, 2) + from.length) * styles.plain.size * lineHeight);
    const element = tagged("BlockQuote");
    const begun = { y, page: pages };
    const caption = tagged("P", element);
    lay(caption, "P", from, styles.small.size, x, width);
    caption.end();
    const body = tagged("P", element);
    lay(body, "P", words, styles.plain.size, x, width);
    body.end();
    element.end();
    // A line beside the words marks them as said by somebody, on the page where they end.
    const top = begun.page === pages ? begun.y : page.top;
    rule(x - 8, top + 2, 0, y - top - 2, 1.2);
    y += 5;
  }

  function paragraph(said: string, tone: Tone): void {
    switch (tone) {
      case "plain":
        text("P", said, styles.plain, 2, 2);
        break;
      case "quiet":
        text("P", said, styles.quiet, 1, 2);
        break;
      case "strong":
        text("P", said, styles.strong, 2, 2);
        break;
      case "warning":
        text("P", `! ${said}`, styles.strong, 4, 2);
        break;
      default:
        assertNever(tone);
    }
  }

  return {
    document: pdf,
    *set(block) {
      switch (block.kind) {
        case "title":
          text("H1", block.text, styles.title, 0);
          text("P", block.lead, { size: 11 }, 2);
          y += 4;
          break;
        case "heading": {
          const style = block.level === 1 ? styles.heading1 : block.level === 2 ? styles.heading2 : styles.heading3;
          // A heading never stands alone at the foot of a page.
          y += pages === 0 ? 0 : block.level === 1 ? 16 : block.level === 2 ? 9 : 7;
          room(style.size * lineHeight + 42);
          if (block.level === 1) {
            rule(page.side, y, textWidth, 0, 1);
            y += 4;
          }
          bookmark(block.level, block.bookmark ?? block.text);
          text(`H${block.level + 1}`, block.text, style, 0);
          y += 2;
          break;
        }
        case "paragraph":
          paragraph(block.text, block.tone ?? "plain");
          y += 2;
          break;
        case "facts":
          facts(block.facts);
          break;
        case "list":
          list(block.items);
          break;
        case "quote":
          quote(block.text, block.source);
          break;
        case "table":
          yield* table(block);
          break;
        default:
          assertNever(block);
      }
    },
    end() {
      if (pages === 0) newPage();
      const font = chosen(fonts.regular);
      const [codes] = font.encode(String(pages));
      const shape = total as unknown as { readonly data: { Resources: { Font: Record<string, object> } } };
      shape.data.Resources.Font[font.id] = font.ref();
      total.end(`BT /${font.id} ${styles.small.size} Tf <${codes.join("")}> Tj ET`);
      root.end();
      pdf.end();
    },
  };
}
