import type { Turn, Word } from "../conversation/conversation.ts";
import { type Atom, isPause, isQuantity, type Lexeme, lexemes, readAtoms } from "./spoken-digits.ts";

/*
 * A conversation as rules read it: each turn as one string of lexemes, phrases that say what a number near them is, and
 * the digits of numbers, put together where one is read out over several turns.
 */

/** How many words back a phrase gives a number its meaning. */
export const contextBefore = 40;
/** How many words on a phrase gives a number its meaning. */
export const contextAfter = 8;
/** A number may be read out over several turns when the others say no more than this in between. */
const wordsBetweenTurns = 8;
const msBetweenTurns = 120_000;
/** No number is read in more pieces than this, the other side's repetitions included. */
const mostFragments = 60;

/** From as many digits on a number is too long for an amount: the shortest card number. */
const shortestCard = 13;

/** What of a turn its writings need. */
export type TurnTimes = Pick<Turn, "participantId" | "startMs" | "endMs">;

/** One turn as one string, and where its words lie in it. */
export interface Writing {
  readonly of: "words" | "text" | "translation";
  readonly text: string;
  /** Start of each word in `text`; empty for a text without words. */
  readonly wordStarts: readonly number[];
  readonly lexemes: readonly Lexeme[];
  readonly atoms: readonly Atom[];
}

/** Digits of one turn that may be part of a number. */
export interface Fragment {
  readonly turn: number;
  readonly digits: string;
  readonly groups: readonly { readonly digits: string; readonly typed: boolean }[];
  /** Index into all lexemes of the conversation. */
  readonly from: number;
  readonly to: number;
  readonly plus: boolean;
  /** The digits with a slip of the tongue put right, "four five, no, sorry, six": as many readings as there can be. */
  readonly corrected: readonly string[];
  /** Says again what the other side has just said. */
  repeats: boolean;
}

/** A phrase that says what a number near it is. */
export interface Mention {
  readonly topic: string;
  readonly at: number;
  readonly until: number;
}

/** A lexeme and the turn it stands in. */
export interface Placed {
  readonly turn: number;
  readonly lexeme: Lexeme;
}

/** The words of a turn as one string. */
export function wordsWriting(turn: Turn): Writing {
  const wordStarts: number[] = [];
  let text = "";
  for (const word of turn.words) {
    if (text !== "") text += " ";
    wordStarts.push(text.length);
    text += word.text;
  }
  return { ...textWriting(text, "words"), wordStarts };
}

/** A text as one string. */
export function textWriting(text: string, of: Writing["of"]): Writing {
  const found = lexemes(text);
  return { of, text, wordStarts: [], lexemes: found, atoms: readAtoms(found) };
}

/** Whether the text of a turn says something else than its words. */
export function differs(turn: Turn): boolean {
  return turn.words.length > 0 && squeeze(turn.text) !== squeeze(joinWords(turn.words));
}

function squeeze(text: string): string {
  return text.replaceAll(/\s+/gu, " ").trim();
}

/** Words with single spaces between them; masked ones that are empty leave no gap. */
export function joinWords(words: readonly Word[]): string {
  return words
    .map((word) => word.text)
    .filter((text) => text !== "")
    .join(" ");
}

/** Phrases by topic; each is matched against the words in lower case, joined by single spaces. */
export type Phrases = readonly (readonly [string, RegExp])[];

/** Where phrases occur, in order; one within another is left out. */
export function findMentions(placed: readonly Placed[], phrases: Phrases): Mention[] {
  const starts: number[] = [];
  let flat = "";
  for (const { lexeme } of placed) {
    starts.push(flat.length);
    flat += `${lexeme.text} `;
  }
  const indexAt = (offset: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const found: Mention[] = [];
  for (const [topic, pattern] of phrases) {
    for (const match of flat.matchAll(pattern))
      found.push({ topic, at: indexAt(match.index), until: indexAt(match.index + match[0].length - 1) });
  }
  // "card number" also mentions "card": the longer phrase is what was meant.
  found.sort((a, b) => a.at - b.at || b.until - a.until);
  let reached = -1;
  return found.filter(({ until }) => {
    const inside = until <= reached;
    reached = Math.max(reached, until);
    return !inside;
  });
}

/** The digits of each turn, as long as one number may be read in them. */
export function findFragments(
  writing: readonly Writing[],
  firstOfTurn: readonly number[],
  placed: readonly Placed[],
  mentions: readonly Mention[],
): Fragment[] {
  const fragments: Fragment[] = [];
  const isMention = coveredBy(mentions, placed.length);
  for (const [turn, { atoms, lexemes: own }] of writing.entries()) {
    const base = firstOfTurn[turn] ?? 0;
    let groups: { digits: string; typed: boolean }[] = [];
    /** Digits before each correction. */
    let slips: number[] = [];
    let from = -1;
    let to = -1;
    let strange = 0;
    const close = () => {
      if (groups.length > 0) {
        const plus = own[from]?.kind === "digits" && own[from - 1]?.text === "+";
        fragments.push({
          turn,
          digits: groups.map(({ digits }) => digits).join(""),
          groups,
          from: base + from,
          to: base + to,
          plus,
          corrected: correctedDigits(groups.map(({ digits }) => digits).join(""), slips),
          repeats: false,
        });
      }
      groups = [];
      slips = [];
      strange = 0;
    };
    for (const atom of atoms) {
      if (atom.kind === "digits") {
        // "The next sixteen digits", "the three digits on the back": a phrase, not a part of the number.
        if (isMention[base + atom.from] === true && atom.digits.length <= 2) {
          close();
          continue;
        }
        // "Four one one one, one second, one one": the reader stops to look, and the number goes on.
        if (!atom.typed && atom.digits === "1" && isPause(own[atom.to + 1]?.text ?? "")) continue;
        // "4111 1111 1111 1111, 08/29": a date begins.
        const dated = atom.typed && atom.digits.length <= 2 && own[atom.to + 1]?.text === "/";
        if (dated && groups.reduce((sum, group) => sum + group.digits.length, 0) >= shortestCard) close();
        const length = groups.reduce((sum, group) => sum + group.digits.length, 0);
        const amount =
          isQuantity(own[atom.to + 1]?.text ?? "") && atom.digits.length <= 7 && (length < 8 || length >= shortestCard);
        if (amount) {
          close();
          continue;
        }
        if (groups.length === 0) from = atom.from;
        else if (own.slice(to + 1, atom.from).some(({ text }) => takesBack.test(text)))
          slips.push(groups.reduce((sum, group) => sum + group.digits.length, 0));
        groups.push({ digits: atom.digits, typed: atom.typed });
        to = atom.to;
        strange = 0;
        continue;
      }
      if (groups.length === 0) continue;
      if (isMention[base + atom.from] === true) {
        close();
        continue;
      }
      if (atom.kind === "filler") continue;
      // Where a card number is being read, a few strange words do not end it.
      strange++;
      const sign = own[atom.from]?.kind === "break";
      const reading = nearestTopic(mentions, base + from, base + to) === "card-number";
      if (sign || strange > (reading ? 4 : 0)) close();
    }
    close();
  }
  return fragments;
}

/** Said where the digits before it were wrong. */
const takesBack = /^(?:no|sorry|wait|mean|correction|actually|rather)$/u;
/** Digits that a correction takes back at most: it says again the wrong one, or the group it stands in. */
const mostTakenBack = 4;

/** The digits without those that a correction takes back; where there are more corrections than one, of the last alone. */
function correctedDigits(digits: string, slips: readonly number[]): string[] {
  const slip = slips.at(-1);
  if (slip === undefined) return [];
  return Array.from(
    { length: Math.min(mostTakenBack, slip) },
    (_, index) => digits.slice(0, slip - index - 1) + digits.slice(slip),
  );
}

/** For each lexeme whether a phrase covers it. */
export function coveredBy(mentions: readonly Mention[], length: number): boolean[] {
  const covered = new Array<boolean>(length).fill(false);
  for (const { at, until } of mentions) covered.fill(true, at, until + 1);
  return covered;
}

/** Joins the fragments of one number that was read out over several turns. */
export function joinFragments(
  fragments: readonly Fragment[],
  turns: readonly TurnTimes[],
  firstOfTurn: readonly number[],
  placed: readonly Placed[],
  mentions: readonly Mention[],
): Fragment[][] {
  const mentioned = coveredBy(mentions, placed.length);
  const runs: Fragment[][] = [];
  for (const fragment of fragments) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (
      run === undefined ||
      last === undefined ||
      run.length >= mostFragments ||
      !goesOn(last, fragment, turns, firstOfTurn, placed, mentioned)
    ) {
      runs.push([fragment]);
      continue;
    }
    const speaker = turns[fragment.turn]?.participantId;
    const byOther = run.some((earlier) => turns[earlier.turn]?.participantId !== speaker && !earlier.repeats);
    // One digit alone is an echo only right after it was said; any number holds most single digits somewhere.
    const echo = fragment.digits.length >= 2 ? digitsOf(run).includes(fragment.digits) : fragment.digits === last.digits;
    if (byOther && echo && (fragment.digits.length >= 2 || turns[last.turn]?.participantId !== speaker)) fragment.repeats = true;
    run.push(fragment);
  }
  return runs;
}

function goesOn(
  last: Fragment,
  next: Fragment,
  turns: readonly TurnTimes[],
  firstOfTurn: readonly number[],
  placed: readonly Placed[],
  mentioned: readonly boolean[],
): boolean {
  if (last.turn === next.turn) return false;
  if ((turns[next.turn]?.startMs ?? 0) - (turns[last.turn]?.endMs ?? 0) > msBetweenTurns) return false;
  const words = new Map<number, number>();
  for (let at = last.to + 1; at < next.from; at++) {
    if (mentioned[at] === true) return false;
    const turn = placed[at]?.turn ?? 0;
    const count = (words.get(turn) ?? 0) + 1;
    if (count > wordsBetweenTurns) return false;
    words.set(turn, count);
  }
  // A whole conversation of short turns is not a pause for breath.
  return next.turn - last.turn <= 6 && firstOfTurn.length > next.turn;
}

/** The digits of a number without what the other side said again. */
export function digitsOf(run: readonly Fragment[]): string {
  return run
    .filter((fragment) => !fragment.repeats)
    .map((fragment) => fragment.digits)
    .join("");
}

/** What the nearest phrase around a number says it is; null where nothing is said. */
export function nearestTopic(mentions: readonly Mention[], from: number, to: number): string | null {
  let nearest: Mention | null = null;
  let distance = Number.POSITIVE_INFINITY;
  // No phrase is longer than a dozen words, so one that ends near enough does not begin much earlier.
  for (let index = firstAfter(mentions, from - contextBefore - 12); index < mentions.length; index++) {
    const mention = mentions[index];
    if (mention === undefined || mention.at > to + contextAfter) break;
    // What is said before a number explains it more often than what follows.
    const away = mention.until < from ? from - mention.until : mention.at > to ? (mention.at - to) * 3 : null;
    if (away === null || (mention.until < from && away > contextBefore) || away >= distance) continue;
    nearest = mention;
    distance = away;
  }
  return nearest?.topic ?? null;
}

/** Index of the first mention that begins at or after a place. */
function firstAfter(mentions: readonly Mention[], place: number): number {
  return firstIndex(mentions.length, (index) => (mentions[index]?.at ?? 0) >= place);
}

/** The last mention that ends before a place. None lies within another, so their ends are in order as their starts are. */
export function lastBefore(mentions: readonly Mention[], place: number): Mention | null {
  return mentions[firstIndex(mentions.length, (index) => (mentions[index]?.until ?? 0) >= place) - 1] ?? null;
}

/** The first index below `length` from which on something holds; `length` where it never does. */
export function firstIndex(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
