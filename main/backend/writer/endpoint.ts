import { createHash } from "node:crypto";
import { type Dispatcher, EnvHttpProxyAgent, fetch, type Response } from "undici";
import { z } from "zod";
import type { ModelRequest } from "../../../app/conformity/writing/request.ts";
import { EarmarkError, type ErrorDetails } from "../../../app/contract/errors.ts";
import type { Attention, Clock, LanguageModel, ModelReply } from "../../../app/ports.ts";
import { type AttemptRule, withAttempts } from "../speech/sagemaker/attempts.ts";
import type { RecordEgress } from "../speech/sagemaker/egress.ts";
import { parseJson } from "../store/stored-json.ts";
import { usualAttempts } from "./bedrock.ts";
import { concession, fullManner, type Manner } from "./concessions.ts";

/*
 * An endpoint that speaks the chat completions of OpenAI (llama.cpp, Ollama, vLLM, LM Studio and others do): it can stand in
 * for Bedrock, on this machine or one's own.
 */

/** What an endpoint needs from outside. */
export interface EndpointOptions {
  /** Up to `/v1`, with or without a slash behind it. */
  readonly url: string;
  readonly model: string;
  /** The environment variable that holds its key; null for none. */
  readonly keyVariable: string | null;
  readonly stream: boolean;
  readonly onEgress: RecordEgress;
  readonly clock: Clock;
  readonly rule?: AttemptRule;
  /** 0 to 1, for the spread of waits. */
  readonly random?: () => number;
  /** How long nothing may come of an answer, in milliseconds. */
  readonly patienceMs?: number;
}

/** A model on a processor alone may think for minutes before its first word. */
const answerMs = 900_000;
/** Largest answer that is read, in characters. */
const largestAnswer = 16_000_000;

const usageSchema = z.object({ prompt_tokens: z.int().min(0), completion_tokens: z.int().min(0) });
const callSchema = z.object({
  index: z.int().nullish(),
  function: z
    .object({ name: z.string().nullish(), arguments: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish() })
    .nullish(),
});
const choiceSchema = z.object({
  message: z.object({ tool_calls: z.array(callSchema).nullish(), refusal: z.string().nullish() }).nullish(),
  delta: z.object({ tool_calls: z.array(callSchema).nullish(), refusal: z.string().nullish() }).nullish(),
  finish_reason: z.string().nullish(),
});
const completionSchema = z.object({
  choices: z.array(choiceSchema),
  usage: z.unknown().optional(),
  error: z.unknown().optional(),
});

/** The language model behind an endpoint. */
export function createEndpoint(options: EndpointOptions): LanguageModel {
  const { model, keyVariable, onEgress, clock } = options;
  let manner = fullManner(options.stream);
  const rule = options.rule ?? usualAttempts;
  const random = options.random ?? Math.random;
  const address = `${options.url.replace(/\/+$/u, "")}/chat/completions`;
  let dispatcher: Dispatcher | undefined;
  const patience = options.patienceMs ?? answerMs;

  const attempt = async (
    body: string,
    request: ModelRequest,
    { signal, onProgress }: Pick<Attention, "signal" | "onProgress">,
  ): Promise<Answer> => {
    dispatcher ??= new EnvHttpProxyAgent({ headersTimeout: patience, bodyTimeout: patience });
    const key = keyVariable === null ? undefined : process.env[keyVariable];
    const response = await fetch(address, {
      method: "POST",
      body,
      signal,
      dispatcher,
      // A redirect would take the text elsewhere than a person has agreed to.
      redirect: "error",
      headers: { "content-type": "application/json", ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
    });
    if (!response.ok) throw await refusal(response);
    const streamed = (response.headers.get("content-type") ?? "").includes("text/event-stream");
    if (!streamed) return settled([completionSchema.safeParse(parseJson(await textOf(response))).data]);
    return settled(await eventsOf(response, request.maxTokens, onProgress), true);
  };

  const send = async (request: ModelRequest, how: Manner, attention: Pick<Attention, "signal" | "onProgress">) => {
    const body = JSON.stringify(requestBody(model, request, how));
    const bytes = Buffer.from(body, "utf8");
    const requestHash = createHash("sha256").update(bytes).digest("hex");
    await onEgress({
      at: new Date(clock.now()).toISOString(),
      service: "writer-endpoint",
      operation: "ChatCompletions",
      region: null,
      destination: address,
      fields: [...request.fields],
      bytes: bytes.length,
      sha256: requestHash,
      conversationId: request.conversationId,
    });
    const answer = await withAttempts(
      async () => {
        try {
          return await attempt(body, request, attention);
        } catch (thrown) {
          throw endpointFailure(thrown, attention.signal);
        }
      },
      rule,
      attention.signal,
      random,
    );
    return { ...answer, requestHash };
  };

  return {
    engine: "endpoint",
    model,
    region: null,
    async ask(request, attention) {
      const begun = performance.now();
      for (;;) {
        const how = manner;
        try {
          return { ...(await send(request, how, attention)), ms: performance.now() - begun };
        } catch (thrown) {
          const less = concession(how, thrown);
          if (less === null) throw thrown;
          manner = less;
        }
      }
    },
    close() {
      dispatcher?.destroy().catch(() => undefined);
      dispatcher = undefined;
    },
  };
}

type Answer = Pick<ModelReply, "input" | "stop" | "tokens">;
type Completion = z.infer<typeof completionSchema>;

function requestBody(model: string, { system, message, tool, maxTokens }: ModelRequest, { stream, temperature, choice }: Manner) {
  const { name, description, schema } = tool;
  return {
    model,
    messages: [
      { role: "system", content: system },
      { role: "user", content: message },
    ],
    tools: [{ type: "function", function: { name, description, parameters: schema } }],
    tool_choice: choice === "this" ? { type: "function", function: { name } } : choice === "any" ? "required" : "auto",
    ...(temperature ? { temperature: 0 } : {}),
    max_tokens: maxTokens,
    ...(stream ? { stream: true, stream_options: { include_usage: true } } : { stream: false }),
  };
}

function detailsOf(more: ErrorDetails = {}): ErrorDetails {
  return { service: "writer-endpoint", operation: "ChatCompletions", ...more };
}

async function refusal(response: Response): Promise<EarmarkError> {
  const { status } = response;
  const told = z
    .object({ error: z.union([z.object({ message: z.string() }), z.string()]) })
    .safeParse(parseJson(await textOf(response)));
  const error = told.data?.error;
  const message = (typeof error === "string" ? error : (error?.message ?? `It answered with status ${status}.`)).slice(0, 300);
  const details = detailsOf({ status });
  if (status === 429 || status === 408 || status >= 500) return new EarmarkError("writer-unreachable", message, details);
  return new EarmarkError("writer-failed", message, details);
}

function endpointFailure(thrown: unknown, signal: AbortSignal): EarmarkError {
  if (thrown instanceof EarmarkError) return thrown;
  if (signal.aborted) return new EarmarkError("cancelled", "Cancelled.");
  const cause: unknown = thrown instanceof Error ? (thrown.cause ?? thrown) : thrown;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new EarmarkError("writer-unreachable", message.slice(0, 300), detailsOf(), { cause: thrown });
}

async function textOf(response: Response): Promise<string> {
  const text = await response.text();
  if (text.length > largestAnswer) throw new EarmarkError("writer-failed", "The answer is too long.", detailsOf());
  return text;
}

/** The pieces of a stream of server-sent events, up to `[DONE]`. */
async function eventsOf(
  response: Response,
  maxTokens: number,
  onProgress: Attention["onProgress"],
): Promise<(Completion | undefined)[]> {
  const pieces: (Completion | undefined)[] = [];
  let rest = "";
  let length = 0;
  let whole = false;
  const decoder = new TextDecoder();
  const take = (line: string): void => {
    const data = /^data:\s?(.*)$/su.exec(line.trimEnd())?.[1];
    if (data === undefined || data === "") return;
    if (data === "[DONE]") whole = true;
    else {
      pieces.push(completionSchema.safeParse(parseJson(data)).data);
      // Each piece is a token or so.
      onProgress(Math.min(0.95, pieces.length / maxTokens));
    }
  };
  for await (const chunk of response.body ?? []) {
    const text = decoder.decode(chunk as Uint8Array, { stream: true });
    rest += text;
    length += text.length;
    // Each piece of a stream has some hundred characters around its few.
    if (length > largestAnswer * 100 || rest.length > largestAnswer)
      throw new EarmarkError("writer-failed", "The answer is too long.", detailsOf());
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  }
  take(rest);
  const ended = pieces.some((piece) => piece?.choices.some(({ finish_reason }) => finish_reason != null));
  if (!whole && !ended) throw new EarmarkError("writer-unreachable", "The answer ended before it was whole.", detailsOf());
  return pieces;
}

function settled(pieces: readonly (Completion | undefined)[], streamed = false): Answer {
  const known = pieces.filter((piece) => piece !== undefined);
  if (known.length === 0 || known.some(({ error }) => error != null)) {
    throw new EarmarkError("writer-failed", "The endpoint's answer is none.", detailsOf());
  }
  const choices = known.flatMap((piece) => piece.choices);
  const reason = choices.findLast(({ finish_reason }) => finish_reason != null)?.finish_reason ?? null;
  const refused = choices.some(({ message, delta }) => (message?.refusal ?? delta?.refusal ?? "") !== "");
  const usage = usageSchema.safeParse(known.findLast((piece) => piece.usage != null)?.usage).data;
  const tokens = usage === undefined ? null : { input: usage.prompt_tokens, output: usage.completion_tokens };
  const parts = choices
    .flatMap(({ message, delta }) => (streamed ? delta : message)?.tool_calls ?? [])
    .filter(({ index }) => (index ?? 0) === 0);
  const given = parts.map((part) => part.function?.arguments ?? "");
  // Some endpoints give the arguments as an object instead of as text.
  const ready = given.find((one) => typeof one === "object");
  const input = ready ?? parseJson(given.filter((one) => typeof one === "string").join(""));
  const called = typeof input === "object" && input !== null;
  if (reason === "content_filter" || (refused && !called)) return { input: null, stop: "refused", tokens };
  if (reason === "length") return { input: called ? input : null, stop: "length", tokens };
  return { input: called ? input : null, stop: called ? "tool" : "malformed", tokens };
}
