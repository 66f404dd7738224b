import type { Conversation } from "../conversation/conversation.ts";
import { inSeconds, outgoingWords } from "./outgoing-words.ts";

/**
 * A call as WhisperX writes it (m-bain/whisperX, `--output_format json` with `--diarize`): segments with a speaker, words with
 * their score, and all words once more in one list. Speakers are numbered; neither role nor name has a place.
 */
export function writeWhisperX(conversation: Conversation): string {
  const speakers = new Map(conversation.participants.map(({ id }, index) => [id, `SPEAKER_${String(index).padStart(2, "0")}`]));
  const segments = conversation.turns.map((turn) => {
    const speaker = speakers.get(turn.participantId);
    const voice = speaker === undefined ? {} : { speaker };
    const words = outgoingWords(turn).map(({ text, startMs, endMs, confidence }) => ({
      word: text,
      start: inSeconds(startMs),
      end: inSeconds(endMs),
      ...(confidence === null ? {} : { score: confidence }),
      ...voice,
    }));
    return { start: inSeconds(turn.startMs), end: inSeconds(turn.endMs), text: turn.text, words, ...voice };
  });
  const document = { segments, word_segments: segments.flatMap(({ words }) => words), language: conversation.language };
  return `${JSON.stringify(document, null, 2)}\n`;
}
