import { sampleRate } from "../audio/sample-rate.ts";
import { graphPaths } from "../catalogue.ts";
import type { MakeTensor, Model, Sound } from "../session.ts";
import { guarded, type Listening, SpeechError, stopIfCancelled } from "../speech-error.ts";
import { powersetToMasks } from "./powerset.ts";

/** Samples of a window: 10 s, what the model was trained on. */
export const segmentationWindow = 10 * sampleRate;
/** Samples from frame to frame of the model's output. */
export const segmentationFrame = 270;
/** Where the first frame of a window lies: half its receptive field of 991 samples, less half a step. */
export const segmentationOffset = Math.round((991 - segmentationFrame) / 2);

/** Which voices of a window speak when. */
export interface SegmentedWindow {
  /** First frame, counted over the whole recording. */
  readonly firstFrame: number;
  /** Who speaks, as bits, for each frame. Voices are numbered anew in each window. */
  readonly masks: Uint8Array;
}

/** How the windows are laid. */
export interface SegmentationLayout {
  /** Frames from window to window; 176 is about 3 s. A shorter step costs more; from 589 on windows lie apart. */
  readonly stepFrames: number;
  /** Windows in one run of the model. */
  readonly batch: number;
}

/**
 * Windows every 3 s: three views of each moment. Chosen on the mono recordings of the development material and three cuts
 * of one of them: 14.4 % error with windows every 2 s, 13.3 % every 3 s, 13.8 % every 4 s, at 18, 15 and 13 ms of processor time for a second.
 * 176 frames are 297 whole frames of the voice prints' features, which windows then share.
 */
export const segmentationLayout: SegmentationLayout = { stepFrames: 176, batch: 8 };

/**
 * Who speaks when in each window. One byte is kept for a frame of a window, so that four hours take a few megabytes.
 *
 * @throws SpeechError `cancelled`, `model-unsuitable`, `engine-failed`
 */
export async function segment(
  sound: Sound,
  model: Model,
  makeTensor: MakeTensor,
  attention: Listening,
  layout: SegmentationLayout = segmentationLayout,
): Promise<SegmentedWindow[]> {
  const session = await model.open(graphPaths.segmentation.model, { threads: 1 });
  const [inputName] = session.inputNames;
  const [outputName] = session.outputNames;
  if (inputName === undefined || outputName === undefined) throw new SpeechError("model-unsuitable", `${model.id} has no input.`);
  const length = Math.round(sound.durationMs * (sampleRate / 1_000));
  const step = layout.stepFrames * segmentationFrame;
  const count = Math.max(1, 1 + Math.ceil((length - segmentationWindow) / step));
  const windows: SegmentedWindow[] = [];
  let input = new Float32Array(0); // [windows, 1, samples], the same for all batches
  for (let first = 0; first < count; first += layout.batch) {
    stopIfCancelled(attention.signal);
    const batch = Math.min(layout.batch, count - first);
    if (input.length !== batch * segmentationWindow) input = new Float32Array(batch * segmentationWindow);
    // Where windows overlap, one read serves a batch; where they lie apart, what is between is never read.
    const samples = step < segmentationWindow ? await sound.read(0, first * step, (batch - 1) * step + segmentationWindow) : null;
    for (let i = 0; i < batch; i++) {
      const own =
        samples?.subarray(i * step, i * step + segmentationWindow) ??
        (await sound.read(0, (first + i) * step, segmentationWindow));
      input.set(own, i * segmentationWindow);
      input.fill(0, i * segmentationWindow + own.length, (i + 1) * segmentationWindow);
    }
    const result = await guarded(`Segmentation (${model.id})`, () =>
      session.run({ [inputName]: makeTensor("float32", input, [batch, 1, segmentationWindow]) }),
    );
    const scores = result[outputName];
    const [, frames, classes] = scores?.dims ?? [];
    if (scores === undefined || frames === undefined || classes === undefined) {
      throw new SpeechError("model-unsuitable", `${model.id} does not give [windows, frames, classes].`);
    }
    const masks = powersetToMasks(scores.data as Float32Array, batch, frames, classes);
    masks.forEach((mask, i) => {
      windows.push({ firstFrame: (first + i) * layout.stepFrames, masks: mask });
    });
    attention.onProgress((first + batch) / count);
  }
  return windows;
}

/** The first sample of a frame of the recording. */
export function frameStart(frame: number): number {
  return frame === 0 ? 0 : frame * segmentationFrame + segmentationOffset;
}
