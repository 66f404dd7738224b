import type { Conversation } from "../../../app/conversation/conversation.ts";
import { indexSpans, type SpanIndex } from "./waveform-spans.ts";

/** One lane of the waveform: one voice, or a channel of which nothing is known yet. */
export interface Lane {
  readonly participantId: string | null;
  /** The channel of the recording that is drawn. */
  readonly channel: number;
  /** The voice's own turns, outside of which the lane is empty; null for a voice alone on its channel. */
  readonly only: SpanIndex<{ readonly startMs: number; readonly endMs: number }> | null;
}

/** Quiet recordings are drawn larger, but noise alone never fills the lane. */
const largestGain = 8;

/**
 * The lanes of a recording. A voice alone on its channel gets the channel; voices that share one get its sound during
 * their own turns; before anybody was told apart, each channel is a lane.
 *
 * @param channels channels that there are peaks of.
 */
export function lanesOf({ participants, turns }: Pick<Conversation, "participants" | "turns">, channels: number): Lane[] {
  const talkers = new Set(turns.map((turn) => turn.participantId));
  const speaking = participants.filter(({ id, channel }) => channel !== null || talkers.has(id));
  if (speaking.length === 0 || channels === 0) {
    return Array.from({ length: channels }, (_, channel) => ({ participantId: null, channel, only: null }));
  }
  const lanes = speaking.map(({ id, channel }): Lane => {
    const alone = channel !== null && speaking.every((other) => other.id === id || other.channel !== channel);
    const drawn = Math.min(channel ?? 0, channels - 1);
    return {
      participantId: id,
      channel: drawn,
      only: alone ? null : indexSpans(turns.filter((turn) => turn.participantId === id)),
    };
  });
  // Channels first to last, as they lie in the file; voices of a mix in the order in which they are listed.
  return lanes.sort((a, b) => a.channel - b.channel);
}

/** By how much all lanes are drawn larger, so that a quiet recording is seen and a quiet side still looks quiet. */
export function gainFor(loudest: number): number {
  return loudest > 0 ? Math.min(largestGain, 127 / loudest) : 1;
}
