import type { HeardSoFar } from "../app/conversation/speech.ts";

/** Why the speech engine gave up: a closed set, which whoever runs the engine translates into its own. */
export type SpeechErrorCode =
  /** The signal was aborted. */
  | "cancelled"
  /** A file of the model is missing or is not what it should be. */
  | "model-damaged"
  /** The model is whole, and of a kind the engine cannot use. */
  | "model-unsuitable"
  /** The runtime refused or broke. */
  | "engine-failed";

/** What the speech engine throws. The message is for the log; the code is for the program. */
export class SpeechError extends Error {
  readonly code: SpeechErrorCode;

  constructor(code: SpeechErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "SpeechError";
    this.code = code;
  }
}

/** What every long piece of work listens to. */
export interface Listening {
  readonly signal: AbortSignal;
  readonly onProgress: (share: number) => void;
  /** Told of turns as they are heard, in order; not before a limited model has shown that it understands. */
  readonly onTurns?: (heard: HeardSoFar) => void;
}

/** Throws `cancelled` once the signal is aborted; called between windows. */
export function stopIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new SpeechError("cancelled", "The analysis was cancelled.", { cause: signal.reason });
}

/** Runs a step of the runtime; whatever it throws becomes `engine-failed`, except what is a `SpeechError` already. */
export async function guarded<Result>(what: string, step: () => Promise<Result>): Promise<Result> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof SpeechError) throw error;
    throw new SpeechError("engine-failed", `${what}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
