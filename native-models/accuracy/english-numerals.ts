/*
 * Spoken numbers in figures, as Whisper's normaliser for English writes them (Radford et al. 2022, appendix C): "two point
 * five million" is 2500000, "nineteen ninety nine" 1999, "double o seven" 007, "two dollars and seventy cents" $2.70. Its
 * published cases are in english-normaliser.test.ts.
 */

const small =
  "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const zeros = new Set(["o", "oh", "zero"]);
const ones = new Map(small.map((name, i) => [name, BigInt(i + 1)]));
const tens = new Map(
  ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"].map((name, i) => [name, BigInt(10 * (i + 2))]),
);
const powers = [
  "thousand",
  "million",
  "billion",
  "trillion",
  "quadrillion",
  "quintillion",
  "sextillion",
  "septillion",
  "octillion",
];
const multipliers = new Map<string, bigint>([
  ["hundred", 100n],
  ...[...powers, "nonillion", "decillion"].map((name, i): [string, bigint] => [name, 1_000n ** BigInt(i + 1)]),
]);

/** A number with an ending: "thirds", "third". */
type Ended = ReadonlyMap<string, { readonly value: bigint; readonly ending: string }>;

const odd: Readonly<Record<string, string>> = { one: "first", two: "second", three: "third", five: "fifth", twelve: "twelfth" };
const oddEnding: Readonly<Record<string, string>> = { one: "st", two: "nd", three: "rd" };

function ended(names: ReadonlyMap<string, bigint>, plural: (name: string) => string, ordinal: (name: string) => string): Ended {
  return new Map(
    [...names].flatMap(([name, value]) => [
      [plural(name), { value, ending: "s" }] as const,
      [ordinal(name), { value, ending: oddEnding[name] ?? "th" }] as const,
    ]),
  );
}
const onesEnded: Ended = new Map([
  ...ended(
    ones,
    (name) => (name === "six" ? "sixes" : `${name}s`),
    // Whisper's spells the ninth "nineth", so that "ninth" stays a word.
    (name) => odd[name] ?? (name.endsWith("t") ? `${name}h` : `${name}th`),
  ),
  ["zeroth", { value: 0n, ending: "th" }],
]);
const tensEnded = ended(
  tens,
  (name) => name.replace("y", "ies"),
  (name) => name.replace("y", "ieth"),
);
const multipliersEnded = ended(
  multipliers,
  (name) => `${name}s`,
  (name) => `${name}th`,
);

const signs: ReadonlyMap<string, string> = new Map([
  ["minus", "-"],
  ["negative", "-"],
  ["plus", "+"],
  ["positive", "+"],
]);
const currencies: ReadonlyMap<string, string> = new Map(
  Object.entries({ pound: "£", euro: "€", dollar: "$", cent: "¢" }).flatMap(([name, sign]): [string, string][] => [
    [name, sign],
    [`${name}s`, sign],
  ]),
);
const prefixes = new Set([...signs.values(), ...currencies.values()]);
const joiners = new Set(["and", "double", "triple", "point"]);
const endings = new Set(["per", "percent"]);
const vocabulary = new Set<string>([
  ...zeros,
  ...[ones, tens, multipliers, onesEnded, tensEnded, multipliersEnded, signs, currencies].flatMap((map) => [...map.keys()]),
  ...endings,
  ...joiners,
]);

const isDigit = (word: string) => zeros.has(word) || ones.has(word) || tens.has(word);
const isFigure = (word: string | undefined) => word !== undefined && /^\d+(?:\.\d+)?$/u.test(word);

/** A number on its way: figures that were said one after another stay a text, what was added up is a number. */
type Amount = bigint | string | null;

const digits = (amount: Amount) => (amount === null || amount === 0n ? "" : String(amount));

/** An amount times a power of ten; null where a fraction would be left, or the text is no number. */
function times(amount: string, factor: bigint): bigint | null {
  const parts = /^(\d+)(?:\.(\d*))?$/u.exec(amount);
  if (parts === null) return null;
  const decimals = parts[2] ?? "";
  const scale = 10n ** BigInt(decimals.length);
  const product = BigInt(`${parts[1]}${decimals}`) * factor;
  return product % scale === 0n ? product / scale : null;
}

/** Numbers of a text in lower case in figures. */
export function figuresOf(text: string): string {
  return joinMoney(
    read(
      prepare(text)
        .split(/\s+/u)
        .filter((word) => word !== ""),
    ).join(" "),
  );
}

/** "and a half" after a number is "point five"; figures and letters are parted, except for endings. */
function prepare(text: string): string {
  const parts = text.split(/\band\s+a\s+half\b/u);
  const halved = parts.map((part, i) => {
    if (i === parts.length - 1) return part;
    const last = part.trim().split(/\s+/u).at(-1) ?? "";
    return `${part} ${isDigit(last) || multipliers.has(last) ? "point five" : "and a half"} `;
  });
  return halved
    .join("")
    .replace(/([a-z])(\d)/gu, "$1 $2")
    .replace(/(\d)([a-z])/gu, "$1 $2")
    .replace(/(\d)\s+(st|nd|rd|th|s)\b/gu, "$1$2");
}

function read(words: readonly string[]): string[] {
  const said: string[] = [];
  let amount: Amount = null;
  let prefix = "";
  const say = (word: string) => {
    said.push(prefix + word);
    amount = null;
    prefix = "";
  };
  const flush = () => {
    if (amount !== null) say(String(amount));
  };
  /** What the amount is with a further number of one or two figures: added where there is room for it, else put behind. */
  const joined = (number: bigint, room: bigint, before: string): bigint | string => {
    if (amount === null) return number;
    const behind = `${amount}${number}`;
    if (typeof amount === "string" || (room !== 100n || number < 20n ? ones.has(before) : false)) {
      // "520" and "four" are 524.
      return tens.has(before) && number < 10n ? `${String(amount).slice(0, -1)}${number}` : behind;
    }
    return amount % room === 0n ? amount + number : behind;
  };
  const scaled = (value: bigint, factor: bigint) => value - (value % 1_000n) + (value % 1_000n) * factor;

  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    const before = words[i - 1] ?? "";
    const next = words[i + 1];
    const nextIsNumber = isFigure(next);
    const prefixed = prefixes.has(word[0] ?? "");
    const plain = prefixed ? word.slice(1) : word;
    const one = ones.get(word);
    const ten = tens.get(word);
    const factor = multipliers.get(word);
    const ending = onesEnded.get(word) ?? tensEnded.get(word);
    const factorEnded = multipliersEnded.get(word);
    const current: Amount = amount as Amount;
    if (isFigure(plain)) {
      if (typeof current === "string" && current.endsWith(".")) {
        amount = current + word;
        continue;
      }
      flush();
      if (prefixed) prefix = word[0] ?? "";
      amount = plain.includes(".") && !/\.0*$/u.test(plain) ? plain : BigInt(plain.split(".")[0] ?? "0");
    } else if (!vocabulary.has(word)) {
      flush();
      say(word);
    } else if (zeros.has(word)) {
      amount = `${digits(current)}0`;
    } else if (one !== undefined) {
      amount = joined(one, one < 10n ? 10n : 100n, before);
    } else if (ten !== undefined) {
      amount = joined(ten, 100n, before);
    } else if (ending !== undefined) {
      say(`${joined(ending.value, ending.value < 10n ? 10n : 100n, before)}${ending.ending}`);
    } else if (factor !== undefined) {
      if (current === null) amount = factor;
      else if (typeof current === "bigint" && current !== 0n) amount = scaled(current, factor);
      else {
        const product = times(String(current), factor);
        if (product === null) flush();
        amount = product ?? factor;
      }
    } else if (factorEnded !== undefined) {
      const product: bigint | null =
        current === null
          ? factorEnded.value
          : typeof current === "bigint"
            ? scaled(current, factorEnded.value)
            : times(current, factorEnded.value);
      if (product === null) flush();
      say(`${product ?? factorEnded.value}${factorEnded.ending}`);
    } else if (signs.has(word)) {
      flush();
      if ((next !== undefined && vocabulary.has(next)) || nextIsNumber) prefix = signs.get(word) ?? "";
      else say(word);
    } else if (currencies.has(word)) {
      if (current === null) say(word);
      else {
        prefix = currencies.get(word) ?? "";
        flush();
      }
    } else if (endings.has(word)) {
      const percent = word === "percent" || next === "cent";
      if (current === null || !percent) {
        flush();
        say(word);
      } else {
        say(`${current}%`);
        if (word === "per") i++;
      }
    } else if ((next === undefined || !vocabulary.has(next)) && !nextIsNumber) {
      flush();
      say(word);
    } else if (word === "and") {
      // After a hundred or a thousand it says nothing.
      if (!multipliers.has(before)) {
        flush();
        say(word);
      }
    } else if (word === "point") {
      if (nextIsNumber || (next !== undefined && isDigit(next))) amount = `${digits(current)}.`;
    } else if (next !== undefined && (ones.has(next) || zeros.has(next))) {
      amount = digits(current) + String(ones.get(next) ?? 0n).repeat(word === "double" ? 2 : 3);
      i++;
    } else {
      flush();
      say(word);
    }
  }
  flush();
  return said;
}

/** "$2 and ¢70" is "$2.70", "$0.36" is "¢36"; a lonely 1 is written out, because it is as often no number. */
function joinMoney(text: string): string {
  return text
    .replace(/([€£$])(\d+) (?:and )?¢(\d{1,2})\b/gu, (_, sign: string, whole: string, cents: string) => {
      return `${sign}${whole}.${cents.padStart(2, "0")}`;
    })
    .replace(/[€£$]0\.(\d{1,2})\b/gu, (_, cents: string) => `¢${Number(cents)}`)
    .replace(/\b1(s?)\b/gu, "one$1");
}
