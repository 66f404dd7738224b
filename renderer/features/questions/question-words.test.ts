import { describe, expect, it } from "vitest";
import { countSingles, topGroups } from "./question-words.ts";

const states = { waiting: 0, running: 0, done: 7, failed: 1, interrupted: 0, cancelled: 0 };
const groups = [
  { key: "text:by friday", said: "By Friday.", count: 3 },
  { key: "not-said", said: null, count: 2 },
  { key: "text:soon", said: "Soon.", count: 1 },
  { key: "text:never", said: "Never.", count: 1 },
];

describe("what many answered, in words of their own", () => {
  const question = { shape: { kind: "text" as const }, groups, states };

  it("is listed where several say the same, and counted where each says it in its own words", () => {
    expect(topGroups(question, 10).map(({ key }) => key)).toEqual(["text:by friday", "not-said"]);
    expect(countSingles(question)).toBe(2);
    expect(topGroups(question, 1)).toHaveLength(1);
  });

  it("is listed whole where a person named the answers", () => {
    const chosen = [{ key: "option-1", said: "A price", count: 1 }];
    const options = { kind: "options" as const, options: ["A price", "A move"] };
    expect(topGroups({ shape: options, groups: chosen }, 10)).toEqual(chosen);
    expect(countSingles({ shape: options, groups: chosen, states })).toBe(0);
  });
});
