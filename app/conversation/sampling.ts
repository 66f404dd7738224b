import { z } from "zod";
import { assertNever } from "../assert-never.ts";

/*
 * Which conversations are reviewed. A plan says how they are chosen among candidates; the same plan, candidates and seed
 * always choose the same, in whatever order the candidates come, so that a sample can be drawn again and checked.
 */

/** What a sample can be spread over. */
export const strata = ["agent", "channel", "queue", "language"] as const;
/** What a sample can be spread over. */
export type Stratum = (typeof strata)[number];

/** What makes a review more worth while. Each is taken by its rank among the candidates, so that units do not matter. */
export const riskMeasures = ["silence", "interruptions", "length", "agentTalk"] as const;
/** What makes a review more worth while. */
export type RiskMeasure = (typeof riskMeasures)[number];

const size = z.int().min(1).max(10_000);
const weight = z.number().min(0).max(10);
const common = {
  /** A search of the library: whom it finds are the candidates. */
  search: z.string().max(1_000).default(""),
};

/** How conversations are chosen. */
export const samplingPlanSchema = z.discriminatedUnion("kind", [
  /** Each as likely as any other. */
  z.object({ kind: z.literal("random"), ...common, size }),
  /** A share of each agent's, at least so many where there are as many. */
  z.object({ kind: z.literal("per-agent"), ...common, share: z.number().min(0).max(1), least: z.int().min(0).max(1_000) }),
  /** So many, spread over the values of something by how many candidates have each. */
  z.object({ kind: z.literal("stratified"), ...common, by: z.enum(strata), size }),
  /** So many; the higher the risk, the likelier. */
  z.object({
    kind: z.literal("risk"),
    ...common,
    size,
    weights: z.object({ silence: weight, interruptions: weight, length: weight, agentTalk: weight }),
  }),
  /** Everything that the search finds, at most so many. */
  z.object({ kind: z.literal("rule"), ...common, size }),
]);
/** How conversations are chosen. */
export type SamplingPlan = z.infer<typeof samplingPlanSchema>;

/** A conversation that may be chosen. */
export interface Candidate {
  readonly id: string;
  readonly agent: string | null;
  readonly channel: string;
  readonly queue: string | null;
  readonly language: string | null;
  readonly durationMs: number | null;
  /** Share of the time in which nobody speaks, 0 to 1. */
  readonly silenceShare: number | null;
  readonly interruptions: number;
  /** 0 to 1. */
  readonly agentTalkShare: number | null;
}

/** Why a conversation waits for a review. */
export const reviewReasonSchema = z.discriminatedUnion("kind", [
  /** A person has given it to somebody. */
  z.object({ kind: z.literal("person") }),
  z.object({ kind: z.literal("random") }),
  /** One of `chosen` out of the `of` of this agent. */
  z.object({ kind: z.literal("per-agent"), agent: z.string().nullable(), chosen: z.int(), of: z.int() }),
  z.object({ kind: z.literal("stratified"), by: z.enum(strata), value: z.string().nullable(), chosen: z.int(), of: z.int() }),
  /** `score` from 0 to 1, and what made it so high, each as the share of candidates that it is above. */
  z.object({
    kind: z.literal("risk"),
    score: z.number(),
    because: z.array(z.object({ measure: z.enum(riskMeasures), above: z.number() })),
  }),
  z.object({ kind: z.literal("rule"), search: z.string() }),
]);
/** Why a conversation waits for a review. */
export type ReviewReason = z.infer<typeof reviewReasonSchema>;

/** One that was chosen, and why. */
export interface Pick {
  readonly id: string;
  readonly reason: ReviewReason;
}

/** Chooses by a plan. In the order of the draw; for `risk` the highest risk first. */
export function drawSample(plan: SamplingPlan, candidates: readonly Candidate[], seed: string): Pick[] {
  const lots = inOrderOfLots(candidates, seed);
  switch (plan.kind) {
    case "random":
      return lots.slice(0, plan.size).map(({ id }) => ({ id, reason: { kind: "random" } }));
    case "per-agent":
      return [...grouped(lots, "agent")].flatMap(([agent, own]) => {
        const wanted = Math.min(own.length, Math.max(plan.least, Math.ceil(own.length * plan.share - 1e-9)));
        return own
          .slice(0, wanted)
          .map(({ id }): Pick => ({ id, reason: { kind: "per-agent", agent, chosen: wanted, of: own.length } }));
      });
    case "stratified": {
      const groups = [...grouped(lots, plan.by)];
      const shares = allotted(
        groups.map(([, own]) => own.length),
        plan.size,
      );
      return groups.flatMap(([value, own], index) => {
        const chosen = shares[index] ?? 0;
        return own
          .slice(0, chosen)
          .map(({ id }): Pick => ({ id, reason: { kind: "stratified", by: plan.by, value, chosen, of: own.length } }));
      });
    }
    case "risk":
      return drawByRisk(plan, candidates, seed);
    case "rule":
      return lots.slice(0, plan.size).map(({ id }) => ({ id, reason: { kind: "rule", search: plan.search } }));
    default:
      return assertNever(plan);
  }
}

function drawByRisk(plan: Extract<SamplingPlan, { kind: "risk" }>, candidates: readonly Candidate[], seed: string): Pick[] {
  const risks = riskScores(candidates, plan.weights);
  const keyed = candidates.map((candidate, index) => {
    const risk = risks[index] ?? { score: 0, because: [] };
    // Efraimidis and Spirakis 2006, "Weighted random sampling with a reservoir": the largest u^(1/w), here by its logarithm.
    // The cube makes a high risk clearly likelier; the small rest leaves nobody out for certain.
    return { candidate, risk, key: Math.log(lot(seed, candidate.id)) / (risk.score ** 3 + 0.01) };
  });
  return keyed
    .toSorted((a, b) => b.key - a.key || compare(a.candidate.id, b.candidate.id))
    .slice(0, plan.size)
    .toSorted((a, b) => b.risk.score - a.risk.score || compare(a.candidate.id, b.candidate.id))
    .map(({ candidate, risk }) => ({ id: candidate.id, reason: { kind: "risk", ...risk } }));
}

/** The risk of each candidate, 0 to 1: the mean of its ranks by what has a weight, and the ranks that count most. */
export function riskScores(
  candidates: readonly Candidate[],
  weights: Readonly<Record<RiskMeasure, number>>,
): { readonly score: number; readonly because: { measure: RiskMeasure; above: number }[] }[] {
  const used = riskMeasures.filter((measure) => weights[measure] > 0);
  const all = used.reduce((sum, measure) => sum + weights[measure], 0);
  const ranks = used.map((measure) => sharesBelow(candidates.map((candidate) => measured(candidate, measure))));
  return candidates.map((_, index) => {
    const because = used
      .map((measure, place) => ({ measure, above: ranks[place]?.[index] ?? 0 }))
      .toSorted((a, b) => b.above * weights[b.measure] - a.above * weights[a.measure]);
    const score = all === 0 ? 0 : because.reduce((sum, { measure, above }) => sum + above * weights[measure], 0) / all;
    return { score, because: because.filter(({ above }) => above >= 0.5).slice(0, 3) };
  });
}

function measured(candidate: Candidate, measure: RiskMeasure): number | null {
  switch (measure) {
    case "silence":
      return candidate.silenceShare;
    case "interruptions":
      return candidate.interruptions;
    case "length":
      return candidate.durationMs;
    case "agentTalk":
      return candidate.agentTalkShare;
    default:
      return assertNever(measure);
  }
}

/** For each value the share of all that is smaller; 0 for one that is not known. */
function sharesBelow(values: readonly (number | null)[]): number[] {
  const sorted = values.map((value) => value ?? Number.NEGATIVE_INFINITY).toSorted((a, b) => a - b);
  const below = new Map<number, number>();
  for (const [index, value] of sorted.entries()) if (!below.has(value)) below.set(value, index);
  const most = Math.max(1, values.length - 1);
  return values.map((value) => (value === null ? 0 : (below.get(value) ?? 0) / most));
}

/** `total` shared out over groups of these sizes: largest remainders (Hamilton), never more than a group has. */
export function allotted(sizes: readonly number[], total: number): number[] {
  const all = sizes.reduce((sum, one) => sum + one, 0);
  if (all <= total) return [...sizes];
  const exact = sizes.map((one) => (one * total) / all);
  const shares = exact.map(Math.floor);
  let left = total - shares.reduce((sum, one) => sum + one, 0);
  const byRest = exact
    .map((one, index) => ({ index, rest: one - Math.floor(one) }))
    .toSorted((a, b) => b.rest - a.rest || a.index - b.index);
  for (const { index } of byRest) {
    if (left === 0) break;
    shares[index] = (shares[index] ?? 0) + 1;
    left--;
  }
  return shares;
}

function grouped(candidates: readonly Candidate[], by: Stratum): Map<string | null, Candidate[]> {
  const groups = new Map<string | null, Candidate[]>();
  for (const candidate of candidates) {
    const group = groups.get(candidate[by]);
    if (group === undefined) groups.set(candidate[by], [candidate]);
    else group.push(candidate);
  }
  // By name, those without one last: so the order of the groups does not hang on the draw.
  return new Map([...groups].toSorted(([a], [b]) => (a === null ? 1 : b === null ? -1 : compare(a, b))));
}

function inOrderOfLots(candidates: readonly Candidate[], seed: string): Candidate[] {
  return candidates
    .map((candidate) => ({ candidate, lot: lot(seed, candidate.id) }))
    .toSorted((a, b) => a.lot - b.lot || compare(a.candidate.id, b.candidate.id))
    .map(({ candidate }) => candidate);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * The lot of a conversation in a draw: evenly spread over (0, 1), from seed and id alone. FNV-1a over both, mixed by the
 * finaliser of MurmurHash3 (public domain, A. Appleby), twice for 53 bits.
 */
export function lot(seed: string, id: string): number {
  const text = `${seed}\u0000${id}`;
  let high = 0x811c9dc5;
  let low = 0x1b873593;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ code, 0x85ebca6b) + 0x9e3779b9;
  }
  const bits = mixed(high) * 2 ** 21 + (mixed(low ^ high) >>> 11);
  return (bits + 0.5) / 2 ** 53;
}

function mixed(value: number): number {
  let bits = value ^ (value >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
