import type { Lane } from "./waveform-lanes.ts";
import { within } from "./waveform-spans.ts";
import { type Bins, extremes, type PeakTiles } from "./waveform-tiles.ts";
import { type View, viewEnd, xOf } from "./waveform-view.ts";

/** Width of a bar and of the gap after it, in pixels. */
const barPx = 2;
const gapPx = 1;

/** The whole recording in equal parts: what is drawn of a stretch until its own tiles have come. */
export interface Overview {
  readonly bins: Bins;
  readonly binMs: number;
  /** How much larger than its samples everything is drawn. */
  readonly gain: number;
}

/** Length of a bar at a scale, in milliseconds. */
export function barMsOf({ scale }: Pick<View, "scale">): number {
  return (barPx + gapPx) / scale;
}

/**
 * Draws the bars of a lane into its canvas, in the ink that is set. Bars stand at the same moments however the view is
 * scrolled, so that they do not flicker.
 */
export function paintBars(context: CanvasRenderingContext2D, lane: Lane, view: View, tiles: PeakTiles, overview: Overview): void {
  const { width, height } = context.canvas;
  const ratio = width / Math.max(1, view.widthPx);
  const middle = height / 2;
  const tallest = (middle - ratio) / 127;
  const barMs = barMsOf(view);
  const own = lane.only === null ? null : within(lane.only, view.startMs, viewEnd(view));
  let turn = 0;
  for (let bar = Math.floor(view.startMs / barMs); bar * barMs < viewEnd(view); bar++) {
    const fromMs = bar * barMs;
    if (own !== null) {
      while (turn < own.length && (own[turn]?.endMs ?? 0) <= fromMs) turn++;
      const next = own[turn];
      if (next === undefined) break;
      if (next.startMs >= fromMs + barMs) continue;
    }
    const tile = tiles.at(fromMs, barMs) ?? { bins: overview.bins, binMs: overview.binMs, startMs: 0 };
    const samples = tile.bins[lane.channel];
    if (samples === undefined) continue;
    const first = Math.floor((fromMs - tile.startMs) / tile.binMs);
    const [least, greatest] = extremes(
      samples,
      first,
      Math.max(first + 1, Math.ceil((fromMs + barMs - tile.startMs) / tile.binMs)),
    );
    const top = Math.min(127, greatest * overview.gain) * tallest;
    const bottom = Math.max(-127, least * overview.gain) * tallest;
    const tall = Math.max(ratio, top - bottom);
    context.fillRect(xOf(view, fromMs) * ratio, middle - Math.max(ratio / 2, top), barPx * ratio, tall);
  }
}

/** Draws the whole recording small, all channels over one another, into a box of a canvas in the ink that is set. */
export function paintOverview(context: CanvasRenderingContext2D, overview: Overview, width: number, height: number): void {
  const count = Math.max(1, Math.floor(width / 2));
  const parts = (overview.bins[0]?.length ?? 0) / 2;
  for (let bar = 0; bar < count; bar++) {
    let loud = 0;
    for (const samples of overview.bins) {
      const [least, greatest] = extremes(samples, Math.floor((bar / count) * parts), Math.ceil(((bar + 1) / count) * parts));
      loud = Math.max(loud, -least, greatest);
    }
    const tall = Math.max(1, (Math.min(127, loud * overview.gain) / 127) * (height - 2));
    context.fillRect((bar / count) * width, (height - tall) / 2, 1.2, tall);
  }
}
