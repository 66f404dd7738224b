import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { parseJson } from "../store/stored-json.ts";

/*
 * Which font has which letter. DejaVu Sans has Latin, Greek, Cyrillic, Hebrew, Arabic, Armenian and Georgian; Noto Sans has
 * Devanagari, Thai, Hangul, Han and Kana, in files of a hundred letters or so.
 */

/** A stretch of text in one font. */
export interface FontRun {
  /** The name the font is registered by: the path of its file. */
  readonly font: string;
  readonly text: string;
}

/** The fonts of a report. */
export interface PdfFonts {
  readonly regular: string;
  readonly bold: string;
  /** The text in stretches of one font. A letter that none has becomes its code point in brackets. */
  runs(text: string, bold: boolean): FontRun[];
}

const rangesSchema = z.record(z.string(), z.array(z.tuple([z.int(), z.int()])));

/** Invisible signs that join letters or keep them apart: they go with the letter before. */
const joiners: ReadonlySet<string> = new Set(["\u200c", "\u200d", "\ufe0e", "\ufe0f"]);

/**
 * Opens the fonts in a folder. `has` says whether the font at a path has a letter. Throws `file-missing` where the folder is not
 * part of the installation.
 */
export function openFonts(folder: string, has: (path: string, codePoint: number) => boolean): PdfFonts {
  const regular = join(folder, "DejaVuSans.ttf");
  const bold = join(folder, "DejaVuSans-Bold.ttf");
  const byCodePoint = readRanges(folder);
  const fontOf = (codePoint: number, isBold: boolean): string | null => {
    const own = isBold ? bold : regular;
    if (has(own, codePoint)) return own;
    const other = byCodePoint(codePoint);
    if (other !== null) return other;
    return isBold && has(regular, codePoint) ? regular : null;
  };
  const known = new Map<string, string | null>();
  return {
    regular,
    bold,
    runs(text, isBold) {
      const runs: { font: string; text: string }[] = [];
      for (const letter of text) {
        const codePoint = letter.codePointAt(0) ?? 0;
        const key = `${isBold ? "b" : "r"}${letter}`;
        let font = known.get(key);
        if (font === undefined) {
          font = fontOf(codePoint, isBold);
          known.set(key, font);
        }
        const last = runs.at(-1);
        if (joiners.has(letter)) {
          // Where the font has no such sign there is nothing to show either.
          if (last !== undefined && font === last.font) last.text += letter;
          continue;
        }
        const shown = font === null ? `[U+${codePoint.toString(16).toUpperCase().padStart(4, "0")}]` : letter;
        const used = font ?? (isBold ? bold : regular);
        // A space belongs to whatever goes before it, so that a line of one script is one stretch.
        if (last !== undefined && (last.font === used || letter === " ")) last.text += shown;
        else runs.push({ font: used, text: shown });
      }
      return runs;
    },
  };
}

/** Reads which file has which letter. */
function readRanges(folder: string): (codePoint: number) => string | null {
  let text: string;
  try {
    text = readFileSync(join(folder, "noto", "ranges.json"), "utf8");
  } catch (cause) {
    throw new EarmarkError("file-missing", "The fonts of reports are not part of this installation.", {}, { cause });
  }
  const ranges = Object.entries(rangesSchema.parse(parseJson(text)))
    .flatMap(([file, own]) => own.map(([from, to]) => ({ from, to, file })))
    .sort((one, other) => one.from - other.from);
  return (codePoint) => {
    let low = 0;
    let high = ranges.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const range = ranges[middle];
      if (range === undefined) return null;
      if (codePoint < range.from) high = middle - 1;
      else if (codePoint > range.to) low = middle + 1;
      else return join(folder, "noto", range.file);
    }
    return null;
  };
}
