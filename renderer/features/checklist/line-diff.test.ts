import { describe, expect, it } from "vitest";
import { lineDiff } from "./line-diff.ts";

const numbered = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}\n`).join("");

describe("what changed between two texts", () => {
  it("tells the lines that came and went, with a few around them", () => {
    const before = numbered(1, 20);
    const { parts, added, removed } = lineDiff(before, before.replace("line 10\n", "line ten\n"), 2);
    expect({ added, removed }).toEqual({ added: 1, removed: 1 });
    expect(parts.map((part) => [part.kind, part.kind === "skipped" ? part.count : part.lines])).toEqual([
      ["skipped", 7],
      ["same", ["line 8", "line 9"]],
      ["removed", ["line 10"]],
      ["added", ["line ten"]],
      ["same", ["line 11", "line 12"]],
      ["skipped", 8],
    ]);
  });

  it("shows a single line rather than that it is not shown, and nothing where nothing changed", () => {
    const { parts } = lineDiff(numbered(1, 4), `${numbered(1, 4)}line 5\n`);
    expect(parts.map(({ kind }) => kind)).toEqual(["same", "added"]);
    expect(lineDiff("a\n", "a\n")).toMatchObject({ added: 0, removed: 0 });
  });
});
