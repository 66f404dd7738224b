import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { memory } from "../../bridge/index.ts";
import { readAhead, stopReadingAhead } from "./read-ahead.ts";

describe("reading ahead", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it("reads the row that is rested on, and none of those gone over", async () => {
    const asked: unknown[] = [];
    vi.spyOn(memory, "prefetchQuery").mockImplementation(async ({ queryKey }) => {
      asked.push(queryKey);
    });
    vi.spyOn(memory, "getQueryData").mockReturnValue({ peakChannels: 1, conversation: { durationMs: 5_000 } });
    for (const id of ["a", "b", "c"]) {
      readAhead(id);
      vi.advanceTimersByTime(20);
    }
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(100);
    expect(asked).toEqual([
      ["conversation.get", { id: "c" }],
      ["conversation.peaks", { id: "c", startMs: 0, endMs: 5_000, bins: 2_000 }],
      ["comment.list", { conversationId: "c" }],
      ["bookmark.list", { conversationId: "c" }],
      ["category.results", { conversationId: "c" }],
    ]);
  });

  it("reads nothing of a row that was left at once", async () => {
    const read = vi.spyOn(memory, "prefetchQuery").mockResolvedValue();
    readAhead("a");
    stopReadingAhead();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(read).not.toHaveBeenCalled();
  });
});
