import type { ErrorCode, Failure } from "../../../app/contract/errors.ts";

/** How often and after how long a passing failure is tried again. */
export interface RetryRule {
  /** Attempts after the first, whatever the failure. */
  readonly maximum: number;
  /** Wait before the first of them in milliseconds; doubled each time, give or take half. */
  readonly firstMs: number;
  readonly longestMs: number;
}

/** Three more attempts after 2, 4 and 8 seconds, give or take half. */
export const defaultRetryRule: RetryRule = { maximum: 3, firstMs: 2_000, longestMs: 5 * 60_000 };

/**
 * Failures that may pass by themselves, and how many of them in a row are borne. A crash is borne once: two with the
 * same input are that input's fault. Memory may be free a moment later, but not for ever. What nobody foresaw gets one
 * more chance, because a virus scanner that holds a file for a second looks the same.
 */
const borne: Partial<Record<ErrorCode, number>> = {
  "engine-crashed": 1,
  "engine-stalled": Number.POSITIVE_INFINITY,
  "engine-out-of-memory": 1,
  // Refused or unreached after several tries of its own: a little later it may be another matter.
  "aws-throttled": Number.POSITIVE_INFINITY,
  "aws-unreachable": Number.POSITIVE_INFINITY,
  "writer-unreachable": Number.POSITIVE_INFINITY,
  internal: 1,
};

/** What becomes of a stage after a failure. */
export interface AfterFailure {
  /** The failure to show: the one given, or that it crashed twice. */
  readonly failure: Failure;
  /** When to try again, in milliseconds from now; null for a failure that stands. */
  readonly retryInMs: number | null;
  readonly setbacks: number;
  readonly crashes: number;
}

/**
 * Decides whether a failure is tried again: exponential backoff with jitter (half to one and a half times the doubled
 * wait), so that many jobs that failed together do not come back together.
 *
 * @param before passing failures and crashes with the same input so far.
 * @param random 0 to 1.
 */
export function afterFailure(
  failure: Failure,
  before: { readonly setbacks: number; readonly crashes: number },
  rule: RetryRule,
  random: number,
): AfterFailure {
  const setbacks = before.setbacks + 1;
  const crashes = before.crashes + (failure.code === "engine-crashed" ? 1 : 0);
  if (failure.code === "engine-crashed" && crashes >= 2) {
    const twice: Failure = { code: "engine-crashed-twice", message: failure.message, details: { ...failure.details, crashes } };
    return { failure: twice, retryInMs: null, setbacks, crashes };
  }
  if (before.setbacks >= Math.min(borne[failure.code] ?? 0, rule.maximum)) {
    return { failure, retryInMs: null, setbacks, crashes };
  }
  const wait = rule.firstMs * 2 ** before.setbacks * (0.5 + random);
  return { failure, retryInMs: Math.round(Math.min(wait, rule.longestMs)), setbacks, crashes };
}
