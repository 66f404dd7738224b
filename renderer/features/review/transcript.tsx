// biome-ignore-all lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keys
// biome-ignore-all lint/a11y/useSemanticElements: the transcript is a group, but no set of form fields
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
} from "react";
import type { Settings } from "../../../app/contract/views.ts";
import type { Conversation } from "../../../app/conversation/conversation.ts";
import { useTranslation } from "../../text/index.ts";
import type { Match } from "./find.ts";
import type { Mark } from "./marks.ts";
import type { Player } from "./player.ts";
import classes from "./transcript.module.css";
import { type Caret, chosenByTurn, useCaret, type WordPlaces } from "./transcript-caret.ts";
import type { TurnMarks } from "./transcript-marks.ts";
import { TurnRow } from "./turn-row.tsx";
import type { Voice } from "./voices.ts";
import type { WordTrack } from "./word-track.ts";

/** A pause between two messages of a chat from which on it is said. */
const gapWorthSayingMs = 60_000;

/** What the page asks of the transcript. */
export interface Scrollable {
  /** Brings a turn into view, and a word of it where one is named. */
  show(turn: number, wordId?: string): void;
}

/** What was said, turn by turn. Only what is in view is in the page; the playback marks words without drawing anything anew. */
export function Transcript({
  conversation,
  player,
  voices,
  track,
  matches,
  activeMatch,
  follow,
  unfollow,
  scrollable,
  caret,
  places,
  marksOf,
  insightOf,
  reading,
  differing,
  walkable,
  editor,
  edit,
  giveToNumber,
  openThread,
  answered,
}: {
  conversation: Conversation;
  player: Player;
  voices: ReadonlyMap<string, Voice>;
  track: WordTrack;
  matches: readonly Match[];
  activeMatch: Match | undefined;
  follow: boolean;
  unfollow: () => void;
  scrollable: RefObject<Scrollable | null>;
  caret: Caret;
  places: WordPlaces;
  marksOf: ReadonlyMap<string, TurnMarks>;
  /** What was found in the words, by turn id. */
  insightOf: ReadonlyMap<string, readonly Mark[]>;
  reading: Settings["reading"];
  differing: ReadonlySet<string> | undefined;
  /** Words can be stood on by keys although there is nothing to play. */
  walkable: boolean;
  /** The turn that is being written, and its field. */
  editor: { readonly turnId: string; readonly node: ReactNode } | null;
  /** Begins to write where the person stands; undefined where nothing can be written. */
  edit: (() => void) | undefined;
  /** Gives what is chosen or stood on to the speaker of this number, from 1. */
  giveToNumber: (number: number) => void;
  openThread: (threadId: string) => void;
  /** How long each message was waited for, by turn id. */
  answered: ReadonlyMap<string, number>;
}) {
  const { t } = useTranslation();
  const { turns, kind } = conversation;
  const { range } = useCaret(caret);
  const chosen = useMemo(() => chosenByTurn(range, places), [range, places]);
  const scroller = useRef<HTMLDivElement>(null);
  const playable = kind === "call" && player.hasSound;
  const virtualizer = useVirtualizer({
    count: turns.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => 44 + Math.ceil((turns[index]?.text.length ?? 0) / 90) * 22,
    getItemKey: (index) => turns[index]?.id ?? index,
    overscan: 8,
  });
  const found = useMemo(() => {
    const byTurn = new Map<number, Match[]>();
    for (const match of matches) byTurn.set(match.turn, [...(byTurn.get(match.turn) ?? []), match]);
    return byTurn;
  }, [matches]);

  const show = (turn: number, wordId?: string) => {
    const element = scroller.current;
    if (element === null || turn < 0) return;
    const word = wordId === undefined ? null : document.getElementById(`word-${wordId}`);
    const target = word ?? element.querySelector(`[data-turn-index="${turn}"]`);
    if (target === null) {
      virtualizer.scrollToIndex(turn, { align: "center" });
      return;
    }
    const box = element.getBoundingClientRect();
    const { top, bottom } = target.getBoundingClientRect();
    if (top >= box.top + box.height * 0.08 && bottom <= box.top + box.height * 0.72) return;
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const by = top - box.top - box.height * 0.3;
    element.scrollBy({ top: by, behavior: calm || Math.abs(by) > box.height ? "auto" : "smooth" });
  };
  const showRef = useRef(show);
  showRef.current = show;
  useImperativeHandle(scrollable, () => ({ show: (turn: number, wordId?: string) => showRef.current(turn, wordId) }));

  // The marks live in the page's own elements, out of React's sight.
  const marks = useRef<{ words: HTMLElement[]; turn: HTMLElement | null }>({ words: [], turn: null });
  const followRef = useRef(follow);
  followRef.current = follow;
  const mark = (ms: number) => {
    const ids = track.wordsAt(ms);
    const { words, turn } = marks.current;
    const same =
      words.length === ids.length &&
      words.every((element, index) => element.isConnected && element.dataset["word"] === ids[index]);
    if (!same) {
      for (const element of words) delete element.dataset["spoken"];
      marks.current.words = ids.flatMap((id) => document.getElementById(`word-${id}`) ?? []);
      for (const element of marks.current.words) element.dataset["spoken"] = "";
    }
    const current = scroller.current?.querySelector<HTMLElement>(`[data-turn-index="${track.turnAt(ms)}"]`) ?? null;
    if (current !== turn) {
      if (turn !== null) delete turn.dataset["current"];
      if (current !== null) current.dataset["current"] = "";
      marks.current.turn = current;
    }
  };
  const markRef = useRef(mark);
  markRef.current = mark;
  useLayoutEffect(() => {
    if (kind === "call") markRef.current(player.positionMs);
  });

  useEffect(() => {
    if (kind !== "call") return;
    let shown = "";
    return player.onTick((ms) => {
      markRef.current(ms);
      const turn = track.turnAt(ms);
      const word = track.wordsAt(ms)[0];
      const now = `${turn} ${word ?? ""}`;
      if (now === shown) return;
      shown = now;
      if (followRef.current && (ms > 0 || turn > 0)) showRef.current(turn, word);
    });
  }, [player, track, kind]);

  const play = (event: MouseEvent<HTMLElement>) => {
    if (!(event.target instanceof Element)) return;
    const button = event.target.closest<HTMLElement>("[data-play]");
    if (button !== null) {
      player.playFrom(Number(button.dataset["play"]));
      return;
    }
    const word = event.target.closest<HTMLElement>("[data-word]");
    // Who selects text wants to copy it, not to hear it.
    if (word === null || !playable || getSelection()?.isCollapsed === false) return;
    player.playFrom(Number(word.dataset["start"]));
  };

  /** Notes what was chosen with the mouse: words, or a part of a text that has none. */
  const noteChoice = () => {
    const selection = getSelection();
    if (selection === null || selection.isCollapsed || selection.rangeCount === 0) {
      caret.choose(null);
      return;
    }
    const part = textChosen(selection.getRangeAt(0), scroller.current);
    if (part !== null) {
      caret.chooseText(part);
      return;
    }
    const [from, to] = [selection.anchorNode, selection.focusNode].map(wordAt);
    if (from === undefined || to === undefined) return;
    caret.choose({ from, to });
    const place = places.of.get(to);
    const turn = place === undefined ? undefined : turns[place.turn];
    if (turn !== undefined) caret.stand(turn.id, to);
  };

  const extend = (from: HTMLElement, by: 1 | -1) => {
    const word = from.dataset["word"];
    const to = stepWord(from, by)?.dataset["word"];
    if (word !== undefined && to !== undefined) caret.choose({ from: caret.state().range?.from ?? word, to });
  };

  const hear = (event: KeyboardEvent<HTMLElement>) => {
    const { target, key } = event;
    if (!(target instanceof HTMLElement) || target.closest("textarea") !== null) return;
    if (target === scroller.current && key === "Enter") {
      enterWords();
      event.preventDefault();
      return;
    }
    if (target === scroller.current && ["PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown"].includes(key)) unfollow();
    if (target.closest(placesToStop) !== target || event.altKey || event.ctrlKey || event.metaKey) return;
    const by = key === "ArrowRight" || key === "ArrowDown" ? 1 : -1;
    if (event.shiftKey) {
      if (key !== "ArrowRight" && key !== "ArrowLeft") return;
      extend(target, by);
    } else if (key === "ArrowRight" || key === "ArrowLeft" || key === "ArrowDown" || key === "ArrowUp") {
      caret.choose(null);
      if (key === "ArrowRight" || key === "ArrowLeft") stepWord(target, by);
      else stepTurn(target, by);
    } else if (key === "Enter" && playable && target.dataset["word"] !== undefined) {
      player.playFrom(Number(target.dataset["start"]));
    } else if (key === "Enter" && edit !== undefined && target.dataset["play"] === undefined) edit();
    else if (key === " " && playable && target.dataset["play"] === undefined) player.toggle();
    else if (key === "Escape" && range !== null) caret.choose(null);
    else if (/^[1-9]$/u.test(key) && edit !== undefined) giveToNumber(Number(key));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const enterWords = () => {
    unfollow();
    const stops = [...(scroller.current?.querySelectorAll<HTMLElement>(firstStops) ?? [])];
    const now = track.turnAt(player.positionMs);
    const box = scroller.current?.getBoundingClientRect();
    const inSight = (each: HTMLElement) => {
      const { top, bottom } = each.getBoundingClientRect();
      return box !== undefined && top >= box.top && bottom <= box.bottom;
    };
    // The turn being heard, where it is in sight; else the first that is.
    const seen = stops.filter(inSight);
    const heard = seen.find((each) => Number(each.closest<HTMLElement>("[data-turn-index]")?.dataset["turnIndex"]) === now);
    (heard ?? seen[0] ?? stops[0])?.focus();
  };

  if (turns.length === 0) return null;
  const keysId = "transcript-keys";
  return (
    <div
      ref={scroller}
      className={classes["scroller"]}
      tabIndex={0}
      role="group"
      aria-label={t(kind === "chat" ? "review.chat" : "review.transcript")}
      aria-describedby={playable ? keysId : undefined}
      data-keep-scroll="transcript"
      data-testid="transcript"
      onClick={play}
      onKeyDown={hear}
      onMouseUp={noteChoice}
      onFocus={(event) => {
        const turn = event.target.closest<HTMLElement>("[data-turn]")?.dataset["turn"];
        if (turn !== undefined && event.target.closest("textarea") === null)
          caret.stand(turn, event.target.closest<HTMLElement>("[data-word]")?.dataset["word"] ?? null);
      }}
      onWheel={unfollow}
      onTouchMove={unfollow}
      onPointerDown={(event) => {
        if (event.target === scroller.current) unfollow();
      }}
    >
      {playable && (
        <span id={keysId} hidden>
          {t("review.transcriptKeys")}
        </span>
      )}
      <ol className={classes["turns"]} style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => {
          const turn = turns[item.index];
          if (turn === undefined) return null;
          const before = turns[item.index - 1];
          const gap = before === undefined ? 0 : turn.startMs - Math.max(before.startMs, before.endMs);
          return (
            <li
              key={item.key}
              ref={virtualizer.measureElement}
              data-index={item.index}
              aria-setsize={turns.length}
              aria-posinset={item.index + 1}
              className={classes["item"]}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <TurnRow
                turn={turn}
                index={item.index}
                voice={voices.get(turn.participantId)}
                kind={kind}
                playable={playable}
                overlaps={before !== undefined && turn.startMs < before.endMs && kind === "call"}
                gapMs={gap >= gapWorthSayingMs ? gap : null}
                sameVoice={before?.participantId === turn.participantId}
                found={found.get(item.index)}
                activeMatch={activeMatch?.turn === item.index ? activeMatch : undefined}
                walkable={walkable}
                chosen={chosen.get(item.index)}
                marks={marksOf.get(turn.id)}
                insight={insightOf.get(turn.id)}
                reading={reading}
                differing={differing}
                editor={editor?.turnId === turn.id ? editor.node : null}
                openThread={openThread}
                answeredAfterMs={answered.get(turn.id) ?? null}
              />
            </li>
          );
        })}
      </ol>
    </div>
  );
}

/** What the arrow keys stop at: the words, and in a turn without any the button that plays it. */
const placesToStop = "[data-word][tabindex], [data-wordless][tabindex], [data-wordless]:not([tabindex]) [data-play]";
/** The first of them in each turn. */
const firstStops = "[data-word][data-first], [data-wordless][tabindex], [data-wordless]:not([tabindex]) [data-play]";

function stepWord(from: HTMLElement, by: 1 | -1): HTMLElement | undefined {
  const stops = [...document.querySelectorAll<HTMLElement>(placesToStop)];
  const next = stops[stops.indexOf(from) + by];
  next?.focus();
  return next;
}

function stepTurn(from: HTMLElement, by: 1 | -1): void {
  const index = Number(from.closest<HTMLElement>("[data-turn-index]")?.dataset["turnIndex"]) + by;
  const turn = document.querySelector<HTMLElement>(`[data-turn-index="${index}"]`);
  (turn?.matches(placesToStop) === true ? turn : turn?.querySelector<HTMLElement>(placesToStop))?.focus();
}

/** The word that a place in the page lies in. */
function wordAt(node: Node | null): string | undefined {
  const element = node instanceof Element ? node : node?.parentElement;
  return element?.closest<HTMLElement>("[data-word]")?.dataset["word"];
}

/** The part of a text without words that a selection is of; null where it is of anything else. */
function textChosen(range: Range, within: Element | null): { turnId: string; start: number; end: number } | null {
  const node = range.commonAncestorContainer;
  const of = (node instanceof Element ? node : node.parentElement)?.closest<HTMLElement>("[data-text]");
  const turnId = of?.dataset["text"];
  if (of === undefined || of === null || turnId === undefined || within?.contains(of) !== true) return null;
  const before = document.createRange();
  before.selectNodeContents(of);
  before.setEnd(range.startContainer, range.startOffset);
  const start = before.toString().length;
  return { turnId, start, end: start + range.toString().length };
}
