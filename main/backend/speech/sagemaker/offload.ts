import { EarmarkError } from "../../../../app/contract/errors.ts";
import type { Settings } from "../../../../app/contract/views.ts";
import type { DecodedAudio } from "../../../../app/conversation/speech.ts";
import type { SpeechEngine } from "../../../../app/ports.ts";
import type { Ffmpeg } from "../../media/ffmpeg.ts";
import { canonicalJson } from "../../pipeline/input-hash.ts";
import type { ObjectEncryption } from "./bucket.ts";
import type { RecordEgress } from "./egress.ts";
import { createSageMakerSpeechEngine, type SageMakerSpeechEngine, type SageMakerSpeechOptions } from "./engine.ts";
import type { InvocationMemory } from "./invocation-memory.ts";

/* Which engine hears: the one on this machine, unless a person has set an endpoint and asked for it. */

/** What a person has set about hearing elsewhere. */
export type OffloadSettings = Settings["offload"];

/** What the engines need that no setting says. */
export interface OffloadOptions {
  readonly local: SpeechEngine;
  readonly settings: () => OffloadSettings;
  readonly ffmpeg: () => Promise<Ffmpeg>;
  readonly memory: InvocationMemory;
  readonly onEgress: RecordEgress;
  readonly conversationOf: (audio: DecodedAudio) => string | null;
}

/** What was sent and never asked for again is removed from S3 after a day. */
const tidyAfterMs = 24 * 60 * 60_000;

/** The endpoint that the settings name; null where they name none whole. */
export function endpointOf(settings: OffloadSettings): SageMakerSpeechOptions["endpoint"] | null {
  if (settings.contract === "earmark") {
    return settings.endpoint === "" ? null : { contract: "earmark", name: settings.endpoint, mode: settings.mode };
  }
  const { diarizationEndpoint: diarization, transcriptionEndpoint: transcription } = settings;
  return diarization === "" || transcription === ""
    ? null
    : { contract: "conversation-intelligence", diarization, transcription };
}

/**
 * What a result depends on when it is heard elsewhere, for the input hash of a stage; null when this machine hears, and
 * its models count.
 */
export function offloadFingerprint(settings: OffloadSettings): string[] | null {
  if (settings.use === "local") return null;
  const endpoint = endpointOf(settings);
  return endpoint === null ? ["sagemaker"] : [`sagemaker ${canonicalJson(endpoint)}`];
}

function encryptionOf(settings: OffloadSettings): ObjectEncryption {
  switch (settings.encryption) {
    case "bucket":
      return null;
    case "s3":
      return { kind: "s3" };
    case "kms":
      return { kind: "kms", keyId: settings.kmsKeyId };
  }
}

/** The SageMaker engine as the settings say. */
export function createOffloadEngine(
  settings: OffloadSettings,
  endpoint: SageMakerSpeechOptions["endpoint"],
  options: Omit<OffloadOptions, "local" | "settings">,
): SageMakerSpeechEngine {
  const { profile, region, runtimeUrl, s3Url } = settings;
  return createSageMakerSpeechEngine({
    endpoint,
    connection: { profile, region, runtimeUrl, s3Url },
    bucket: settings.bucket,
    prefix: settings.prefix,
    encryption: encryptionOf(settings),
    expectedOwner: settings.expectedOwner,
    concurrency: settings.concurrency,
    ...options,
  });
}

/**
 * A speech engine that asks the settings for each piece of work, and hands it to this machine's engine or to
 * SageMaker's. A change of settings takes effect with the next piece of work; what is on its way ends as it began.
 */
export function createChoosingEngine(options: OffloadOptions): SpeechEngine {
  const { local, settings, ...rest } = options;
  const remotes = new Map<string, SageMakerSpeechEngine>();
  const ended = new AbortController();

  const current = (): SpeechEngine => {
    const now = settings();
    if (now.use === "local") return local;
    const endpoint = endpointOf(now);
    // Not heard here instead: who asked for the one must not get the other unawares.
    if (endpoint === null) throw new EarmarkError("aws-not-found", "The settings name no endpoint.");
    const key = canonicalJson(now);
    const before = remotes.get(key);
    if (before !== undefined) return before;
    const remote = createOffloadEngine(now, endpoint, rest);
    remotes.set(key, remote);
    // What an earlier Earmark left; a bucket that cannot be reached now is tidied another time.
    remote.tidy(tidyAfterMs, ended.signal).catch(() => undefined);
    return remote;
  };

  return {
    diarize: async (audio, speech, attention) => current().diarize(audio, speech, attention),
    recognise: async (audio, diarization, speech, attention) => current().recognise(audio, diarization, speech, attention),
    async close() {
      ended.abort();
      await Promise.all([local.close(), ...[...remotes.values()].map((remote) => remote.close())]);
    },
  };
}
