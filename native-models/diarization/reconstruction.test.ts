import { describe, expect, it } from "vitest";
import type { VoicePrint } from "./embedding.ts";
import { reconstruct } from "./reconstruction.ts";
import { frameStart, type SegmentedWindow } from "./segmentation.ts";

const embedding = new Float32Array(1);

describe("reconstruction", () => {
  it("follows a voice through windows that number it differently, keeps overlap, and has one voice at a time in the exclusive result", () => {
    const first = new Uint8Array(200).fill(0b001, 0, 120).fill(0b011, 100, 120).fill(0b010, 120, 200);
    // The second window begins 100 frames later and calls the second voice C, the first B.
    const second = new Uint8Array(200).fill(0b110, 0, 20).fill(0b100, 20, 150);
    const windows: SegmentedWindow[] = [
      { firstFrame: 0, masks: first },
      { firstFrame: 100, masks: second },
    ];
    const prints: VoicePrint[] = [
      { window: 0, voice: 0, seconds: 2, embedding },
      { window: 0, voice: 1, seconds: 2, embedding },
      { window: 1, voice: 1, seconds: 1, embedding },
      { window: 1, voice: 2, seconds: 2, embedding },
    ];
    const { regular, exclusive } = reconstruct(windows, prints, Int32Array.of(0, 1, 0, 1), 2, 60_000);
    const ms = (frame: number) => Math.round(frameStart(frame) / 16);
    expect(regular).toEqual([
      { voice: 0, startMs: 0, endMs: ms(120), confidence: 1 },
      { voice: 1, startMs: ms(100), endMs: ms(250), confidence: 1 },
    ]);
    for (const a of exclusive) {
      for (const b of exclusive)
        if (a !== b) expect(Math.min(a.endMs, b.endMs)).toBeLessThanOrEqual(Math.max(a.startMs, b.startMs));
    }
    expect(exclusive.at(-1)?.endMs).toBe(ms(250));
  });
});
