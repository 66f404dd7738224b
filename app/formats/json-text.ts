import { evaluate, parse as parseTolerantly } from "@humanwhocodes/momoa";
import { EarmarkError } from "../contract/errors.ts";

/**
 * Parses JSON, and where strict JSON fails also with comments and trailing commas, as documentation and people write it.
 * Throws `format-malformed` with `line` and `column` (from 1, null where unknown).
 */
export function parseJsonText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return parseWithPosition(text);
  }
}

/** Like `parseJsonText` without the second, tolerant look; undefined where it is no JSON. */
export function tryJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The tolerant parser keeps a tree of the whole text: beyond this many characters it is not worth the memory. */
const longestTolerated = 5_000_000;

function parseWithPosition(text: string): unknown {
  if (text.length > longestTolerated) throw malformed("The file is not valid JSON.", null, null);
  try {
    return evaluate(parseTolerantly(text, { mode: "jsonc", allowTrailingCommas: true }));
  } catch (thrown) {
    const at = thrown instanceof Error ? (thrown as Error & { line?: unknown; column?: unknown }) : undefined;
    const line = typeof at?.line === "number" ? at.line : null;
    const column = typeof at?.column === "number" ? at.column : null;
    throw malformed(
      line === null ? "The file is not valid JSON." : `The file is not valid JSON: line ${line}, column ${column}.`,
      line,
      column,
    );
  }
}

/** The failure of a file that is recognised and cannot be read. */
export function malformed(message: string, line: number | null = null, column: number | null = null, where = ""): EarmarkError {
  return new EarmarkError("format-malformed", message, { line, column, where });
}
