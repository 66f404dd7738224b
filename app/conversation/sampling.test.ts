import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allotted, type Candidate, drawSample, lot, riskScores } from "./sampling.ts";

const candidates: Candidate[] = Array.from({ length: 400 }, (_, index) => ({
  id: `c${index}`,
  agent: index % 10 === 0 ? null : index % 3 === 0 ? "Ann" : "Ben",
  channel: index % 4 === 0 ? "chat" : "voice",
  queue: `q${index % 5}`,
  language: "en",
  durationMs: index * 1_000,
  silenceShare: (index % 100) / 100,
  interruptions: index % 7,
  agentTalkShare: 0.5,
}));
const ids = (picks: readonly { id: string }[]): string[] => picks.map(({ id }) => id);

describe("samples", () => {
  it("are the same for the same seed, whatever the order of the candidates, and others for another", () => {
    const plan = { kind: "random", search: "", size: 20 } as const;
    const first = ids(drawSample(plan, candidates, "seed"));
    expect(first).toHaveLength(20);
    expect(new Set(first).size).toBe(20);
    expect(ids(drawSample(plan, candidates.toReversed(), "seed"))).toEqual(first);
    expect(ids(drawSample(plan, candidates, "other"))).not.toEqual(first);
    const risk = {
      kind: "risk",
      search: "",
      size: 20,
      weights: { silence: 1, interruptions: 1, length: 1, agentTalk: 0 },
    } as const;
    expect(drawSample(risk, candidates.toReversed(), "a")).toEqual(drawSample(risk, candidates, "a"));
  });

  it("are even: over many seeds each is chosen about as often", () => {
    const few = candidates.slice(0, 20);
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 1_000; seed++) {
      for (const id of ids(drawSample({ kind: "random", search: "", size: 5 }, few, String(seed)))) {
        counts.set(id, (counts.get(id) ?? 0) + 1);
      }
    }
    // 250 expected of each, standard deviation 13.7.
    for (const { id } of few) expect(Math.abs((counts.get(id) ?? 0) - 250)).toBeLessThan(70);
  });

  it("take a share of each agent, and no fewer than asked where there are as many", () => {
    const picks = drawSample({ kind: "per-agent", search: "", share: 0.1, least: 3 }, candidates, "s");
    const of = (agent: string | null) => candidates.filter((one) => one.agent === agent).length;
    const byAgent = Map.groupBy(picks, ({ id }) => candidates.find((one) => one.id === id)?.agent ?? null);
    for (const agent of ["Ann", "Ben", null]) {
      expect(byAgent.get(agent)).toHaveLength(Math.ceil(of(agent) * 0.1));
      expect(byAgent.get(agent)?.[0]?.reason).toMatchObject({ kind: "per-agent", agent, of: of(agent) });
    }
    const small = candidates.slice(1, 3);
    expect(drawSample({ kind: "per-agent", search: "", share: 0, least: 3 }, small, "s")).toHaveLength(2);
  });

  it("are spread over strata by size", () => {
    const picks = drawSample({ kind: "stratified", search: "", by: "channel", size: 40 }, candidates, "s");
    const chats = picks.filter(({ id }) => candidates.find((one) => one.id === id)?.channel === "chat");
    expect([picks.length, chats.length]).toEqual([40, 10]);
  });

  it("share out exactly what there is to share", () => {
    expect(allotted([100, 100, 100], 10)).toEqual([4, 3, 3]);
    expect(allotted([1, 999], 10)).toEqual([0, 10]);
    expect(allotted([2, 1], 10)).toEqual([2, 1]);
    fc.assert(
      fc.property(fc.array(fc.nat(500), { maxLength: 30 }), fc.integer({ min: 1, max: 300 }), (sizes, total) => {
        const shares = allotted(sizes, total);
        const all = sizes.reduce((sum, one) => sum + one, 0);
        expect(shares.reduce((sum, one) => sum + one, 0)).toBe(Math.min(all, total));
        for (const [index, share] of shares.entries()) expect(share).toBeLessThanOrEqual(sizes[index] ?? 0);
      }),
    );
  });

  it("lean to what is risky, say why, and leave nobody out for certain", () => {
    const weights = { silence: 1, interruptions: 0, length: 0, agentTalk: 0 };
    const scores = riskScores(candidates, weights);
    expect(scores[0]?.score).toBe(0);
    expect(scores[99]).toMatchObject({ because: [{ measure: "silence" }] });
    expect(scores[99]?.score).toBeGreaterThan(0.98);
    let sum = 0;
    let low = 0;
    for (let seed = 0; seed < 40; seed++) {
      const picks = drawSample({ kind: "risk", search: "", size: 20, weights }, candidates, String(seed));
      for (const { reason } of picks) {
        if (reason.kind !== "risk") throw new Error("Chosen by something else.");
        sum += reason.score;
        if (reason.score < 0.5) low++;
      }
    }
    expect(sum / 800).toBeGreaterThan(0.7);
    expect(low).toBeGreaterThan(0);
  });

  it("draw lots strictly between 0 and 1 that do not repeat", () => {
    const lots = new Set(candidates.map(({ id }) => lot("s", id)));
    expect(lots.size).toBe(candidates.length);
    for (const one of lots) expect(one > 0 && one < 1).toBe(true);
  });
});
