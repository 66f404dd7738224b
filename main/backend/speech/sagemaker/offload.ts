import { EarmarkError } from "../../../../app/contract/errors.ts";
import type { Settings } from "../../../../app/contract/views.ts";
import {
  chooseEngine,
  type EngineChoice,
  type EnginePreference,
  type EngineReason,
} from "../../../../app/conversation/engine-choice.ts";
import type { DecodedAudio } from "../../../../app/conversation/speech.ts";
import type { SpeechEngine } from "../../../../app/ports.ts";
import type { Ffmpeg } from "../../media/ffmpeg.ts";
import { canonicalJson } from "../../pipeline/input-hash.ts";
import type { ObjectEncryption } from "./bucket.ts";
import type { RecordEgress } from "./egress.ts";
import { createSageMakerSpeechEngine, type SageMakerSpeechEngine, type SageMakerSpeechOptions } from "./engine.ts";
import type { InvocationMemory } from "./invocation-memory.ts";
import type { OffloadMemory } from "./offload-memory.ts";

/* Which engine hears: the one on this machine, unless a person has set an endpoint, and asked for it or for the rule. */

/** What a person has set about hearing elsewhere. */
export type OffloadSettings = Settings["offload"];

/** What the engines need that no setting says. */
export interface OffloadOptions {
  readonly local: SpeechEngine;
  readonly settings: () => OffloadSettings;
  readonly ffmpeg: () => Promise<Ffmpeg>;
  readonly memory: InvocationMemory;
  readonly choices: OffloadMemory;
  readonly onEgress: RecordEgress;
  readonly conversationOf: (audio: DecodedAudio) => string | null;
  /** Sound that waits for this machine beside one conversation, in milliseconds. */
  readonly backlogMs: (besides: string | null) => number;
  /** Whether a graphics processor hears here. */
  readonly accelerated: () => boolean;
}

/** A speech engine that chooses between this machine and SageMaker, and tells what it would choose. */
export type ChoosingEngine = SpeechEngine & {
  /** Where a conversation is heard: as chosen before, while its hearing lasts, else as the rule says now. */
  choiceOf(conversationId: string | null, asked: EnginePreference | null): EngineChoice;
  /** What a result depends on when it is heard elsewhere, for the input hash of a stage; null when this machine hears. */
  fingerprint(conversationId: string | null, asked: EnginePreference | null): Promise<string[] | null>;
  /** One call of each kind with the settings as they are: see `tryOffload`. */
  remote(): SageMakerSpeechEngine | null;
};

const byRule: ReadonlySet<EngineReason> = new Set(["long-queue", "short-queue", "short-queue-and-accelerated"]);

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

/** Where recordings go when they are heard elsewhere: endpoints, and the bucket they pass through. Empty where none is set. */
export function destinationsOf(settings: OffloadSettings): string[] {
  const endpoint = endpointOf(settings);
  if (endpoint === null) return [];
  const names = endpoint.contract === "earmark" ? [endpoint.name] : [endpoint.diarization, endpoint.transcription];
  return [...names, ...(settings.bucket === null ? [] : [`s3://${settings.bucket}/${settings.prefix}`])];
}

/** What a result depends on when it is heard elsewhere. */
export function offloadFingerprint(settings: OffloadSettings): string[] {
  const endpoint = endpointOf(settings);
  return endpoint === null ? ["sagemaker"] : [`sagemaker ${canonicalJson(endpoint)}`];
}

/** How objects are encrypted, as the settings say. */
export function encryptionOf(settings: OffloadSettings): ObjectEncryption {
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
  options: Pick<OffloadOptions, "ffmpeg" | "memory" | "onEgress" | "conversationOf">,
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
 * A speech engine that asks settings and rule for each recording, and hands it to this machine's engine or to SageMaker's.
 * The choice for a recording stands until it has been heard. A change of settings takes effect with the next piece of work;
 * what is on its way ends as it began.
 */
export function createChoosingEngine(options: OffloadOptions): ChoosingEngine {
  const { local, settings, ffmpeg, memory, choices, onEgress, conversationOf } = options;
  const remotes = new Map<string, SageMakerSpeechEngine>();
  const ended = new AbortController();

  const remote = (): SageMakerSpeechEngine | null => {
    const now = settings();
    const endpoint = endpointOf(now);
    if (endpoint === null) return null;
    // The rule and the price change nothing about the connection.
    const { use: _use, backlogMinutes: _minutes, pricePerHour: _price, ...connection } = now;
    const key = canonicalJson(connection);
    const before = remotes.get(key);
    if (before !== undefined) return before;
    const made = createOffloadEngine(now, endpoint, { ffmpeg, memory, onEgress, conversationOf });
    remotes.set(key, made);
    // What an earlier Earmark left; a bucket that cannot be reached now is tidied another time.
    made.tidy(tidyAfterMs, ended.signal).catch(() => undefined);
    return made;
  };

  const choiceOf = (conversationId: string | null, asked: EnginePreference | null): EngineChoice => {
    const now = settings();
    const before = conversationId === null ? null : choices.chosen(conversationId);
    // What the rule has chosen stands until the recording is heard; what a person says, or says otherwise now, counts at once.
    if ((asked ?? now.use) === "auto" && before !== null && byRule.has(before.reason)) return before;
    return chooseEngine({
      asked,
      folder: null,
      setting: now.use,
      endpoint: endpointOf(now) !== null,
      accelerated: options.accelerated(),
      backlogMs: options.backlogMs(conversationId),
      backlogLimitMs: now.backlogMinutes * 60_000,
    });
  };

  const engineOf = (choice: EngineChoice): SpeechEngine => {
    if (choice.place === "local") return local;
    const engine = remote();
    // Not heard here instead: who asked for the one must not get the other unawares.
    if (engine === null) throw new EarmarkError("aws-not-found", "The settings name no endpoint.");
    return engine;
  };

  /** Hears, and adds to what hearing elsewhere has taken so far. */
  const timed = async <T>(choice: EngineChoice, audio: DecodedAudio, work: () => Promise<T>): Promise<T> => {
    if (choice.place === "local") return work();
    const started = performance.now();
    const result = await work();
    // A figure that cannot be kept costs an estimate, not a hearing.
    await choices.heard(performance.now() - started, audio.durationMs).catch(() => undefined);
    return result;
  };

  return {
    choiceOf,
    remote,
    async fingerprint(conversationId, asked) {
      const choice = choiceOf(conversationId, asked);
      if (conversationId !== null) await choices.choose(conversationId, choice);
      return choice.place === "local" ? null : offloadFingerprint(settings());
    },
    async diarize(audio, { engine: asked, ...speech }, attention) {
      const conversationId = conversationOf(audio);
      const choice = choiceOf(conversationId, asked ?? null);
      if (conversationId !== null) await choices.choose(conversationId, choice);
      // One request hears a recording whole: the second question costs next to nothing.
      return timed(choice, audio, () => engineOf(choice).diarize(audio, speech, attention));
    },
    async recognise(audio, diarization, { engine: asked, ...speech }, attention) {
      const conversationId = conversationOf(audio);
      const choice = choiceOf(conversationId, asked ?? null);
      const transcript = await engineOf(choice).recognise(audio, diarization, speech, attention);
      if (conversationId !== null) await choices.settle(conversationId);
      return transcript;
    },
    async close() {
      ended.abort();
      await Promise.all([local.close(), ...[...remotes.values()].map((one) => one.close())]);
    },
  };
}
