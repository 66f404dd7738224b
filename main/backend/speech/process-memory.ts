import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/*
 * Samples, features and attentions lie outside JavaScript's heap. V8 collects them in its own time, which follows the heap (a
 * few megabytes here) and the threads that mark it; on a busy machine those get no time, and a recording of hours then holds
 * hundreds of megabytes of what nobody needs any more. So what has come together is collected after so much of it: memory
 * follows what is in use, and not the length of the recording or the load of the machine.
 */

/** Bytes outside the heap that may come together before they are collected. */
const mostUncollected = 32 * 1_048_576;

type Collect = () => void;

/** The collection of V8, which is there for the asking but under no name; null in a runtime that does not give it. */
function collection(): Collect | null {
  try {
    setFlagsFromString("--expose-gc");
    const found: unknown = runInNewContext("gc");
    return typeof found === "function" ? () => void found() : null;
  } catch {
    return null;
  }
}

/** Looks at the memory of this process whenever it is called. */
export interface MemoryKeeper {
  /** Collects what lies outside the heap where enough has come together since the last time; says whether it did. */
  look(): boolean;
}

/**
 * Keeps the memory of this process at what is in use.
 *
 * @param outside bytes outside the heap now, used or not.
 */
export function memoryKeeper(
  outside: () => number = () => process.memoryUsage().arrayBuffers,
  collect: Collect | null = collection(),
): MemoryKeeper {
  let least = outside();
  return {
    look() {
      const now = outside();
      least = Math.min(least, now);
      if (collect === null || now - least < mostUncollected) return false;
      collect();
      // Arrays are freed beside the work that goes on: what is still counted here is not counted the next time.
      least = outside();
      return true;
    },
  };
}
