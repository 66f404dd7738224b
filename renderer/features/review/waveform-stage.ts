import WaveSurfer from "wavesurfer.js";
import type { Span, Turn } from "../../../app/conversation/conversation.ts";
import { styleNonce } from "../../theme/nonce.ts";
import type { Player } from "./player.ts";
import { barMsOf, type Overview, paintBars } from "./waveform-bars.ts";
import { blended, type Inks } from "./waveform-inks.ts";
import type { Lane } from "./waveform-lanes.ts";
import { drawMarks, heightOf, type Layout, type Marks } from "./waveform-marks.ts";
import type { PeakTiles } from "./waveform-tiles.ts";
import {
  centredOn,
  fitScale,
  followed,
  isZoomed,
  scrolledBy,
  settle,
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

/** What is on the stage. */
export interface Scene {
  readonly durationMs: number;
  readonly lanes: readonly Lane[];
  readonly layout: Layout;
  readonly marks: Marks;
  readonly inks: Inks;
  readonly tiles: PeakTiles;
  readonly overview: Overview;
  /** The turn being heard at a moment. */
  readonly turnAt: (ms: number) => Turn | undefined;
}

/** The elements of the page that the stage draws in. */
export interface StageElements {
  /** Where wavesurfer draws the lanes. */
  readonly host: HTMLElement;
  /** Lies over everything. */
  readonly canvas: HTMLCanvasElement;
  readonly playhead: HTMLElement;
}

/** A jump of the playback by this much is somebody's wish to be elsewhere, in milliseconds. */
const jumpMs = 1_500;

/**
 * Draws the part of a recording that is in view, and knows which part that is. Wavesurfer has the lanes, their played
 * part and nothing else: it is given the view alone, never the whole recording, so that neither its canvases nor its
 * memory grow with the length of a call, and no zoom comes near to the greatest width of an element. Everything is drawn
 * at most once a frame.
 */
export class WaveformStage {
  readonly #elements: StageElements;
  readonly #player: Player;
  readonly #watchers = new Set<(view: View) => void>();
  readonly #undo: (() => void)[] = [];
  #scene: Scene | null = null;
  #surfer: WaveSurfer | null = null;
  #surferFor = "";
  #view: View = wholeView(0, 1);
  #frame = 0;
  #lanesStale = true;
  #positionMs = 0;
  #turn: Turn | undefined;
  /** A person has scrolled away from the playhead: it is not followed until it is in view again or jumps. */
  #astray = false;
  /** While a person draws a selection, it is shown before it is one. */
  #drawn: Span | null = null;

  constructor(elements: StageElements, player: Player) {
    this.#elements = elements;
    this.#player = player;
    const observer = new ResizeObserver(() => this.#resize());
    observer.observe(elements.host);
    this.#undo.push(
      () => observer.disconnect(),
      player.subscribe(() => this.#draw()),
      player.onTick((ms) => this.#tick(ms)),
    );
    this.#resize();
  }

  /** What is in view. */
  get view(): View {
    return this.#view;
  }

  /** Hears what is in view, now and whenever that changes; answers with the undo. */
  watch(watcher: (view: View) => void): () => void {
    this.#watchers.add(watcher);
    watcher(this.#view);
    return () => this.#watchers.delete(watcher);
  }

  /** Puts another scene on the stage; what is in view stays. */
  show(scene: Scene): void {
    const before = this.#scene;
    this.#scene = scene;
    if (before?.durationMs !== scene.durationMs) {
      this.#view = wholeView(this.#view.widthPx, scene.durationMs);
      this.#astray = false;
    }
    this.#makeLanes(scene);
    this.#turn = scene.turnAt(this.#positionMs);
    this.#moved();
  }

  /** There is more to draw of what is in view. */
  refresh(): void {
    this.#lanesStale = true;
    this.#draw();
  }

  /** So many times closer, around the playhead or around a place of the view. */
  zoomBy(factor: number, atPx?: number): void {
    this.#look(atPx === undefined ? zoomAround(this.#view, factor, this.#positionMs) : zoomAt(this.#view, factor, atPx));
  }

  /** The whole recording. */
  fit(): void {
    this.#look(settle({ ...this.#view, scale: fitScale(this.#view) }));
  }

  /** A stretch whole. */
  showSpan(span: Span): void {
    this.#look(viewOf(this.#view, span));
  }

  /** Along by pixels. */
  scrollBy(px: number): void {
    this.#look(scrolledBy(this.#view, px));
  }

  /** With a moment in the middle. */
  centre(ms: number): void {
    this.#look(centredOn(this.#view, ms));
  }

  /** The moment at a place of the view. */
  timeAt(px: number): number {
    return timeAt(this.#view, px);
  }

  /** Shows a selection that is being drawn; null when it is one or none. */
  sketch(span: Span | null): void {
    this.#drawn = span;
    this.#draw();
  }

  /** Leaves the page. */
  close(): void {
    cancelAnimationFrame(this.#frame);
    for (const undo of this.#undo) undo();
    this.#watchers.clear();
    this.#surfer?.destroy();
    this.#surfer = null;
  }

  #look(view: View): void {
    this.#view = view;
    const at = xOf(view, this.#positionMs);
    this.#astray = at < 0 || at > view.widthPx;
    this.#moved();
  }

  #moved(): void {
    this.#lanesStale = true;
    for (const watcher of this.#watchers) watcher(this.#view);
    this.#draw();
  }

  #resize(): void {
    const width = this.#elements.host.clientWidth;
    if (width <= 0 || width === this.#view.widthPx) return;
    this.#view = withWidth(this.#view, width);
    this.#moved();
  }

  #tick(ms: number): void {
    const jumped = Math.abs(ms - this.#positionMs) > jumpMs;
    this.#positionMs = ms;
    const at = xOf(this.#view, ms);
    if (jumped || (at >= 0 && at <= this.#view.widthPx)) this.#astray = false;
    const next = this.#astray ? this.#view : followed(this.#view, ms);
    const turn = this.#scene?.turnAt(ms);
    if (next !== this.#view) {
      this.#view = next;
      this.#moved();
    } else if (turn !== this.#turn) this.#draw();
    this.#turn = turn;
    this.#place();
  }

  /** Puts the playhead, and what has been played, where they belong. */
  #place(): void {
    const { playhead } = this.#elements;
    const { widthPx, durationMs } = this.#view;
    const at = xOf(this.#view, this.#positionMs);
    const inView = at >= -1 && at <= widthPx + 1 && durationMs > 1;
    playhead.style.visibility = inView ? "" : "hidden";
    if (inView) playhead.style.transform = `translateX(${at}px)`;
    this.#surfer?.setTime(Math.max(0, Math.min(1, at / Math.max(1, widthPx))));
  }

  /** Wavesurfer's lanes are made anew only when there are others or their colours or heights change. */
  #makeLanes({ lanes, layout, inks }: Scene): void {
    const colours = lanes.map(({ participantId }) =>
      participantId === null ? inks.none : (inks.voices.get(participantId) ?? inks.none),
    );
    const signature = [layout.lane, inks.text, ...colours].join();
    if (signature === this.#surferFor && this.#surfer !== null) return;
    this.#surfer?.destroy();
    this.#surfer = null;
    this.#surferFor = signature;
    if (lanes.length === 0) return;
    const surfer = WaveSurfer.create({
      container: this.#elements.host,
      height: layout.lane,
      // The view is its whole recording, and lasts a second: the bars are drawn from the stored peaks below.
      peaks: lanes.map(() => [0, 0]),
      duration: 1,
      splitChannels: colours.map((ink, lane) => ({
        // Not played yet: fainter, and opaque, since wavesurfer takes the played part from the same bars.
        waveColor: blended(ink, inks.sunken, 0.5),
        progressColor: ink,
        renderFunction: (_, context) => this.#paint(context, lane),
      })),
      cursorWidth: 0,
      interact: false,
      autoScroll: false,
      hideScrollbar: true,
      cspNonce: styleNonce(),
    });
    surfer.on("ready", () => this.refresh());
    // Nothing is loaded, so nothing can fail; without a listener wavesurfer would report to the console.
    surfer.on("error", () => {});
    this.#surfer = surfer;
  }

  #paint(context: CanvasRenderingContext2D, index: number): void {
    const scene = this.#scene;
    const lane = scene?.lanes[index];
    if (scene === null || lane === undefined) return;
    paintBars(context, lane, this.#view, scene.tiles, scene.overview);
  }

  #draw(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#paintAll();
    });
  }

  #paintAll(): void {
    const scene = this.#scene;
    const { canvas } = this.#elements;
    const view = this.#view;
    if (scene === null || view.widthPx <= 0) return;
    if (this.#lanesStale) {
      this.#lanesStale = false;
      scene.tiles.want(view.startMs, viewEnd(view), barMsOf(view));
      this.#surfer?.setOptions({});
    }
    const { ratio } = scene.inks;
    const width = Math.round(view.widthPx * ratio);
    const height = Math.round(heightOf(scene.layout) * ratio);
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    const context = canvas.getContext("2d");
    const { selection, loop } = this.#player.state();
    if (context !== null) {
      const moment = { selection: this.#drawn ?? selection, loop, current: this.#turn };
      drawMarks(context, view, scene.layout, scene.marks, moment, scene.inks);
    }
    this.#place();
    this.#elements.host.dataset["startMs"] = String(Math.round(view.startMs));
    this.#elements.host.dataset["endMs"] = String(Math.round(viewEnd(view)));
    this.#elements.host.dataset["zoomed"] = String(isZoomed(view));
  }
}
