import { describe, expect, it } from "vitest";
import { closingLine, countOfExit, countPlaywright, countVitest, sum } from "./counts.ts";

const vitestReport = {
  numPassedTests: 5,
  numFailedTests: 0,
  numPendingTests: 1,
  numTodoTests: 0,
  testResults: [{ status: "passed", assertionResults: [{}, {}] }],
};
const stats = { expected: 4, unexpected: 1, flaky: 1, skipped: 2 };

describe("counting what the runners say", () => {
  it("sums over all runners and closes with one line", () => {
    const all = [countOfExit(0), countOfExit(2), countVitest(vitestReport, 0), countPlaywright({ stats }, 1).counts];
    expect(closingLine(sum(all))).toBe("11 passed, 2 failed, 3 skipped");
  });

  it("counts a file that could not be loaded as a failure", () => {
    const report = { ...vitestReport, testResults: [{ status: "failed", assertionResults: [] }] };
    expect(countVitest(report, 1)).toEqual({ passed: 5, failed: 1, skipped: 1 });
  });

  it("counts a run that failed outside any test as a failure", () => {
    expect(countVitest(vitestReport, 1).failed).toBe(1);
    expect(countPlaywright({ stats: { ...stats, unexpected: 0, flaky: 0 } }, 1).counts.failed).toBe(1);
  });

  it("counts a run that ran nothing, was ended, or left no report as a failure", () => {
    expect(countVitest({ numPassedTests: 0, numFailedTests: 0 }, 0).failed).toBe(1);
    expect(countVitest(vitestReport, null).failed).toBe(1);
    expect(countVitest(null, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(countPlaywright({ suites: [] }, 0).counts).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it("says how many journeys passed only when tried again", () => {
    expect(countPlaywright({ stats: { ...stats, unexpected: 0 } }, 0)).toEqual({
      counts: { passed: 5, failed: 0, skipped: 2 },
      unsteady: 1,
    });
  });
});
