import { passesLuhn } from "./check-digits.ts";
import { numberPhrases } from "./personal-phrases.ts";
import type { Finding, RedactionRule } from "./redaction-findings.ts";
import type { PersonalType } from "./redaction-policy.ts";
import {
  contextBefore,
  digitsOf,
  type Fragment,
  findFragments,
  findMentions,
  firstIndex,
  joinFragments,
  lastBefore,
  type Mention,
  nearestTopic,
  type Phrases,
  type Placed,
  type TurnTimes,
  type Writing,
} from "./redaction-reading.ts";

/*
 * Rules for card data: (1) 13 to 19 digits that pass Luhn's check (ISO/IEC 7812-1, annex B) are a card number; (2) 12 or
 * more digits are one where a card is spoken of, 7 or more right after "card number"; (3) 13 or more digits are one
 * wherever they stand, unless the nearest phrase says telephone, order, account or the like, they begin with a plus, or
 * all are years; (4) what repeats five or more digits of a masked number is masked too, the last four may stay; (5) three
 * or four digits after "security code" and its like; (6) a month and a year after "expiry" where a card is spoken of.
 */

/** Shortest and longest card number (ISO/IEC 7812-1 allows 19; the shortest in use has 13). */
const shortestCard = 13;
const longestCard = 19;
/** A later stretch of this many digits out of a masked number is masked too. The last four may stay (PCI DSS 3.4). */
const shortestRepeatedPart = 5;
/** One less than the shortest: a recogniser drops a digit. Only where a card is spoken of. */
const shortestDoubtfulCard = 12;
/** Digits that are masked where somebody has just said "card number": half a number is card data too. */
const shortestPartialCard = 7;
/** A later stretch of this many digits out of a masked number is masked too. The last four may stay (PCI DSS 3.4). */

/** Phrases that say what a number near them is. Matched against the words in lower case, joined by single spaces. */
const phrases: Phrases = [
  [
    "card-number",
    /\b(?:(?:credit |debit |bank |payment |visa |long |full |whole )*card (?:number|details|no|num|digits)|long number|number on the (?:front|card)|number (?:across|along) the|(?:sixteen|16|fifteen|15|nineteen|19) digits?|number (?:of|on|from|for) (?:the|your|my) (?:\w+ )?card|full number|pan)\b/gu,
  ],
  ["card", /\b(?:cards?|visa|mastercard|master card|amex|american express|maestro|discover card|diners|debit|credit card)\b/gu],
  [
    "security-code",
    /\b(?:security (?:code|number|digits|value)|cvv2?|cvc2?|cv2|csc|cvn|c v v|c v c|c v 2|card (?:verification|validation)(?: \w+)?|verification (?:code|value)|(?:last )?(?:three|3|four|4) (?:digits?|numbers?) (?:code )?(?:on|at|from) the (?:back|front|reverse|signature)|(?:three|3|four|4) digit (?:security |number |code )|signature strip|(?:numbers?|digits|code) on the back|back of (?:the|your|my) card)\b/gu,
  ],
  [
    "expiry",
    /\b(?:expiry|expires?|expired|expiring|expiration|exp date|exp|valid (?:until|till|thru|through|to|from|date)|good (?:until|thru|through)|runs out)\b/gu,
  ],
  [
    "phone",
    /\b(?:phone|telephone|mobile|cell|landline|call (?:you|me|us|him|her) (?:back )?(?:on|at)|ring (?:you|me|us) (?:on|at)|reach (?:you|me)|contact number|best number|fax|text (?:you|me) (?:on|at)|whatsapp|dial|extension|helpline|hotline)\b/gu,
  ],
  [
    "order",
    /\b(?:orders?|references?|ref|tracking|bookings?|tickets?|case|invoices?|serial|parcels?|shipments?|consignment|imei|barcode|isbn|confirmation|policy|claim|transaction|session|contact id|membership|loyalty|passport|licence|license|meter|model|part number|national insurance|nhs)\b/gu,
  ],
  ["account", /\b(?:account number|account|sort code|iban|swift|bic|routing number|customer number|roll number)\b/gu],
  ["date", /\b(?:date of birth|born|birthday|postcode|post code|zip code|zip)\b/gu],
];

/** Phrases after which another number begins: the digits behind them do not go on with those before. */
const otherQuestions: Phrases = numberPhrases.filter(([topic]) => !["card", "other", "number", "email", "pan"].includes(topic));

/** Things other than a card that expire. */
const otherThingsThatExpire =
  /\b(?:policy|offer|contract|licence|license|passport|warranty|membership|subscription|quote|deal|voucher|trial|promotion|guarantee|password|session|link|points|mot|visa application)\b/u;

const months =
  "january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec";
const monthName = new RegExp(`^(?:${months})$`, "u");

type Mark = (type: PersonalType, rule: RedactionRule, at: Pick<Fragment, "turn" | "from" | "to">) => void;

/** Card data in one writing of a conversation; numbers that were found are added to `known`, and parts of known ones are found. */
export function findCardData(turns: readonly TurnTimes[], writing: readonly Writing[], known: string[]): Finding[] {
  const placed: Placed[] = [];
  const firstOfTurn: number[] = [];
  for (const [turn, { lexemes: own }] of writing.entries()) {
    firstOfTurn.push(placed.length);
    for (const lexeme of own) placed.push({ turn, lexeme });
  }
  const mentions = findMentions(placed, phrases);
  const fragments = findFragments(writing, firstOfTurn, placed, mentions);
  const runs = joinFragments(fragments, turns, firstOfTurn, placed, [...mentions, ...findMentions(placed, otherQuestions)]);

  const findings: Finding[] = [];
  const taken = new Set<Fragment>();
  const mark: Mark = (type, rule, fragment) => {
    const first = placed[fragment.from]?.lexeme;
    const last = placed[fragment.to]?.lexeme;
    const of = writing[fragment.turn]?.of;
    if (first !== undefined && last !== undefined && of !== undefined)
      findings.push({ turn: fragment.turn, of, type, rule, start: first.start, end: last.end });
  };

  for (const run of runs) {
    if (!isCardNumber(run, mentions)) continue;
    known.push(digitsOf(run));
    const rule = passesLuhn(digitsOf(run)) ? "luhn" : "card-context";
    for (const fragment of run) {
      taken.add(fragment);
      mark("card-number", rule, fragment);
    }
  }
  for (const run of interruptedNumbers(fragments, taken)) {
    known.push(digitsOf(run));
    for (const fragment of run) {
      taken.add(fragment);
      mark("card-number", "luhn", fragment);
    }
  }
  for (const fragment of fragments) {
    if (taken.has(fragment) || fragment.digits.length < shortestRepeatedPart) continue;
    if (!known.some((number) => number.includes(fragment.digits))) continue;
    taken.add(fragment);
    mark("card-number", "card-repeated", fragment);
  }
  const cardAt = [
    ...mentions.filter(({ topic }) => topic === "card" || topic === "card-number").map(({ at }) => at),
    ...[...taken].map(({ from }) => from),
  ];
  markCodesAndDates(fragments, taken, mentions, placed, cardAt, mark);
  return findings;
}

function isCardNumber(run: readonly Fragment[], mentions: readonly Mention[]): boolean {
  const first = run[0];
  const last = run.at(-1);
  if (first === undefined || last === undefined) return false;
  const digits = digitsOf(run);
  if (digits.length < shortestPartialCard) return false;
  const topic = nearestTopic(mentions, first.from, last.to);
  // No card begins as a year of this century or the last; a list of years may pass Luhn's check all the same.
  if (topic !== "card-number" && run.every(isYears)) return false;
  const readings = run.length === 1 ? [digits, ...first.corrected] : [digits];
  if (readings.some((one) => one.length >= shortestCard && one.length <= longestCard && passesLuhn(one))) return true;
  const exempt = topic === "phone" || topic === "order" || topic === "account" || first.plus;
  const groups = run.filter((fragment) => !fragment.repeats).flatMap((fragment) => fragment.groups);
  if (
    hasCardWindow(
      exempt
        ? groups.map((group) => (group.typed && group.digits.length >= 3 ? group.digits : null))
        : groups.map((group) => group.digits),
    )
  )
    return true;
  if (topic === "card-number" && !first.plus) return true;
  if (topic === "card" && digits.length >= shortestDoubtfulCard) return true;
  return digits.length >= shortestCard && !exempt;
}

/**
 * Card numbers read in the groups that are printed on the card, with more in between than a pause: a slash, "and it ends
 * with", the dog. Only what is grouped as a card is, begins as one and passes Luhn's check; numbers near each other are
 * seldom all of that by chance.
 */
function interruptedNumbers(fragments: readonly Fragment[], taken: ReadonlySet<Fragment>): Fragment[][] {
  const found: Fragment[][] = [];
  const used = new Set<Fragment>(taken);
  for (let from = 0; from < fragments.length; from++) {
    const run: Fragment[] = [];
    for (const fragment of fragments.slice(from, from + 4)) {
      const before = run.at(-1);
      if (used.has(fragment) || fragment.plus || (before !== undefined && fragment.from - before.to > contextBefore / 2)) break;
      run.push(fragment);
      const digits = run.map((one) => one.digits).join("");
      const asPrinted = run.every((one) => one.digits.length % 4 === 0)
        ? /^[2-6]\d{15}$/u.test(digits)
        : /^3[47]\d{13}$/u.test(digits) && /^(?:4 6 5|10 5|4 11)$/u.test(run.map((one) => one.digits.length).join(" "));
      if (run.length > 1 && asPrinted && passesLuhn(digits) && !run.every(isYears)) {
        found.push(run);
        for (const one of run) used.add(one);
        break;
      }
    }
  }
  return found;
}

/** Whether a fragment is nothing but years in figures: "2019, 2020, 2021 and 2022". */
function isYears(fragment: Fragment): boolean {
  return fragment.groups.every(({ digits, typed }) => typed && /^(?:19|20)[0-9]{2}$/u.test(digits));
}

/** Whether some groups in a row pass as a card number; null ends a row. */
function hasCardWindow(groups: readonly (string | null)[]): boolean {
  for (let from = 0; from < groups.length; from++) {
    let digits = "";
    for (let to = from; to < groups.length; to++) {
      const group = groups[to];
      if (group === null || group === undefined) break;
      digits += group;
      if (digits.length > longestCard) break;
      if (digits.length >= shortestCard && passesLuhn(digits)) return true;
    }
  }
  return false;
}

function markCodesAndDates(
  fragments: readonly Fragment[],
  taken: ReadonlySet<Fragment>,
  mentions: readonly Mention[],
  placed: readonly Placed[],
  cardAt: readonly number[],
  mark: Mark,
): void {
  const codes = mentions.filter(({ topic }) => topic === "security-code");
  const others = mentions.filter(
    ({ topic }) => topic === "phone" || topic === "order" || topic === "account" || topic === "date",
  );
  const cards = [...cardAt].sort((a, b) => a - b);
  const cardEnds = new Set([...taken].map(({ to }) => to));
  const byStart = new Map(fragments.map((fragment) => [fragment.from, fragment]));
  const expiries = mentions.filter(
    (mention) =>
      mention.topic === "expiry" &&
      (cards[firstIndex(cards.length, (index) => (cards[index] ?? 0) >= mention.at - 2 * contextBefore)] ??
        Number.POSITIVE_INFINITY) <=
        mention.at + 2 * contextBefore &&
      !otherThingsThatExpire.test(wordsAround(placed, mention.at)),
  );
  for (const fragment of fragments) {
    if (taken.has(fragment)) continue;
    const code = last(codes, fragment.from);
    const expiry = last(expiries, fragment.from);
    const other = lastBefore(others, fragment.from);
    const hasCode = code !== null && (other === null || other.at < code.at);
    const hasExpiry = expiry !== null && (other === null || other.at < expiry.at);
    // Right behind a card number a month and a year need no word.
    const afterCard = cardEnds.has(fragment.from - 1);
    const monthBefore =
      hasExpiry &&
      monthName.test(placed[fragment.from - 1]?.lexeme.text ?? "") &&
      sameTurn(placed, fragment.from - 1, fragment.from);
    if (monthBefore && /^(?:(?:20)?[0-9]{2}|[0-9]$)/u.test(fragment.digits)) {
      mark("card-expiry", "card-expiry-context", { turn: fragment.turn, from: fragment.from - 1, to: fragment.to });
    } else if (hasCode && fragment.digits.length === 3 && (!hasExpiry || code.at > expiry.at)) {
      mark("card-security-code", "card-code-context", fragment);
    } else if (hasExpiry && isExpiry(fragment.digits, hasCode)) {
      if (fragment.digits.length > 6 || !isExpiry(fragment.digits, false))
        mark("card-security-code", "card-code-context", fragment);
      else mark("card-expiry", "card-expiry-context", fragment);
    } else if ((hasExpiry || afterCard) && /^(?:0?[1-9]|1[0-2])$/u.test(fragment.digits)) {
      markSlashDate(fragment, byStart, placed, mark);
    } else if (hasCode && /^[0-9]{3,4}$/u.test(fragment.digits)) {
      mark("card-security-code", "card-code-context", fragment);
    }
  }
}

/** "12/27", "12 slash 2027": two fragments with a slash between, which the reader of numbers keeps apart. */
function markSlashDate(month: Fragment, byStart: ReadonlyMap<number, Fragment>, placed: readonly Placed[], mark: Mark): void {
  const year = byStart.get(month.to + 2);
  const between = placed[month.to + 1]?.lexeme.text;
  if (year !== undefined && year.turn === month.turn && between === "/" && /^(?:20)?[0-9]{2}/u.test(year.digits))
    mark("card-expiry", "card-expiry-context", { turn: month.turn, from: month.from, to: year.to });
}

/** A month and a year in digits, and with `andCode` a security code after or before it in the same breath. */
function isExpiry(digits: string, andCode: boolean): boolean {
  if (/^(?:0?[1-9]|1[0-2])(?:20)?[2-9][0-9]$/u.test(digits)) return true;
  return (
    andCode && /^(?:(?:0?[1-9]|1[0-2])(?:20)?[2-9][0-9][0-9]{3,4}|[0-9]{3,4}(?:0?[1-9]|1[0-2])(?:20)?[2-9][0-9])$/u.test(digits)
  );
}

/** The last mention before a place, where it is near enough to give a number its meaning. */
function last(mentions: readonly Mention[], from: number): Mention | null {
  const mention = lastBefore(mentions, from);
  return mention !== null && from - mention.until <= contextBefore ? mention : null;
}

function sameTurn(placed: readonly Placed[], a: number, b: number): boolean {
  return placed[a]?.turn === placed[b]?.turn;
}

function wordsAround(placed: readonly Placed[], at: number): string {
  const turn = placed[at]?.turn;
  return placed
    .slice(Math.max(0, at - 6), at + 4)
    .filter((one) => one.turn === turn)
    .map(({ lexeme }) => lexeme.text)
    .join(" ");
}
