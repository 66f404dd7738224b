import { expect, it } from "vitest";
import { find, rankOf, usedLast } from "./palette-search.ts";

const entries = [
  { id: "a", label: "Zoom to the selection" },
  { id: "b", label: "Select nothing", also: "Waveform" },
  { id: "c", label: "Résumé (of a call)" },
];

it("finds by every word, the beginnings of names first", () => {
  expect(find(entries, "sele").map(({ id }) => id)).toEqual(["b", "a"]);
  expect(find(entries, "zoom sel").map(({ id }) => id)).toEqual(["a"]);
  expect(find(entries, "zoom nothing")).toEqual([]);
  expect(find(entries, "wave").map(({ id }) => id)).toEqual(["b"]);
  expect(find(entries, "")).toEqual(entries);
});

it("looks past case and accents, and takes signs as they stand", () => {
  expect(find(entries, "RESUME").map(({ id }) => id)).toEqual(["c"]);
  expect(rankOf({ label: "C++ (plain)" }, "(pl")).toBe(1);
  expect(rankOf({ label: "C++" }, "c+")).toBe(0);
  expect(rankOf({ label: "C" }, ".*")).toBeNull();
  expect(rankOf({ label: "metro-travel" }, "o-t")).toBe(2);
  const signs = String.raw`\^$.*+?()[]{}|/-`;
  expect(rankOf({ label: "a", also: signs }, signs)).toBe(3);
});

it("keeps what was used last, once each", () => {
  expect(usedLast(["a", "b"], "b")).toEqual(["b", "a"]);
  expect(usedLast(["1", "2", "3", "4", "5", "6", "7", "8"], "9")).toEqual(["9", "1", "2", "3", "4", "5", "6", "7"]);
});
