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
/** Samples read at once: about 60 s. */
const readFrames = 1_875;

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

/**
 * The probability of speech for each 32 ms of a channel.
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
  const input = new Float32Array(context + activityFrame);
  const rate = makeTensor("int64", BigInt64Array.from([BigInt(sampleRate)]), []);
  let state = makeTensor("float32", new Float32Array(stateSize), [2, 1, 128]);
  for (let frame = 0; frame < total; ) {
    const samples = await sound.read(channel, frame * activityFrame, readFrames * activityFrame);
    if (samples.length === 0) break;
    const frames = Math.min(total - frame, Math.ceil(samples.length / activityFrame));
    for (let i = 0; i < frames; i++) {
      if (i % 256 === 0) stopIfCancelled(attention.signal);
      input.copyWithin(0, activityFrame);
      input.fill(0, context);
      input.set(samples.subarray(i * activityFrame, (i + 1) * activityFrame), context);
      const result = await guarded(`Speech activity (${model.id})`, () =>
        session.run({ input: makeTensor("float32", input.slice(), [1, input.length]), state, sr: rate }),
      );
      const output = result[outputName];
      const next = result[stateName];
      if (output === undefined || next === undefined) throw new SpeechError("model-unsuitable", `${model.id} gave no state.`);
      probabilities[frame + i] = Number(output.data[0]);
      state = next;
    }
    frame += frames;
    attention.onProgress(Math.min(1, frame / total));
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
