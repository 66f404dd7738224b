import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Agent } from "undici";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { catalogueModel, filesFor, type Precision, precisionOf, precisions } from "../../../native-models/catalogue.ts";
import { readGraphHeader } from "./graph-header.ts";
import { createModelStore, type ModelStore } from "./models.ts";

/* A Whisper in several precisions: fetched, found, chosen, verified. The hub is a server on this machine. */

const id = "onnx-community/whisper-tiny_timestamped";
const commit = "0123456789abcdef0123456789abcdef01234567";
const float = 1;
const half = 10;

const bytes = (field: number, value: readonly number[]): number[] => {
  const length = value.length < 128 ? [value.length] : [(value.length % 128) + 128, Math.floor(value.length / 128)];
  return [field * 8 + 2, ...length, ...value];
};
const text = (field: number, value: string) => bytes(field, [...Buffer.from(value)]);

/** The head of a graph: what it takes and gives, and `more` to tell one from another. */
function graph(inputs: readonly string[], outputs: readonly string[], more: string, element = float): Buffer {
  const value = (name: string) => [...text(1, name), ...bytes(2, bytes(1, [8, element]))];
  const parts = [
    ...text(2, more),
    ...inputs.flatMap((name) => bytes(11, value(name))),
    ...outputs.flatMap((name) => bytes(12, value(name))),
  ];
  return Buffer.from([8, 8, ...bytes(7, parts)]);
}
const encoder = (more: string, element = float) => graph(["input_features"], ["last_hidden_state"], more, element);
const decoder = (more: string) =>
  graph(
    ["input_ids", "encoder_hidden_states", "past_key_values.0.decoder.key", "use_cache_branch"],
    ["logits", "present.0.decoder.key", "cross_attentions.0"],
    more,
  );

const config = {
  model_type: "whisper",
  vocab_size: 51_865,
  d_model: 384,
  encoder_layers: 4,
  decoder_layers: 4,
  num_mel_bins: 80,
};
const texts: Readonly<Record<string, string>> = {
  "config.json": JSON.stringify(config),
  "generation_config.json": "{}",
  "preprocessor_config.json": "{}",
  "tokenizer.json": "{}",
  "tokenizer_config.json": "{}",
};
const files = new Map<string, Buffer>();

let folder = "";
let server: Server;
let baseUrl = "";
let set: Precision | null = null;
const asked: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark-precisions-"));
  set = null;
  asked.length = 0;
  files.clear();
  for (const [path, content] of Object.entries(texts)) files.set(path, Buffer.from(content));
  for (const suffix of ["", "_fp16", "_quantized", "_q4"]) {
    files.set(`onnx/encoder_model${suffix}.onnx`, encoder(`encoder${suffix}`));
    files.set(`onnx/decoder_model_merged${suffix}.onnx`, decoder(`decoder${suffix}`));
  }
  server = createServer((request, response) => {
    const url = request.url ?? "";
    if (url.startsWith("/api/models/")) {
      const siblings = [...files].map(([rfilename, data]) => ({
        rfilename,
        size: data.length,
        lfs: { sha256: createHash("sha256").update(data).digest("hex"), size: data.length },
      }));
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ sha: commit, siblings }));
      return;
    }
    const path = /\/resolve\/[0-9a-f]{40}\/(.+)$/u.exec(url)?.[1] ?? "";
    asked.push(path);
    response.writeHead(200, { "content-type": "application/octet-stream" }).end(files.get(path));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

function storeOf(further: string[] = []): ModelStore {
  return createModelStore({
    folder: join(folder, "models"),
    further,
    inspect: async (graphs) => Promise.all(graphs.map(readGraphHeader)),
    hub: () => ({ baseUrl, dispatcher: new Agent(), retryDelayMs: 1 }),
    precision: () => set,
  });
}

async function layOut(...suffixes: readonly string[]): Promise<string> {
  const given = join(folder, "given");
  for (const [path, data] of files) {
    const suffix = /_(?:model|merged)(_[a-z0-9]+)?\.onnx$/u.exec(path.replace("model_merged", "merged"))?.[1] ?? "";
    if (path.endsWith(".onnx") && !suffixes.includes(suffix)) continue;
    await mkdir(dirname(join(given, path)), { recursive: true });
    await writeFile(join(given, path), data);
  }
  return given;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "none",
    (thrown: unknown) => (thrown instanceof EarmarkError ? thrown.code : Promise.reject(thrown)),
  );
}

const viewOf = async (store: ModelStore) => (await store.list()).find((one) => one.id === id);
const installed = async (store: ModelStore) =>
  (await viewOf(store))?.variants?.filter((one) => one.installed).map(({ precision }) => precision);
const encoderOf = async (store: ModelStore) => (await store.resolve("transcription"))?.graphs["onnx/encoder_model.onnx"];

describe("the catalogue", () => {
  it("has every Whisper of the hub in every precision, with the hub's names", () => {
    for (const size of ["tiny", "base", "small", "large-v3-turbo"]) {
      const model = catalogueModel(`onnx-community/whisper-${size}_timestamped`);
      expect(model?.variants?.map(({ precision }) => precision)).toEqual(precisions);
      for (const { precision, graphs } of model?.variants ?? []) {
        expect(graphs.map(({ path }) => precisionOf(path))).toEqual([precision, precision]);
        // Whatever is fetched can stand for the graph.
        for (const { path } of graphs) expect(model?.graphs.some((one) => one.files.includes(path))).toBe(true);
      }
    }
    const model = catalogueModel(id);
    const paths = model === undefined ? [] : filesFor(model, "int4")?.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(["config.json", "onnx/encoder_model_q4.onnx", "onnx/decoder_model_merged_q4.onnx"]),
    );
    expect(paths?.filter((path) => path.endsWith(".onnx"))).toHaveLength(2);
  });
});

describe("a model in a precision", () => {
  it("is fetched, beside the one that is there, chosen by what is set, and verified", async () => {
    const store = storeOf();
    await store.fetch(id, {}, "int8");
    expect(asked.filter((path) => path.endsWith(".onnx"))).toEqual([
      "onnx/encoder_model_quantized.onnx",
      "onnx/decoder_model_merged_quantized.onnx",
    ]);
    expect(await installed(store)).toEqual(["int8"]);
    await store.fetch(id, {}, "fp16");
    expect(await installed(store)).toEqual(["fp16", "int8"]);
    expect(await viewOf(store)).toMatchObject({ state: "installed", precision: "int8" });
    expect(await encoderOf(store)).toBe("onnx/encoder_model_quantized.onnx");
    const before = (await store.resolve("transcription"))?.sha256;
    set = "fp16";
    expect(await encoderOf(store)).toBe("onnx/encoder_model_fp16.onnx");
    expect((await store.resolve("transcription"))?.sha256).not.toBe(before);
    expect(await viewOf(store)).toMatchObject({ state: "installed", precision: "fp16" });
    // One that is not there leaves the best of those that are.
    set = "int4";
    expect(await encoderOf(store)).toBe("onnx/encoder_model_quantized.onnx");
    expect((await store.verify(id)).state).toBe("installed");
    await truncate(join(folder, "models/onnx-community--whisper-tiny_timestamped/onnx/encoder_model_fp16.onnx"), 20);
    expect((await store.verify(id)).failure?.code).toBe("model-damaged");
    await store.remove(id);
    expect(await readdir(join(folder, "models"))).toEqual([".fetching"]);
  });

  it("is the one that is set, where nobody says", async () => {
    set = "int4";
    const store = storeOf();
    expect((await viewOf(store))?.bytes).toBeLessThan(100e6);
    await store.fetch(id);
    expect(await installed(store)).toEqual(["int4"]);
    set = null;
    expect((await viewOf(storeOf()))?.precision).toBe("int4");
  });

  it("is not taken over from another commit", async () => {
    const store = storeOf();
    await store.fetch(id, {}, "int8");
    files.set("tokenizer.json", Buffer.from('{"other":1}'));
    await store.fetch(id, {}, "fp16");
    expect(await installed(store)).toEqual(["fp16"]);
  });

  it("is refused where the model does not come in it, or is being fetched in another one", async () => {
    const store = storeOf();
    expect(await codeOf(store.fetch("onnx-community/silero-vad", {}, "int8"))).toBe("not-allowed");
    const first = store.fetch(id, {}, "int8");
    expect(await codeOf(store.fetch(id, {}, "fp16"))).toBe("conflict");
    await first;
    expect(await installed(store)).toEqual(["int8"]);
  });

  it("is taken in from a folder", async () => {
    set = "int4";
    const store = storeOf();
    expect(await store.add(await layOut("", "_q4"))).toEqual([id]);
    expect(await installed(store)).toEqual(["int4"]);
    expect(await encoderOf(store)).toBe("onnx/encoder_model_q4.onnx");
  });
});

describe("an export that takes half precision", () => {
  beforeEach(() => {
    files.set("onnx/encoder_model_fp16.onnx", encoder("half", half));
  });

  it("is refused with a reason when it is alone", async () => {
    const store = storeOf([await layOut("_fp16")]);
    expect(await viewOf(store)).toMatchObject({ state: "damaged", failure: { code: "model-unsuitable" } });
    expect((await viewOf(store))?.failure?.message).toMatch(/input_features in half precision/u);
    expect(await codeOf(store.fetch(id, {}, "fp16"))).toBe("model-unsuitable");
  });

  it("is passed over for what lies beside it, whatever is set", async () => {
    set = "fp16";
    const store = storeOf([await layOut("_fp16", "_quantized")]);
    expect(await encoderOf(store)).toBe("onnx/encoder_model_quantized.onnx");
    expect(await installed(store)).toEqual(["int8"]);
  });
});
