// biome-ignore-all lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keys
// biome-ignore-all lint/a11y/useSemanticElements: the transcript is a group, but no set of form fields
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  type MouseEvent,
  type RefObject,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
} from "react";
import type { Conversation } from "../../../app/conversation/conversation.ts";
import { useTranslation } from "../../text/index.ts";
import type { Match } from "./find.ts";
import type { Player } from "./player.ts";
import classes from "./transcript.module.css";
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
}) {
  const { t } = useTranslation();
  const { turns, kind } = conversation;
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

  const hear = (event: KeyboardEvent<HTMLElement>) => {
    const { target, key } = event;
    if (!(target instanceof HTMLElement)) return;
    if (target === scroller.current && key === "Enter") {
      enterWords();
      event.preventDefault();
      return;
    }
    if (target === scroller.current && ["PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown"].includes(key)) unfollow();
    if (target.closest(placesToStop) === null || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (key === "Enter" && target.dataset["word"] !== undefined) player.playFrom(Number(target.dataset["start"]));
    else if (key === "ArrowRight" || key === "ArrowLeft") stepWord(target, key === "ArrowRight" ? 1 : -1);
    else if (key === "ArrowDown" || key === "ArrowUp") stepTurn(target, key === "ArrowDown" ? 1 : -1);
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
      data-testid="transcript"
      onClick={play}
      onKeyDown={hear}
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
              />
            </li>
          );
        })}
      </ol>
    </div>
  );
}

/** What the arrow keys stop at: the words, and in a turn without any the button that plays it. */
const placesToStop = "[data-word][tabindex], [data-wordless] [data-play]";
/** The first of them in each turn. */
const firstStops = "[data-word][data-first], [data-wordless] [data-play]";

function stepWord(from: HTMLElement, by: 1 | -1): void {
  const stops = [...document.querySelectorAll<HTMLElement>(placesToStop)];
  stops[stops.indexOf(from) + by]?.focus();
}

function stepTurn(from: HTMLElement, by: 1 | -1): void {
  const index = Number(from.closest<HTMLElement>("[data-turn-index]")?.dataset["turnIndex"]) + by;
  const turn = document.querySelector<HTMLElement>(`[data-turn-index="${index}"]`);
  turn?.querySelector<HTMLElement>(placesToStop)?.focus();
}
