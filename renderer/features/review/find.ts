import type { Turn } from "../../../app/conversation/conversation.ts";
import { type FindOptions, searchedText } from "../../../app/conversation/find-replace.ts";
import { separatorOf } from "../../../app/conversation/workspace.ts";

/** A place where the looked-for words stand: characters of the turn's shown text, end not included. */
export interface Match {
  readonly turn: number;
  readonly from: number;
  readonly to: number;
}

/** The text of a turn as it is shown: its words where known, else its text. */
export const shownText = searchedText;

/** Where each word of a turn begins in its shown text. */
export function wordOffsets(turn: Turn): number[] {
  const separator = separatorOf(turn);
  let at = 0;
  return turn.words.map((word) => {
    // What is masked stands in the text once, in its first word.
    if (at > 0 && word.text !== "") at += separator.length;
    const from = at;
    at += word.text.length;
    return from;
  });
}

/** Looks for a text wherever it stands, in whatever case. */
export const anyCase: FindOptions = { matchCase: false, wholeWords: false };

/** Every place, in order, where the text stands in the turns; accents make no difference, nor does letter case unless asked. */
export function findMatches(turns: readonly Turn[], text: string, most = 5_000, options = anyCase): Match[] {
  const fold = options.matchCase ? withoutAccents : (each: string) => withoutAccents(each, true);
  const wanted = fold(text.trim());
  if (wanted === "") return [];
  const isInWord = (unit: string | undefined) => unit !== undefined && /[\p{L}\p{N}]/u.test(unit);
  const matches: Match[] = [];
  for (let turn = 0; turn < turns.length; turn++) {
    const each = turns[turn];
    if (each === undefined) continue;
    const shown = fold(shownText(each));
    for (let from = shown.indexOf(wanted); from !== -1; from = shown.indexOf(wanted, from + wanted.length)) {
      const to = from + wanted.length;
      if (options.wholeWords && (isInWord(shown[from - 1]) || isInWord(shown[to]))) continue;
      matches.push({ turn, from, to });
      if (matches.length >= most) return matches;
    }
  }
  return matches;
}

/** Without accents, in lower case if wished, of the same length as the text, so that places carry over. */
function withoutAccents(text: string, lower = false): string {
  let folded = "";
  for (const unit of text) {
    const bare = unit.normalize("NFD").replace(/\p{M}/gu, "");
    const plain = lower ? bare.toLowerCase() : bare;
    folded += plain.length === unit.length ? plain : unit;
  }
  return folded;
}
