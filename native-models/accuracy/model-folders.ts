import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { InferenceSession } from "onnxruntime-common";
import { defaultLibraryRoot, furtherModelFolders, libraryPaths } from "../../main/backend/library-paths.ts";
import { type FoundModel, readModelFolders } from "../../main/backend/speech/model-folder.ts";
import { loadRuntime } from "../../main/backend/speech/sessions.ts";
import { type CatalogueModel, catalogueModel } from "../catalogue.ts";
import type { MakeTensor, Model, Models } from "../session.ts";
import { SpeechError } from "../speech-error.ts";

const { InferenceSession: NodeSession, Tensor } = await loadRuntime();

/** Tensors of onnxruntime-node. */
export const makeTensor: MakeTensor = (type, data, dims) => new Tensor(type, data as Float32Array, [...dims]);

/** Opens a folder as a model of the catalogue. */
export function folderModel(folder: string, id: string): Model {
  const entry = catalogueModel(id);
  if (entry === undefined) throw new Error(`The catalogue has no ${id}.`);
  const sessions = new Map<string, Promise<InferenceSession>>();
  return {
    id,
    sha256: createHash("sha256").update(folder).digest("hex"),
    limited: entry.limited,
    async readText(path) {
      try {
        return await readFile(join(folder, path), "utf8");
      } catch (error) {
        throw new SpeechError("model-damaged", `${path} is missing.`, { cause: error });
      }
    },
    async readBytes(path) {
      try {
        return await readFile(join(folder, path));
      } catch (error) {
        throw new SpeechError("model-damaged", `${path} is missing.`, { cause: error });
      }
    },
    open(path, options) {
      const known = sessions.get(path);
      if (known !== undefined) return known;
      const opened = NodeSession.create(graphFile(folder, entry, path), {
        intraOpNumThreads: options?.threads ?? 1,
        interOpNumThreads: 1,
        executionMode: "sequential",
        enableCpuMemArena: options?.keepsMemory ?? true,
        extra: { session: { intra_op: { allow_spinning: "0" } } },
      });
      sessions.set(path, opened);
      return opened;
    },
  };
}

function graphFile(folder: string, entry: CatalogueModel, path: string): string {
  const graph = entry.graphs.find((one) => one.path === path);
  const file = graph?.files.map((name) => join(folder, name)).find((name) => existsSync(name));
  if (file === undefined) throw new SpeechError("model-damaged", `${path} is missing in ${folder}.`);
  return file;
}

/** The demo voice that comes with Earmark. */
export const builtInVoice = fileURLToPath(new URL("../demo/voice", import.meta.url));
/** The demo model of who speaks when in a mix. */
export const builtInSegmentation = fileURLToPath(new URL("../demo/segmentation", import.meta.url));
/** The demo model of which voice is whose. */
export const builtInEmbedding = fileURLToPath(new URL("../demo/embedding", import.meta.url));

/** The models of `shared/models`, where they lie, null for one that does not; words come from Earmark's own demo voice. */
export function sharedModels(root: string): Models {
  const model = (id: string) => (existsSync(join(root, id)) ? folderModel(join(root, id), id) : null);
  return {
    segmentation: model("segmentation-3.0-recovered"),
    embedding: model("speaker-embedding-lda"),
    activity: model("silero-vad"),
    transcription: folderModel(builtInVoice, "demo-voice"),
  };
}

/**
 * The best Whisper of the hub that lies in a folder, in those of EARMARK_MODELS, or in the library; null where there is
 * none.
 */
export async function installedWhisper(root: string): Promise<Model | null> {
  const library = libraryPaths(defaultLibraryRoot()).models;
  const found: FoundModel[] = [];
  for (const folder of [root, ...furtherModelFolders(), library]) found.push(...(await readModelFolders(folder, false)));
  const usable = found.filter(({ model, fault }) => model.task === "transcription" && !model.limited && fault === null);
  const best = usable.toSorted((a, b) => a.model.preference - b.model.preference)[0];
  return best === undefined ? null : folderModel(best.folder, best.model.id);
}

/** The demo models that come with Earmark, and nothing else. */
export function demoModels(): Models {
  return {
    ...noModels,
    segmentation: folderModel(builtInSegmentation, "demo-segmentation"),
    embedding: folderModel(builtInEmbedding, "demo-embedding"),
    transcription: folderModel(builtInVoice, "demo-voice"),
  };
}

/** No models at all. */
export const noModels: Models = { segmentation: null, embedding: null, activity: null, transcription: null };
