import type { Conversation, Turn } from "../../../app/conversation/conversation.ts";

/** One lane of the waveform: one voice, or a channel of which nothing is known yet. */
export interface Lane {
  readonly participantId: string | null;
  /** Loudness of each part of the recording, 0 to 1. */
  readonly bars: Float32Array;
}

/** Quiet recordings are drawn larger, but noise alone never fills the lane. */
const largestGain = 8;

/** Pairs of least and greatest sample (-128 to 127) as one height each, 0 to 1. */
export function barsOf(pairs: readonly number[]): Float32Array {
  const bars = new Float32Array(Math.floor(pairs.length / 2));
  for (let index = 0; index < bars.length; index++) {
    bars[index] = Math.min(1, Math.max(Math.abs(pairs[2 * index] ?? 0), Math.abs(pairs[2 * index + 1] ?? 0)) / 127);
  }
  return bars;
}

/** The bars during some turns; silence elsewhere. A lane of its own for a voice that shares its channel with others. */
export function during(bars: Float32Array, durationMs: number, turns: readonly Pick<Turn, "startMs" | "endMs">[]): Float32Array {
  const kept = new Float32Array(bars.length);
  if (durationMs <= 0) return kept;
  for (const { startMs, endMs } of turns) {
    const from = Math.max(0, Math.floor((startMs / durationMs) * bars.length));
    const to = Math.min(bars.length, Math.ceil((endMs / durationMs) * bars.length));
    kept.set(bars.subarray(from, to), from);
  }
  return kept;
}

/**
 * The lanes of a recording. A voice alone on its channel gets the channel; voices that share one get its sound during
 * their own turns; before anybody was told apart, each channel is a lane. All lanes have the same scale, so that a
 * quiet side looks quiet.
 *
 * @param channels bars of each channel, all over the same `durationMs`.
 */
export function lanesOf(
  { participants, turns }: Pick<Conversation, "participants" | "turns">,
  channels: readonly Float32Array[],
  durationMs: number,
): Lane[] {
  const scaled = scale(channels);
  const speaking = participants.filter(
    (participant) => participant.channel !== null || turns.some((turn) => turn.participantId === participant.id),
  );
  if (speaking.length === 0 || scaled.length === 0) return scaled.map((bars) => ({ participantId: null, bars }));
  const lanes = speaking.map(({ id, channel }): Lane => {
    const bars = scaled[channel ?? 0] ?? new Float32Array(0);
    const alone = channel !== null && speaking.every((other) => other.id === id || other.channel !== channel);
    const own = turns.filter((turn) => turn.participantId === id);
    return { participantId: id, bars: alone ? bars : during(bars, durationMs, own) };
  });
  // Channels first to last, as they lie in the file; voices of a mix in the order in which they begin.
  const channelOf = new Map(speaking.map(({ id, channel }) => [id, channel ?? 0]));
  return lanes.sort((a, b) => (channelOf.get(a.participantId ?? "") ?? 0) - (channelOf.get(b.participantId ?? "") ?? 0));
}

function scale(channels: readonly Float32Array[]): Float32Array[] {
  let loudest = 0;
  for (const bars of channels) for (const bar of bars) loudest = Math.max(loudest, bar);
  const gain = loudest > 0 ? Math.min(largestGain, 1 / loudest) : 1;
  return channels.map((bars) => bars.map((bar) => bar * gain));
}

/** Times of the ticks of a time line, in ms: whole seconds or minutes, so many that labels stay apart. */
export function ticksOf(startMs: number, endMs: number, most: number): number[] {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600].map((seconds) => seconds * 1_000);
  const step = steps.find((each) => (endMs - startMs) / each <= most) ?? 7_200_000;
  const ticks: number[] = [];
  for (let at = Math.ceil(startMs / step) * step; at <= endMs; at += step) ticks.push(at);
  return ticks;
}
