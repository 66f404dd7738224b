import { z } from "zod";

/** How many checks went which way. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What a step without tests of its own counts as: one check. */
export function countOfExit(exitCode: number | null): Counts {
  return exitCode === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

/** The sum over all runners. */
export function sum(all: readonly Counts[]): Counts {
  return all.reduce(
    (total, one) => ({
      passed: total.passed + one.passed,
      failed: total.failed + one.failed,
      skipped: total.skipped + one.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}

/** The one line that a run ends with. */
export function closingLine(counts: Counts): string {
  return `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
}

const vitestReportSchema = z.object({
  numPassedTests: z.int().min(0),
  numFailedTests: z.int().min(0),
  numPendingTests: z.int().min(0).default(0),
  numTodoTests: z.int().min(0).default(0),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })).default([]),
});

/**
 * Counts vitest's JSON report. A file that could not be loaded has no tests and counts as one failure, and so does a
 * run that failed for another reason (an error outside any test) or left no report.
 */
export function countVitest(report: unknown, exitCode: number | null): Counts {
  const parsed = vitestReportSchema.safeParse(report);
  if (!parsed.success) return { passed: 0, failed: 1, skipped: 0 };
  const unloaded = parsed.data.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  ).length;
  return atLeastOneFailure(
    {
      passed: parsed.data.numPassedTests,
      failed: parsed.data.numFailedTests + unloaded,
      skipped: parsed.data.numPendingTests + parsed.data.numTodoTests,
    },
    exitCode,
  );
}

const playwrightReportSchema = z.object({
  stats: z.object({
    expected: z.int().min(0),
    unexpected: z.int().min(0),
    flaky: z.int().min(0),
    skipped: z.int().min(0),
  }),
});

/**
 * Counts Playwright's JSON report. A journey through a whole Earmark that passed when it was tried a second time has
 * passed; `unsteady` says how many did, because each of them is a fault to be looked for.
 */
export function countPlaywright(report: unknown, exitCode: number | null): { counts: Counts; unsteady: number } {
  const parsed = playwrightReportSchema.safeParse(report);
  if (!parsed.success) return { counts: { passed: 0, failed: 1, skipped: 0 }, unsteady: 0 };
  const { expected, unexpected, flaky, skipped } = parsed.data.stats;
  const counts = atLeastOneFailure({ passed: expected + flaky, failed: unexpected, skipped }, exitCode);
  return { counts, unsteady: flaky };
}

/** A run that ended badly or ran nothing has not passed, whatever it counted. */
function atLeastOneFailure(counts: Counts, exitCode: number | null): Counts {
  const ranNothing = counts.passed + counts.failed + counts.skipped === 0;
  return (exitCode !== 0 || ranNothing) && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}
