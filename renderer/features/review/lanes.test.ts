import { describe, expect, it } from "vitest";
import type { Participant, Turn } from "../../../app/conversation/conversation.ts";
import { barsOf, during, lanesOf, ticksOf } from "./lanes.ts";

const person = (id: string, channel: number | null): Participant => ({
  id,
  role: "other",
  roleConfidence: null,
  name: null,
  channel,
});
const turn = (participantId: string, startMs: number, endMs: number): Turn => ({
  id: `${participantId}${startMs}`,
  participantId,
  startMs,
  endMs,
  text: "",
  words: [],
  speakerConfidence: null,
});

describe("from peaks to lanes", () => {
  it("takes the greater side of each pair", () => {
    const bars = barsOf([-127, 10, 0, 0, -2, 64, -128, 127]);
    expect([...bars].map((bar) => Math.round(bar * 100))).toEqual([100, 0, 50, 100]);
  });

  it("keeps sound during turns alone", () => {
    const kept = during(new Float32Array(10).fill(1), 1_000, [
      { startMs: 100, endMs: 300 },
      { startMs: 950, endMs: 2_000 },
    ]);
    expect([...kept]).toEqual([0, 1, 1, 0, 0, 0, 0, 0, 0, 1]);
  });

  it("gives each side of a stereo call its channel, in the file's order, on one scale", () => {
    const loud = new Float32Array([0.5, 0.25]);
    const quiet = new Float32Array([0.1, 0]);
    const lanes = lanesOf({ participants: [person("b", 1), person("a", 0)], turns: [] }, [loud, quiet], 1_000);
    expect(lanes.map((lane) => lane.participantId)).toEqual(["a", "b"]);
    expect(lanes[0]?.bars[0]).toBeCloseTo(1);
    expect(lanes[1]?.bars[0]).toBeCloseTo(0.2);
  });

  it("divides a mono call among its voices, and leaves out one who never speaks", () => {
    const participants = [person("a", null), person("b", null), person("mute", null)];
    const turns = [turn("a", 0, 500), turn("b", 500, 1_000)];
    const lanes = lanesOf({ participants, turns }, [new Float32Array([1, 1, 1, 1])], 1_000);
    expect(lanes.map((lane) => [lane.participantId, ...lane.bars])).toEqual([
      ["a", 1, 1, 0, 0],
      ["b", 0, 0, 1, 1],
    ]);
  });

  it("shows the channels before anybody was told apart, and does not blow up noise", () => {
    const lanes = lanesOf({ participants: [], turns: [] }, [new Float32Array([0.001])], 1_000);
    expect(lanes).toHaveLength(1);
    expect(lanes[0]?.participantId).toBeNull();
    expect(lanes[0]?.bars[0]).toBeLessThan(0.01);
  });

  it("sets ticks apart at whole times", () => {
    expect(ticksOf(0, 10_000, 10)).toEqual([0, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 8_000, 9_000, 10_000]);
    expect(ticksOf(61_000, 245_000, 8)).toEqual([90_000, 120_000, 150_000, 180_000, 210_000, 240_000]);
    expect(ticksOf(0, 14_400_000, 10).length).toBeLessThanOrEqual(10);
  });
});
