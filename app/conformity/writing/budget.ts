import type { Asked } from "./asked.ts";
import { splitParts } from "./parts.ts";
import type { RenderedTranscript } from "./rendering.ts";
import { systemText } from "./request.ts";
import { estimateTokens } from "./tokens.ts";

/* What a model has room for, and what asking it takes: before anything is sent. */

/** What a model takes in and gives out. */
export interface ModelLimits {
  /** Tokens in and out together, and those of one answer. */
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
}

/** Tokens that an answer with its quotes takes, by experience of ordinary ones. */
export const answerTokens = 350;
/** What is left free of the model's limit, because tokens are estimated. */
const spare = 0.05;
/** What the tool's schema and the service put around a request, and more for each question. */
const around = 900;
const aroundEach = 40;
/** What a check takes in besides the questions, and gives out. */
const checkTokens = { input: 700, output: 120 } as const;

/** Tokens of a request without the transcript. */
function requestTokens(asked: readonly Asked[], rendered: Pick<RenderedTranscript, "language" | "durationMs">): number {
  const system = systemText({ asked, mode: "gather", faults: new Map(), nonce: "0".repeat(32), rendered });
  return estimateTokens(system) + around + aroundEach * asked.length;
}

/** Tokens that are left to the transcript when these are asked; less than nothing where the questions alone are too long. */
export function roomFor(
  asked: readonly Asked[],
  { contextTokens, maxOutputTokens }: ModelLimits,
  rendered: Pick<RenderedTranscript, "language" | "durationMs">,
): number {
  return Math.floor(contextTokens * (1 - spare)) - maxOutputTokens - requestTokens(asked, rendered);
}

/** What asking is expected to take. */
export interface AskingEstimate {
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** What asking about one conversation is expected to take where no answer has to be asked for once more. */
export function estimateAsking(
  asked: readonly Asked[],
  rendered: RenderedTranscript,
  limits: ModelLimits & { readonly crossCheck: boolean },
): AskingEstimate {
  const each = requestTokens(asked, rendered);
  const parts = splitParts(rendered, Math.max(50, roomFor(asked, limits, rendered)));
  const [only] = parts;
  if (only === undefined) return { requests: 0, inputTokens: 0, outputTokens: 0 };
  // Of a long one the parts are asked, and then it is decided over what was found in them.
  const decided = parts.length === 1 ? 0 : only.tokens / 2;
  const answers = parts.length === 1 ? 1 : parts.length + 1;
  const checks = limits.crossCheck ? 1 : 0;
  return {
    requests: answers + checks,
    inputTokens: Math.ceil(
      parts.reduce((sum, { tokens }) => sum + tokens, decided) + each * answers + checkTokens.input * checks,
    ),
    outputTokens: answerTokens * asked.length * answers + checkTokens.output * checks,
  };
}
