import type { Conversation } from "../conversation/conversation.ts";
import { nistChannels, nistFile, nistLines, nistNobody, nistSeconds, nistSpeakers } from "./nist.ts";

/**
 * Every turn with its words, in NIST's Segment Time Mark format (SCTK, `sclite`): file, channel, speaker, start, end, a label
 * and the text. Speakers are called by role, never by name.
 */
export function writeStm(conversation: Conversation): string {
  const speakers = nistSpeakers(conversation.participants);
  const channels = nistChannels(conversation.participants);
  const roles = new Map(conversation.participants.map(({ id, role }) => [id, role]));
  const file = nistFile(conversation);
  return nistLines(
    conversation.turns
      .filter(({ startMs, endMs, text }) => endMs > startMs && text.trim() !== "")
      .map(({ participantId, startMs, endMs, text }) => {
        const channel = channels.get(participantId) ?? "A";
        const speaker = speakers.get(participantId) ?? nistNobody;
        const label = `<o,${roles.get(participantId) ?? "other"}>`;
        const times = `${nistSeconds(startMs)} ${nistSeconds(endMs)}`;
        return { channel, startMs, line: `${file} ${channel} ${speaker} ${times} ${label} ${transcriptOf(text)}` };
      }),
  );
}

/** A text on one line, without the signs that mean something there: `{ a / b }` are alternatives, `@` alone is no word. */
function transcriptOf(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .trim()
    .replaceAll("{", "(")
    .replaceAll("}", ")")
    .replaceAll(/(?<=^| )@(?= |$)/gu, "(at)");
}
