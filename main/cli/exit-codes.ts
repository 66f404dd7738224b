import { assertNever } from "../../app/assert-never.ts";
import type { ErrorCode } from "../../app/contract/errors.ts";

/** How the command line ends. What each means is part of its face: scripts rely on it. */
export const exitCodes = {
  done: 0,
  /** The command was not understood, or asks for something that is not there. */
  usage: 2,
  /** A model or a program is missing; the message says how to get it. */
  missing: 3,
  /** What should be read, a recording or the library, cannot be. */
  unreadable: 4,
  /** The engine failed, or Earmark itself. */
  failed: 5,
  /** What was verified is not as it was sealed. */
  altered: 6,
  /** Cancelled: 128 and the number of SIGINT, as shells have it. */
  cancelled: 130,
} as const;

/** A number that the command line ends with. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The exit code that belongs to a failure. */
export function exitCodeFor(code: ErrorCode): ExitCode {
  switch (code) {
    case "input-invalid":
    case "not-found":
    case "not-allowed":
    case "conflict":
    case "format-unsuitable":
      return exitCodes.usage;
    case "cancelled":
      return exitCodes.cancelled;
    case "file-missing":
    case "file-unreadable":
    case "file-empty":
    case "file-too-large":
    case "format-unknown":
    case "format-malformed":
    case "media-no-audio":
    case "media-truncated":
    case "media-too-long":
    case "media-decode-failed":
    case "library-newer":
    case "library-corrupt":
    case "library-locked":
    case "library-unwritable":
    case "ledger-broken":
    case "ledger-key-lost":
      return exitCodes.unreadable;
    case "aws-credentials-missing":
    case "aws-denied":
    case "aws-not-found":
    case "writer-none":
    case "ffmpeg-missing":
    case "model-missing":
    case "model-damaged":
    case "model-changed":
    case "model-unsuitable":
    case "model-not-understanding":
    case "download-failed":
    case "download-not-a-model":
    case "download-stalled":
      return exitCodes.missing;
    case "aws-throttled":
    case "aws-unreachable":
    case "writer-unreachable":
    case "writer-failed":
    case "disk-full":
    case "engine-crashed":
    case "engine-crashed-twice":
    case "engine-stalled":
    case "engine-out-of-memory":
    case "engine-failed":
    case "internal":
      return exitCodes.failed;
    default:
      return assertNever(code);
  }
}
