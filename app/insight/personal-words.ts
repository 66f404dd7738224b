import { letterAt } from "./personal-numbers.ts";
import {
  endOfTurn,
  endsClause,
  isCapital,
  type PersonalReading,
  type Token,
  textBefore,
  tokensBetween,
} from "./personal-reading.ts";

/* Names, e-mail addresses and secrets: words, so that what is said around them tells what they are. */

/** A name has no more parts than this. */
const mostNameParts = 4;
/** Capitalised words that begin a clause or stand behind a greeting and are no name. */
const noNames = new Set(
  (
    "i i'm i'd i'll i've it it's its the a an and but so if yes yeah yep no not ok okay sure well hi hello hey good morning afternoon evening thanks thank " +
    "you your we he she they this that there what when where why who how my our for from to of in on at is are was can could would will do does did " +
    "please just then now let all mr mrs ms miss dr sir madam ma'am everyone guys again very much one " +
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december " +
    "english british american spanish german french indian brazilian portuguese italian dutch polish visa mastercard amex paypal amazon google apple " +
    "ja nein oui non si sí sim não guten tag bonjour hola olá speaking calling surname name first last spelled"
  ).split(" "),
);
const particles = new Set("de da do dos das del della di van von der den la le bin al st mac mc".split(" "));
const titles =
  /^(?:mr|mrs|ms|miss|mister|missus|mx|dr|prof|sir|madam|herr|frau|señor|señora|sr|sra|senhor|senhora|monsieur|madame|signor|signora)$/u;

/** Words before a name: what follows is one if it is written as one. */
const introductions =
  /\b(?:(?:my|his|her|the|our|your|first|last|full|good|husband's|wife's|mother's|father's|son's|daughter's|partner's|boss's|account holder's) (?:\w+ )?(?:name|surname) is|name's|names? is|surname is|surname's|(?:speaking|talking) (?:to|with)|(?:in|under) the name (?:of)?|call me|i am|i'm|this is|mein name ist|ich heiße|ich bin|je m'appelle|mon nom est|me llamo|mi nombre es|soy|mi chiamo|sono|meu nome é|me chamo|sou (?:a|o)|ik ben|mijn naam is|nazywam się) $/u;
/** Of these a name has to be followed by an end, or by what goes on as introductions do: "this is ..." begins much else. */
const weakIntroductions = /\b(?:i am|i'm|this is|ich bin|soy|sono|ik ben) $/u;
const goesOnAsIntroduction = new Set("from calling speaking here and with at again the i my".split(" "));
const greetings =
  /^(?:thanks|hi|hello|hey|okay|ok|morning|afternoon|evening|you|right|sorry|dear|welcome|alright|great|perfect|sure|bye|goodbye)$/u;

/** Finds names: introduced, answered, addressed, spelled. */
export function findNames(reading: PersonalReading): void {
  const { tokens } = reading;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined) continue;
    introducedAt(reading, at);
    if (titles.test(token.text) && isCapital(token)) {
      const end = nameEnd(reading, at + 1, token.turn);
      if (end > at) reading.claim("name", "name-addressed", isTitleMarked(reading, at) ? at : at + 1, end);
    }
    addressedAt(reading, at);
  }
  for (const question of reading.questions) {
    if (question.topic === "ask-name") answeredName(reading, question.until);
    if (question.topic === "ask-spelling") answeredSpelling(reading, question.until);
  }
  spelledAnywhere(reading);
}

/** "It's for Mr Adeyemi": the title is part of what names somebody where the name stands by itself. */
function isTitleMarked({ tokens }: PersonalReading, at: number): boolean {
  return /^(?:for|from|to|of)$/u.test(tokens[at - 1]?.text ?? "") && tokens[at - 1]?.turn === tokens[at]?.turn;
}

/** Index of the last token of a name that begins here; less than `at` where none does. */
function nameEnd({ tokens }: PersonalReading, at: number, turn: number, alsoSmall = false): number {
  let end = at - 1;
  for (let next = at; next < at + mostNameParts; next++) {
    const token = tokens[next];
    if (token === undefined || token.turn !== turn || token.kind !== "word") break;
    if (next > at && endsClause(token.gap, true)) break;
    const isPart = isCapital(token) || (alsoSmall && end < at + 1 && token.text.length > 1);
    if (isPart && !noNames.has(token.text) && !titles.test(token.text)) end = next;
    else if (next === at || !particles.has(token.text)) break;
  }
  return end;
}

function introducedAt(reading: PersonalReading, at: number): void {
  const { tokens } = reading;
  const token = tokens[at];
  if (token === undefined || noNames.has(token.text)) return;
  const before = textBefore(reading, at, 6);
  if (!introductions.test(before) || endsClause(token.gap.replace(":", ""))) return;
  const weak = weakIntroductions.test(before);
  // Where nothing is written with capitals a name is what stands behind "my name is".
  const small = !weak && /\bname(?: is|'s) $/u.test(before) && /^\p{Ll}/u.test(token.raw) && hasNoCapitals(reading, token.turn);
  const end = nameEnd(reading, at, token.turn, small);
  const last = tokens[end];
  if (end < at || last === undefined || (last.text.endsWith("'s") && weak)) return;
  const after = tokens[end + 1];
  if (weak && after !== undefined && after.turn === token.turn && !endsClause(after.gap, true)) {
    if (!goesOnAsIntroduction.has(after.text)) return;
  }
  if (spelledFrom(reading, at) >= at) return;
  reading.claim("name", "name-introduced", at, end);
}

function hasNoCapitals({ writing }: PersonalReading, turn: number): boolean {
  return !/(?!\bI\b)\p{Lu}/u.test(writing[turn]?.text ?? "");
}

/** "Thanks Jennifer,", "Oliver Bennett here". */
function addressedAt(reading: PersonalReading, at: number): void {
  const { tokens } = reading;
  const token = tokens[at];
  if (token === undefined || !isCapital(token) || noNames.has(token.text)) return;
  const before = tokens[at - 1];
  const end = nameEnd(reading, at, token.turn);
  if (end < at) return;
  const after = tokens[end + 1];
  const closes = after === undefined || after.turn !== token.turn || endsClause(after.gap, true);
  const greeted = before?.turn === token.turn && greetings.test(before.text) && !endsClause(token.gap) && end - at < 2;
  const isFirst = token.gap === "\n" || (before !== undefined && greetings.test(before.text));
  const here = after?.turn === token.turn && after.text === "here" && isFirst;
  if ((greeted && closes && before !== undefined && (before.text !== "you" || tokens[at - 2]?.text === "thank")) || here)
    reading.claim("name", "name-addressed", at, end);
}

const opening = new Set(
  "yes yeah yep sure okay ok um uh er well it's its it is that's i'm my the this certainly of course hi hello name surname last first ja oui sí sim es é ist and".split(
    " ",
  ),
);

/** The first token of the answer to a question of the other side, behind "sure, it's"; -1 where nobody answers. */
function answerTo(reading: PersonalReading, until: number): number {
  const { tokens, turns, firstOfTurn } = reading;
  const asked = tokens[until]?.turn ?? 0;
  // Nothing else is asked behind it.
  for (let turn = asked + 1; turn <= asked + 2 && turn < turns.length; turn++) {
    if (turns[turn]?.participantId === turns[asked]?.participantId) continue;
    let at = firstOfTurn[turn] ?? 0;
    const end = endOfTurn(reading, turn);
    while (at < end && opening.has(tokens[at]?.text ?? "")) at++;
    return at < end ? at : -1;
  }
  return -1;
}

function answeredName(reading: PersonalReading, until: number): void {
  const at = answerTo(reading, until);
  const token = reading.tokens[at];
  if (token === undefined || spelledFrom(reading, at) >= at) return;
  const end = nameEnd(reading, at, token.turn);
  const after = reading.tokens[end + 1];
  if (end >= at && (after === undefined || after.turn !== token.turn || endsClause(after.gap, true) || after.text === "and"))
    reading.claim("name", "name-answered", at, end);
}

function answeredSpelling(reading: PersonalReading, until: number): void {
  const at = answerTo(reading, until);
  const end = at < 0 ? -1 : spelledFrom(reading, at);
  if (end > at) reading.claim("name", "name-spelled", at, end);
}

/** Letters after "surname is" and its like. */
function spelledAnywhere(reading: PersonalReading): void {
  for (let at = 0; at < reading.tokens.length; at++) {
    if (!/\b(?:name is|name's|surname is|surname's|names is|spelled|spelt|that's) $/u.test(textBefore(reading, at, 3))) continue;
    const end = spelledFrom(reading, at);
    if (end > at + 1 && reading.isFree(at, end)) reading.claim("name", "name-spelled", at, end);
  }
}

/** The last token of at least three letters that are spelled from here; -1 where there are fewer. */
function spelledFrom(reading: PersonalReading, from: number): number {
  const turn = reading.tokens[from]?.turn;
  let letters = 0;
  let end = -1;
  for (let at = from; reading.tokens[at]?.turn === turn; at++) {
    const letter = letterAt(reading, at);
    if (letter === null || /^[A-Z]{2,}$/u.test(reading.tokens[at]?.raw ?? "")) break;
    letters += letter.characters.length;
    end = letter.to;
    at = letter.to;
  }
  return letters >= 3 ? end : -1;
}

// ── E-mail ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const typedEmail = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,24}/gu;
const joints = /^(?:dot|punkt|punto|ponto|point|underscore|dash|hyphen|minus|plus)$/u;
const dots = /^(?:dot|punkt|punto|ponto|point)$/u;
const ats = /^(?:at|arroba|arobase|chiocciola)$/u;
const domainEnds = new Set(
  "com net org co uk me io de fr es it nl pl in br eu info biz gov edu us ie ca au nz app dev wales scot london tv online ac".split(
    " ",
  ),
);
const noLocalPart = new Set(
  (
    "is it's its email mail address to me my use on the and or at id you write send reach yes yeah sure okay so um uh that's would be as for says please " +
    "can best ist es é est mein mi meu mon"
  ).split(" "),
);
/** Parts of an address before and behind the "at" that are looked at. */
const mostEmailParts = 14;

/** Finds e-mail addresses, typed and read out: "j dot smith at gmail dot com". */
export function findEmails(reading: PersonalReading): void {
  const { tokens, writing } = reading;
  for (const [turn, { text }] of writing.entries()) {
    for (const match of text.matchAll(typedEmail)) {
      const place = tokensBetween(reading, turn, match.index, match.index + match[0].length);
      if (place !== null) reading.claim("email", "email-typed", place.from, place.to);
    }
  }
  for (const [at, token] of tokens.entries()) {
    if (!ats.test(token.text) && token.raw !== "@") continue;
    const end = domainEnd(tokens, at);
    if (end < 0) continue;
    let from = at;
    while (from > 0 && at - from < mostEmailParts) {
      const before = tokens[from - 1];
      if (before === undefined || before.turn !== token.turn) break;
      if (noLocalPart.has(before.text) || endsClause(tokens[from]?.gap ?? "", true)) break;
      from--;
    }
    if (from < at) reading.claim("email", "email-spoken", from, end);
  }
}

/** The last token of "gmail dot com" behind an "at"; -1 where no domain is. */
function domainEnd(tokens: readonly Token[], at: number): number {
  const turn = tokens[at]?.turn;
  let end = -1;
  for (let next = at + 1; next <= at + mostEmailParts && tokens[next]?.turn === turn; next++) {
    const token = tokens[next];
    if (token === undefined || (next > at + 1 && endsClause(token.gap, true) && token.gap !== ".")) break;
    const isEnd = domainEnds.has(token.text) && (dots.test(tokens[next - 1]?.text ?? "") || token.gap === ".");
    if (isEnd) {
      end = next;
      if (!dots.test(tokens[next + 1]?.text ?? "")) break;
    } else if (end >= 0 && !joints.test(token.text)) break;
  }
  return end;
}

// ── Secrets ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const secretGiven =
  /\b(?:password(?: (?:on|for|to) (?:\w+ ){1,3}is| is|'s)?|passcode(?: is|'s)?|passphrase is|memorable word(?: is|'s)|security word(?: is|'s)|maiden name(?: is|'s| was)|senha(?: é)?|contraseña(?: es)?|passwort(?: ist)?|kennwort(?: ist)?|mot de passe(?: est)?|otp(?: is)?) $/u;
const noSecrets = new Set(
  (
    "is was are has have had must should needs need isn't doesn't didn't won't and or but again reset for from to at on in with because that which who when " +
    "not no incorrect wrong expired right changed works working email please so i you we it he she they my your the a an don't can't cannot hasn't never"
  ).split(" "),
);
const refuses =
  /\b(?:don't|do not|can't|cannot|no idea|not sure|rather not|why|forgot|forgotten|remember|sorry|what|which|pardon)\b/u;
const mostSecretParts = 5;

/** Finds passwords, answers to security questions, and memorable words. */
export function findSecrets(reading: PersonalReading): void {
  const { tokens } = reading;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined || noSecrets.has(token.text)) continue;
    const before = textBefore(reading, at, 7);
    if (!secretGiven.test(before)) continue;
    // "The password reset" speaks of one, "the password: bluebird77" gives it.
    const given = /(?:is|was|es|é|ist|est|'s) $/u.test(before) || token.gap.includes(":") || /\d/u.test(wordAround(reading, at));
    if (!given || endsClause(token.gap.replace(":", ""))) continue;
    reading.claim("password", "password-context", at, clauseEnd(reading, at, noSecrets));
  }
  for (const question of reading.questions) {
    if (question.topic !== "ask-secret") continue;
    const at = answerTo(reading, question.until);
    const token = tokens[at];
    if (token === undefined) continue;
    const end = clauseEnd(reading, at, new Set());
    const said = reading.writing[token.turn]?.text.toLowerCase() ?? "";
    if (end - at < mostSecretParts && !refuses.test(said)) reading.claim("password", "security-answer", at, end);
  }
}

function wordAround({ tokens }: PersonalReading, at: number): string {
  const next = tokens[at + 1];
  return `${tokens[at]?.raw ?? ""}${next?.gap === "" ? next.raw : ""}`;
}

/** The last token of the clause that a token stands in. */
function clauseEnd({ tokens }: PersonalReading, at: number, stops: ReadonlySet<string>): number {
  let end = at;
  while (end < at + 8) {
    const next = tokens[end + 1];
    if (next === undefined || next.turn !== tokens[at]?.turn || endsClause(next.gap, true) || stops.has(next.text)) break;
    end++;
  }
  return end;
}
