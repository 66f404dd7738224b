import { type ReactNode, type RefObject, useEffect, useMemo, useRef } from "react";
import classes from "./tracks.module.css";
import type { WaveformHandle } from "./waveform.tsx";
import { timeAt, type View, wholeView } from "./waveform-view.ts";

/** A turn is meant by a pointer this near to it, in pixels. */
const reachPx = 5;

/** What part of a call the tracks show. */
export interface SharedView {
  /** Null before it is known. */
  readonly view: View | null;
  /** Hears when it changes; answers with the undo. */
  watch(watcher: () => void): () => void;
}

/** The part that the waveform shows, or the whole call where there is no waveform. */
export function useSharedView(
  waveform: RefObject<WaveformHandle | null>,
  area: RefObject<HTMLElement | null>,
  durationMs: number,
  hasWaveform: boolean,
): SharedView {
  const shared = useMemo(() => {
    const watchers = new Set<() => void>();
    let view: View | null = null;
    return {
      get view() {
        return view;
      },
      put(next: View) {
        view = next;
        for (const watcher of watchers) watcher();
      },
      watch(watcher: () => void) {
        watchers.add(watcher);
        watcher();
        return () => watchers.delete(watcher);
      },
    };
  }, []);
  useEffect(() => {
    if (hasWaveform) return waveform.current?.watch((view) => shared.put(view));
    const element = area.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => shared.put(wholeView(element.clientWidth, Math.max(1, durationMs))));
    observer.observe(element);
    return () => observer.disconnect();
  }, [waveform, area, durationMs, hasWaveform, shared]);
  return shared;
}

/** One track: its name, and its picture, in which pointing tells the moment and a click goes there. */
export function TrackRow({
  kind,
  shared,
  hue,
  label,
  draw,
  say,
  click,
}: {
  kind: "sentiment" | "loudness";
  shared: SharedView;
  hue: number | null;
  label: ReactNode;
  draw: (canvas: HTMLCanvasElement, view: View) => void;
  say: (ms: number, reachMs: number) => string;
  click: (ms: number, reachMs: number) => void;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const hover = useRef<HTMLSpanElement>(null);
  const latest = useRef(draw);
  latest.current = draw;
  const frame = useRef(0);
  // What is drawn is otherwise after every render, and whenever the view moves; never twice in a frame.
  const paint = useMemo(
    () => () => {
      cancelAnimationFrame(frame.current);
      frame.current = requestAnimationFrame(() => {
        if (canvas.current !== null && shared.view !== null) latest.current(canvas.current, shared.view);
      });
    },
    [shared],
  );
  useEffect(() => paint());
  useEffect(() => {
    const undo = shared.watch(paint);
    const observer = new ResizeObserver(paint);
    if (canvas.current !== null) observer.observe(canvas.current);
    return () => {
      undo();
      observer.disconnect();
      cancelAnimationFrame(frame.current);
    };
  }, [shared, paint]);
  const place = (event: { clientX: number; currentTarget: Element }) => {
    const { view } = shared;
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    return view === null ? null : { x, ms: timeAt(view, x), reachMs: reachPx / view.scale };
  };
  return (
    <>
      <div className={classes["label"]} data-kind={kind} data-voice={hue ?? "none"}>
        {label}
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a picture for the pointer; the table says and does the same by keys */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: as above */}
      <div
        className={classes["picture"]}
        data-kind={kind}
        data-testid={`track-${kind}`}
        onPointerMove={(event) => {
          const at = place(event);
          const element = hover.current;
          if (at === null || element === null) return;
          element.textContent = say(at.ms, at.reachMs);
          element.dataset["shown"] = "";
          const room = event.currentTarget.clientWidth - element.offsetWidth - 4;
          element.style.transform = `translateX(${Math.max(0, Math.min(at.x + 8, room))}px)`;
        }}
        onPointerLeave={() => {
          if (hover.current !== null) delete hover.current.dataset["shown"];
        }}
        onClick={(event) => {
          const at = place(event);
          if (at !== null) click(at.ms, at.reachMs);
        }}
      >
        <canvas ref={canvas} />
        <span ref={hover} className={classes["hover"]} />
      </div>
    </>
  );
}
