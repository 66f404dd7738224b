import type { WhisperConfiguration } from "./configuration.ts";

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
  const never = new Set(suppressed);
  // Prompt tokens (languages, tasks, no speech, no timestamps) lie between the text and the timestamps and are never said.
  for (let token = endOfText + 1; token < firstTimestamp; token++) never.add(token);

  return (logits, said) => {
    for (const token of never) logits[token] = -Infinity;
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
    let bestText = -Infinity;
    for (let token = 0; token < firstTimestamp; token++) bestText = Math.max(bestText, logits[token] as number);
    let bestTime = -Infinity;
    for (let token = firstTimestamp; token < vocabulary; token++) bestTime = Math.max(bestTime, logits[token] as number);
    if (bestTime === -Infinity || bestText === -Infinity) return;
    let sum = 0;
    for (let token = firstTimestamp; token < vocabulary; token++) sum += Math.exp((logits[token] as number) - bestTime);
    if (bestTime + Math.log(sum) > bestText) logits.fill(-Infinity, 0, firstTimestamp);
  };
}

/** log(Σ exp) of some logits, from `from` up to `to`. */
export function logSumExp(logits: Float32Array, from: number, to: number): number {
  let best = -Infinity;
  for (let i = from; i < to; i++) if ((logits[i] as number) > best) best = logits[i] as number;
  if (best === -Infinity) return -Infinity;
  let sum = 0;
  for (let i = from; i < to; i++) sum += Math.exp((logits[i] as number) - best);
  return best + Math.log(sum);
}
