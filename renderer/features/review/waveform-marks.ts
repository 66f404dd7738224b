import { assertNever } from "../../../app/assert-never.ts";
import type { Interruption, Span, Turn } from "../../../app/conversation/conversation.ts";
import { clock, fineClock, span } from "../../ui/time.ts";
import type { Marker } from "./player-moments.ts";
import type { SoundedKind, SoundedSpan } from "./sounds-lane.ts";
import type { Inks } from "./waveform-inks.ts";
import { type SpanIndex, within } from "./waveform-spans.ts";
import { ticksOf, type View, viewEnd, xOf } from "./waveform-view.ts";

/** Everything of a conversation that is drawn over its sound, laid out for drawing a part of it. */
export interface Marks {
  readonly turns: SpanIndex<Turn>;
  readonly silences: SpanIndex<Span>;
  readonly overlaps: SpanIndex<Span>;
  readonly interruptions: SpanIndex<Interruption>;
  readonly sounds: SpanIndex<SoundedSpan>;
  readonly markers: SpanIndex<Marker>;
  /** The lane of each participant. */
  readonly laneOf: ReadonlyMap<string, number>;
}

/** Heights of what lies under one another, in pixels: time line, flags, lanes, sounds. */
export interface Layout {
  readonly ruler: number;
  readonly flags: number;
  readonly lane: number;
  readonly lanes: number;
  /** 0 where nothing but speech is heard. */
  readonly sounds: number;
}

/** The whole height. */
export function heightOf({ ruler, flags, lane, lanes, sounds }: Layout): number {
  return ruler + flags + lane * lanes + sounds;
}

/** What holds at the moment of drawing. */
export interface Moment {
  readonly selection: Span | null;
  readonly loop: Span | null;
  /** The turn being heard. */
  readonly current: Turn | undefined;
}

/** Flags nearer to one another than this are drawn as one. */
const flagPx = 9;

/** Draws what the sound alone does not show. Costs what is in view, and no more than the view is wide. */
export function drawMarks(
  context: CanvasRenderingContext2D,
  view: View,
  layout: Layout,
  marks: Marks,
  moment: Moment,
  inks: Inks,
): void {
  context.save();
  context.scale(inks.ratio, inks.ratio);
  context.clearRect(0, 0, view.widthPx, heightOf(layout));
  context.font = `${inks.textPx}px ${inks.font}`;
  context.textBaseline = "middle";
  drawRuler(context, view, layout, inks);
  drawSilences(context, view, layout, marks, inks);
  drawOverlaps(context, view, layout, marks, inks);
  drawTurns(context, view, layout, marks, moment, inks);
  if (layout.sounds > 0) drawSounds(context, view, layout, marks, inks);
  drawRange(context, view, layout, moment, inks);
  drawFlags(context, view, layout, marks, inks);
  context.restore();
}

function drawRuler(context: CanvasRenderingContext2D, view: View, { ruler }: Layout, inks: Inks): void {
  context.fillStyle = inks.quiet;
  context.strokeStyle = inks.line;
  context.lineWidth = 1;
  const { stepMs, ticks } = ticksOf(view.startMs, viewEnd(view), Math.max(2, view.widthPx / (inks.textPx * 7)));
  for (const tick of ticks) {
    const at = Math.round(xOf(view, tick)) + 0.5;
    context.beginPath();
    context.moveTo(at, ruler - 5);
    context.lineTo(at, ruler);
    context.stroke();
    const label = stepMs >= 1_000 ? clock(tick) : stepMs >= 100 ? fineClock(tick) : hundredths(tick);
    if (at + 4 + context.measureText(label).width < view.widthPx) context.fillText(label, at + 3, ruler / 2);
  }
}

function hundredths(ms: number): string {
  return `${fineClock(ms)}${Math.floor(Math.max(0, ms) / 10) % 10}`;
}

function inView<T extends Span>(index: SpanIndex<T>, view: View): T[] {
  return within(index, view.startMs, viewEnd(view));
}

/** Boxes of spans in view, each at least `least` wide; one that lies wholly in what is drawn already is left out. */
function* boxes<T extends Span>(
  spans: Iterable<T>,
  view: View,
  least: number,
): Generator<{ readonly of: T; readonly left: number; readonly width: number }> {
  let drawnTo = Number.NEGATIVE_INFINITY;
  for (const of of spans) {
    const left = Math.max(-50, xOf(view, of.startMs));
    const right = Math.min(view.widthPx + 50, Math.max(left + least, xOf(view, of.endMs)));
    if (Math.floor(right) <= drawnTo) continue;
    drawnTo = Math.floor(right);
    yield { of, left, width: right - left };
  }
}

function drawSilences(context: CanvasRenderingContext2D, view: View, layout: Layout, marks: Marks, inks: Inks): void {
  const top = layout.ruler + layout.flags;
  const height = layout.lane * layout.lanes;
  for (const { of, left, width } of boxes(inView(marks.silences, view), view, 1)) {
    context.fillStyle = inks.silenceStripes ?? inks.silence;
    context.fillRect(left, top, width, height);
    const from = Math.max(0, left);
    const room = Math.min(view.widthPx, left + width) - from;
    // Measuring text is dear, and of a whole call hardly a silence is wide enough for any.
    if (room < inks.textPx * 2) continue;
    const label = span(of.endMs - of.startMs);
    const labelWidth = context.measureText(label).width;
    if (room < labelWidth + 12) continue;
    const x = from + room / 2 - labelWidth / 2;
    context.fillStyle = inks.surface;
    context.fillRect(x - 3, top + height / 2 - inks.textPx * 0.75, labelWidth + 6, inks.textPx * 1.5);
    context.fillStyle = inks.quiet;
    context.fillText(label, x, top + height / 2);
  }
}

/** Several at once: a frame over all lanes, striped the other way than silence. */
function drawOverlaps(context: CanvasRenderingContext2D, view: View, layout: Layout, marks: Marks, inks: Inks): void {
  const top = layout.ruler + layout.flags;
  const height = layout.lane * layout.lanes;
  context.strokeStyle = inks.text;
  context.lineWidth = 1;
  for (const { left, width } of boxes(inView(marks.overlaps, view), view, 2)) {
    context.fillStyle = inks.overlapStripes ?? inks.text;
    context.fillRect(left, top, width, height);
    if (width >= 4) context.strokeRect(Math.round(left) + 0.5, top + 0.5, Math.max(1, Math.round(width) - 1), height - 1);
  }
}

/** Whose turn it is, at the foot of each lane; the turn being heard is thicker. */
function drawTurns(
  context: CanvasRenderingContext2D,
  view: View,
  layout: Layout,
  marks: Marks,
  { current }: Moment,
  inks: Inks,
): void {
  const byLane = Map.groupBy(inView(marks.turns, view), (turn) => marks.laneOf.get(turn.participantId) ?? -1);
  for (const [lane, turns] of byLane) {
    if (lane < 0) continue;
    const foot = layout.ruler + layout.flags + (lane + 1) * layout.lane;
    for (const { of, left, width } of boxes(turns, view, 2)) {
      const thick = of === current ? 5 : 2;
      context.fillStyle = inks.voices.get(of.participantId) ?? inks.none;
      context.fillRect(left, foot - thick, Math.max(1, width - 1), thick);
    }
  }
}

/** What is heard beside speech, under the lanes: each kind by its own pattern, and in words where there is room. */
function drawSounds(context: CanvasRenderingContext2D, view: View, layout: Layout, marks: Marks, inks: Inks): void {
  const top = layout.ruler + layout.flags + layout.lane * layout.lanes;
  for (const { of, left, width } of boxes(inView(marks.sounds, view), view, 3)) {
    drawSound(context, of.kind, left, top + 2, width, layout.sounds - 3, inks);
  }
}

/** The mark of one sound in a box. */
export function drawSound(
  context: CanvasRenderingContext2D,
  kind: SoundedKind,
  left: number,
  top: number,
  width: number,
  height: number,
  inks: Pick<Inks, "text" | "quiet" | "warning" | "accent">,
): void {
  const middle = top + height / 2;
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.lineWidth = 1.5;
  context.fillStyle = inks.text;
  context.strokeStyle = inks.text;
  context.beginPath();
  switch (kind) {
    case "ring":
      for (let at = left + 1; at < left + width; at += 4) {
        context.moveTo(at, top);
        context.lineTo(at, top + height);
      }
      context.stroke();
      break;
    case "dtmf":
      for (let at = left; at < left + width; at += 6) context.rect(at, middle - 2, 3, 4);
      context.fill();
      break;
    case "music":
      context.moveTo(left, middle);
      for (let at = 0; at <= width; at += 2) context.lineTo(left + at, middle + Math.sin(at / 3) * (height / 2 - 1));
      context.stroke();
      break;
    case "tone":
      context.moveTo(left, middle);
      context.lineTo(left + width, middle);
      context.stroke();
      break;
    case "ivr":
      context.fillStyle = inks.quiet;
      context.rect(left, top + 2, width, height - 4);
      context.fill();
      break;
    case "dead-air":
      context.strokeStyle = inks.quiet;
      context.setLineDash([4, 3]);
      context.lineWidth = 1;
      context.rect(left + 0.5, top + 0.5, Math.max(1, width - 1), height - 1);
      context.stroke();
      break;
    default:
      assertNever(kind);
  }
  context.restore();
}

/** What is marked by hand, and what is played over and over. */
function drawRange(context: CanvasRenderingContext2D, view: View, layout: Layout, { selection, loop }: Moment, inks: Inks): void {
  const height = heightOf(layout);
  if (selection !== null) {
    const left = xOf(view, selection.startMs);
    const width = xOf(view, selection.endMs) - left;
    context.fillStyle = inks.accent;
    context.globalAlpha = 0.18;
    context.fillRect(left, layout.ruler, width, height - layout.ruler);
    context.globalAlpha = 1;
    context.fillRect(left - 1, layout.ruler, 2, height - layout.ruler);
    context.fillRect(left + width - 1, layout.ruler, 2, height - layout.ruler);
  }
  if (loop !== null) {
    const left = xOf(view, loop.startMs);
    const right = xOf(view, loop.endMs);
    context.strokeStyle = inks.accent;
    context.lineWidth = 2;
    context.strokeRect(left, 1, right - left, layout.ruler - 2);
    context.lineWidth = 1;
  }
}

/** Flags over the lanes: who broke in, and what people and rules have put here. */
function drawFlags(context: CanvasRenderingContext2D, view: View, layout: Layout, marks: Marks, inks: Inks): void {
  const middle = layout.ruler + layout.flags / 2;
  const size = layout.flags - 4;
  let last = Number.NEGATIVE_INFINITY;
  for (const interruption of inView(marks.interruptions, view)) {
    const at = xOf(view, interruption.startMs);
    if (at - last < flagPx) continue;
    last = at;
    context.fillStyle = inks.voices.get(interruption.byParticipantId) ?? inks.none;
    drawInterruption(context, at, middle, size);
  }
  const lastOf = new Map<Marker["kind"], number>();
  for (const marker of inView(marks.markers, view)) {
    const at = xOf(view, marker.startMs);
    if (at - (lastOf.get(marker.kind) ?? Number.NEGATIVE_INFINITY) < flagPx) continue;
    lastOf.set(marker.kind, at);
    drawMarker(context, marker.kind, at, middle, size, inks, xOf(view, marker.endMs));
  }
}

/** The flag of somebody breaking in: a triangle that points down into the talk, in the voice's colour. */
export function drawInterruption(context: CanvasRenderingContext2D, at: number, middle: number, size: number): void {
  context.beginPath();
  context.moveTo(at - size / 2, middle - size / 2);
  context.lineTo(at + size / 2, middle - size / 2);
  context.lineTo(at, middle + size / 2);
  context.closePath();
  context.fill();
}

/** The flag of a marker, told by its shape; a redaction is as long as what it hides. */
export function drawMarker(
  context: CanvasRenderingContext2D,
  kind: Marker["kind"],
  at: number,
  middle: number,
  size: number,
  inks: Pick<Inks, "text" | "accent" | "warning" | "surface">,
  end = at,
): void {
  const top = middle - size / 2;
  context.beginPath();
  switch (kind) {
    case "comment":
      context.fillStyle = inks.accent;
      context.roundRect(at - size / 2, top, size, size * 0.75, 2);
      context.moveTo(at - size / 4, top + size * 0.7);
      context.lineTo(at - size / 4, top + size);
      context.lineTo(at + size / 6, top + size * 0.7);
      context.fill();
      break;
    case "bookmark":
      context.fillStyle = inks.accent;
      context.moveTo(at - size / 3, top);
      context.lineTo(at + size / 3, top);
      context.lineTo(at + size / 3, top + size);
      context.lineTo(at, top + size * 0.7);
      context.lineTo(at - size / 3, top + size);
      context.fill();
      break;
    case "redaction":
      context.fillStyle = inks.text;
      context.fillRect(at, top + size * 0.25, Math.max(4, end - at), size * 0.5);
      break;
    case "answer":
      context.strokeStyle = inks.text;
      context.lineWidth = 2;
      context.moveTo(at - size / 2, middle);
      context.lineTo(at - size / 8, top + size * 0.85);
      context.lineTo(at + size / 2, top + size * 0.1);
      context.stroke();
      context.lineWidth = 1;
      break;
    case "unanswered":
      context.strokeStyle = inks.warning;
      context.lineWidth = 2;
      context.arc(at, middle, size / 2 - 1, 0, 2 * Math.PI);
      context.stroke();
      context.lineWidth = 1;
      break;
    default:
      assertNever(kind);
  }
}
