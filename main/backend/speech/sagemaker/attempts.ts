import { setTimeout as sleep } from "node:timers/promises";
import { EarmarkError, throwIfCancelled } from "../../../../app/contract/errors.ts";
import { mayPass } from "./aws-failure.ts";

/** How often a call is tried and how long is waited in between. */
export interface AttemptRule {
  /** Attempts in all. */
  readonly attempts: number;
  /** The wait before the second attempt in milliseconds; doubled each time. */
  readonly firstMs: number;
  readonly longestMs: number;
}

/** Waits, and rejects with `cancelled` at once on abort. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    throw new EarmarkError("cancelled", "Cancelled.");
  }
}

/** Waits for work and rejects with `cancelled` on abort, whether the work itself listens or not. */
export async function orCancelled<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  throwIfCancelled(signal);
  let cancel = (): void => undefined;
  const cancelled = new Promise<never>((_resolve, reject) => {
    cancel = () => reject(new EarmarkError("cancelled", "Cancelled."));
    signal.addEventListener("abort", cancel, { once: true });
  });
  // What comes of it later is nobody's concern.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, cancelled]);
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

/**
 * Does the work, and again after a passing failure (`mayPass`), with waits that double and vary between half and the
 * whole of the doubled wait, so that many callers who were refused together do not come back together.
 *
 * @param random 0 to 1.
 */
export async function withAttempts<T>(
  work: () => Promise<T>,
  rule: AttemptRule,
  signal: AbortSignal,
  random: () => number,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    throwIfCancelled(signal);
    try {
      return await orCancelled(work(), signal);
    } catch (thrown) {
      if (!(thrown instanceof EarmarkError) || !mayPass(thrown) || attempt >= rule.attempts) throw thrown;
      await pause(Math.min(rule.longestMs, rule.firstMs * 2 ** (attempt - 1)) * (0.5 + random() / 2), signal);
    }
  }
}

/** At most so many pieces of work at a time; the others wait in the order in which they came. */
export interface Places {
  /** Does the work once there is a place. Rejects with `cancelled` while it waits. */
  take<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** Makes a number of places. */
export function createPlaces(count: number): Places {
  let free = count;
  const waiting: (() => void)[] = [];
  return {
    async take(work, signal) {
      throwIfCancelled(signal);
      if (free > 0) free -= 1;
      else {
        await new Promise<void>((resolve, reject) => {
          const begin = (): void => {
            signal.removeEventListener("abort", leave);
            resolve();
          };
          const leave = (): void => {
            waiting.splice(waiting.indexOf(begin), 1);
            reject(new EarmarkError("cancelled", "Cancelled."));
          };
          waiting.push(begin);
          signal.addEventListener("abort", leave, { once: true });
        });
      }
      try {
        return await work();
      } finally {
        // Whoever waits takes the place over; it is not free in between.
        const next = waiting.shift();
        if (next === undefined) free += 1;
        else next();
      }
    },
  };
}
