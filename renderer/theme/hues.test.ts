import { describe, expect, it } from "vitest";
import { hueCount, voiceHues } from "./hues.ts";

describe("hues of voices", () => {
  it("gives agent and customer the same two in every call", () => {
    const one = voiceHues([
      { id: "a", role: "agent" },
      { id: "b", role: "customer" },
    ]);
    const other = voiceHues([
      { id: "x", role: "other" },
      { id: "b", role: "customer" },
      { id: "a", role: "agent" },
    ]);
    expect(one.get("a")).toBe(other.get("a"));
    expect(one.get("b")).toBe(other.get("b"));
    expect(new Set(other.values()).size).toBe(3);
  });

  it("keeps voices apart up to the number of hues, and gives every voice beyond one", () => {
    const six = voiceHues(Array.from({ length: hueCount }, (_, index) => ({ id: `p${index}`, role: "other" as const })));
    expect(new Set(six.values()).size).toBe(hueCount);
    const nine = voiceHues(Array.from({ length: 9 }, (_, index) => ({ id: `p${index}`, role: "other" as const })));
    expect([...nine.values()].every((hue) => hue >= 0 && hue < hueCount)).toBe(true);
    expect(nine.size).toBe(9);
  });
});
