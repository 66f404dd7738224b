import { RE2JS } from "re2js";

/*
 * Patterns that a person writes for names of files. They are RE2's, read in a time that grows with the name alone, so that no
 * pattern can hold Earmark up; Python's and JavaScript's spelling is understood where RE2 has the same.
 */

/** Longest pattern and longest name that are read. */
export const longestPattern = 500;
const longestName = 2_000;

const compiled = new Map<string, RE2JS | string>();

function compile(pattern: string): RE2JS | string {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  let made: RE2JS | string;
  try {
    if (pattern.length > longestPattern) throw new Error(`it is longer than ${longestPattern} characters`);
    made = RE2JS.compile(pattern);
  } catch (thrown) {
    made = thrown instanceof Error ? thrown.message : "it cannot be read";
  }
  if (compiled.size >= 500) compiled.clear();
  compiled.set(pattern, made);
  return made;
}

/** What is wrong with a pattern, for people; null for a good one. */
export function namePatternFault(pattern: string): string | null {
  const made = compile(pattern);
  if (typeof made !== "string") return null;
  const back = /\(\?(?:[=!]|<[=!])/u.test(pattern) || /\\[1-9]/u.test(pattern);
  return `This pattern cannot be read (${made}). ${
    back ? "It must do without look-ahead, look-behind and back-references." : "Check its brackets and escapes."
  }`;
}

/** The groups of the first place where a pattern is found in a name; the whole of it where it has none; null where it is not found or cannot be read. */
export function groupsInName(pattern: string, name: string): readonly string[] | null {
  const made = compile(pattern);
  if (typeof made === "string" || pattern === "") return null;
  const matcher = made.matcher(name.slice(0, longestName));
  if (!matcher.find()) return null;
  const count = matcher.groupCount();
  if (count === 0) return [matcher.group() ?? ""];
  return Array.from({ length: count }, (_, index) => matcher.group(index + 1) ?? "");
}

/**
 * A test of paths against a pattern as shells write it: `*` within a folder, `**` over folders, `?`, `[abc]`, `{wav,mp3}`.
 * One without a slash is held against the last part of a path alone. Letters count whether large or small.
 */
export function pathTest(glob: string): (path: string) => boolean {
  const whole = glob.trim().replace(/^\.?\//u, "");
  const test = RE2JS.compile(`^${whole.includes("/") ? "" : "(?:.*/)?"}${globSource(whole)}$`, RE2JS.CASE_INSENSITIVE);
  return (path) => test.matches(path.slice(-longestName));
}

function globSource(glob: string): string {
  let source = "";
  let depth = 0;
  for (let at = 0; at < glob.length; at++) {
    const sign = glob[at] ?? "";
    if (sign === "*" && glob[at + 1] === "*") {
      const folders = glob[at + 2] === "/";
      source += folders ? "(?:.*/)?" : ".*";
      at += folders ? 2 : 1;
    } else if (sign === "*") source += "[^/]*";
    else if (sign === "?") source += "[^/]";
    else if (sign === "{" && glob.indexOf("}", at) > 0) {
      source += "(?:";
      depth++;
    } else if (sign === "}" && depth > 0) {
      source += ")";
      depth--;
    } else if (sign === "," && depth > 0) source += "|";
    else if (sign === "[" && glob.indexOf("]", at + 2) > 0) {
      const end = glob.indexOf("]", at + 2);
      const set = glob.slice(at + 1, end).replace(/[\\[\]]/gu, "\\$&");
      source += `[${set.startsWith("!") ? `^${set.slice(1)}` : set}]`;
      at = end;
    } else source += RE2JS.quote(sign);
  }
  return source + ")".repeat(depth);
}

/** Which paths are taken: those that one of `include` names (all, where there is none) and none of `exclude` does. */
export function pathChooser(include: readonly string[], exclude: readonly string[]): (path: string) => boolean {
  const wanted = include.map(pathTest);
  const unwanted = exclude.map(pathTest);
  return (path) => (wanted.length === 0 || wanted.some((test) => test(path))) && !unwanted.some((test) => test(path));
}
