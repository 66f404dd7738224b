import type { Clock } from "../../../app/ports.ts";

/** Tells of changes by key, not too often. */
export interface ChangeThinner {
  /** Something changed: told soon. Several changes in one go are told once. */
  changed(key: number): void;
  /** Tells at once what is still to be told, and nothing ever after. */
  close(): void;
}

/**
 * Passes changes on at most once every `everyMs` for each key. The last one always comes, at the latest `everyMs` after
 * it happened. Its timers do not keep the process alive.
 */
export function createChangeThinner(clock: Clock, everyMs: number, tell: (key: number) => void): ChangeThinner {
  const toldAt = new Map<number, number>();
  const waiting = new Map<number, NodeJS.Timeout | "now">();
  let closed = false;

  const flush = (key: number): void => {
    if (!waiting.delete(key)) return;
    tell(key);
    toldAt.set(key, clock.now());
    // Forgets keys that fell silent, so that a long life does not gather every job there ever was.
    if (toldAt.size > 1_000) {
      for (const [old, at] of toldAt) if (clock.now() - at > everyMs) toldAt.delete(old);
    }
  };

  return {
    changed(key) {
      if (closed || waiting.has(key)) return;
      const wait = (toldAt.get(key) ?? Number.NEGATIVE_INFINITY) + everyMs - clock.now();
      if (wait <= 0) {
        waiting.set(key, "now");
        queueMicrotask(() => flush(key));
      } else {
        waiting.set(key, setTimeout(() => flush(key), Math.min(wait, everyMs)).unref());
      }
    },
    close() {
      closed = true;
      for (const [key, timer] of waiting) {
        if (timer !== "now") clearTimeout(timer);
        flush(key);
      }
    },
  };
}
