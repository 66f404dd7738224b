import type { Span } from "../../../app/conversation/conversation.ts";

/** The part of a recording that is shown. Times are milliseconds; the rest of the recording is not drawn. */
export interface View {
  readonly startMs: number;
  /** Pixels for a millisecond. */
  readonly scale: number;
  readonly widthPx: number;
  readonly durationMs: number;
}

/** The closest look, in pixels for a millisecond: a sample of 16 kHz is a quarter of a pixel. */
const closest = 4;
/** How much of a view is kept free beside a stretch that is shown whole, as a share of its width. */
const padding = 0.08;

/** The scale at which the whole recording is in view. */
export function fitScale({ widthPx, durationMs }: Pick<View, "widthPx" | "durationMs">): number {
  return widthPx / Math.max(1, durationMs);
}

/** The end of what is in view. */
export function viewEnd({ startMs, scale, widthPx }: View): number {
  return startMs + widthPx / scale;
}

/** Whether less than the whole recording is in view. */
export function isZoomed(view: View): boolean {
  return view.scale > fitScale(view) * 1.001;
}

/** A view brought back within the recording and between the whole and the closest look. */
export function settle(view: View): View {
  const least = fitScale(view);
  const scale = Math.max(least, Math.min(Math.max(least, closest), view.scale));
  const latest = Math.max(0, view.durationMs - view.widthPx / scale);
  return { ...view, scale, startMs: Math.max(0, Math.min(latest, view.startMs)) };
}

/** The whole recording. */
export function wholeView(widthPx: number, durationMs: number): View {
  return { startMs: 0, scale: fitScale({ widthPx, durationMs }), widthPx, durationMs };
}

/** Where a moment lies, in pixels from the left of the view; may lie outside. */
export function xOf({ startMs, scale }: View, ms: number): number {
  return (ms - startMs) * scale;
}

/** The moment at a place of the view, within the recording. */
export function timeAt({ startMs, scale, durationMs }: View, px: number): number {
  return Math.max(0, Math.min(durationMs, startMs + px / scale));
}

/** So many times closer, with the moment at `atPx` staying where it is. */
export function zoomAt(view: View, factor: number, atPx: number): View {
  const { scale } = settle({ ...view, scale: view.scale * factor });
  return settle({ ...view, scale, startMs: view.startMs + atPx / view.scale - atPx / scale });
}

/** So many times closer around a moment: it stays where it is when it is in view, and comes to the middle when not. */
export function zoomAround(view: View, factor: number, ms: number): View {
  const at = xOf(view, ms);
  if (at >= 0 && at <= view.widthPx) return zoomAt(view, factor, at);
  const { scale } = settle({ ...view, scale: view.scale * factor });
  return centredOn({ ...view, scale }, ms);
}

/** A moment in the middle. */
export function centredOn(view: View, ms: number): View {
  return settle({ ...view, startMs: ms - view.widthPx / view.scale / 2 });
}

/** A stretch whole, with a little beside it. */
export function viewOf(view: View, { startMs, endMs }: Span): View {
  const lengthMs = Math.max(50, endMs - startMs);
  const scale = (view.widthPx * (1 - 2 * padding)) / lengthMs;
  const settled = settle({ ...view, scale });
  return centredOn(settled, (startMs + endMs) / 2);
}

/** Moved along by pixels. */
export function scrolledBy(view: View, px: number): View {
  return settle({ ...view, startMs: view.startMs + px / view.scale });
}

/** Another width, with the scale kept; a view of the whole stays one. */
export function withWidth(view: View, widthPx: number): View {
  return isZoomed(view) ? settle({ ...view, widthPx }) : wholeView(widthPx, view.durationMs);
}

/** The view that follows a playhead: turned like a page when the playhead comes to its end or lies outside. */
export function followed(view: View, ms: number): View {
  const at = xOf(view, ms);
  if (!isZoomed(view) || (at >= 0 && at <= view.widthPx * 0.95)) return view;
  return settle({ ...view, startMs: ms - (view.widthPx / view.scale) * 0.1 });
}

/** Times of the ticks of a time line, in ms: whole parts of a second, a minute or an hour, so many that labels stay apart. */
export function ticksOf(startMs: number, endMs: number, most: number): { readonly stepMs: number; readonly ticks: number[] } {
  const seconds = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600];
  const stepMs = seconds.map((each) => each * 1_000).find((each) => (endMs - startMs) / each <= most) ?? 7_200_000;
  const ticks: number[] = [];
  for (let at = Math.ceil(startMs / stepMs) * stepMs; at <= endMs; at += stepMs) ticks.push(at);
  return { stepMs, ticks };
}
