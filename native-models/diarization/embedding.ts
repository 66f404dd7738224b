import { type KaldiWindow, kaldiBands, kaldiFeatures, kaldiFrame, kaldiHop } from "../audio/kaldi-features.ts";
import { sampleRate } from "../audio/sample-rate.ts";
import { graphPaths } from "../catalogue.ts";
import type { MakeTensor, Model, Sound } from "../session.ts";
import { guarded, type Listening, SpeechError, stopIfCancelled } from "../speech-error.ts";
import { localVoices, voicesInMask } from "./powerset.ts";
import { type SegmentedWindow, segmentationFrame, segmentationOffset, segmentationWindow } from "./segmentation.ts";

/** How one voice of one window sounds. */
export interface VoicePrint {
  readonly window: number;
  /** The voice's number in its window. */
  readonly voice: number;
  /** Speech it was made from, in seconds. */
  readonly seconds: number;
  /** Length one. */
  readonly embedding: Float32Array;
}

/** With less clean speech than this, what overlaps is taken too: 1 s of 10 ms frames. */
const enoughFrames = 100;
/** With less than this, nothing can be said: 0.25 s. */
const fewestFrames = 25;
/** Values of the features of a window. */
const mostValues = (1 + Math.floor((segmentationWindow - kaldiFrame) / kaldiHop)) * kaldiBands;

/**
 * A print of every voice in every window, from what it says alone (without overlap, unless too little is left).
 *
 * @throws SpeechError `cancelled`, `model-unsuitable`, `engine-failed`
 */
export async function voicePrints(
  sound: Sound,
  windows: readonly SegmentedWindow[],
  model: Model,
  makeTensor: MakeTensor,
  attention: Listening,
): Promise<VoicePrint[]> {
  const session = await model.open(graphPaths.embedding.model, { threads: 1 });
  const [inputName] = session.inputNames;
  const [outputName] = session.outputNames;
  if (inputName === undefined || outputName === undefined) throw new SpeechError("model-unsuitable", `${model.id} has no input.`);
  const trainedWith = await kaldiWindowOf(model);
  const prints: VoicePrint[] = [];
  const known = windowFeatures(sound, trainedWith);
  const room = new Float32Array(mostValues);
  for (const [index, { firstFrame, masks }] of windows.entries()) {
    stopIfCancelled(attention.signal);
    attention.onProgress(index / windows.length);
    if (masks.every((mask) => mask === 0)) continue;
    const features = await known.of(firstFrame * segmentationFrame); // [frames, bands]
    const frames = features.length / kaldiBands;
    for (let voice = 0; voice < localVoices; voice++) {
      const clean = framesOf(masks, voice, frames, true);
      const chosen = clean.length >= enoughFrames ? clean : framesOf(masks, voice, frames, false);
      if (chosen.length < fewestFrames) continue;
      const input = gather(features, chosen, room);
      const result = await guarded(`Voice print (${model.id})`, () =>
        session.run({ [inputName]: makeTensor("float32", input, [1, chosen.length, kaldiBands]) }),
      );
      const embedding = result[outputName]?.data;
      if (!(embedding instanceof Float32Array))
        throw new SpeechError("model-unsuitable", `${model.id} gives no float embedding.`);
      const clear = Math.max(clean.length, 1) / (sampleRate / kaldiHop);
      prints.push({ window: index, voice, seconds: clear, embedding: unit(embedding) });
    }
  }
  attention.onProgress(1);
  return prints;
}

interface WindowFeatures {
  /** The features of the window that begins at a sample; they last until the next window's. */
  of(from: number): Promise<Float32Array>;
}

/** Makes the features of window after window; those it shares with the window before are kept, where their frames coincide. */
function windowFeatures(sound: Sound, trainedWith: KaldiWindow): WindowFeatures {
  const room = new Float32Array(segmentationWindow);
  const values = new Float32Array(mostValues);
  let features = values.subarray(0, 0);
  let before = -1;
  return {
    async of(from) {
      const apart = before < 0 ? -1 : from - before;
      before = from;
      const skipped = (apart / kaldiHop) * kaldiBands;
      let shared = 0;
      if (apart > 0 && apart % kaldiHop === 0 && skipped < features.length) {
        shared = features.length - skipped;
        values.copyWithin(0, skipped, features.length);
      }
      const known = (shared / kaldiBands) * kaldiHop;
      const samples = await sound.read(0, from + known, segmentationWindow - known, room);
      const fresh = kaldiFeatures(samples, trainedWith, values.subarray(shared));
      features = values.subarray(0, shared + fresh.length);
      return features;
    },
  };
}

/** WeSpeaker's exports carry a preprocessor_config.json and were trained with Hamming's window; others with Povey's. */
async function kaldiWindowOf(model: Model): Promise<KaldiWindow> {
  try {
    return (await model.readText("preprocessor_config.json")).includes("WeSpeaker") ? "hamming" : "povey";
  } catch {
    return /wespeaker/iu.test(model.id) ? "hamming" : "povey";
  }
}

/** Feature frames in which a voice speaks. */
function framesOf(masks: Uint8Array, voice: number, frames: number, alone: boolean): Int32Array {
  const chosen = new Int32Array(frames);
  let count = 0;
  for (let frame = 0; frame < frames; frame++) {
    const middle = frame * kaldiHop + kaldiHop;
    const at = Math.max(0, Math.min(masks.length - 1, Math.floor((middle - segmentationOffset) / segmentationFrame)));
    const mask = masks[at] as number;
    if ((mask >> voice) & 1 && (!alone || voicesInMask(mask) === 1)) chosen[count++] = frame;
  }
  return chosen.subarray(0, count);
}

/** The chosen frames one after another at the beginning of the room, with the mean of each band removed. */
function gather(features: Float32Array, chosen: Int32Array, room: Float32Array): Float32Array {
  const out = room.subarray(0, chosen.length * kaldiBands);
  chosen.forEach((frame, i) => {
    out.set(features.subarray(frame * kaldiBands, (frame + 1) * kaldiBands), i * kaldiBands);
  });
  for (let band = 0; band < kaldiBands; band++) {
    let mean = 0;
    for (let i = band; i < out.length; i += kaldiBands) mean += out[i] as number;
    mean /= chosen.length;
    for (let i = band; i < out.length; i += kaldiBands) out[i] = (out[i] as number) - mean;
  }
  return out;
}

/** The vector scaled to length one. */
export function unit(vector: Float32Array): Float32Array {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
  return vector.map((value) => value * scale);
}
