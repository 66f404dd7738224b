import { stringify } from "yaml";
import type { Category } from "./rules.ts";

// Names whose numbers are times; beside a measure a number is a figure and stays one.
const times: ReadonlySet<string> = new Set(["silence", "interruption", "within"]);
const places: ReadonlySet<string> = new Set(["first", "last", "from", "to"]);

/**
 * Categories as a file of Earmark's own language, which `readRulesFile` reads back to the same rules. Times are written as
 * people write them (30s, 2m); what is as usual is left out.
 */
export function writeRulesFile(categories: readonly Category[]): string {
  return stringify({ version: 1, categories: categories.map(plainly) }, layout);
}

/** One category as a person edits it, without the list around it: `readCategory` reads it back. */
export function writeCategory(category: Category): string {
  return stringify(plainly(category), layout);
}

const layout = { lineWidth: 110, flowCollectionPadding: false } as const;

function plainly({ id, name, description, wanted, kind, enabled, rule }: Category): Record<string, unknown> {
  return {
    id,
    name,
    ...(description === "" ? {} : { description }),
    ...(wanted === null ? {} : { wanted }),
    ...(kind === null ? {} : { kind }),
    ...(enabled ? {} : { enabled }),
    rule: withTimes(rule, false),
  };
}

function withTimes(value: unknown, inRange: boolean): unknown {
  if (Array.isArray(value)) return value.map((one) => withTimes(one, false));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]: [string, unknown]): [string, unknown][] => {
      if (inner === undefined) return [];
      if (typeof inner === "number" && (times.has(key) || (inRange && places.has(key)))) return [[key, time(inner)]];
      // One phrase needs no list.
      if (key === "said" && Array.isArray(inner) && inner.length === 1) return [[key, inner[0]]];
      return [[key, withTimes(inner, key === "in")]];
    }),
  );
}

/** A time in the largest unit in which it is whole. */
function time(milliseconds: number): string {
  if (milliseconds > 0 && milliseconds % 60_000 === 0) return `${milliseconds / 60_000}m`;
  return milliseconds % 1_000 === 0 ? `${milliseconds / 1_000}s` : `${milliseconds}ms`;
}
