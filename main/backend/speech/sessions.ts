import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { InferenceSession, Tensor } from "onnxruntime-common";
import { EarmarkError, toFailure } from "../../../app/contract/errors.ts";
import type { EngineAdjustment } from "../../../app/conversation/conversation.ts";
import { catalogueModel, missingNames } from "../../../native-models/catalogue.ts";
import type { MakeTensor, Model, Models, SessionOptions } from "../../../native-models/session.ts";
import { isOutOfMemory, type MemoryShortage, watchMemory } from "./out-of-memory.ts";
import type { PlacedModel, PlacedModels, RuntimeSettings } from "./protocol.ts";

type Runtime = typeof import("onnxruntime-node");

let runtime: Promise<Runtime> | undefined;

/**
 * ONNX Runtime's native part, loaded when it is first needed and only in the speech process. From 1.30 on its builds for
 * Linux and macOS send usage events to their maker, and leave a log of that among the temporary files, unless the
 * environment says otherwise when it is loaded (`core/platform/posix/telemetry.cc`). Nothing leaves this machine unasked.
 */
export function loadRuntime(): Promise<Runtime> {
  process.env["ORT_DISABLE_TELEMETRY"] = "1";
  runtime ??= import("onnxruntime-node");
  return runtime;
}

/** Makes tensors with the loaded runtime. */
export async function tensorMaker(): Promise<MakeTensor> {
  const { Tensor } = await loadRuntime();
  return (type, data, dims) => {
    // The four pairs of element type and array that the engine uses are pairs of the runtime's too.
    const make = Tensor as unknown as new (type: string, data: unknown, dims: readonly number[]) => Tensor;
    return new make(type, data, dims);
  };
}

/** A graph that was opened: on which provider, and why not on those before it. */
export interface SessionNotice {
  readonly model: string;
  readonly provider: string;
  readonly refused: readonly { readonly provider: string; readonly reason: string }[];
}

const textLimit = 64 * 1_048_576;
const reasonLimit = 300;

function reasonOf(thrown: unknown): string {
  return toFailure(thrown).message.slice(0, reasonLimit);
}

function openError(model: string, file: string, thrown: unknown): EarmarkError {
  const reason = reasonOf(thrown);
  if (isOutOfMemory(reason)) {
    return new EarmarkError("engine-out-of-memory", `There is not enough memory to open ${file}.`, { model, file });
  }
  return new EarmarkError("model-damaged", `${file} cannot be opened: ${reason}`, { model, file });
}

/** Opens a graph on the first provider of the order that takes it; `cpu` is tried last in any case. */
export async function openSession(
  path: string,
  order: readonly string[],
  threads: number,
  keepsMemory = true,
): Promise<{ session: InferenceSession; provider: string; refused: SessionNotice["refused"] }> {
  const { InferenceSession, listSupportedBackends } = await loadRuntime();
  const listed = listSupportedBackends().map((one) => one.name);
  const refused: { provider: string; reason: string }[] = [];
  const wanted = [...order.filter((name) => name !== "cpu"), "cpu"];
  for (const provider of wanted) {
    if (!listed.includes(provider)) {
      // The runtime would pass over a name it does not know without a word, and run on the processor.
      refused.push({ provider, reason: "ONNX Runtime does not list it on this platform." });
      continue;
    }
    const options: InferenceSession.SessionOptions = {
      executionProviders: provider === "cpu" ? ["cpu"] : [provider, "cpu"],
      graphOptimizationLevel: "all",
      enableCpuMemArena: keepsMemory,
      logSeverityLevel: 3,
      ...(threads > 0 ? { intraOpNumThreads: threads } : {}),
      // Waiting threads must not burn the cores that ffmpeg and the page need.
      extra: { session: { intra_op: { allow_spinning: "0" } } },
    };
    try {
      return { session: await InferenceSession.create(path, options), provider, refused };
    } catch (thrown) {
      refused.push({ provider, reason: reasonOf(thrown) });
      if (provider !== "cpu") continue;
      try {
        // The optimiser has failed on sound 8-bit exports before (https://github.com/microsoft/onnxruntime/issues/28306).
        const session = await InferenceSession.create(path, { ...options, graphOptimizationLevel: "basic" });
        return { session, provider, refused };
      } catch {
        throw thrown;
      }
    }
  }
  throw new EarmarkError("engine-failed", "No execution provider was tried.");
}

/** Each adjustment once, however often it was made. */
function onceEach(adjustments: readonly EngineAdjustment[]): EngineAdjustment[] {
  return [...new Map(adjustments.map((one) => [`${one.kind} ${one.from} ${one.to}`, one])).values()];
}

/** Voices and speech activity are small recurrent graphs: a graphics processor is slower at them than the processor. */
function providersOf({ task }: PlacedModel, { providers }: RuntimeSettings): readonly string[] {
  return task === "transcription" ? providers : [];
}

/** The sessions of the process: opened once for each graph, kept while the model stays the same. */
export class Sessions {
  private readonly open = new Map<string, Promise<InferenceSession>>();
  private readonly tell: (notice: SessionNotice) => void;
  private readonly shortages: MemoryShortage[] = [];
  /** Of each open graph of a transcription model: what it runs on, and what refused it. */
  private readonly notices = new Map<string, SessionNotice>();
  /** The graphs that the present request has asked for. */
  private readonly asked = new Set<string>();

  constructor(tell: (notice: SessionNotice) => void) {
    this.tell = tell;
  }

  /**
   * What the transcription model of the present request runs on (null before it was opened), and what had to be done
   * otherwise than asked.
   */
  told(): { readonly provider: string | null; readonly adjustments: EngineAdjustment[] } {
    const heard = [...this.asked].flatMap((key) => this.notices.get(key) ?? []);
    const refusals = heard.flatMap(({ provider, refused }) =>
      refused.map((one): EngineAdjustment => ({ kind: "provider", from: one.provider, to: provider, reason: one.reason })),
    );
    const shortages = this.shortages.flatMap(({ rows, reason }): EngineAdjustment[] =>
      // One window that does not fit has ended the hearing, or been heard by another provider, and is told so.
      rows < 2 ? [] : [{ kind: "batch", from: rows, to: Math.ceil(rows / 2), reason }],
    );
    const providers = [...new Set(heard.map(({ provider }) => provider))];
    return {
      provider: providers.length === 0 ? null : providers.join(" and "),
      adjustments: onceEach([...refusals, ...shortages]),
    };
  }

  /** The models of a request, their graphs opened when they are asked for. Sessions of other models are let go. */
  async models(placed: PlacedModels, settings: RuntimeSettings): Promise<Models> {
    this.asked.clear();
    this.shortages.length = 0;
    // Also those on a provider that is not asked for any more: two of a large model would fill the memory.
    const kept = Object.values(placed).flatMap((one) =>
      one === null ? [] : [{ begin: `${one.sha256} ${one.folder} `, end: ` ${providersOf(one, settings).join(",")}` }],
    );
    for (const [key, session] of this.open) {
      if (kept.some(({ begin, end }) => key.startsWith(begin) && key.endsWith(end))) continue;
      this.open.delete(key);
      this.notices.delete(key);
      await session.then((one) => one.release()).catch(() => undefined);
    }
    const model = (one: PlacedModel | null): Model | null => (one === null ? null : this.model(one, settings));
    return {
      transcription: model(placed.transcription),
      segmentation: model(placed.segmentation),
      embedding: model(placed.embedding),
      activity: model(placed.activity),
    };
  }

  private model(placed: PlacedModel, settings: RuntimeSettings): Model {
    return {
      id: placed.id,
      sha256: placed.sha256,
      limited: placed.limited,
      readText: async (path) => (await this.file(placed, path)).toString("utf8"),
      readBytes: (path) => this.file(placed, path),
      open: (path, options = {}) => this.session(placed, path, options, settings),
    };
  }

  private async file(placed: PlacedModel, path: string): Promise<Buffer> {
    try {
      const full = join(placed.folder, path);
      if ((await stat(full)).size > textLimit) throw new Error("it is too long");
      return await readFile(full);
    } catch (thrown) {
      throw new EarmarkError("model-damaged", `${path} of ${placed.id} cannot be read: ${reasonOf(thrown)}`, {
        model: placed.id,
        file: path,
      });
    }
  }

  private session(
    placed: PlacedModel,
    path: string,
    options: SessionOptions,
    settings: RuntimeSettings,
  ): Promise<InferenceSession> {
    const canonical = this.canonical(placed, path);
    const file = placed.graphs[canonical];
    if (file === undefined) {
      return Promise.reject(new EarmarkError("model-damaged", `${placed.id} has no ${path}.`, { model: placed.id, file: path }));
    }
    const threads = options.threads ?? settings.threads;
    const providers = providersOf(placed, settings);
    const key = `${placed.sha256} ${placed.folder} ${file} ${threads} ${providers.join(",")}`;
    if (placed.task === "transcription") this.asked.add(key);
    const before = this.open.get(key);
    if (before !== undefined) return before;
    const opening = this.create(placed, canonical, file, { threads, keepsMemory: options.keepsMemory ?? true }, providers, key);
    this.open.set(key, opening);
    opening.catch(() => this.open.delete(key));
    return opening;
  }

  /** A model of one graph answers to whatever name it is asked by; others by the canonical path or the file's own. */
  private canonical(placed: PlacedModel, path: string): string {
    if (placed.graphs[path] !== undefined) return path;
    const entries = Object.entries(placed.graphs);
    const only = entries[0];
    if (entries.length === 1 && only !== undefined) return only[0];
    return entries.find(([, file]) => file === path)?.[0] ?? path;
  }

  private async create(
    placed: PlacedModel,
    canonical: string,
    file: string,
    { threads, keepsMemory }: Required<SessionOptions>,
    providers: readonly string[],
    key: string,
  ): Promise<InferenceSession> {
    const opened = await openSession(join(placed.folder, file), providers, threads, keepsMemory).catch((thrown: unknown) => {
      throw openError(placed.id, file, thrown);
    });
    const { session, provider, refused } = opened;
    const expected = catalogueModel(placed.id)?.graphs.find((graph) => graph.path === canonical);
    const missing =
      expected === undefined ? [] : missingNames(expected, { inputs: session.inputNames, outputs: session.outputNames });
    if (missing.length > 0) {
      await session.release();
      throw new EarmarkError("model-unsuitable", `${file} of ${placed.id} lacks ${missing.join(", ")}.`, {
        model: placed.id,
        file,
        missing: missing.join(", "),
      });
    }
    const notice = { model: placed.id, provider, refused };
    this.notices.set(key, notice);
    this.tell(notice);
    return watchMemory(session, (shortage) => void this.shortages.push(shortage));
  }
}
