import { handOverIntent, handOverWords } from "../conversation/bot-session.ts";
import type { Conversation, Role, Turn } from "../conversation/conversation.ts";
import { fullName, plainPlace } from "./identity.ts";
import { type FoundPromise, mayPromise, type PromiseWord, promisesIn, saysItIsKept, wordsOfPromises } from "./promises.ts";

/* What of one conversation matters to the others of its customer. Every trait has its place, with the words that stand there. */

/** Where a trait stands, and its words (redacted, as the conversation is). */
export interface TraitPlace {
  readonly turnId: string;
  readonly role: Role;
  readonly startMs: number;
  readonly quote: string;
}

/** What a customer can be asked for to show who they are. */
export const checkTopics = [
  "name",
  "birth-date",
  "address",
  "account",
  "pin",
  "password",
  "security-question",
  "phone",
  "email",
  "booking",
  "identity",
] as const;
/** What a customer can be asked for to show who they are. */
export type CheckTopic = (typeof checkTopics)[number];

/** A check of who the customer is: what was asked, and whether the customer answered. */
export interface IdentityCheck extends TraitPlace {
  readonly topic: CheckTopic;
  readonly answered: boolean;
}

/** Something that a bot took down: its slot. */
export interface TakenDown extends TraitPlace {
  readonly slot: string;
}

/** What a conversation was about: a category that rests on the customer's words, or a bot's intent. */
export interface Reason extends TraitPlace {
  /** `category:complaint`, `intent:MakePayment`. */
  readonly id: string;
  /** As people read it. */
  readonly name: string;
}

/** A promise that was made. */
export interface MadePromise extends TraitPlace, Pick<FoundPromise, "kind" | "withinMs"> {}

/** What of one conversation matters to the others of its customer. */
export interface Traits {
  readonly checks: readonly IdentityCheck[];
  /** Where somebody says that the customer is verified, or the bot's own check ended well; null where nobody does. */
  readonly verified: TraitPlace | null;
  readonly takenDown: readonly TakenDown[];
  readonly reasons: readonly Reason[];
  readonly promises: readonly MadePromise[];
  readonly ofPromises: readonly (TraitPlace & PromiseWord)[];
  /** Where an agent says that this is what was promised. */
  readonly asPromised: TraitPlace | null;
  /** Where the customer says that it is not the first time. */
  readonly again: readonly TraitPlace[];
  /** Where a bot hands over to a person, or the customer asks it to; null where that does not happen. */
  readonly handOver: TraitPlace | null;
  /** What agents ask: to be compared with what a bot took down. */
  readonly questions: readonly TraitPlace[];
}

/** A category that is present, and the turns that it rests on. */
export interface PresentCategory {
  readonly id: string;
  readonly name: string;
  readonly turnIds: readonly string[];
}

const topicPatterns: readonly (readonly [CheckTopic, RegExp])[] = [
  ["birth-date", /\b(?:date of birth|birth ?date|birthday|when were you born)\b/iu],
  ["pin", /\bp\.?i\.?n\.?\b|\bpin (?:code|number)\b|\bdigit code\b/iu],
  ["password", /\b(?:password|passcode|passphrase|one[- ]time code|security code we|memorable word)\b/iu],
  ["security-question", /\b(?:security question|mother's maiden name|memorable (?:date|place))\b/iu],
  ["address", /\b(?:post ?code|zip ?code|(?:first line of (?:your|the)|your|billing|home) address)\b/iu],
  [
    "account",
    /\b(?:(?:account|customer|membership|policy|reference|contract|meter) (?:number|id|reference)|last (?:four|4|three|3) (?:digits|numbers))\b/iu,
  ],
  ["booking", /\b(?:booking|order|case|ticket) (?:reference|number|id)\b/iu],
  ["email", /\b(?:your|the) e-?mail(?: address)?\b/iu],
  ["phone", /\b(?:your|the|a|best|contact) (?:tele)?(?:phone|contact|mobile) number\b/iu],
  ["name", /\b(?:your (?:full |first |last )?name|who am i speaking (?:with|to)|full name)\b/iu],
  [
    "identity",
    /\b(?:verify (?:your identity|you|who you are|your account|your details)|confirm (?:your identity|who you are|your details)|security (?:check|questions))\b/iu,
  ],
];

/** How somebody asks: a question mark, or the words that ask where speech has no signs. */
const asks =
  /\?|\b(?:can|could|may) (?:i|you|we) (?:have|take|get|confirm|give|tell|verify|please)|\bplease (?:confirm|tell|give|enter|type|verify|provide)|\bwhat(?:'s| is| was) (?:your|the)|\bi (?:need|have) to (?:verify|confirm|ask)|\b(?:confirm|verify) your\b/iu;
/** What is told, not asked: "you can change your address online". */
const tells =
  /\byou can (?:change|update|find|reset|see)\b|\byour (?:new )?(?:pin|password) (?:is|has|will)\b|\bnever (?:share|tell|give)\b|\bdo not (?:share|send|tell|give)\b/iu;
const passed =
  /\b(?:you (?:are|have been|'re) (?:now )?(?:verified|identified)|(?:you have|you've) passed (?:security|the (?:security )?check)|that(?:'s| is) all verified|(?:identity|account|you) (?:is|has been|are) (?:confirmed|verified)|thank you for (?:verifying|confirming) (?:your|that|who)|passed security)\b/iu;
const asksForPerson =
  /\b(?:(?:speak|talk) (?:to|with) (?:a|an|some) ?(?:real |human )?(?:person|agent|human|body|one|representative|operator|advis[eo]r)|real person|human(?: being)?|live agent|agent please|representative)\b/iu;
const notFirst =
  /\b(?:(?:second|third|fourth|fifth|\d+(?:nd|rd|th)) time|(?:told|said|explained)(?: you| this| it| that)* already|(?:i )?(?:have |'ve )?(?:already|just) (?:told|said|explained|given|gave|verified|did|done|answered)|called (?:\w+ )?(?:before|twice|times|again|already|yesterday|last week)|(?:calling|writing|asking|explain\w*|say\w*) (?:this |it |that |about (?:this|it) )?again|again and again|as i (?:told|said)|told (?:the|your) (?:bot|assistant|colleague)|over and over)\b/iu;

/** A first and a last name, with capitals: "this is the third time" names nobody. */
const saysName =
  /\b(?:[Mm]y (?:full )?name(?: is|['’]s)|[Tt]his is|[Ii]t(?: is|['’]s)|I(?: am|['’]m))\s+((?:(?:Mr|Mrs|Ms|Miss|Dr)\.?\s+)?\p{Lu}[\p{L}'’-]+(?:\s+\p{Lu}[\p{L}'’-]+){1,2})/u;

/** Turns after a question in which the customer answers it. */
const answerWithin = 3;
/** Longest quotation of a trait, in characters. */
const longestQuote = 240;
/** Most of one kind that are kept of one conversation. */
const most = 40;

/**
 * What of a conversation matters to the others of its customer.
 *
 * @param categories those present in it.
 */
export function traitsOf(conversation: Conversation, categories: readonly PresentCategory[]): Traits {
  const roles = new Map(conversation.participants.map(({ id, role }) => [id, role]));
  const roleOf = (turn: Turn): Role => roles.get(turn.participantId) ?? "other";
  const startedAt = conversation.startedAt === null ? null : Date.parse(conversation.startedAt);
  const { turns } = conversation;
  const place = (turn: Turn, quote = turn.text): TraitPlace => ({
    turnId: turn.id,
    role: roleOf(turn),
    startMs: turn.startMs,
    quote: quote.length > longestQuote ? `${quote.slice(0, longestQuote - 1)}…` : quote,
  });
  const checks: IdentityCheck[] = [];
  const promises: MadePromise[] = [];
  const ofPromises: (TraitPlace & PromiseWord)[] = [];
  const questions: TraitPlace[] = [];
  const again: TraitPlace[] = [];
  let verified: TraitPlace | null = null;
  let asPromised: TraitPlace | null = null;
  let handOver: TraitPlace | null = null;
  for (const [index, turn] of turns.entries()) {
    const role = roleOf(turn);
    if (mayPromise(role) || role === "ivr") {
      const answer = turns.slice(index + 1, index + 1 + answerWithin).find((one) => roleOf(one) === "customer");
      for (const topic of topicsAsked(turn.text))
        checks.push({ ...place(turn), topic, answered: answer !== undefined && isAnswer(answer) });
      if (passed.test(turn.text)) verified = place(turn);
      if (role === "agent" && asks.test(turn.text)) questions.push(place(turn));
      const at = startedAt === null ? null : startedAt + turn.startMs;
      for (const { kind, withinMs, from, to } of promisesIn(turn.text, at))
        promises.push({ ...place(turn, turn.text.slice(from, to)), kind, withinMs });
      if (role === "agent" && saysItIsKept(turn.text)) asPromised ??= place(turn);
      if (role === "bot" && handOverWords.test(turn.text)) handOver ??= place(turn);
    }
    if (role === "customer") {
      for (const word of wordsOfPromises(turn.text)) ofPromises.push({ ...place(turn), ...word });
      if (notFirst.test(turn.text)) again.push(place(turn));
      if (handOverIntent.test(turn.bot?.intent ?? "")) handOver ??= place(turn);
      if (isVerified(turn)) verified ??= place(turn);
      if (conversation.channel === "bot" && asksForPerson.test(turn.text)) handOver ??= place(turn);
    }
  }
  return {
    checks: checks.slice(0, most),
    verified,
    takenDown: takenDownIn(turns, place).slice(0, most),
    reasons: reasonsOf(turns, roleOf, categories, place).slice(0, most),
    promises: promises.slice(0, most),
    ofPromises: ofPromises.slice(0, most),
    asPromised,
    again: again.slice(0, most),
    handOver,
    questions: questions.slice(0, 200),
  };
}

function topicsAsked(text: string): CheckTopic[] {
  const found = new Set<CheckTopic>();
  for (const sentence of text.match(/[^.?!\n]+[.?!]?/gu) ?? []) {
    if (!asks.test(sentence) || tells.test(sentence)) continue;
    for (const [topic, pattern] of topicPatterns) if (pattern.test(sentence)) found.add(topic);
  }
  // "Verify your identity" is the heading of the question; where the question itself is told, that one counts.
  if (found.size > 1) found.delete("identity");
  return [...found];
}

function isAnswer({ text }: Turn): boolean {
  return /[\p{L}\p{N}[]/u.test(text) && !/^\s*(?:why|what|no|i (?:do not|don't) (?:know|have))\b/iu.test(text);
}

function isVerified({ bot }: Turn): boolean {
  return bot !== undefined && /verif|authenti|identif/iu.test(bot.intent ?? "") && /fulfilled/iu.test(bot.state ?? "");
}

function takenDownIn(turns: readonly Turn[], place: (turn: Turn) => TraitPlace): TakenDown[] {
  const found = new Map<string, TakenDown>();
  for (const turn of turns) {
    for (const [slot, value] of Object.entries(turn.bot?.slots ?? {}))
      if (value !== null && value !== "" && !found.has(slot)) found.set(slot, { ...place(turn), slot });
  }
  return [...found.values()];
}

function reasonsOf(
  turns: readonly Turn[],
  roleOf: (turn: Turn) => Role,
  categories: readonly PresentCategory[],
  place: (turn: Turn) => TraitPlace,
): Reason[] {
  const found = new Map<string, Reason>();
  const byId = new Map(turns.map((turn) => [turn.id, turn]));
  for (const { id, name, turnIds } of categories) {
    // What the agent says tells of conduct and not of the matter.
    const turn = turnIds.flatMap((one) => byId.get(one) ?? []).find((one) => roleOf(one) === "customer");
    if (turn !== undefined) found.set(`category:${id}`, { ...place(turn), id: `category:${id}`, name });
  }
  for (const turn of turns) {
    const intent = turn.bot?.intent ?? null;
    if (intent === null || turn.bot?.missed === true || isNoReason(intent) || found.has(`intent:${intent}`)) continue;
    found.set(`intent:${intent}`, { ...place(turn), id: `intent:${intent}`, name: wordsOfName(intent).join(" ") });
  }
  return [...found.values()];
}

/** Intents that carry a conversation and are not what it is about. */
function isNoReason(intent: string): boolean {
  return (
    /fallback|^faq|greet|welcome|hello|thank|goodbye|verif|authenti|identif|accountdetails|yes|no$|help$|repeat/iu.test(intent) ||
    handOverIntent.test(intent)
  );
}

/** The words of a name that programs write: `OpenAccount`, `account_type`. */
export function wordsOfName(name: string): string[] {
  return name
    .replaceAll(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1 $2")
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => word.toLowerCase())
    .filter((word) => word.length > 1 && word !== "intent" && word !== "slot");
}

/** The full names that a customer has or gives in their own words, as they are written. */
export function namesGiven(conversation: Pick<Conversation, "participants" | "turns">): string[] {
  const customers = new Set(conversation.participants.filter(({ role }) => role === "customer").map(({ id }) => id));
  const given = conversation.participants.flatMap(({ name, role }) => (role === "customer" && name !== null ? [name] : []));
  const said = conversation.turns.flatMap(({ participantId, text }) => {
    const name = customers.has(participantId) ? saysName.exec(text)?.[1] : undefined;
    return name === undefined ? [] : [name];
  });
  return [...given, ...said].filter((name) => fullName(name) !== null);
}

/** The same as they are compared, each once. */
export function namesSaid(conversation: Pick<Conversation, "participants" | "turns">): string[] {
  return [...new Set(namesGiven(conversation).flatMap((name) => fullName(name) ?? []))].slice(0, 4);
}

/** The places that a customer names as theirs, as they are compared. */
export function placesSaid(conversation: Pick<Conversation, "participants" | "turns">, places: readonly string[]): string[] {
  const customers = new Set(conversation.participants.filter(({ role }) => role === "customer").map(({ id }) => id));
  const said = conversation.turns
    .filter(({ participantId }) => customers.has(participantId))
    .map(({ text }) => text.toLowerCase());
  const own = places.filter((place) => said.some((text) => text.includes(place.toLowerCase())));
  return [...new Set(own.map(plainPlace))].filter((place) => place.length >= 3).slice(0, 10);
}
