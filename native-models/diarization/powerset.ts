import { SpeechError } from "../speech-error.ts";

/*
 * Powerset segmentation: the model chooses, for each frame, one of the sets {none, A, B, C, AB, AC, BC}. Plaquet and
 * Bredin 2023, "Powerset multi-class cross entropy loss for neural speaker diarization".
 */

/** Voices told apart in one window. */
export const localVoices = 3;

/** The set of each class, as bits: 1 for A, 2 for B, 4 for C. */
export const powersetMasks: readonly number[] = [0b000, 0b001, 0b010, 0b100, 0b011, 0b101, 0b110];

/**
 * The most probable set of each frame, as bits.
 *
 * @param scores [windows, frames, 7], any monotone score.
 * @throws SpeechError `model-unsuitable` when the classes are not those of three voices, two at most at once.
 */
export function powersetToMasks(scores: Float32Array, windows: number, frames: number, classes: number): Uint8Array[] {
  if (classes !== powersetMasks.length) {
    throw new SpeechError(
      "model-unsuitable",
      `The segmentation model gives ${classes} classes; ${powersetMasks.length} are understood.`,
    );
  }
  return Array.from({ length: windows }, (_, window) => {
    const masks = new Uint8Array(frames);
    for (let frame = 0; frame < frames; frame++) {
      const row = (window * frames + frame) * classes;
      let best = 0;
      for (let k = 1; k < classes; k++) if ((scores[row + k] as number) > (scores[row + best] as number)) best = k;
      masks[frame] = powersetMasks[best] as number;
    }
    return masks;
  });
}

/** How many voices a set holds. */
export function voicesInMask(mask: number): number {
  return (mask & 1) + ((mask >> 1) & 1) + ((mask >> 2) & 1);
}
