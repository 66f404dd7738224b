import { samplesPerMs } from "../audio/sample-rate.ts";
import type { Decoded, Decoder } from "./decoding.ts";
import { restOfWindow, type SpeechWindow } from "./windows.ts";

/** What is left of a window after the decoder stopped early is heard again when it is at least this long. */
const leastRest = 1_000 * samplesPerMs;

/**
 * What is left of a window after the decoder stopped early. It may end after a phrase, with the next one's opening time
 * as its last word; or, because it has said enough, in the middle of one: then the last whole phrase counts, and the
 * rest is heard again (openai/whisper `transcribe.py` moves on in the same way).
 */
export function wholePhrases(
  decoded: Decoded,
  { configuration }: Decoder,
  window: SpeechWindow,
): { kept: Decoded; rest: SpeechWindow | null } {
  const { firstTimestamp } = configuration.tokens;
  const isTime = (index: number) => (decoded.said[index]?.id ?? 0) >= firstTimestamp;
  let last = decoded.said.length - 1;
  if (decoded.unfinished) while (last > 0 && !(isTime(last) && isTime(last - 1))) last--;
  if (last < 1 || !isTime(last) || !isTime(last - 1)) return { kept: decoded, rest: null };
  const at = ((decoded.said[last]?.id ?? 0) - firstTimestamp) * configuration.secondsPerPosition * configuration.features.rate;
  const rest = at < leastRest ? null : restOfWindow(window, Math.round(at), leastRest);
  if (rest === null || last === decoded.said.length - 1) return { kept: decoded, rest };
  const lastAttention = decoded.said[last]?.attention ?? decoded.lastAttention;
  return { kept: { ...decoded, said: decoded.said.slice(0, last), lastAttention }, rest };
}
