import type { Turn } from "../../../app/conversation/conversation.ts";

/** A place where the looked-for words stand: characters of the turn's shown text, end not included. */
export interface Match {
  readonly turn: number;
  readonly from: number;
  readonly to: number;
}

/** The text of a turn as it is shown: its words where known, else its text. */
export function shownText(turn: Turn): string {
  return turn.words.length > 0 ? turn.words.map((word) => word.text).join(" ") : turn.text;
}

/** Where each word of a turn begins in its shown text. */
export function wordOffsets(turn: Turn): number[] {
  let at = 0;
  return turn.words.map((word) => {
    const from = at;
    at += word.text.length + 1;
    return from;
  });
}

/** Every place, in order, where the text stands in the turns; letter case and accents make no difference. */
export function findMatches(turns: readonly Turn[], text: string, most = 5_000): Match[] {
  const wanted = fold(text.trim());
  if (wanted === "") return [];
  const matches: Match[] = [];
  for (let turn = 0; turn < turns.length; turn++) {
    const each = turns[turn];
    if (each === undefined) continue;
    const shown = fold(shownText(each));
    for (let from = shown.indexOf(wanted); from !== -1; from = shown.indexOf(wanted, from + wanted.length)) {
      matches.push({ turn, from, to: from + wanted.length });
      if (matches.length >= most) return matches;
    }
  }
  return matches;
}

/** Lower case without accents, of the same length as the text, so that places carry over. */
function fold(text: string): string {
  let folded = "";
  for (const unit of text) {
    const plain = unit.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    folded += plain.length === unit.length ? plain : unit;
  }
  return folded;
}
