import type { Transcript, Turn } from "./conversation.ts";
import type { Operation } from "./operations.ts";
import { literally } from "./retext.ts";
import { separatorOf } from "./workspace.ts";

/** How to look for something. */
export interface FindOptions {
  readonly matchCase: boolean;
  readonly wholeWords: boolean;
}

/** Where something stands: UTF-16 offsets into what `searchedText` gives for the turn, and the words it stands in. */
export interface Found {
  readonly turnId: string;
  readonly start: number;
  readonly end: number;
  /** Empty in a turn without words. */
  readonly wordIds: readonly string[];
}

/** Every place where a text stands, in order. Masked words are not looked into. An empty text is nowhere. */
export function findInTranscript({ turns }: Pick<Transcript, "turns">, wanted: string, options: FindOptions): Found[] {
  const pattern = patternOf(wanted, options);
  return pattern === null ? [] : turns.flatMap((turn) => findInTurn(turn, pattern).map(({ found }) => found));
}

/** The corrections that write one text in the place of another, everywhere: one for each place, for one change. */
export function replaceInTranscript(
  { turns }: Pick<Transcript, "turns">,
  wanted: string,
  replacement: string,
  options: FindOptions,
): Operation[] {
  const pattern = patternOf(wanted, options);
  return pattern === null ? [] : turns.flatMap((turn) => replaceInTurn(turn, pattern, replacement));
}

function patternOf(wanted: string, { matchCase, wholeWords }: FindOptions): RegExp | null {
  const text = wanted.trim();
  if (text === "") return null;
  const inner = text.split(/\s+/u).map(literally).join("\\s+");
  return new RegExp(wholeWords ? `(?<![\\p{L}\\p{N}])${inner}(?![\\p{L}\\p{N}])` : inner, matchCase ? "gu" : "giu");
}

interface Match {
  readonly found: Found;
  /** Indices of the first and the last word it stands in. */
  readonly from: number;
  readonly to: number;
}

function findInTurn(turn: Turn, pattern: RegExp): Match[] {
  if (turn.words.length === 0) {
    return [...turn.text.matchAll(pattern)].map((match) => ({
      found: { turnId: turn.id, start: match.index, end: match.index + match[0].length, wordIds: [] },
      from: 0,
      to: 0,
    }));
  }
  const { text, starts } = searched(turn);
  return [...text.matchAll(pattern)].flatMap((match): Match[] => {
    const end = match.index + match[0].length;
    const touched = turn.words.flatMap((word, index) => {
      const start = starts[index] ?? 0;
      return word.text !== "" && start < end && start + word.text.length > match.index ? [index] : [];
    });
    const [from] = touched;
    const to = touched.at(-1);
    if (from === undefined || to === undefined) return [];
    const words = turn.words.slice(from, to + 1);
    if (words.some((word) => word.redaction !== undefined)) return [];
    return [{ found: { turnId: turn.id, start: match.index, end, wordIds: words.map((word) => word.id) }, from, to }];
  });
}

/** The text that places are counted in: the words joined as the turn shows them. */
export function searchedText(turn: Turn): string {
  return turn.words.length === 0 ? turn.text : searched(turn).text;
}

function searched(turn: Turn): { text: string; starts: number[] } {
  const separator = separatorOf(turn);
  const starts: number[] = [];
  let text = "";
  for (const word of turn.words) {
    if (text !== "" && word.text !== "") text += separator;
    starts.push(text.length);
    text += word.text;
  }
  return { text, starts };
}

function replaceInTurn(turn: Turn, pattern: RegExp, replacement: string): Operation[] {
  const matches = findInTurn(turn, pattern);
  const text = searchedText(turn);
  // A dollar sign in what a person typed is a dollar sign.
  if (turn.words.length === 0)
    return matches.length === 0
      ? []
      : [{ kind: "retext-turn", turnId: turn.id, text: text.replace(pattern, () => replacement).trim() }];
  const { starts } = searched(turn);
  const groups: { from: number; to: number; places: Found[] }[] = [];
  for (const { found, from, to } of matches) {
    const last = groups.at(-1);
    // Two places in one word are one correction.
    if (last !== undefined && from <= last.to) {
      last.to = Math.max(last.to, to);
      last.places.push(found);
    } else groups.push({ from, to, places: [found] });
  }
  return groups.map(({ from, to, places }): Operation => {
    const start = starts[from] ?? 0;
    const end = (starts[to] ?? 0) + (turn.words[to]?.text.length ?? 0);
    let typed = "";
    let reached = start;
    for (const place of places) {
      typed += text.slice(reached, place.start) + replacement;
      reached = place.end;
    }
    const wordIds = turn.words.slice(from, to + 1).map((word) => word.id);
    return { kind: "retext-words", wordIds, text: (typed + text.slice(reached, end)).trim() };
  });
}
