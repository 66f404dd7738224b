import type { ServerResponse } from "node:http";
import { EventStreamCodec } from "@smithy/eventstream-codec";
import { type ModelDouble, type ModelTrouble, sendJson, startModelDouble, streamPieces, tokensSeen } from "./model-double.ts";
import type { SeenPrompt } from "./reading-model.ts";

/*
 * Amazon Bedrock's runtime over a real socket, as far as Earmark speaks it: Converse, and ConverseStream in frames of
 * `application/vnd.amazon.eventstream` with their checksums. It answers what a brain thinks of, and fails as it is told to.
 */

/** A request as it came. */
export interface SeenConverse extends SeenPrompt {
  readonly operation: "Converse" | "ConverseStream";
  /** The body, byte for byte. */
  readonly body: string;
  readonly signed: boolean;
  readonly choice: unknown;
}

/** How Bedrock answers otherwise than usual. */
export type ConverseTrouble = ModelTrouble;

/** Bedrock, and a look inside. */
export type BedrockDouble = ModelDouble<SeenConverse>;

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString("utf8"),
  (text) => new Uint8Array(Buffer.from(text, "utf8")),
);

function frame(type: string, body: object, message: "event" | "exception" = "event"): Buffer {
  const named = message === "event" ? ":event-type" : ":exception-type";
  return Buffer.from(
    codec.encode({
      headers: {
        ":message-type": { type: "string", value: message },
        [named]: { type: "string", value: type },
        ":content-type": { type: "string", value: "application/json" },
      },
      body: new Uint8Array(Buffer.from(JSON.stringify(body), "utf8")),
    }),
  );
}

interface ConverseBody {
  readonly system?: readonly { readonly text?: string }[];
  readonly messages?: readonly { readonly role: string; readonly content: readonly { readonly text?: string }[] }[];
  readonly inferenceConfig?: { readonly maxTokens?: number };
  readonly toolConfig?: {
    readonly tools?: readonly {
      readonly toolSpec?: { readonly name?: string; readonly inputSchema?: { readonly json?: unknown } };
    }[];
    readonly toolChoice?: { readonly tool?: { readonly name?: string } };
  };
}

function stream(response: ServerResponse, one: SeenConverse, input: string, trouble: ModelTrouble | null): void {
  response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
  const half = Math.ceil(input.length / 2);
  const isCut = trouble?.kind === "stop" && trouble.reason === "max_tokens";
  const isRefused = trouble?.kind === "stop" && trouble.reason !== "max_tokens";
  const given = isCut ? input.slice(0, half) : input;
  response.write(frame("messageStart", { role: "assistant" }));
  if (trouble?.kind === "prose" || isRefused) {
    const text = trouble?.kind === "prose" ? trouble.text : "I can not help with that.";
    response.write(frame("contentBlockDelta", { contentBlockIndex: 0, delta: { text } }));
  } else {
    response.write(
      frame("contentBlockStart", { contentBlockIndex: 0, start: { toolUse: { toolUseId: "tooluse_1", name: one.tool } } }),
    );
    const pieces = streamPieces(given);
    for (const [at, piece] of pieces.entries()) {
      const delta = frame("contentBlockDelta", { contentBlockIndex: 0, delta: { toolUse: { input: piece } } });
      if (at >= pieces.length / 2 && trouble?.kind === "stall") return;
      if (at >= pieces.length / 2 && trouble?.kind === "cut") return void response.socket?.destroy();
      if (at >= pieces.length / 2 && trouble?.kind === "exception") {
        return void response.end(frame(trouble.name, { message: "It failed." }, "exception"));
      }
      if (at >= pieces.length / 2 && trouble?.kind === "corrupt") {
        const place = delta.length - 10;
        delta.writeUInt8(delta.readUInt8(place) ^ 1, place);
      }
      response.write(delta);
    }
  }
  response.write(frame("contentBlockStop", { contentBlockIndex: 0 }));
  const stopReason = trouble?.kind === "stop" ? trouble.reason : trouble?.kind === "prose" ? "end_turn" : "tool_use";
  response.write(frame("messageStop", { stopReason }));
  response.end(frame("metadata", { usage: usageOf(one, given), metrics: { latencyMs: 5 } }));
}

function usageOf({ system, message }: SeenConverse, output: string) {
  const inputTokens = tokensSeen(system + message);
  const outputTokens = tokensSeen(output);
  return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
}

function whole(response: ServerResponse, one: SeenConverse, input: unknown, trouble: ModelTrouble | null): void {
  const stopReason = trouble?.kind === "stop" ? trouble.reason : trouble?.kind === "prose" ? "end_turn" : "tool_use";
  const isCalled = stopReason === "tool_use";
  const content = isCalled
    ? [{ toolUse: { toolUseId: "tooluse_1", name: one.tool, input } }]
    : [{ text: trouble?.kind === "prose" ? trouble.text : "" }];
  const usage = usageOf(one, JSON.stringify(input));
  sendJson(response, 200, { output: { message: { role: "assistant", content } }, stopReason, usage, metrics: { latencyMs: 5 } });
}

/** Starts Bedrock on a free port of this machine. */
export function startBedrockDouble(): Promise<BedrockDouble> {
  return startModelDouble<SeenConverse>({
    path: "",
    read(request, body) {
      const path = /^\/model\/([^/]+)\/(converse|converse-stream)$/u.exec(request.url ?? "");
      if (path === null) return null;
      const parsed = JSON.parse(body) as ConverseBody;
      const [tool] = parsed.toolConfig?.tools ?? [];
      return {
        operation: path[2] === "converse" ? "Converse" : "ConverseStream",
        model: decodeURIComponent(path[1] ?? ""),
        system: (parsed.system ?? []).map(({ text }) => text ?? "").join("\n"),
        message: (parsed.messages ?? []).flatMap(({ content }) => content.map(({ text }) => text ?? "")).join("\n"),
        tool: tool?.toolSpec?.name ?? "",
        schema: tool?.toolSpec?.inputSchema?.json ?? null,
        maxTokens: parsed.inferenceConfig?.maxTokens ?? 0,
        choice: parsed.toolConfig?.toolChoice ?? null,
        signed: /^AWS4-HMAC-SHA256 .*\/bedrock\/aws4_request/u.test(String(request.headers.authorization ?? "")),
        body,
      };
    },
    refuse(response, { status, name, message = name }) {
      sendJson(response, status, { message }, { "x-amzn-errortype": `${name}:http://internal.amazon.com/coral/` });
    },
    answer(response, one, brain, trouble) {
      if (!one.signed) {
        const type = { "x-amzn-errortype": "MissingAuthenticationTokenException" };
        return sendJson(response, 403, { message: "Missing Authentication Token" }, type);
      }
      const input = brain(one);
      if (one.operation === "Converse") whole(response, one, input, trouble);
      else stream(response, one, JSON.stringify(input), trouble);
    },
  });
}
