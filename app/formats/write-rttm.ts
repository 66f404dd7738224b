import type { Conversation } from "../conversation/conversation.ts";
import { nistFile, nistNobody, nistSeconds, nistSpeakers } from "./nist.ts";

/**
 * Who spoke when, in the Rich Transcription Time Marked format (NIST, RT-09 evaluation plan, appendix A): one `SPEAKER`
 * line for each turn, times in seconds. Speakers are called by role, never by name.
 */
export function writeRttm(conversation: Conversation): string {
  const speakers = nistSpeakers(conversation.participants);
  const channels = new Map(conversation.participants.map(({ id, channel }) => [id, (channel ?? 0) + 1]));
  const file = nistFile(conversation);
  return conversation.turns
    .filter((turn) => turn.endMs > turn.startMs)
    .map(({ participantId, startMs, endMs }) => {
      const times = `${nistSeconds(startMs)} ${nistSeconds(endMs - startMs)}`;
      const speaker = speakers.get(participantId) ?? nistNobody;
      return `SPEAKER ${file} ${channels.get(participantId) ?? 1} ${times} <NA> <NA> ${speaker} <NA> <NA>\n`;
    })
    .join("");
}
