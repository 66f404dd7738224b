import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { safeCell, textOfCell } from "./csv-cell.ts";

describe("cells of a CSV", () => {
  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "  =cmd|' /C calc'!A0", "'=1+1"])(
    "does not let %j be run",
    (text) => {
      expect(safeCell(text)).toBe(`'${text}`);
    },
  );
  it.each(["Yes", "92; if turn 14 is the customer's, 78", "a=b", "", "3 - 2"])("leaves %j as it is", (text) => {
    expect(safeCell(text)).toBe(text);
  });
  it("gives every text back", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => textOfCell(safeCell(text)) === text));
  });
});
