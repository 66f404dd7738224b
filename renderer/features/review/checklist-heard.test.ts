import { describe, expect, it } from "vitest";
import type { Span } from "../../../app/conversation/conversation.ts";
import { HeardStretches } from "./checklist-heard.ts";

function listen(): { told: Span[]; heard: HeardStretches } {
  const told: Span[] = [];
  return { told, heard: new HeardStretches((span) => told.push(span)) };
}

describe("what was heard", () => {
  it("is told when the playback pauses", () => {
    const { told, heard } = listen();
    for (let ms = 1_000; ms <= 3_000; ms += 20) heard.at(ms, { playing: true, rate: 1, now: ms });
    expect(told).toEqual([]);
    heard.at(3_000, { playing: false, rate: 1, now: 3_020 });
    expect(told).toEqual([{ startMs: 1_000, endMs: 3_000 }]);
  });

  it("leaves out what was jumped over, forth and back", () => {
    const { told, heard } = listen();
    for (let ms = 0; ms <= 1_000; ms += 20) heard.at(ms, { playing: true, rate: 1, now: ms });
    for (let ms = 2_000; ms <= 3_000; ms += 20) heard.at(ms, { playing: true, rate: 1, now: ms - 980 });
    for (let ms = 500; ms <= 1_500; ms += 20) heard.at(ms, { playing: true, rate: 1, now: ms + 1_540 });
    heard.end();
    expect(told).toEqual([
      { startMs: 0, endMs: 1_000 },
      { startMs: 2_000, endMs: 3_000 },
      { startMs: 500, endMs: 1_500 },
    ]);
  });

  it("follows a fast playback in a window that draws seldom", () => {
    const { told, heard } = listen();
    for (let at = 0; at <= 4_000; at += 1_000) heard.at(at * 3, { playing: true, rate: 3, now: at });
    heard.end();
    expect(told).toEqual([{ startMs: 0, endMs: 12_000 }]);
  });

  it("is told every fifteen seconds, without a gap, and not when it was a blink", () => {
    const { told, heard } = listen();
    for (let ms = 0; ms <= 20_000; ms += 500) heard.at(ms, { playing: true, rate: 1, now: ms });
    heard.end();
    expect(told).toEqual([
      { startMs: 0, endMs: 15_000 },
      { startMs: 15_000, endMs: 20_000 },
    ]);
    heard.at(100, { playing: true, rate: 1, now: 0 });
    heard.at(300, { playing: true, rate: 1, now: 200 });
    heard.end();
    expect(told).toHaveLength(2);
  });
});
