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

/** Frames of a window. */
export const windowFrames = 589;

/** Which voices of a window speak when. */
export interface SegmentedWindow {
  /** First frame, counted over the whole recording. */
  readonly firstFrame: number;
  /** Who speaks, as bits, for each frame. Voices are numbered anew in each window. */
  readonly masks: Uint8Array;
}

/** How the windows are laid. */
export interface SegmentationLayout {
  /** Frames from window to window. A shorter step costs more; from 589 on windows lie apart. */
  readonly stepFrames: number;
  /** Windows in one run of the model. */
  readonly batch: number;
}

/** Frames from window to window of a short recording: 2.97 s, three views of each moment. */
const closeStep = 176;
/** Frames from window to window of a long one: 4.86 s, two views. */
const wideStep = 288;
/** From this length on a recording is long: 3 min. */
const longMs = 180_000;
/** Windows in one run: two cost as little for each as four do (31 ms; one alone 36, eight 32), and eight take 135 MiB more. */
const windowsTogether = 2;

/**
 * The layout for a recording of a length. Mean error of six cuts of 241 s and seven of 100 s of one call, the voices given:
 *
 *   step      1.9 s   3.0 s   4.1 s   4.9 s   5.7 s
 *   241 s     7.8 %   7.1 %   7.3 %   7.0 %   8.4 %
 *   100 s     8.0 %   8.2 %  10.3 %   9.9 %   9.7 %
 *
 * In a long recording there are prints enough with half the windows; in a short one they are worth their cost. Both steps
 * are whole frames of the voice prints' features (297 and 486), which windows then share.
 */
export function segmentationLayout(durationMs: number): SegmentationLayout {
  return { stepFrames: durationMs < longMs ? closeStep : wideStep, batch: windowsTogether };
}

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
  layout: SegmentationLayout = segmentationLayout(sound.durationMs),
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
  const together = step < segmentationWindow;
  const room = new Float32Array(together ? (layout.batch - 1) * step + segmentationWindow : segmentationWindow);
  for (let first = 0; first < count; first += layout.batch) {
    stopIfCancelled(attention.signal);
    const batch = Math.min(layout.batch, count - first);
    if (input.length !== batch * segmentationWindow) input = new Float32Array(batch * segmentationWindow);
    // Where windows overlap, one read serves a batch; where they lie apart, what is between is never read.
    const samples = together ? await sound.read(0, first * step, (batch - 1) * step + segmentationWindow, room) : null;
    for (let i = 0; i < batch; i++) {
      const own =
        samples?.subarray(i * step, i * step + segmentationWindow) ??
        (await sound.read(0, (first + i) * step, segmentationWindow, room));
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
