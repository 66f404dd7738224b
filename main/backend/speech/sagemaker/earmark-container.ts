import { randomUUID } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { EarmarkError, fromFailure, throwIfCancelled } from "../../../../app/contract/errors.ts";
import type { Transcript } from "../../../../app/conversation/conversation.ts";
import {
  type DecodedAudio,
  type Diarization,
  diarizationSchema,
  type SpeechOptions,
} from "../../../../app/conversation/speech.ts";
import type { Attention, SpeechEngine } from "../../../../app/ports.ts";
import type { Ffmpeg } from "../../media/ffmpeg.ts";
import { canonicalJson } from "../../pipeline/input-hash.ts";
import { type PackedChannel, packChannel } from "./encode-sound.ts";
import {
  type Hearing,
  type HearingAnswer,
  type HearingRequest,
  hearingAnswerSchema,
  hearingMediaType,
  hearingSchemaName,
  type SoundSource,
} from "./hearing-contract.ts";
import { hearingKey } from "./hearing-key.ts";
import type { RemoteCalls, Upload } from "./remote-calls.ts";

/** An endpoint with Earmark's own container. */
export interface EarmarkEndpoint {
  readonly contract: "earmark";
  readonly name: string;
  readonly mode: "real-time" | "asynchronous";
}

/** What hearing through Earmark's own container needs. */
export interface EarmarkContainerOptions {
  readonly endpoint: EarmarkEndpoint;
  readonly calls: RemoteCalls;
  /** Finds the program that packs sound; rejects with `ffmpeg-missing`. */
  readonly ffmpeg: () => Promise<Ffmpeg>;
  readonly conversationOf: (audio: DecodedAudio) => string | null;
}

/** SageMaker takes real-time requests of six megabytes in every region; base64 makes four bytes of three. */
const mostInlineBytes = 4_000_000;
/** Whole hearings kept in memory for the second question about the same recording. */
const keptHearings = 4;
/** The container hears a recording in about this share of its length; for progress alone. */
const likelyShare = 0.15;

/** What was sent was not understood, or what came is not understood. */
function malformed(): EarmarkError {
  return new EarmarkError("engine-failed", "The endpoint answered in a form that is not Earmark's.");
}

/** Finds the container's own words in what SageMaker wrote about a failure, quoted or not. */
function failureIn(text: string): EarmarkError | null {
  for (const candidate of [text, text.replaceAll('\\"', '"')]) {
    const start = candidate.indexOf(`{"schema":"${hearingSchemaName}"`);
    if (start < 0) continue;
    for (let end = candidate.lastIndexOf("}"); end > start; end = candidate.lastIndexOf("}", end - 1)) {
      try {
        const answer = hearingAnswerSchema.safeParse(JSON.parse(candidate.slice(start, end + 1)));
        return answer.success && "failure" in answer.data ? fromFailure(answer.data.failure) : null;
      } catch {
        // Too much or too little of it: try with the brace before.
      }
    }
  }
  return null;
}

/** Reads what came from the endpoint. Throws what the container says failed, or `engine-failed`. */
export function readAnswer(bytes: Uint8Array, failed: boolean): Hearing {
  const text = Buffer.from(bytes).toString("utf8");
  if (failed) {
    const told = failureIn(text);
    if (told !== null) throw told;
    throw new EarmarkError("engine-failed", `The container failed: ${text.replace(/\s+/gu, " ").trim().slice(0, 300)}`);
  }
  let answer: HearingAnswer;
  try {
    answer = hearingAnswerSchema.parse(JSON.parse(text));
  } catch {
    throw malformed();
  }
  if ("failure" in answer) throw fromFailure(answer.failure);
  return answer.hearing;
}

function part(attention: Attention, from: number, to: number): (share: number) => void {
  return (share) => attention.onProgress(from + Math.max(0, Math.min(1, share)) * (to - from));
}

/** The speech engine behind an endpoint with Earmark's own container: one request hears a recording whole. */
export function hearThroughContainer(options: EarmarkContainerOptions): Pick<SpeechEngine, "diarize" | "recognise"> {
  const { endpoint, calls } = options;
  const kept = new Map<string, Hearing>();

  const keep = (key: string, hearing: Hearing): void => {
    kept.set(key, hearing);
    for (const oldest of kept.keys()) {
      if (kept.size <= keptHearings) break;
      kept.delete(oldest);
    }
  };

  /** Packs each channel, hands them on, and removes the files whatever comes of it. */
  const withPacked = async <T>(
    audio: DecodedAudio,
    signal: AbortSignal,
    onProgress: (share: number) => void,
    use: (channels: readonly PackedChannel[]) => Promise<T>,
  ): Promise<T> => {
    const attempt = randomUUID().slice(0, 8);
    const paths = audio.channels.map((channel, index) => join(dirname(channel.path), `.send-${attempt}-${index}`));
    try {
      const channels: PackedChannel[] = [];
      for (const [index, channel] of audio.channels.entries()) {
        channels.push(await packChannel(options.ffmpeg, channel, paths[index] ?? "", signal));
        onProgress((index + 1) / audio.channels.length);
      }
      return await use(channels);
    } finally {
      for (const path of paths) await rm(path, { force: true });
    }
  };

  const requestOf = (
    audio: DecodedAudio,
    speech: SpeechOptions,
    diarization: Diarization | null,
    channels: readonly SoundSource[],
  ): Uint8Array => {
    const request: HearingRequest = {
      schema: hearingSchemaName,
      version: 1,
      audio: {
        kind: "channels",
        channels: [...channels],
        durationMs: audio.durationMs,
        layout: audio.layout,
        correlation: audio.correlation,
        silentChannels: [...audio.silentChannels],
        truncated: audio.truncated ?? false,
      },
      options: { ...speech },
      ...(diarization === null ? {} : { diarization: diarizationSchema.parse(diarization) }),
    };
    return Buffer.from(JSON.stringify(request), "utf8");
  };

  const uploaded = async (
    upload: Upload,
    channels: readonly PackedChannel[],
    onProgress: (share: number) => void,
  ): Promise<SoundSource[]> => {
    const sources: SoundSource[] = [];
    for (const [index, { content, mediaType, ending }] of channels.entries()) {
      const uri = await upload(`channel-${index}.${ending}`, content, mediaType);
      sources.push({ kind: "s3", uri, sha256: content.sha256 });
      onProgress((index + 1) / channels.length);
    }
    return sources;
  };

  const inRealTime = async (
    key: string,
    audio: DecodedAudio,
    speech: SpeechOptions,
    diarization: Diarization | null,
    attention: Attention,
  ): Promise<Hearing> => {
    const { signal } = attention;
    const conversationId = options.conversationOf(audio);
    return withPacked(audio, signal, part(attention, 0, 0.1), async (channels) => {
      const ask = async (sources: readonly SoundSource[]): Promise<Hearing> => {
        part(attention, 0, 1)(0.3);
        const body = requestOf(audio, speech, diarization, sources);
        const { bytes, failed } = await calls.invoke(endpoint.name, body, hearingMediaType, conversationId, signal);
        return readAnswer(bytes, failed);
      };
      const bytes = channels.reduce((sum, channel) => sum + channel.content.bytes, 0);
      if (bytes > mostInlineBytes) {
        if (!calls.hasBucket) {
          throw new EarmarkError("file-too-large", "This recording is too large for a real-time request without a bucket.", {
            bytes,
            limit: mostInlineBytes,
          });
        }
        return calls.withUploads({ key, endpoint: endpoint.name, conversationId, signal }, async (upload) =>
          ask(await uploaded(upload, channels, part(attention, 0.1, 0.3))),
        );
      }
      const sources: SoundSource[] = [];
      for (const { content } of channels) {
        sources.push({ kind: "inline", base64: (await readFile(content.path)).toString("base64"), sha256: content.sha256 });
      }
      return ask(sources);
    });
  };

  const inTheBackground = async (
    key: string,
    audio: DecodedAudio,
    speech: SpeechOptions,
    diarization: Diarization | null,
    attention: Attention,
  ): Promise<Hearing> => {
    const { signal } = attention;
    const conversationId = options.conversationOf(audio);
    const answer = await calls.invokeAsync({
      key,
      endpoint: endpoint.name,
      conversationId,
      signal,
      onProgress: part(attention, 0.3, 1),
      likelyMs: 60_000 + audio.durationMs * likelyShare,
      invocationSeconds: 3_600,
      prepare: (upload) =>
        withPacked(audio, signal, part(attention, 0, 0.1), async (channels) => {
          const sources = await uploaded(upload, channels, part(attention, 0.1, 0.3));
          const body = requestOf(audio, speech, diarization, sources);
          const input = await upload("request.json", { kind: "memory", data: body }, hearingMediaType);
          return { input, written: [] };
        }),
    });
    try {
      return readAnswer(answer.bytes, answer.failed);
    } catch (thrown) {
      // A failure is no result to come back to: the next attempt sends anew.
      await calls.release(key, conversationId);
      throw thrown;
    }
  };

  const hear = async (
    key: string,
    audio: DecodedAudio,
    speech: SpeechOptions,
    diarization: Diarization | null,
    attention: Attention,
  ): Promise<Hearing> => {
    const hearing =
      endpoint.mode === "real-time"
        ? await inRealTime(key, audio, speech, diarization, attention)
        : await inTheBackground(key, audio, speech, diarization, attention);
    throwIfCancelled(attention.signal);
    attention.onProgress(1);
    return hearing;
  };

  const how = ["earmark", "1", endpoint.mode, endpoint.name];

  return {
    async diarize(audio, speech, attention) {
      const key = await hearingKey(how, audio, speech, null, attention.signal);
      const hearing = await hear(key, audio, speech, null, attention);
      keep(key, hearing);
      return hearing.diarization;
    },

    async recognise(audio, diarization, speech, attention): Promise<Transcript> {
      const { signal } = attention;
      const conversationId = options.conversationOf(audio);
      const whole = await hearingKey(how, audio, speech, null, signal);
      const same = (hearing: Hearing): boolean => canonicalJson(hearing.diarization) === canonicalJson(diarization);
      // The first question has been answered with both: from memory, or, after a restart, from where the answer lies.
      const before = kept.get(whole) ?? (await answeredBefore(whole, audio, speech, attention));
      if (before !== null && same(before)) {
        kept.delete(whole);
        await calls.release(whole, conversationId);
        attention.onProgress(1);
        return before.transcript;
      }
      const key = await hearingKey(how, audio, speech, diarization, signal);
      const { transcript } = await hear(key, audio, speech, diarization, attention);
      await calls.release(key, conversationId);
      return transcript;
    },
  };

  async function answeredBefore(
    key: string,
    audio: DecodedAudio,
    speech: SpeechOptions,
    attention: Attention,
  ): Promise<Hearing | null> {
    if (endpoint.mode === "real-time" || !(await calls.remembers(key, endpoint.name))) return null;
    return inTheBackground(key, audio, speech, null, attention);
  }
}
