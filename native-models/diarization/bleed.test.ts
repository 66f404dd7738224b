import { describe, expect, it } from "vitest";
import { type HeardChannel, withoutBleed } from "./bleed.ts";

const frames = 50 * 30;
const stretch = (from: number, to: number) => ({ start: from * 16_000, end: to * 16_000 });

function channel(levelAt: (i: number, second: number) => number, ...stretches: { start: number; end: number }[]): HeardChannel {
  return { levels: Float32Array.from({ length: frames }, (_, i) => levelAt(i, i / 50)), stretches };
}

describe("cross-talk", () => {
  const voice = (i: number) => -25 + 10 * Math.sin(i * 0.31) * Math.sin(i * 0.11);
  const agent = channel((i, s) => (s >= 10 && s < 20 ? voice(i) : -70), stretch(10, 20));

  it("drops a faint copy of the other side", () => {
    const customer = channel(
      (i, s) => (s < 8 ? -22 + 6 * Math.sin(i * 0.7) : s >= 10 && s < 20 ? voice(i - 3) - 28 : -70),
      stretch(0, 8),
      stretch(10.1, 19.9),
    );
    expect(withoutBleed(customer, [agent])).toEqual([stretch(0, 8)]);
    expect(withoutBleed(agent, [customer])).toEqual(agent.stretches);
  });

  it("keeps a word of one's own while the other goes on, quiet as it may be", () => {
    const customer = channel(
      (i, s) => (s < 8 ? -22 + 6 * Math.sin(i * 0.7) : s >= 12 && s < 13.5 ? -48 + 9 * Math.cos(i * 0.53) : -75),
      stretch(0, 8),
      stretch(12, 13.5),
    );
    expect(withoutBleed(customer, [agent])).toEqual([stretch(0, 8), stretch(12, 13.5)]);
  });
});
