import type { WhisperConfiguration } from "./configuration.ts";
import { fading, logOfBoth, logSumExp } from "./exponentials.ts";
import type { DecodingRules } from "./rules.ts";
import type { TermBias } from "./term-bias.ts";

/** What may be said next, and how likely each of it is. Good until the next `under`. */
export interface Allowed {
  /** Logits under the rules, terms made likelier: minus infinity for what may not be said. */
  readonly logits: Float32Array;
  likeliest(): number;
  /** The `count` likeliest, the best first; fewer where fewer are allowed. */
  best(count: number): number[];
  /** Natural logarithm of a token's probability under the rules; what a term gains is not in it. */
  logProbability(token: number): number;
  /** What a token gains as a part of a term. */
  gain(token: number): number;
  /** A token's probability before any rule: among the text tokens, or among all for a timestamp. */
  plainProbability(token: number): number;
}

/** Weighs the logits of one step after another; keeps its buffer. */
export interface Chances {
  under(rules: DecodingRules, logits: Float32Array, said: readonly number[]): Allowed;
}

/** Weighing for a model: one pass over the words tells their sum, the sum of those allowed, and the likeliest. */
export function chancesOf({ vocabulary, tokens }: WhisperConfiguration, bias: TermBias | null = null): Chances {
  const { endOfText } = tokens;
  const logits = new Float32Array(vocabulary);
  return {
    under(rules, plain, said) {
      let highest = -Infinity;
      for (let i = 0; i < endOfText; i++) if ((plain[i] as number) > highest) highest = plain[i] as number;
      logits.set(plain);
      rules(logits, said);
      let likeliest = 0;
      let most = logits[0] as number;
      let text = 0;
      let allowedText = 0;
      for (let i = 0; i < endOfText; i++) {
        const weight = fading(highest - (plain[i] as number));
        text += weight;
        const logit = logits[i] as number;
        if (logit === -Infinity) continue;
        allowedText += weight;
        if (logit > most) {
          most = logit;
          likeliest = i;
        }
      }
      for (let i = endOfText; i < vocabulary; i++) {
        if ((logits[i] as number) > most) {
          most = logits[i] as number;
          likeliest = i;
        }
      }
      // What is left of the weight is too little to be told from nothing: it is measured by itself.
      const scarce = allowedText < 1e-6 * text;
      const times = logSumExp(logits, endOfText, vocabulary);
      const whole = logOfBoth(scarce ? logSumExp(logits, 0, endOfText) : highest + Math.log(allowedText), times);
      // After the sum, so that it is the model's own.
      const gains = bias?.gains(said);
      for (const [token, gain] of gains ?? []) {
        logits[token] = (logits[token] as number) + gain;
        if ((logits[token] as number) > (logits[likeliest] as number)) likeliest = token;
      }
      const gain = (token: number) => gains?.get(token) ?? 0;
      return {
        logits,
        likeliest: () => likeliest,
        best: (count) => highestOf(logits, count),
        gain,
        logProbability: (token) => (logits[token] as number) - gain(token) - whole,
        plainProbability: (token) => {
          const words = highest + Math.log(text);
          if (token < endOfText) return Math.exp((plain[token] as number) - words);
          return Math.exp((plain[token] as number) - logOfBoth(words, logSumExp(plain, endOfText, vocabulary)));
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
    const chance = fading(whole - (scaled[i] as number));
    if (chance > 0) last = i;
    left -= chance;
    if (left <= 0 && chance > 0) return i;
  }
  return last;
}
