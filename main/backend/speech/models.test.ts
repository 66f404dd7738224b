import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, cp, mkdir, mkdtemp, open, readdir, readFile, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { furtherModelFolders } from "../library-paths.ts";
import { inspectGraphs } from "./client.ts";
import { readGraphHeader } from "./graph-header.ts";
import { createModelStore, hashOfFiles, type ModelStore } from "./models.ts";
import { forkProcess } from "./start-process.ts";
import { tinyGraph } from "./tiny-graph.ts";

const sharedModels = join(import.meta.dirname, "../../../../shared/models");
const present = existsSync(join(sharedModels, "demo-voice/config.json"));

const hub = "onnx-community/pyannote-segmentation-3.0";
const inspect = async (graphs: readonly string[]) => Promise.all(graphs.map(readGraphHeader));

let folder = "";
let given = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark-models ä-"));
  given = join(folder, "given");
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** A segmentation model as the hub lays it out, as small as it can be. */
async function layOut(where: string, graph: Uint8Array = tinyGraph("input_values", "logits")): Promise<string> {
  await mkdir(join(where, "onnx"), { recursive: true });
  await writeFile(join(where, "config.json"), '{"model_type":"pyannote"}');
  await writeFile(join(where, "onnx/model.onnx"), graph);
  return where;
}

function storeOf(further: string[] = []): ModelStore {
  return createModelStore({ folder: join(folder, "models"), further, inspect });
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (thrown) {
    if (thrown instanceof EarmarkError) return thrown.code;
    throw thrown;
  }
  return "none";
}

async function stateOf(store: ModelStore, id: string) {
  const view = (await store.list()).find((one) => one.id === id);
  return [view?.state, view?.failure?.code ?? null];
}

/** Turns one bit of a file, and leaves size and time as they were. */
async function flip(path: string, at: number): Promise<void> {
  const handle = await open(path, "r+");
  try {
    const { atime, mtime } = await handle.stat();
    const byte = Buffer.alloc(1);
    await handle.read(byte, 0, 1, at);
    byte[0] = (byte[0] ?? 0) ^ 1;
    await handle.write(byte, 0, 1, at);
    await utimes(path, atime, mtime);
  } finally {
    await handle.close();
  }
}

describe("readGraphHeader", () => {
  it("reads the names and the width of a graph", async () => {
    const path = join(folder, "tiny.onnx");
    await writeFile(path, tinyGraph());
    expect(await readGraphHeader(path)).toEqual({ inputs: ["x"], outputs: ["y"], width: 4, half: [] });
  });

  it("calls everything else damaged: cut anywhere, empty, text, zeros", async () => {
    const path = join(folder, "cut.onnx");
    const whole = tinyGraph();
    for (const length of [0, 1, 2, 3, 10, 40, whole.length - 12]) {
      await writeFile(path, whole.subarray(0, length));
      expect(await codeOf(readGraphHeader(path)), `${length} bytes`).toBe("model-damaged");
    }
    for (const other of [Buffer.from("<!DOCTYPE html><title>no</title>"), Buffer.alloc(100), Buffer.alloc(100, 0xff)]) {
      await writeFile(path, other);
      expect(await codeOf(readGraphHeader(path))).toBe("model-damaged");
    }
  });
});

describe("the model store", () => {
  it("lists what can be fetched as absent where there is nothing", async () => {
    const views = await storeOf([join(folder, "nowhere")]).list();
    expect(views).toHaveLength(7);
    expect(views.every((view) => view.state === "absent" && view.bytes > 0)).toBe(true);
  });

  it("finds a model in the folder given, in one that holds it, and two levels down", async () => {
    await layOut(join(given, "onnx-community", "any name"));
    for (const path of [join(given, "onnx-community", "any name"), join(given, "onnx-community"), given]) {
      const placed = await storeOf([path]).resolve("segmentation");
      expect(placed?.id).toBe(hub);
      expect(placed?.graphs).toEqual({ "onnx/model.onnx": "onnx/model.onnx" });
    }
  });

  it("takes a model in: copied whole, with a manifest of hashes, and usable when the source is gone", async () => {
    await layOut(given);
    await chmod(join(given, "config.json"), 0o444);
    const store = storeOf();
    expect(await store.add(given)).toEqual([hub]);
    await rm(given, { recursive: true });
    const own = join(folder, "models", "onnx-community--pyannote-segmentation-3.0");
    const manifest = JSON.parse(await readFile(join(own, "earmark-model.json"), "utf8")) as {
      files: { path: string; sha256: string }[];
    };
    for (const file of manifest.files) {
      const content = await readFile(join(own, file.path));
      expect(createHash("sha256").update(content).digest("hex")).toBe(file.sha256);
    }
    expect((await store.resolve("segmentation"))?.sha256).toBe(hashOfFiles(manifest.files));
    expect(await readdir(join(folder, "models"))).toEqual(["onnx-community--pyannote-segmentation-3.0"]);
    expect(await store.add(own)).toEqual([hub]);
    await store.remove(hub);
    expect(await stateOf(store, hub)).toEqual(["absent", null]);
  });

  it("refuses a file that changed since the model was taken in, also in the same size and with the old time", async () => {
    await layOut(given);
    await storeOf().add(given);
    const store = storeOf();
    await flip(join(folder, "models/onnx-community--pyannote-segmentation-3.0/config.json"), 16);
    expect(await codeOf(store.resolve("segmentation"))).toBe("model-changed");
    expect(await stateOf(store, hub)).toEqual(["damaged", "model-changed"]);
    expect((await store.verify(hub)).failure?.code).toBe("model-changed");
  });

  it("sees on verification a change that came after the first use", async () => {
    await layOut(given);
    const store = storeOf();
    await store.add(given);
    await store.resolve("segmentation");
    await flip(join(folder, "models/onnx-community--pyannote-segmentation-3.0/config.json"), 16);
    expect((await store.verify(hub)).failure?.code).toBe("model-changed");
  });

  it("holds a folder of somebody else's to what it was at its first use", async () => {
    await layOut(given);
    const store = storeOf([given]);
    expect((await store.resolve("segmentation"))?.id).toBe(hub);
    await writeFile(join(given, "config.json"), '{"model_type":"pyannote" }');
    expect(await codeOf(store.resolve("segmentation"))).toBe("model-changed");
    expect(await codeOf(store.remove(hub))).toBe("not-allowed");
  });

  it("calls a model damaged that lacks a file or is cut short", async () => {
    await layOut(given);
    await storeOf().add(given);
    const own = join(folder, "models", "onnx-community--pyannote-segmentation-3.0");
    await truncate(join(own, "onnx/model.onnx"), 30);
    expect(await codeOf(storeOf().resolve("segmentation"))).toBe("model-damaged");
    await rm(join(own, "onnx/model.onnx"));
    expect(await codeOf(storeOf().resolve("segmentation"))).toBe("model-damaged");
    expect(await stateOf(storeOf(), hub)).toEqual(["damaged", "model-damaged"]);
  });

  it("refuses a model whose graph takes and gives other things", async () => {
    await layOut(given, tinyGraph("pixels", "labels"));
    expect(await codeOf(storeOf([given]).resolve("segmentation"))).toBe("model-unsuitable");
    expect(await codeOf(storeOf().add(given))).toBe("model-unsuitable");
  });

  it("believes the names of the opened graph, not the header's", async () => {
    await layOut(given);
    const store = createModelStore({
      folder: join(folder, "models"),
      inspect: async () => [{ inputs: ["pixels"], outputs: ["labels"] }],
    });
    expect(await codeOf(store.add(given))).toBe("model-unsuitable");
    expect(await readdir(folder)).not.toContain("models");
  });

  it("passes over a damaged model where a sound one of the task is there", async () => {
    await layOut(join(given, "one"), tinyGraph("pixels", "labels"));
    await mkdir(join(given, "two"));
    await writeFile(join(given, "two/model.onnx"), tinyGraph("x", "y"));
    expect((await storeOf([given]).resolve("segmentation"))?.id).toBe("segmentation-3.0-recovered");
  });

  it("says when there is no model in a folder, and when one is not installed", async () => {
    await mkdir(given);
    await writeFile(join(given, "holiday.txt"), "sun");
    expect(await codeOf(storeOf().add(given))).toBe("model-missing");
    expect(await codeOf(storeOf().verify(hub))).toBe("model-missing");
    expect(await codeOf(storeOf().remove(hub))).toBe("model-missing");
    expect(await storeOf().resolve("segmentation")).toBeNull();
  });

  it("removes what an interrupted copy left an hour ago, and nothing younger", async () => {
    await layOut(given);
    const own = join(folder, "models");
    for (const name of [".adding-old", ".adding-new"]) await mkdir(join(own, name), { recursive: true });
    const before = new Date(Date.now() - 2 * 3_600_000);
    await utimes(join(own, ".adding-old"), before, before);
    await storeOf().add(given);
    expect((await readdir(own)).toSorted()).toEqual([".adding-new", "onnx-community--pyannote-segmentation-3.0"]);
  });

  it("looks in the folders told and in those of EARMARK_MODELS", () => {
    expect(furtherModelFolders(["/told"], { EARMARK_MODELS: ["/one", "", "/two"].join(delimiter) })).toEqual(
      ["/told", "/one", "/two"].map((path) => resolve(path)),
    );
    expect(furtherModelFolders([], {})).toEqual([]);
  });

  it("leaves nothing behind when adding is cancelled", async () => {
    await layOut(given);
    const controller = new AbortController();
    const work = storeOf().add(given, { signal: controller.signal, onProgress: () => controller.abort() });
    expect(await codeOf(work)).toBe("cancelled");
    expect(await readdir(join(folder, "models"))).toEqual([]);
  });
});

describe("the demo models that come with Earmark", () => {
  const builtIn = join(import.meta.dirname, "../../../native-models/demo");
  const voice = join(builtIn, "voice");

  it("are found where they lie, and only read", async () => {
    const store = createModelStore({ folder: join(folder, "models"), further: [builtIn], inspect });
    expect(
      (await store.list()).filter(({ state }) => state !== "absent").map(({ id, state, limited }) => [id, state, limited]),
    ).toEqual([
      ["demo-voice", "installed", true],
      ["demo-segmentation", "installed", true],
      ["demo-embedding", "installed", true],
    ]);
    expect(await store.resolve("segmentation")).toMatchObject({ id: "demo-segmentation", limited: true });
    expect(await store.resolve("embedding")).toMatchObject({ id: "demo-embedding", limited: true });
    expect(await store.resolve("transcription")).toMatchObject({ id: "demo-voice", limited: true, folder: voice });
    expect(await codeOf(store.remove("demo-voice"))).toBe("not-allowed");
  });

  it("give way to a model of the same id in a folder that somebody named, and both to the library's own", async () => {
    const named = join(folder, "named");
    await cp(voice, named, { recursive: true });
    const store = createModelStore({ folder: join(folder, "models"), further: [named, builtIn], inspect });
    expect((await store.list()).filter(({ id }) => id === "demo-voice")).toHaveLength(1);
    expect((await store.resolve("transcription"))?.folder).toBe(named);
    await store.add(named);
    expect((await store.resolve("transcription"))?.folder).toBe(join(folder, "models", "demo-voice"));
    await store.remove("demo-voice");
    // A damaged one is passed over for the sound one.
    await rm(join(named, "onnx/encoder_model.onnx"));
    expect((await store.resolve("transcription"))?.folder).toBe(voice);
  });
});

it("knows whether the development models are here", () => {
  // Without them the checks below do not run; the ones above need nothing.
  expect(typeof present).toBe("boolean");
  if (!present) process.stderr.write("The development models are not here: real models are not checked.\n");
});

describe.runIf(present)("the development models", () => {
  const real = inspectGraphs(forkProcess);

  it("are recognised, hashed and chosen", async () => {
    const store = createModelStore({ folder: join(folder, "models"), further: [sharedModels], inspect: real });
    const placed = await store.resolveAll(null);
    expect(placed.transcription).toMatchObject({ id: "demo-voice", limited: true });
    expect(placed.segmentation?.sha256.startsWith("5c691e1f925d")).toBe(true);
    expect(placed.activity?.sha256.startsWith("7ed98ddbad84")).toBe(true);
    expect(placed.embedding?.sha256.startsWith("e6033c8c97c6")).toBe(true);
  });

  it("are taken in after being opened for real; a flipped bit in the weights is refused", async () => {
    const store = createModelStore({ folder: join(folder, "models"), inspect: real });
    expect(await store.add(join(sharedModels, "speaker-embedding-lda"))).toEqual(["speaker-embedding-lda"]);
    expect((await store.verify("speaker-embedding-lda")).state).toBe("installed");
    await flip(join(folder, "models/speaker-embedding-lda/model.onnx"), 40_000);
    expect(await codeOf(createModelStore({ folder: join(folder, "models"), inspect: real }).resolve("embedding"))).toBe(
      "model-changed",
    );
  });

  it("are refused where the runtime cannot open them, though the header reads", async () => {
    await mkdir(given);
    await cp(join(sharedModels, "speaker-embedding-lda/model.onnx"), join(given, "model.onnx"));
    await chmod(join(given, "model.onnx"), 0o644);
    // The name of an operator, so that only opening tells.
    const bytes = await readFile(join(given, "model.onnx"));
    const at = bytes.indexOf("MatMul");
    expect(at).toBeGreaterThan(0);
    bytes.write("MatMur", at);
    await writeFile(join(given, "model.onnx"), bytes);
    const store = createModelStore({ folder: join(folder, "models"), inspect: real });
    expect(await codeOf(store.add(given))).toBe("model-damaged");
  });
});
