import type { Word } from "../../app/conversation/conversation.ts";
import { type Decoded, type DecodingThresholds, isSilent } from "./decoding.ts";

/**
 * What speaks against all words of a window, after the decoder has tried its best: by Whisper's own thresholds nobody spoke,
 * the text is a loop, or it is a guess. They are kept, and shown as doubtful; undefined where nothing speaks against them.
 */
export function doubtOf(
  decoded: Pick<Decoded, "meanLogProbability" | "compressionRatio" | "noSpeechProbability">,
  thresholds: DecodingThresholds,
): Word["doubt"] {
  if (isSilent(decoded, thresholds)) return "no-speech";
  if (decoded.compressionRatio > thresholds.compressionRatio) return "repetition";
  return decoded.meanLogProbability < thresholds.meanLogProbability ? "improbable" : undefined;
}
