import { Tokenizer } from "@huggingface/tokenizers";
import type { Model } from "../session.ts";
import { SpeechError } from "../speech-error.ts";

/** Languages written without spaces between words: there a word is a character, as in openai/whisper. */
const unspaced = new Set(["zh", "ja", "th", "lo", "my", "yue"]);
/** Punctuation that belongs to the word after it. */
const opening = "\"'“¿([{-";
/** Punctuation that belongs to the word before it. */
const closing = "\"'.。,，!！?？:：”)]}、";

/** A word as some tokens in a row. */
export interface TokenWord {
  /** With the space before it, where there is one. */
  readonly text: string;
  /** Index of the first token and the one after the last. */
  readonly from: number;
  readonly to: number;
}

/** Turns tokens into text. */
export interface TokenReader {
  /** The text of tokens, special ones left out. */
  text(tokens: readonly number[]): string;
  /** The tokens' words, each with its punctuation. `tokens` are text tokens alone. */
  words(tokens: readonly number[], language: string | null): TokenWord[];
  /** The tokens of a text, none of them special. */
  tokens(text: string): number[];
  /** The id of a special token; null when the model has none of that name. */
  special(name: string): number | null;
}

/**
 * Reads the model's tokenizer.
 *
 * @throws SpeechError `model-damaged` when it cannot be read.
 */
export async function readTokens(model: Model): Promise<TokenReader> {
  const [tokenizerText, configText] = await Promise.all([
    model.readText("tokenizer.json"),
    model.readText("tokenizer_config.json"),
  ]);
  let tokenizer: Tokenizer;
  try {
    tokenizer = new Tokenizer(JSON.parse(tokenizerText), JSON.parse(configText));
  } catch (error) {
    throw new SpeechError("model-damaged", `The tokenizer of ${model.id} cannot be read.`, { cause: error });
  }
  const text = (tokens: readonly number[]) =>
    // The library refuses an empty list.
    tokens.length === 0 ? "" : tokenizer.decode([...tokens], { skip_special_tokens: true, clean_up_tokenization_spaces: false });
  return {
    text,
    words(tokens, language) {
      const letters = characters(tokens, text);
      const words = language !== null && unspaced.has(language) ? letters : spaced(letters);
      return joinPunctuation(words);
    },
    tokens: (plain) => tokenizer.encode(plain, { add_special_tokens: false }).ids.map(Number),
    special: (name) => tokenizer.token_to_id(name) ?? null,
  };
}

/** The smallest runs of tokens that are whole characters: a token may hold a part of one. */
function characters(tokens: readonly number[], text: (tokens: readonly number[]) => string): TokenWord[] {
  const found: TokenWord[] = [];
  let from = 0;
  for (let to = 1; to <= tokens.length; to++) {
    const piece = text(tokens.slice(from, to));
    // A character of four bytes takes four tokens at most; what is broken after that stays broken.
    if (piece.includes("\uFFFD") && to < tokens.length && to - from < 4) continue;
    found.push({ text: piece, from, to });
    from = to;
  }
  return found;
}

/** Joins pieces into words: a new one begins at a space. So "o'clock" and "well-known" stay whole, whatever their tokens. */
function spaced(pieces: readonly TokenWord[]): TokenWord[] {
  const words: TokenWord[] = [];
  for (const piece of pieces) {
    const last = words.at(-1);
    if (last === undefined || piece.text.startsWith(" ")) words.push(piece);
    else words[words.length - 1] = { text: last.text + piece.text, from: last.from, to: piece.to };
  }
  return words;
}

/** Gives punctuation that stands alone to its word. */
export function joinPunctuation(words: readonly TokenWord[]): TokenWord[] {
  const joined: TokenWord[] = [];
  for (const word of words) {
    const mark = word.text.trim();
    const last = joined.at(-1);
    const lastMark = last?.text.trim() ?? "";
    if (last !== undefined && mark !== "" && !word.text.startsWith(" ") && [...mark].every((sign) => closing.includes(sign))) {
      joined[joined.length - 1] = { text: last.text + word.text, from: last.from, to: word.to };
    } else if (last?.text.startsWith(" ") && lastMark.length === 1 && opening.includes(lastMark) && !word.text.startsWith(" ")) {
      joined[joined.length - 1] = { text: last.text + word.text, from: last.from, to: word.to };
    } else if (last !== undefined && mark === "") {
      joined[joined.length - 1] = { text: last.text, from: last.from, to: word.to };
    } else {
      joined.push(word);
    }
  }
  return joined.filter(({ text }) => text.trim() !== "");
}
