import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EarmarkError } from "../../app/contract/errors.ts";
import { type DecodedAudio, type Diarization, defaultSpeechOptions, speechSampleRate } from "../../app/conversation/speech.ts";
import type { SpeechEngine } from "../../app/ports.ts";
import type { PlacedModels } from "../backend/speech/protocol.ts";

const seconds = 2;

/**
 * Loads every model by hearing two seconds of hiss as a mix and as speech, so that the first recording does not wait for
 * it. Answers with the ids of the models that are there; rejects with `model-missing` when none can write words, and as
 * the engine does when one cannot be loaded.
 */
export async function warmUp(
  engine: Pick<SpeechEngine, "diarize" | "recognise">,
  models: { resolveAll(transcriptionModel: string | null, signal?: AbortSignal): Promise<PlacedModels> },
  workFolder: string,
  signal: AbortSignal,
): Promise<string[]> {
  const placed = await models.resolveAll(null, signal);
  if (placed.transcription === null) {
    throw new EarmarkError("model-missing", "The model folder holds no model that writes words.");
  }
  const folder = await mkdtemp(join(workFolder, "warm-up-"));
  try {
    const samples = seconds * speechSampleRate;
    const bytes = Buffer.alloc(samples * 2);
    // The same hiss each time (a linear congruential generator), loud enough to count as sound.
    for (let index = 0, state = 1; index < samples; index += 1) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      bytes.writeInt16LE((state >>> 19) - 4_096, index * 2);
    }
    const path = join(folder, "hiss.s16");
    await writeFile(path, bytes);
    const durationMs = seconds * 1_000;
    const audio: DecodedAudio = {
      durationMs,
      layout: "mono",
      correlation: null,
      channels: [{ path, samples, rmsDb: -23 }],
      silentChannels: [],
    };
    const attention = { signal, onProgress: () => undefined };
    await engine.diarize(audio, defaultSpeechOptions, attention);
    const speech = [{ startMs: 0, endMs: durationMs, voice: 0, confidence: null }];
    const whole: Diarization = {
      method: "activity",
      voices: [{ channel: null }],
      segments: speech,
      exclusive: speech,
      shortfalls: [],
      models: [],
    };
    await engine.recognise(audio, whole, defaultSpeechOptions, attention);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return Object.values(placed).flatMap((model) => (model === null ? [] : [model.id]));
}
