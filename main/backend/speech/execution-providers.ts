import { z } from "zod";
import { EarmarkError, toFailure } from "../../../app/contract/errors.ts";
import type { StartProcess } from "../process.ts";
import { requestOnce, speechWorkerScript } from "./client.ts";
import { providerListSchema } from "./protocol.ts";

/** What came of running the tiny graph on one execution provider. */
export interface ProviderTrial {
  /** ONNX Runtime's name: `cpu`, `webgpu`, `cuda`, `dml`, `coreml`. */
  readonly provider: string;
  /** Its library comes with this build; otherwise the machine would have to bring it. */
  readonly bundled: boolean;
  /** It ran the graph, alone, and the result was right. */
  readonly ran: boolean;
  /** From the start of its process to the result, in ms; null when it did not run. */
  readonly ms: number | null;
  /** Why it did not run; null when it did. */
  readonly reason: string | null;
}

/** How to try. */
export interface ProviderTrialOptions {
  readonly script?: URL;
  /** Time for each, in ms. A driver may compile for a while the first time. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const uncancelled = new AbortController().signal;

/**
 * Tries every execution provider that ONNX Runtime lists on this platform, each in a process of its own, because a
 * driver's abort must not take the caller down. A provider that is listed and does not work comes back with its reason.
 * Rejects with `engine-failed` when the runtime itself cannot be loaded, `cancelled` on abort.
 */
export async function tryExecutionProviders(
  startProcess: StartProcess,
  options: ProviderTrialOptions = {},
): Promise<ProviderTrial[]> {
  const { script = speechWorkerScript, timeoutMs = 30_000, signal = uncancelled } = options;
  const ask = (provider: string | null): Promise<unknown> =>
    requestOnce(startProcess, script, (id) => ({ kind: "try-provider", id, provider }), timeoutMs, signal);
  const listed = providerListSchema.safeParse(await ask(null));
  if (!listed.success) throw new EarmarkError("engine-failed", "ONNX Runtime lists no execution providers.");
  const trials: ProviderTrial[] = [];
  for (const { name, bundled } of listed.data) {
    const started = performance.now();
    try {
      z.null().parse(await ask(name));
      trials.push({ provider: name, bundled, ran: true, ms: Math.round(performance.now() - started), reason: null });
    } catch (thrown) {
      const { code, message } = toFailure(thrown);
      if (code === "cancelled") throw thrown;
      trials.push({ provider: name, bundled, ran: false, ms: null, reason: message });
    }
  }
  return trials;
}
