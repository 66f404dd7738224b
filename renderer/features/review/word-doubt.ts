import type { Word } from "../../../app/conversation/conversation.ts";

/** A probability below which a word is quietly marked as doubtful. */
const doubtfulBelow = 0.5;

/** Why a word should be read with doubt; undefined for one that need not. */
export function doubtOf(word: Word): NonNullable<Word["doubt"]> | undefined {
  // What a person wrote, or heard and let stand, is settled.
  if (word.redaction !== undefined || word.review !== undefined) return undefined;
  return word.doubt ?? (word.confidence !== null && word.confidence < doubtfulBelow ? "improbable" : undefined);
}

/** How sure the model was of a word, in the steps in which it is shown. */
export type Sureness = "sure" | "lessSure" | "unsure" | "checked" | "unknown";

/** How sure the model was of a word; one that a person wrote or accepted is `checked`. */
export function surenessOf({ confidence, review }: Pick<Word, "confidence" | "review">): Sureness {
  if (review !== undefined) return "checked";
  if (confidence === null) return "unknown";
  return confidence >= 0.8 ? "sure" : confidence >= doubtfulBelow ? "lessSure" : "unsure";
}
