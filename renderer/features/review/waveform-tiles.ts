/*
 * The stored peaks of a recording, read by tiles: a tile is `tileBins` loudest and quietest samples of each channel at
 * one of the levels, each twice as coarse as the one before. Only tiles that are looked at are read, only the latest are
 * kept, and until a tile has come a coarser one stands in.
 */

/** Parts of a tile. */
export const tileBins = 512;
/** Length of a part at the finest level, in milliseconds: four samples of 16 kHz. */
const finestBinMs = 0.25;
/** Tiles kept at most: about a kilobyte for each channel of each. */
const mostTiles = 400;
/** Tiles asked for at a time. */
const mostAtOnce = 4;

/** Least and greatest sample of each part, -127 to 127, one after the other; one array for each channel. */
export type Bins = readonly Int8Array[];

/** Reads a stretch of the stored peaks in so many parts. */
export type ReadPeaks = (startMs: number, endMs: number, bins: number, signal: AbortSignal) => Promise<Bins>;

interface Wanted {
  readonly level: number;
  readonly index: number;
}

/** Length of a part of a level, in milliseconds. */
export function binMsOf(level: number): number {
  return finestBinMs * 2 ** level;
}

/** The coarsest level whose parts are not longer than this; the finest where even those are. */
export function levelFor(partMs: number): number {
  return Math.max(0, Math.floor(Math.log2(Math.max(finestBinMs, partMs) / finestBinMs)));
}

/** The tiles of one recording. */
export class PeakTiles {
  readonly #read: ReadPeaks;
  readonly #durationMs: number;
  readonly #arrived: () => void;
  readonly #ended = new AbortController();
  /** In order of last use. */
  readonly #tiles = new Map<string, Bins>();
  readonly #asked = new Map<string, AbortController>();
  #wanted: readonly Wanted[] = [];

  /** `arrived` is called when there is more to draw. */
  constructor(read: ReadPeaks, durationMs: number, arrived: () => void) {
    this.#read = read;
    this.#durationMs = durationMs;
    this.#arrived = arrived;
  }

  /** How many tiles are held now. */
  get held(): number {
    return this.#tiles.size;
  }

  /**
   * Asks for what is needed to draw a stretch in parts of a length, and lets go of what is under way for another one.
   */
  want(startMs: number, endMs: number, partMs: number): void {
    const level = levelFor(partMs);
    const tileMs = binMsOf(level) * tileBins;
    const first = Math.max(0, Math.floor(startMs / tileMs));
    const last = Math.floor(Math.min(endMs, this.#durationMs - 1) / tileMs);
    const wanted: Wanted[] = [];
    for (let index = first; index <= last; index++) {
      const held = this.#tiles.get(keyOf({ level, index }));
      if (held === undefined) wanted.push({ level, index });
      else this.#use(keyOf({ level, index }), held);
    }
    this.#wanted = wanted;
    const keys = new Set(wanted.map(keyOf));
    for (const [key, controller] of this.#asked) {
      if (keys.has(key)) continue;
      controller.abort();
      this.#asked.delete(key);
    }
    this.#ask();
  }

  /**
   * The finest that is held of a moment, not finer than a part of `partMs` needs: the channels' parts, the length of one,
   * the moment at which the first begins. Null where nothing of it is held.
   */
  at(ms: number, partMs: number): { readonly bins: Bins; readonly binMs: number; readonly startMs: number } | null {
    for (let level = levelFor(partMs); ; level++) {
      const binMs = binMsOf(level);
      const tileMs = binMs * tileBins;
      const index = Math.floor(ms / tileMs);
      const bins = this.#tiles.get(keyOf({ level, index }));
      if (bins !== undefined) return { bins, binMs, startMs: index * tileMs };
      if (tileMs >= this.#durationMs) return null;
    }
  }

  /** Lets go of everything under way. */
  close(): void {
    this.#ended.abort();
    for (const controller of this.#asked.values()) controller.abort();
    this.#asked.clear();
    this.#wanted = [];
  }

  #use(key: string, bins: Bins): void {
    this.#tiles.delete(key);
    this.#tiles.set(key, bins);
    for (const oldest of this.#tiles.keys()) {
      if (this.#tiles.size <= mostTiles) break;
      this.#tiles.delete(oldest);
    }
  }

  #ask(): void {
    for (const wanted of this.#wanted) {
      if (this.#asked.size >= mostAtOnce || this.#ended.signal.aborted) return;
      const key = keyOf(wanted);
      if (this.#asked.has(key) || this.#tiles.has(key)) continue;
      const controller = new AbortController();
      this.#asked.set(key, controller);
      const tileMs = binMsOf(wanted.level) * tileBins;
      this.#read(wanted.index * tileMs, (wanted.index + 1) * tileMs, tileBins, controller.signal).then(
        (bins) => this.#take(key, controller, bins),
        // What cannot be read now is asked for again when somebody looks at it again; a coarser tile stands in.
        () => this.#take(key, controller, null),
      );
    }
  }

  #take(key: string, controller: AbortController, bins: Bins | null): void {
    // It was let go of, and may have been asked for anew.
    if (this.#asked.get(key) !== controller) return;
    this.#asked.delete(key);
    if (bins === null) {
      this.#wanted = this.#wanted.filter((wanted) => keyOf(wanted) !== key);
    } else {
      this.#use(key, bins);
      this.#arrived();
    }
    this.#ask();
  }
}

function keyOf({ level, index }: Wanted): string {
  return `${level}/${index}`;
}

/** The samples of a channel between two moments of a tile: the least and the greatest. */
export function extremes(bins: Int8Array, from: number, to: number): readonly [number, number] {
  let least = 127;
  let greatest = -127;
  for (let bin = Math.max(0, from); bin < to && 2 * bin + 1 < bins.length; bin++) {
    const low = bins[2 * bin] ?? 0;
    const high = bins[2 * bin + 1] ?? 0;
    if (low < least) least = low;
    if (high > greatest) greatest = high;
  }
  return least > greatest ? [0, 0] : [least, greatest];
}
