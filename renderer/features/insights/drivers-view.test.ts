import { describe, expect, it } from "vitest";
import { parseSearch } from "../../../app/conversation/search-query.ts";
import { afterPeriod, boundsOf, changeOf, chosen, type DriverView, periodName, searchFor } from "./drivers-view.ts";

const monday = Date.UTC(2025, 10, 17);
const driver = (name: string, more: Partial<DriverView> = {}): DriverView => ({
  term: name,
  name,
  counts: [1, 2],
  share: 0.1,
  shareBefore: 0.1,
  g2: 0,
  z: 0,
  q: 1,
  direction: "steady",
  told: true,
  conversationIds: [],
  ...more,
});

describe("periods", () => {
  it("follow one another, also over the ends of months and years", () => {
    expect(afterPeriod(Date.UTC(2026, 0, 1), "month")).toBe(Date.UTC(2026, 1, 1));
    expect(afterPeriod(Date.UTC(2026, 1, 1), "month")).toBe(Date.UTC(2026, 2, 1));
    expect(afterPeriod(Date.UTC(2025, 11, 31), "day")).toBe(Date.UTC(2026, 0, 1));
    expect(afterPeriod(monday, "week")).toBe(Date.UTC(2025, 10, 24));
  });

  it("bound what is counted only where somebody asks for it", () => {
    expect(boundsOf(null, monday, "week", "all")).toEqual({});
    expect(boundsOf(null, undefined, "week", "one")).toEqual({});
    expect(boundsOf(null, monday, "week", "one")).toEqual({ from: "2025-11-10T00:00:00.000Z" });
    expect(boundsOf(Date.UTC(2025, 9, 1), monday, "month", "four")).toEqual({
      from: "2025-06-01T00:00:00.000Z",
      to: "2025-11-01T00:00:00.000Z",
    });
  });

  it("have names", () => {
    expect(periodName(monday, "week", "en")).toMatch(/Nov 17\s–\s23, 2025/u);
    expect(periodName(monday, "month", "en")).toBe("Nov 2025");
  });
});

describe("the conversations of a driver", () => {
  const understood = (text: string) => parseSearch(text, "2026-01-01");

  it("are found by a search that the library understands", () => {
    for (const kind of ["topics", "categories", "entities", "phrases"] as const) {
      const term = {
        topics: "late refund\nmoney back",
        categories: "late-refund",
        entities: "LOCATION\tNew York",
        phrases: "late",
      };
      const { faults, query } = understood(searchFor(kind, { term: term[kind] }, { startsAt: monday, period: "week" }));
      expect(faults).toEqual([]);
      expect(query.groups.at(-1)?.[0]?.condition).toEqual({
        kind: "date",
        field: "date",
        from: "2025-11-17",
        until: "2025-11-24",
      });
    }
    expect(searchFor("topics", { term: "late refund\nmoney" })).toBe('about:"late refund" OR about:money');
    expect(searchFor("entities", { term: "LOCATION\tLeeds" })).toBe("about:Leeds");
  });
});

describe("drivers on the page", () => {
  it("say nothing of a change in small numbers", () => {
    expect(changeOf({ told: false, direction: "rising" })).toBe("few");
    expect(changeOf({ told: true, direction: "falling" })).toBe("falling");
  });

  it("are filtered and ordered", () => {
    const all = [driver("Refund", { direction: "rising", counts: [1, 9] }), driver("Router", { counts: [20, 1] })];
    const names = (view: Parameters<typeof chosen>[1]) => chosen(all, view).map(({ name }) => name);
    expect(names({ text: "", direction: "all", order: "surest" })).toEqual(["Refund", "Router"]);
    expect(names({ text: "", direction: "all", order: "frequent" })).toEqual(["Router", "Refund"]);
    expect(names({ text: "rou", direction: "all", order: "surest" })).toEqual(["Router"]);
    expect(names({ text: "", direction: "rising", order: "surest" })).toEqual(["Refund"]);
  });
});
