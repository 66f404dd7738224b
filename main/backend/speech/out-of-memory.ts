import type { InferenceSession, OnnxValue } from "onnxruntime-common";

/*
 * Running out of memory is said differently by every execution provider. The decoder halves its batch and goes on when it
 * hears of it, so it has to be told in words that it knows, and what it did has to be told to people.
 */

/** As the processor's allocator, CUDA and cuBLAS, Direct3D 12 under DirectML, Dawn and Vulkan under WebGPU, and Metal say it. */
const shortageWords =
  /bad[_ ]alloc|out[ _-]?of[ _-]?(?:device[ _-]?|host[ _-]?)?memory|failed to allocate|allocation failed|not enough memory|insufficient memory|alloc_failed|8007000e|exceeds the max buffer size/iu;

/** Whether a message of the runtime says that memory ran out. */
export function isOutOfMemory(message: string): boolean {
  return shortageWords.test(message);
}

/** A run for which there was too little memory. */
export interface MemoryShortage {
  /** Windows that were run together; 1 where they are not counted. */
  readonly rows: number;
  readonly reason: string;
}

const reasonLimit = 300;

function rowsOf(feeds: InferenceSession.FeedsType): number {
  const value: OnnxValue | undefined = feeds["input_ids"] ?? feeds["input_features"];
  return (value as { dims?: readonly number[] } | undefined)?.dims?.[0] ?? 1;
}

/** A session that says in one way, `out of memory`, that memory ran out, and tells of it. All else is the session's own. */
export function watchMemory(session: InferenceSession, tell: (shortage: MemoryShortage) => void): InferenceSession {
  const run = async (...given: Parameters<InferenceSession["run"]>): Promise<InferenceSession.ReturnType> => {
    try {
      return await session.run(...given);
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      if (!isOutOfMemory(message)) throw thrown;
      tell({ rows: rowsOf(given[0]), reason: message.slice(0, reasonLimit) });
      throw new Error(`out of memory: ${message}`, { cause: thrown });
    }
  };
  return new Proxy(session, {
    get(target, name) {
      if (name === "run") return run;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}
