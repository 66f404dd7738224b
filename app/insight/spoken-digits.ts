/*
 * Numbers as people say and type them in English: "four one double one", "forty-one eleven", "oh eight", "4111-1111".
 * A text becomes lexemes, lexemes become atoms: digits, words that may stand inside a number, and everything else.
 */

/** A piece of a text that matters for reading numbers: a word, a group of typed digits, or a sign that ends a number. */
export interface Lexeme {
  /** Offsets into the text, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** In lower case; typed digits as ASCII digits. */
  readonly text: string;
  readonly kind: "digits" | "word" | "break";
}

/** What a stretch of lexemes means for a number that is being read out. */
export type Atom =
  /** Digits; `typed` where they stood as figures. */
  | { readonly kind: "digits"; readonly digits: string; readonly from: number; readonly to: number; readonly typed: boolean }
  /** May stand between the digits of one number ("um", "then", "double" without a digit). */
  | { readonly kind: "filler"; readonly from: number; readonly to: number }
  /** Ends a number. */
  | { readonly kind: "other"; readonly from: number; readonly to: number };

const units: ReadonlyMap<string, number> = new Map([
  ["zero", 0],
  ["oh", 0],
  ["o", 0],
  ["nought", 0],
  ["naught", 0],
  ["nil", 0],
  ["null", 0],
  ["one", 1],
  ["two", 2],
  ["three", 3],
  ["four", 4],
  ["five", 5],
  ["fife", 5],
  ["six", 6],
  ["seven", 7],
  ["eight", 8],
  ["nine", 9],
  ["niner", 9],
]);

const teens: ReadonlyMap<string, number> = new Map([
  ["ten", 10],
  ["eleven", 11],
  ["twelve", 12],
  ["thirteen", 13],
  ["fourteen", 14],
  ["fifteen", 15],
  ["sixteen", 16],
  ["seventeen", 17],
  ["eighteen", 18],
  ["nineteen", 19],
]);

const tens: ReadonlyMap<string, number> = new Map([
  ["twenty", 20],
  ["thirty", 30],
  ["forty", 40],
  ["fourty", 40],
  ["fifty", 50],
  ["sixty", 60],
  ["seventy", 70],
  ["eighty", 80],
  ["ninety", 90],
]);

/** What a recogniser writes for a digit it misheard; a digit only between two others. */
const soundsLike: ReadonlyMap<string, string> = new Map([
  ["to", "2"],
  ["too", "2"],
  ["for", "4"],
  ["fore", "4"],
  ["won", "1"],
  ["ate", "8"],
  ["tree", "3"],
  ["sex", "6"],
]);

/**
 * Digits in other languages, from zero on, words for the same digit with bars in between. They count once a turn has two
 * that can be nothing else; those in brackets are words of English, or of talk, and only count then.
 */
const foreignDigits: Readonly<Record<string, string>> = {
  es: "cero uno dos tres cuatro cinco seis siete ocho nueve",
  pt: "(zero) (um)|uma dois|duas três|tres quatro cinco seis|(meia) sete oito nove",
  de: "(null) eins zwei|zwo drei vier fünf|fuenf sechs sieben acht neun",
  fr: "zéro (un)|(une) deux trois quatre cinq (six) sept huit neuf",
  hi: "shunya|sifar ek (do) teen chaar|(char) paanch|panch chhe|chhah|(che) saat|(sat) aath nau",
  it: "(zero) uno due (tre) quattro cinque (sei) sette otto nove",
};

const foreign: readonly { readonly sure: ReadonlyMap<string, number>; readonly all: ReadonlyMap<string, number> }[] =
  Object.values(foreignDigits).map((row) => {
    const named = row
      .split(" ")
      .flatMap((words, digit) =>
        words.split("|").map((word) => [word.replaceAll(/[()]/gu, ""), digit, word.startsWith("(")] as const),
      );
    return {
      sure: new Map(named.flatMap(([word, digit, doubtful]) => (doubtful ? [] : [[word, digit] as const]))),
      all: new Map(named.map(([word, digit]) => [word, digit] as const)),
    };
  });

/** The digits of the language other than English of which most are said; null where less than two are. */
function foreignWords(all: readonly Lexeme[]): ReadonlyMap<string, number> | null {
  let most = 1;
  let found: ReadonlyMap<string, number> | null = null;
  for (const language of foreign) {
    const count = all.reduce((sum, { text }) => sum + (language.sure.has(text) ? 1 : 0), 0);
    if (count <= most) continue;
    most = count;
    found = language.all;
  }
  return found;
}

const repeats: ReadonlyMap<string, number> = new Map([
  ["double", 2],
  ["triple", 3],
  ["treble", 3],
  ["quadruple", 4],
]);

const fillers: ReadonlySet<string> = new Set(
  (
    "um uh er erm ah eh hmm mm mhm mmhm and then so that that's thats it it's its is are be the this next last first second third " +
    "dash hyphen space dot point comma slash pause followed by again sorry wait no i mean yes yeah yep yup okay ok right correct got " +
    "now hang on hold let me see just with digit digits number numbers group set of please you ready go ahead moment sec minute tick"
  ).split(" "),
);

/** Words that make the number before them an amount or a length of time, not part of a longer number. */
const quantities: ReadonlySet<string> = new Set(
  (
    "pound pounds quid dollar dollars buck bucks euro euros cent cents pence penny percent minute minutes second seconds hour hours day days " +
    "week weeks month months year years am pm o'clock oclock miles kilometres kilometers metres meters people times million billion " +
    "gigabytes gigs megabytes items tickets nights"
  ).split(" "),
);

/**
 * Cuts a text into lexemes. Spaces, hyphens, commas, dots and invisible characters may stand inside a number and leave
 * no lexeme; other signs (slash, colon, currency, percent) end one. A typed amount such as 120.50 is one "break".
 */
export function lexemes(text: string): Lexeme[] {
  const found: Lexeme[] = [];
  const pattern =
    /(?<amount>[£$€¥]\s?\p{Nd}[\p{Nd},]{0,9}(?:\.\p{Nd}{1,2})?(?![\p{Nd}.]|[\s-]\p{Nd}{3,4})|(?<![\p{Nd}.,-])\p{Nd}{1,7}\.\p{Nd}{1,2}(?![\p{Nd}.-]|\s\p{Nd}))|(?<digits>\p{Nd}+)|(?<word>\p{L}[\p{L}\p{M}'’]*)|(?<sign>[^\s\p{P}\p{Cf}\p{M}|~^`]|[/:@#%&])/gu;
  for (const match of text.matchAll(pattern)) {
    const start = match.index;
    const end = start + match[0].length;
    if (match.groups?.["digits"] !== undefined) found.push({ start, end, text: asciiDigits(match[0]), kind: "digits" });
    else if (match.groups?.["word"] !== undefined)
      found.push({ start, end, text: match[0].toLowerCase().replaceAll("’", "'"), kind: "word" });
    else found.push({ start, end, text: match[0], kind: "break" });
  }
  return found;
}

/** Digits of any script as ASCII digits: "４１１１" and "٤١١١" are 4111. */
function asciiDigits(text: string): string {
  let digits = "";
  for (const character of text) {
    const plain = character.normalize("NFKC");
    if (/^[0-9]$/u.test(plain)) {
      digits += plain;
      continue;
    }
    // Decimal digits of a script lie in a row from its zero (Unicode, chapter 4.6).
    const code = character.codePointAt(0) ?? 0;
    let steps = 0;
    while (steps < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - steps - 1))) steps++;
    digits += String(steps);
  }
  return digits;
}

/** Reads lexemes as atoms, in order; every lexeme belongs to exactly one atom. */
export function readAtoms(all: readonly Lexeme[]): Atom[] {
  const atoms: Atom[] = [];
  const others = foreignWords(all);
  let at = 0;
  while (at < all.length) {
    const digit = others?.get(all[at]?.text ?? "");
    const atom: Atom =
      digit === undefined ? readAtom(all, at) : { kind: "digits", digits: String(digit), from: at, to: at, typed: false };
    atoms.push(atom);
    at = atom.to + 1;
  }
  return atoms.map((atom, index) => {
    if (atom.kind === "digits" || atom.from !== atom.to) return atom;
    const heard = soundsLike.get(all[atom.from]?.text ?? "");
    if (heard === undefined) return atom;
    const between = leadsToDigits(all, atoms, index, -1) && leadsToDigits(all, atoms, index, 1);
    return between ? { kind: "digits", digits: heard, from: atom.from, to: atom.to, typed: false } : atom;
  });
}

/** Whether a digit, or one other word that sounds like a digit and then a digit, comes next in a direction. */
function leadsToDigits(all: readonly Lexeme[], atoms: readonly Atom[], index: number, step: 1 | -1): boolean {
  const next = atoms[index + step];
  if (next === undefined || next.kind === "digits") return next !== undefined;
  return soundsLike.has(all[next.from]?.text ?? "") && atoms[index + 2 * step]?.kind === "digits";
}

/** Whether the word after "one" makes it a pause ("one moment") and not a digit. */
export function isPause(word: string): boolean {
  return /^(?:moment|mo|sec|second|minute|tick)$/u.test(word);
}

/** Whether the word makes an amount or a duration of the number before it. */
export function isQuantity(word: string): boolean {
  return quantities.has(word);
}

function readAtom(all: readonly Lexeme[], at: number): Atom {
  const lexeme = all[at];
  if (lexeme === undefined || lexeme.kind === "break") return { kind: "other", from: at, to: at };
  if (lexeme.kind === "digits") return { kind: "digits", digits: lexeme.text, from: at, to: at, typed: true };

  const times = repeats.get(lexeme.text);
  if (times !== undefined) {
    const next = all[at + 1];
    const digit = next?.kind === "digits" && next.text.length === 1 ? next.text : digitOf(next?.text);
    if (digit === null) return { kind: "filler", from: at, to: at };
    return { kind: "digits", digits: digit.repeat(times), from: at, to: at + 1, typed: false };
  }

  const number = readNumber(all, at);
  if (number !== null) return { kind: "digits", digits: String(number.digits), from: at, to: number.to, typed: false };
  // "the next four digits are": a count of digits, not a digit. readNumber has not seen it because it starts with a word.
  if (/^(?:next|last|first|second|third|final|other)$/u.test(lexeme.text)) {
    const counted = all[at + 1];
    const named = all[at + 2]?.text ?? "";
    if (counted !== undefined && /^(?:[2-6]|two|three|four|five|six|few)$/u.test(counted.text) && !startsNumber(all[at + 2]))
      return { kind: "filler", from: at, to: /^(?:digits?|numbers?|ones)$/u.test(named) ? at + 2 : at + 1 };
  }
  return { kind: fillers.has(lexeme.text) ? "filler" : "other", from: at, to: at };
}

function startsNumber(lexeme: Lexeme | undefined): boolean {
  return lexeme !== undefined && (lexeme.kind === "digits" || small(lexeme.text) !== null || repeats.has(lexeme.text));
}

function digitOf(word: string | undefined): string | null {
  const value = word === undefined ? undefined : units.get(word);
  return value === undefined ? null : String(value);
}

function small(word: string | undefined): number | null {
  if (word === undefined) return null;
  return units.get(word) ?? teens.get(word) ?? tens.get(word) ?? null;
}

/** Reads "four", "forty one", "four hundred and eleven", "four thousand one hundred"; null where no number starts. */
function readNumber(all: readonly Lexeme[], at: number): { digits: string; to: number } | null {
  const head = readBelowHundred(all, at);
  if (head === null) return null;
  let { value, to } = head;
  if (value === 0) return { digits: "0", to };
  let scaled = false;
  if (all[to + 1]?.text === "hundred") {
    scaled = true;
    value *= 100;
    to += 1;
    const rest = readRest(all, to + 1);
    if (rest !== null) {
      value += rest.value;
      to = rest.to;
    }
  }
  if (all[to + 1]?.text === "thousand") {
    scaled = true;
    value *= 1000;
    to += 1;
    const hundreds = readBelowHundred(all, to + 1);
    if (hundreds !== null && hundreds.value > 0 && hundreds.value < 10 && all[hundreds.to + 1]?.text === "hundred") {
      value += hundreds.value * 100;
      to = hundreds.to + 1;
    }
    const rest = readRest(all, to + 1);
    if (rest !== null) {
      value += rest.value;
      to = rest.to;
    }
  }
  return { digits: scaled ? String(value) : head.digits, to };
}

function readBelowHundred(all: readonly Lexeme[], at: number): { value: number; digits: string; to: number } | null {
  const word = all[at];
  if (word?.kind !== "word") return null;
  const unit = units.get(word.text);
  if (unit !== undefined) return { value: unit, digits: String(unit), to: at };
  const teen = teens.get(word.text);
  if (teen !== undefined) return { value: teen, digits: String(teen), to: at };
  const ten = tens.get(word.text);
  if (ten === undefined) return null;
  const next = all[at + 1];
  const added = next?.kind === "word" ? (units.get(next.text) ?? 0) : 0;
  return added > 0
    ? { value: ten + added, digits: String(ten + added), to: at + 1 }
    : { value: ten, digits: String(ten), to: at };
}

/** What follows "hundred" or "thousand" and belongs to it: "and eleven", "forty one", but not "nine hundred" or "one two three". */
function readRest(all: readonly Lexeme[], at: number): { value: number; to: number } | null {
  const joined = all[at]?.text === "and";
  const rest = readBelowHundred(all, joined ? at + 1 : at);
  if (rest === null || rest.value === 0) return null;
  const after = all[rest.to + 1];
  if (after?.text === "hundred" || after?.text === "thousand") return null;
  if (!joined && rest.value < 10 && startsNumber(after)) return null;
  return rest;
}
