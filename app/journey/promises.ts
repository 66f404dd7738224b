import type { Role } from "../conversation/conversation.ts";

/*
 * Promises that somebody makes a customer, by what they say: that they will be called back, get money back, be sent something,
 * be visited. Each has a time by which it is due, where one is named. Rules of English alone; what they take for a promise is
 * shown with its words, so that anybody can see it.
 */

/** What can be promised. */
export const promiseKinds = ["call-back", "refund", "message", "visit"] as const;
/** What can be promised. */
export type PromiseKind = (typeof promiseKinds)[number];

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const callBack =
  /\b(?:(?:i|we|someone|somebody|a colleague|my colleague|one of (?:us|our \w+)|the team|our team|they)(?:'ll| will| am going to| are going to| can| shall)(?: \w+){0,2} (?:call|ring|phone|telephone) you(?: back)?|(?:will|'ll) (?:give you a (?:call|ring)|get back to you by phone)|(?:arrange|schedule|book|booked|arranged|scheduled) (?:you )?a call-?\s?back|you(?:'ll| will) (?:get|receive|have) a call(?: back)?|(?:will|'ll) get back to you)\b/iu;
const refund =
  /\b(?:(?:will|'ll|going to|be) (?:refund(?:ed)?|credit(?:ed)?|reimburse[ds]?)\b|(?:refund|credit|money|payment|reimbursement)\b[^.?!]{0,60}\b(?:will|'ll|should|going to) (?:be (?:with you|in your|on your|back|paid|processed|credited|returned|refunded)|reach|arrive|appear|show)|you(?:'ll| will) (?:get|receive|have|see) (?:a|the|your)(?: \w+){0,2} (?:refund|money|credit))/iu;
const message =
  /\b(?:(?:i|we|they|our \w+|somebody|someone|a colleague)(?:'ll| will| am going to| are going to)(?: \w+){0,2} (?:send|e-?mail|text|write to|post) (?:you|it|that|this|them|the|a|your)|you(?:'ll| will) (?:get|receive|have) (?:an? |the |your )?(?:\w+ ){0,2}(?:e-?mail|letter|text|message|confirmation|contract|form)|(?:will|'ll) be in touch)\b/iu;
const visit =
  /\b(?:(?:engineer|technician|somebody|someone|courier|driver|colleague)\b[^.?!]{0,30}\b(?:will|'ll|is going to) (?:come|visit|be with you|call round|collect|arrive|deliver)|(?:appointment|visit) is (?:on|booked|set|for))\b/iu;

const patterns: readonly (readonly [PromiseKind, RegExp])[] = [
  ["call-back", callBack],
  ["refund", refund],
  ["visit", visit],
  ["message", message],
];

/** A condition, or a question, promises nothing: "would you like me to call you back?", "if you want I will". */
const unless =
  /\b(?:if you (?:want|like|wish|prefer)|would you like|do you want|shall (?:i|we)|can (?:i|we) call|may (?:i|we)|cannot|can't|will not|won't|not be able|unable)\b/iu;

/** A promise in a sentence. */
export interface FoundPromise {
  readonly kind: PromiseKind;
  /** Characters of the text. */
  readonly from: number;
  readonly to: number;
  /** How long after it was made it is due, in milliseconds; null where no time is named. */
  readonly withinMs: number | null;
}

/** Who can promise something to a customer. */
export function mayPromise(role: Role): boolean {
  return role === "agent" || role === "bot";
}

/**
 * The promises of a text that an agent or a bot says or writes.
 *
 * @param at when it was said (ms since the epoch, in the time of the place); null where nobody knows, and then named days have no time.
 */
export function promisesIn(text: string, at: number | null): FoundPromise[] {
  const found: FoundPromise[] = [];
  for (const sentence of text.matchAll(/[^.?!\n]+[.?!]?/gu)) {
    const [said] = sentence;
    if (said.trimEnd().endsWith("?") || unless.test(said)) continue;
    for (const [kind, pattern] of patterns) {
      if (!pattern.test(said)) continue;
      const start = sentence.index + (said.length - said.trimStart().length);
      found.push({ kind, from: start, to: sentence.index + said.trimEnd().length, withinMs: timeNamed(said, at) });
      break;
    }
  }
  return found;
}

const numbers: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  twelve: 12,
  fourteen: 14,
  twenty: 20,
  thirty: 30,
  "forty eight": 48,
  "forty-eight": 48,
  "twenty four": 24,
  "twenty-four": 24,
  "seventy two": 72,
  "seventy-two": 72,
};
const weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const;
const amount = String.raw`(\d{1,3}|${Object.keys(numbers)
  .sort((a, b) => b.length - a.length)
  .join("|")})`;
const span = new RegExp(
  String.raw`\b(?:within|in|inside|up to|at most|next)(?: the)?(?: next)? (?:${amount} ?(?:to|-|–|or) ?)?${amount} ?(minute|hour|working day|business day|day|week|month)s?\b`,
  "iu",
);

/** The time that a sentence names, from when it was said; the latest where it names a stretch. */
export function timeNamed(sentence: string, at: number | null): number | null {
  const stretch = span.exec(sentence);
  if (stretch !== null) {
    const count = countOf(stretch[2] ?? "") ?? 1;
    const unit = (stretch[3] ?? "").toLowerCase();
    if (unit === "minute") return count * 60_000;
    if (unit === "hour") return count * hourMs;
    if (unit === "week") return count * 7 * dayMs;
    if (unit === "month") return count * 31 * dayMs;
    // Five working days are a week, and a weekend may lie before them.
    if (unit !== "day") return Math.ceil(count / 5) * 2 * dayMs + count * dayMs;
    return count * dayMs;
  }
  if (at === null) return null;
  // The last minute of the day: "by tomorrow" is over with it.
  const toMidnight = dayMs - (((at % dayMs) + dayMs) % dayMs) - 60_000;
  if (
    /\b(?:today|this (?:morning|afternoon|evening)|tonight|by the end of (?:the|this) day|shortly|right away|straight away)\b/iu.test(
      sentence,
    )
  )
    return toMidnight;
  if (/\bday after tomorrow\b/iu.test(sentence)) return toMidnight + 2 * dayMs;
  if (/\btomorrow\b/iu.test(sentence)) return toMidnight + dayMs;
  if (/\b(?:this week|end of (?:the|this) week)\b/iu.test(sentence)) return toMidnight + (6 - new Date(at).getUTCDay()) * dayMs;
  if (/\bnext week\b/iu.test(sentence)) return toMidnight + (13 - new Date(at).getUTCDay()) * dayMs;
  const day = new RegExp(String.raw`\b(?:on|by|until|before|next|this) (${weekdays.join("|")})\b`, "iu").exec(sentence)?.[1];
  if (day === undefined) return null;
  const ahead = (weekdays.indexOf(day.toLowerCase() as (typeof weekdays)[number]) - new Date(at).getUTCDay() + 7) % 7;
  return toMidnight + (ahead === 0 ? 7 : ahead) * dayMs;
}

function countOf(word: string): number | null {
  const plain = word.toLowerCase();
  const counted = /^\d+$/u.test(plain) ? Number(plain) : numbers[plain];
  return counted === undefined || counted < 1 ? null : counted;
}

/** What a customer says of a promise: that it was not kept, or that it was. `kind` is null where it may be of any. */
export interface PromiseWord {
  readonly verdict: "kept" | "broken";
  readonly kind: PromiseKind | null;
}

const brokenWords: readonly (readonly [PromiseKind | null, RegExp])[] = [
  [
    "call-back",
    /\b(?:no(?:body| ?one)(?: has| ever)?(?: ever)? (?:called|calls|rang|rings|phoned|got)\b|never (?:called|rang|phoned|got a call|had a call|heard)|(?:did not|didn't|have not|haven't|has not|hasn't) (?:\w+ )?(?:call(?:ed)?|r[ia]ng|phoned?|get a call|had a call|heard)(?: me)?(?: back)?|still waiting for (?:a|the|your|that) call)/iu,
  ],
  [
    "refund",
    /\b(?:(?:refund|money|credit)\b[^.?!]{0,40}\b(?:has not|hasn't|have not|haven't|did not|didn't|never|still not|is not|isn't) (?:\w+ )?(?:arriv\w+|come|came|been|here|there|shown|appeared)|(?:have not|haven't|still have not|still haven't|never) (?:had|got|gotten|received|seen) (?:my|the|that|any|a) (?:\w+ )?(?:refund|money|credit)|still waiting for (?:my|the|that|a) (?:\w+ )?(?:refund|money|credit)|where is my (?:refund|money))/iu,
  ],
  [
    "visit",
    /\b(?:(?:no(?:body| ?one)|engineer|technician|courier)(?: \w+){0,2} (?:never|did not|didn't|has not|hasn't)?\s?(?:came|come|turned up|turn up|shown up|show up|showed up))\b/iu,
  ],
  [
    "message",
    /\b(?:(?:have not|haven't|did not|didn't|never|still have not|still haven't) (?:had|got|gotten|received?|get) (?:the|your|that|any|an?) (?:\w+ )?(?:e-?mail|letter|text|message|confirmation|contract|form))/iu,
  ],
  [
    null,
    /\b(?:you|they|i was|somebody|someone|your colleague) (?:promised|said you would|said they would|told me you would)\b/iu,
  ],
];
const keptWords: readonly (readonly [PromiseKind | null, RegExp])[] = [
  ["call-back", /\b(?:thank you|thanks) for (?:calling|ringing|phoning|getting)(?: me)? back\b/iu],
  [
    "refund",
    /\b(?:(?:got|received|had) (?:my|the) (?:\w+ )?(?:refund|money|credit)|(?:refund|money|credit) (?:has )?(?:arrived|come through|came through))\b/iu,
  ],
  ["message", /\b(?:(?:got|received) (?:the|your) (?:\w+ )?(?:e-?mail|letter|text|message|confirmation|contract|form))\b/iu],
];

/** What a customer says of promises in a text. */
export function wordsOfPromises(text: string): PromiseWord[] {
  const told = (list: typeof brokenWords, verdict: PromiseWord["verdict"]): PromiseWord[] =>
    list.flatMap(([kind, pattern]) => (pattern.test(text) ? [{ verdict, kind }] : []));
  const broken = told(brokenWords, "broken");
  const named = broken.filter(({ kind }) => kind !== null);
  return [...(named.length > 0 ? named : broken), ...(broken.length > 0 ? [] : told(keptWords, "kept"))];
}

/** Whether an agent says that this is the call, or the message, that was promised. */
export function saysItIsKept(text: string): boolean {
  return /\b(?:i am|i'm|we are|we're) (?:calling|ringing|phoning|getting) (?:you )?back\b|\b(?:calling|writing|messaging)(?: you)? (?:back )?as (?:promised|agreed)\b|\bas promised\b|\breturning your call\b/iu.test(
    text,
  );
}
