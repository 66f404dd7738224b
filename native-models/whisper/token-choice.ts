import type { WhisperConfiguration } from "./configuration.ts";
import { type DecodingRules, logSumExp } from "./rules.ts";

/** What may be said next, and how likely each of it is. Good until the next `under`. */
export interface Allowed {
  /** Logits under the rules: minus infinity for what may not be said. */
  readonly logits: Float32Array;
  likeliest(): number;
  /** The `count` likeliest, the best first; fewer where fewer are allowed. */
  best(count: number): number[];
  /** Natural logarithm of a token's probability under the rules. */
  logProbability(token: number): number;
  /** A token's probability before any rule: among the text tokens, or among all for a timestamp. */
  plainProbability(token: number): number;
}

/** Weighs the logits of one step after another; keeps its buffer. */
export interface Chances {
  under(rules: DecodingRules, logits: Float32Array, said: readonly number[]): Allowed;
}

/**
 * Weighing for a model. A vocabulary of fifty thousand makes sums of exponentials as dear as a tenth of the network's
 * step, so the text tokens' sum is made once and what the rules forbid is taken off it.
 */
export function chancesOf({ vocabulary, tokens }: WhisperConfiguration): Chances {
  const { endOfText } = tokens;
  const logits = new Float32Array(vocabulary);
  return {
    under(rules, plain, said) {
      let highest = -Infinity;
      for (let i = 0; i < endOfText; i++) if ((plain[i] as number) > highest) highest = plain[i] as number;
      let text = 0;
      for (let i = 0; i < endOfText; i++) text += Math.exp((plain[i] as number) - highest);
      logits.set(plain);
      rules(logits, said);
      let forbidden = 0;
      let forbiddenSum = 0;
      let likeliest = 0;
      for (let i = 0; i < vocabulary; i++) {
        const logit = logits[i] as number;
        if (logit > (logits[likeliest] as number)) likeliest = i;
        if (i >= endOfText || logit !== -Infinity) continue;
        forbidden++;
        if (forbidden <= endOfText / 4) forbiddenSum += Math.exp((plain[i] as number) - highest);
      }
      const left = text - forbiddenSum;
      let whole: number;
      // Where most is forbidden, or most of the weight is, the difference says nothing any more.
      if (forbidden > endOfText / 4 || left < 1e-3 * text) whole = logSumExp(logits, 0, vocabulary);
      else {
        const words = highest + Math.log(left);
        const times = logSumExp(logits, endOfText, vocabulary);
        const most = Math.max(words, times);
        whole = most + Math.log(Math.exp(words - most) + Math.exp(times - most));
      }
      return {
        logits,
        likeliest: () => likeliest,
        best: (count) => highestOf(logits, count),
        logProbability: (token) => (logits[token] as number) - whole,
        plainProbability: (token) => {
          const words = highest + Math.log(text);
          if (token < endOfText) return Math.exp((plain[token] as number) - words);
          const rest = logSumExp(plain, endOfText, vocabulary);
          const most = Math.max(words, rest);
          return Math.exp((plain[token] as number) - most) / (Math.exp(words - most) + Math.exp(rest - most));
        },
      };
    },
  };
}

function highestOf(logits: Float32Array, count: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < logits.length; i++) {
    const logit = logits[i] as number;
    if (logit === -Infinity || (found.length === count && logit <= (logits[found[count - 1] as number] as number))) continue;
    let at = found.length;
    while (at > 0 && (logits[found[at - 1] as number] as number) < logit) at--;
    found.splice(at, 0, i);
    if (found.length > count) found.pop();
  }
  return found;
}

/** A token drawn at a temperature by its probability. `random` gives numbers from 0 up to 1. */
export function drawn(logits: Float32Array, temperature: number, random: () => number): number {
  const scaled = logits.map((logit) => logit / temperature);
  const whole = logSumExp(scaled, 0, scaled.length);
  let left = random();
  let last = 0;
  for (let i = 0; i < scaled.length; i++) {
    const chance = Math.exp((scaled[i] as number) - whole);
    if (chance > 0) last = i;
    left -= chance;
    if (left <= 0 && chance > 0) return i;
  }
  return last;
}
