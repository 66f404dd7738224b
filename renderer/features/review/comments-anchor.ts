import type { AnchorInput, AnchorView } from "../../../app/conversation/anchors.ts";
import type { Span } from "../../../app/conversation/conversation.ts";
import { textOfWords } from "../../../app/conversation/workspace.ts";
import { chosenByTurn, spanOf, type Target, type WordPlaces } from "./transcript-caret.ts";

/** Longest quote that is shown beside a comment, in characters. */
const longestQuote = 140;

/** What a new comment will be on; null for the conversation as a whole. */
export interface Composing {
  readonly anchor: AnchorInput | null;
  readonly startMs: number;
  readonly quote: string;
}

/** A comment on the conversation as a whole. */
export const onTheWhole: Composing = { anchor: null, startMs: 0, quote: "" };

/** A quote short enough to be read in passing. */
export function shortQuote(text: string): string {
  return text.length > longestQuote ? `${text.slice(0, longestQuote - 1).trimEnd()}…` : text;
}

/** What a comment or bookmark on a target is on: its words, or the turn. */
export function composingOn(target: Target): Composing {
  const { startMs } = spanOf(target);
  const [turn] = target.turns;
  if (target.words.length > 0) {
    const anchor: AnchorInput = { kind: "words", wordIds: target.words.map((word) => word.id).slice(0, 5_000) };
    return { anchor, startMs, quote: shortQuote(textOfWords(target.words, " ")) };
  }
  return { anchor: { kind: "turn", turnId: turn.id }, startMs, quote: shortQuote(turn.text) };
}

/** A comment or bookmark on a stretch of time. */
export function composingIn({ startMs, endMs }: Span): Composing {
  return { anchor: { kind: "time", startMs: Math.round(startMs), endMs: Math.round(endMs) }, startMs, quote: "" };
}

/** Under which name the draft of a new comment is kept: it says what the comment is on. */
export function draftPlaceFor(anchor: AnchorInput | null): string {
  if (anchor === null) return "comment:whole";
  switch (anchor.kind) {
    case "words":
      return `comment:words ${anchor.wordIds[0] ?? ""} ${anchor.wordIds.at(-1) ?? ""}`;
    case "turn":
      return `comment:turn ${anchor.turnId}`;
    case "time":
      return `comment:time ${anchor.startMs} ${anchor.endMs}`;
  }
}

/** What the draft of a new comment was on; undefined where the place is another's, or is gone. */
export function composingOf(place: string, places: WordPlaces): Composing | undefined {
  if (place === "comment:whole") return onTheWhole;
  const [kind, one = "", other = ""] = place.split(" ");
  if (kind === "comment:turn") {
    const turn = places.turns.find((each) => each.id === one);
    return turn === undefined ? undefined : composingOn({ turns: [turn], words: [], chosen: false, text: null });
  }
  if (kind === "comment:time") return composingIn({ startMs: Number(one), endMs: Number(other) });
  if (kind !== "comment:words") return undefined;
  const parts = [...chosenByTurn({ from: one, to: other }, places)].flatMap(([index, { from, to }]) => {
    const turn = places.turns[index];
    return turn === undefined ? [] : [{ turn, words: turn.words.slice(from, to + 1) }];
  });
  const [first] = parts;
  if (first === undefined) return undefined;
  return composingOn({ turns: [first.turn], words: parts.flatMap((part) => part.words), chosen: true, text: null });
}

/** What was quoted and reads otherwise now, for saying both; null where nothing of it has to be said. */
export function formerQuote({ state, quote, text }: AnchorView): string | null {
  return (state === "changed" || state === "gone") && quote !== null && quote !== text ? shortQuote(quote) : null;
}
