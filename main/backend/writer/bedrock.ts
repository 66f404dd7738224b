import { createHash } from "node:crypto";
import type { ContentBlock, ConverseRequest } from "@aws-sdk/client-bedrock-runtime";
import { z } from "zod";
import type { ModelRequest } from "../../../app/conformity/writing/request.ts";
import { EarmarkError, throwIfCancelled } from "../../../app/contract/errors.ts";
import type { Attention, Clock, LanguageModel, ModelReply } from "../../../app/ports.ts";
import { type AttemptRule, orCancelled, withAttempts } from "../speech/sagemaker/attempts.ts";
import { awsFailure } from "../speech/sagemaker/aws-failure.ts";
import type { RecordEgress } from "../speech/sagemaker/egress.ts";
import { parseJson } from "../store/stored-json.ts";
import { type Bedrock, type BedrockConnection, openBedrock } from "./bedrock-client.ts";
import { concession, fullManner, type Manner } from "./concessions.ts";

/*
 * Amazon Bedrock's Converse API over the SDK: one message of data, a system text, one tool that has to be called. Where the
 * answer is streamed, its length so far is told as progress.
 */

/** What Bedrock needs from outside. */
export interface BedrockOptions {
  readonly connection: BedrockConnection;
  /** A model's id, an inference profile's id, or the ARN of either. */
  readonly modelId: string;
  readonly stream: boolean;
  readonly onEgress: RecordEgress;
  readonly clock: Clock;
  readonly rule?: AttemptRule;
  /** 0 to 1, for the spread of waits. */
  readonly random?: () => number;
  /** How long nothing may come of an answer, in milliseconds. */
  readonly patienceMs?: number;
}

/** Six attempts over some half a minute: Bedrock counts requests and tokens by the minute. */
export const usualAttempts: AttemptRule = { attempts: 6, firstMs: 1_000, longestMs: 20_000 };

const tokensSchema = z.object({ inputTokens: z.int().min(0), outputTokens: z.int().min(0) });

/** Names of failures that pass and that `awsFailure` has no code for, because no other service has them. */
const passing: ReadonlySet<string> = new Set(["ModelTimeoutException", "ModelStreamErrorException"]);

/** The language model that Bedrock has. */
export function createBedrock(options: BedrockOptions): LanguageModel {
  const { connection, modelId, onEgress, clock } = options;
  const rule = options.rule ?? usualAttempts;
  const random = options.random ?? Math.random;
  let manner = fullManner(options.stream);
  let opened: Promise<Bedrock> | undefined;
  const open = (): Promise<Bedrock> => {
    opened ??= openBedrock(connection, options.patienceMs).catch((thrown: unknown) => {
      opened = undefined;
      throw awsFailure(thrown, { service: "bedrock-runtime", operation: "Converse" });
    });
    return opened;
  };

  const attempt = async (
    input: ConverseRequest,
    streamed: boolean,
    attention: Pick<Attention, "signal" | "onProgress">,
  ): Promise<Answer> => {
    const { client, commands } = await open();
    const abortSignal = attention.signal;
    if (!streamed) return answerOf(await client.send(new commands.ConverseCommand(input), { abortSignal }));
    const answer = await client.send(new commands.ConverseStreamCommand(input), { abortSignal });
    return streamedAnswer(answer.stream ?? nothing(), input, attention, options.patienceMs ?? stallMs);
  };

  const send = async (request: ModelRequest, how: Manner, attention: Pick<Attention, "signal" | "onProgress">) => {
    const input = converseInput(modelId, request, how);
    const { modelId: _, ...content } = input;
    const bytes = Buffer.from(JSON.stringify(content), "utf8");
    const requestHash = createHash("sha256").update(bytes).digest("hex");
    const operation = how.stream ? "ConverseStream" : "Converse";
    await onEgress({
      at: new Date(clock.now()).toISOString(),
      service: "bedrock-runtime",
      operation,
      region: connection.region,
      destination: modelId,
      fields: [...request.fields],
      bytes: bytes.length,
      sha256: requestHash,
      conversationId: request.conversationId,
    });
    const answer = await withAttempts(
      async () => {
        try {
          return await attempt(input, how.stream, attention);
        } catch (thrown) {
          throw bedrockFailure(thrown, operation);
        }
      },
      rule,
      attention.signal,
      random,
    );
    return { ...answer, requestHash };
  };

  return {
    engine: "bedrock",
    model: modelId,
    region: connection.region,
    async ask(request, attention) {
      const begun = performance.now();
      for (;;) {
        const how = manner;
        try {
          const answer = await send(request, how, attention);
          throwIfCancelled(attention.signal);
          return { ...answer, ms: performance.now() - begun };
        } catch (thrown) {
          const less = concession(how, thrown);
          if (less === null) throw thrown;
          manner = less;
        }
      }
    },
    close() {
      opened?.then(({ client }) => client.destroy()).catch(() => undefined);
      opened = undefined;
    },
  };
}

type Answer = Pick<ModelReply, "input" | "stop" | "tokens">;

async function* nothing(): AsyncGenerator<never> {
  // A stream that the service did not open has nothing in it.
}

function converseInput(
  modelId: string,
  { system, message, tool, maxTokens }: ModelRequest,
  { temperature, choice }: Manner,
): ConverseRequest {
  const { name, description, schema } = tool;
  // The SDK's type of a document is one that can be written to; nobody writes.
  const json = structuredClone(schema) as never;
  return {
    modelId,
    system: [{ text: system }],
    messages: [{ role: "user", content: [{ text: message }] }],
    inferenceConfig: { maxTokens, ...(temperature ? { temperature: 0 } : {}) },
    toolConfig: {
      tools: [{ toolSpec: { name, description, inputSchema: { json } } }],
      toolChoice: choice === "this" ? { tool: { name } } : choice === "any" ? { any: {} } : { auto: {} },
    },
  };
}

function bedrockFailure(thrown: unknown, operation: string): EarmarkError {
  const failure = awsFailure(thrown, { service: "bedrock-runtime", operation });
  const name = failure.details["awsError"];
  if (name === "ServiceQuotaExceededException") return new EarmarkError("aws-throttled", failure.message, failure.details);
  if (failure.code === "engine-failed") {
    const code = typeof name === "string" && passing.has(name) ? "aws-unreachable" : "writer-failed";
    return new EarmarkError(code, failure.message, failure.details, { cause: thrown });
  }
  return failure;
}

function stopOf(reason: string | undefined): ModelReply["stop"] {
  switch (reason) {
    case "max_tokens":
    case "model_context_window_exceeded":
      return "length";
    case "guardrail_intervened":
    case "content_filtered":
      return "refused";
    case "tool_use":
      return "tool";
    default:
      return "malformed";
  }
}

/** A call of the tool counts however the answer ended; without one the reason tells why there is none. */
function settled(input: unknown, reason: string | undefined, usage: unknown): Answer {
  const stop = stopOf(reason);
  const tokens = tokensSchema.safeParse(usage).data;
  const called = typeof input === "object" && input !== null;
  return {
    input: called && stop !== "refused" ? input : null,
    stop: stop === "tool" || stop === "malformed" ? (called ? "tool" : "malformed") : stop,
    tokens: tokens === undefined ? null : { input: tokens.inputTokens, output: tokens.outputTokens },
  };
}

function answerOf(answer: {
  readonly output?: { readonly message?: { readonly content?: ContentBlock[] | undefined } } | undefined;
  readonly stopReason?: string | undefined;
  readonly usage?: unknown;
}): Answer {
  const call = answer.output?.message?.content?.find(({ toolUse }) => toolUse !== undefined)?.toolUse;
  return settled(call?.input ?? null, answer.stopReason, answer.usage);
}

const eventSchema = z.object({
  contentBlockStart: z
    .object({
      contentBlockIndex: z.int().nullish(),
      start: z.object({ toolUse: z.object({ name: z.string() }).optional() }).nullish(),
    })
    .optional(),
  contentBlockDelta: z
    .object({
      contentBlockIndex: z.int().nullish(),
      delta: z.object({ toolUse: z.object({ input: z.string() }).optional() }).nullish(),
    })
    .optional(),
  messageStop: z.object({ stopReason: z.string() }).optional(),
  metadata: z.object({ usage: z.unknown() }).optional(),
});

/** How long nothing may come of a stream that has begun, in milliseconds. */
const stallMs = 120_000;

/** A stream that is left, and its connection with it, when nothing comes of it for too long, or on abort. */
async function* withPatience(events: AsyncIterable<object>, patienceMs: number, signal: AbortSignal): AsyncGenerator<object> {
  const iterator = events[Symbol.asyncIterator]();
  let whole = false;
  try {
    for (;;) {
      const stall = AbortSignal.timeout(patienceMs);
      const next = await orCancelled(iterator.next(), AbortSignal.any([signal, stall])).catch((thrown: unknown) => {
        throwIfCancelled(signal);
        if (!stall.aborted) throw thrown;
        throw new EarmarkError("aws-unreachable", "Bedrock's answer stopped coming.", {
          service: "bedrock-runtime",
          operation: "ConverseStream",
        });
      });
      whole = next.done === true;
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    // A stream that waits for its next piece ends only with its connection, which nobody waits for.
    if (!whole) iterator.return?.()?.catch(() => undefined);
  }
}

/** Characters that a token of an answer is expected to be, for telling how far it has come. */
const charactersOfToken = 4;

async function streamedAnswer(
  events: AsyncIterable<object>,
  input: ConverseRequest,
  { signal, onProgress }: Pick<Attention, "signal" | "onProgress">,
  patienceMs: number,
): Promise<Answer> {
  const most = (input.inferenceConfig?.maxTokens ?? 1) * charactersOfToken;
  const calls = new Map<number, string>();
  let reason: string | undefined;
  let usage: unknown = null;
  let length = 0;
  for await (const raw of withPatience(events, patienceMs, signal)) {
    const fault = Object.values(raw).find((one) => one instanceof Error);
    if (fault !== undefined) throw fault;
    const event = eventSchema.safeParse(raw).data;
    if (event === undefined) continue;
    const { contentBlockStart, contentBlockDelta, messageStop, metadata } = event;
    if (contentBlockStart?.start?.toolUse !== undefined) calls.set(contentBlockStart.contentBlockIndex ?? 0, "");
    const more = contentBlockDelta?.delta?.toolUse?.input;
    if (more !== undefined) {
      const index = contentBlockDelta?.contentBlockIndex ?? 0;
      calls.set(index, (calls.get(index) ?? "") + more);
      length += more.length;
      onProgress(Math.min(0.95, length / most));
    }
    if (messageStop !== undefined) reason = messageStop.stopReason;
    if (metadata !== undefined) usage = metadata.usage;
  }
  if (reason === undefined) {
    throw new EarmarkError("aws-unreachable", "Bedrock's answer ended before it was whole.", {
      service: "bedrock-runtime",
      operation: "ConverseStream",
    });
  }
  const [text = ""] = [...calls.values()];
  return settled(parseJson(text), reason, usage);
}
