import { isPossiblePhoneNumber, isValidPhoneNumber } from "libphonenumber-js/min";
import {
  isBrCnpj,
  isBrCpf,
  isDeTaxId,
  isEsDni,
  isFrNir,
  isIban,
  isInAadhaar,
  isInPan,
  isItCodiceFiscale,
  isNlBsn,
  isPlPesel,
  isUkNhs,
  isUkNino,
  isUsRouting,
  isUsSsn,
} from "./check-digits.ts";
import { endOfTurn, type PersonalReading, tokensBetween } from "./personal-reading.ts";
import { type RedactionRule, redactionRules } from "./redaction-findings.ts";
import type { PersonalType } from "./redaction-policy.ts";
import { digitsOf, type Fragment, findFragments, firstIndex, joinFragments } from "./redaction-reading.ts";

/*
 * Numbers that name a person, an account or a telephone: by their form and check digits where these leave little doubt,
 * else by what is said around them.
 */

/** How far before a number a phrase may stand, in lexemes, and in turns. */
const reach = 30;
const turnsBack = 3;
/** How far behind a number: "... is my date of birth". */
const reachBehind = 4;
/** Numbers of a country are tried as one of these; callers rarely say the country. */
const phoneRegions = ["US", "GB", "IN", "BR", "DE", "FR", "ES", "IT", "NL", "PL"] as const;

/** What a number is said to be; `asked` where the other side said it. */
interface Topic {
  readonly topic: string;
  readonly asked: boolean;
}

interface Verdict {
  readonly type: PersonalType;
  readonly rule: RedactionRule;
}

// ── Digits ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Finds numbers made of digits, typed or spoken, of which the pieces may lie in several turns. */
export function findNumbers(reading: PersonalReading): void {
  const { writing, firstOfTurn, placed, mentions, turns } = reading;
  const fragments = findFragments(writing, firstOfTurn, placed, mentions).filter(({ from, to }) => reading.isFree(from, to));
  for (const pieces of joinFragments(fragments, turns, firstOfTurn, placed, mentions)) {
    const [first] = pieces;
    if (first === undefined) continue;
    // What the other side says in between and does not say again is no part of the number.
    const speaker = turns[first.turn]?.participantId;
    const run = pieces.filter((piece) => piece.repeats || turns[piece.turn]?.participantId === speaker);
    const whole = run.length > 1 ? verdictOn([digitsOf(run)], first, run.at(-1) ?? first, reading) : null;
    for (const fragment of pieces) {
      const verdict =
        (run.includes(fragment) ? whole : null) ??
        verdictOn([fragment.digits, ...fragment.corrected], fragment, fragment, reading);
      if (verdict !== null) reading.claim(verdict.type, verdict.rule, fragment.from, fragment.to);
    }
  }
}

/** What a number is in one of its readings, those that pass a check first. */
function verdictOn(readings: readonly string[], first: Fragment, last: Fragment, reading: PersonalReading): Verdict | null {
  const topic = topicOf(reading, first.from, last.to);
  if (topic === null) return null;
  const verdicts = readings.map((digits) => verdictIn(topic, digits)).filter((verdict) => verdict !== null);
  return verdicts.find(({ rule }) => redactionRules[rule] === "check-digit") ?? verdicts[0] ?? null;
}

function verdictIn(topic: Topic, digits: string): Verdict | null {
  const count = digits.length;
  const between = (least: number, most: number) => count >= least && count <= most;
  switch (topic.topic) {
    case "phone":
      return between(7, 18) ? { type: "phone", rule: "phone-context" } : null;
    case "number":
      // "My number is" may be of anything: only what could be dialled.
      return between(10, 12) && phoneRegions.some((region) => isValidPhoneNumber(digits, region))
        ? { type: "phone", rule: "phone-context" }
        : null;
    case "ssn-last":
      return between(4, 9) ? { type: "national-id", rule: "us-ssn-context" } : null;
    case "ssn":
      return count === 9 || (count === 4 && topic.asked) ? { type: "national-id", rule: "us-ssn-context" } : null;
    case "nhs":
      return between(9, 10) ? { type: "national-id", rule: isUkNhs(digits) ? "uk-nhs" : "national-id-context" } : null;
    case "tax-id":
      return between(9, 13) ? { type: "national-id", rule: isDeTaxId(digits) ? "de-steuer-id" : "national-id-context" } : null;
    case "nir":
      return between(13, 15) ? { type: "national-id", rule: isFrNir(digits) ? "fr-nir" : "national-id-context" } : null;
    case "bsn":
      return between(8, 9) ? { type: "national-id", rule: isNlBsn(digits) ? "nl-bsn" : "national-id-context" } : null;
    case "pesel":
      return between(10, 12) ? { type: "national-id", rule: isPlPesel(digits) ? "pl-pesel" : "national-id-context" } : null;
    case "aadhaar":
      return between(11, 13) || count === 4
        ? { type: "national-id", rule: isInAadhaar(digits) ? "in-aadhaar" : "national-id-context" }
        : null;
    case "cpf":
      return between(10, 12) ? { type: "national-id", rule: isBrCpf(digits) ? "br-cpf" : "national-id-context" } : null;
    case "cnpj":
      return between(13, 15) ? { type: "national-id", rule: isBrCnpj(digits) ? "br-cnpj" : "national-id-context" } : null;
    case "national-id":
    case "dni":
    case "nino":
    case "codice-fiscale":
      return between(6, 12) ? { type: "national-id", rule: "national-id-context" } : null;
    case "sort-code":
      return count === 6
        ? { type: "bank-account", rule: "sort-code" }
        : between(7, 16)
          ? { type: "bank-account", rule: "bank-account-context" }
          : null;
    // The end of a number tells an account apart as well as the whole does.
    case "account-last":
      return between(3, 28) ? { type: "bank-account", rule: "bank-account-context" } : null;
    case "bank-account":
      return between(4, 28) ? { type: "bank-account", rule: "bank-account-context" } : null;
    // An account of six digits is one with an energy supplier, say, not with a bank.
    case "account":
    case "iban":
    case "ifsc":
      return between(7, 28) ? { type: "bank-account", rule: "bank-account-context" } : null;
    case "routing":
      return between(8, 10)
        ? { type: "bank-account", rule: isUsRouting(digits) ? "us-routing" : "bank-account-context" }
        : count >= 6 && count <= 17
          ? { type: "bank-account", rule: "bank-account-context" }
          : null;
    case "pin":
      return between(4, 6) || (topic.asked && between(1, 3)) ? { type: "pin", rule: "pin-context" } : null;
    case "one-time-code":
      return between(4, 8) ? { type: "password", rule: "one-time-code" } : null;
    case "postcode":
      return between(4, 9) ? { type: "address", rule: "postcode-context" } : null;
    default:
      return null;
  }
}

/** What is said of a number: the nearest phrase before it, else one right behind. */
function topicOf(reading: PersonalReading, from: number, to: number): Topic | null {
  const { mentions, tokens } = reading;
  const turn = tokens[from]?.turn ?? 0;
  const next = firstIndex(mentions.length, (index) => (mentions[index]?.at ?? 0) > to);
  const behind = mentions[next];
  const isBehind =
    behind !== undefined &&
    behind.at - to <= reachBehind &&
    tokens[behind.at]?.turn === tokens[to]?.turn &&
    ["is", "was", "'s", "it's", "für", "es", "é"].includes(tokens[to + 1]?.text ?? "");
  for (let index = next - 1; index >= 0; index--) {
    const mention = mentions[index];
    if (mention === undefined || mention.until >= from) continue;
    const saidIn = tokens[mention.until]?.turn ?? 0;
    if (from - mention.until > reach || turn - saidIn > turnsBack) break;
    const asked = reading.turns[saidIn]?.participantId !== reading.turns[turn]?.participantId && saidIn !== turn;
    // "is my PIN" right behind says more than what was said a turn ago.
    if (isBehind && (saidIn !== turn || from - mention.until > reachBehind)) break;
    // An answer begins soon after the question.
    if (saidIn !== turn && from - (reading.firstOfTurn[turn] ?? 0) > 20) break;
    return { topic: mention.topic, asked: asked && turn - saidIn === 1 };
  }
  return isBehind && behind !== undefined ? { topic: behind.topic, asked: false } : null;
}

// ── Written forms ───────────────────────────────────────────────────────────────────────────────────────────────────

const onlyDigits = (text: string): string => text.replaceAll(/[^0-9]/gu, "");
const compact = (text: string): string => text.replaceAll(/[^0-9A-Za-z]/gu, "").toUpperCase();

/** Forms that mean one thing wherever they are written. */
const forms: readonly {
  readonly pattern: RegExp;
  readonly verdict: Verdict;
  readonly passes: (text: string) => boolean;
  /** Numbers of other kinds have this form too: not where something else is spoken of. */
  readonly doubtful?: true;
}[] = [
  {
    pattern: /(?<![\p{L}\p{N}])[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{2,4}){3,8}(?: ?[A-Z0-9]{1,3})?(?![\p{L}\p{N}])/gu,
    verdict: { type: "bank-account", rule: "iban" },
    passes: (text) => isIban(compact(text)),
  },
  {
    pattern: /(?<![\p{L}\p{N}-])[0-9]{3}[- ][0-9]{2}[- ][0-9]{4}(?![\p{L}\p{N}-])/gu,
    verdict: { type: "national-id", rule: "us-ssn" },
    passes: (text) => isUsSsn(onlyDigits(text)),
    doubtful: true,
  },
  {
    pattern: /(?<![\p{L}\p{N}])[A-Za-z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-Da-d](?![\p{L}\p{N}])/gu,
    verdict: { type: "national-id", rule: "uk-nino" },
    passes: (text) => isUkNino(compact(text)),
    doubtful: true,
  },
  {
    pattern: /(?<![\p{L}\p{N}])[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}(?![\p{L}\p{N}])/gu,
    verdict: { type: "national-id", rule: "br-cpf" },
    passes: (text) => isBrCpf(onlyDigits(text)),
  },
  {
    pattern: /(?<![\p{L}\p{N}])[0-9]{2}\.[0-9]{3}\.[0-9]{3}\/[0-9]{4}-[0-9]{2}(?![\p{L}\p{N}])/gu,
    verdict: { type: "national-id", rule: "br-cnpj" },
    passes: (text) => isBrCnpj(onlyDigits(text)),
  },
  {
    pattern: /(?<![\p{L}\p{N}])[2-9][0-9]{3}([ -])[0-9]{4}\1[0-9]{4}(?![\p{L}\p{N}]| [0-9])/gu,
    verdict: { type: "national-id", rule: "in-aadhaar" },
    passes: (text) => isInAadhaar(onlyDigits(text)),
    doubtful: true,
  },
  {
    pattern: /(?<![\p{L}\p{N}])[A-Za-z]{5}[0-9]{4}[A-Za-z](?![\p{L}\p{N}])/gu,
    verdict: { type: "national-id", rule: "in-pan" },
    passes: (text) => isInPan(compact(text)),
    doubtful: true,
  },
  {
    pattern: /(?<![\p{L}\p{N}])[A-Z]{4}0[A-Z0-9]{6}(?![\p{L}\p{N}])/gu,
    verdict: { type: "bank-account", rule: "ifsc" },
    passes: () => true,
    doubtful: true,
  },
  {
    pattern: /(?<![\p{L}\p{N}])(?:[0-9]{8}|[XYZxyz][ -]?[0-9]{7})[ -]?[A-Za-z](?![\p{L}\p{N}])/gu,
    verdict: { type: "national-id", rule: "es-dni" },
    passes: (text) => isEsDni(compact(text)),
    doubtful: true,
  },
  {
    pattern: /(?<![\p{L}\p{N}])[A-Za-z]{6}[0-9]{2}[A-Za-z][0-9]{2}[A-Za-z][0-9]{3}[A-Za-z](?![\p{L}\p{N}])/gu,
    verdict: { type: "national-id", rule: "it-codice-fiscale" },
    passes: (text) => isItCodiceFiscale(compact(text)),
  },
  {
    pattern: /(?<![\p{L}\p{N}])[1-478] [0-9]{2} [0-9]{2} (?:[0-9]{2}|2[AB]) [0-9]{3} [0-9]{3} [0-9]{2}(?![\p{L}\p{N}])/gu,
    verdict: { type: "national-id", rule: "fr-nir" },
    passes: (text) => isFrNir(compact(text)),
  },
];

/** Finds numbers by the form in which they are written. */
export function findForms(reading: PersonalReading): void {
  for (const [turn, { text }] of reading.writing.entries()) {
    for (const { pattern, verdict, passes, doubtful } of forms) {
      for (const match of text.matchAll(pattern)) {
        if (!passes(match[0])) continue;
        const place = tokensBetween(reading, turn, match.index, match.index + match[0].length);
        if (place === null) continue;
        const topic = doubtful === true ? (topicOf(reading, place.from, place.to)?.topic ?? null) : null;
        if (topic === "other" || topic === "phone" || topic === "card") continue;
        reading.claim(verdict.type, verdict.rule, place.from, place.to);
      }
    }
  }
}

const phoneForm =
  /(?<![\p{L}\p{N}.,-])(?:\+[0-9][0-9 ().-]{7,18}[0-9]|\(0?[0-9]{2,5}\)[ -]?[0-9][0-9 -]{5,9}[0-9]|[0-9]{3}[-.][0-9]{3}[-.][0-9]{4}|0[0-9]{2,4}[ -][0-9]{3,4}[ -]?[0-9]{3,4}|0[0-9](?: [0-9]{2}){4})(?![\p{L}\p{N}]|[-.][0-9])/gu;

/** Finds telephone numbers that are written as such and could be dialled. */
export function findPhones(reading: PersonalReading): void {
  for (const [turn, { text }] of reading.writing.entries()) {
    for (const match of text.matchAll(phoneForm)) {
      const place = tokensBetween(reading, turn, match.index, match.index + match[0].length);
      if (place === null) continue;
      const topic = topicOf(reading, place.from, place.to)?.topic;
      if (topic !== undefined && topic !== "phone") continue;
      const valid = match[0].startsWith("+")
        ? isPossiblePhoneNumber(match[0])
        : phoneRegions.some((region) => isValidPhoneNumber(match[0], region));
      if (valid) reading.claim("phone", "phone-valid", place.from, place.to);
    }
  }
}

// ── Digits and letters ──────────────────────────────────────────────────────────────────────────────────────────────

interface Piece {
  readonly characters: string;
  readonly from: number;
  readonly to: number;
}

/** What a code has to be where it is spoken of. A zero may be the letter O. */
const codes: readonly { readonly topic: string; readonly verdict: Verdict; readonly passes: (code: string) => boolean }[] = [
  { topic: "nino", verdict: { type: "national-id", rule: "uk-nino" }, passes: (code) => /^[A-Z]{2}\d{6}[A-D]$/u.test(code) },
  { topic: "pan", verdict: { type: "national-id", rule: "in-pan" }, passes: (code) => /^[A-Z]{5}\d{4}[A-Z]$/u.test(code) },
  { topic: "dni", verdict: { type: "national-id", rule: "es-dni" }, passes: (code) => /^(?:\d{8}|[XYZ]\d{7})[A-Z]$/u.test(code) },
  { topic: "codice-fiscale", verdict: { type: "national-id", rule: "it-codice-fiscale" }, passes: isItCodiceFiscale },
  {
    topic: "iban",
    verdict: { type: "bank-account", rule: "iban" },
    passes: (code) => /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/u.test(code),
  },
  { topic: "ifsc", verdict: { type: "bank-account", rule: "ifsc" }, passes: (code) => /^[A-Z]{4}[0O][A-Z0-9]{6}$/u.test(code) },
  {
    topic: "postcode",
    verdict: { type: "address", rule: "postcode-context" },
    passes: (code) => /^[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}$/u.test(code),
  },
  {
    topic: "ask-address",
    verdict: { type: "address", rule: "postcode-context" },
    passes: (code) => /^[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}$/u.test(code),
  },
];
/** No code is read in more pieces than this. */
const mostPieces = 40;

/** Finds codes of digits and letters that are read out: "A B one two three", "N for November". */
export function findCodes(reading: PersonalReading): void {
  for (let turn = 0; turn < reading.writing.length; turn++) {
    for (const run of piecesOf(reading, turn)) {
      for (let from = 0; from < run.length; from++) {
        const end = longestCode(reading, run, from);
        if (end > from) from = end;
      }
    }
  }
}

/** Claims the longest code that begins with a piece, and answers with the index of its last one; -1 where there is none. */
function longestCode(reading: PersonalReading, run: readonly Piece[], from: number): number {
  const first = run[from];
  if (first === undefined) return -1;
  const topic = topicOf(reading, first.from, first.from)?.topic;
  const wanted = codes.filter((code) => code.topic === topic);
  if (wanted.length === 0) return -1;
  for (let to = Math.min(run.length, from + mostPieces) - 1; to > from; to--) {
    const last = run[to];
    const code = run
      .slice(from, to + 1)
      .map(({ characters }) => characters)
      .join("");
    const match = wanted.find(({ passes }) => passes(code));
    if (match !== undefined && last !== undefined && reading.claim(match.verdict.type, match.verdict.rule, first.from, last.to))
      return to;
  }
  return -1;
}

/** Digits and single letters in a row, with fillers in between. */
function piecesOf(reading: PersonalReading, turn: number): Piece[][] {
  const { tokens } = reading;
  const runs: Piece[][] = [];
  let run: Piece[] = [];
  const close = () => {
    if (run.length > 1) runs.push(run);
    run = [];
  };
  for (let at = reading.firstOfTurn[turn] ?? 0; at < endOfTurn(reading, turn); at++) {
    const token = tokens[at];
    if (token === undefined) break;
    const letter = letterAt(reading, at);
    if (token.digits !== null && !(token.text === "o" && letter === null)) {
      run.push({ characters: token.digits.digits, from: at, to: token.digits.to });
      at = token.digits.to;
    } else if (letter !== null) {
      run.push(letter);
      at = letter.to;
    } else if (!token.filler || run.length === 0) close();
  }
  close();
  return runs;
}

/** A letter that is spelled: "B", "B for Bravo", "double T", or a few capitals of a written code. */
export function letterAt({ tokens }: PersonalReading, at: number): Piece | null {
  const token = tokens[at];
  if (token === undefined || token.kind !== "word") return null;
  const next = tokens[at + 1];
  if (/^(?:double|triple)$/u.test(token.text) && next?.turn === token.turn && /^[a-z]$/u.test(next.text))
    return { characters: next.text.toUpperCase().repeat(token.text === "double" ? 2 : 3), from: at, to: at + 1 };
  if (/^[a-z]$/u.test(token.text)) {
    const named = tokens[at + 2];
    const characters = token.text.toUpperCase();
    if (next?.turn === token.turn && /^(?:for|as|like)$/u.test(next.text)) {
      const word = next.text === "as" && named?.text === "in" ? tokens[at + 3] : named;
      if (word?.turn === token.turn && word.text.startsWith(token.text))
        return { characters, from: at, to: tokens.indexOf(word, at) };
    }
    return { characters, from: at, to: at };
  }
  const before = tokens[at - 1];
  const besideDigits =
    (before?.turn === token.turn && token.gap === "" && before.kind === "digits") ||
    (next?.turn === token.turn && next.gap === "" && next.kind === "digits");
  if (/^[A-Z]{2,6}$/u.test(token.raw) || (besideDigits && /^[a-z]{2,6}$/u.test(token.text)))
    return { characters: token.text.toUpperCase(), from: at, to: at };
  return null;
}
