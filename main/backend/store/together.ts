import type { Store } from "./store.ts";

/** Does work on the store in a transaction that it may share with what others do in the same turn. */
export type Together = <T>(work: () => T) => Promise<T>;

interface Piece {
  readonly work: () => void;
  readonly failed: (thrown: unknown) => void;
  done: () => void;
}

/**
 * Waiting for the disk takes longer than most of what is written: what several ask for in one turn of events is committed
 * once. Each piece of work is all done or not at all, whatever becomes of the others; where the one commit fails, all have
 * failed. Nobody hears that something was done before it lasts.
 */
export function createTogether(store: Pick<Store, "transaction">): Together {
  let waiting: Piece[] = [];
  const commit = (): void => {
    const own = waiting;
    waiting = [];
    const refused = new Map<Piece, unknown>();
    try {
      store.transaction(() => {
        for (const one of own) {
          try {
            store.transaction(one.work);
          } catch (thrown) {
            refused.set(one, thrown);
          }
        }
      });
    } catch (thrown) {
      for (const one of own) one.failed(thrown);
      return;
    }
    for (const one of own) {
      if (refused.has(one)) one.failed(refused.get(one));
      else one.done();
    }
  };
  return <T>(work: () => T) =>
    new Promise<T>((resolve, reject) => {
      const one: Piece = {
        work: () => {
          const result = work();
          one.done = () => resolve(result);
        },
        failed: reject,
        done: () => undefined,
      };
      waiting.push(one);
      if (waiting.length === 1) setImmediate(commit);
    });
}
