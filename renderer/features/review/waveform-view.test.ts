import { describe, expect, it } from "vitest";
import {
  centredOn,
  followed,
  isZoomed,
  scrolledBy,
  settle,
  ticksOf,
  timeAt,
  type View,
  viewEnd,
  viewOf,
  wholeView,
  withWidth,
  xOf,
  zoomAround,
  zoomAt,
} from "./waveform-view.ts";

const hour = 3_600_000;
const whole = wholeView(1_000, 4 * hour);
const near = (view: View, ms: number) => timeAt(view, xOf(view, ms));

describe("what is in view", () => {
  it("is the whole recording at first, and never more than that", () => {
    expect(viewEnd(whole)).toBeCloseTo(4 * hour);
    expect(isZoomed(whole)).toBe(false);
    expect(zoomAt(whole, 0.1, 500)).toEqual(whole);
    expect(settle({ ...whole, startMs: -5_000 }).startMs).toBe(0);
  });

  it("keeps the moment under the pointer where it is", () => {
    for (const px of [0, 333, 999]) {
      const before = timeAt(whole, px);
      const closer = zoomAt(whole, 50, px);
      expect(Math.abs(xOf(closer, before) - px)).toBeLessThan(1);
      expect(near(closer, before)).toBeCloseTo(before);
    }
  });

  it("comes as close as single samples and no closer, however long the recording", () => {
    let view = whole;
    for (let step = 0; step < 60; step++) view = zoomAt(view, 1.6, 500);
    expect(view.scale).toBe(4);
    expect(viewEnd(view) - view.startMs).toBe(250);
    // A recording that is shorter than the closest look is always whole.
    expect(isZoomed(wholeView(1_000, 100))).toBe(false);
    expect(zoomAt(wholeView(1_000, 100), 3, 10).scale).toBe(10);
  });

  it("zooms around the playhead, and brings it to the middle from outside", () => {
    const at = 2 * hour;
    expect(xOf(zoomAround(whole, 10, at), at)).toBeCloseTo(xOf(whole, at));
    const elsewhere = zoomAt(whole, 100, 0);
    expect(xOf(zoomAround(elsewhere, 2, at), at)).toBeCloseTo(500);
  });

  it("shows a stretch whole with a little beside it, and stays within the recording", () => {
    const view = viewOf(whole, { startMs: 60_000, endMs: 70_000 });
    expect(view.startMs).toBeLessThan(60_000);
    expect(viewEnd(view)).toBeGreaterThan(70_000);
    expect(viewEnd(view) - view.startMs).toBeLessThan(12_000);
    expect(viewOf(whole, { startMs: 0, endMs: 5_000 }).startMs).toBe(0);
    expect(centredOn(view, 4 * hour).startMs).toBeCloseTo(4 * hour - (viewEnd(view) - view.startMs));
  });

  it("scrolls by pixels and stops at the ends", () => {
    const view = zoomAt(whole, 10, 500);
    const span = viewEnd(view) - view.startMs;
    expect(scrolledBy(view, 100).startMs).toBeCloseTo(view.startMs + span / 10);
    expect(scrolledBy(view, 1e9).startMs).toBeCloseTo(4 * hour - span);
    expect(scrolledBy(view, -1e9).startMs).toBe(0);
  });

  it("follows a playhead by turning the page, and only then", () => {
    const view = viewOf(whole, { startMs: 60_000, endMs: 70_000 });
    expect(followed(view, 65_000)).toBe(view);
    expect(xOf(followed(view, viewEnd(view)), viewEnd(view))).toBeCloseTo(100);
    expect(xOf(followed(view, 50_000), 50_000)).toBeCloseTo(100);
    expect(followed(whole, 3 * hour)).toBe(whole);
  });

  it("keeps its scale when the window changes, and stays whole when it was", () => {
    const view = zoomAt(whole, 10, 500);
    expect(withWidth(view, 1_600).scale).toBe(view.scale);
    expect(viewEnd(withWidth(whole, 1_600))).toBeCloseTo(4 * hour);
  });
});

describe("ticks of the time line", () => {
  it.each([
    [0, 4 * hour, 12],
    [0, 60_000, 12],
    [1_234, 1_484, 12],
    [hour, hour + 9_000, 5],
  ])("from %i to %i ms are whole steps, and few enough", (from, to, most) => {
    const { stepMs, ticks } = ticksOf(from, to, most);
    expect(ticks.length).toBeGreaterThan(1);
    expect(ticks.length).toBeLessThanOrEqual(most + 1);
    for (const tick of ticks) expect(tick % stepMs).toBe(0);
  });
});
