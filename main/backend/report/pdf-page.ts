import PDFDocument from "pdfkit";
import { openFonts } from "./pdf-fonts.ts";
import { type Line, linesOf, type Measure, type TextStyle } from "./pdf-lines.ts";
import { type Element, type PdfTags, pdfTags } from "./pdf-tags.ts";

type Pdf = InstanceType<typeof PDFDocument>;

/** A4 in points, and what is left free of it. */
const sheet = { width: 595.28, height: 841.89, side: 54, top: 54, bottom: 62 } as const;
/** The left edge of what is set, and how wide that is, in points. */
export const edge = sheet.side;
/** How wide the text is, in points. */
export const textWidth = sheet.width - 2 * sheet.side;
/** From one line to the next, as a share of the size. */
export const lineHeight = 1.36;
const lowest = sheet.height - sheet.bottom;
/** From the top of a line to its baseline, as a share of the size. */
const ascent = 1.02;
/** Pages after which the words set so far are forgotten. */
const pagesOfWords = 8;
const footSize = 8;

/** What pdfkit knows of the font that is chosen and its types do not say. */
interface ChosenFont {
  readonly id: string;
  readonly font: { hasGlyphForCodePoint(codePoint: number): boolean };
  /** Words as they were set, by their text. */
  layoutCache: Record<string, unknown>;
  ref(): object;
  encode(text: string): [readonly string[], unknown];
}

/** What a PDF is begun with. */
export interface PdfStart {
  readonly title: string;
  readonly language: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** The folder of the fonts. */
  readonly fonts: string;
}

/** Pages one under another, with a place on the present one where the next thing is drawn. */
export interface PdfPages {
  readonly document: Pdf;
  readonly tags: PdfTags;
  /** Breaks a text into lines of at most a width. */
  lines(text: string, width: number, style: TextStyle): Line[];
  /** From the top of the page, in points. */
  readonly y: number;
  /** The page's number, from 1; 0 before the first. */
  readonly number: number;
  /** The top of every page. */
  readonly top: number;
  down(points: number): void;
  /** How many lines of a height fit on the page from here. */
  linesLeft(height: number): number;
  /** Begins another page where less than a height is left of this one. */
  room(height: number): void;
  /** Draws a line of text with its top at a height. */
  draw(
    line: Line,
    place: { readonly x: number; readonly width: number },
    top: number,
    size: number,
    right?: boolean,
    lineSize?: number,
  ): void;
  /** Draws a rule, which no reader has to know of. */
  rule(x: number, from: number, width: number, height: number, weight: number): void;
  /** Draws lines that belong to an element, over as many pages as they take. */
  lay(
    element: Element,
    tag: string,
    all: readonly Line[],
    size: number,
    place?: { readonly x: number; readonly width: number },
  ): void;
  bookmark(level: 1 | 2 | 3, text: string): void;
  end(): void;
}

/** Begins a PDF of A4 pages. Throws `file-missing` where the fonts are not there. */
export function pdfPages({ title, language, createdAt, fonts: folder }: PdfStart): PdfPages {
  let document: Pdf | null = null;
  const opened = new Set<string>();
  const chosen = (path: string): ChosenFont => {
    const set = document?.font(path) as unknown as { readonly _font: ChosenFont } | undefined;
    if (set === undefined) throw new Error("A font was asked for before the document was begun.");
    opened.add(path);
    return set._font;
  };
  const fonts = openFonts(folder, (path, codePoint) => chosen(path).font.hasGlyphForCodePoint(codePoint));
  const at = new Date(createdAt);
  const pdf = new PDFDocument({
    size: [sheet.width, sheet.height],
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
  const tags = pdfTags(pdf);
  const measure: Measure = ({ font, text }, size) => pdf.font(font).fontSize(size).widthOfString(text);
  const lines = (text: string, width: number, style: TextStyle): Line[] => linesOf(text, width, style, fonts, measure);
  const foot = footer(pdf, title, lines, (text) => measure({ font: fonts.regular, text }, footSize));
  let pages = 0;
  let y: number = sheet.top;

  const draw: PdfPages["draw"] = (line, { x, width }, top, size, right = false, lineSize = size) => {
    let left = right || line.fromRight ? x + width - line.width : x;
    for (const { font, text, width: own } of line.pieces) {
      pdf.font(font).fontSize(size).fillColor("#000000");
      pdf.text(text, left, top + ascent * lineSize, { lineBreak: false, baseline: "alphabetic" });
      left += own;
    }
  };
  const newPage = (): void => {
    tags.addPage();
    pages += 1;
    // The words of a long report would all be kept.
    if (pages % pagesOfWords === 0) for (const path of opened) chosen(path).layoutCache = {};
    y = sheet.top;
    tags.artifact("Pagination", () => foot.draw(pages, draw));
  };
  const room = (height: number): void => {
    if (pages === 0 || y + height > lowest) newPage();
  };
  const linesLeft = (height: number): number => Math.max(0, Math.floor((lowest - y) / height));
  const bookmarks: (typeof pdf.outline)[] = [pdf.outline];

  return {
    document: pdf,
    tags,
    lines,
    get y() {
      return y;
    },
    get number() {
      return pages;
    },
    top: sheet.top,
    down(points) {
      y += points;
    },
    linesLeft,
    room,
    draw,
    rule: (x, from, width, height, weight) =>
      tags.artifact("Layout", () => {
        pdf
          .lineWidth(weight)
          .strokeColor("#000000")
          .moveTo(x, from)
          .lineTo(x + width, from + height)
          .stroke();
      }),
    lay(element, tag, all, size, place = { x: edge, width: textWidth }) {
      const height = size * lineHeight;
      for (let done = 0; done < all.length; ) {
        room(height);
        const own = all.slice(done, done + Math.max(1, linesLeft(height)));
        tags.content(element, tag, () => {
          for (const line of own) {
            draw(line, place, y, size);
            y += height;
          }
        });
        done += own.length;
      }
    },
    bookmark(level, text) {
      const parent = bookmarks.slice(0, level).findLast((one) => one !== undefined) ?? pdf.outline;
      // pdfkit's types do not know of the place on the page.
      const place = { expanded: level === 1, top: y, left: sheet.width };
      bookmarks[level] = parent.addItem(text, place);
      bookmarks.length = level + 1;
    },
    end() {
      if (pages === 0) newPage();
      foot.end(pages, chosen(fonts.regular));
      tags.end();
      pdf.end();
    },
  };
}

/** The foot of each page. The last page is not known while pages are passed on: each shows a drawing that is made at the end. */
function footer(pdf: Pdf, title: string, lines: PdfPages["lines"], widthOf: (text: string) => number) {
  const total = pdf.ref({ Type: "XObject", Subtype: "Form", BBox: [0, -4, 60, 12], Resources: { Font: {} } });
  return {
    draw(page: number, draw: PdfPages["draw"]): void {
      const top = sheet.height - 40;
      const [name] = lines(title, textWidth - 110, { size: footSize });
      if (name !== undefined) draw(name, { x: edge, width: textWidth }, top, footSize);
      const number = `Page ${page} of `;
      const x = sheet.width - sheet.side - 74;
      const [own] = lines(number, 100, { size: footSize });
      if (own !== undefined) draw(own, { x, width: 100 }, top, footSize);
      const resources = pdf.page as unknown as { readonly xobjects: Record<string, object> };
      resources.xobjects["Total"] = total;
      // Trailing space is not drawn, and still keeps the drawing at a distance.
      const place = `${(x + widthOf(number)).toFixed(2)} ${(top + ascent * footSize).toFixed(2)}`;
      pdf.addContent(`q 1 0 0 -1 ${place} cm /Total Do Q`);
    },
    end(pages: number, font: ChosenFont): void {
      const [codes] = font.encode(String(pages));
      const shape = total as unknown as { readonly data: { Resources: { Font: Record<string, object> } } };
      shape.data.Resources.Font[font.id] = font.ref();
      total.end(`BT /${font.id} ${footSize} Tf <${codes.join("")}> Tj ET`);
    },
  };
}
