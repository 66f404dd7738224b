import type { DecodedAudio } from "../../../../app/conversation/speech.ts";
import type { Clock, SpeechEngine } from "../../../../app/ports.ts";
import type { Ffmpeg } from "../../media/ffmpeg.ts";
import { createPlaces } from "./attempts.ts";
import type { AwsConnection } from "./aws-clients.ts";
import type { ObjectEncryption } from "./bucket.ts";
import { type ConversationIntelligenceEndpoints, hearThroughConversationIntelligence } from "./conversation-intelligence.ts";
import { type EarmarkEndpoint, hearThroughContainer } from "./earmark-container.ts";
import type { RecordEgress } from "./egress.ts";
import type { InvocationMemory } from "./invocation-memory.ts";
import { defaultWaits, RemoteCalls, type RemoteWaits } from "./remote-calls.ts";

/** What hearing through SageMaker needs. */
export interface SageMakerSpeechOptions {
  readonly endpoint: EarmarkEndpoint | ConversationIntelligenceEndpoints;
  readonly connection: AwsConnection;
  /** The bucket that recordings pass through; null for small ones in real time alone. */
  readonly bucket: string | null;
  /** What every key begins with; default `earmark/`. */
  readonly prefix?: string;
  /** How objects are encrypted where they lie; by default as the bucket says. */
  readonly encryption?: ObjectEncryption;
  /** Account id that has to own the bucket. */
  readonly expectedOwner?: string | null;
  /** Recordings heard at a time; default 4. */
  readonly concurrency?: number;
  /** Finds the program that packs sound; rejects with `ffmpeg-missing`. */
  readonly ffmpeg: () => Promise<Ffmpeg>;
  /** Remembers what was sent across restarts. */
  readonly memory: InvocationMemory;
  /** Keeps a record of everything that leaves; called before it is sent. */
  readonly onEgress: RecordEgress;
  /** The conversation a recording belongs to, for the egress record. */
  readonly conversationOf?: (audio: DecodedAudio) => string | null;
  readonly clock?: Clock;
  /** 0 to 1, for the spread of waits. */
  readonly random?: () => number;
  readonly waits?: RemoteWaits;
  /** Size of a part of a large upload in bytes. */
  readonly partBytes?: number;
}

/** The engine behind SageMaker, and what it can tidy. */
export type SageMakerSpeechEngine = SpeechEngine & {
  /**
   * Removes from S3 what was sent and never asked for again, when it is older than this, and what a cancelled piece of
   * work left. Answers with how many pieces of work. For the start of Earmark.
   */
  tidy(olderThanMs: number, signal: AbortSignal): Promise<number>;
};

/**
 * The speech engine behind a SageMaker endpoint (`app/ports.ts`): Earmark's own container, in real time or
 * asynchronously, or the endpoints of AWS's conversation-intelligence sample. Beside what the container itself rejects
 * with: `aws-credentials-missing`, `aws-denied`, `aws-not-found`, `aws-throttled`, `aws-unreachable`, `engine-stalled`,
 * `engine-failed`, `file-too-large`, `ffmpeg-missing`. `cancelled` comes at once, wherever the work is.
 */
export function createSageMakerSpeechEngine(options: SageMakerSpeechOptions): SageMakerSpeechEngine {
  const calls = new RemoteCalls({
    connection: options.connection,
    bucket: options.bucket,
    prefix: options.prefix ?? "earmark/",
    encryption: options.encryption ?? null,
    expectedOwner: options.expectedOwner ?? null,
    memory: options.memory,
    onEgress: options.onEgress,
    clock: options.clock ?? { now: () => Date.now() },
    random: options.random ?? Math.random,
    waits: options.waits ?? defaultWaits,
    ...(options.partBytes === undefined ? {} : { partBytes: options.partBytes }),
  });
  const conversationOf = options.conversationOf ?? (() => null);
  const { endpoint } = options;
  const engine =
    endpoint.contract === "earmark"
      ? hearThroughContainer({ endpoint, calls, conversationOf, ffmpeg: options.ffmpeg })
      : hearThroughConversationIntelligence({ endpoints: endpoint, calls, conversationOf });
  const places = createPlaces(options.concurrency ?? 4);

  return {
    diarize: (audio, speech, attention) => places.take(() => engine.diarize(audio, speech, attention), attention.signal),
    recognise: (audio, diarization, speech, attention) =>
      places.take(() => engine.recognise(audio, diarization, speech, attention), attention.signal),
    tidy: (olderThanMs, signal) => calls.tidy(olderThanMs, signal),
    close: () => calls.close(),
  };
}
