import type { ImportNote } from "./imported.ts";

/** A part of a format that is no turn and no word: where it stands, and what becomes of it. */
export type KnownPart = readonly [path: string, level: ImportNote["level"], what: string];

/** The notes on those parts that a file really has. A path is keys with dots between; empty parts are not worth a note. */
export function notesOn(value: unknown, parts: readonly KnownPart[]): ImportNote[] {
  return parts.flatMap(([where, level, what]) => (isSomething(at(value, where)) ? [{ level, what, where }] : []));
}

/** What stands at a path of keys; undefined where nothing does. */
export function at(value: unknown, path: string): unknown {
  let found = value;
  for (const key of path.split(".")) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}

/** The list at a path of keys; empty where nothing is one. */
export function listAt(value: unknown, path: string): readonly unknown[] {
  const list = at(value, path);
  return Array.isArray(list) ? list : [];
}

function isSomething(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === 0) return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}
