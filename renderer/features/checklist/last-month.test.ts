import { expect, it } from "vitest";
import { lastMonth } from "./last-month.ts";

it.each([
  [new Date(2026, 10, 21), "2026-10-01", "2026-10-31"],
  [new Date(2026, 0, 1), "2025-12-01", "2025-12-31"],
  [new Date(2028, 2, 31, 23, 59), "2028-02-01", "2028-02-29"],
])("knows the month before %s", (now, from, to) => {
  expect(lastMonth(now)).toEqual({ from, to });
});
