import * as bidiModule from "bidi-js";
import type { FontRun, PdfFonts } from "./pdf-fonts.ts";

/*
 * Text as lines: broken where it may be, in the order in which it is seen (Unicode Bidirectional Algorithm, UAX 9), each stretch
 * in the font that has its letters.
 */

/** A CommonJS package whose types speak of an ES module: what is callable is the default, or the default's own. */
type BidiFactory = () => {
  getEmbeddingLevels(text: string): { readonly levels: Uint8Array; readonly paragraphs: readonly { readonly level: number }[] };
  getMirroredCharacter(letter: string): string | null;
};
const bidi = (bidiModule.default as unknown as BidiFactory)();

/** A stretch of a line, from the left. */
export interface Piece extends FontRun {
  readonly width: number;
}

/** A line as it is seen. */
export interface Line {
  readonly pieces: readonly Piece[];
  readonly width: number;
  /** The paragraph is read from the right, and stands there. */
  readonly fromRight: boolean;
}

/** How text is set. */
export interface TextStyle {
  readonly size: number;
  readonly bold?: boolean;
}

/** Measures a stretch of one font, in points. */
export type Measure = (run: FontRun, size: number) => number;

/** Hebrew, Arabic, Syriac, Thaana and their like. */
const fromRightLetters = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/u;
/** Signs that turn the direction of what follows, and could make a text read as another. */
const turningSigns = /[\u061c\u200e\u200f\u202a-\u202e\u2066\u2067\ufeff]/gu;
/** Around a name of others within a sentence of ours: it is ordered by itself. Nobody can turn what stands outside with them. */
const isolating = /[\u2068\u2069]/gu;
/** After these a line may break; between two letters of these scripts it may, too. */
const pieceOfText =
  /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]|\S[^\s\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]*\s*|\s+/gu;

/** Breaks a text into lines of at most a width in points. A text without anything to see gives one empty line. */
export function linesOf(text: string, width: number, style: TextStyle, fonts: PdfFonts, measure: Measure): Line[] {
  return text
    .toWellFormed()
    .replaceAll(turningSigns, "")
    .split(/\r\n|[\n\r\u2028\u2029]/u)
    .flatMap((paragraph) =>
      paragraphLines(paragraph.replaceAll(/[\p{Cc}\t]/gu, " ").normalize("NFC"), width, style, fonts, measure),
    );
}

function paragraphLines(written: string, width: number, style: TextStyle, fonts: PdfFonts, measure: Measure): Line[] {
  const { text, levels, fromRight } = ordered(written);
  const { size, bold = false } = style;
  const widthOf = (part: string): number => fonts.runs(part, bold).reduce((sum, run) => sum + measure(run, size), 0);
  const ranges: { from: number; to: number }[] = [];
  let from = 0;
  let to = 0;
  let used = 0;
  const close = (): void => {
    if (to > from) ranges.push({ from, to });
    from = to;
    used = 0;
  };
  for (const [atom] of text.matchAll(pieceOfText)) {
    const own = widthOf(atom.trimEnd());
    if (used > 0 && used + own > width) close();
    if (own <= width) {
      to += atom.length;
      used += widthOf(atom);
      continue;
    }
    // A word longer than the line is broken where it has to be.
    for (const { segment } of new Intl.Segmenter("und", { granularity: "grapheme" }).segment(atom)) {
      const one = widthOf(segment);
      if (used > 0 && used + one > width) close();
      to += segment.length;
      used += one;
    }
  }
  close();
  if (ranges.length === 0) return [{ pieces: [], width: 0, fromRight: false }];
  return ranges.map(({ from: start, to: end }): Line => {
    const shown = text.slice(start, end).trimEnd();
    const runs = levels === null ? fonts.runs(shown, bold) : seen(text, levels, start, start + shown.length, bold, fonts);
    const pieces = runs.map((run): Piece => ({ ...run, width: measure(run, size) }));
    return { pieces, width: pieces.reduce((sum, piece) => sum + piece.width, 0), fromRight };
  });
}

/** A text without the signs that isolate, and the level of each letter; null where all of it is read from the left. */
function ordered(written: string): { readonly text: string; readonly levels: Uint8Array | null; readonly fromRight: boolean } {
  const text = written.replaceAll(isolating, "");
  if (!fromRightLetters.test(text)) return { text, levels: null, fromRight: false };
  const { levels, paragraphs } = bidi.getEmbeddingLevels(written);
  const own = levels.filter((_, place) => !/[\u2068\u2069]/u.test(written[place] ?? ""));
  return { text, levels: own, fromRight: paragraphs[0]?.level === 1 };
}

/** A stretch of one word, or of the space between two, on one level. */
interface Token {
  readonly text: string;
  readonly level: number;
}

/** The runs of a line in the order in which they are seen (UAX 9, L2, over words: a font turns the letters within one itself). */
function seen(text: string, levels: Uint8Array, start: number, end: number, bold: boolean, fonts: PdfFonts): FontRun[] {
  const tokens: Token[] = [];
  for (let at = start; at < end; ) {
    const level = levels[at] ?? 0;
    const isSpace = /\s/u.test(text[at] ?? "");
    const isLetter = fromRightLetters.test(text[at] ?? "");
    let next = at + 1;
    while (
      next < end &&
      levels[next] === level &&
      (level % 2 === 0 || (/\s/u.test(text[next] ?? "") === isSpace && fromRightLetters.test(text[next] ?? "") === isLetter))
    )
      next += 1;
    const own = text.slice(at, next);
    // Signs of no script, such as brackets, are not turned by the font.
    tokens.push({ text: level % 2 === 1 && !isLetter ? turned(own) : own, level });
    at = next;
  }
  const highest = Math.max(0, ...tokens.map(({ level }) => level));
  for (let level = highest; level > 0; level -= 1) {
    for (let at = 0; at < tokens.length; at += 1) {
      if ((tokens[at]?.level ?? 0) < level) continue;
      let next = at;
      while (next < tokens.length && (tokens[next]?.level ?? 0) >= level) next += 1;
      tokens.splice(at, next - at, ...tokens.slice(at, next).toReversed());
      at = next;
    }
  }
  return tokens.flatMap((token) => fonts.runs(token.text, bold));
}

function turned(text: string): string {
  return [...text]
    .toReversed()
    .map((letter) => bidi.getMirroredCharacter(letter) ?? letter)
    .join("");
}
