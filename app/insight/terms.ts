import { type EntityMention, foldedKey, foldText } from "./entities.ts";

/* The string map: words and phrases that somebody wants to find, each with a type of their own. */

/** A term of a string map. */
export interface Term {
  /** As the map spells it; shown for every form of it. */
  readonly text: string;
  readonly type: string;
}

/** A row that cannot be used, and why. */
export interface BadRow {
  /** The first line is 1. */
  readonly line: number;
  readonly reason: "no-type" | "no-text" | "too-many-columns" | "not-csv" | "no-header" | "too-long";
}

/** A row as it comes out of a file. */
export interface TermRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Longest term that is looked for, in characters. */
const longestTerm = 200;

/** Terms of a map's rows, the first of which names the columns `Text` and `Type`; rows that cannot be used are told, each with its line. */
export function readTerms(rows: readonly TermRow[]): { terms: Term[]; bad: BadRow[] } {
  const terms: Term[] = [];
  const bad: BadRow[] = [];
  const [header, ...rest] = rows;
  const names = header?.cells.map((cell) => cell.trim().toLowerCase()) ?? [];
  const textAt = names.indexOf("text");
  const typeAt = names.indexOf("type");
  if (textAt < 0 || typeAt < 0) return { terms, bad: [{ line: header?.line ?? 1, reason: "no-header" }] };
  const known = new Set<string>();
  for (const { line, cells } of rest) {
    if (cells.every((cell) => cell.trim() === "")) continue;
    const text = cells[textAt]?.trim() ?? "";
    const type = cells[typeAt]?.trim() ?? "";
    const spare = cells.slice(names.length).some((cell) => cell.trim() !== "");
    if (spare) bad.push({ line, reason: "too-many-columns" });
    else if (tokensOf(text).length === 0) bad.push({ line, reason: "no-text" });
    else if (type === "") bad.push({ line, reason: "no-type" });
    else if (text.length > longestTerm || type.length > 100) bad.push({ line, reason: "too-long" });
    else if (!known.has(`${foldedKey(text)}\n${type}`)) {
      known.add(`${foldedKey(text)}\n${type}`);
      terms.push({ text, type });
    }
  }
  return { terms, bad };
}

interface Token {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function tokensOf(text: string): Token[] {
  return [...text.matchAll(/[\p{L}\p{M}\p{N}]+/gu)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    text: foldText(match[0]),
  }));
}

/** Words that end like plurals and are none. */
const noPlurals: ReadonlySet<string> = new Set(
  "news always this thus plus gas bus yes his was has does goes lens series species means".split(" "),
);

/** What a word may be the plural of, itself included. */
function singulars(word: string): string[] {
  const all = [word];
  if (!noPlurals.has(word) && word.length > 3 && word.endsWith("s") && !word.endsWith("ss")) {
    all.push(word.slice(0, -1));
    if (/(?:s|x|z|ch|sh|o|n|r|l|d)es$/u.test(word)) all.push(word.slice(0, -2));
    if (word.endsWith("ies")) all.push(`${word.slice(0, -3)}y`);
    if (word.endsWith("ves")) all.push(`${word.slice(0, -3)}f`, `${word.slice(0, -3)}fe`);
    if (word.endsWith("ches") || word.endsWith("shes") || word.endsWith("sses")) all.push(word.slice(0, -2));
  }
  return all;
}

/** Shortest word of a map that is taken for a plural, so that "news" is not found as "new". */
const shortestPlural = 5;

/** Finds the terms of a map in texts. */
export type TermFinder = (text: string) => EntityMention[];

/**
 * Makes a finder for terms: whole words alone, whatever their case and accents, in singular and plural, with whatever
 * stands between the words of a longer term. Every occurrence is found; where two terms meet, the longer one counts.
 */
export function termFinder(terms: readonly Term[]): TermFinder {
  interface Entry {
    readonly term: Term;
    readonly tokens: readonly string[];
    readonly key: string;
  }
  const byFirst = new Map<string, Entry[]>();
  for (const term of terms) {
    const tokens = tokensOf(term.text).map(({ text }) => text);
    const entry: Entry = { term, tokens, key: foldedKey(term.text) };
    const [first = ""] = tokens;
    const beginnings = tokens.length === 1 && first.length >= shortestPlural ? singulars(first) : [first];
    for (const beginning of beginnings) byFirst.set(beginning, [...(byFirst.get(beginning) ?? []), entry]);
  }
  for (const entries of byFirst.values()) entries.sort((a, b) => b.tokens.length - a.tokens.length);
  const isForm = (word: string, of: string): boolean =>
    word === of || singulars(word).includes(of) || (of.length >= shortestPlural && singulars(of).includes(word));
  return (text) => {
    if (byFirst.size === 0) return [];
    const tokens = tokensOf(text);
    const found: EntityMention[] = [];
    for (let place = 0; place < tokens.length; place++) {
      const token = tokens[place];
      if (token === undefined) continue;
      const candidates = [...new Set(singulars(token.text).flatMap((form) => byFirst.get(form) ?? []))].sort(
        (a, b) => b.tokens.length - a.tokens.length,
      );
      const matched = candidates.filter(({ tokens: wanted }) =>
        wanted.every((word, index) => {
          const said = tokens[place + index]?.text;
          if (said === undefined) return false;
          return index === wanted.length - 1 ? isForm(said, word) : said === word;
        }),
      );
      const longest = matched[0]?.tokens.length ?? 0;
      const end = tokens[place + longest - 1]?.end;
      if (longest === 0 || end === undefined) continue;
      // The same words may stand in a map under several types.
      for (const { term, tokens: wanted, key } of matched) {
        if (wanted.length !== longest) continue;
        found.push({ type: term.type, start: token.start, end, score: 1, source: "string-map", key, value: term.text });
      }
      place += longest - 1;
    }
    return found;
  };
}

/**
 * The names of the files in which the map for a language may stand, the most particular first: for `terms.csv` and `en-GB`
 * these are `terms-en-gb.csv`, `terms-en.csv`, `terms.csv`. A path that names a language already stands for its siblings too.
 */
export function termFileNames(path: string, language: string | null): string[] {
  const dot = path.toLowerCase().endsWith(".csv") ? path.length - 4 : path.length;
  const ending = path.slice(dot) || ".csv";
  const suffix = /-([A-Za-z]{2,3}(?:-[A-Za-z]{2,4})?)$/u.exec(path.slice(0, dot));
  const base = suffix === null ? path.slice(0, dot) : path.slice(0, suffix.index);
  const own = suffix?.[1]?.toLowerCase() ?? null;
  const [main = ""] = language?.toLowerCase().split("-") ?? [];
  const wanted = language === null ? [] : [...new Set([language.toLowerCase(), main])];
  const named = wanted.map((tag) => `${base}-${tag}${ending}`);
  // A file for one language is no map for another.
  const plain = own === null ? `${base}${ending}` : language === null || own.split("-")[0] === main ? path : null;
  return [...new Set([...named, ...(plain === null ? [] : [plain])])];
}
