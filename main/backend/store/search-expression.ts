/** More terms than this are cut off: nobody types them, and each costs a look into the index. */
const longestSearch = 32;

/** A letter, a digit or a private character: what the tokenizer makes words of. */
const searchable = /[\p{L}\p{N}\p{Co}]/u;

/**
 * Turns what a person typed into an FTS5 expression: words are all to be found, "words in quotes" stand together, and the word
 * being typed may go on. Everything is quoted, so that no character of it is syntax to FTS5. Null when there is nothing
 * to look for.
 */
export function searchExpression(text: string): string | null {
  const terms: string[] = [];
  // Pieces at odd places stand between quotes; the last one may still be open.
  const pieces = text.replaceAll("\0", " ").split(/["“”„]/u);
  for (const [index, piece] of pieces.entries()) {
    const inQuotes = index % 2 === 1;
    const isLast = index === pieces.length - 1;
    const words = inQuotes ? [piece.trim()] : piece.split(/\s+/u);
    for (const [place, word] of words.entries()) {
      if (!searchable.test(word)) continue;
      const goesOn = isLast && place === words.length - 1 && !/\s$/u.test(piece);
      terms.push(`"${word}"${goesOn ? " *" : ""}`);
    }
  }
  return terms.length === 0 ? null : terms.slice(0, longestSearch).join(" ");
}

/** A word that is one token to FTS5 for certain: letters of the European scripts, and digits. */
const plainWord = /^(?=[\p{L}\p{N}]+$)[0-9A-Za-z\u{C0}-\u{24F}\u{370}-\u{3FF}\u{400}-\u{4FF}]+$/u;

/** Whether what an expression of `searchExpression` looks for are single words alone: the brief index, which knows no places, will do. */
export function isOfSingleWords(expression: string): boolean {
  return [...expression.matchAll(/"([^"]*)"/gu)].every(([, word = ""]) => plainWord.test(word));
}
