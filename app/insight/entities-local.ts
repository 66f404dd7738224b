import * as chrono from "chrono-node";
import nlp from "compromise/two";
import { type CountryCode, findPhoneNumbersInText, isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min";
import { LinkifyIt } from "linkify-it";
import { type EntityMention, foldedKey, type LocalEntityType, withoutOverlaps } from "./entities.ts";
import { type FoundValue, findAmounts, findNumbers, findPercentages } from "./entities-values.ts";

/*
 * Entities without a network: addresses by linkify-it, phone numbers by libphonenumber, dates by chrono, names by compromise
 * (English alone), and amounts, numbers, order and account numbers by the rules here.
 */

/** What reading a turn takes beside its text. */
export interface EntityContext {
  /** BCP 47; names are read in English alone. */
  readonly language: string;
  /** When the conversation began, so that "tomorrow" and the day it means are one; null where nobody knows. */
  readonly startedAt: Date | null;
  /** What was said just before: a number that answers "your order number?" is one. */
  readonly before: string;
}

const links = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: true });

function mention(type: LocalEntityType, start: number, end: number, key: string, score: number): EntityMention {
  return { type, start, end, key, score, source: "local" };
}

function findAddresses(text: string): EntityMention[] {
  return (links.match(text) ?? []).map((link) =>
    link.schema === "mailto:"
      ? mention("EMAIL", link.index, link.lastIndex, link.text.replace(/^mailto:/iu, "").toLowerCase(), 0.99)
      : mention("URL", link.index, link.lastIndex, link.url.toLowerCase().replace(/^https?:\/\/(?:www\.)?|\/$/gu, ""), 0.95),
  );
}

/** The country whose numbers a language's speakers leave the country code off of. */
const homeOf: Readonly<Record<string, CountryCode>> = {
  en: "US",
  es: "ES",
  pt: "BR",
  fr: "FR",
  de: "DE",
  hi: "IN",
  cy: "GB",
  it: "IT",
  nl: "NL",
};

function countryOf(language: string): CountryCode | null {
  const [base = "", ...rest] = language.split("-");
  const region = rest.map((part) => part.toUpperCase()).find((part) => part.length === 2 && isSupportedCountry(part));
  return (
    (region as CountryCode | undefined) ??
    (Object.hasOwn(homeOf, base.toLowerCase()) ? (homeOf[base.toLowerCase()] ?? null) : null)
  );
}

function findPhones(text: string, language: string): EntityMention[] {
  const country = countryOf(language);
  return findPhoneNumbersInText(text, country === null ? {} : { defaultCountry: country }).map(({ number, startsAt, endsAt }) =>
    mention("PHONE", startsAt, endsAt, number.number, 0.95),
  );
}

const digitWords: Readonly<Record<string, string>> = {
  zero: "0",
  oh: "0",
  o: "0",
  nought: "0",
  one: "1",
  two: "2",
  three: "3",
  four: "4",
  five: "5",
  six: "6",
  seven: "7",
  eight: "8",
  nine: "9",
};
const oneDigit = `(?:(?:(?:double|triple) )?(?:${Object.keys(digitWords).join("|")}|\\d))`;
/** Figures read out one by one, or written with letters among them: "four five six", "AB-1234", "12 34 56". */
const readOut = String.raw`(?:${oneDigit}(?:[ ,.-]{1,2}${oneDigit}){3,30}|[A-Z]{0,4}-?\d[A-Z0-9-]{2,24}|\d{2,6}(?: \d{2,6}){1,6})`;
const named = `(?<what>order|booking|reservation|confirmation|reference|ref|ticket|case|tracking|invoice|parcel|claim|account|acct|customer|policy|member(?:ship)?|contract)`;
const numberNamed = new RegExp(
  String.raw`(?<![\p{L}\p{N}])${named}(?:'s)?(?: (?:number|no\.?|id|code|reference))?(?: (?:is|was|it's|of|for|ends in|ending in))?(?: (?:um|uh|er|yes|yeah|that's|it's))?[ :#,]{1,3}(?<number>${readOut})(?![\p{L}\p{N}])`,
  "giu",
);
const asksFor = new RegExp(String.raw`(?<![\p{L}])${named} (?:number|no|id|code|reference)(?![\p{L}])`, "iu");
const standsAlone = new RegExp(String.raw`(?<![\p{L}\p{N}])(?<number>${readOut})(?![\p{L}\p{N}])`, "giu");

function typeOfNumber(what: string): "ORDER_NUMBER" | "ACCOUNT_NUMBER" {
  return /^(?:acc|customer|policy|member|contract)/iu.test(what) ? "ACCOUNT_NUMBER" : "ORDER_NUMBER";
}

/** The characters of a number that was read out or written: "double one two" is "112". */
function characters(text: string): string {
  let times = 1;
  let all = "";
  for (const piece of text.toLowerCase().split(/[ ,.-]+/u)) {
    if (piece === "double" || piece === "triple") {
      times = piece === "double" ? 2 : 3;
      continue;
    }
    all += ((Object.hasOwn(digitWords, piece) ? digitWords[piece] : undefined) ?? piece).repeat(times);
    times = 1;
  }
  return all;
}

function findNumbersByName(text: string, { before, language }: EntityContext): EntityMention[] {
  const found: EntityMention[] = [];
  for (const match of text.matchAll(numberNamed)) {
    const { what = "", number = "" } = match.groups ?? {};
    const key = characters(number);
    if (!/\d.*\d.*\d/u.test(key)) continue;
    const end = match.index + match[0].length;
    found.push(mention(typeOfNumber(what), end - number.length, end, key, 0.9));
  }
  const asked = asksFor.exec(before)?.groups?.["what"];
  const country = countryOf(language);
  for (const match of text.matchAll(standsAlone)) {
    const start = match.index;
    const end = start + match[0].length;
    if (found.some((one) => start < one.end && one.start < end)) continue;
    const key = characters(match[0]);
    const phone = key.length >= 9 && country !== null ? parsePhoneNumberFromString(key, country) : undefined;
    if (asked !== undefined && key.length >= 4) found.push(mention(typeOfNumber(asked), start, end, key, 0.75));
    else if (phone?.isValid() === true) found.push(mention("PHONE", start, end, phone.number, 0.85));
    else if (/ /u.test(match[0]) && key.length >= 4 && /^\d+$/u.test(key)) found.push(mention("NUMBER", start, end, key, 0.8));
  }
  return found;
}

/** Words that chrono takes for a date and that seldom are one when they stand alone. */
const hardlyDates =
  /^(?:now|may|march|sun|sat|mar|second|a second|the second|the day|day|this|in a (?:second|minute|moment)|a (?:second|minute|moment) ago|\d{1,4}|at \d{1,2}|\d{1,2}[.:]\d{1,2})$/iu;

const dateReaders: Readonly<Record<string, chrono.Chrono>> = {
  en: chrono.en.casual,
  es: chrono.es.casual,
  pt: chrono.pt.casual,
  fr: chrono.fr.casual,
  de: chrono.de.casual,
  it: chrono.it.casual,
  nl: chrono.nl.casual,
  ja: chrono.ja.casual,
  ru: chrono.ru.casual,
  uk: chrono.uk.casual,
  zh: chrono.zh.casual,
  sv: chrono.sv.casual,
};

function findDates(text: string, { language, startedAt }: EntityContext): EntityMention[] {
  const [base = "", region = ""] = language.toLowerCase().split("-");
  const reader =
    base === "en" && region === "gb" ? chrono.en.GB : Object.hasOwn(dateReaders, base) ? dateReaders[base] : undefined;
  // What every language writes the same way: 2026-02-04, 4/2/2026.
  const results = (reader ?? chrono.en.strict).parse(text, startedAt ?? new Date(0));
  return results.flatMap(({ index, text: written, start }) => {
    if (hardlyDates.test(written.trim()) || !/[\p{L}\d]/u.test(written)) return [];
    const two = (value: number | null): string => String(value ?? 0).padStart(2, "0");
    const exact = start.isCertain("day") && start.isCertain("month");
    const clock = start.isCertain("hour") ? `T${two(start.get("hour"))}:${two(start.get("minute"))}` : "";
    const day = `${two(start.get("month"))}-${two(start.get("day"))}`;
    const dated = exact || start.isCertain("day") || start.isCertain("weekday");
    const key =
      startedAt !== null && dated
        ? `${start.get("year")}-${day}${clock}`
        : exact && start.isCertain("year") && startedAt === null && !/^[\p{L} ]+$/u.test(written)
          ? `${start.get("year")}-${day}${clock}`
          : exact && !/^(?:to|yester|the day)/iu.test(written) && /\d/u.test(written)
            ? `${day}${clock}`
            : foldedKey(written);
    const trimmed = written.trimEnd();
    return [mention("DATE", index, index + trimmed.length, key, /\d/u.test(written) ? 0.9 : 0.8)];
  });
}

/** Whether a text can hold a name at all: reading one for names costs a hundred times as much as the rest. */
function mayHoldName(text: string): boolean {
  const spaced = (text.match(/\p{L}+/gu) ?? []).length;
  if (spaced < 2) return false;
  if (/[^.!?\s]\s+(?!I\b)\p{Lu}\p{L}/u.test(text)) return true;
  // Nothing is capitalised: then only what usually goes with a name tells of one.
  const small = text === text.toLowerCase();
  return (
    /\b(?:name(?:'s| is)|this is|i'm|i am|speaking|calling|from|mister|mr|mrs|miss|ms|doctor|dr|live in|based in|called)\b/iu.test(
      text,
    ) ||
    (small && spaced < 12)
  );
}

interface NamedSpan {
  readonly start: number;
  end: number;
  readonly type: "PERSON" | "LOCATION" | "ORGANIZATION";
  readonly sure: number;
}

/** Texts whose names are remembered, and how long one may be: agents write and say the same sentences all day long. */
const mostRemembered = 5_000;
const longestRemembered = 400;
const remembered = new Map<string, readonly NamedSpan[]>();

/** Names of people, places and organisations in an English text; the same text is read once. */
function findNames(text: string): readonly NamedSpan[] {
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const found = readNames(text);
  if (text.length <= longestRemembered) {
    const [oldest] = remembered.keys();
    if (remembered.size >= mostRemembered && oldest !== undefined) remembered.delete(oldest);
    remembered.set(text, found);
  }
  return found;
}

function readNames(text: string): NamedSpan[] {
  const found: NamedSpan[] = [];
  const kinds = [
    ["PERSON", "Person"],
    ["LOCATION", "Place"],
    ["ORGANIZATION", "Organization"],
  ] as const;
  let at = 0;
  for (const sentence of nlp(text).document) {
    let open: NamedSpan | null = null;
    for (const term of sentence) {
      const start = at + term.pre.length;
      const end = start + term.text.length;
      at = end + term.post.length;
      // A library that lost count would put every later mention in the wrong place.
      const kind =
        text.slice(start, end) === term.text && /\p{L}/u.test(term.text)
          ? kinds.find(([, tag]) => term.tags?.has(tag))
          : undefined;
      const type = kind?.[0];
      if (type === undefined || term.tags?.has("Pronoun")) {
        open = null;
        continue;
      }
      if (open !== null && open.type === type && !/[,.;:!?]/u.test(text.slice(open.end, start))) open.end = end;
      else {
        open = { start, end, type, sure: /^\p{Lu}/u.test(term.text) ? 0.8 : 0.55 };
        found.push(open);
      }
    }
  }
  return found;
}

/** Words that compromise takes for names and that in contact centres are none. */
const hardlyNames =
  /^(?:hi|hello|hey|okay|ok|sir|madam|ma'am|mr|mrs|miss|ms|bye|thanks|internet|google|mum|mom|dad|god|jesus|christ|home|store|street|road|bank|company|service|team|department|support|customer services?|i|will|mark|may|grant|bill)[.,!?']*$/iu;

/**
 * Everything that a turn's text mentions, in order of place, without overlaps. Everything but names works in every language
 * that writes its figures as figures; dates in those that chrono reads.
 *
 * @param text as `textToRead` gives it.
 */
export function findLocalEntities(text: string, context: EntityContext): EntityMention[] {
  if (!/[\p{L}\p{N}]/u.test(text)) return [];
  const values = (type: LocalEntityType, found: readonly FoundValue[], score: number): EntityMention[] =>
    found.map(({ start, end, key }) => mention(type, start, end, key, score));
  const found: EntityMention[] = [...findAmounts(text).map(({ start, end, key }) => mention("AMOUNT", start, end, key, 0.95))];
  if (/[@.:]/u.test(text)) found.push(...findAddresses(text));
  if (/\d{3}|\d[ -]?\d[ -]?\d/u.test(text)) found.push(...findPhones(text, context.language));
  found.push(...findNumbersByName(text, context));
  found.push(...values("PERCENTAGE", findPercentages(text), 0.95), ...values("NUMBER", findNumbers(text), 0.85));
  found.push(...findDates(text, context));
  if (/^en\b/iu.test(context.language) && mayHoldName(text)) {
    for (const { start, end, type, sure } of findNames(text)) {
      const name = text.slice(start, end);
      if (!hardlyNames.test(name)) found.push(mention(type, start, end, foldedKey(name), sure));
    }
  }
  return withoutOverlaps(found);
}
