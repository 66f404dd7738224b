import type PDFDocument from "pdfkit";
import { assertNever } from "../../../app/assert-never.ts";
import type { Block, Tone } from "../../../app/report/report-blocks.ts";
import type { TextStyle } from "./pdf-lines.ts";
import { edge, lineHeight, type PdfPages, type PdfStart, pdfPages, textWidth } from "./pdf-page.ts";
import { styles } from "./pdf-styles.ts";
import { setFacts, setTable } from "./pdf-table.ts";

/** A PDF that blocks are set into. */
export interface PdfLayout {
  readonly document: InstanceType<typeof PDFDocument>;
  /** Sets a block, and pauses after each piece of it, so that what is done can be passed on. */
  set(block: Block): Generator<undefined>;
  end(): void;
}

/** Begins a PDF of A4 pages. Throws `file-missing` where the fonts are not there. */
export function pdfLayout(start: PdfStart): PdfLayout {
  const pages = pdfPages(start);
  return {
    document: pages.document,
    *set(block) {
      switch (block.kind) {
        case "title":
          setText(pages, "H1", block.text, styles.title, 0);
          setText(pages, "P", block.lead, styles.lead, 2);
          pages.down(4);
          break;
        case "heading":
          setHeading(pages, block);
          break;
        case "paragraph":
          setParagraph(pages, block.text, block.tone ?? "plain");
          pages.down(2);
          break;
        case "facts":
          setFacts(pages, block.facts);
          break;
        case "list":
          setList(pages, block.items);
          break;
        case "quote":
          setQuote(pages, block.text, block.source);
          break;
        case "table":
          yield* setTable(pages, block);
          break;
        default:
          assertNever(block);
      }
    },
    end: () => pages.end(),
  };
}

/** Sets a text by itself; `keep` lines of it are on one page at least. */
function setText(pages: PdfPages, tag: string, said: string, style: TextStyle, before: number, keep = 1): void {
  const { tags } = pages;
  const all = pages.lines(said, textWidth, style);
  pages.down(before);
  pages.room(Math.min(all.length, keep) * style.size * lineHeight);
  const element = tags.open(tag);
  pages.lay(element, tag, all, style.size);
  tags.close(element);
}

/** Sets a heading. It never stands alone at the foot of a page. */
function setHeading(pages: PdfPages, { level, text, bookmark }: Extract<Block, { kind: "heading" }>): void {
  const style = level === 1 ? styles.heading1 : level === 2 ? styles.heading2 : styles.heading3;
  pages.down(pages.number === 0 ? 0 : level === 1 ? 16 : level === 2 ? 9 : 7);
  pages.room(style.size * lineHeight + 42);
  if (level === 1) {
    pages.rule(edge, pages.y, textWidth, 0, 1);
    pages.down(4);
  }
  pages.bookmark(level, bookmark ?? text);
  setText(pages, `H${level + 1}`, text, style, 0);
  pages.down(2);
}

function setParagraph(pages: PdfPages, said: string, tone: Tone): void {
  switch (tone) {
    case "plain":
      setText(pages, "P", said, styles.plain, 2, 2);
      break;
    case "quiet":
      setText(pages, "P", said, styles.quiet, 1, 2);
      break;
    case "strong":
      setText(pages, "P", said, styles.strong, 2, 2);
      break;
    case "warning":
      setText(pages, "P", `! ${said}`, styles.strong, 4, 2);
      break;
    default:
      assertNever(tone);
  }
}

function setList(pages: PdfPages, items: readonly string[]): void {
  const { tags } = pages;
  const { size } = styles.plain;
  const indent = 14;
  const place = { x: edge + indent, width: textWidth - indent };
  const bullet = pages.lines("•", 12, styles.plain);
  const element = tags.open("L");
  for (const item of items) {
    const all = pages.lines(item, place.width, styles.plain);
    pages.room(Math.min(2, all.length) * size * lineHeight);
    const entry = tags.open("LI", element);
    const label = tags.open("Lbl", entry);
    tags.content(label, "Lbl", () => {
      for (const line of bullet) pages.draw(line, { x: edge + 2, width: 12 }, pages.y, size);
    });
    tags.close(label);
    const body = tags.open("LBody", entry);
    pages.lay(body, "LBody", all, size, place);
    tags.close(body);
    tags.close(entry);
    pages.down(1.5);
  }
  tags.close(element);
  pages.down(3);
}

/** Sets words that were said. A line beside them marks them as said by somebody, on the page where they end. */
function setQuote(pages: PdfPages, said: string, source: string): void {
  const { tags } = pages;
  const place = { x: edge + 20, width: textWidth - 24 };
  const words = pages.lines(said, place.width, styles.plain);
  const from = pages.lines(source, place.width, styles.small);
  pages.room((Math.min(words.length, 2) + from.length) * styles.plain.size * lineHeight);
  const element = tags.open("BlockQuote");
  const begun = { y: pages.y, page: pages.number };
  const caption = tags.open("P", element);
  pages.lay(caption, "P", from, styles.small.size, place);
  tags.close(caption);
  const body = tags.open("P", element);
  pages.lay(body, "P", words, styles.plain.size, place);
  tags.close(body);
  tags.close(element);
  const top = begun.page === pages.number ? begun.y : pages.top;
  pages.rule(place.x - 8, top + 2, 0, pages.y - top - 2, 1.2);
  pages.down(5);
}
