import { describe, expect, it } from "vitest";
import {
  type CatalogueModel,
  catalogue,
  catalogueBytes,
  catalogueModel,
  chooseModel,
  type FolderContents,
  type GraphSignature,
  graphsFor,
  missingNames,
  recogniseFolder,
  recommendedModel,
} from "./catalogue.ts";

function folder(files: readonly string[], config: Record<string, unknown> | null, graphs: Record<string, GraphSignature> = {}) {
  const contents: FolderContents = { files, config, graphs: new Map(Object.entries(graphs)) };
  return contents;
}

const whisperBase = {
  model_type: "whisper",
  d_model: 512,
  encoder_layers: 6,
  decoder_layers: 6,
  num_mel_bins: 80,
  vocab_size: 51_865,
};

describe("the catalogue", () => {
  it("holds the hub's models that Earmark supports, each at a commit", () => {
    const fetched = catalogue.filter((model) => model.source !== null).map((model) => model.id);
    expect(fetched.toSorted()).toEqual([
      "onnx-community/pyannote-segmentation-3.0",
      "onnx-community/silero-vad",
      "onnx-community/wespeaker-voxceleb-resnet34-LM",
      "onnx-community/whisper-base_timestamped",
      "onnx-community/whisper-large-v3-turbo_timestamped",
      "onnx-community/whisper-small_timestamped",
      "onnx-community/whisper-tiny_timestamped",
    ]);
    for (const { source } of catalogue) if (source !== null) expect(source.revision).toMatch(/^[0-9a-f]{40}$/u);
  });

  it("has unique ids, and for every graph a file that is fetched or looked for", () => {
    expect(new Set(catalogue.map((model) => model.id)).size).toBe(catalogue.length);
    for (const model of catalogue) {
      for (const graph of model.graphs) {
        const there = model.files.some((file) => graph.files.includes(file.path));
        expect(there, `${model.id} ${graph.path}`).toBe(true);
      }
      expect(catalogueBytes(model)).toBeGreaterThan(10_000);
    }
  });

  it("recommends for each task something that can be fetched and is not limited", () => {
    for (const task of ["transcription", "segmentation", "embedding", "activity"] as const) {
      const model = recommendedModel(task);
      expect(model).toMatchObject({ task, limited: false });
      expect(model.source).not.toBeNull();
    }
  });
});

describe("chooseModel", () => {
  const demo = "demo-voice";
  const tiny = "onnx-community/whisper-tiny_timestamped";
  const small = "onnx-community/whisper-small_timestamped";
  const turbo = "onnx-community/whisper-large-v3-turbo_timestamped";

  it("takes any real Whisper before the limited voice", () => {
    expect(chooseModel("transcription", [demo, tiny])?.id).toBe(tiny);
    expect(chooseModel("transcription", [demo])?.id).toBe(demo);
  });

  it("takes small before larger and smaller ones", () => {
    expect(chooseModel("transcription", [tiny, turbo, small, demo])?.id).toBe(small);
    expect(chooseModel("transcription", [tiny, turbo])?.id).toBe(turbo);
  });

  it("takes any other model before the demo ones that tell voices apart", () => {
    expect(chooseModel("segmentation", ["demo-segmentation", "segmentation-3.0-recovered"])?.id).toBe(
      "segmentation-3.0-recovered",
    );
    expect(chooseModel("embedding", ["demo-embedding", "speaker-embedding-lda"])?.id).toBe("speaker-embedding-lda");
    expect(chooseModel("segmentation", ["demo-segmentation"])).toMatchObject({ id: "demo-segmentation", limited: true });
    expect(chooseModel("embedding", ["demo-embedding"])).toMatchObject({ id: "demo-embedding", limited: true });
  });

  it("follows what was asked for, if it is there and of the task", () => {
    expect(chooseModel("transcription", [demo, small], demo)?.id).toBe(demo);
    expect(chooseModel("transcription", [small], tiny)?.id).toBe(small);
    expect(chooseModel("segmentation", [small], small)).toBeNull();
    expect(chooseModel("transcription", [])).toBeNull();
  });
});

describe("recogniseFolder", () => {
  it("tells the Whispers apart by config.json's figures", () => {
    expect(recogniseFolder(folder(["config.json"], whisperBase))).toBe("onnx-community/whisper-base_timestamped");
    const turbo = { ...whisperBase, d_model: 1280, encoder_layers: 32, decoder_layers: 4, num_mel_bins: 128, vocab_size: 51_866 };
    expect(recogniseFolder(folder(["config.json"], turbo))).toBe("onnx-community/whisper-large-v3-turbo_timestamped");
  });

  it("calls a Whisper with a small vocabulary the demo voice, of whatever size", () => {
    const demo = {
      model_type: "whisper",
      d_model: 160,
      encoder_layers: 4,
      decoder_layers: 2,
      num_mel_bins: 80,
      vocab_size: 2_667,
    };
    expect(recogniseFolder(folder(["config.json"], demo))).toBe("demo-voice");
    expect(recogniseFolder(folder(["config.json"], { ...demo, d_model: 256, vocab_size: 4_000 }))).toBe("demo-voice");
  });

  it("knows the demo models that tell voices apart by their config.json, whatever their graphs look like", () => {
    const graph = (inputs: string, outputs: string, width: number) => ({
      "onnx/model.onnx": { inputs: [inputs], outputs: [outputs], width },
    });
    const named = (type: string) => ({ model_type: type });
    expect(recogniseFolder(folder(["config.json"], named("earmark-demo-segmentation"), graph("input_values", "logits", 7)))).toBe(
      "demo-segmentation",
    );
    expect(recogniseFolder(folder(["config.json"], named("earmark-demo-embedding"), graph("feats", "embs", 65)))).toBe(
      "demo-embedding",
    );
  });

  it("does not know an English-only Whisper, one of unknown size, or another family", () => {
    expect(recogniseFolder(folder(["config.json"], { ...whisperBase, vocab_size: 51_864 }))).toBeNull();
    expect(recogniseFolder(folder(["config.json"], { ...whisperBase, d_model: 640 }))).toBeNull();
    expect(recogniseFolder(folder(["config.json"], { model_type: "bert" }))).toBeNull();
    expect(recogniseFolder(folder([], null))).toBeNull();
  });

  it("goes by what a graph takes and gives where there is no config.json", () => {
    const activity = { inputs: ["input", "state", "sr"], outputs: ["output", "stateN"], width: 1 };
    expect(recogniseFolder(folder([], null, { "silero_vad_16k_op15.onnx": activity }))).toBe("silero-vad");
    expect(recogniseFolder(folder([], null, { "onnx/model.onnx": activity }))).toBe("onnx-community/silero-vad");
    const segmentation = { inputs: ["x"], outputs: ["y"], width: 7 };
    expect(recogniseFolder(folder([], null, { "model.onnx": segmentation }))).toBe("segmentation-3.0-recovered");
    const linear = { inputs: ["feats"], outputs: ["embs"], width: 64 };
    expect(recogniseFolder(folder([], null, { "model.onnx": linear }))).toBe("speaker-embedding-lda");
    expect(recogniseFolder(folder([], null, { "model.onnx": { ...linear, width: 256 } }))).toBe(
      "onnx-community/wespeaker-voxceleb-resnet34-LM",
    );
    expect(recogniseFolder(folder([], null, { "model.onnx": { inputs: ["a"], outputs: ["b"], width: 1 } }))).toBeNull();
  });
});

describe("graphsFor", () => {
  const base = catalogueModel("onnx-community/whisper-base_timestamped") as CatalogueModel;
  const halves = ["onnx/encoder_model.onnx", "onnx/decoder_model.onnx", "onnx/decoder_with_past_model_quantized.onnx"];

  it("takes the decoder's two halves where the joined one is absent, and only then", () => {
    expect(graphsFor(base, halves).map(({ path }) => path)).toEqual([
      "onnx/encoder_model.onnx",
      "onnx/decoder_model.onnx",
      "onnx/decoder_with_past_model.onnx",
    ]);
    expect(graphsFor(base, [...halves, "onnx/decoder_model_merged.onnx"])).toBe(base.graphs);
    expect(graphsFor(base, halves.slice(0, 2))).toBe(base.graphs);
  });
});

describe("missingNames", () => {
  const decoder = (catalogueModel("demo-voice") as CatalogueModel).graphs[1];
  const names = {
    inputs: ["input_ids", "encoder_hidden_states", "past_key_values.0.decoder.key", "use_cache_branch"],
    outputs: ["logits", "present.0.decoder.key", "cross_attentions.0"],
  };

  it("is content with a decoder that gives its cross attentions", () => {
    expect(decoder && missingNames(decoder, names)).toEqual([]);
  });

  it("names what the plain export lacks", () => {
    expect(decoder && missingNames(decoder, { ...names, outputs: ["logits", "present.0.decoder.key"] })).toEqual([
      "cross_attentions.*",
    ]);
  });
});
