import { americanSpelling } from "./american-spelling.ts";
import { figuresOf } from "./english-numerals.ts";

/*
 * Whisper's normaliser for English, by which word error rates are told (Radford et al. 2022, appendix C): what is written
 * in brackets and what only fills a pause goes, contractions and titles are written out, numbers become figures, British
 * spellings American ones, and what is no letter or figure goes.
 */

const fillers = /\b(?:hmm|mm|mhm|mmm|uh|um)\b/gu;

/** In this order: what is special before what is general. */
const writtenOut: readonly (readonly [RegExp, string])[] = [
  ...Object.entries({
    "won't": "will not",
    "can't": "can not",
    "let's": "let us",
    "ain't": "aint",
    "y'all": "you all",
    wanna: "want to",
    gotta: "got to",
    gonna: "going to",
    "i'ma": "i am going to",
    imma: "i am going to",
    woulda: "would have",
    coulda: "could have",
    shoulda: "should have",
    "ma'am": "madam",
    // With a space, because a full stop may follow.
    mr: "mister ",
    mrs: "missus ",
    st: "saint ",
    dr: "doctor ",
    prof: "professor ",
    capt: "captain ",
    gov: "governor ",
    ald: "alderman ",
    gen: "general ",
    sen: "senator ",
    rep: "representative ",
    pres: "president ",
    rev: "reverend ",
    hon: "honorable ",
    asst: "assistant ",
    assoc: "associate ",
    lt: "lieutenant ",
    col: "colonel ",
    jr: "junior ",
    sr: "senior ",
    esq: "esquire ",
  }).map(([short, long]): [RegExp, string] => [new RegExp(`\\b${short}\\b`, "gu"), long]),
  [/'d been\b/gu, " had been"],
  [/'s been\b/gu, " has been"],
  [/'d gone\b/gu, " had gone"],
  [/'s gone\b/gu, " has gone"],
  [/'d done\b/gu, " had done"],
  [/'s got\b/gu, " has got"],
  [/n't\b/gu, " not"],
  [/'re\b/gu, " are"],
  [/'s\b/gu, " is"],
  [/'d\b/gu, " would"],
  [/'ll\b/gu, " will"],
  [/'t\b/gu, " not"],
  [/'ve\b/gu, " have"],
  [/'m\b/gu, " am"],
];

const letters: Readonly<Record<string, string>> = {
  œ: "oe",
  ø: "o",
  æ: "ae",
  ß: "ss",
  đ: "d",
  ð: "d",
  þ: "th",
  ł: "l",
};

/** A text as Whisper's word error rates compare it. */
export function normaliseEnglish(text: string): string {
  let plain = text
    .toLowerCase()
    .replace(/[’`]/gu, "'")
    .replace(/[<[][^>\]]*[>\]]/gu, "")
    .replace(/\([^)]+?\)/gu, "")
    .replace(fillers, "")
    .replace(/\s+'/gu, "'");
  for (const [short, long] of writtenOut) plain = plain.replace(short, long);
  plain = plain
    .replace(/(\d),(\d)/gu, "$1$2")
    .replace(/\.([^0-9]|$)/gu, " $1")
    .normalize("NFKD")
    .replace(/[œøæßđðþł]/gu, (letter) => letters[letter] ?? letter)
    .replace(/\p{Mn}/gu, "")
    // Signs go, except those that belong to numbers.
    .replace(/[\p{M}\p{S}\p{P}]/gu, (sign) => (".%$¢€£".includes(sign) ? sign : " "));
  return figuresOf(plain)
    .split(" ")
    .map(americanSpelling)
    .join(" ")
    .replace(/[.$¢€£]([^0-9])/gu, " $1")
    .replace(/([^0-9])%/gu, "$1 ")
    .replace(/\s+/gu, " ")
    .trim();
}

/** The words that are compared. */
export function normalisedWords(text: string): string[] {
  return normaliseEnglish(text)
    .split(" ")
    .filter((word) => word !== "");
}
