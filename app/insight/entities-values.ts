/* Numbers and amounts as people write and say them, so that "$40" and "forty dollars" are one. */

const units =
  "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen";
const tens = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety";
const scales = "hundred|thousand|million|billion";
const numberWord = `(?:${units}|${tens}|${scales})`;

/** A number in words, such as "a hundred and forty-two point five", as the source of a regular expression. */
export const spokenNumber = `(?:(?:an? (?:${scales})|${numberWord})(?:(?:[ -]| and )(?:${numberWord}|point(?= (?:${units})))){0,14})`;

/** A number in figures, such as "1,240.50", as the source of a regular expression. */
export const writtenNumber = String.raw`\d{1,3}(?:[.,\u00a0\u202f' ]\d{3}){1,4}(?:[.,]\d{1,2})?|\d{1,15}(?:[.,]\d{1,4})?`;

const small: ReadonlyMap<string, number> = new Map([
  ...units.split("|").map((word, value) => [word, value] as const),
  ...tens.split("|").map((word, index) => [word, (index + 2) * 10] as const),
]);
const large: ReadonlyMap<string, number> = new Map(
  Object.entries({ hundred: 100, thousand: 1_000, million: 1_000_000, billion: 1_000_000_000 }),
);

/** The value of an English number in words; null for what is none. */
export function spokenValue(text: string): number | null {
  const words = text
    .toLowerCase()
    .split(/[\s-]+/u)
    .filter((word) => word !== "" && word !== "and");
  let total = 0;
  let part = 0;
  let point: string | null = null;
  for (const [place, word] of words.entries()) {
    const unit = small.get(word) ?? (place === 0 && (word === "a" || word === "an") ? 1 : undefined);
    const scale = large.get(word);
    if (word === "point") {
      if (point !== null) return null;
      point = "";
    } else if (point !== null) {
      if (unit === undefined || unit > 9) return null;
      point += String(unit);
    } else if (unit !== undefined) {
      part += unit;
    } else if (scale === 100) {
      part = Math.max(1, part) * 100;
    } else if (scale !== undefined) {
      total += Math.max(1, part) * scale;
      part = 0;
    } else {
      return null;
    }
  }
  return words.length === 0 ? null : Number(`${total + part}${point === null || point === "" ? "" : `.${point}`}`);
}

/** The value of a number in figures with any of the usual separators: "1.240,50" and "1,240.50" are one; null for what is none. */
export function writtenValue(text: string): number | null {
  const plain = text.replaceAll(/[\s\u00a0\u202f']/gu, "");
  if (!/^\d[\d.,]*$/u.test(plain)) return null;
  const last = Math.max(plain.lastIndexOf("."), plain.lastIndexOf(","));
  const after = plain.length - last - 1;
  const signs = plain.replaceAll(/\d/gu, "");
  // Three figures after a single sign are thousands; another number of them, or two kinds of signs, a fraction.
  const fraction = last >= 0 && (after !== 3 || new Set(signs).size > 1) && (signs.length === 1 || new Set(signs).size > 1);
  const digits = fraction
    ? `${plain.slice(0, last).replaceAll(/[.,]/gu, "")}.${plain.slice(last + 1)}`
    : plain.replaceAll(/[.,]/gu, "");
  const value = Number(digits);
  return Number.isFinite(value) ? value : null;
}

/** The value of a number in figures or in English words; null for what is none. */
export function numberValue(text: string): number | null {
  return /\d/u.test(text) ? writtenValue(text.trim()) : spokenValue(text.trim());
}

/** Names and signs of currencies, by ISO 4217 code; the first is what a bare "dollar" means. */
const currencies: readonly (readonly [code: string, words: string])[] = [
  ["USD", String.raw`us\$|\$|usd|us dollars?|dollars?|bucks?|dólares|dolares|dólar|dollari`],
  ["GBP", "£|gbp|pounds?(?: sterling)?|quid|libras?"],
  ["EUR", "€|eur|euros?"],
  ["INR", "₹|inr|rs\\.?|rupees?|रुपये|रुपए|रुपया"],
  ["BRL", String.raw`r\$|brl|reais|real(?= brasileiro)`],
  ["MXN", String.raw`mxn|mx\$|pesos?`],
  ["JPY", "¥|jpy|yen"],
  ["CHF", "chf|francs? suisses?|swiss francs?|franken"],
  ["CAD", String.raw`cad|ca\$|canadian dollars?`],
  ["AUD", String.raw`aud|au?\$|australian dollars?`],
  ["PLN", "pln|zł|złotych"],
];

const currencyPatterns = currencies.map(([code, words]) => [code, new RegExp(`^(?:${words})$`, "iu")] as const);
// Longer names first, so that "us dollars" is not read as "us".
const currencyName = `(?:${currencies
  .map(([, words]) => words)
  .join("|")
  .split("|")
  .sort((a, b) => b.length - a.length)
  .join("|")})`;

/** The ISO 4217 code of a currency as written; null for what names none. */
export function currencyCode(text: string): string | null {
  return currencyPatterns.find(([, pattern]) => pattern.test(text.trim()))?.[0] ?? null;
}

const anyNumber = `(?:${writtenNumber}|${spokenNumber})`;
const cents = "(?:cents?|pence|p|centavos?|céntimos?|paise)";
const edge = String.raw`(?![\p{L}\p{N}])`;
const begin = String.raw`(?<![\p{L}\p{N}])`;

const beforeNumber = new RegExp(
  String.raw`(?<![\p{L}\p{N}])(?<sign>[a-z]{0,2}\p{Sc}|usd|gbp|eur|inr|rs\.?|chf|brl)\s?(?<number>${writtenNumber})(?<scale>\s?(?:k|m|bn|thousand|million|billion)${edge})?`,
  "giu",
);
const afterNumber = new RegExp(
  String.raw`${begin}(?<number>${anyNumber})(?<scale>\s?(?:k|m|bn))?\s?(?<sign>${currencyName})${edge}(?:(?: and |,? )(?<cents>\d{1,2}|${spokenNumber}) ?${cents}${edge})?`,
  "giu",
);
const centsAlone = new RegExp(String.raw`${begin}(?<cents>\d{1,3}|${spokenNumber}) ?(?<name>cents?|pence|p)${edge}`, "giu");

/** An amount of money in a text. */
export interface FoundValue {
  readonly start: number;
  readonly end: number;
  readonly key: string;
}

function scaleOf(text: string | undefined): number {
  switch (text?.trim().toLowerCase()) {
    case "k":
    case "thousand":
      return 1_000;
    case "m":
    case "million":
      return 1_000_000;
    case "bn":
    case "billion":
      return 1_000_000_000;
    default:
      return 1;
  }
}

/** Amounts of money in a text, by value and currency: "40 USD". */
export function findAmounts(text: string): FoundValue[] {
  const found: FoundValue[] = [];
  const add = (match: RegExpMatchArray, value: number | null, code: string | null): void => {
    const start = match.index ?? 0;
    const end = start + match[0].trimEnd().length;
    if (value === null || code === null || found.some((one) => start < one.end && one.start < end)) return;
    found.push({ start, end, key: `${Math.round(value * 100) / 100} ${code}` });
  };
  for (const match of text.matchAll(beforeNumber)) {
    const { sign = "", number = "", scale } = match.groups ?? {};
    const value = writtenValue(number);
    add(match, value === null ? null : value * scaleOf(scale), currencyCode(sign));
  }
  for (const match of text.matchAll(afterNumber)) {
    const { sign = "", number = "", scale, cents: part } = match.groups ?? {};
    const value = numberValue(number);
    const rest = part === undefined ? 0 : (numberValue(part) ?? 0) / 100;
    add(match, value === null ? null : value * scaleOf(scale) + rest, currencyCode(sign));
  }
  for (const match of text.matchAll(centsAlone)) {
    const { cents: part = "", name = "" } = match.groups ?? {};
    const value = numberValue(part);
    add(match, value === null ? null : value / 100, name.toLowerCase().startsWith("c") ? "USD" : "GBP");
  }
  return found;
}

const percentage = new RegExp(
  String.raw`${begin}(?<number>${anyNumber})\s?(?:%|percent${edge}|per cent${edge}|por ciento${edge}|por cento${edge}|pour cent${edge}|prozent${edge}|प्रतिशत${edge}|y cant${edge})`,
  "giu",
);

/** Percentages in a text, by value: "12.5 %". */
export function findPercentages(text: string): FoundValue[] {
  return [...text.matchAll(percentage)].flatMap((match) => {
    const value = numberValue(match.groups?.["number"] ?? "");
    return value === null ? [] : [{ start: match.index, end: match.index + match[0].length, key: `${value} %` }];
  });
}

const plainNumber = new RegExp(`${begin}(?<number>${anyNumber})${edge}`, "giu");
/** Words for small numbers say "some" or "a" more often than a number. */
const seldomMeant: ReadonlySet<string> = new Set([
  "one",
  "a hundred",
  "a thousand",
  "a million",
  "hundred",
  "thousand",
  "million",
]);

/** Other numbers in a text, by value. */
export function findNumbers(text: string): FoundValue[] {
  return [...text.matchAll(plainNumber)].flatMap((match) => {
    const written = match.groups?.["number"] ?? "";
    const value = numberValue(written);
    if (value === null || seldomMeant.has(written.toLowerCase())) return [];
    return [{ start: match.index, end: match.index + match[0].length, key: String(value) }];
  });
}
