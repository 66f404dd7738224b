import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { EarmarkError, toFailure } from "../../../app/contract/errors.ts";
import {
  type CatalogueModel,
  catalogueModel,
  chooseFile,
  type FolderContents,
  type GraphSignature,
  graphsFor,
  missingNames,
  type Precision,
  precisionOf,
  precisions,
  recogniseFolder,
} from "../../../native-models/catalogue.ts";
import { readGraphHeader } from "./graph-header.ts";

/** The record Earmark keeps in a model folder of its own: what was taken in, when, from where, with which hashes. */
export const manifestName = "earmark-model.json";

/** The manifest, as read back. */
const manifestSchema = z.object({
  version: z.literal(1),
  id: z.string(),
  addedAt: z.iso.datetime(),
  /** The commit that was really fetched; null for a model added from a folder. */
  source: z.object({ repo: z.string(), commit: z.string() }).nullable(),
  files: z.array(z.object({ path: z.string(), bytes: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/u) })),
});
/** The record Earmark keeps in a model folder of its own. */
export type Manifest = z.infer<typeof manifestSchema>;

/** A folder in which a model was found. */
export interface FoundModel {
  readonly model: CatalogueModel;
  /** Absolute path. */
  readonly folder: string;
  /** It lies in the library's own models folder, so Earmark may remove it. */
  readonly own: boolean;
  readonly manifest: Manifest | null;
  /** Canonical path of each graph to the file that stands for it. */
  readonly graphs: Readonly<Record<string, string>>;
  /** Files that belong to the model as it lies here, in the order of the catalogue, graphs with their external data last. */
  readonly files: readonly string[];
  /** The precisions in which all its graphs are there. */
  readonly precisions: readonly Precision[];
  /** The precision of the graphs that were taken: the encoder's, where they differ. */
  readonly precision: Precision;
  /** Why it cannot be used; null when nothing is wrong as far as a look at the folder tells. */
  readonly fault: EarmarkError | null;
}

const configLimit = 1_048_576;

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

async function filesIn(folder: string): Promise<string[]> {
  const files: string[] = [];
  for (const name of (await namesIn(folder)).toSorted()) if (await isFile(join(folder, name))) files.push(name);
  for (const name of (await namesIn(join(folder, "onnx"))).toSorted()) {
    if (await isFile(join(folder, "onnx", name))) files.push(`onnx/${name}`);
  }
  return files;
}

async function readJson(path: string): Promise<unknown> {
  if ((await stat(path)).size > configLimit) return null;
  return JSON.parse(await readFile(path, "utf8")) as unknown;
}

async function readConfig(folder: string): Promise<Record<string, unknown> | null> {
  try {
    const parsed = z.record(z.string(), z.unknown()).safeParse(await readJson(join(folder, "config.json")));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

async function readManifest(folder: string): Promise<Manifest | null> {
  try {
    const parsed = manifestSchema.safeParse(await readJson(join(folder, manifestName)));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/**
 * The model in one folder, told from its contents; null when there is none of the catalogue's. A model that is there
 * and cannot be used comes with its fault: `model-damaged` where a file is missing or cut short, `model-unsuitable`
 * where a graph takes or gives other things than expected.
 *
 * @param precision of the graphs to take where several lie there; the best where it is null or absent.
 */
export async function readModelFolder(
  folder: string,
  own: boolean,
  precision: Precision | null = null,
): Promise<FoundModel | null> {
  const files = await filesIn(folder);
  if (!files.includes("config.json") && !files.some((path) => path.endsWith(".onnx"))) return null;

  const graphs = new Map<string, GraphSignature>();
  const faults = new Map<string, EarmarkError>();
  for (const path of files.filter((one) => one.endsWith(".onnx"))) {
    try {
      graphs.set(path, await readGraphHeader(join(folder, path)));
    } catch (thrown) {
      const failure = toFailure(thrown);
      faults.set(path, new EarmarkError("model-damaged", failure.message, { file: path }));
    }
  }
  const contents: FolderContents = { files, config: await readConfig(folder), graphs };
  const manifest = await readManifest(folder);
  // A manifest names the model even where a damaged graph or config no longer tells it.
  const id = (manifest !== null && own ? manifest.id : null) ?? recogniseFolder(contents);
  const model = id === null ? undefined : catalogueModel(id);
  if (model === undefined) return null;

  const chosen: Record<string, string> = {};
  const belonging = model.files.map((one) => one.path).filter((path) => !path.endsWith(".onnx") && files.includes(path));
  let fault: EarmarkError | null = null;
  const lack = (file: string): void => {
    fault ??= new EarmarkError("model-damaged", `${model.name} lacks ${file}.`, { model: model.id, file });
  };
  for (const file of model.files) {
    if (file.needed && !file.path.endsWith(".onnx") && !files.includes(file.path)) lack(file.path);
  }
  const expected = graphsFor(model, files);
  // What takes float32 comes before what lies beside it and cannot be used.
  const usable = files.filter((path) => (graphs.get(path)?.half ?? []).length === 0);
  for (const graph of expected) {
    const path = chooseFile(graph, usable, precision) ?? chooseFile(graph, files, precision);
    if (path === undefined) {
      lack(graph.path);
      continue;
    }
    chosen[graph.path] = path;
    belonging.push(path, ...files.filter((one) => one.startsWith(`${path}_data`) || one === `${path}.data`));
    fault ??= faults.get(path) ?? null;
    const signature = graphs.get(path);
    const missing = signature === undefined ? [] : missingNames(graph, signature);
    const half = signature?.half ?? [];
    if (half.length > 0) {
      fault ??= new EarmarkError("model-unsuitable", `${path} of ${model.name} takes or gives ${half[0]} in half precision.`, {
        model: model.id,
        file: path,
        half: half.join(", "),
      });
    }
    if (missing.length > 0) {
      fault ??= new EarmarkError("model-unsuitable", `${path} of ${model.name} lacks ${missing.join(", ")}.`, {
        model: model.id,
        file: path,
        missing: missing.join(", "),
      });
    }
  }
  const complete = precisions.filter((one) =>
    expected.every((graph) => graph.files.some((path) => usable.includes(path) && precisionOf(path) === one)),
  );
  const taken = precisionOf(Object.values(chosen)[0] ?? "");
  return { model, folder, own, manifest, graphs: chosen, files: belonging, precisions: complete, precision: taken, fault };
}

/**
 * The models in a folder: the folder itself when it is one, else those in it, one or two levels down (`whisper-base`,
 * or `onnx-community/whisper-base_timestamped`). A folder that cannot be read holds none.
 */
export async function readModelFolders(root: string, own: boolean, precision: Precision | null = null): Promise<FoundModel[]> {
  const itself = await readModelFolder(root, own, precision);
  if (itself !== null) return [itself];
  const found: FoundModel[] = [];
  for (const name of (await namesIn(root)).toSorted()) {
    if (name.startsWith(".")) continue;
    const inner = join(root, name);
    if (!(await isFolder(inner))) continue;
    const one = await readModelFolder(inner, own, precision);
    if (one !== null) {
      found.push(one);
      continue;
    }
    for (const deeper of (await namesIn(inner)).toSorted()) {
      const folder = join(inner, deeper);
      if (deeper.startsWith(".") || !(await isFolder(folder))) continue;
      const two = await readModelFolder(folder, own, precision);
      if (two !== null) found.push(two);
    }
  }
  return found;
}
