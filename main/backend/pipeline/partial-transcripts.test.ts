import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Turn } from "../../../app/conversation/conversation.ts";
import { createPartialTranscripts, type PartialTold } from "./partial-transcripts.ts";

const turn = (number: number, text: string): Turn => {
  const startMs = number * 1_000;
  const words = text.split(" ").map((word, i) => {
    return { id: `w${number}-${i}`, text: word, startMs: startMs + i * 100, endMs: startMs + i * 100 + 90, confidence: 0.9 };
  });
  return { id: `t${number}`, participantId: "p0", startMs, endMs: startMs + 900, text, words, speakerConfidence: null };
};
const participants = [{ id: "p0", role: "other", roleConfidence: null, name: null, channel: 0 }] as const;

let told: PartialTold[];
/** What a page has that takes every message as it comes. */
let page: Turn[];
const partials = () =>
  createPartialTranscripts((id, one) => {
    expect(id).toBe("c1");
    expect(one.from).toBeLessThanOrEqual(page.length);
    told.push(one);
    page = [...page.slice(0, one.from), ...one.turns];
  });

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  page = [];
});
afterEach(() => void vi.useRealTimers());

describe("a call that is being heard", () => {
  it("is told at once, then at most once a second, and the last state comes", () => {
    const heard = partials().begin("c1", participants);
    heard({ from: 0, turns: [turn(0, "hello")], untilMs: 1_000 });
    expect(told).toMatchObject([{ from: 0, untilMs: 1_000, turns: [{ text: "hello" }] }]);
    for (let i = 1; i <= 50; i++) heard({ from: i, turns: [turn(i, `turn ${"a".repeat(i)}`)], untilMs: 1_000 * (i + 1) });
    expect(told).toHaveLength(1);
    vi.advanceTimersByTime(1_000);
    expect(told).toHaveLength(2);
    expect(told[1]).toMatchObject({ from: 1, untilMs: 51_000 });
    expect(page).toHaveLength(51);
    vi.advanceTimersByTime(5_000);
    expect(told).toHaveLength(2);
  });

  it("tells a turn again that grew, and takes back what is heard otherwise", () => {
    const heard = partials().begin("c1", participants);
    heard({ from: 0, turns: [turn(0, "hello"), turn(1, "so")], untilMs: 2_000 });
    vi.advanceTimersByTime(1_000);
    heard({ from: 1, turns: [turn(1, "so we meet"), turn(2, "yes")], untilMs: 4_000 });
    expect(told[1]).toMatchObject({ from: 1 });
    expect(page.map(({ text }) => text)).toEqual(["hello", "so we meet", "yes"]);
    vi.advanceTimersByTime(1_000);
    // Begun anew, on another processor for example.
    heard({ from: 0, turns: [turn(0, "hallo")], untilMs: 1_000 });
    expect(page.map(({ text }) => text)).toEqual(["hallo"]);
  });

  it("is there for a page that opens later, until it has been heard", () => {
    const all = partials();
    const heard = all.begin("c1", participants);
    expect(all.get("c1")).toBeNull();
    heard({ from: 0, turns: [turn(0, "hello")], untilMs: 1_000 });
    expect(all.get("c1")).toMatchObject({ turns: [{ text: "hello" }], participants: [{ id: "p0" }], untilMs: 1_000 });
    heard({ from: 1, turns: [turn(1, "more")], untilMs: 2_000 });
    all.end("c1");
    expect(all.get("c1")).toBeNull();
    vi.advanceTimersByTime(5_000);
    heard({ from: 2, turns: [turn(2, "late")], untilMs: 3_000 });
    expect(told).toHaveLength(1);
  });

  it("never tells a digit of a card number, not while it is being read out", () => {
    const heard = partials().begin("c1", participants);
    const texts = ["my card number is four five four", "three four seven four zero", "zero two two four", "nine nine nine six"];
    for (const [i, text] of texts.entries()) {
      heard({ from: i, turns: [turn(i, text)], untilMs: 1_000 * (i + 1) });
      vi.advanceTimersByTime(1_000);
    }
    for (let i = 4; i < 80; i++)
      heard({ from: i, turns: [turn(i, "and so we talked of this and that again")], untilMs: 1_000 * (i + 1) });
    vi.advanceTimersByTime(1_000);
    const everything = JSON.stringify(told);
    expect(everything).not.toMatch(/\b(?:two|three|four|five|six|seven|nine|zero)\b/u);
    expect(page[0]?.text).toMatch(/^my card number is \[/u);
  });
});
