import { sampleRate } from "../audio/sample-rate.ts";
import { joinStretches, padStretches, type Stretch } from "../audio/spans.ts";
import { graphPaths } from "../catalogue.ts";
import type { MakeTensor, Model, Sound } from "../session.ts";
import { guarded, type Listening, SpeechError, stopIfCancelled } from "../speech-error.ts";

/*
 * Silero's speech-activity model: 512 samples at a time, each with the 64 before it, and a state carried along.
 */

/** Samples judged at once: 32 ms. */
export const activityFrame = 512;
const context = 64;
const stateSize = 2 * 128;

/** How probabilities become stretches. */
export interface ActivityRule {
  /** Speech begins at this probability and ends below `release`. */
  readonly onset: number;
  readonly release: number;
  /** Pauses up to this many samples are bridged. */
  readonly bridge: number;
  /** Shorter stretches are dropped, in samples. */
  readonly shortest: number;
  /** Added on both sides, in samples. */
  readonly pad: number;
}

/** Silero's own thresholds, with a bridge short enough to keep the pauses of a conversation. */
export const activityRule: ActivityRule = {
  onset: 0.5,
  release: 0.35,
  bridge: 0.2 * sampleRate,
  shortest: 0.1 * sampleRate,
  pad: 0.03 * sampleRate,
};

/** Parts of a recording that are listened to side by side: a frame costs 140 us by itself, 70 among eight, 62 among sixteen. */
const mostLanes = 16;
/**
 * What a part hears before its own first frame, so that the model is in the state it would have come to: 20 s. The model
 * remembers for long: over 655 s of two channels each the stretches then differ by 0.4 s from those of one listening from
 * end to end, and the diarization error by 0.04 points at most; after 4 s they differ by 12 s.
 */
const warmUp = 625;
/** A part is at least so many frames long, or the listening beforehand costs what it gains: 80 s. */
const shortestLane = 2_500;
/** Frames of a part that are read at once: 4 s, so that all parts together hold a minute of sound. */
const readFrames = 125;

/** How a recording is parted: every part hears `frames`, the first from the beginning, the others after a warm-up. */
function lanesOf(total: number): { readonly lanes: number; readonly frames: number } {
  const lanes = Math.max(1, Math.min(mostLanes, Math.floor(total / shortestLane)));
  return { lanes, frames: Math.ceil((total + (lanes - 1) * warmUp) / lanes) };
}

/**
 * The probability of speech for each 32 ms of a channel. A long recording is parted and its parts are listened to side by
 * side: the model costs less than half as much for a frame.
 *
 * @throws SpeechError `cancelled`, `model-unsuitable`, `engine-failed`
 */
export async function speechProbabilities(
  sound: Sound,
  channel: number,
  model: Model,
  makeTensor: MakeTensor,
  attention: Listening,
): Promise<Float32Array> {
  const session = await model.open(graphPaths.activity.model, { threads: 1 });
  const [outputName, stateName] = session.outputNames;
  if (outputName === undefined || stateName === undefined || !session.inputNames.includes("state")) {
    throw new SpeechError("model-unsuitable", `${model.id} is not a speech-activity model with a state.`);
  }
  const total = Math.ceil((sound.durationMs * (sampleRate / 1_000)) / activityFrame);
  const probabilities = new Float32Array(total);
  const { lanes, frames } = lanesOf(total);
  const rate = makeTensor("int64", BigInt64Array.from([BigInt(sampleRate)]), []);
  const size = context + activityFrame;
  const input = new Float32Array(lanes * size); // [lanes, 576]
  const stateTensor = () => makeTensor("float32", new Float32Array(lanes * stateSize), [2, lanes, stateSize / 2]);
  // Written into run after run; the states take turns.
  let [state, next] = [stateTensor(), stateTensor()];
  const output = makeTensor("float32", new Float32Array(lanes), [lanes, 1]);
  const frame = makeTensor("float32", input, [lanes, size]);
  const rooms = Array.from({ length: lanes }, () => new Float32Array(readFrames * activityFrame));
  for (let from = 0; from < frames; from += readFrames) {
    stopIfCancelled(attention.signal);
    const now = Math.min(readFrames, frames - from);
    const heard: Float32Array[] = [];
    for (let lane = 0; lane < lanes; lane++) {
      const first = (lane * (frames - warmUp) + from) * activityFrame;
      heard.push(await sound.read(channel, first, now * activityFrame, rooms[lane]));
    }
    for (let i = 0; i < now; i++) {
      for (const [lane, samples] of heard.entries()) {
        const at = lane * size;
        input.copyWithin(at, at + activityFrame, at + size);
        input.fill(0, at + context, at + size);
        input.set(samples.subarray(i * activityFrame, (i + 1) * activityFrame), at + context);
      }
      await guarded(`Speech activity (${model.id})`, () =>
        session.run({ input: frame, state, sr: rate }, { [outputName]: output, [stateName]: next }),
      );
      for (let lane = 0; lane < lanes; lane++) {
        const at = lane * (frames - warmUp) + from + i;
        if ((lane === 0 || from + i >= warmUp) && at < total) probabilities[at] = Number(output.data[lane]);
      }
      [state, next] = [next, state];
    }
    attention.onProgress(Math.min(1, (from + now) / frames));
  }
  return probabilities;
}

/** Stretches of speech in a channel's probabilities; `length` is the recording's in samples. */
export function stretchesOfSpeech(probabilities: Float32Array, length: number, rule: ActivityRule = activityRule): Stretch[] {
  const found: Stretch[] = [];
  let start = -1;
  for (let i = 0; i <= probabilities.length; i++) {
    const probability = probabilities[i] ?? 0;
    if (start < 0 && probability >= rule.onset) start = i;
    if (start >= 0 && (probability < rule.release || i === probabilities.length)) {
      found.push({ start: start * activityFrame, end: Math.min(length, i * activityFrame) });
      start = -1;
    }
  }
  const lasting = joinStretches(found, rule.bridge).filter(({ start: from, end }) => end - from >= rule.shortest);
  return padStretches(lasting, rule.pad, length);
}
