import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { EventStreamCodec } from "@smithy/eventstream-codec";
import type { Brain, SeenPrompt } from "./reading-model.ts";

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

/** How a request is answered otherwise than usual. */
export type ConverseTrouble =
  | { readonly kind: "refuse"; readonly status: number; readonly name: string; readonly message?: string }
  /** Says nothing, and keeps the connection. */
  | { readonly kind: "silence" }
  /** Ends the connection. */
  | { readonly kind: "hang-up" }
  /** Answers with this text as it is. */
  | { readonly kind: "text"; readonly text: string }
  /** Ends for this reason; the tool's input is cut in its middle where it is the length. */
  | { readonly kind: "stop"; readonly reason: "max_tokens" | "guardrail_intervened" | "content_filtered" | "malformed_tool_use" }
  /** Writes prose and does not call the tool. */
  | { readonly kind: "prose"; readonly text: string }
  /** A stream that ends in its middle. */
  | { readonly kind: "cut" }
  /** A stream of which nothing more comes in its middle. */
  | { readonly kind: "stall" }
  /** A stream with a byte that was changed on its way. */
  | { readonly kind: "corrupt" }
  /** A stream in whose middle Bedrock tells of a failure. */
  | {
      readonly kind: "exception";
      readonly name: "throttlingException" | "modelStreamErrorException" | "internalServerException";
    };

/** Bedrock, and a look inside. */
export interface BedrockDouble {
  readonly url: string;
  readonly seen: SeenConverse[];
  /** Connections that are open now. */
  connections(): number;
  brain: Brain;
  /** Decides what goes wrong with a request; null lets it pass. Replace it at will. */
  trouble: (request: SeenConverse) => ConverseTrouble | null;
  close(): Promise<void>;
}

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

/** A body whole. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
}

/** Tokens of a text by a count of the doubles' own: four characters each. */
export const tokensSeen = (text: string): number => Math.ceil(text.length / 4);

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

function json(response: ServerResponse, status: number, value: unknown, headers: Record<string, string> = {}): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, { "content-type": "application/json", "content-length": body.length, ...headers });
  response.end(body);
}

function stream(response: ServerResponse, one: SeenConverse, input: string, trouble: ConverseTrouble | null): void {
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
    const pieces = given.match(/[\s\S]{1,160}/gu) ?? [""];
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

function whole(response: ServerResponse, one: SeenConverse, input: unknown, trouble: ConverseTrouble | null): void {
  const stopReason = trouble?.kind === "stop" ? trouble.reason : trouble?.kind === "prose" ? "end_turn" : "tool_use";
  const isCalled = stopReason === "tool_use";
  const content = isCalled
    ? [{ toolUse: { toolUseId: "tooluse_1", name: one.tool, input } }]
    : [{ text: trouble?.kind === "prose" ? trouble.text : "" }];
  const usage = usageOf(one, JSON.stringify(input));
  json(response, 200, { output: { message: { role: "assistant", content } }, stopReason, usage, metrics: { latencyMs: 5 } });
}

/** Starts Bedrock on a free port of this machine. */
export async function startBedrockDouble(): Promise<BedrockDouble> {
  const seen: SeenConverse[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = /^\/model\/([^/]+)\/(converse|converse-stream)$/u.exec(request.url ?? "");
    const body = await bodyOf(request);
    if (path === null || request.method !== "POST") return json(response, 404, { message: "Not found." });
    const parsed = JSON.parse(body) as ConverseBody;
    const [tool] = parsed.toolConfig?.tools ?? [];
    const one: SeenConverse = {
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
    seen.push(one);
    const trouble = double.trouble(one);
    if (trouble?.kind === "silence") return;
    if (trouble?.kind === "hang-up") return void response.destroy();
    if (trouble?.kind === "refuse") {
      const { status, name, message = name } = trouble;
      return json(response, status, { message }, { "x-amzn-errortype": `${name}:http://internal.amazon.com/coral/` });
    }
    if (trouble?.kind === "text") {
      response.writeHead(200, { "content-type": "application/json" });
      return void response.end(trouble.text);
    }
    if (!one.signed)
      return json(
        response,
        403,
        { message: "Missing Authentication Token" },
        { "x-amzn-errortype": "MissingAuthenticationTokenException" },
      );
    const input = double.brain(one);
    if (one.operation === "Converse") whole(response, one, input, trouble);
    else stream(response, one, JSON.stringify(input), trouble);
  };
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  const open = new Set<object>();
  server.on("connection", (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const double: BedrockDouble = {
    url: `http://127.0.0.1:${port}`,
    seen,
    connections: () => open.size,
    brain: () => ({ answers: [] }),
    trouble: () => null,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return double;
}
