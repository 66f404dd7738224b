import { createHash, randomUUID } from "node:crypto";
import { chmod, copyFile, link, mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve as resolvePath } from "node:path";
import { EarmarkError, type Failure, throwIfCancelled, toFailure } from "../../../app/contract/errors.ts";
import type { ModelView } from "../../../app/contract/views.ts";
import type { Attention } from "../../../app/ports.ts";
import {
  type CatalogueModel,
  catalogue,
  catalogueBytes,
  catalogueModel,
  chooseModel,
  filesFor,
  graphsFor,
  type ModelTask,
  missingNames,
  type Precision,
  precisionSuits,
  usualPrecision,
} from "../../../native-models/catalogue.ts";
import { checkFreeSpace, type FetchedModel, fetchModel, type HubOptions } from "./fetch.ts";
import { HashMemory } from "./file-hash.ts";
import { type FoundModel, type Manifest, manifestName, readModelFolder, readModelFolders } from "./model-folder.ts";
import type { PlacedModel, PlacedModels } from "./protocol.ts";

/** Names of graphs that were really opened, in the order asked. */
export type InspectGraphs = (
  graphs: readonly string[],
  signal: AbortSignal,
) => Promise<readonly { inputs: readonly string[]; outputs: readonly string[] }[]>;

/** What the model store needs. */
export interface ModelStoreOptions {
  /** The library's models folder; made when something is put in. */
  readonly folder: string;
  /** More folders to look in, which are only read: each holds model folders, or is one. */
  readonly further?: readonly string[];
  /** Opens graphs in a process apart (`inspectGraphs` of client.ts); a native abort there is a damaged model here. */
  readonly inspect: InspectGraphs;
  /** Where and how to fetch; asked anew for each download, so that a changed mirror takes effect. */
  readonly hub?: () => HubOptions;
  /** The precision to take where a model lies there in several, and to fetch where nobody says; null, the usual one. */
  readonly precision?: () => Precision | null;
  readonly now?: () => number;
}

/** The models on this machine. */
export interface ModelStore {
  /** The library's models folder. */
  readonly folder: string;
  /** Every model that can be fetched, and every other one that was found, with its state. */
  list(): Promise<ModelView[]>;
  /**
   * The model to use for a task, verified: the one asked for when it is installed, else the best. Null when none is.
   * Rejects with `model-damaged`, `model-changed`, `model-unsuitable`.
   */
  resolve(task: ModelTask, asked?: string | null, signal?: AbortSignal): Promise<PlacedModel | null>;
  /** The verified model of every task. */
  resolveAll(transcriptionModel: string | null, signal?: AbortSignal): Promise<PlacedModels>;
  /**
   * Takes in the models of a folder: checked by opening them, copied, recorded. Answers with their ids. Of a model that
   * lies there in several precisions the one that is set is taken, else the best.
   * Rejects with `model-missing` when the folder holds none, `model-unsuitable`, `model-damaged`, `disk-full`, `cancelled`.
   */
  add(path: string, attention?: Partial<Attention>): Promise<string[]>;
  /**
   * Fetches a model from the hub and takes it in; resolves when it is installed. A second call for the same model joins
   * the first. Rejects as `fetchModel` does, with `not-allowed` for a model that cannot be fetched, or not in that
   * precision, and `conflict` while it is fetched in another one.
   *
   * @param precision null or absent: the one that was set, where the model comes in it, else its usual one.
   */
  fetch(id: string, attention?: Partial<Attention>, precision?: Precision | null): Promise<void>;
  /** Stops a download; what has come stays for the next try. Does nothing when none runs. */
  cancelFetch(id: string): void;
  /** Reads every file of an installed model again and compares. Answers with its state; `model-missing` when it is not installed. */
  verify(id: string, signal?: AbortSignal): Promise<ModelView>;
  /**
   * Removes a model from the library's folder, and what an unfinished download has left. Rejects with `not-allowed` for
   * a model that lies elsewhere, `conflict` while it is fetched, `model-missing` when there is nothing.
   */
  remove(id: string): Promise<void>;
  /** Called when a model comes, goes, or moves on in its download; answers with its undo. */
  onChange(listener: (view: ModelView) => void): () => void;
  /** Stops all downloads. */
  close(): Promise<void>;
}

interface Download {
  readonly controller: AbortController;
  readonly done: Promise<void>;
  readonly precision: Precision | null;
  progress: number;
  readonly listeners: Set<(share: number) => void>;
}

const leftoverMs = 3_600_000;
const uncancelled = new AbortController().signal;

function folderNameOf(id: string): string {
  return id.replaceAll("/", "--");
}

/**
 * One hash for a model: of its file where it has one, else SHA-256 over the lines `sha256sum` would print for its files
 * (hash, two spaces, path, line feed) in their order. Anybody can make it again with that program.
 */
export function hashOfFiles(files: readonly { path: string; sha256: string }[]): string {
  const only = files[0];
  if (files.length === 1 && only !== undefined) return only.sha256;
  const hash = createHash("sha256");
  for (const file of files) hash.update(`${file.sha256}  ${file.path}\n`);
  return hash.digest("hex");
}

/** Makes the store over the library's models folder and further ones. */
export function createModelStore(options: ModelStoreOptions): ModelStore {
  const own = resolvePath(options.folder);
  const further = (options.further ?? []).map((path) => resolvePath(path));
  const now = options.now ?? Date.now;
  const asSet = (): Precision | null => options.precision?.() ?? null;
  const hashes = new HashMemory();
  /** What the files of folders without a manifest hashed to when they were first used. */
  const firstSeen = new Map<string, string>();
  const downloads = new Map<string, Download>();
  const failures = new Map<string, Failure>();
  const listeners = new Set<(view: ModelView) => void>();

  /** Where a download waits until it is whole; it stays there for the next try. */
  const waitingFolder = (id: string, precision: Precision | null): string =>
    join(own, ".fetching", `${folderNameOf(id)}${precision === null ? "" : `@${precision}`}`);

  async function found(): Promise<FoundModel[]> {
    const all = await readModelFolders(own, true, asSet());
    for (const root of further) all.push(...(await readModelFolders(root, false, asSet())));
    // Own folders come first, and a sound folder before one with a fault.
    return all.toSorted((a, b) => Number(a.fault !== null) - Number(b.fault !== null));
  }

  async function sizeOf(one: FoundModel): Promise<number> {
    let sum = 0;
    for (const file of one.files) sum += (await stat(join(one.folder, file)).catch(() => ({ size: 0 }))).size;
    return sum;
  }

  async function viewOf(model: CatalogueModel, here: readonly FoundModel[]): Promise<ModelView> {
    const one = here.find((candidate) => candidate.model.id === model.id);
    const download = downloads.get(model.id);
    const fault = one?.fault ?? null;
    const failure = fault === null ? (failures.get(model.id) ?? null) : toFailure(fault);
    const installed = one === undefined ? "absent" : failure === null ? "installed" : "damaged";
    return {
      id: model.id,
      name: model.name,
      task: model.task,
      licence: model.licence,
      source: model.source?.repo ?? null,
      bytes: one === undefined ? catalogueBytes(model, fetchable(model, null)) : await sizeOf(one),
      limited: model.limited,
      state: download === undefined ? installed : "fetching",
      progress: download === undefined ? null : download.progress,
      failure,
      ...(model.variants === undefined
        ? {}
        : {
            precision: one?.precision ?? null,
            variants: model.variants.map(({ precision }) => ({
              precision,
              bytes: catalogueBytes(model, precision),
              installed: one?.precisions.includes(precision) ?? false,
              suits: [...precisionSuits[precision]],
            })),
          }),
    };
  }

  /** The precision to fetch: the one asked for, else the one that was set, where the model comes in it; null for the usual one. */
  function fetchable(model: CatalogueModel, asked: Precision | null): Precision | null {
    const wanted = asked ?? asSet();
    if (wanted === null || wanted === usualPrecision(model)) return null;
    if (filesFor(model, wanted) !== null) return wanted;
    if (asked === null) return null;
    throw new EarmarkError("not-allowed", `${model.name} does not come in ${asked}.`, { model: model.id, precision: asked });
  }

  async function tell(id: string): Promise<void> {
    const model = catalogueModel(id);
    if (model === undefined || listeners.size === 0) return;
    const view = await viewOf(model, await found());
    for (const listener of listeners) listener(view);
  }

  /** Compares the files with what they were when the model came, and gives their hashes. */
  async function verifyFiles(one: FoundModel, signal: AbortSignal, anew: boolean): Promise<{ path: string; sha256: string }[]> {
    if (one.fault !== null) throw one.fault;
    const result: { path: string; sha256: string }[] = [];
    for (const path of one.files) {
      throwIfCancelled(signal);
      const full = join(one.folder, path);
      const recorded = one.manifest?.files.find((file) => file.path === path);
      const details = { model: one.model.id, file: path };
      const actual = await (anew ? hashes.anew(full, signal) : hashes.of(full, signal)).catch((thrown: unknown) => {
        const failure = toFailure(thrown);
        if (failure.code === "cancelled") throw thrown;
        throw new EarmarkError("model-damaged", `${path} of ${one.model.name} cannot be read: ${failure.message}`, details);
      });
      const expected = recorded?.sha256 ?? firstSeen.get(full);
      if (recorded !== undefined && actual.bytes < recorded.bytes) {
        throw new EarmarkError("model-damaged", `${path} of ${one.model.name} has been cut short.`, details);
      }
      if (expected !== undefined && expected !== actual.sha256) {
        throw new EarmarkError("model-changed", `${path} of ${one.model.name} is not the file that was taken in.`, details);
      }
      if (recorded === undefined) {
        if (one.manifest !== null) {
          throw new EarmarkError("model-changed", `${path} of ${one.model.name} came after the model was taken in.`, details);
        }
        firstSeen.set(full, actual.sha256);
      }
      result.push({ path, sha256: actual.sha256 });
    }
    return result;
  }

  async function place(one: FoundModel, signal: AbortSignal): Promise<PlacedModel> {
    try {
      const files = await verifyFiles(one, signal, false);
      failures.delete(one.model.id);
      return {
        id: one.model.id,
        task: one.model.task,
        limited: one.model.limited,
        folder: one.folder,
        sha256: hashOfFiles(files),
        graphs: { ...one.graphs },
      };
    } catch (thrown) {
      const failure = toFailure(thrown);
      if (failure.code !== "cancelled") failures.set(one.model.id, failure);
      throw thrown;
    }
  }

  async function resolveIn(
    here: readonly FoundModel[],
    task: ModelTask,
    asked: string | null,
    signal: AbortSignal,
  ): Promise<PlacedModel | null> {
    // A model with a fault is passed over while there is a sound one; alone it is refused with its fault, not ignored.
    const sound = here.filter((one) => one.fault === null).map((one) => one.model.id);
    const ids = here.map((one) => one.model.id);
    const chosen = chooseModel(task, asked !== null && ids.includes(asked) ? ids : sound, asked) ?? chooseModel(task, ids, asked);
    const one = chosen === null ? undefined : here.find((candidate) => candidate.model.id === chosen.id);
    return one === undefined ? null : place(one, signal);
  }

  /** Opens the graphs of a folder in a process apart and compares the names. */
  async function open(one: FoundModel, signal: AbortSignal): Promise<void> {
    if (one.fault !== null) throw one.fault;
    const graphs = graphsFor(one.model, one.files);
    const paths = graphs.map((graph) => join(one.folder, one.graphs[graph.path] ?? graph.path));
    const signatures = await options.inspect(paths, signal);
    for (const [index, graph] of graphs.entries()) {
      const signature = signatures[index];
      const missing = signature === undefined ? ["everything"] : missingNames(graph, signature);
      if (missing.length === 0) continue;
      throw new EarmarkError("model-unsuitable", `${graph.path} of ${one.model.name} lacks ${missing.join(", ")}.`, {
        model: one.model.id,
        file: graph.path,
        missing: missing.join(", "),
      });
    }
  }

  /**
   * What lies in a model's folder in other precisions of the same commit, and can stay beside what was fetched now: taken
   * over, with its record.
   */
  async function takeOver(from: string, to: string, manifest: Manifest): Promise<Manifest["files"]> {
    const before = (await readModelFolder(from, true))?.manifest ?? null;
    const same = before?.source !== null && before?.source.commit === manifest.source?.commit;
    if (before === null || !same || before.id !== manifest.id) return [];
    const isText = (path: string) => !path.includes(".onnx");
    const fresh = new Map(manifest.files.map((file) => [file.path, file.sha256]));
    if (before.files.some(({ path, sha256 }) => isText(path) && fresh.get(path) !== sha256)) return [];
    const taken: Manifest["files"] = [];
    for (const file of before.files) {
      if (isText(file.path) || fresh.has(file.path)) continue;
      const [source, target] = [join(from, file.path), join(to, file.path)];
      // Linked, so that what was there before stays whole until it is replaced.
      const moved = await link(source, target)
        .catch(() => copyFile(source, target))
        .then(
          () => true,
          () => false,
        );
      if (moved) taken.push(file);
    }
    return taken;
  }

  /** Writes the manifest into a finished folder and puts it in the place of whatever was there. */
  async function install(folder: string, fresh: Manifest): Promise<void> {
    const target = join(own, folderNameOf(fresh.id));
    const manifest = { ...fresh, files: [...fresh.files, ...(await takeOver(target, folder, fresh))] };
    await writeFile(join(folder, manifestName), `${JSON.stringify(manifest, null, 2)}\n`, { flush: true });
    const aside = join(own, `.replaced-${randomUUID()}`);
    const before = await rename(target, aside).then(
      () => true,
      () => false,
    );
    try {
      await rename(folder, target);
    } catch (thrown) {
      if (before) await rename(aside, target);
      throw thrown;
    }
    if (before) await rm(aside, { recursive: true, force: true });
    failures.delete(manifest.id);
  }

  /** Removes what an Earmark that was killed while copying has left. */
  async function tidy(): Promise<void> {
    for (const name of await readdir(own)) {
      if (!name.startsWith(".adding-") && !name.startsWith(".replaced-")) continue;
      const left = join(own, name);
      // A younger one may be another Earmark at work on the same library.
      const { mtimeMs } = await stat(left).catch(() => ({ mtimeMs: now() }));
      if (now() - mtimeMs > leftoverMs) await rm(left, { recursive: true, force: true });
    }
  }

  async function addOne(one: FoundModel, attention: Attention): Promise<void> {
    const { signal } = attention;
    await open(one, signal);
    await mkdir(own, { recursive: true });
    await tidy();
    await checkFreeSpace(own, await sizeOf(one));
    const temporary = join(own, `.adding-${randomUUID()}`);
    try {
      const files: Manifest["files"] = [];
      for (const [index, path] of one.files.entries()) {
        throwIfCancelled(signal);
        const before = await hashes.of(join(one.folder, path), signal);
        const copy = join(temporary, path);
        await mkdir(dirname(copy), { recursive: true });
        await copyFile(join(one.folder, path), copy);
        // A copy of a read-only file would be read-only, and could not be replaced everywhere.
        await chmod(copy, 0o644);
        const after = await hashes.anew(copy, signal);
        if (after.sha256 !== before.sha256) {
          throw new EarmarkError("model-changed", `${path} changed while it was copied.`, { model: one.model.id, file: path });
        }
        files.push({ path, bytes: after.bytes, sha256: after.sha256 });
        attention.onProgress((index + 1) / one.files.length);
      }
      const addedAt = new Date(now()).toISOString();
      await install(temporary, { version: 1, id: one.model.id, addedAt, source: null, files });
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
    await tell(one.model.id);
  }

  async function download(model: CatalogueModel, precision: Precision | null, attention: Attention): Promise<void> {
    const { source } = model;
    const wanted = { ...model, files: filesFor(model, precision) ?? model.files };
    if (source === null) throw new EarmarkError("not-allowed", `${model.name} cannot be fetched.`, { model: model.id });
    const waiting = waitingFolder(model.id, precision);
    await mkdir(waiting, { recursive: true });
    const fetched: FetchedModel = await fetchModel(wanted, source, waiting, attention, options.hub?.() ?? {});
    const one = await readModelFolder(waiting, false);
    if (one === null || one.model.id !== model.id) {
      await rm(waiting, { recursive: true, force: true });
      throw new EarmarkError("model-unsuitable", `What was fetched is not ${model.name}.`, { model: model.id });
    }
    try {
      await open(one, attention.signal);
    } catch (thrown) {
      // The files are what the hub says they are, so fetching them again would not mend it.
      if (toFailure(thrown).code !== "cancelled") await rm(waiting, { recursive: true, force: true });
      throw thrown;
    }
    const addedAt = new Date(now()).toISOString();
    const at = { repo: source.repo, commit: fetched.commit };
    await install(waiting, { version: 1, id: model.id, addedAt, source: at, files: [...fetched.files] });
  }

  function begin(model: CatalogueModel, precision: Precision | null): Download {
    const controller = new AbortController();
    const shares = new Set<(share: number) => void>();
    let told = 0;
    failures.delete(model.id);
    const onProgress = (share: number): void => {
      const entry = downloads.get(model.id);
      if (entry !== undefined) entry.progress = Math.min(1, Math.max(0, share));
      for (const listener of shares) listener(share);
      // The page needs no more than a few a second.
      if (now() - told < 250) return;
      told = now();
      void tell(model.id).catch(() => undefined);
    };
    const work = async (): Promise<void> => {
      try {
        await download(model, precision, { signal: controller.signal, onProgress });
      } catch (thrown) {
        const failure = toFailure(thrown);
        if (failure.code !== "cancelled") failures.set(model.id, failure);
        throw thrown;
      } finally {
        downloads.delete(model.id);
        await tell(model.id).catch(() => undefined);
      }
    };
    // Begun in a later turn, so that the entry stands before the first progress.
    const done = Promise.resolve().then(work);
    done.catch(() => undefined);
    const entry: Download = { controller, done, precision, progress: 0, listeners: shares };
    downloads.set(model.id, entry);
    return entry;
  }

  return {
    folder: own,

    async list() {
      const here = await found();
      const views: ModelView[] = [];
      for (const model of catalogue) {
        if (model.source === null && !here.some((one) => one.model.id === model.id)) continue;
        views.push(await viewOf(model, here));
      }
      return views;
    },

    async resolve(task, asked = null, signal = uncancelled) {
      return resolveIn(await found(), task, asked, signal);
    },

    async resolveAll(transcriptionModel, signal = uncancelled) {
      const here = await found();
      return {
        transcription: await resolveIn(here, "transcription", transcriptionModel, signal),
        segmentation: await resolveIn(here, "segmentation", null, signal),
        embedding: await resolveIn(here, "embedding", null, signal),
        activity: await resolveIn(here, "activity", null, signal),
      };
    },

    async add(path, attention = {}) {
      const full: Attention = { signal: attention.signal ?? uncancelled, onProgress: attention.onProgress ?? (() => undefined) };
      const here = await readModelFolders(resolvePath(path), false, asSet());
      if (here.length === 0) {
        throw new EarmarkError("model-missing", "There is no model that Earmark knows in this folder.");
      }
      const sound = here.filter((one) => one.fault === null);
      const first = here[0];
      if (sound.length === 0 && first?.fault) throw first.fault;
      const added: string[] = [];
      for (const [index, one] of sound.entries()) {
        const onProgress = (share: number): void => full.onProgress((index + share) / sound.length);
        await addOne(one, { signal: full.signal, onProgress });
        added.push(one.model.id);
      }
      return added;
    },

    async fetch(id, attention = {}, asked = null) {
      const model = catalogueModel(id);
      if (model === undefined) throw new EarmarkError("not-found", `The catalogue has no model ${JSON.stringify(id)}.`);
      if (model.source === null) throw new EarmarkError("not-allowed", `${model.name} cannot be fetched.`, { model: id });
      throwIfCancelled(attention.signal);
      const precision = fetchable(model, asked);
      const entry = downloads.get(id) ?? begin(model, precision);
      if (entry.precision !== precision)
        throw new EarmarkError("conflict", "It is being fetched in another precision.", { model: id });
      const { onProgress, signal } = attention;
      const stop = (): void => entry.controller.abort();
      if (onProgress !== undefined) entry.listeners.add(onProgress);
      signal?.addEventListener("abort", stop, { once: true });
      try {
        await entry.done;
      } finally {
        signal?.removeEventListener("abort", stop);
      }
    },

    cancelFetch(id) {
      downloads.get(id)?.controller.abort();
    },

    async verify(id, signal = uncancelled) {
      const one = (await found()).find((candidate) => candidate.model.id === id);
      if (one === undefined) throw new EarmarkError("model-missing", `${id} is not installed.`, { model: id });
      try {
        // In every precision that lies there; a folder with a fault says which.
        for (const precision of one.precisions.length > 1 ? one.precisions : [one.precision]) {
          const variant = precision === one.precision ? one : await readModelFolder(one.folder, one.own, precision);
          if (variant === null) continue;
          await verifyFiles(variant, signal, true);
          await open(variant, signal);
        }
        failures.delete(id);
      } catch (thrown) {
        const failure = toFailure(thrown);
        if (failure.code === "cancelled") throw thrown;
        failures.set(id, failure);
      }
      await tell(id);
      return viewOf(one.model, await found());
    },

    async remove(id) {
      if (downloads.has(id)) throw new EarmarkError("conflict", "The model is being fetched.", { model: id });
      const name = folderNameOf(id);
      const waiting = (await readdir(join(own, ".fetching")).catch(() => [])).filter(
        (one) => one === name || one.startsWith(`${name}@`),
      );
      const begun = waiting.length > 0;
      for (const one of waiting) await rm(join(own, ".fetching", one), { recursive: true, force: true });
      const here = (await found()).filter((candidate) => candidate.model.id === id);
      const mine = here.find((one) => one.own);
      if (mine !== undefined) await rm(mine.folder, { recursive: true, force: true });
      else if (here.length > 0) {
        throw new EarmarkError("not-allowed", "The model lies in a folder that is not Earmark's.", { model: id });
      } else if (!begun) throw new EarmarkError("model-missing", `${id} is not installed.`, { model: id });
      failures.delete(id);
      await tell(id);
    },

    onChange(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },

    async close() {
      const running = [...downloads.values()];
      for (const entry of running) entry.controller.abort();
      await Promise.allSettled(running.map((entry) => entry.done));
    },
  };
}
