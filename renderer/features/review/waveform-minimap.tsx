import { type PointerEvent, type RefObject, useEffect, useRef } from "react";
import { useTranslation } from "../../text/index.ts";
import { clock } from "../../ui/time.ts";
import classes from "./waveform.module.css";
import { type Overview, paintOverview } from "./waveform-bars.ts";
import type { Inks } from "./waveform-inks.ts";
import type { Marks } from "./waveform-marks.ts";
import type { WaveformStage } from "./waveform-stage.ts";
import { isZoomed, type View, viewEnd } from "./waveform-view.ts";

/** Height in pixels. */
export const minimapHeight = 24;
/** The part in view is drawn at least this wide, in pixels, so that it can be taken hold of. */
const leastThumbPx = 8;

/** The whole call, small, and the part of it that is in view: a scroll bar on which one sees where one goes. */
export function Minimap({
  stage,
  overview,
  marks,
  inks,
  durationMs,
  controls,
}: {
  stage: RefObject<WaveformStage | null>;
  overview: Overview | null;
  marks: Marks;
  inks: Inks | null;
  durationMs: number;
  /** Id of what is scrolled. */
  controls: string;
}) {
  const { t } = useTranslation();
  const bar = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const thumb = useRef<HTMLDivElement>(null);
  const grip = useRef<number | null>(null);

  useEffect(() => {
    const element = canvas.current;
    if (element === null || inks === null) return;
    const draw = () => drawMinimap(element, overview, marks, inks, durationMs);
    const observer = new ResizeObserver(draw);
    observer.observe(element);
    draw();
    return () => observer.disconnect();
  }, [overview, marks, inks, durationMs]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the stage is there when it has its inks
  useEffect(() => {
    const place = (view: View) => {
      const element = thumb.current;
      if (element === null || bar.current === null) return;
      const wholePx = view.widthPx;
      const widthPx = Math.max(leastThumbPx, ((viewEnd(view) - view.startMs) / view.durationMs) * wholePx);
      const roomPx = wholePx - widthPx;
      const roomMs = Math.max(1, view.durationMs - (viewEnd(view) - view.startMs));
      element.style.width = `${widthPx}px`;
      element.style.transform = `translateX(${(view.startMs / roomMs) * roomPx}px)`;
      element.dataset["zoomed"] = String(isZoomed(view));
      bar.current.setAttribute("aria-valuenow", String(Math.round((view.startMs / roomMs) * 100)));
      bar.current.setAttribute("aria-valuetext", t("player.inView", { from: clock(view.startMs), to: clock(viewEnd(view)) }));
    };
    return stage.current?.watch(place);
  }, [stage, t, inks]);

  const timeOf = (event: PointerEvent<HTMLElement>): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return ((event.clientX - box.left) / Math.max(1, box.width)) * durationMs;
  };
  const middleOf = (view: View): number => (view.startMs + viewEnd(view)) / 2;
  return (
    <div
      ref={bar}
      className={classes["minimap"]}
      style={{ height: minimapHeight }}
      role="scrollbar"
      tabIndex={0}
      aria-label={t("player.minimap")}
      aria-controls={controls}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={0}
      data-testid="minimap"
      onPointerDown={(event) => {
        const now = stage.current;
        if (event.button !== 0 || now === null) return;
        const at = timeOf(event);
        const held = at >= now.view.startMs && at <= viewEnd(now.view);
        // Beside the part in view, it comes to where the pointer is first.
        if (!held) now.centre(at);
        grip.current = at - middleOf(now.view);
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (grip.current !== null) stage.current?.centre(timeOf(event) - grip.current);
      }}
      onPointerUp={() => {
        grip.current = null;
      }}
      onPointerCancel={() => {
        grip.current = null;
      }}
      onKeyDown={(event) => {
        const now = stage.current;
        if (now === null || event.altKey || event.ctrlKey || event.metaKey) return;
        const page = now.view.widthPx;
        if (event.key === "ArrowLeft") now.scrollBy(-page * 0.1);
        else if (event.key === "ArrowRight") now.scrollBy(page * 0.1);
        else if (event.key === "PageUp") now.scrollBy(-page * 0.9);
        else if (event.key === "PageDown") now.scrollBy(page * 0.9);
        else if (event.key === "Home") now.centre(0);
        else if (event.key === "End") now.centre(durationMs);
        else return;
        event.preventDefault();
      }}
    >
      <canvas ref={canvas} className={classes["minimapCanvas"]} />
      <div ref={thumb} className={classes["thumb"]} />
    </div>
  );
}

function drawMinimap(canvas: HTMLCanvasElement, overview: Overview | null, marks: Marks, inks: Inks, durationMs: number): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  canvas.width = Math.round(width * inks.ratio);
  canvas.height = Math.round(height * inks.ratio);
  context.scale(inks.ratio, inks.ratio);
  if (overview !== null) {
    context.fillStyle = inks.none;
    context.globalAlpha = 0.7;
    paintOverview(context, overview, width, height - 5);
    context.globalAlpha = 1;
  }
  const x = (ms: number) => (ms / Math.max(1, durationMs)) * width;
  // Each column once: a long call has more turns than there are pixels.
  const drawnTo = new Map<string, number>();
  for (const { participantId, startMs, endMs } of marks.turns.items) {
    const left = Math.floor(x(startMs));
    const right = Math.max(left + 1, Math.ceil(x(endMs)));
    if (right <= (drawnTo.get(participantId) ?? -1)) continue;
    drawnTo.set(participantId, right);
    context.fillStyle = inks.voices.get(participantId) ?? inks.none;
    const lane = marks.laneOf.get(participantId) ?? 0;
    context.fillRect(left, height - (lane % 2 === 0 ? 4 : 2), right - left, 2);
  }
  context.fillStyle = inks.text;
  let last = -2;
  for (const marker of marks.markers.items) {
    const at = Math.floor(x(marker.startMs));
    if (at - last < 2) continue;
    last = at;
    context.fillRect(at, 0, 1, 4);
  }
}
