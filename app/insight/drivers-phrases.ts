import type { Conversation, Role } from "../conversation/conversation.ts";
import { indexWords } from "./rules-words.ts";

/** Longest phrase that is counted, in words. */
export const longestPhrase = 3;
/** Different phrases kept of one conversation. */
const mostPhrases = 3_000;

// Words that say nothing of what a conversation is about, at the edge of a phrase or alone.
const empty = new Set(
  `a about after again all also am an and any are as ask at back be because been before but by bye call calling can could day did do does
  done for from get give go going good got great had has have he hello help her here hi him his how i if in into is it just know let like
  little look make may me mean moment more much my name need no not now of off ok okay on one only or other our out over perfect please
  put really right said say see she should so some sorry speak still sure take tell than thank thanks that the their them then there these
  they thing think this those time to today too two under up us very want was way we well were what when where which while who why will
  with would yeah yep yes you your moment second minute lot kind sort actually basically maybe morning afternoon evening welcome nice`.split(
    /\s+/u,
  ),
);

/**
 * The phrases of one to three words that somebody of a role says in a conversation, each once, as compared words. A phrase
 * neither begins nor ends with a word that says nothing, and no mask of hidden words is in it.
 */
export function phrasesOf(conversation: Pick<Conversation, "kind" | "participants" | "turns">, role: Role | null): string[] {
  const { tokens, roles } = indexWords(conversation);
  const found = new Set<string>();
  for (let from = 0; from < tokens.length && found.size < mostPhrases; from++) {
    const first = tokens[from];
    if (first === undefined || (role !== null && roles[first.turn] !== role) || !tells(first.text)) continue;
    let phrase = "";
    for (let length = 1; length <= longestPhrase; length++) {
      const token = tokens[from + length - 1];
      if (token === undefined || token.stretch !== first.stretch) break;
      phrase = length === 1 ? token.text : `${phrase} ${token.text}`;
      if (tells(token.text)) found.add(phrase);
    }
  }
  return [...found];
}

function tells(text: string): boolean {
  return text.length > 1 && !empty.has(text) && !/^\d+$/u.test(text);
}

/** Leaves out phrases that stand in a longer one with the same conversations: the longer says more. */
export function withoutContained<T extends { readonly term: string; readonly conversationIds: readonly string[] }>(
  drivers: readonly T[],
): T[] {
  const longer = new Map<string, T[]>();
  for (const driver of drivers) {
    const words = driver.term.split(" ");
    for (let from = 0; from < words.length; from++) {
      for (let to = from + 1; to <= words.length; to++) {
        if (to - from === words.length) continue;
        const part = words.slice(from, to).join(" ");
        longer.set(part, [...(longer.get(part) ?? []), driver]);
      }
    }
  }
  return drivers.filter(
    ({ term, conversationIds }) => !(longer.get(term) ?? []).some((one) => one.conversationIds.length >= conversationIds.length),
  );
}
