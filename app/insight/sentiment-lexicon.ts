import type { Judgement, SentimentShares } from "./sentiment.ts";
import { englishDegrees, englishIdioms, englishNegators, englishWeights } from "./sentiment-english.ts";

/*
 * Sentiment from word lists: AFINN-165 (Nielsen 2011) and its translations, with the rules of VADER for negation, degree,
 * contrast and emphasis (Hutto and Gilbert 2014), and what contact centres say. It reads words alone: irony without a
 * sign of it, tone of voice, and what was meant over several turns stay hidden from it.
 */

/** Words of a language with weights from -5 to 5, in lower case; a phrase is a key with spaces. */
export type Lexicon = ReadonlyMap<string, number>;

/** What is known of a language beside its words. */
export interface LanguageRules {
  readonly negators: ReadonlySet<string>;
  readonly degrees: Readonly<Record<string, number>>;
  readonly contrasts: ReadonlySet<string>;
  /** How far judgements in it can be trusted at best, 0 to 1. */
  readonly trust: number;
}

const set = (words: string): ReadonlySet<string> => new Set(words.split(" "));

/**
 * Rules by language. Those beside English have translated word lists without idiom, which their trust says. A language
 * that is not here is not judged.
 */
export const languageRules: Readonly<Record<string, LanguageRules>> = {
  en: { negators: englishNegators, degrees: englishDegrees, contrasts: set("but however although though"), trust: 0.9 },
  es: {
    negators: set("no nunca jamás nadie nada ni tampoco sin ningún ninguna"),
    degrees: { muy: 1.3, mucho: 1.3, muchísimo: 1.5, tan: 1.2, demasiado: 1.2, poco: 0.6, bastante: 0.9 },
    contrasts: set("pero aunque"),
    trust: 0.6,
  },
  pt: {
    negators: set("não nao nunca jamais ninguém nada nem sem nenhum nenhuma"),
    degrees: { muito: 1.3, muita: 1.3, tão: 1.2, demais: 1.2, pouco: 0.6, bastante: 1.2 },
    contrasts: set("mas porém embora"),
    trust: 0.6,
  },
  fr: {
    negators: set("pas ne jamais rien personne aucun aucune ni sans plus"),
    degrees: { très: 1.3, vraiment: 1.3, trop: 1.2, tellement: 1.3, extrêmement: 1.5, peu: 0.6, assez: 0.9 },
    contrasts: set("mais pourtant"),
    trust: 0.6,
  },
  de: {
    negators: set("nicht kein keine keinen keiner keinem nie niemals niemand nichts weder ohne"),
    degrees: { sehr: 1.3, wirklich: 1.3, extrem: 1.5, total: 1.4, völlig: 1.4, zu: 1.1, etwas: 0.7, ziemlich: 1.1 },
    contrasts: set("aber jedoch doch obwohl"),
    trust: 0.6,
  },
  it: {
    negators: set("non mai nessuno niente nulla né senza nessuna"),
    degrees: { molto: 1.3, davvero: 1.3, troppo: 1.2, così: 1.2, poco: 0.6 },
    contrasts: set("ma però"),
    trust: 0.6,
  },
  nl: {
    negators: set("niet geen nooit niemand niets zonder"),
    degrees: { heel: 1.3, zeer: 1.3, erg: 1.3, echt: 1.3, beetje: 0.6 },
    contrasts: set("maar echter"),
    trust: 0.55,
  },
  hi: {
    negators: set("नहीं नही न मत ना कभी बिना"),
    degrees: { बहुत: 1.3, अत्यंत: 1.5, काफी: 1.2, थोड़ा: 0.6 },
    contrasts: set("लेकिन मगर पर किंतु"),
    trust: 0.45,
  },
  cy: {
    negators: set("ddim dim nid nad peidio byth heb neb"),
    degrees: { iawn: 1.3, mor: 1.2, rhy: 1.1, eithaf: 0.9 },
    contrasts: set("ond"),
    trust: 0.4,
  },
};

/** Languages in which a negator stands behind what it turns round, as often as before it. */
const negatesBackwards: ReadonlySet<string> = new Set(["hi", "de", "nl"]);

/** By how much a negated word counts: VADER's scalar. */
const negated = -0.74;
/** What is not bad is seldom good. */
const negatedBad = -0.5;
/** How many words a negator reaches (VADER: three). */
const reach = 3;
/** The longest phrase of a word list that is looked for, in words. */
const longestPhrase = 3;
/** What a turn without any sign of mood weighs, so that one mild word does not decide. */
const calm = 2;
/** What every word beyond the first ten adds to that, and how much at most. */
const calmPerWord = 0.04;
const mostCalm = 4.5;

const tokenPattern = /[\p{L}\p{M}\p{N}]+(?:['-][\p{L}\p{M}]+)*|[.,;:!?]+|[\p{Extended_Pictographic}]|[:;]-?[()DP/|]/gu;
const clauseEnd = /^[.,;:!?]+$/u;

/** What little pictures say; the rest say nothing that one could rely on. */
const pictures: Readonly<Record<string, number>> = {
  "😀": 2,
  "😃": 2,
  "😄": 3,
  "😁": 2,
  "😊": 3,
  "🙂": 1.5,
  "😍": 3,
  "👍": 2,
  "❤": 3,
  "🙏": 1.5,
  "🎉": 3,
  "😂": 1,
  "😞": -2,
  "😢": -2.5,
  "😭": -2.5,
  "😠": -3,
  "😡": -4,
  "🤬": -4,
  "👎": -2.5,
  "😤": -2.5,
  "🙄": -2,
  "😒": -2,
  ":)": 2,
  ":-)": 2,
  ":D": 2.5,
  ":(": -2,
  ":-(": -2,
  ":/": -1,
  ":|": -0.5,
};

const ownWeights: ReadonlyMap<string, number> = new Map(Object.entries(englishWeights));

/** What an object has under a name of its own: people say "constructor" too. */
function own<T>(of: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(of, name) ? of[name] : undefined;
}

interface Weighed {
  readonly at: number;
  readonly weight: number;
}

/** What was read off a text: the good and the bad of it, how many words it has, and how many said something. */
export interface Mood {
  readonly good: number;
  readonly bad: number;
  readonly words: number;
  readonly signs: number;
}

function readIdioms(text: string): { weighed: Weighed[]; rest: string } {
  const weighed: Weighed[] = [];
  let rest = text;
  for (const { pattern, weight } of englishIdioms) {
    rest = rest.replaceAll(pattern, (found: string, ...more: unknown[]) => {
      const at = more.find((one) => typeof one === "number");
      if (weight !== 0) weighed.push({ at: typeof at === "number" ? at : 0, weight });
      // Places of what follows must not move, and a phrase that has been read is not read again by its words.
      return "_".repeat(found.length);
    });
  }
  return { weighed, rest };
}

/** The good and the bad that a text says in a language, by its word list. */
export function readMood(text: string, language: string, lexicon: Lexicon): Mood {
  const rules = own(languageRules, language);
  if (rules === undefined) return { good: 0, bad: 0, words: 0, signs: 0 };
  const plain = text.replaceAll("’", "'").normalize("NFC");
  // A locale's own lower case would give "ı" for "I" in Turkish; the lists are written with the plain one.
  const lower = plain.toLowerCase();
  const english = language === "en";
  // A letter that changes its length in lower case would shift every place after it.
  const { weighed, rest } = english ? readIdioms(lower) : { weighed: [], rest: lower };
  const tokens = [...rest.matchAll(tokenPattern)].map((match) => ({ text: match[0], at: match.index }));
  const shouts = /\p{Ll}/u.test(plain);
  const negates = (word: string): boolean => rules.negators.has(word) || (english && /n't$/u.test(word));

  let words = 0;
  let contrastAt = -1;
  for (let place = 0; place < tokens.length; place++) {
    const token = tokens[place];
    if (token === undefined || clauseEnd.test(token.text)) continue;
    const picture = own(pictures, plain.slice(token.at, token.at + token.text.length));
    if (picture !== undefined) {
      weighed.push({ at: token.at, weight: picture });
      continue;
    }
    words++;
    if (rules.contrasts.has(token.text)) contrastAt = token.at;
    let weight: number | undefined;
    let length = 1;
    for (let size = longestPhrase; size >= 1 && weight === undefined; size--) {
      const phrase = tokens
        .slice(place, place + size)
        .map((one) => one.text)
        .join(" ");
      weight = (english && size === 1 ? ownWeights.get(phrase) : undefined) ?? lexicon.get(phrase);
      length = size;
    }
    if (weight === undefined || weight === 0 || negates(token.text)) continue;

    let turned = false;
    let degree = 1;
    for (let back = 1; back <= reach; back++) {
      const before = tokens[place - back];
      if (before === undefined || clauseEnd.test(before.text) || rules.contrasts.has(before.text)) break;
      if (negates(before.text)) turned = true;
      if (back <= 2) degree *= own(rules.degrees, before.text) ?? 1;
    }
    if (negatesBackwards.has(language)) {
      for (let ahead = 0; ahead < reach; ahead++) {
        const after = tokens[place + length + ahead];
        if (after === undefined || clauseEnd.test(after.text)) break;
        if (negates(after.text)) turned = true;
      }
    }
    const written = plain.slice(token.at, token.at + token.text.length);
    if (shouts && written.length > 2 && written === written.toUpperCase() && /\p{Lu}/u.test(written)) degree *= 1.25;
    weighed.push({ at: token.at, weight: weight * degree * (turned ? (weight > 0 ? negated : negatedBad) : 1) });
    place += length - 1;
  }

  // What comes after a "but" is what is meant: VADER's halves and one and a halves.
  const stressed = weighed.map(({ at, weight }) => weight * (contrastAt < 0 ? 1 : at < contrastAt ? 0.5 : 1.5));
  const stress = 1 + 0.08 * Math.min(3, (plain.match(/!/gu) ?? []).length);
  const sum = (sign: 1 | -1): number =>
    stress * stressed.reduce((total, weight) => (weight * sign > 0 ? total + Math.abs(weight) : total), 0);
  return { good: sum(1), bad: sum(-1), words: words + (rest.match(/_+/gu) ?? []).length, signs: weighed.length };
}

/** How likely each label is for a mood: good and bad against a calm that grows with the length of the turn. */
export function sharesOf({ good, bad, words }: Mood): SentimentShares {
  const still = Math.min(mostCalm, calm + calmPerWord * Math.max(0, words - 10));
  const all = good + bad + still;
  // Where both are strong, neither alone is what was said.
  const both = (2 * Math.min(good, bad) ** 2) / (all * Math.max(1, Math.max(good, bad)));
  const mixed = Math.min(both, good / all + bad / all);
  const left = good + bad === 0 ? 0 : 1 - mixed / ((good + bad) / all);
  return {
    positive: round((good / all) * left),
    negative: round((bad / all) * left),
    mixed: round(mixed),
    neutral: round(Math.max(0, 1 - (good + bad) / all)),
  };
}

function round(share: number): number {
  return Math.min(1, Math.max(0, Math.round(share * 10_000) / 10_000));
}

/**
 * Judges a text by a word list. Null where there is nothing to judge by: no rules for the language, or no words. A text
 * without a single sign of mood is neutral with little confidence.
 */
export function judgeByLexicon(text: string, language: string, lexicon: Lexicon): Judgement | null {
  const rules = own(languageRules, language);
  if (rules === undefined || lexicon.size === 0) return null;
  const mood = readMood(text, language, lexicon);
  if (mood.words === 0 && mood.signs === 0) return null;
  const shares = sharesOf(mood);
  const surest = Math.max(shares.positive, shares.negative, shares.neutral, shares.mixed);
  const confidence = mood.signs === 0 ? rules.trust * 0.55 : rules.trust * (0.4 + 0.6 * surest);
  return { shares, by: "local", confidence: round(confidence) };
}

/** A word list as `Lexicon`, out of a plain object of words and weights as AFINN comes; what is no weight is left out. */
export function toLexicon(list: Readonly<Record<string, number | null>>): Lexicon {
  const lexicon = new Map<string, number>();
  for (const [word, weight] of Object.entries(list)) {
    const key = word.trim().toLowerCase().normalize("NFC");
    if (key !== "" && typeof weight === "number" && !lexicon.has(key)) lexicon.set(key, weight);
  }
  return lexicon;
}
