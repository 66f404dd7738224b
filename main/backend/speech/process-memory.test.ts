import { describe, expect, it } from "vitest";
import { memoryKeeper } from "./process-memory.ts";

const mebibyte = 1_048_576;

describe("the memory of the speech process", () => {
  it("is collected after so much of it, however much is in use", () => {
    let outside = 300 * mebibyte;
    let collected = 0;
    const keeper = memoryKeeper(
      () => outside,
      () => {
        collected++;
        outside = 310 * mebibyte;
      },
    );
    outside += 30 * mebibyte;
    expect(keeper.look()).toBe(false);
    outside += 5 * mebibyte;
    expect(keeper.look()).toBe(true);
    outside += 30 * mebibyte;
    expect(keeper.look()).toBe(false);
    // V8 has collected by itself: counting begins there.
    outside = 100 * mebibyte;
    expect(keeper.look()).toBe(false);
    outside = 140 * mebibyte;
    expect(keeper.look()).toBe(true);
    expect(collected).toBe(2);
  });

  it("is freed by the real collection", () => {
    const before = process.memoryUsage().arrayBuffers;
    const keeper = memoryKeeper();
    let collected = 0;
    for (let i = 0; i < 12; i++) {
      new Uint8Array(8 * mebibyte);
      if (keeper.look()) collected++;
    }
    expect(collected).toBeGreaterThan(0);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(12 * 8 * mebibyte);
  });
});
