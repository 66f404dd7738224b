import { describe, expect, it } from "vitest";
import { readTerms, termFileNames, termFinder } from "./terms.ts";

const rows = (...lines: string[]) => lines.map((line, index) => ({ line: index + 1, cells: line.split(",") }));
const find = termFinder([
  { text: "Mercedes", type: "MAKE" },
  { text: "service light", type: "PART" },
  { text: "light", type: "LAMP" },
  { text: "switch", type: "PART" },
  { text: "mirrors", type: "PART" },
  { text: "café", type: "PLACE" },
  { text: "new", type: "STATE" },
  { text: "body", type: "PART" },
]);
const found = (text: string): string[] =>
  find(text).map(({ type, start, end, value }) => `${type}:${value}:${text.slice(start, end)}`);

describe("the string map", () => {
  it("finds whole words alone, whatever their case and accents", () => {
    expect(found("my MERCEDES, not a mercedesbenz")).toEqual(["MAKE:Mercedes:MERCEDES"]);
    expect(found("The Cafe and the CAFÉ")).toEqual(["PLACE:café:Cafe", "PLACE:café:CAFÉ"]);
  });

  it("finds plurals of the map's singulars and singulars of its plurals", () => {
    expect(found("two switches, a mirror, old bodies")).toEqual([
      "PART:switch:switches",
      "PART:mirrors:mirror",
      "PART:body:bodies",
    ]);
    expect(found("what news")).toEqual([]);
  });

  it("finds terms of several words, the longer before the shorter, every time", () => {
    expect(found("the service-light and service lights, and a light")).toEqual([
      "PART:service light:service-light",
      "PART:service light:service lights",
      "LAMP:light:light",
    ]);
  });

  it("tells of rows that cannot be used, each with its line", () => {
    const { terms, bad } = readTerms(rows("Text,Type", "Tesla,MAKE", "Ford,", ",MAKE", "a,b,c", "", "tesla,MAKE"));
    expect(terms).toEqual([{ text: "Tesla", type: "MAKE" }]);
    expect(bad).toEqual([
      { line: 3, reason: "no-type" },
      { line: 4, reason: "no-text" },
      { line: 5, reason: "too-many-columns" },
    ]);
    expect(readTerms(rows("Name,Kind", "a,b")).bad).toEqual([{ line: 1, reason: "no-header" }]);
  });

  it("takes columns in any order", () => {
    expect(readTerms(rows("Type,Text", "MAKE,Tesla")).terms).toEqual([{ text: "Tesla", type: "MAKE" }]);
  });

  it("looks for the language's own file first", () => {
    expect(termFileNames("a/terms.csv", "en-GB")).toEqual(["a/terms-en-gb.csv", "a/terms-en.csv", "a/terms.csv"]);
    expect(termFileNames("a/terms-en.csv", "en-US")).toEqual(["a/terms-en-us.csv", "a/terms-en.csv"]);
    expect(termFileNames("a/terms-en.csv", "es")).toEqual(["a/terms-es.csv"]);
    expect(termFileNames("a/terms.csv", null)).toEqual(["a/terms.csv"]);
  });
});
