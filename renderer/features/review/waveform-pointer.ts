import type { Span } from "../../../app/conversation/conversation.ts";
import type { Player } from "./player.ts";
import type { WaveformStage } from "./waveform-stage.ts";
import { isZoomed, xOf } from "./waveform-view.ts";

/** A pointer that moves no further than this was a click, in pixels. */
const clickPx = 4;
/** So near to an edge of the selection, that edge is taken. */
const edgePx = 6;
/** Beyond an end of the view, a drag scrolls by this share of the way it is beyond. */
const pull = 0.2;
/** How much a line of a wheel and a page of it are, in pixels. */
const linePx = 16;

/** What a pointer does besides playing and selecting. */
export interface PointerWishes {
  /** A click at a place, `y` from the top; answers whether it was for something other than the position. */
  click(ms: number, x: number, y: number): boolean;
  /** A double click at a place. */
  doubleClick(ms: number, x: number, y: number): void;
  /** The pointer stands at a place; null when it has left. */
  hover(place: { readonly ms: number; readonly x: number; readonly y: number } | null): void;
}

/**
 * Hears the pointer and the wheel over the waveform: a click goes there, Shift and a click selects from the playhead, a
 * drag selects a stretch or moves its edge, the wheel scrolls, and with Ctrl, Command or Alt (which a pinch comes as)
 * zooms where the pointer is. Answers with the undo.
 */
export function hearPointer(area: HTMLElement, stage: WaveformStage, player: Player, wishes: PointerWishes): () => void {
  const ended = new AbortController();
  const { signal } = ended;
  let drag: { readonly id: number; readonly fromX: number; readonly anchorMs: number; begun: boolean } | null = null;

  const placeOf = (event: MouseEvent) => {
    const box = area.getBoundingClientRect();
    const x = event.clientX - box.left;
    return { x, y: event.clientY - box.top, ms: stage.timeAt(x) };
  };
  /** The far end of the selection, when the pointer stands on an edge of it. */
  const heldEnd = (x: number): number | null => {
    const { selection } = player.state();
    if (selection === null) return null;
    if (Math.abs(xOf(stage.view, selection.startMs) - x) <= edgePx) return selection.endMs;
    if (Math.abs(xOf(stage.view, selection.endMs) - x) <= edgePx) return selection.startMs;
    return null;
  };
  const drawnTo = (ms: number, anchorMs: number): Span => ({ startMs: Math.min(ms, anchorMs), endMs: Math.max(ms, anchorMs) });

  area.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button !== 0 || !event.isPrimary) return;
      const { x, ms } = placeOf(event);
      drag = { id: event.pointerId, fromX: x, anchorMs: heldEnd(x) ?? ms, begun: false };
      area.setPointerCapture(event.pointerId);
    },
    { signal },
  );
  area.addEventListener(
    "pointermove",
    (event) => {
      const place = placeOf(event);
      wishes.hover(place);
      if (drag === null || drag.id !== event.pointerId) {
        area.style.cursor = heldEnd(place.x) === null ? "" : "ew-resize";
        return;
      }
      drag.begun ||= Math.abs(place.x - drag.fromX) > clickPx;
      if (!drag.begun) return;
      const { widthPx } = stage.view;
      const beyond = place.x < 0 ? place.x : Math.max(0, place.x - widthPx);
      if (beyond !== 0) stage.scrollBy(beyond * pull);
      stage.sketch(drawnTo(stage.timeAt(place.x), drag.anchorMs));
    },
    { signal },
  );
  const letGo = (event: PointerEvent, kept: boolean) => {
    if (drag === null || drag.id !== event.pointerId) return;
    const { begun, anchorMs } = drag;
    drag = null;
    stage.sketch(null);
    if (!kept) return;
    const { ms, x, y } = placeOf(event);
    if (begun) player.select(drawnTo(ms, anchorMs));
    else if (event.shiftKey) player.select(drawnTo(ms, player.positionMs));
    else if (!wishes.click(ms, x, y)) player.seek(ms);
  };
  area.addEventListener("pointerup", (event) => letGo(event, true), { signal });
  area.addEventListener("pointercancel", (event) => letGo(event, false), { signal });
  area.addEventListener("pointerleave", () => wishes.hover(null), { signal });
  area.addEventListener(
    "dblclick",
    (event) => {
      const { ms, x, y } = placeOf(event);
      wishes.doubleClick(ms, x, y);
    },
    { signal },
  );
  area.addEventListener(
    "wheel",
    (event) => {
      const unit = event.deltaMode === 0 ? 1 : event.deltaMode === 1 ? linePx : stage.view.widthPx;
      if (event.ctrlKey || event.metaKey || event.altKey) {
        event.preventDefault();
        const { x } = placeOf(event);
        // A pinch comes in many small steps, a wheel in few large ones: both feel alike this way.
        const step = Math.max(-120, Math.min(120, event.deltaY * unit));
        stage.zoomBy(Math.exp(-step * (Math.abs(step) < 40 ? 0.012 : 0.004)), x);
        wishes.hover(placeOf(event));
        return;
      }
      if (!isZoomed(stage.view)) return;
      event.preventDefault();
      stage.scrollBy((Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : event.deltaY) * unit);
      wishes.hover(placeOf(event));
    },
    { signal, passive: false },
  );
  return () => ended.abort();
}
