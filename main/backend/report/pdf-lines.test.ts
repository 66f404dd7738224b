import { join } from "node:path";
import { expect, it } from "vitest";
import { isolated } from "../../../app/report/report-blocks.ts";
import { earmarkFolder } from "../surroundings.ts";
import { openFonts } from "./pdf-fonts.ts";
import { linesOf } from "./pdf-lines.ts";

const fonts = openFonts(join(earmarkFolder, "resources", "fonts"), (path) => path.endsWith("DejaVuSans.ttf"));
/** Lines as they are seen from the left, with every letter as wide as any other. */
const seen = (text: string, letters = 80): string[] =>
  linesOf(text, letters, { size: 1 }, fonts, ({ text: own }) => own.length).map(({ pieces }) =>
    pieces.map((piece) => piece.text).join(""),
  );

it("a name that is written from the right leaves the date after it as it is", () => {
  // A font turns the letters of a word itself; here they stand as they are written.
  expect(seen(`Yes, ${isolated("\u05d3\u05e0\u05d4")}, 2026-11-20 12:00`)).toEqual(["Yes, \u05d3\u05e0\u05d4, 2026-11-20 12:00"]);
  expect(seen(`Yes, ${isolated("Ann")}, 2026`)).toEqual(["Yes, Ann, 2026"]);
});

it("signs that turn the direction are taken out of what others wrote", () => {
  expect(seen("safe\u202egnp.exe")).toEqual(["safegnp.exe"]);
  expect(seen(isolated("a\u2069\u2067b"))).toEqual(["ab"]);
});

it("breaks between words, and within one that is longer than the line", () => {
  expect(seen("one two three", 8)).toEqual(["one two", "three"]);
  expect(seen("abcdefghij", 4)).toEqual(["abcd", "efgh", "ij"]);
  expect(seen("", 4)).toEqual([""]);
});
