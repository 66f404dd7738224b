import { platform } from "node:os";
import { join } from "node:path";
import type { Handlers } from "../../../app/contract/api.ts";
import type { ExecutionProvider, ProviderView } from "../../../app/contract/engine-views.ts";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { estimateRemote, expectedRemotePace, paceOf } from "../../../app/conversation/engine-choice.ts";
import type { BackendOptions } from "../backend.ts";
import { createLedgerEgress } from "../ledger/record-egress.ts";
import type { LibraryPaths } from "../library-paths.ts";
import type { Queue } from "../pipeline/queue.ts";
import type { Store } from "../store/store.ts";
import { onceUnderWay } from "../trial-steps.ts";
import type { ModelStore } from "./models.ts";
import { type ProviderChooser, providerOrder } from "./provider-choice.ts";
import { readEgress } from "./sagemaker/egress-file.ts";
import { createFolderMemory } from "./sagemaker/invocation-memory.ts";
import { type ChoosingEngine, destinationsOf, endpointOf } from "./sagemaker/offload.ts";
import { type OffloadMemory, soundWaiting } from "./sagemaker/offload-memory.ts";
import { tryOffload } from "./sagemaker/try-offload.ts";

/** What the answers about engines are made from. */
export interface EngineWorld {
  readonly options: Pick<BackendOptions, "clock">;
  readonly paths: LibraryPaths;
  readonly store: Store;
  readonly queue: Pick<Queue, "list">;
  readonly models: Pick<ModelStore, "resolve">;
  readonly engine: ChoosingEngine;
  readonly choices: OffloadMemory;
  readonly providers: ProviderChooser;
  readonly signal: AbortSignal;
}

const hourMs = 3_600_000;

/** What hears here and why, as the page and the state report show it. */
export function providerView({ store, providers }: Pick<EngineWorld, "store" | "providers">): ProviderView {
  const { executionProvider: setting } = store.settings.get();
  const choice = providers.current();
  const offered: ExecutionProvider[] = [...new Set(["auto", "cpu", ...providerOrder(platform()), setting] as const)];
  if (setting === "auto") {
    return {
      setting,
      offered,
      provider: choice === null ? null : providers.first(),
      reason: choice?.reason ?? "",
      chosenAt: choice?.chosenAt ?? null,
      trials: [...(choice?.trials ?? [])],
    };
  }
  const first = providers.first();
  // A named one that has failed: the choice has kept why.
  return first === setting
    ? { setting, offered, provider: setting, reason: "", chosenAt: null, trials: [] }
    : {
        setting,
        offered,
        provider: first,
        reason: choice?.reason ?? "",
        chosenAt: choice?.chosenAt ?? null,
        trials: [...(choice?.trials ?? [])],
      };
}

/** The calls about where speech is heard, what that costs, and what has left the machine. */
export function engineHandlers(
  world: EngineWorld,
): Pick<Handlers, "conversation.egress" | "engine.plan" | "engine.provider" | "engine.tryOffload"> {
  const { paths, store, choices, providers, signal } = world;
  const egressPath = (): string => join(paths.root, "egress.jsonl");
  const tryOnce = onceUnderWay(() =>
    tryOffload({
      settings: store.settings.get().offload,
      onEgress: createLedgerEgress(store, egressPath()),
      memory: createFolderMemory(join(paths.root, "offload")),
      clock: world.options.clock ?? { now: () => Date.now() },
      signal,
    }),
  );
  return {
    "conversation.egress": async ({ id }) => {
      if (store.conversations.get(id) === null) {
        throw new EarmarkError("not-found", "This conversation is not in the library.", { id });
      }
      const records = await readEgress(egressPath(), id);
      return { records: records.map(({ conversationId: _of, ...record }) => record) };
    },

    "engine.plan": async ({ preference }) => {
      const settings = store.settings.get().offload;
      const choice = world.engine.choiceOf(null, preference ?? null);
      const pace = paceOf(choices.pace(), expectedRemotePace);
      const { workMs, cost } = estimateRemote(hourMs, pace, settings.pricePerHour);
      return {
        preference: preference ?? settings.use,
        ...choice,
        endpointReady: endpointOf(settings) !== null,
        backlogMs: soundWaiting(store, world.queue, choices, null),
        destinations: destinationsOf(settings),
        remoteHour: { workMs, cost, measured: pace.measured },
      };
    },

    "engine.provider": async ({ again }) => {
      if (again) {
        const { speech } = store.settings.get();
        const model = await world.models.resolve("transcription", speech.transcriptionModel, signal);
        await providers.tryAgain(model, signal);
      }
      return providerView(world);
    },

    "engine.tryOffload": async () => ({ trials: await tryOnce() }),
  };
}
