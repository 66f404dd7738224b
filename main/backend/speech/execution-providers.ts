import { z } from "zod";
import { EarmarkError, toFailure } from "../../../app/contract/errors.ts";
import type { StartProcess } from "../process.ts";
import { requestOnce, speechWorkerScript } from "./client.ts";
import { encoderRunSchema, providerListSchema } from "./protocol.ts";
import type { EncoderRun } from "./provider-choice.ts";

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
  /** Try these alone, in this order, as far as the runtime lists them. Default: all it lists. */
  readonly names?: readonly string[];
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
  const wanted = options.names?.flatMap((name) => listed.data.filter((one) => one.name === name)) ?? listed.data;
  for (const { name, bundled } of wanted) {
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

/** An encoder of the largest model takes this long on a slow processor, opening included. */
const encoderMs = 240_000;

/**
 * Runs a model's encoder on one provider, in a process of its own, and answers with the time of its second run. Rejects as
 * a request does, with the reason why it did not run.
 */
export async function timeEncoder(
  startProcess: StartProcess,
  path: string,
  provider: string,
  options: Omit<ProviderTrialOptions, "names"> & { readonly threads?: number } = {},
): Promise<EncoderRun> {
  const { script = speechWorkerScript, timeoutMs = encoderMs, signal = uncancelled, threads = 2 } = options;
  const run = await requestOnce(
    startProcess,
    script,
    (id) => ({ kind: "time-encoder", id, path, provider, threads }),
    timeoutMs,
    signal,
  );
  const read = encoderRunSchema.safeParse(run);
  if (!read.success) throw new EarmarkError("engine-failed", "The speech process answered in a form that is not ours.");
  return read.data;
}
