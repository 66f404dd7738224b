import { isoDay, type Placed, placedPieces, readAmount, readDays, readSpan } from "./search-values.ts";

/*
 * The language of the library's search box. Words are looked for everywhere in a conversation; an operator asks for one
 * thing: agent:"Ann", tag:late, channel=chat, duration>5m, date>=2026-01-01, is:unread. What stands side by side has all
 * to hold; OR between two makes alternatives of them; a minus before anything turns it round. `by:`, `before:` and
 * `after:` say of the words before them who spoke them and when: said:"cancel" by:customer before:60s.
 */

/** Who may be named by `by:`. */
export const speakers = ["agent", "customer", "bot", "ivr", "other"] as const;
/** Who may be named by `by:`. */
export type Speaker = (typeof speakers)[number];

/** Operators whose value is text that the field holds (`:`), or is, but for case (`=`). */
export const textFields = ["agent", "customer", "queue", "title", "file", "assigned", "topic"] as const;
/** Operators whose value is one of a closed set. */
export const choiceFields = {
  channel: ["voice", "chat", "sms", "bot"],
  kind: ["call", "chat"],
  direction: ["inbound", "outbound", "internal"],
  state: ["waiting", "running", "done", "failed", "cancelled"],
  /** How far the judging by a checklist is. */
  review: ["machine", "draft", "submitted"],
  /** Answers rest on words that have changed. */
  stale: ["yes", "no"],
} as const satisfies Record<string, readonly string[]>;
/** Operators whose value is a figure: what it is counted in. */
export const figureFields = {
  duration: "time",
  silence: "timeOrShare",
  talk: "share",
  interruptions: "count",
  turns: "count",
  /** Of the agent or the customer, whichever it fits. */
  sentiment: "score",
  "agent-sentiment": "score",
  "customer-sentiment": "score",
  /** By the checklist that `form:` names, else by the one that is shown. */
  score: "percent",
} as const satisfies Record<string, "time" | "timeOrShare" | "share" | "count" | "score" | "percent">;
/** Operators whose value is a day or a range of days. */
export const dateFields = ["date", "added", "due"] as const;
/** What `is:` may ask. */
export const isValues = [
  "unread",
  "reviewed",
  "unreviewed",
  "edited",
  "assigned",
  "mine",
  "overdue",
  "failed",
  "wordless",
] as const;
/** What `has:` and `no:` may ask. */
export const hasValues = [
  "comments",
  "tags",
  "bookmarks",
  "agent",
  "customer",
  "queue",
  "date",
  "language",
  "words",
  "sentiment",
  "topic",
] as const;

/** Every operator there is, in the order in which they are offered. */
export const operatorNames = [
  ...textFields.slice(0, 3),
  "topic",
  "tag",
  "category",
  "lacks",
  "form",
  "about",
  ...(Object.keys(choiceFields) as (keyof typeof choiceFields)[]),
  "language",
  "date",
  ...(Object.keys(figureFields) as (keyof typeof figureFields)[]),
  "said",
  "by",
  "before",
  "after",
  "is",
  "has",
  "no",
  "assigned",
  "due",
  "added",
  "title",
  "file",
] as const;
/** The name of an operator. */
export type OperatorName = (typeof operatorNames)[number];

/** One thing that a conversation is asked for. */
export type Condition =
  /** Words anywhere in the conversation or its title. `goesOn`: the last word may be the beginning of one. */
  | { readonly kind: "words"; readonly text: string; readonly goesOn: boolean }
  /** Words within one turn, by whom, begun from `fromMs` on and before `untilMs`. */
  | {
      readonly kind: "said";
      readonly text: string;
      readonly goesOn: boolean;
      readonly by: Speaker | null;
      readonly fromMs: number | null;
      readonly untilMs: number | null;
    }
  | { readonly kind: "text"; readonly field: (typeof textFields)[number]; readonly text: string; readonly exact: boolean }
  | { readonly kind: "tag"; readonly tag: string }
  /** A category by its id or name, found in the conversation, or looked for in vain. */
  | { readonly kind: "category"; readonly category: string; readonly outcome: "present" | "absent" }
  /** Judged by a checklist, by its id. */
  | { readonly kind: "form"; readonly form: string }
  /** A phrase of the customer, or a thing that is named, as drivers count them. */
  | { readonly kind: "about"; readonly term: string }
  | { readonly kind: "choice"; readonly field: keyof typeof choiceFields; readonly value: string }
  /** A language and its regional kinds: `en` finds `en-GB`. */
  | { readonly kind: "language"; readonly tag: string }
  /** Times in milliseconds, shares from 0 to 1; null where there is no such bound. Of the bounds, `above` and `below` are not in the range. */
  | { readonly kind: "figure"; readonly field: keyof typeof figureFields | "silenceShare"; readonly range: Range }
  /** Days as YYYY-MM-DD where the reader is: from the beginning of `from`, until before the beginning of `until`. */
  | {
      readonly kind: "date";
      readonly field: (typeof dateFields)[number];
      readonly from: string | null;
      readonly until: string | null;
    }
  | { readonly kind: "is"; readonly what: (typeof isValues)[number] }
  | { readonly kind: "has"; readonly what: (typeof hasValues)[number] };

/** Bounds of a figure. */
export interface Range {
  readonly least: number | null;
  readonly most: number | null;
  /** Whether the bounds themselves are in it. */
  readonly withBounds: boolean;
}

/** A condition at its place in the text: what it was written as, its `by:` and the like not included. */
export interface Term {
  readonly condition: Condition;
  /** It has not to hold. */
  readonly not: boolean;
  readonly start: number;
  readonly end: number;
}

/** A search as it was understood: of each group one has to hold, of the groups all. */
export interface SearchQuery {
  readonly groups: readonly (readonly Term[])[];
}

/** What can be wrong with a search. */
export const searchFaults = [
  "operator-unknown",
  "value-missing",
  "value-unknown",
  "figure-expected",
  "time-expected",
  "share-expected",
  "score-expected",
  "percent-expected",
  "date-expected",
  "sign-unfit",
  "no-words-for",
  "or-alone",
] as const;
/** Something in a search that cannot be understood, and where. */
export interface SearchFault {
  readonly fault: (typeof searchFaults)[number];
  /** Characters of the text, from `start` until before `end`. */
  readonly start: number;
  readonly end: number;
  /** What stands there. */
  readonly given: string;
  /** What could stand there, where that is a closed set. */
  readonly expected: readonly string[];
}

/** A search, or what is wrong with it: with faults, `query` holds what could be understood beside them. */
export interface ParsedSearch {
  readonly query: SearchQuery;
  readonly faults: readonly SearchFault[];
}

/** Longest search that is read. */
export const longestSearchText = 1_000;

type Sign = ":" | "=" | ">" | "<" | ">=" | "<=";

const operatorStart = /^(-?)((?:agent-|customer-)?[A-Za-z]+)(>=|<=|[:=><])/iu;

/** Reads a search. `today` (YYYY-MM-DD, where the reader is) is what `date:today` and `date:7d` go by. Never throws. */
export function parseSearch(text: string, today: string): ParsedSearch {
  const groups: Term[][] = [];
  const faults: SearchFault[] = [];
  let joins = false;
  /** Where the OR stands that waits for its right side. */
  let or: Placed | null = null;

  const add = (condition: Condition, not: boolean, { start, end }: Placed): void => {
    const term: Term = { condition, not, start, end };
    const last = groups.at(-1);
    if (joins && last !== undefined) last.push(term);
    else groups.push([term]);
    joins = false;
    or = null;
  };
  const fail = (fault: SearchFault["fault"], { start, end, raw }: Placed, expected: readonly string[] = []): void => {
    faults.push({ fault, start, end, given: raw, expected });
    joins = false;
    or = null;
  };
  /** Says more of the words that were named last: who spoke them, and when. */
  const narrow = (piece: Placed, change: Partial<Extract<Condition, { kind: "said" }>>) => {
    const group = groups.at(-1);
    const term = group?.at(-1);
    if (group === undefined || term === undefined) return fail("no-words-for", piece);
    const { condition } = term;
    if (condition.kind !== "said" && condition.kind !== "words") return fail("no-words-for", piece);
    const said: Condition =
      condition.kind === "said" ? condition : { ...condition, kind: "said", by: null, fromMs: null, untilMs: null };
    group[group.length - 1] = { ...term, condition: { ...said, ...change }, end: piece.end };
  };

  const pieces = placedPieces(text.slice(0, longestSearchText));
  for (const piece of pieces) {
    if (piece.raw === "OR") {
      if (groups.length === 0 || or !== null) fail("or-alone", piece);
      else {
        or = piece;
        joins = true;
      }
      continue;
    }
    const [, minus = "", name = "", sign = ""] = piece.quoteAt === 0 ? [] : (operatorStart.exec(piece.raw) ?? []);
    if (name === "" || (piece.quoteAt !== -1 && piece.quoteAt < minus.length + name.length + sign.length)) {
      const not = piece.raw.startsWith("-") && piece.raw.length > 1;
      const written = (not ? piece.raw.slice(1) : piece.raw).replaceAll(/["“”„]/gu, " ").trim();
      // A minus, a slash or a star alone is nothing to look for.
      if (/[\p{L}\p{N}\p{Co}]/u.test(written)) add({ kind: "words", text: written, goesOn: piece.open }, not, piece);
      continue;
    }
    readOperator(piece, name.toLowerCase(), sign as Sign, minus === "-", today, { add, fail, narrow });
  }
  if (or !== null) fail("or-alone", or);
  return { query: { groups }, faults };
}

const amountFaults = {
  time: "time-expected",
  timeOrShare: "time-expected",
  share: "share-expected",
  count: "figure-expected",
  score: "score-expected",
  percent: "percent-expected",
} as const satisfies Record<string, SearchFault["fault"]>;

interface Sink {
  add(condition: Condition, not: boolean, piece: Placed): void;
  fail(fault: SearchFault["fault"], piece: Placed, expected?: readonly string[]): void;
  narrow(piece: Placed, change: Partial<Extract<Condition, { kind: "said" }>>): void;
}

function readOperator(piece: Placed, name: string, sign: Sign, not: boolean, today: string, { add, fail, narrow }: Sink) {
  const written = piece.raw.slice((not ? 1 : 0) + name.length + sign.length);
  const value = written.replaceAll(/["“”„]/gu, "").trim();
  if (!isOperator(name)) return fail("operator-unknown", piece, near(name));
  if (value === "") return fail("value-missing", piece);
  const plainSign = sign === ":" || sign === "=";
  const takesOrder = name in figureFields || isOneOf(dateFields, name);
  if (!plainSign && !takesOrder) return fail("sign-unfit", piece);
  const chosen = <T extends string>(from: readonly T[], then: (one: T) => void): void => {
    const one = from.find((each) => each === value.toLowerCase());
    if (one === undefined) fail("value-unknown", piece, from);
    else then(one);
  };

  if (isOneOf(textFields, name)) return add({ kind: "text", field: name, text: value, exact: sign === "=" }, not, piece);
  if (name in choiceFields) {
    const field = name as keyof typeof choiceFields;
    return chosen(choiceFields[field] as readonly string[], (one) => add({ kind: "choice", field, value: one }, not, piece));
  }
  if (isOneOf(dateFields, name)) {
    const days = readDays(value, today);
    if (days === null) return fail("date-expected", piece);
    return add({ kind: "date", field: name, ...turned(days, sign) }, not, piece);
  }
  if (name in figureFields) {
    const field = name as keyof typeof figureFields;
    const unit = figureFields[field];
    const amount = readAmount(value, unit);
    if (amount === null) {
      return fail(amountFaults[unit], piece);
    }
    const { least, most, isShare } = amount;
    const range: Range = plainSign
      ? { least, most, withBounds: true }
      : { least: sign.startsWith(">") ? least : null, most: sign.startsWith("<") ? least : null, withBounds: sign.length === 2 };
    return add({ kind: "figure", field: unit === "timeOrShare" && isShare ? "silenceShare" : field, range }, not, piece);
  }
  switch (name) {
    case "tag":
      return add({ kind: "tag", tag: value }, not, piece);
    case "category":
      return add({ kind: "category", category: value, outcome: "present" }, not, piece);
    case "lacks":
      return add({ kind: "category", category: value, outcome: "absent" }, not, piece);
    case "form":
      return add({ kind: "form", form: value }, not, piece);
    case "about":
      return add({ kind: "about", term: value }, not, piece);
    case "language":
      return add({ kind: "language", tag: value.toLowerCase() }, not, piece);
    case "said":
      return add({ kind: "said", text: value, goesOn: piece.open, by: null, fromMs: null, untilMs: null }, not, piece);
    case "by":
      return chosen(speakers, (by) => narrow(piece, { by }));
    case "before":
    case "after": {
      const at = readSpan(value);
      if (at === null) return fail("time-expected", piece);
      return narrow(piece, name === "before" ? { untilMs: at } : { fromMs: at });
    }
    case "is":
      return chosen(isValues, (what) => add({ kind: "is", what }, not, piece));
    case "has":
      return chosen(hasValues, (what) => add({ kind: "has", what }, not, piece));
    case "no":
      return chosen(hasValues, (what) => add({ kind: "has", what }, !not, piece));
  }
}

function turned(days: { from: string; until: string }, sign: Sign): { from: string | null; until: string | null } {
  switch (sign) {
    case ">":
      return { from: days.until, until: null };
    case ">=":
      return { from: days.from, until: null };
    case "<":
      return { from: null, until: days.from };
    case "<=":
      return { from: null, until: days.until };
    default:
      return days;
  }
}

function isOneOf<T extends string>(all: readonly T[], one: string): one is T {
  return (all as readonly string[]).includes(one);
}

function isOperator(name: string): boolean {
  return isOneOf(operatorNames, name);
}

/** Operators that begin alike; all of them where none does. */
function near(name: string): readonly string[] {
  const alike = operatorNames.filter((each) => each.startsWith(name.slice(0, 2)));
  return alike.length > 0 ? alike : operatorNames;
}

/** A value as it is written behind an operator: in quotes where it would not stay one piece. */
export function quoted(value: string): string {
  const plain = value.replaceAll(/["“”„]/gu, "");
  return /^[^\s-]\S*$/u.test(plain) ? plain : `"${plain}"`;
}

/** The day of an instant in milliseconds where this program runs, as YYYY-MM-DD. */
export function dayOf(instant: number): string {
  return isoDay(new Date(instant));
}
