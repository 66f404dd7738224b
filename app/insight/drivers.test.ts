import { describe, expect, it } from "vitest";
import {
  chanceOf,
  type DriverConversation,
  driversOf,
  falseDiscovery,
  isEnoughToTell,
  logLikelihoodRatio,
  periodStart,
  shareInterval,
  weightedLogOdds,
} from "./drivers.ts";

describe("the statistics", () => {
  it("are those of their sources", () => {
    // 2 * (10 ln(10/7.5) + 10 ln(10/12.5) + 5 ln(5/7.5) + 15 ln(15/12.5)), by hand.
    expect(logLikelihoodRatio(10, 20, 5, 20)).toBeCloseTo(2.7058, 4);
    expect(logLikelihoodRatio(5, 10, 50, 100)).toBe(0);
    expect(chanceOf(3.841_458_8)).toBeCloseTo(0.05, 5);
    expect(chanceOf(0)).toBeCloseTo(1, 6);
    expect(falseDiscovery([0.01, 0.04, 0.03, 0.5])).toEqual([0.04, expect.closeTo(0.0533, 3), expect.closeTo(0.0533, 3), 0.5]);
    expect(weightedLogOdds(10, 20, 5, 20)).toBeGreaterThan(0);
    expect(weightedLogOdds(5, 20, 10, 20)).toBeCloseTo(-weightedLogOdds(10, 20, 5, 20), 10);
  });
});

describe("small numbers", () => {
  it("are not spoken of, and a share has its interval", () => {
    expect(isEnoughToTell(2, 2, 0, 100)).toBe(false);
    expect(isEnoughToTell(2, 20, 1, 100)).toBe(false);
    expect(isEnoughToTell(4, 20, 0, 100)).toBe(true);
    // Wilson's interval for 10 of 20, as in Newcombe's tables.
    expect(shareInterval(10, 20).from).toBeCloseTo(0.2993, 4);
    expect(shareInterval(10, 20).to).toBeCloseTo(0.7007, 4);
    expect(shareInterval(0, 10)).toEqual({ from: 0, to: expect.closeTo(0.2775, 4) });
    expect(shareInterval(0, 0)).toEqual({ from: 0, to: 1 });
  });
});

describe("drivers", () => {
  const day = 86_400_000;
  const monday = Date.UTC(2026, 10, 16);
  const of = (week: number, number: number, terms: readonly string[]): DriverConversation => ({
    id: `${week}.${number}`,
    at: monday - week * 7 * day + number,
    terms,
  });

  it("rise and fall by week, the surest first, each with its conversations", () => {
    const conversations = [0, 1, 2, 3].flatMap((week) =>
      Array.from({ length: 40 }, (_, number) =>
        of(week, number, [
          ...((week === 0 ? number < 20 : number < 4) ? ["outage"] : []),
          ...(number < 10 ? ["bill"] : []),
          ...(week > 0 && number < 8 ? ["move"] : []),
        ]),
      ),
    );
    const { periods, drivers } = driversOf(conversations, { period: "week" });
    expect(periods.map(({ conversations: count }) => count)).toEqual([40, 40, 40, 40]);
    expect(drivers.map(({ term, direction }) => [term, direction])).toEqual([
      ["outage", "rising"],
      ["move", "falling"],
      ["bill", "steady"],
    ]);
    expect(drivers[0]).toMatchObject({ counts: [4, 4, 4, 20], share: 0.5, shareBefore: 0.1 });
    expect(drivers[0]?.conversationIds).toHaveLength(32);
    expect(drivers[0]?.conversationIds[0]).toMatch(/^0\./u);
  });

  it("claim nothing of one period, and keep empty periods", () => {
    expect(driversOf([of(0, 1, ["a"]), of(0, 2, ["a"])], { period: "week" }).drivers).toMatchObject([
      { term: "a", direction: "steady", g2: 0 },
    ]);
    expect(driversOf([of(0, 1, []), of(3, 2, [])], { period: "week" }).periods.map(({ conversations }) => conversations)).toEqual(
      [1, 0, 0, 1],
    );
    expect(driversOf([], { period: "day" })).toEqual({ periods: [], drivers: [] });
    expect(new Date(periodStart(Date.UTC(2026, 10, 22, 23), "week")).toISOString()).toBe("2026-11-16T00:00:00.000Z");
  });
});
