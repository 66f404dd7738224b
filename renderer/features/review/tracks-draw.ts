import { fullScore } from "../../../app/insight/sentiment.ts";
import {
  columnsOf,
  type LoudnessTrack,
  loudestIn,
  quietestDb,
  type Reading,
  type SentimentTrack,
  type TrackQuarter,
  vendorLoudnessAt,
} from "./tracks-figures.ts";
import type { Inks } from "./waveform-inks.ts";
import { timeAt, type View, viewEnd, xOf } from "./waveform-view.ts";

/** Width of a column in which turns are drawn, in pixels. */
const columnPx = 3;
/** A vendor's decibels run about from here to there: 40 dB is a whisper, 100 dB a shout. */
const vendorDb = { least: 40, most: 100 } as const;

/** Makes a canvas as large as its element, in the screen's pixels, and clears it. */
function begin(
  canvas: HTMLCanvasElement,
  inks: Inks,
): { context: CanvasRenderingContext2D; width: number; height: number } | null {
  const context = canvas.getContext("2d");
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  if (context === null || width === 0) return null;
  canvas.width = Math.round(width * inks.ratio);
  canvas.height = Math.round(height * inks.ratio);
  context.scale(inks.ratio, inks.ratio);
  return { context, width, height };
}

/** Draws the sentiment of a role: a line in the middle, turns up and down from it, the quarters as steps; the vendor's hollow. */
export function drawSentiment(canvas: HTMLCanvasElement, view: View, { own, vendor }: SentimentTrack, inks: Inks): void {
  const drawing = begin(canvas, inks);
  if (drawing === null) return;
  const { context, width, height } = drawing;
  const middle = height / 2;
  const heightOf = (score: number) => (Math.max(-fullScore, Math.min(fullScore, score)) / fullScore) * (middle - 2);
  context.fillStyle = inks.line;
  context.fillRect(0, middle - 0.5, width, 1);
  const columns = (reading: Reading) =>
    columnsOf(reading.turns, view.startMs, viewEnd(view), Math.max(1, Math.floor(width / columnPx)));
  if (own !== null) {
    for (const [column, { score }] of columns(own)) {
      const tall = score === null ? 0 : heightOf(score);
      context.fillStyle = tall === 0 ? inks.silence : tall > 0 ? inks.accent : inks.warning;
      if (Math.abs(tall) < 1) context.fillRect(column * columnPx, middle - 1, columnPx, 2);
      else context.fillRect(column * columnPx, tall > 0 ? middle - tall : middle, columnPx, Math.abs(tall));
    }
    drawSteps(context, view, own.quarters, middle, heightOf, inks, false);
  }
  if (vendor !== null) {
    context.fillStyle = inks.text;
    for (const [column, { score }] of columns(vendor)) {
      if (score !== null) context.fillRect(column * columnPx, middle - heightOf(score) - 1, columnPx, 1.5);
    }
    drawSteps(context, view, vendor.quarters, middle, heightOf, inks, true);
  }
}

function drawSteps(
  context: CanvasRenderingContext2D,
  view: View,
  quarters: readonly TrackQuarter[],
  middle: number,
  heightOf: (score: number) => number,
  inks: Inks,
  hollow: boolean,
): void {
  context.save();
  context.strokeStyle = inks.text;
  context.lineWidth = hollow ? 1 : 1.5;
  if (hollow) context.setLineDash([3, 3]);
  for (const { startMs, endMs, score } of quarters) {
    if (score === null) continue;
    const at = middle - heightOf(score);
    context.beginPath();
    context.moveTo(xOf(view, startMs) + 1, at);
    context.lineTo(xOf(view, endMs) - 1, at);
    context.stroke();
  }
  context.restore();
}

/** Draws the loudness of a voice: what is heard as an area from the quietest level up, the vendor's score as a line. */
export function drawLoudness(
  canvas: HTMLCanvasElement,
  view: View,
  { own, vendor }: LoudnessTrack,
  ink: string,
  inks: Inks,
): void {
  const drawing = begin(canvas, inks);
  if (drawing === null) return;
  const { context, width, height } = drawing;
  context.fillStyle = inks.line;
  context.fillRect(0, height - 1, width, 1);
  const columnMs = columnPx / view.scale;
  const count = Math.ceil(width / columnPx);
  if (own !== null) {
    context.fillStyle = ink;
    context.globalAlpha = 0.75;
    for (let column = 0; column < count; column += 1) {
      const from = view.startMs + column * columnMs;
      const level = loudestIn(own, from, from + columnMs);
      if (level === null) continue;
      const tall = Math.max(1, ((level - quietestDb) / -quietestDb) * (height - 2));
      context.fillRect(column * columnPx, height - tall, columnPx, tall);
    }
    context.globalAlpha = 1;
  }
  if (vendor.length === 0) return;
  context.strokeStyle = inks.text;
  context.lineWidth = 1;
  context.beginPath();
  let pen = false;
  for (let column = 0; column < count; column += 1) {
    const score = vendorLoudnessAt(vendor, timeAt(view, (column + 0.5) * columnPx));
    if (score === null) {
      pen = false;
      continue;
    }
    const share = (score - vendorDb.least) / (vendorDb.most - vendorDb.least);
    const y = height - 1 - Math.max(0, Math.min(1, share)) * (height - 2);
    if (pen) context.lineTo((column + 0.5) * columnPx, y);
    else context.moveTo(column * columnPx, y);
    if (!pen) context.lineTo((column + 1) * columnPx, y);
    pen = true;
  }
  context.stroke();
}
