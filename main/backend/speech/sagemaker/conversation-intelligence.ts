import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { EarmarkError, throwIfCancelled } from "../../../../app/contract/errors.ts";
import type { Shortfall, Transcript, Turn } from "../../../../app/conversation/conversation.ts";
import type { DecodedAudio, Diarization } from "../../../../app/conversation/speech.ts";
import type { Attention, SpeechEngine } from "../../../../app/ports.ts";
import { writeMonoWav } from "./encode-sound.ts";
import { hearingKey } from "./hearing-key.ts";
import type { AsyncAnswer, RemoteCalls } from "./remote-calls.ts";
import { exclusiveSegments, readSpeakerLines, type SpeakerGroup, speakerGroups, toVoiceSegments } from "./speaker-segments.ts";

/** The two asynchronous endpoints of AWS's conversation-intelligence sample. */
export interface ConversationIntelligenceEndpoints {
  readonly contract: "conversation-intelligence";
  readonly diarization: string;
  readonly transcription: string;
}

/** What hearing through that sample's endpoints needs. */
export interface ConversationIntelligenceOptions {
  readonly endpoints: ConversationIntelligenceEndpoints;
  readonly calls: RemoteCalls;
  readonly conversationOf: (audio: DecodedAudio) => string | null;
}

/** The transcription endpoint lists its folder once, and S3 names at most a thousand objects then. */
const mostChunks = 1_000;
const job = "call";

function textOf(answer: AsyncAnswer): string {
  const text = Buffer.from(answer.bytes).toString("utf8");
  if (answer.failed) {
    throw new EarmarkError("engine-failed", `The endpoint failed: ${text.replace(/\s+/gu, " ").trim().slice(0, 300)}`);
  }
  return text;
}

function part(attention: Attention, from: number, to: number): (share: number) => void {
  return (share) => attention.onProgress(from + Math.max(0, Math.min(1, share)) * (to - from));
}

/** A shortfall of what these endpoints do not give. */
function lacking(lacks: Shortfall["lacks"]): Shortfall {
  return { lacks, reason: "not-asked", modelId: null };
}

/**
 * The speech engine behind the endpoints of AWS's conversation-intelligence sample (diarization by pyannote on a mono mix,
 * faster-whisper on a chunk for each group of one speaker). They give neither word times nor confidences, choose the
 * language themselves, and take the number of speakers from their own settings: the transcript says what is lacking.
 */
export function hearThroughConversationIntelligence(
  options: ConversationIntelligenceOptions,
): Pick<SpeechEngine, "diarize" | "recognise"> {
  const { endpoints, calls, conversationOf } = options;

  const parameters = (value: Readonly<Record<string, string>>) =>
    ({ kind: "memory", data: Buffer.from(JSON.stringify(value), "utf8") }) as const;
  const scratch = (audio: DecodedAudio): string =>
    join(dirname(audio.channels[0]?.path ?? "."), `.send-${randomUUID().slice(0, 8)}.wav`);

  /** Cuts the chunks, has them turned into text, and reads the text of each. Null where the endpoint wrote none. */
  const textsOf = async (
    task: "transcribe" | "translate",
    key: string,
    audio: DecodedAudio,
    groups: readonly SpeakerGroup[],
    folder: number,
    attention: Attention,
  ): Promise<(string | null)[]> => {
    const { signal } = attention;
    const conversationId = conversationOf(audio);
    const ending = task === "transcribe" ? "original" : "translated";
    const chunkFolder = `output/${job}/chunks${folder === 0 ? "" : folder}`;
    const textFolder = `output/${job}/txt_chunks${folder === 0 ? "" : folder}`;
    const answer = await calls.invokeAsync({
      key,
      endpoint: endpoints.transcription,
      conversationId,
      signal,
      onProgress: part(attention, 0.3, 0.9),
      likelyMs: 60_000 + audio.durationMs * 0.3,
      invocationSeconds: 3_600,
      async prepare(upload) {
        let first = "";
        for (const [index, group] of groups.entries()) {
          const path = scratch(audio);
          try {
            const uri = await upload(`${chunkFolder}/${index}.wav`, await writeMonoWav(audio, group, path, signal), "audio/wav");
            if (index === 0) first = uri;
          } finally {
            await rm(path, { force: true });
          }
          part(attention, 0, 0.3)((index + 1) / groups.length);
        }
        const base = first.slice(0, -`${chunkFolder}/0.wav`.length);
        const places = { input_location: `${base}${chunkFolder}/`, output_location: `${base}${textFolder}/` };
        const input = await upload(`output/${job}/${task}.json`, parameters({ ...places, task }), "application/json");
        return { input, written: groups.map((_, index) => `${base}${textFolder}/${index}.${ending}.txt`) };
      },
    });
    try {
      textOf(answer);
      const texts: (string | null)[] = [];
      for (const uri of answer.invocation.written) {
        const bytes = await calls.read(uri, signal);
        texts.push(bytes === null ? null : Buffer.from(bytes).toString("utf8").trim());
        part(attention, 0.9, 1)(texts.length / groups.length);
      }
      if (texts.length !== groups.length) throw new EarmarkError("engine-failed", "The endpoint gave another number of texts.");
      return texts;
    } finally {
      if (signal.aborted) calls.regret(key, conversationId);
      else await calls.release(key, conversationId);
    }
  };

  const allTextsOf = async (
    task: "transcribe" | "translate",
    audio: DecodedAudio,
    groups: readonly SpeakerGroup[],
    keyOf: (what: readonly string[]) => Promise<string>,
    attention: Attention,
  ): Promise<(string | null)[]> => {
    const texts: (string | null)[] = [];
    for (let from = 0; from < groups.length; from += mostChunks) {
      const batch = groups.slice(from, from + mostChunks);
      const within = {
        signal: attention.signal,
        onProgress: part(attention, from / groups.length, (from + batch.length) / groups.length),
      };
      const folder = from / mostChunks;
      texts.push(...(await textsOf(task, await keyOf([task, String(folder)]), audio, batch, folder, within)));
    }
    return texts;
  };

  return {
    async diarize(audio, speech, attention): Promise<Diarization> {
      const { signal } = attention;
      const conversationId = conversationOf(audio);
      const key = await hearingKey(["conversation-intelligence", "diarize", endpoints.diarization], audio, speech, null, signal);
      const answer = await calls.invokeAsync({
        key,
        endpoint: endpoints.diarization,
        conversationId,
        signal,
        onProgress: part(attention, 0.3, 1),
        likelyMs: 120_000 + audio.durationMs * 0.1,
        invocationSeconds: 3_600,
        async prepare(upload) {
          const path = scratch(audio);
          try {
            const wav = await writeMonoWav(audio, { startMs: 0, endMs: audio.durationMs }, path, signal);
            const uri = await upload(`output/${job}/${job}.wav`, wav, "audio/wav");
            part(attention, 0, 0.3)(1);
            const parameter = parameters({ input_location: uri, task: "Diarize" });
            return {
              input: await upload(`output/${job}/diarization_parameter.json`, parameter, "application/json"),
              written: [],
            };
          } finally {
            await rm(path, { force: true });
          }
        },
      });
      try {
        const lines = readSpeakerLines(textOf(answer));
        if (lines === null) throw new EarmarkError("engine-failed", "The diarization endpoint answered in an unknown form.");
        const { speakers, segments } = toVoiceSegments(lines, audio.durationMs);
        attention.onProgress(1);
        return {
          method: "neural",
          voices: (speakers.length === 0 ? [""] : speakers).map(() => ({ channel: null })),
          segments,
          exclusive: exclusiveSegments(segments),
          shortfalls: [],
          models: [],
        };
      } finally {
        await calls.release(key, conversationId);
      }
    },

    async recognise(audio, diarization, speech, attention): Promise<Transcript> {
      const { signal } = attention;
      const groups = speakerGroups(diarization.segments);
      const how = ["conversation-intelligence", endpoints.transcription];
      const keyOf = (what: readonly string[]) => hearingKey([...how, ...what], audio, speech, diarization, signal);
      const share = speech.translate ? 0.5 : 1;
      const originals = await allTextsOf("transcribe", audio, groups, keyOf, { signal, onProgress: part(attention, 0, share) });
      const english = speech.translate
        ? await allTextsOf("translate", audio, groups, keyOf, { signal, onProgress: part(attention, share, 1) })
        : [];
      throwIfCancelled(signal);
      attention.onProgress(1);
      const turns = groups.map((group, index): Turn => {
        const translation = english[index] ?? null;
        return {
          id: `t${index}`,
          participantId: `p${group.voice}`,
          startMs: group.startMs,
          endMs: group.endMs,
          text: originals[index] ?? "",
          words: [],
          ...(translation === null ? {} : { translation }),
          speakerConfidence: null,
        };
      });
      const unheard = originals.some((text) => text === null);
      const untranslated = english.some((text) => text === null);
      return {
        durationMs: audio.durationMs,
        language: null,
        participants: diarization.voices.map(({ channel }, voice) => ({
          id: `p${voice}`,
          role: "other",
          roleConfidence: null,
          name: null,
          channel,
        })),
        turns,
        shortfalls: [
          ...diarization.shortfalls,
          lacking("word-times"),
          ...(unheard ? [{ lacks: "words", reason: "failed", modelId: null } as const] : []),
          ...(untranslated ? [{ lacks: "translation", reason: "failed", modelId: null } as const] : []),
        ],
        provenance: {
          engine: `conversation-intelligence endpoints ${endpoints.diarization} and ${endpoints.transcription}`,
          models: [...diarization.models],
          executionProvider: null,
        },
      };
    },
  };
}
