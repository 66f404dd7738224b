import {
  endOfTurn,
  endsClause,
  isCapital,
  type PersonalReading,
  type Token,
  textBefore,
  tokensBetween,
} from "./personal-reading.ts";

/* Postal addresses and birth dates: stretches of numbers and names whose form, or what is said before, tells what they are. */

// ── Addresses ───────────────────────────────────────────────────────────────────────────────────────────────────────

const streets = new Set(
  (
    "street st road rd avenue ave drive dr lane ln terrace court ct close way place pl boulevard blvd square sq crescent gardens row walk hill grove mews " +
    "parkway pkwy highway hwy circle cir trail rue calle avenida av rua travessa alameda praça via viale piazza plaza straat laan weg platz allee nagar marg"
  ).split(" "),
);
/** A street in one word: "Lindenstraße 12". */
const streetWord = /(?:straße|strasse|straat|gasse|weg|platz|allee|laan)$/u;
const units = new Set(
  "flat apartment apt unit suite floor house number no block building tower apartments villa plot box".split(" "),
);
const small = new Set("de la las los el do da dos das du des of the and le von der an am".split(" "));
const stops = new Set(
  "please last this and thanks thank so but is was where which for because since that near with my".split(" "),
);

/** Words before an address. */
const addressGiven =
  /\b(?:i live at|i live on|i live in|i stay at|we live at|we're at|we are at|i'm at|address is|address was|address's|addressed to|ship it to|send it to|deliver to|deliver it to|delivered to|moved to|goes to|house is|address:?|ich wohne in der|ich wohne in|ich wohne am|j'habite au|j'habite|mon adresse c'est|vivo en la|vivo en|mi dirección es|moro na|moro no|meu endereço é|abito in|il mio indirizzo è|ik woon in|mieszkam przy) $/u;

const postcodes: readonly RegExp[] = [
  // UK; BS 7666
  /(?<![\p{L}\p{N}])(?:GIR ?0AA|[A-PR-UWYZ][A-HK-Y]?[0-9][A-HJKMNPRSTUVWXY0-9]? ?[0-9][ABD-HJLNP-UW-Z]{2})(?![\p{L}\p{N}])/gu,
];

/** Finds postal addresses and postcodes that stand by themselves. */
export function findAddresses(reading: PersonalReading): void {
  const { tokens } = reading;
  for (const [at, token] of tokens.entries()) {
    const given = addressGiven.test(textBefore(reading, at, 4));
    const answers = isAnswer(reading, at);
    const numbered = startsNumber(token) || units.has(token.text) || (token.text === "p" && tokens[at + 1]?.text === "o");
    if (!given && !answers && !numbered) continue;
    if (endsClause(token.gap.replace(":", "")) && !answers && token.gap !== "\n" && given) continue;
    const { end, isStreet, number, capitals, isPost } = walk(reading, at);
    if (end < at || end === at) continue;
    const whole = isStreet && number && capitals > 0;
    const post = isPost && number;
    if (whole || post || ((given || answers) && number && capitals > 0) || ((given || answers) && isStreet && capitals > 1))
      reading.claim("address", given || answers ? "address-context" : "street-address", at, end);
  }
  for (const [turn, { text }] of reading.writing.entries()) {
    for (const pattern of postcodes) {
      for (const match of text.matchAll(pattern)) {
        const place = tokensBetween(reading, turn, match.index, match.index + match[0].length);
        if (place !== null && match[0].includes(" ")) reading.claim("address", "postcode", place.from, place.to);
      }
    }
  }
}

function startsNumber(token: Token): boolean {
  return token.digits !== null;
}

/** Whether a token begins the answer to a question for an address. */
function isAnswer(reading: PersonalReading, at: number): boolean {
  const { tokens, turns } = reading;
  const token = tokens[at];
  if (token === undefined) return false;
  const first = reading.firstOfTurn[token.turn] ?? 0;
  for (let index = first; index < at; index++)
    if (!/^(?:it's|its|it|is|sure|yes|yeah|um|that's|to|the)$/u.test(tokens[index]?.text ?? "")) return false;
  return reading.questions.some(({ topic, until }) => {
    const asked = tokens[until]?.turn ?? -1;
    return (
      topic === "ask-address" && asked === token.turn - 1 && turns[asked]?.participantId !== turns[token.turn]?.participantId
    );
  });
}

/** How far an address goes: numbers, names, streets, with commas in between. */
function walk(
  { tokens }: PersonalReading,
  from: number,
): { end: number; isStreet: boolean; isPost: boolean; number: boolean; capitals: number } {
  const turn = tokens[from]?.turn;
  const found = { end: from - 1, isStreet: false, isPost: false, number: false, capitals: 0 };
  for (let at = from; at < from + 30; at++) {
    const token = tokens[at];
    if (token === undefined || token.turn !== turn || token.kind === "break") break;
    const before = tokens[at - 1];
    // The full stops of "P.O. Box" and "12 Main St. Boston" end nothing.
    const abbreviated = before !== undefined && before.raw.length <= 3 && isCapital(before) && token.gap.startsWith(".");
    if (at > from && endsClause(token.gap) && !abbreviated) break;
    if (/[()]/u.test(token.gap) && at > from) break;
    if (token.digits !== null && token.text !== "o") {
      found.number = true;
      found.end = token.digits.to;
      at = token.digits.to;
    } else if (streets.has(token.text) || streetWord.test(token.text)) {
      found.isStreet = true;
      if (streetWord.test(token.text) && isCapital(token)) found.capitals++;
      found.end = at;
    } else if (units.has(token.text) || (token.text.length <= 2 && isCapital(token))) {
      if (token.text === "box") found.isPost = true;
      found.end = at;
    } else if (token.text === "in" && found.isStreet && isCapital(tokens[at + 1])) {
      // "Forty two Station Road in Bristol"
    } else if (stops.has(token.text) && !(token.text === "the" || isCapital(token))) {
      break;
    } else if (isCapital(token)) {
      found.capitals++;
      found.end = at;
    } else if (!small.has(token.text) && !/^(?:oh|o)$/u.test(token.text) && !(token.text.length <= 2 && token.gap === "")) {
      break;
    }
  }
  return found;
}

// ── Birth dates ─────────────────────────────────────────────────────────────────────────────────────────────────────

const months = new Set(
  (
    "january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec " +
    "januar februar märz mai juni juli oktober dezember janvier février mars avril juin juillet août septembre octobre novembre décembre " +
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre janeiro fevereiro março maio junho julho setembro outubro novembro dezembro"
  ).split(" "),
);
const ordinals =
  /^(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth)$/u;
const between = new Set("the of st nd rd th de do da el le and in am".split(" "));
/** How far behind "date of birth" a date may begin, in lexemes of its own turn. */
const dateReach = 8;

/** Finds birth dates: dates that are said to be one. */
export function findBirthDates(reading: PersonalReading): void {
  const { tokens, mentions } = reading;
  for (const mention of mentions) {
    if (mention.topic !== "birth-date") continue;
    const said = tokens[mention.until]?.turn ?? 0;
    const starts = [mention.until + 1];
    const asked = reading.turns[said]?.participantId;
    for (let turn = said + 1; turn <= said + 2 && turn < reading.turns.length; turn++)
      if (reading.turns[turn]?.participantId !== asked) starts.push(reading.firstOfTurn[turn] ?? 0);
    if (starts.some((from) => claimDate(reading, from))) continue;
    // "23/11/1984 is my date of birth"
    const first = reading.firstOfTurn[said] ?? 0;
    if (mention.at - first < 12) claimDate(reading, first, mention.at);
  }
}

/** Claims the first date that begins soon after a place; whether there was one. */
function claimDate(reading: PersonalReading, from: number, until = Number.POSITIVE_INFINITY): boolean {
  const { tokens } = reading;
  const turn = tokens[from]?.turn;
  if (turn === undefined) return false;
  const end = Math.min(endOfTurn(reading, turn), until);
  for (let at = from; at < Math.min(end, from + dateReach); at++) {
    const last = dateEnd(reading, at, end);
    // "The 14th of August": the article belongs to it.
    const start = last >= at && tokens[at - 1]?.text === "the" && at > from ? at - 1 : at;
    if (last >= at) return reading.claim("birth-date", "birth-date-context", start, last);
  }
  return false;
}

/** The last token of a date that begins here; -1 where none does. */
function dateEnd({ tokens }: PersonalReading, from: number, until: number): number {
  let end = -1;
  let digits = 0;
  let named = 0;
  let ordinal = 0;
  for (let at = from; at < until; at++) {
    const token = tokens[at];
    if (token === undefined || (at > from && /[;?!…]|\.\s/u.test(token.gap) && !months.has(tokens[at - 1]?.text ?? ""))) break;
    if (token.digits !== null) {
      digits += token.digits.digits.length;
      end = token.digits.to;
      at = end;
    } else if (months.has(token.text)) {
      named++;
      end = at;
    } else if (ordinals.test(token.text)) {
      ordinal++;
      end = at;
    } else if (at === from || (!between.has(token.text) && token.text !== "/" && token.text !== "'")) break;
    else if (/^(?:st|nd|rd|th)$/u.test(token.text) && token.gap === "") end = at;
  }
  const isDate = (named > 0 && digits + ordinal > 0) || digits >= 5 || (ordinal > 0 && digits >= 2) || ordinal > 1;
  return isDate ? end : -1;
}
