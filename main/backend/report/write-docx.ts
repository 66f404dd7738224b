import {
  AlignmentType,
  Document,
  Footer,
  HeadingLevel,
  Packer,
  PageNumber,
  Paragraph,
  Table,
  TableCell,
  TableRow,
  TextRun,
  WidthType,
} from "docx";
import { assertNever } from "../../../app/assert-never.ts";
import type { Block, Column } from "../../../app/report/report-blocks.ts";

const headings = {
  1: HeadingLevel.HEADING_1,
  2: HeadingLevel.HEADING_2,
  3: HeadingLevel.HEADING_3,
} as const;

/** Writes blocks as a Word document, for reading and editing. The same blocks and time give the same text within. */
export async function writeDocx(blocks: Iterable<Block>, title: string, language: string): Promise<Uint8Array> {
  const document = new Document({
    title,
    creator: "Earmark",
    lastModifiedBy: "Earmark",
    styles: {
      default: {
        document: { run: { font: "Calibri", size: 20, language: { value: language } } },
        heading1: { run: { size: 28, bold: true, color: "000000" }, paragraph: { spacing: { before: 320, after: 120 } } },
        heading2: { run: { size: 23, bold: true, color: "000000" }, paragraph: { spacing: { before: 220, after: 80 } } },
        heading3: { run: { size: 20, bold: true, color: "000000" }, paragraph: { spacing: { before: 160, after: 60 } } },
      },
    },
    sections: [
      {
        children: [...blocks].flatMap(partsOf),
        footers: {
          default: new Footer({
            children: [
              new Paragraph({
                alignment: AlignmentType.RIGHT,
                children: [new TextRun({ children: ["Page ", PageNumber.CURRENT, " of ", PageNumber.TOTAL_PAGES] })],
              }),
            ],
          }),
        },
      },
    ],
  });
  return new Uint8Array(await Packer.toBuffer(document));
}

function partsOf(block: Block): (Paragraph | Table)[] {
  switch (block.kind) {
    case "title":
      return [
        new Paragraph({ text: plain(block.text), heading: HeadingLevel.TITLE }),
        new Paragraph({ text: plain(block.lead) }),
      ];
    case "heading":
      return [new Paragraph({ text: plain(block.text), heading: headings[block.level], keepNext: true })];
    case "paragraph": {
      const { tone = "plain", text } = block;
      const isWarning = tone === "warning";
      const run = new TextRun({
        text: `${isWarning ? "! " : ""}${plain(text)}`,
        bold: isWarning || tone === "strong",
        italics: tone === "quiet",
      });
      return [new Paragraph({ children: [run], spacing: { after: 80 } })];
    }
    case "facts":
      if (block.facts.length === 0) return [];
      return [
        table(
          [
            { title: "", share: 2 },
            { title: "", share: 6 },
          ],
          block.facts,
          true,
        ),
        new Paragraph({ text: "" }),
      ];
    case "list":
      return block.items.map((item) => new Paragraph({ text: plain(item), bullet: { level: 0 } }));
    case "quote":
      return [
        new Paragraph({
          indent: { left: 400 },
          keepNext: true,
          children: [new TextRun({ text: plain(block.source), size: 17 })],
        }),
        new Paragraph({
          indent: { left: 400 },
          spacing: { after: 100 },
          children: [new TextRun({ text: plain(block.text), italics: true })],
        }),
      ];
    case "table":
      return [table(block.columns, block.rows, false), new Paragraph({ text: "" })];
    default:
      return assertNever(block);
  }
}

function table(columns: readonly Column[], rows: Iterable<readonly string[]>, isFacts: boolean): Table {
  const shares = columns.reduce((sum, { share }) => sum + share, 0);
  const cell = (text: string, index: number, bold: boolean): TableCell =>
    new TableCell({
      width: { size: Math.round((100 * (columns[index]?.share ?? 1)) / shares), type: WidthType.PERCENTAGE },
      children: [
        new Paragraph({
          alignment: columns[index]?.numeric === true ? AlignmentType.RIGHT : AlignmentType.START,
          children: linesOf(text).map((line, at) => new TextRun({ ...line, bold, size: 18, ...(at === 0 ? {} : { break: 1 }) })),
          bidirectional: isRightToLeft(text),
        }),
      ],
    });
  const head = new TableRow({ tableHeader: true, children: columns.map(({ title }, index) => cell(title, index, true)) });
  const body = [...rows].map(
    (row) =>
      new TableRow({
        cantSplit: false,
        children: columns.map((_, index) => cell(row[index] ?? "", index, isFacts && index === 0)),
      }),
  );
  // Word takes no table without a row.
  const shown = isFacts ? body : [head, ...body];
  return new Table({ width: { size: 100, type: WidthType.PERCENTAGE }, rows: shown });
}

/** The lines of a text, each with the direction that it is read in. */
function linesOf(text: string): { text: string; rightToLeft: boolean }[] {
  return plain(text)
    .split("\n")
    .map((line) => ({ text: line, rightToLeft: isRightToLeft(line) }));
}

/** Whether a text is read from the right: its first letter says so (UAX 9, rules P2 and P3). */
function isRightToLeft(text: string): boolean {
  const first = /\p{L}/u.exec(text)?.[0] ?? "";
  return /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u.test(first);
}

/** Without the control characters that XML cannot hold. */
function plain(text: string): string {
  return text.toWellFormed().replaceAll(/[^\P{Cc}\n]/gu, " ");
}
