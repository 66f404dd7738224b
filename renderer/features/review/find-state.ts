import { type RefObject, useMemo, useRef, useState } from "react";
import type { Turn } from "../../../app/conversation/conversation.ts";
import { type FindOptions, findInTranscript } from "../../../app/conversation/find-replace.ts";
import { anyCase, findMatches, type Match, wordOffsets } from "./find.ts";
import type { Scrollable } from "./transcript.tsx";

/** Most places that are counted. */
const most = 5_000;

/** What is looked for in a call, and where it stands. */
export interface Finding {
  readonly open: boolean;
  /** The field for what is written in its place is there too. */
  readonly replacing: boolean;
  readonly text: string;
  readonly options: FindOptions;
  readonly matches: readonly Match[];
  readonly match: Match | undefined;
  /** Of the match, from 0. */
  readonly index: number;
  readonly box: RefObject<HTMLInputElement | null>;
  begin(replacing: boolean): void;
  close(): void;
  change(text: string, options?: FindOptions): void;
  step(by: 1 | -1): void;
  /** Looks for a text that was looked for elsewhere, from a turn on. */
  adopt(text: string, fromTurn: number): void;
}

/** The id of the word at a place in a turn's shown text. */
function wordOf(turn: Turn | undefined, from: number): string | undefined {
  if (turn === undefined) return undefined;
  const at = wordOffsets(turn).findLastIndex((offset) => offset <= from);
  return turn.words[at]?.id;
}

/** Finding in a call. `asked` is what the address asks for. */
export function useFinding({
  turns,
  asked,
  scrollable,
  unfollow,
}: {
  turns: readonly Turn[];
  asked: string | null;
  scrollable: RefObject<Scrollable | null>;
  unfollow: () => void;
}): Finding {
  const [open, setOpen] = useState(asked !== null);
  const [replacing, setReplacing] = useState(false);
  const [text, setText] = useState(asked ?? "");
  const [options, setOptions] = useState(anyCase);
  const [at, setAt] = useState(0);
  const box = useRef<HTMLInputElement>(null);
  const find = (wanted: string, how: FindOptions, exactly: boolean): Match[] => {
    if (!exactly) return findMatches(turns, wanted, most, how);
    // What is replaced has to stand there letter by letter.
    const places = new Map(turns.map((turn, index) => [turn.id, index]));
    return findInTranscript({ turns: [...turns] }, wanted, how)
      .slice(0, most)
      .map(({ turnId, start, end }) => ({ turn: places.get(turnId) ?? 0, from: start, to: end }));
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: `find` is made of the turns, which are named
  const matches = useMemo(() => (open ? find(text, options, replacing) : []), [open, turns, text, options, replacing]);
  const index = Math.max(0, Math.min(at, matches.length - 1));
  const show = (match: Match | undefined) => {
    if (match === undefined) return;
    unfollow();
    scrollable.current?.show(match.turn, wordOf(turns[match.turn], match.from));
  };
  return {
    open,
    replacing: open && replacing,
    text,
    options,
    matches,
    match: matches[index],
    index,
    box,
    begin(toReplace) {
      setOpen(true);
      setReplacing(toReplace);
      setAt(0);
      requestAnimationFrame(() => {
        box.current?.focus();
        box.current?.select();
      });
    },
    close() {
      setOpen(false);
      setReplacing(false);
      document.querySelector<HTMLElement>("[data-testid=transcript]")?.focus();
    },
    change(next, how = options) {
      setText(next);
      setOptions(how);
      setAt(0);
      show(find(next, how, replacing)[0]);
    },
    step(by) {
      if (matches.length === 0) return;
      const next = (index + by + matches.length) % matches.length;
      setAt(next);
      show(matches[next]);
    },
    adopt(next, fromTurn) {
      setOpen(true);
      setText(next);
      const here = findMatches(turns, next).findIndex((each) => each.turn >= fromTurn);
      setAt(Math.max(0, here));
    },
  };
}
