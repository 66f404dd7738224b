import { RE2JS } from "re2js";

/*
 * Patterns are those of RE2: an automaton that reads each character once, so that no pattern, however it was written, takes
 * more than a time that grows with the text (Cox, "Regular Expression Matching Can Be Simple And Fast", 2007). What needs
 * to go back (look-ahead, references to groups) is refused when it is read.
 */

/** Where a pattern was found: characters of the text, from and up to. */
export interface PatternHit {
  readonly start: number;
  readonly end: number;
}

const compiled = new Map<string, RE2JS>();

function compile(pattern: string): RE2JS {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const made = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
  if (compiled.size >= 500) compiled.clear();
  compiled.set(pattern, made);
  return made;
}

/** What is wrong with a pattern, and what to do; null for a good one. */
export function patternFault(pattern: string): string | null {
  try {
    if (compile(pattern).matches("")) return "This pattern is found everywhere, also in nothing. Ask for at least one character.";
    return null;
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : "";
    const back = /\(\?[=!<]/u.test(pattern) || /\\[1-9]/u.test(pattern);
    return `This is no pattern that can be searched for in linear time (${reason}). ${
      back
        ? "Look-ahead, look-behind and back-references are not among RE2's syntax: use a group (all, not, sequence) instead."
        : "Check its brackets and escapes."
    }`;
  }
}

/** Every place of a text where a pattern is found, in order, none over another. A broken pattern finds nothing. */
export function findPattern(pattern: string, text: string): PatternHit[] {
  const hits: PatternHit[] = [];
  try {
    const matcher = compile(pattern).matcher(text);
    while (matcher.find()) {
      const hit = { start: matcher.start(), end: matcher.end() };
      if (hit.end > hit.start) hits.push(hit);
    }
  } catch {
    return hits;
  }
  return hits;
}
