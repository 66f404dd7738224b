import type { WhisperConfiguration } from "./configuration.ts";
import { logSumExp } from "./exponentials.ts";

/*
 * What Whisper's decoder may say next: openai/whisper `decoding.py`, SuppressBlank, SuppressTokens and
 * ApplyTimestampRules. Forbidden tokens get minus infinity.
 */

/** Applies the rules to the logits of the next token, in place. */
export type DecodingRules = (logits: Float32Array, said: readonly number[]) => void;

/** The rules of a model, for decoding with timestamps. `said` is what came after the prompt. */
export function decodingRules(configuration: WhisperConfiguration): DecodingRules {
  const { tokens, suppressed, suppressedAtBeginning, latestFirstTimestamp, vocabulary } = configuration;
  const { endOfText, firstTimestamp } = tokens;
  const never = Int32Array.from(suppressed);

  return (logits, said) => {
    for (const token of never) logits[token] = -Infinity;
    // Prompt tokens (languages, tasks, no speech, no timestamps) lie between the text and the timestamps and are never said.
    logits.fill(-Infinity, endOfText + 1, firstTimestamp);
    if (said.length === 0) {
      for (const token of suppressedAtBeginning) logits[token] = -Infinity;
      // Speech begins with the time at which it begins.
      logits.fill(-Infinity, 0, firstTimestamp);
      if (latestFirstTimestamp !== null) logits.fill(-Infinity, firstTimestamp + latestFirstTimestamp + 1, vocabulary);
    } else {
      const isTimestamp = (token: number | undefined) => token !== undefined && token >= firstTimestamp;
      const lastIs = isTimestamp(said.at(-1));
      const beforeIs = said.length < 2 || isTimestamp(said.at(-2));
      if (lastIs && beforeIs) logits.fill(-Infinity, firstTimestamp, vocabulary);
      // After a phrase's closing time comes the next one's opening time, or the end.
      else if (lastIs) logits.fill(-Infinity, 0, endOfText);
      const latest = said.findLast((token) => isTimestamp(token));
      if (latest !== undefined) {
        // Time does not run backwards, and a phrase is never empty.
        const least = lastIs && !beforeIs ? latest : latest + 1;
        logits.fill(-Infinity, firstTimestamp, least);
      }
    }
    // When a time as such is likelier than any single word, it is a time.
    const times = logSumExp(logits, firstTimestamp, vocabulary);
    if (times === -Infinity) return;
    for (let token = 0; token < firstTimestamp; token++) if ((logits[token] as number) >= times) return;
    logits.fill(-Infinity, 0, firstTimestamp);
  };
}
