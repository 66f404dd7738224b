import { numberPhrases, questionPhrases } from "./personal-phrases.ts";
import type { Finding, RedactionRule } from "./redaction-findings.ts";
import { type PersonalType, redactionLabels } from "./redaction-policy.ts";
import { findMentions, type Mention, type Placed, type TurnTimes, type Writing } from "./redaction-reading.ts";

/** One lexeme of a conversation, with how it was written. */
export interface Token {
  readonly turn: number;
  /** Offsets into the writing of its turn. */
  readonly start: number;
  readonly end: number;
  /** As written. */
  readonly raw: string;
  /** In lower case; digits as ASCII digits. */
  readonly text: string;
  readonly kind: "digits" | "word" | "break";
  /** What stands between it and the token before it in the turn; "\n" at the start of a turn. */
  readonly gap: string;
  /** Digits that begin with this token, and the last token of them. */
  readonly digits: { readonly digits: string; readonly to: number; readonly typed: boolean } | null;
  /** May stand inside a number without being a part of it. */
  readonly filler: boolean;
}

/** A conversation as the rules for personal data read it, and what they have found so far. */
export interface PersonalReading {
  readonly turns: readonly TurnTimes[];
  readonly writing: readonly Writing[];
  readonly placed: readonly Placed[];
  readonly tokens: readonly Token[];
  /** Index of each turn's first token. */
  readonly firstOfTurn: readonly number[];
  /** Phrases about numbers. */
  readonly mentions: readonly Mention[];
  readonly questions: readonly Mention[];
  readonly findings: Finding[];
  /** Whether nothing from one token to another has been found yet. */
  isFree(from: number, to: number): boolean;
  /** Notes a find from one token to another of the same turn, without what has been found already; false where all of it has. */
  claim(type: PersonalType, rule: RedactionRule, from: number, to: number): boolean;
}

const labels = Object.values(redactionLabels);

/** Reads a writing; what other rules found in it, and labels, are taken already. */
export function readPersonal(
  turns: readonly TurnTimes[],
  writing: readonly Writing[],
  before: readonly Finding[],
): PersonalReading {
  const placed: Placed[] = [];
  const tokens: Token[] = [];
  const firstOfTurn: number[] = [];
  const taken: boolean[] = [];
  const hiddenIn = Map.groupBy(before, ({ turn }) => turn);
  for (const [turn, { text, lexemes, atoms }] of writing.entries()) {
    const base = placed.length;
    firstOfTurn.push(base);
    const digits = new Map<number, Token["digits"]>();
    const fillers = new Set<number>();
    for (const atom of atoms) {
      if (atom.kind === "digits") digits.set(atom.from, { digits: atom.digits, to: base + atom.to, typed: atom.typed });
      else if (atom.kind === "filler") for (let at = atom.from; at <= atom.to; at++) fillers.add(at);
    }
    const hidden = (hiddenIn.get(turn) ?? []).map(({ start, end }) => [start, end] as const);
    const own = text.includes("[") ? labels.flatMap((label) => placesOf(text, label)) : [];
    let last = 0;
    for (const [at, lexeme] of lexemes.entries()) {
      placed.push({ turn, lexeme });
      taken.push([...hidden, ...own].some(([start, end]) => lexeme.start < end && lexeme.end > start));
      tokens.push({
        ...lexeme,
        turn,
        raw: text.slice(lexeme.start, lexeme.end),
        gap: at === 0 ? "\n" : text.slice(last, lexeme.start),
        digits: digits.get(at) ?? null,
        filler: fillers.has(at),
      });
      last = lexeme.end;
    }
  }
  const findings: Finding[] = [];
  const isFree = (from: number, to: number) => {
    for (let at = from; at <= to; at++) if (taken[at] !== false) return false;
    return true;
  };
  return {
    turns,
    writing,
    placed,
    tokens,
    firstOfTurn,
    mentions: findMentions(placed, numberPhrases),
    questions: findMentions(placed, questionPhrases),
    findings,
    isFree,
    claim(type, rule, from, to) {
      let claimed = false;
      for (let at = from; at <= to; at++) {
        const first = tokens[at];
        if (first === undefined || taken[at] !== false) continue;
        let last = first;
        const begin = at;
        while (at < to && taken[at + 1] === false) last = tokens[++at] ?? last;
        taken.fill(true, begin, at + 1);
        const of = writing[first.turn]?.of;
        if (of === undefined) continue;
        findings.push({ turn: first.turn, of, type, rule, start: first.start, end: last.end });
        claimed = true;
      }
      return claimed;
    },
  };
}

function placesOf(text: string, label: string): (readonly [number, number])[] {
  const places: (readonly [number, number])[] = [];
  for (let at = text.indexOf(label); at >= 0; at = text.indexOf(label, at + label.length)) places.push([at, at + label.length]);
  return places;
}

/** Index behind the last token of a turn. */
export function endOfTurn({ firstOfTurn, tokens }: PersonalReading, turn: number): number {
  return firstOfTurn[turn + 1] ?? tokens.length;
}

/** The tokens that lie between two offsets of a turn's text; null where there are none. */
export function tokensBetween(
  reading: PersonalReading,
  turn: number,
  start: number,
  end: number,
): { from: number; to: number } | null {
  let from = -1;
  let to = -1;
  for (let at = reading.firstOfTurn[turn] ?? 0; at < endOfTurn(reading, turn); at++) {
    const token = reading.tokens[at];
    if (token === undefined || token.end <= start) continue;
    if (token.start >= end) break;
    if (from < 0) from = at;
    to = at;
  }
  return from < 0 ? null : { from, to };
}

/** Whether what lies between two tokens ends a clause: a full stop, a question, a comma with `orComma`. */
export function endsClause(gap: string, orComma = false): boolean {
  return (orComma ? /[,.;:?!…\n]/u : /[.;?!…\n]/u).test(gap);
}

/** Whether a token is written with a capital at its start. */
export function isCapital(token: Token | undefined): boolean {
  return token !== undefined && token.kind === "word" && /^\p{Lu}/u.test(token.raw);
}

/** The words before a token in its turn, in lower case, with a space behind each. */
export function textBefore({ tokens }: PersonalReading, at: number, count: number): string {
  const turn = tokens[at]?.turn;
  let text = "";
  for (let index = Math.max(0, at - count); index < at; index++) {
    const token = tokens[index];
    if (token?.turn === turn && token !== undefined) text += `${token.text} `;
  }
  return text;
}
