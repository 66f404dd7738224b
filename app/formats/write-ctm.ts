import type { Conversation, Turn } from "../conversation/conversation.ts";
import { nistChannels, nistField, nistFile, nistLines, nistSeconds } from "./nist.ts";
import { type OutgoingWord, outgoingWords } from "./outgoing-words.ts";

/**
 * Every word with its time, in NIST's Conversation Time Marked format (SCTK, `sclite`): file, channel, start, length, word,
 * and its confidence where it is known. Where a turn has no times of words, its time is shared out by their length.
 */
export function writeCtm(conversation: Conversation): string {
  const channels = nistChannels(conversation.participants);
  const file = nistFile(conversation);
  return nistLines(
    conversation.turns.flatMap((turn) => {
      const channel = channels.get(turn.participantId) ?? "A";
      return timedWords(turn).map(({ text, startMs, endMs, confidence }) => {
        const times = `${nistSeconds(startMs)} ${nistSeconds(Math.max(0, endMs - startMs))}`;
        const sure = confidence === null ? "" : ` ${confidence.toFixed(4)}`;
        return { channel, startMs, line: `${file} ${channel} ${times} ${nistField(text)}${sure}` };
      });
    }),
  );
}

function timedWords(turn: Turn): OutgoingWord[] {
  const words = outgoingWords(turn);
  if (words.length > 0) return words;
  // A label in brackets is one word, whatever it says.
  const texts = turn.text.match(/\[[^[\]]{1,40}\]\p{P}*|\S+/gu) ?? [];
  const whole = texts.reduce((sum, text) => sum + text.length, 0);
  let before = 0;
  const at = (characters: number) => Math.round(turn.startMs + ((turn.endMs - turn.startMs) * characters) / whole);
  return texts.map((text) => {
    const startMs = at(before);
    before += text.length;
    return { text, startMs, endMs: at(before), confidence: null };
  });
}
