import { z } from "zod";
import { millisecondsSchema, type Participant, roleSchema } from "../conversation/conversation.ts";
import { fullScore, type SentimentFormula, type SentimentShares, type SentimentThresholds, turnScore } from "./sentiment.ts";

/* Sentiment over a conversation: of the call, of each role and speaker, by quarter, and where it went. */

/** A score from -5 to 5; null where nothing could be scored. */
const scoreSchema = z.number().min(-fullScore).max(fullScore).nullable();

/** One quarter of a conversation. */
export const quarterFigureSchema = z.object({
  quarter: z.int().min(1).max(4),
  startMs: millisecondsSchema,
  endMs: millisecondsSchema,
  score: scoreSchema,
  /** Turns that went into the score. */
  turns: z.int().min(0),
});

/** The sentiment of somebody, or of all, over a conversation. */
export const sentimentFigureSchema = z.object({
  score: scoreSchema,
  quarters: z.array(quarterFigureSchema).length(4),
  /** By how much the end differs from what came before, as the formula says it; null where one of the two is unknown. */
  change: z.number().nullable(),
  trend: z.enum(["up", "down", "flat"]).nullable(),
  /** Turns with words. */
  turns: z.int().min(0),
  /** Of them, those that could be judged. */
  judged: z.int().min(0),
});
/** The sentiment of somebody, or of all, over a conversation. */
export type SentimentFigure = z.infer<typeof sentimentFigureSchema>;

/** The sentiment of a conversation by one formula. */
export const sentimentFiguresSchema = z.object({
  call: sentimentFigureSchema,
  roles: z.array(sentimentFigureSchema.extend({ role: roleSchema })),
  speakers: z.array(sentimentFigureSchema.extend({ participantId: z.string() })),
});
/** The sentiment of a conversation by one formula. */
export type SentimentFigures = z.infer<typeof sentimentFiguresSchema>;

/** A turn as the figures need it: null shares where nobody could judge it. */
export interface JudgedTurn {
  readonly participantId: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly shares: SentimentShares | null;
}

/** From which change on PCA's page shows an arrow. Source: its user interface, `dashboard/trends`. */
const pcaArrow = 0.4;

interface ScoredTurn extends JudgedTurn {
  readonly score: number | null;
}

const quarters = [0, 1, 2, 3] as const;

function mean(scores: readonly number[]): number | null {
  return scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/** Turns whose score counts, a turn that nobody could judge left out. */
function counted(turns: readonly ScoredTurn[]): (ScoredTurn & { readonly score: number })[] {
  return turns.flatMap((turn) => (turn.score === null ? [] : [{ ...turn, score: turn.score }]));
}

/**
 * PCA's figure: the mean over all of somebody's judged turns, neutral ones included, by quarters of the whole call at each
 * turn's middle; the change is the last quarter less the first. A quarter in which nobody spoke is null here, where PCA
 * shows 0. Source: amazon-transcribe-post-call-analytics, `pca-aws-sf-process-turn-by-turn.py`.
 */
function pcaFigure(turns: readonly ScoredTurn[], durationMs: number): Omit<SentimentFigure, "turns" | "judged"> {
  const scored = counted(turns);
  const length = Math.max(1, durationMs);
  const placed = scored.map((turn) => ({
    score: turn.score,
    quarter: Math.min(Math.floor((((turn.startMs + turn.endMs) / 2) * 4) / length), 3),
  }));
  const parts = quarters.map((quarter) => {
    const scores = placed.filter((turn) => turn.quarter === quarter).map(({ score }) => score);
    return {
      quarter: quarter + 1,
      startMs: Math.round((durationMs * quarter) / 4),
      endMs: Math.round((durationMs * (quarter + 1)) / 4),
      score: mean(scores),
      turns: scores.length,
    };
  });
  const [first, , , last] = parts;
  const change = first?.score == null || last?.score == null ? null : last.score - first.score;
  return { score: mean(scored.map(({ score }) => score)), quarters: parts, change, trend: arrow(change, pcaArrow) };
}

/**
 * LCA's figure: the mean over the turns that are positive or negative; quarters run from the first to the last of those,
 * each turn counted where it ends; the change is the last quarter less the mean of the earlier ones. Source:
 * amazon-transcribe-live-call-analytics, `lca-ai-stack/source/appsync` and its page's trend.
 */
function lcaFigure(turns: readonly ScoredTurn[]): Omit<SentimentFigure, "turns" | "judged"> {
  const scored = counted(turns);
  const from = Math.min(...scored.map(({ startMs }) => startMs), Number.POSITIVE_INFINITY);
  const begin = Number.isFinite(from) ? from : 0;
  const end = scored.reduce((latest, { endMs }) => Math.max(latest, endMs), begin);
  const length = Math.max(1, end - begin);
  const placed = scored.map((turn) => ({
    score: turn.score,
    // A turn that ends on the border belongs to what it ends.
    quarter: Math.max(0, Math.min(Math.ceil(((turn.endMs - begin) * 4) / length) - 1, 3)),
  }));
  const parts = quarters.map((quarter) => {
    const scores = placed.filter((turn) => turn.quarter === quarter).map(({ score }) => score);
    return {
      quarter: quarter + 1,
      startMs: Math.round(begin + (length * quarter) / 4),
      endMs: Math.round(begin + (length * (quarter + 1)) / 4),
      score: mean(scores),
      turns: scores.length,
    };
  });
  const last = parts[3]?.score ?? null;
  const earlier = mean(parts.slice(0, 3).flatMap(({ score }) => (score === null ? [] : [score])));
  const change = last === null || earlier === null ? null : last - earlier;
  return { score: mean(scored.map(({ score }) => score)), quarters: parts, change, trend: arrow(change, 0) };
}

function arrow(change: number | null, from: number): SentimentFigure["trend"] {
  if (change === null) return null;
  if (change > 0 && change >= from) return "up";
  return change < 0 && change <= -from ? "down" : "flat";
}

/** Where somebody's sentiment went, by the change from the first quarter to the last that another program measured: PCA's rule. */
export function trendOfQuarters(change: number | null): SentimentFigure["trend"] {
  return arrow(change, pcaArrow);
}

/** The sentiment of a conversation by a formula: of all, of each role that spoke, of each participant who did. */
export function sentimentFigures(
  formula: SentimentFormula,
  turns: readonly JudgedTurn[],
  participants: readonly Pick<Participant, "id" | "role">[],
  durationMs: number,
  thresholds: SentimentThresholds,
): SentimentFigures {
  const scored = turns.map(
    (turn): ScoredTurn => ({
      ...turn,
      score: turn.shares === null ? null : turnScore(formula, turn.shares, thresholds).score,
    }),
  );
  const figure = (of: readonly ScoredTurn[]): SentimentFigure => ({
    ...(formula === "pca" ? pcaFigure(of, durationMs) : lcaFigure(of)),
    turns: of.length,
    judged: of.filter(({ shares }) => shares !== null).length,
  });
  const ofSpeakers = (ids: ReadonlySet<string>): ScoredTurn[] => scored.filter(({ participantId }) => ids.has(participantId));
  const speaking = participants.filter(({ id }) => scored.some(({ participantId }) => participantId === id));
  const roles = [...new Set(speaking.map(({ role }) => role))];
  return {
    call: figure(scored),
    roles: roles.map((role) => ({
      role,
      ...figure(ofSpeakers(new Set(speaking.filter((one) => one.role === role).map(({ id }) => id)))),
    })),
    speakers: speaking.map(({ id }) => ({ participantId: id, ...figure(ofSpeakers(new Set([id]))) })),
  };
}
