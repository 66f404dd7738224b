import type { InferenceSession } from "onnxruntime-common";
import { describe, expect, it } from "vitest";
import { isOutOfMemory, type MemoryShortage, watchMemory } from "./out-of-memory.ts";

/* How each provider says it, as found in their sources and in reports of users. */
const said = [
  "std::bad_alloc",
  "Failed to allocate memory for requested buffer of size 368640000",
  "CUDA failure 2: out of memory ; GPU=0 ; hostname=x ; expr=cudaMalloc((void**)&p, size)",
  "CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED",
  "Non-zero status code returned while running MatMul node. 8007000E Not enough memory resources are available to complete this operation.",
  "WebGPU device lost: VK_ERROR_OUT_OF_DEVICE_MEMORY",
  "Buffer size (4294967296) exceeds the max buffer size limit (2147483648).",
  "Insufficient Memory (00000008:kIOGPUCommandBufferCallbackErrorOutOfMemory)",
];

function sessionThat(run: () => Promise<InferenceSession.ReturnType>): InferenceSession {
  return { run, inputNames: ["input_ids"], release: () => Promise.resolve() } as unknown as InferenceSession;
}
const feeds = { input_ids: { dims: [8, 1] } } as unknown as InferenceSession.FeedsType;

describe("running out of memory", () => {
  it.each(said)("is told from %s, in words that the decoder halves its batch at", async (message) => {
    expect(isOutOfMemory(message)).toBe(true);
    const shortages: MemoryShortage[] = [];
    const watched = watchMemory(
      sessionThat(() => Promise.reject(new Error(message))),
      (one) => void shortages.push(one),
    );
    await expect(watched.run(feeds)).rejects.toThrow(/^out of memory: /u);
    expect(shortages).toEqual([{ rows: 8, reason: message }]);
  });

  it("is not told from any other failure, which stays as it was", async () => {
    const shortages: MemoryShortage[] = [];
    const failure = new Error("Got invalid dimensions for input: input_features");
    const watched = watchMemory(
      sessionThat(() => Promise.reject(failure)),
      (one) => void shortages.push(one),
    );
    await expect(watched.run(feeds)).rejects.toBe(failure);
    expect(shortages).toEqual([]);
  });

  it("leaves a session that has enough as it is", async () => {
    const watched = watchMemory(
      sessionThat(() => Promise.resolve({})),
      () => undefined,
    );
    expect(await watched.run(feeds)).toEqual({});
    expect(watched.inputNames).toEqual(["input_ids"]);
  });
});
