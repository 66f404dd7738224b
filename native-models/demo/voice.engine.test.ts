import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { describe, expect, it } from "vitest";
import type { Transcript } from "../../app/conversation/conversation.ts";
import { defaultSpeechOptions } from "../../app/conversation/speech.ts";
import { redactCardData } from "../../app/insight/redaction.ts";
import { builtInVoice, folderModel, makeTensor, noModels } from "../accuracy/model-folders.ts";
import { ffmpegPath, readRecording } from "../accuracy/recording.ts";
import { comparableWords, wordErrorRate, wordErrors } from "../accuracy/word-error.ts";
import { catalogueModel } from "../catalogue.ts";
import { diarize, type Models, recognise } from "../index.ts";

/* The demo voice as it is shipped: the files its card names, and the sample calls heard with it and nothing else. */

const samples = join(import.meta.dirname, "..", "..", "resources", "samples");
const card = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
const paths = readdirSync(builtInVoice, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(builtInVoice, join(entry.parentPath, entry.name)).split(sep).join("/"))
  .toSorted();

describe("the files of the demo voice", () => {
  it("are those of its card, to the bit", () => {
    const told = [...card.matchAll(/^\| `voice\/([^`]+)` +\| +([\d,]+) \| `([0-9a-f]{64})` \|$/gmu)]
      .map(([, path = "", bytes = "", sha256 = ""]) => ({ path, bytes: Number(bytes.replaceAll(",", "")), sha256 }))
      .toSorted((a, b) => (a.path < b.path ? -1 : 1));
    const lying = paths.map((path) => {
      const content = readFileSync(join(builtInVoice, path));
      return { path, bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") };
    });
    expect(lying).toEqual(told);
  });

  it("are those of the catalogue, with their sizes, and 24 MB at most", () => {
    const known = catalogueModel("demo-voice")?.files ?? [];
    expect(paths).toEqual(known.map(({ path }) => path).toSorted());
    for (const { path, bytes } of known) expect([path, statSync(join(builtInVoice, path)).size]).toEqual([path, bytes]);
    expect(paths.reduce((sum, path) => sum + statSync(join(builtInVoice, path)).size, 0)).toBeLessThanOrEqual(24e6);
  });
});

interface Truth {
  readonly turns: readonly {
    readonly words: readonly { readonly text: string; readonly startMs: number; readonly endMs: number }[];
  }[];
  readonly events: readonly { readonly kind: string; readonly startMs?: number; readonly endMs?: number }[];
}

const canHear = (await ffmpegPath()) !== null;
const voice: Models = { ...noModels, transcription: folderModel(builtInVoice, "demo-voice") };

/** Hears a sample call with the demo voice alone: speech by level, and no voices told apart by a model. */
async function hear(file: string): Promise<Transcript> {
  const { sound, audio } = await readRecording(join(samples, file));
  const attention = { signal: new AbortController().signal, onProgress: () => {} };
  const diarization = await diarize(sound, audio, voice, makeTensor, defaultSpeechOptions, attention);
  return recognise(sound, audio, diarization, voice, makeTensor, defaultSpeechOptions, attention);
}

function truthOf(name: string): Truth {
  return JSON.parse(readFileSync(join(samples, "truth", `${name}.json`), "utf8")) as Truth;
}

function wordError(truth: Truth, transcript: Transcript): number {
  const inTime = (turns: Truth["turns"]) =>
    turns
      .flatMap(({ words }) => words)
      .toSorted((a, b) => a.startMs - b.startMs)
      .flatMap(({ text }) => comparableWords(text));
  return wordErrorRate(wordErrors(inTime(truth.turns), inTime(transcript.turns)));
}

/** Where the spoken card number was masked, as a share of where it was said. */
function maskedShare(truth: Truth, transcript: Transcript): number {
  const said = truth.events.find(({ kind }) => kind === "card-number");
  const [start, end] = [said?.startMs ?? 0, said?.endMs ?? 0];
  const { spans } = redactCardData(transcript);
  const masked = spans
    .filter(({ type }) => type === "card-number")
    .reduce((sum, span) => sum + Math.max(0, Math.min(end, span.endMs) - Math.max(start, span.startMs)), 0);
  return masked / (end - start);
}

it("hears the samples where ffmpeg is", () => {
  expect(canHear ? "heard" : "not heard: ffmpeg is missing").toMatch(/heard/u);
});

describe.runIf(canHear)("the sample calls, heard with the demo voice alone", () => {
  it("in stereo come out as they were said, on their sides, with the card number masked", async () => {
    const truth = truthOf("bluebird-energy-bill");
    const transcript = await hear("bluebird-energy-bill.opus");
    expect(wordError(truth, transcript)).toBeLessThanOrEqual(0.08);
    expect(transcript.shortfalls).toEqual([]);
    expect(transcript.provenance?.models).toMatchObject([{ id: "demo-voice", limited: true }]);
    const agent = transcript.turns.filter(({ participantId }) => participantId === "p0");
    expect(agent.map(({ text }) => text).join(" ")).toMatch(/thank you for calling Bluebird Energy/iu);
    const customer = transcript.turns.filter(({ participantId }) => participantId === "p1");
    expect(customer.map(({ text }) => text).join(" ")).toMatch(/very disappointing/iu);
    expect(maskedShare(truth, transcript)).toBeGreaterThan(0.95);
  }, 60_000);

  it("in one channel come out with words as one voice, and the model that would tell voices apart is named", async () => {
    const truth = truthOf("city-telecom-fault");
    const transcript = await hear("city-telecom-fault.mp3");
    expect(wordError(truth, transcript)).toBeLessThanOrEqual(0.1);
    expect(transcript.participants).toHaveLength(1);
    expect(transcript.shortfalls).toEqual([
      { lacks: "speakers", reason: "model-missing", modelId: "onnx-community/pyannote-segmentation-3.0" },
    ]);
    const all = transcript.turns.map(({ text }) => text).join(" ");
    expect(all).toMatch(/the recording has been paused/iu);
    expect(maskedShare(truth, transcript)).toBeGreaterThan(0.95);
  }, 60_000);
});
