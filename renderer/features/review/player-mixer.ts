/** How loud one side of a recording is heard. */
export interface SideMix {
  /** 0 to 1. */
  readonly volume: number;
  readonly muted: boolean;
}

/** How loud a recording is heard: the whole, and each side of it. */
export interface Mix {
  /** 0 to 1. */
  readonly volume: number;
  /** The left side and the right side. */
  readonly sides: readonly [SideMix, SideMix];
}

/** Everything as recorded. */
export const evenMix: Mix = {
  volume: 1,
  sides: [
    { volume: 1, muted: false },
    { volume: 1, muted: false },
  ],
};

/** How much of each side goes to each ear: from left to left, left to right, right to left, right to right. */
export type Gains = readonly [number, number, number, number];

/** The gains of a mix. A side that is heard alone goes to both ears: nobody wants to listen with one for a whole call. */
export function gainsOf({ sides: [left, right] }: Mix): Gains {
  const leftGain = left.muted ? 0 : left.volume;
  const rightGain = right.muted ? 0 : right.volume;
  return [leftGain, rightGain === 0 ? leftGain : 0, leftGain === 0 ? rightGain : 0, rightGain];
}

/** The side of a playback that a channel of the recording is on; the way in which many channels are put into two. */
export function sideOf(channel: number): 0 | 1 {
  return channel % 2 === 0 ? 0 : 1;
}

/**
 * Mixes the sides of a media element. The element is taken into Web Audio only when somebody first asks for another mix
 * than the recorded one, since that is a gesture, without which the page may not sound at all.
 */
export class Mixer {
  readonly #audio: HTMLMediaElement;
  #context: AudioContext | null = null;
  #gains: readonly GainNode[] = [];
  #failed = false;

  constructor(audio: HTMLMediaElement) {
    this.#audio = audio;
  }

  /** Hears like this from now on. Answers whether the sides could be mixed; the volume of the whole always is. */
  set(mix: Mix): boolean {
    this.#audio.volume = Math.min(1, Math.max(0, mix.volume));
    const gains = gainsOf(mix);
    if (this.#context === null && gains.join() === "1,0,0,1") return true;
    if (!this.#begin()) return false;
    const now = this.#context?.currentTime ?? 0;
    // Over a few milliseconds, so that nothing clicks.
    for (const [index, node] of this.#gains.entries()) node.gain.setTargetAtTime(gains[index] ?? 0, now, 0.008);
    return true;
  }

  /** Wakes up what the browser has put to sleep; to be called when the playback starts. */
  wake(): void {
    if (this.#context?.state === "suspended") this.#context.resume().catch(() => undefined);
  }

  /** Lets go of the sound device. */
  close(): void {
    this.#context?.close().catch(() => undefined);
  }

  #begin(): boolean {
    if (this.#failed) return false;
    if (this.#context !== null) return true;
    let context: AudioContext | undefined;
    try {
      context = new AudioContext({ latencyHint: "playback" });
      const splitter = context.createChannelSplitter(2);
      const merger = context.createChannelMerger(2);
      const made = context;
      const paths: readonly (readonly [from: number, to: number, gain: number])[] = [
        [0, 0, 1],
        [0, 1, 0],
        [1, 0, 0],
        [1, 1, 1],
      ];
      this.#gains = paths.map(([from, to, gain]) => {
        const node = made.createGain();
        node.gain.value = gain;
        splitter.connect(node, from);
        node.connect(merger, 0, to);
        return node;
      });
      merger.connect(context.destination);
      // Last: from here on the element sounds through the graph alone.
      context.createMediaElementSource(this.#audio).connect(splitter);
      this.#context = context;
      this.wake();
      return true;
    } catch {
      // Without Web Audio the recording is heard as it is, and the page says so.
      context?.close().catch(() => undefined);
      this.#failed = true;
      return false;
    }
  }
}
