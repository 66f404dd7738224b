import type { Span } from "../../../app/conversation/conversation.ts";

/** A stretch is told after so much of it at the latest, in milliseconds of the recording: a crash costs no more. */
const tellEveryMs = 15_000;
/** Frames come late at times: so much more than the clock says still is playing and no jump, in milliseconds. */
const slackMs = 250;
/** Shorter stretches were passed by and not heard, in milliseconds. */
const leastMs = 400;

/**
 * Tells from the positions of a playback which stretches were really played: what was jumped over was not.
 *
 * @param tell hears each stretch once, in whole milliseconds.
 */
export class HeardStretches {
  readonly #tell: (span: Span) => void;
  #from: number | null = null;
  #last = 0;
  #lastAt = 0;

  constructor(tell: (span: Span) => void) {
    this.#tell = tell;
  }

  /**
   * The playback stands here now.
   *
   * @param rate how fast it plays; 1 is as it was spoken.
   * @param now a clock, in milliseconds.
   */
  at(ms: number, { playing, rate, now }: { playing: boolean; rate: number; now: number }): void {
    const moved = ms - this.#last;
    const most = (now - this.#lastAt) * rate + slackMs;
    if (this.#from !== null && (moved < 0 || moved > most)) this.#end();
    this.#last = ms;
    this.#lastAt = now;
    if (!playing) {
      this.#end();
      return;
    }
    this.#from ??= ms;
    if (ms - this.#from >= tellEveryMs) this.#end();
    if (this.#from === null) this.#from = ms;
  }

  /** Nobody listens any more: what was heard is told. */
  end(): void {
    this.#end();
  }

  #end(): void {
    const from = this.#from;
    this.#from = null;
    if (from !== null && this.#last - from >= leastMs) this.#tell({ startMs: Math.round(from), endMs: Math.round(this.#last) });
  }
}
