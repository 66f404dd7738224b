/** Lets work on the same key happen one after the other, and work on different keys at the same time. */
export type OneAtATime = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** Begins with nothing to wait for. What it remembers goes with the last one who waited. */
export function createOneAtATime(): OneAtATime {
  const last = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const before = last.get(key) ?? Promise.resolve();
    // The one before may have failed: that is its own caller's to hear of.
    const mine = before.then(work, work);
    last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (last.get(key) === mine) last.delete(key);
    }
  };
}
