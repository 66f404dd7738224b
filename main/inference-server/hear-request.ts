import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EarmarkError, throwIfCancelled } from "../../app/contract/errors.ts";
import type { LoadedModel } from "../../app/conversation/conversation.ts";
import type { DecodedAudio } from "../../app/conversation/speech.ts";
import type { SpeechEngine } from "../../app/ports.ts";
import { decodeMedia } from "../backend/media/decode.ts";
import type { Ffmpeg } from "../backend/media/ffmpeg.ts";
import { probeMedia } from "../backend/media/probe.ts";
import { sha256OfFile } from "../backend/speech/sagemaker/encode-sound.ts";
import type { Hearing, HearingRequest, SoundSource } from "../backend/speech/sagemaker/hearing-contract.ts";

/** What hearing a request needs. */
export interface RequestHearerOptions {
  readonly engine: Pick<SpeechEngine, "diarize" | "recognise">;
  readonly ffmpeg: Ffmpeg;
  /** Reads an object of S3 into a file. Rejects with the codes of `awsFailure`, `file-missing`, `cancelled`. */
  readonly fetchObject: (uri: string, path: string, signal: AbortSignal) => Promise<void>;
  /** Recordings lie in folders of their own in it while they are heard. */
  readonly workFolder: string;
  readonly version: string;
}

/** Hears what a request names, and answers with who spoke when and what was said. */
export type RequestHearer = (request: HearingRequest, signal: AbortSignal) => Promise<Hearing>;

const silently = (): void => undefined;

/** Makes the hearer of requests. It keeps nothing: what a request brought is gone when its answer is there. */
export function createRequestHearer(options: RequestHearerOptions): RequestHearer {
  const { engine, ffmpeg } = options;

  const fetch = async (source: SoundSource, path: string, signal: AbortSignal): Promise<void> => {
    if (source.kind === "s3") await options.fetchObject(source.uri, path, signal);
    else await writeFile(path, Buffer.from(source.base64, "base64"));
    if (source.sha256 === undefined) return;
    if ((await sha256OfFile(path, signal)) !== source.sha256) {
      throw new EarmarkError("file-unreadable", "The sound that came is not the sound that was sent.");
    }
  };

  const decode = async (source: SoundSource, folder: string, signal: AbortSignal) => {
    await mkdir(folder);
    const path = join(folder, "sound");
    await fetch(source, path, signal);
    const info = await probeMedia(ffmpeg, path, { signal });
    const decoded = await decodeMedia(ffmpeg, path, info, folder, { signal, onProgress: silently });
    await rm(path, { force: true });
    return decoded;
  };

  const audioOf = async (request: HearingRequest, folder: string, signal: AbortSignal): Promise<DecodedAudio> => {
    const { audio } = request;
    if (audio.kind === "recording") {
      const { audio: found, truncated } = await decode(audio.source, join(folder, "recording"), signal);
      return { ...found, truncated };
    }
    const channels: DecodedAudio["channels"][number][] = [];
    for (const [index, source] of audio.channels.entries()) {
      const { audio: found } = await decode(source, join(folder, `channel-${index}`), signal);
      const [only] = found.channels;
      if (only === undefined || found.channels.length > 1) {
        throw new EarmarkError("input-invalid", "A channel's source has to hold one channel.", { channel: index });
      }
      channels.push(only);
    }
    const { durationMs, layout, correlation, silentChannels, truncated } = audio;
    return { durationMs, layout, correlation, silentChannels, truncated, channels };
  };

  return async (request, signal) => {
    await mkdir(options.workFolder, { recursive: true });
    const folder = await mkdtemp(join(options.workFolder, "hearing-"));
    try {
      const audio = await audioOf(request, folder, signal);
      const attention = { signal, onProgress: silently };
      const diarization = request.diarization ?? (await engine.diarize(audio, request.options, attention));
      throwIfCancelled(signal);
      const transcript = await engine.recognise(audio, diarization, request.options, attention);
      return {
        diarization,
        transcript,
        models: modelsOf([...diarization.models, ...(transcript.provenance?.models ?? [])]),
        engine: {
          name: "earmark",
          version: options.version,
          executionProvider: transcript.provenance?.executionProvider ?? null,
        },
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

/** Each model once. */
function modelsOf(models: readonly LoadedModel[]): LoadedModel[] {
  const seen = new Map(models.map((model) => [`${model.task} ${model.id} ${model.sha256}`, model]));
  return [...seen.values()];
}
