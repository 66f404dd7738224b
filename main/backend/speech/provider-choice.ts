import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { arch, cpus, platform } from "node:os";
import { dirname, join } from "node:path";
import { env } from "onnxruntime-common";
import { z } from "zod";
import type { ExecutionProvider } from "../../../app/contract/engine-views.ts";
import type { Clock } from "../../../app/ports.ts";
import { graphPaths } from "../../../native-models/catalogue.ts";
import { parseJson } from "../store/stored-json.ts";
import type { ProviderTrial } from "./execution-providers.ts";
import type { PlacedModel } from "./protocol.ts";

/* On what this machine hears: found out by running, remembered, and told with its reason. */

/** Graphics processors' providers in the order to try them; the processor itself comes last everywhere. */
export function providerOrder(system: NodeJS.Platform): readonly Exclude<ExecutionProvider, "auto" | "cpu">[] {
  switch (system) {
    case "darwin":
      return ["coreml", "webgpu"];
    case "win32":
      // CUDA where somebody has put its library there; DirectML works with every maker's driver.
      return ["cuda", "dml", "webgpu"];
    default:
      return ["cuda", "webgpu"];
  }
}

/** One run of an encoder on one provider. */
export interface EncoderRun {
  /** Milliseconds of the second run; the first one compiles. */
  readonly ms: number;
  /** Values of its result at even distances, for comparing. */
  readonly sample: readonly number[];
}

const trialSchema = z.object({
  provider: z.string(),
  ran: z.boolean(),
  encoderMs: z.number().nullable(),
  reason: z.string().nullable(),
});
const choiceSchema = z.object({
  /** What it holds for: the machine, the runtime, the model. */
  key: z.string(),
  provider: z.string(),
  reason: z.string(),
  chosenAt: z.iso.datetime(),
  trials: z.array(trialSchema),
});
/** A provider that was chosen, and how. */
export type ProviderChoice = Readonly<z.infer<typeof choiceSchema>>;

/** What choosing needs. */
export interface ProviderChooserOptions {
  /** What a person has set. */
  readonly setting: () => ExecutionProvider;
  /** Runs the tiny graph on the providers named that this platform lists, each in a process of its own. */
  readonly tryAll: (names: readonly string[], signal: AbortSignal) => Promise<readonly ProviderTrial[]>;
  /** Runs an encoder, in a process of its own. Rejects with why it did not run. */
  readonly timeEncoder: (path: string, provider: string, signal: AbortSignal) => Promise<EncoderRun>;
  /** Where the choice is remembered. */
  readonly path: string;
  readonly clock: Clock;
  readonly system?: NodeJS.Platform;
}

/** Finds out on what this machine hears. */
export interface ProviderChooser {
  /**
   * The providers to open a transcription model on, in order, the processor last. With `auto` the first time takes some
   * seconds where a graphics processor is there. Never rejects but with `cancelled`.
   */
  order(model: PlacedModel | null, signal: AbortSignal): Promise<readonly string[]>;
  /** The choice in force; null before the first. */
  current(): ProviderChoice | null;
  /** The provider that hearing begins with now; `cpu` before anything was tried. */
  first(): string;
  /** The provider that a person has named and that is passed over, with why; null when the setting is kept to. */
  replaced(): { readonly provider: string; readonly reason: string } | null;
  /** A provider has failed at opening or at work: it is passed over until somebody tries anew, and the choice says why. */
  distrust(provider: string, reason: string): Promise<void>;
  /** It was not the provider's fault after all. */
  trustAgain(provider: string): void;
  /**
   * Forgets what was found out and tries anew: everything with `auto`, a small graph on the one that was named. Rejects with
   * `cancelled`.
   */
  tryAgain(model: PlacedModel | null, signal: AbortSignal): Promise<void>;
}

/** A graphics processor has to be this much faster than the processor to be worth its memory and its start. */
const worthwhile = 1.2;
/** Largest difference from the processor's values, beside their own size: half precision is allowed for. */
const tolerance = 0.05;
/** Drivers change: after this long it is found out again. */
const validMs = 30 * 24 * 60 * 60_000;

/** Whether two samples are the same within what another order of additions and half precision explain. */
export function agrees(expected: readonly number[], found: readonly number[]): boolean {
  if (expected.length !== found.length || expected.length === 0) return false;
  const scale = Math.max(1e-6, ...expected.map(Math.abs));
  return expected.every((value, index) => {
    const other = found[index];
    return other !== undefined && Number.isFinite(other) && Math.abs(value - other) <= tolerance * scale;
  });
}

function messageOf(thrown: unknown): string {
  return (thrown instanceof Error ? thrown.message : String(thrown)).replace(/\s+/gu, " ").slice(0, 300);
}

function cancelled(thrown: unknown, signal: AbortSignal): boolean {
  return signal.aborted || (thrown instanceof Error && "code" in thrown && thrown.code === "cancelled");
}

const milliseconds = (value: number): string => (value < 10 ? value.toFixed(1) : String(Math.round(value)));

/** Makes the chooser. What it remembered for another machine, runtime or model is found out again. */
export function createProviderChooser(options: ProviderChooserOptions): ProviderChooser {
  const system = options.system ?? platform();
  const distrusted = new Map<string, string>();
  let choice: ProviderChoice | null = null;
  let choosing: { readonly key: string; readonly done: Promise<ProviderChoice> } | null = null;
  let looked = false;

  const keyOf = (model: PlacedModel | null): string =>
    [system, arch(), cpus()[0]?.model ?? "", `onnxruntime ${env.versions.common}`, model?.sha256 ?? "no model"].join(", ");

  const remembered = async (): Promise<void> => {
    if (looked) return;
    looked = true;
    const read = choiceSchema.safeParse(parseJson(await readFile(options.path, "utf8").catch(() => null)));
    choice ??= read.success ? read.data : null;
  };

  const keep = async (next: ProviderChoice): Promise<void> => {
    choice = next;
    const attempt = `${options.path}.${randomUUID().slice(0, 8)}`;
    try {
      await mkdir(dirname(options.path), { recursive: true });
      await writeFile(attempt, JSON.stringify(next));
      await rename(attempt, options.path);
    } catch {
      // It will be found out again the next time.
      await rm(attempt, { force: true }).catch(() => undefined);
    }
  };

  const made = (key: string, provider: string, reason: string, trials: ProviderChoice["trials"]): ProviderChoice => ({
    key,
    provider,
    reason,
    chosenAt: new Date(options.clock.now()).toISOString(),
    trials,
  });

  const findOut = async (key: string, model: PlacedModel, signal: AbortSignal): Promise<ProviderChoice> => {
    const names = providerOrder(system);
    const tried = await options.tryAll(names, signal);
    const trials: ProviderChoice["trials"] = [];
    const able: string[] = [];
    for (const name of names) {
      const one = tried.find(({ provider }) => provider === name);
      const distrust = distrusted.get(name);
      if (distrust !== undefined) trials.push({ provider: name, ran: false, encoderMs: null, reason: distrust });
      else if (one === undefined)
        trials.push({ provider: name, ran: false, encoderMs: null, reason: "ONNX Runtime does not list it here." });
      else if (one.ran) able.push(name);
      else trials.push({ provider: name, ran: false, encoderMs: null, reason: one.reason });
    }
    if (able.length === 0) return made(key, "cpu", "No graphics processor ran a small graph.", trials);
    const encoder = model.graphs[graphPaths.transcription.encoder];
    if (encoder === undefined) return made(key, "cpu", "The model has no encoder to time.", trials);
    const path = join(model.folder, encoder);
    const processor = await options.timeEncoder(path, "cpu", signal);
    trials.push({ provider: "cpu", ran: true, encoderMs: processor.ms, reason: null });
    let best: { provider: string; ms: number } | null = null;
    for (const provider of able) {
      try {
        const { ms, sample } = await options.timeEncoder(path, provider, signal);
        if (!agrees(processor.sample, sample)) {
          trials.push({ provider, ran: false, encoderMs: ms, reason: "Its result is not the processor's." });
          continue;
        }
        trials.push({ provider, ran: true, encoderMs: ms, reason: null });
        if (best === null || ms < best.ms) best = { provider, ms };
      } catch (thrown) {
        if (cancelled(thrown, signal)) throw thrown;
        trials.push({ provider, ran: false, encoderMs: null, reason: messageOf(thrown) });
      }
    }
    const own = `${milliseconds(processor.ms)} ms on the processor`;
    if (best === null) return made(key, "cpu", "No graphics processor ran the model.", trials);
    const figures = `${model.id}'s encoder took ${milliseconds(best.ms)} ms on ${best.provider}, ${own}.`;
    return best.ms * worthwhile <= processor.ms
      ? made(key, best.provider, figures, trials)
      : made(key, "cpu", `${figures} That is not worth it.`, trials);
  };

  const automatic = async (model: PlacedModel | null, signal: AbortSignal): Promise<ProviderChoice> => {
    await remembered();
    const key = keyOf(model);
    if (model === null || model.limited) {
      // Nothing to time, or a model so small that starting a graphics processor costs more than it saves.
      const reason = model === null ? "No model that writes words is installed." : `${model.id} is too small to gain from more.`;
      const small = made(key, "cpu", reason, []);
      choice ??= small;
      return small;
    }
    const age = choice === null ? 0 : options.clock.now() - Date.parse(choice.chosenAt);
    if (choice !== null && choice.key === key && age < validMs && !distrusted.has(choice.provider)) return choice;
    if (choosing?.key !== key) {
      const done = findOut(key, model, signal)
        .then(async (found) => {
          await keep(found);
          return found;
        })
        .finally(() => {
          choosing = null;
        });
      choosing = { key, done };
    }
    const { done } = choosing;
    return done.catch((thrown: unknown) => {
      // Whoever began it was cancelled; whoever joined was not, and begins again.
      if (signal.aborted || !cancelled(thrown, signal)) throw thrown;
      return automatic(model, signal);
    });
  };

  const forget = async (): Promise<void> => {
    distrusted.clear();
    choice = null;
    looked = true;
    await rm(options.path, { force: true });
  };

  const distrust = async (provider: string, reason: string): Promise<void> => {
    distrusted.set(provider, reason);
    const trials = (choice?.trials ?? []).filter((trial) => trial.provider !== provider);
    const failed = { provider, ran: false, encoderMs: null, reason };
    await keep(made(choice?.key ?? "", "cpu", `${provider} failed: ${reason}`, [...trials, failed]));
  };

  const order = async (model: PlacedModel | null, signal: AbortSignal): Promise<readonly string[]> => {
    const setting = options.setting();
    if (setting === "cpu") return ["cpu"];
    if (setting !== "auto") return distrusted.has(setting) ? ["cpu"] : [setting, "cpu"];
    try {
      const { provider } = await automatic(model, signal);
      return provider === "cpu" || distrusted.has(provider) ? ["cpu"] : [provider, "cpu"];
    } catch (thrown) {
      if (cancelled(thrown, signal)) throw thrown;
      choice = made(keyOf(model), "cpu", `Trying others failed: ${messageOf(thrown)}`, []);
      return ["cpu"];
    }
  };

  return {
    order,
    current: () => choice,
    first() {
      const setting = options.setting();
      if (setting === "auto") {
        const provider = choice?.provider ?? "cpu";
        return distrusted.has(provider) ? "cpu" : provider;
      }
      return distrusted.has(setting) ? "cpu" : setting;
    },
    replaced() {
      const provider = options.setting();
      const reason = distrusted.get(provider);
      return reason === undefined ? null : { provider, reason };
    },
    distrust,
    trustAgain: (provider) => void distrusted.delete(provider),
    async tryAgain(model, signal) {
      await forget();
      const setting = options.setting();
      if (setting === "auto") await order(model, signal);
      if (setting === "auto" || setting === "cpu") return;
      const [found] = await options.tryAll([setting], signal);
      if (found === undefined) await distrust(setting, "ONNX Runtime does not list it here.");
      else if (!found.ran) await distrust(setting, found.reason ?? "It did not run.");
    },
  };
}
