import type { BotReading, Transcript, Turn, Word } from "../conversation/conversation.ts";
import { type Atom, isPause, isQuantity, type Lexeme, lexemes, readAtoms } from "./spoken-digits.ts";

/*
 * Card data is masked before anything is stored, indexed or sent (PCI DSS 4.0, requirements 3.3 and 3.5: a security code
 * is never kept, a card number never in readable form). Where masking too much and masking too little are the choice,
 * this masks too much: a reviewer can live without an order number, a library must not hold a card number.
 */

/** What kind of card data a rule found. */
export const redactionRules = ["card-number", "card-security-code", "card-expiry"] as const;
/** What kind of card data a rule found. */
export type RedactionRule = (typeof redactionRules)[number];

/** What stands in the place of masked data. */
export const redactionLabels: Readonly<Record<RedactionRule, string>> = {
  "card-number": "[card number]",
  "card-security-code": "[security code]",
  "card-expiry": "[expiry date]",
};

/** A masked stretch of one turn: what to mute in the sound, and which words were taken out. */
export interface RedactionSpan {
  readonly turnId: string;
  /** Empty where the turn has no words with times. */
  readonly wordIds: readonly string[];
  readonly rule: RedactionRule;
  readonly startMs: number;
  readonly endMs: number;
}

/** A transcript without card data, and where it stood. */
export interface Redaction {
  readonly transcript: Transcript;
  /** In order of start. */
  readonly spans: readonly RedactionSpan[];
}

/** Shortest and longest card number (ISO/IEC 7812-1 allows 19; the shortest in use has 13). */
const shortestCard = 13;
const longestCard = 19;
/** One less than the shortest: a recogniser drops a digit. Only where a card is spoken of. */
const shortestDoubtfulCard = 12;
/** Digits that are masked where somebody has just said "card number": half a number is card data too. */
const shortestPartialCard = 7;
/** A later stretch of this many digits out of a masked number is masked too. The last four may stay (PCI DSS 3.4). */
const shortestRepeatedPart = 5;
/** How many words back a phrase gives a number its meaning, and how many words on. */
const contextBefore = 40;
const contextAfter = 8;
/** A number may be read out over several turns when the others say no more than this in between. */
const wordsBetweenTurns = 8;
const msBetweenTurns = 120_000;
/** No card number is read in more pieces than this, the other side's repetitions included. */
const mostFragments = 60;

type Topic = "card-number" | "card" | "security-code" | "expiry" | "phone" | "order" | "account" | "date";

/** Phrases that say what a number near them is. Matched against the words in lower case, joined by single spaces. */
const phrases: readonly (readonly [Topic, RegExp])[] = [
  [
    "card-number",
    /\b(?:(?:credit |debit |bank |payment |visa |long |full |whole )*card (?:number|details|no|num|digits)|long number|number on the (?:front|card)|number (?:across|along) the|(?:sixteen|16|fifteen|15|nineteen|19) digits?|number (?:of|on|from|for) (?:the|your|my) (?:\w+ )?card|full number|pan)\b/gu,
  ],
  ["card", /\b(?:cards?|visa|mastercard|master card|amex|american express|maestro|discover card|diners|debit|credit card)\b/gu],
  [
    "security-code",
    /\b(?:security (?:code|number|digits|value)|cvv2?|cvc2?|cv2|csc|cvn|c v v|c v c|c v 2|card (?:verification|validation)(?: \w+)?|verification (?:code|value)|(?:last )?(?:three|3|four|4) (?:digits?|numbers?) (?:code )?(?:on|at|from) the (?:back|front|reverse|signature)|(?:three|3|four|4) digit (?:security |number |code )|signature strip|(?:numbers?|digits|code) on the back|back of (?:the|your|my) card|pin (?:number|code)|card pin|(?:my|your|the) pin)\b/gu,
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

/** Things other than a card that expire. */
const otherThingsThatExpire =
  /\b(?:policy|offer|contract|licence|license|passport|warranty|membership|subscription|quote|deal|voucher|trial|promotion|guarantee|password|session|link|points|mot|visa application)\b/u;

const months =
  "january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec";
const monthName = new RegExp(`^(?:${months})$`, "u");

/**
 * Masks card numbers, security codes and expiry dates in every text of a transcript: words, turns, translations, what a
 * bot put into its slots, and names. Never throws. Running it again uncovers nothing; it may cover more, because the labels
 * themselves speak of cards.
 *
 * Rules: (1) 13 to 19 digits that pass Luhn's check (ISO/IEC 7812-1, annex B) are a card number; (2) 12 or more digits
 * are one where a card is spoken of, 7 or more right after "card number"; (3) 13 or more digits are one wherever they
 * stand, unless the nearest phrase says telephone, order, account or the like, they begin with a plus, or all are years; (4) what
 * repeats five or more digits of a masked number is masked too, the last four may stay; (5) three or four digits after
 * "security code" and its like; (6) a month and a year after "expiry" where a card is spoken of.
 *
 * Digits of one number may be spread over turns, with short acknowledgements, or the other side repeating them, in
 * between. A masked word keeps its id and its times: the first word of a stretch reads as the label, the others are empty.
 */
export function redactCardData(transcript: Transcript): Redaction {
  const found: Finding[][] = transcript.turns.map(() => []);
  const known: string[] = [];

  // A turn's words and its text are two writings of the same, and may differ in files from elsewhere: each is read.
  const writings: Writing[][] = [
    transcript.turns.map((turn) => (turn.words.length > 0 ? wordsWriting(turn) : textWriting(turn.text, "text"))),
  ];
  if (transcript.turns.some(differs)) writings.push(transcript.turns.map((turn) => textWriting(turn.text, "text")));
  if (transcript.turns.some((turn) => turn.translation !== undefined))
    writings.push(
      transcript.turns.map((turn) =>
        textWriting(turn.translation ?? turn.text, turn.translation === undefined ? "text" : "translation"),
      ),
    );

  for (const writing of writings) {
    for (const finding of findCardData(transcript.turns, writing, known)) found[finding.turn]?.push(finding);
  }

  const spans: RedactionSpan[] = [];
  const turns = transcript.turns.map((turn, index) => {
    const { turn: masked, spans: own } = maskTurn(turn, found[index] ?? [], writings, index, known);
    spans.push(...own);
    return masked;
  });
  const participants = transcript.participants.map((participant) =>
    participant.name === null ? participant : { ...participant, name: maskAlone(participant.name, "", known) },
  );
  spans.sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
  return { transcript: { ...transcript, participants, turns }, spans };
}

/** Masks card data in one free text that stands outside a transcript: a title, a comment, a file name. Never throws. */
export function redactText(text: string): string {
  return maskAlone(text, "", []);
}

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** One turn as one string, and where its words lie in it. */
interface Writing {
  readonly of: "words" | "text" | "translation";
  readonly text: string;
  /** Start of each word in `text`; empty for a text without words. */
  readonly wordStarts: readonly number[];
  readonly lexemes: readonly Lexeme[];
  readonly atoms: readonly Atom[];
}

interface Finding {
  readonly turn: number;
  readonly of: Writing["of"];
  readonly rule: RedactionRule;
  /** Offsets into the writing's text. */
  readonly start: number;
  readonly end: number;
}

/** Digits of one turn that may be part of a number. */
interface Fragment {
  readonly turn: number;
  readonly digits: string;
  readonly groups: readonly { readonly digits: string; readonly typed: boolean }[];
  /** Index into all lexemes of the conversation. */
  readonly from: number;
  readonly to: number;
  readonly plus: boolean;
  /** Says again what the other side has just said. */
  repeats: boolean;
}

interface Mention {
  readonly topic: Topic;
  readonly at: number;
  readonly until: number;
}

interface Placed {
  readonly turn: number;
  readonly lexeme: Lexeme;
}

function wordsWriting(turn: Turn): Writing {
  const wordStarts: number[] = [];
  let text = "";
  for (const word of turn.words) {
    if (text !== "") text += " ";
    wordStarts.push(text.length);
    text += word.text;
  }
  return { ...textWriting(text, "words"), wordStarts };
}

function textWriting(text: string, of: Writing["of"]): Writing {
  const found = lexemes(text);
  return { of, text, wordStarts: [], lexemes: found, atoms: readAtoms(found) };
}

function differs(turn: Turn): boolean {
  return turn.words.length > 0 && squeeze(turn.text) !== squeeze(joinWords(turn.words));
}

function squeeze(text: string): string {
  return text.replaceAll(/\s+/gu, " ").trim();
}

function joinWords(words: readonly Word[]): string {
  return words
    .map((word) => word.text)
    .filter((text) => text !== "")
    .join(" ");
}

function findCardData(
  turns: readonly Pick<Turn, "participantId" | "startMs" | "endMs">[],
  writing: readonly Writing[],
  known: string[],
): Finding[] {
  const placed: Placed[] = [];
  const firstOfTurn: number[] = [];
  for (const [turn, { lexemes: own }] of writing.entries()) {
    firstOfTurn.push(placed.length);
    for (const lexeme of own) placed.push({ turn, lexeme });
  }
  const mentions = findMentions(placed);
  const fragments = findFragments(writing, firstOfTurn, placed, mentions);
  const runs = joinFragments(fragments, turns, firstOfTurn, placed, mentions);

  const findings: Finding[] = [];
  const taken = new Set<Fragment>();
  const mark = (rule: RedactionRule, fragment: Pick<Fragment, "turn" | "from" | "to">) => {
    const first = placed[fragment.from]?.lexeme;
    const last = placed[fragment.to]?.lexeme;
    const of = writing[fragment.turn]?.of;
    if (first !== undefined && last !== undefined && of !== undefined)
      findings.push({ turn: fragment.turn, of, rule, start: first.start, end: last.end });
  };

  for (const run of runs) {
    if (!isCardNumber(run, mentions)) continue;
    known.push(digitsOf(run));
    for (const fragment of run) {
      taken.add(fragment);
      mark("card-number", fragment);
    }
  }
  for (const run of interruptedNumbers(fragments, taken)) {
    known.push(digitsOf(run));
    for (const fragment of run) {
      taken.add(fragment);
      mark("card-number", fragment);
    }
  }
  for (const fragment of fragments) {
    if (taken.has(fragment) || fragment.digits.length < shortestRepeatedPart) continue;
    if (!known.some((number) => number.includes(fragment.digits))) continue;
    taken.add(fragment);
    mark("card-number", fragment);
  }
  const cardAt = [
    ...mentions.filter(({ topic }) => topic === "card" || topic === "card-number").map(({ at }) => at),
    ...[...taken].map(({ from }) => from),
  ];
  markCodesAndDates(fragments, taken, mentions, placed, cardAt, mark);
  return findings;
}

function findMentions(placed: readonly Placed[]): Mention[] {
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

function findFragments(
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
          repeats: false,
        });
      }
      groups = [];
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
        const length = groups.reduce((sum, group) => sum + group.digits.length, 0);
        const amount =
          isQuantity(own[atom.to + 1]?.text ?? "") && atom.digits.length <= 7 && (length < 8 || length >= shortestCard);
        if (amount) {
          close();
          continue;
        }
        if (groups.length === 0) from = atom.from;
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

function coveredBy(mentions: readonly Mention[], length: number): boolean[] {
  const covered = new Array<boolean>(length).fill(false);
  for (const { at, until } of mentions) covered.fill(true, at, until + 1);
  return covered;
}

/** Joins the fragments of one number that was read out over several turns. */
function joinFragments(
  fragments: readonly Fragment[],
  turns: readonly Pick<Turn, "participantId" | "startMs" | "endMs">[],
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
  turns: readonly Pick<Turn, "participantId" | "startMs" | "endMs">[],
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
function digitsOf(run: readonly Fragment[]): string {
  return run
    .filter((fragment) => !fragment.repeats)
    .map((fragment) => fragment.digits)
    .join("");
}

// ── Deciding ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What the nearest phrase around a number says it is; null where nothing is said. */
function nearestTopic(mentions: readonly Mention[], from: number, to: number): Topic | null {
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
function lastBefore(mentions: readonly Mention[], place: number): Mention | null {
  return mentions[firstIndex(mentions.length, (index) => (mentions[index]?.until ?? 0) >= place) - 1] ?? null;
}

/** The first index below `length` from which on something holds; `length` where it never does. */
function firstIndex(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
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
  if (digits.length >= shortestCard && digits.length <= longestCard && passesLuhn(digits)) return true;
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

/** Luhn's check digit (ISO/IEC 7812-1, annex B): whether ASCII digits pass it. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = digits.charCodeAt(digits.length - 1 - at) - 48;
    const doubled = at % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return digits.length > 0 && sum % 10 === 0;
}

function markCodesAndDates(
  fragments: readonly Fragment[],
  taken: ReadonlySet<Fragment>,
  mentions: readonly Mention[],
  placed: readonly Placed[],
  cardAt: readonly number[],
  mark: (rule: RedactionRule, at: Pick<Fragment, "turn" | "from" | "to">) => void,
): void {
  const codes = mentions.filter(({ topic }) => topic === "security-code");
  const others = mentions.filter(
    ({ topic }) => topic === "phone" || topic === "order" || topic === "account" || topic === "date",
  );
  const cards = [...cardAt].sort((a, b) => a - b);
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
    const monthBefore =
      hasExpiry &&
      monthName.test(placed[fragment.from - 1]?.lexeme.text ?? "") &&
      sameTurn(placed, fragment.from - 1, fragment.from);
    if (monthBefore && /^(?:20)?[0-9]{2}/u.test(fragment.digits)) {
      mark("card-expiry", { turn: fragment.turn, from: fragment.from - 1, to: fragment.to });
    } else if (hasCode && fragment.digits.length === 3 && (!hasExpiry || code.at > expiry.at)) {
      mark("card-security-code", fragment);
    } else if (hasExpiry && isExpiry(fragment.digits, hasCode)) {
      mark(fragment.digits.length > 6 || !isExpiry(fragment.digits, false) ? "card-security-code" : "card-expiry", fragment);
    } else if (hasExpiry && /^(?:0?[1-9]|1[0-2])$/u.test(fragment.digits)) {
      markSlashDate(fragment, byStart, placed, mark);
    } else if (hasCode && /^[0-9]{3,4}$/u.test(fragment.digits)) {
      mark("card-security-code", fragment);
    }
  }
}

/** "12/27", "12 slash 2027": two fragments with a slash between, which the reader of numbers keeps apart. */
function markSlashDate(
  month: Fragment,
  byStart: ReadonlyMap<number, Fragment>,
  placed: readonly Placed[],
  mark: (rule: RedactionRule, at: Pick<Fragment, "turn" | "from" | "to">) => void,
): void {
  const year = byStart.get(month.to + 2);
  const between = placed[month.to + 1]?.lexeme.text;
  if (year !== undefined && year.turn === month.turn && between === "/" && /^(?:20)?[0-9]{2}/u.test(year.digits))
    mark("card-expiry", { turn: month.turn, from: month.from, to: year.to });
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

// ── Masking ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function maskTurn(
  turn: Turn,
  findings: readonly Finding[],
  writings: readonly (readonly Writing[])[],
  index: number,
  known: readonly string[],
): { turn: Turn; spans: RedactionSpan[] } {
  const of = (kind: Writing["of"]) => findings.filter((finding) => finding.of === kind);
  const inWords = of("words");
  const inText = of("text");
  const inTranslation = of("translation");
  const bot = turn.bot === undefined ? {} : { bot: maskBot(turn.bot, known) };
  if (findings.length === 0) return { turn: { ...turn, ...bot }, spans: [] };

  const wordStarts = writings[0]?.[index]?.wordStarts ?? [];
  const { words, spans } = maskWords(turn, inWords, wordStarts);
  const text = differs(turn)
    ? maskString(turn.text, inText)
    : turn.words.length > 0
      ? joinWords(words)
      : maskString(turn.text, inText);
  const masked: Turn = { ...turn, ...bot, text, words };
  if (turn.translation !== undefined) masked.translation = maskString(turn.translation, inTranslation);

  // Without words the whole turn is the stretch to mute; so it is when only the translation gave the number away.
  const covered = new Set(spans.map(({ rule }) => rule));
  for (const rule of new Set([...inText, ...inTranslation].map((finding) => finding.rule))) {
    if (!covered.has(rule)) spans.push({ turnId: turn.id, wordIds: [], rule, startMs: turn.startMs, endMs: turn.endMs });
  }
  return { turn: masked, spans };
}

function maskWords(
  turn: Turn,
  findings: readonly Finding[],
  starts: readonly number[],
): { words: Word[]; spans: RedactionSpan[] } {
  const words = turn.words.map((word) => ({ ...word }));
  const spans: RedactionSpan[] = [];
  // From the end, so that a word touched twice keeps valid offsets.
  for (const finding of merged(findings).reverse()) {
    const touched: number[] = [];
    for (const [index, word] of turn.words.entries()) {
      const start = starts[index] ?? 0;
      if (start < finding.end && start + word.text.length > finding.start) touched.push(index);
    }
    const first = touched[0];
    const final = touched.at(-1);
    if (first === undefined || final === undefined) continue;
    const firstWord = words[first];
    const finalWord = words[final];
    if (firstWord === undefined || finalWord === undefined) continue;
    const before = firstWord.text.slice(0, Math.max(0, finding.start - (starts[first] ?? 0)));
    const after = finalWord.text.slice(Math.max(0, finding.end - (starts[final] ?? 0)));
    for (const index of touched) {
      const word = words[index];
      if (word === undefined) continue;
      word.text = index === first ? `${before}${redactionLabels[finding.rule]}${after}` : "";
      word.redaction = finding.rule;
    }
    const source = touched.map((index) => turn.words[index]).filter((word) => word !== undefined);
    spans.push({
      turnId: turn.id,
      wordIds: source.map((word) => word.id),
      rule: finding.rule,
      startMs: Math.min(...source.map((word) => word.startMs)),
      endMs: Math.max(...source.map((word) => word.endMs)),
    });
  }
  return { words, spans: spans.reverse() };
}

/** Findings in order of start, those that cross joined under the rule of the first. */
function merged(findings: readonly Finding[]): Finding[] {
  const joined: Finding[] = [];
  for (const finding of [...findings].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const before = joined.at(-1);
    if (before !== undefined && finding.start < before.end)
      joined[joined.length - 1] = { ...before, end: Math.max(before.end, finding.end) };
    else joined.push(finding);
  }
  return joined;
}

function maskString(text: string, findings: readonly Finding[]): string {
  return merged(findings).reduceRight(
    (masked, finding) => masked.slice(0, finding.start) + redactionLabels[finding.rule] + masked.slice(finding.end),
    text,
  );
}

/** Masks one text that belongs to no turn. `about` gives it a meaning without being masked itself. */
function maskAlone(text: string, about: string, known: readonly string[]): string {
  const turn = { participantId: "", startMs: 0, endMs: 0 };
  const writing = [textWriting(about, "text"), textWriting(text, "text")];
  return maskString(
    text,
    findCardData([turn, turn], writing, [...known]).filter((finding) => finding.turn === 1),
  );
}

function maskBot(bot: BotReading, known: readonly string[]): BotReading {
  const slots: [string, string | null][] = Object.entries(bot.slots).map(([name, value]) => [
    maskAlone(name, "", known),
    value === null ? null : maskAlone(value, spaced(name), known),
  ]);
  // A slot may be called __proto__ in a hostile file: entries, not assignments.
  return { ...bot, slots: Object.fromEntries(slots) };
}

/** "CardNumber", "card_number" and "card-number" as words. */
function spaced(name: string): string {
  return name.replaceAll(/(?<=[a-z])(?=[A-Z])|[_-]+/gu, " ");
}
