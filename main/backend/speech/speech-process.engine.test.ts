import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Transcript } from "../../../app/conversation/conversation.ts";
import { type DecodedAudio, type Diarization, defaultSpeechOptions } from "../../../app/conversation/speech.ts";
import { createLocalSpeechEngine, inspectGraphs, type LocalSpeechEngine } from "./client.ts";
import { createModelStore } from "./models.ts";
import { forkProcess } from "./start-process.ts";

/* The whole way through the real process: real models, a synthetic call whose words are known. */

const shared = join(import.meta.dirname, "../../../../shared");
const recording = join(shared, "audio/demo-calls/call1.wav");
const present = existsSync(join(shared, "models/demo-voice/config.json")) && existsSync(recording);
const rate = 16_000;
const headerBytes = 44;

let folder = "";
const engines: LocalSpeechEngine[] = [];

/** Some seconds of the call (stereo, 16 bit, 16 kHz), taken apart into channels as decoding does. */
async function decoded(seconds: number, channels: readonly number[] = [0, 1]): Promise<DecodedAudio> {
  const wav = await readFile(recording);
  const frames = Math.min(seconds * rate, Math.floor((wav.length - headerBytes) / 4));
  const files = await Promise.all(
    channels.map(async (channel) => {
      const bytes = Buffer.alloc(frames * 2);
      for (let frame = 0; frame < frames; frame += 1)
        wav.copy(bytes, frame * 2, headerBytes + frame * 4 + channel * 2, headerBytes + frame * 4 + channel * 2 + 2);
      const path = join(folder, `${seconds}-${channel}.pcm`);
      await writeFile(path, bytes);
      return { path, samples: frames, rmsDb: -25 };
    }),
  );
  const durationMs = Math.round((frames * 1_000) / rate);
  return { durationMs, layout: "separate", correlation: 0.01, channels: files, silentChannels: [] };
}

function engineOf(providers?: readonly string[], further = [join(shared, "models")]): LocalSpeechEngine {
  const models = createModelStore({ folder: join(folder, "models"), further, inspect: inspectGraphs(forkProcess) });
  const engine = createLocalSpeechEngine({ startProcess: forkProcess, models, ...(providers ? { providers } : {}) });
  engines.push(engine);
  return engine;
}

const quiet = { signal: new AbortController().signal, onProgress: (): void => undefined };

async function hear(engine: LocalSpeechEngine, audio: DecodedAudio): Promise<[Diarization, Transcript]> {
  const diarization = await engine.diarize(audio, defaultSpeechOptions, quiet);
  return [diarization, await engine.recognise(audio, diarization, defaultSpeechOptions, quiet)];
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark-speech-"));
});
afterAll(async () => {
  await Promise.all(engines.map((engine) => engine.close()));
  await rm(folder, { recursive: true, force: true });
});

it("knows whether the development models and calls are here", () => {
  expect(typeof present).toBe("boolean");
  if (!present) process.stderr.write("The development models are not here: the speech process is not run on real sound.\n");
});

describe.runIf(present)("the real speech process", () => {
  it("hears a call; killed and started again it hears the same", async () => {
    const audio = await decoded(7);
    const engine = engineOf(["no-such-provider"]);
    const [diarization, transcript] = await hear(engine, audio);
    expect(diarization.method).toBe("channel");
    expect(diarization.segments.length).toBeGreaterThan(0);
    const words = transcript.turns.flatMap((turn) => turn.words);
    expect(words.length).toBeGreaterThan(10);
    expect(words.every((word) => word.endMs > word.startMs && word.endMs <= audio.durationMs + 100)).toBe(true);
    expect(transcript.provenance?.models.find((model) => model.task === "transcription")).toMatchObject({
      id: "demo-voice",
      limited: true,
    });
    // A provider that is not there is passed over, and both are told.
    expect(transcript.provenance?.executionProvider).toBe("cpu");
    expect(engine.state().refused.map((one) => one.provider)).toEqual(["no-such-provider"]);

    const { pid } = engine.state();
    expect(engine.state().rssBytes).toBeGreaterThan(0);
    const interrupted = expect(engine.recognise(audio, diarization, defaultSpeechOptions, quiet)).rejects.toMatchObject({
      code: "engine-crashed",
    });
    await expect.poll(() => engine.state().process).toBe("working");
    process.kill(pid ?? 0, "SIGKILL");
    await interrupted;
    expect(await hear(engine, audio)).toEqual([diarization, transcript]);
    expect(engine.state().pid).not.toBe(pid);
  });

  it("is cancelled within a second in the middle of its work", async () => {
    const audio = await decoded(40);
    const engine = engineOf();
    const diarization = await engine.diarize(audio, defaultSpeechOptions, quiet);
    const controller = new AbortController();
    let share = 0;
    const attention = {
      signal: controller.signal,
      onProgress: (one: number) => {
        share = one;
      },
    };
    const work = expect(engine.recognise(audio, diarization, defaultSpeechOptions, attention)).rejects.toMatchObject({
      code: "cancelled",
    });
    await expect.poll(() => share, { timeout: 10_000 }).toBeGreaterThan(0);
    const started = performance.now();
    controller.abort();
    await work;
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it("says who spoke when without any model, and which model would add the words", async () => {
    const [diarization, transcript] = await hear(engineOf([], []), await decoded(12));
    expect(diarization.segments.length).toBeGreaterThan(1);
    expect(transcript.turns.length).toBeGreaterThan(1);
    expect(transcript.turns.every((turn) => turn.words.length === 0)).toBe(true);
    expect(transcript.shortfalls).toContainEqual({
      lacks: "words",
      reason: "model-missing",
      modelId: "onnx-community/whisper-base_timestamped",
    });
  });
});
