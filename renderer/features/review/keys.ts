import { type RefObject, useEffect, useRef } from "react";
import { isCovered, isTyping } from "../../ui/typing.ts";
import { type Player, rates } from "./player.ts";
import type { Zoomable } from "./waveform.tsx";

/** What the keys of the review page can do. */
export interface ReviewKeys {
  readonly isCall: boolean;
  readonly player: Player;
  readonly stepTurn: (by: 1 | -1) => void;
  readonly stepDoubt: (by: 1 | -1) => void;
  readonly replay: () => void;
  readonly follow: () => void;
  readonly find: () => void;
  readonly undo: () => void;
  readonly zoom: RefObject<Zoomable | null>;
}

/** How much one press of zoom changes. */
const zoomFactor = 1.6;

/** Hears the keys of the review page, as transcribers know them from other tools; the list is in the `?` overlay. */
export function useReviewKeys(keys: ReviewKeys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isCovered()) return;
      if (perform(event, latest.current)) event.preventDefault();
    };
    window.addEventListener("keydown", hear);
    return () => window.removeEventListener("keydown", hear);
  }, []);
}

function perform(event: KeyboardEvent, keys: ReviewKeys): boolean {
  const { key, altKey, shiftKey } = event;
  const command = event.ctrlKey || event.metaKey;
  if (command && key.toLowerCase() === "f") {
    keys.find();
    return true;
  }
  const typing = isTyping(event.target);
  if (command && !shiftKey && key.toLowerCase() === "z" && !typing) {
    keys.undo();
    return true;
  }
  if (!keys.isCall) return false;
  return (command || altKey || typing ? false : plainKey(event, keys)) || anywhere(event, keys, command);
}

/** Keys that act in text fields too. */
function anywhere({ key, code, altKey, shiftKey }: KeyboardEvent, keys: ReviewKeys, command: boolean): boolean {
  const { player } = keys;
  if (command && code === "Space") player.toggle();
  else if (command) return false;
  else if (altKey && key === "ArrowUp") keys.stepTurn(-1);
  else if (altKey && key === "ArrowDown") keys.stepTurn(1);
  else if (altKey) return false;
  else if (key === "Escape") player.toggle();
  else if (key === "F1") player.skip(-3_000);
  else if (key === "F2") player.skip(3_000);
  else if (key === "F3") player.setRate(player.state().rate - rates.step);
  else if (key === "F4") player.setRate(player.state().rate + rates.step);
  else if (key === "F8") keys.stepDoubt(shiftKey ? -1 : 1);
  else return false;
  return true;
}

/** Keys that act outside text fields. */
function plainKey({ key, code, shiftKey, target }: KeyboardEvent, keys: ReviewKeys): boolean {
  const { player } = keys;
  // A focused control keeps its own keys: Space presses a button, arrows move between tabs.
  const control = target instanceof Element && target.closest("button, a, input, select, summary") !== null;
  const tab = target instanceof Element && target.closest('[role="tab"]') !== null;
  if (code === "Space" && !control) player.toggle();
  else if (key === "ArrowLeft" && !tab) player.skip(shiftKey ? -5_000 : -1_000);
  else if (key === "ArrowRight" && !tab) player.skip(shiftKey ? 5_000 : 1_000);
  else if (key === "r" || key === "R") keys.replay();
  else if (key === "f" || key === "F") keys.follow();
  else if (key === "+" || key === "=") keys.zoom.current?.zoomBy(zoomFactor);
  else if (key === "-" || key === "−") keys.zoom.current?.zoomBy(1 / zoomFactor);
  else if (key === "0") keys.zoom.current?.fit();
  else return false;
  return true;
}
