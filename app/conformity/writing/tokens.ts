/*
 * How many tokens a text takes, before it is sent. Models count by vocabularies of their own, which differ and are not all
 * public; this errs on the side of too many, so that a request that is thought to fit does fit.
 */

const dense =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const latin = /[\p{Script=Latin}\s]/u;
const figure = /[\p{N}\p{P}\p{S}]/u;

/**
 * Characters to a token, by what they are written in. Byte-pair vocabularies hold some four letters of English to a token
 * and fewer of other languages in Latin script; letters of scripts that are rare in their training take up to a token each,
 * those written without spaces one or two. Figures and signs, of which the word ids consist, are counted at two to a token.
 */
export const charactersPerToken = { latin: 3, figure: 2, dense: 0.7, other: 1.3 } as const;

/** What the characters of ASCII take: nearly all there are in most texts. */
const plain: readonly number[] = Array.from({ length: 128 }, (_, code) => costOf(String.fromCharCode(code)));

/** Tokens that a text is expected to take at most; a whole number. */
export function estimateTokens(text: string): number {
  let tokens = 0;
  for (const character of text) tokens += (character < "\u0080" ? plain[character.charCodeAt(0)] : null) ?? costOf(character);
  return Math.ceil(tokens);
}

function costOf(character: string): number {
  return 1 / charactersPerToken[kindOf(character)];
}

function kindOf(character: string): keyof typeof charactersPerToken {
  if (latin.test(character)) return "latin";
  if (figure.test(character)) return "figure";
  return dense.test(character) ? "dense" : "other";
}
