import { type RefObject, useEffect, useRef } from "react";
import { useSearch } from "wouter";
import type { Turn } from "../../../app/conversation/conversation.ts";
import type { Player } from "./player.ts";
import type { Scrollable } from "./transcript.tsx";

/** Opens the moment, the turn or the words that the address names, when it is opened and whenever it changes. */
export function useAddress({
  turns,
  isCall,
  player,
  scrollable,
  adopt,
}: {
  turns: readonly Turn[];
  isCall: boolean;
  player: Player;
  scrollable: RefObject<Scrollable | null>;
  /** Looks for a text from a turn on. */
  adopt: (text: string, fromTurn: number) => void;
}): void {
  const search = useSearch();
  const latest = useRef(adopt);
  latest.current = adopt;
  const opened = useRef("");
  useEffect(() => {
    const place = new URLSearchParams(search);
    const key = place.toString();
    if (opened.current === key || turns.length === 0) return;
    opened.current = key;
    const turn = turns.findIndex((each) => each.id === place.get("turn"));
    const at = place.has("t") ? Number(place.get("t")) : turns[turn]?.startMs;
    if (at !== undefined && Number.isFinite(at) && isCall) {
      player.seek(at);
      if (place.has("play") && !player.state().playing) player.toggle();
    }
    const text = place.get("find");
    if (text !== null) latest.current(text, turn);
    if (turn >= 0) requestAnimationFrame(() => scrollable.current?.show(turn));
  }, [search, turns, player, isCall, scrollable]);
}
