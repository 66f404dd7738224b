/** Languages that Whisper hears well enough to be offered by name; any other is found out. */
export const languages = [
  "en",
  "es",
  "fr",
  "de",
  "it",
  "pt",
  "nl",
  "pl",
  "hu",
  "tr",
  "ru",
  "uk",
  "ar",
  "hi",
  "zh",
  "ja",
  "ko",
] as const;

/** A language as people call it; its tag where nobody knows it. */
export function languageName(tag: string, inLanguage: string): string {
  try {
    return new Intl.DisplayNames([inLanguage], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
