import { z } from "zod";

/**
 * Every way in which Earmark can fail, as a closed set. The renderer and the command line hold one text for each code
 * (what happened, what was kept, what to do), so a new code does not compile until it has words.
 */
export const errorCodes = [
  // What the caller asked
  "input-invalid",
  "not-found",
  "not-allowed",
  "conflict",
  "cancelled",
  // What was brought in
  "file-missing",
  "file-unreadable",
  "file-empty",
  "file-too-large",
  "format-unknown",
  "format-malformed",
  "format-unsuitable",
  "media-no-audio",
  "media-truncated",
  "media-too-long",
  "media-decode-failed",
  // What Earmark works with
  "ffmpeg-missing",
  "model-missing",
  "model-damaged",
  "model-changed",
  "model-unsuitable",
  "model-not-understanding",
  "download-failed",
  "download-not-a-model",
  "download-stalled",
  "disk-full",
  // The engine
  "engine-crashed",
  "engine-crashed-twice",
  "engine-stalled",
  "engine-out-of-memory",
  "engine-failed",
  // AWS, where a person has chosen to use it
  "aws-credentials-missing",
  "aws-denied",
  "aws-not-found",
  "aws-throttled",
  "aws-unreachable",
  // A language model that answers questions
  "writer-none",
  "writer-unreachable",
  "writer-failed",
  // The library
  "library-newer",
  "library-corrupt",
  "library-locked",
  "library-unwritable",
  // The ledger
  "ledger-broken",
  "ledger-key-lost",
  // Us
  "internal",
] as const;

/** One of the closed set of failure codes. */
export type ErrorCode = (typeof errorCodes)[number];

/** Extra facts about a failure: plain values that a text may quote. Never a path of somebody else's, never words of a call. */
export type ErrorDetails = Record<string, string | number | boolean | null>;

/** A failure as it crosses a door: between processes, to the page, into the job table. */
export const failureSchema = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).default({}),
});

/** A failure as plain data. */
export type Failure = z.infer<typeof failureSchema>;

/**
 * The one error class of Earmark: a code out of the closed set, a message for the log, and details for the text.
 * Whatever else is thrown is a fault of ours and becomes `internal`.
 */
export class EarmarkError extends Error {
  override readonly name = "EarmarkError";
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}

/** Turns anything thrown into plain data. An abort becomes `cancelled`; a full disk is recognised by its system code. */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof EarmarkError) return { code: thrown.code, message: thrown.message, details: thrown.details };
  if (thrown instanceof Error) {
    if (thrown.name === "AbortError") return { code: "cancelled", message: "Cancelled.", details: {} };
    const systemCode = "code" in thrown && typeof thrown.code === "string" ? thrown.code : undefined;
    if (systemCode === "ENOSPC") return { code: "disk-full", message: thrown.message, details: {} };
    return { code: "internal", message: thrown.message, details: systemCode === undefined ? {} : { systemCode } };
  }
  return { code: "internal", message: written(thrown), details: {} };
}

/** Anything as text. An object without a prototype, or with a hostile one, cannot be made into a string. */
function written(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return "Something was thrown that cannot be written down.";
  }
}

/** The error that a failure was, for throwing on the other side of a door. */
export function fromFailure(failure: Failure): EarmarkError {
  return new EarmarkError(failure.code, failure.message, failure.details);
}

/** Throws when the signal has been aborted; call it between two steps of long work. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new EarmarkError("cancelled", "Cancelled.");
}
