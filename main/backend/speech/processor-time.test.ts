import { describe, expect, it } from "vitest";
import { msOfClock, processorTimeOf } from "./processor-time.ts";

describe("processor time of another process", () => {
  it("is what the process itself counts", async () => {
    const { user, system } = process.cpuUsage();
    const told = await processorTimeOf(process.pid);
    const { user: later, system: laterSystem } = process.cpuUsage();
    // Systems count by the hundredth of a second, some by the whole.
    expect(told).toBeGreaterThan((user + system) / 1_000 - 1_001);
    expect(told).toBeLessThan((later + laterSystem) / 1_000 + 1_001);
  });

  it("is not known of a process that is not there", async () => {
    expect(await processorTimeOf(2 ** 30)).toBeNull();
  });

  it("is read as ps writes it, with days and with hundredths", () => {
    expect(msOfClock("  0:01.25\n")).toBe(1_250);
    expect(msOfClock("12:03:04")).toBe((12 * 3_600 + 3 * 60 + 4) * 1_000);
    expect(msOfClock("2-00:00:07")).toBe((48 * 3_600 + 7) * 1_000);
    expect(msOfClock("")).toBeNull();
    expect(msOfClock("defunct")).toBeNull();
  });
});
