import type { ReadRevision } from "./conformity/evidence.ts";
import type { Asked } from "./conformity/writing/asked.ts";
import type { ModelRequest } from "./conformity/writing/request.ts";
import type { Written } from "./conformity/writing/written.ts";
import type { Transcript } from "./conversation/conversation.ts";
import type { DecodedAudio, Diarization, HeardSoFar, SpeechOptions } from "./conversation/speech.ts";
import type { Fallback, LanguageReading } from "./insight/insight.ts";

/** How far a piece of work has come: 0 to 1. Called often; whoever listens thins it out. */
export type ProgressListener = (share: number) => void;

/** What every long call takes beside its input. */
export interface Attention {
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
  /** Told of turns while a recording is still being heard, where the engine can. They are not redacted. */
  readonly onTurns?: (heard: HeardSoFar) => void;
}

/**
 * Hears a recording: who spoke when, and what was said. Implemented by the local speech process and by SageMaker; both
 * pass the same port tests. Rejects with an `EarmarkError`; `cancelled` within a second of the signal's abort.
 */
export interface SpeechEngine {
  /** Who spoke when. Without models: by channel activity, and the result's shortfalls say what is missing. */
  diarize(audio: DecodedAudio, options: SpeechOptions, attention: Attention): Promise<Diarization>;
  /**
   * What was said, word by word, by the voices of the diarization. Where no suitable model is installed the turns come
   * without words and the shortfalls name the model that would add them.
   */
  recognise(audio: DecodedAudio, diarization: Diarization, options: SpeechOptions, attention: Attention): Promise<Transcript>;
  /** Ends the engine's processes. */
  close(): Promise<void>;
}

/** A text whose language is to be read: a turn as it may be read, with everything masked replaced. */
export interface LanguageText {
  readonly turnId: string;
  readonly text: string;
  /** BCP 47; null where nobody knows. */
  readonly language: string | null;
  /** What was said just before it. */
  readonly before: string;
}

/** What the texts belong to. */
export interface LanguageOccasion {
  readonly conversationId: string;
  /** When the conversation began; null where nobody knows. */
  readonly startedAt: Date | null;
}

/**
 * Reads how texts feel and what they mention. Implemented by this machine's own reader and by Amazon Comprehend. Answers
 * with one reading for each text, in order; no language makes it fail. Rejects with an `EarmarkError`; `cancelled` soon
 * after the signal's abort.
 */
export interface LanguageEngine {
  read(
    texts: readonly LanguageText[],
    occasion: LanguageOccasion,
    attention: Pick<Attention, "signal" | "onProgress">,
  ): Promise<{ readonly readings: readonly LanguageReading[]; readonly fallbacks: readonly Fallback[] }>;
  /** Ends its connections. */
  close(): void;
}

/** What came of one request to a language model. */
export interface ModelReply {
  /** The input that the tool was called with, unread; null where it was not called. */
  readonly input: unknown;
  /** Why it ended: the tool was called; there was no room for more; it or a guardrail refused; what came is no call. */
  readonly stop: "tool" | "length" | "refused" | "malformed";
  /** Null where the service does not say. */
  readonly tokens: { readonly input: number; readonly output: number } | null;
  /** SHA-256 over what was sent, as in the egress record. */
  readonly requestHash: string;
  /** How long it took, in milliseconds. */
  readonly ms: number;
}

/**
 * A language model that is made to call one tool. Implemented by Amazon Bedrock and by an endpoint that speaks the chat
 * completions of OpenAI; both pass the same port tests. Each request is recorded as egress before it is sent. Rejects with
 * an `EarmarkError`, after attempts of its own where waiting may help; `cancelled` soon after the signal's abort.
 */
export interface LanguageModel {
  readonly engine: "bedrock" | "endpoint";
  /** Model or inference profile, as it is asked for. */
  readonly model: string;
  readonly region: string | null;
  ask(request: ModelRequest, attention: Pick<Attention, "signal" | "onProgress">): Promise<ModelReply>;
  /** Ends its connections. */
  close(): void;
}

/**
 * Answers questions about one conversation with words that prove the answers. Only redacted text is read. Every question
 * gets an answer or a reason why it is left to a person; one that fails costs no other. Rejects where nothing could be
 * asked at all.
 */
export interface Writer {
  answer(asked: readonly Asked[], read: ReadRevision, attention: Pick<Attention, "signal" | "onProgress">): Promise<Written>;
  /** Ends its connections. */
  close(): void;
}

/** Reads the time; injected so that tests decide it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}
