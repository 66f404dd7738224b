import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { describe, expect, it } from "vitest";
import { scoreCall } from "../accuracy/demo-call.ts";
import { diarizationErrorRate, diarizationErrors } from "../accuracy/diarization-error.ts";
import { hear } from "../accuracy/hearing.ts";
import { builtInEmbedding, builtInSegmentation, demoModels } from "../accuracy/model-folders.ts";
import { ffmpegPath, readRecording } from "../accuracy/recording.ts";
import { sampleCalls } from "../accuracy/sample-calls.ts";
import { sharedMaterial, sharedMaterialPresent } from "../accuracy/shared-material.ts";
import { catalogueModel } from "../catalogue.ts";

/* The demo models that tell voices apart, as they are shipped: the files their card names, and the samples in one channel. */

const card = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
const folders = { segmentation: builtInSegmentation, embedding: builtInEmbedding };

describe.each(["segmentation", "embedding"] as const)("the files of the demo %s", (task) => {
  const paths = readdirSync(folders[task], { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folders[task], join(entry.parentPath, entry.name)).split(sep).join("/"))
    .toSorted();

  it("are those of its card, to the bit", () => {
    const told = [...card.matchAll(new RegExp(`^\\| \`${task}/([^\`]+)\` +\\| +([\\d,]+) \\| \`([0-9a-f]{64})\` \\|$`, "gmu"))]
      .map(([, path = "", bytes = "", sha256 = ""]) => ({ path, bytes: Number(bytes.replaceAll(",", "")), sha256 }))
      .toSorted((a, b) => (a.path < b.path ? -1 : 1));
    const lying = paths.map((path) => {
      const content = readFileSync(join(folders[task], path));
      return { path, bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") };
    });
    expect(lying).toEqual(told);
  });

  it("are those of the catalogue, with their sizes", () => {
    const known = catalogueModel(`demo-${task}`)?.files ?? [];
    expect(paths).toEqual(known.map(({ path }) => path).toSorted());
    for (const { path, bytes } of known) expect([path, statSync(join(folders[task], path)).size]).toEqual([path, bytes]);
  });
});

const canHear = (await ffmpegPath()) !== null;
const demo = demoModels();

it("hears the samples where ffmpeg is", () => {
  expect(canHear ? "heard" : "not heard: ffmpeg is missing").toMatch(/heard/u);
});

describe.runIf(canHear)("with nothing but the demo models", () => {
  it.each(sampleCalls().map((call) => [call.name, call] as const))(
    "%s in one channel is told apart, words on the right side",
    async (_, call) => {
      const { diarization, transcript } = await hear(await readRecording(call.path, { mono: true }), demo);
      expect(diarization.method).toBe("neural");
      expect(diarization.voices).toHaveLength(2);
      expect(transcript.shortfalls).toEqual([]);
      expect(transcript.provenance?.models).toMatchObject([
        { id: "demo-segmentation", task: "segmentation", limited: true },
        { id: "demo-embedding", task: "embedding", limited: true },
        { id: "demo-voice", task: "transcription", limited: true },
      ]);
      const truth = call.truth.turns.map(({ channel, start, end }) => ({ speaker: String(channel), start, end }));
      const found = diarization.segments.map(({ voice, startMs, endMs }) => ({
        speaker: String(voice),
        start: startMs / 1_000,
        end: endMs / 1_000,
      }));
      expect(diarizationErrorRate(diarizationErrors(truth, found, 0))).toBeLessThanOrEqual(0.1);
      expect(scoreCall(call.truth, transcript).rightSide).toBeGreaterThanOrEqual(0.95);
    },
    120_000,
  );
});

describe.runIf(canHear && sharedMaterialPresent)("a call of people", () => {
  it("is not told apart by the demo models: it is one voice, and the model that would tell them apart is named", async () => {
    const { diarization } = await hear(await readRecording(`${sharedMaterial}audio/auto-repair-40-mono.wav`), demo, null, false);
    expect(diarization.voices).toHaveLength(1);
    expect(diarization.method).toBe("activity");
    expect(diarization.shortfalls).toEqual([
      { lacks: "speakers", reason: "model-not-understanding", modelId: "onnx-community/pyannote-segmentation-3.0" },
    ]);
    expect(diarization.models).toEqual([]);
  }, 60_000);
});
