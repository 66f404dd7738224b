import { z } from "zod";
import { confidenceSchema } from "../conversation/conversation.ts";

/*
 * What a turn's sentiment is and what number it gives. Two systems count in two ways, and both are kept here under their
 * names, so that a figure can be compared with the one that the other program shows:
 *
 *   PCA   Amazon's sample "post call analytics" (Comprehend mode): `pca_process_turn_by_turn` multiplies the probabilities
 *         by 5; a turn is negative from the threshold on, else positive from the threshold on, else nothing.
 *   LCA   Amazon's sample "live call analytics": a turn counts when its label is positive or negative and its probability
 *         reaches the threshold; a negative probability over the threshold overrides a positive label.
 *
 * Amazon Transcribe Call Analytics and Contact Lens do not publish how they come to their figures: those are kept as the
 * vendor's and never computed anew.
 */

/** What somebody's words can be. */
export const sentimentLabels = ["positive", "negative", "neutral", "mixed"] as const;
/** What somebody's words can be. */
export type SentimentLabel = (typeof sentimentLabels)[number];

/** How likely each label is, 0 to 1; together 1. */
export const sentimentSharesSchema = z.object({
  positive: confidenceSchema,
  negative: confidenceSchema,
  neutral: confidenceSchema,
  mixed: confidenceSchema,
});
/** How likely each label is. */
export type SentimentShares = Readonly<z.infer<typeof sentimentSharesSchema>>;

/** Who judged: this machine, or Amazon Comprehend. */
export const judgeSchema = z.enum(["local", "comprehend"]);
/** Who judged. */
export type Judge = z.infer<typeof judgeSchema>;

/** What was made of one turn's words. Null for a turn that nobody could judge: its language is not known to any judge. */
export const judgementSchema = z.object({
  shares: sentimentSharesSchema,
  by: judgeSchema,
  /** How far the judge itself trusts this, 0 to 1. */
  confidence: confidenceSchema,
});
/** What was made of one turn's words. */
export type Judgement = Readonly<z.infer<typeof judgementSchema>>;

/** From which probability on a turn counts (PCA's `MinSentimentPositive` and `MinSentimentNegative`; there of 5, here of 1). */
export const sentimentThresholdsSchema = z.object({ positive: confidenceSchema, negative: confidenceSchema });
/** From which probability on a turn counts. */
export type SentimentThresholds = Readonly<z.infer<typeof sentimentThresholdsSchema>>;

/** The thresholds unless a person sets others: 0.4, which is PCA's 2.0 of 5. */
export const usualThresholds: SentimentThresholds = { positive: 0.4, negative: 0.4 };

/** The two ways to count. */
export const sentimentFormulas = ["pca", "lca"] as const;
/** A way to count. */
export type SentimentFormula = (typeof sentimentFormulas)[number];

/** Scores run from -5 to 5. */
export const fullScore = 5;

/** A turn's score by a formula: what it is called, and its signed score from -5 to 5; null where the formula leaves it out. */
export interface TurnScore {
  readonly label: SentimentLabel;
  readonly score: number | null;
}

/** The most likely label; the earlier of `sentimentLabels` where two are as likely. */
export function likeliest(shares: SentimentShares): SentimentLabel {
  return sentimentLabels.reduce((best, label) => (shares[label] > shares[best] ? label : best));
}

/**
 * PCA's score of a turn: negative wins ties, mixed counts for nothing, and a turn that reaches no threshold counts as 0.
 * Source: amazon-transcribe-post-call-analytics, `pca-server/src/pca/pca-aws-sf-process-turn-by-turn.py`.
 */
export function pcaTurnScore(shares: SentimentShares, thresholds: SentimentThresholds): TurnScore {
  if (shares.negative >= thresholds.negative) return { label: "negative", score: -fullScore * shares.negative };
  if (shares.positive >= thresholds.positive) return { label: "positive", score: fullScore * shares.positive };
  return { label: likeliest(shares) === "mixed" ? "mixed" : "neutral", score: 0 };
}

/**
 * LCA's score of a turn: null for every turn that is neither positive nor negative, because LCA averages over the others.
 * Source: amazon-transcribe-live-call-analytics, `lca-ai-stack/source/lambda_layers/transcript_enrichment_layer`.
 */
export function lcaTurnScore(shares: SentimentShares, thresholds: SentimentThresholds): TurnScore {
  const label = likeliest(shares);
  if (label === "negative" && shares.negative >= thresholds.negative) {
    return { label, score: -fullScore * shares.negative };
  }
  if (label === "positive") {
    if (shares.negative > thresholds.negative) return { label: "negative", score: -fullScore * shares.negative };
    if (shares.positive >= thresholds.positive) return { label, score: fullScore * shares.positive };
  }
  return { label: label === "mixed" ? "mixed" : "neutral", score: null };
}

/** A turn's score by the named formula. */
export function turnScore(formula: SentimentFormula, shares: SentimentShares, thresholds: SentimentThresholds): TurnScore {
  return formula === "pca" ? pcaTurnScore(shares, thresholds) : lcaTurnScore(shares, thresholds);
}
