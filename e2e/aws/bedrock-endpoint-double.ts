import type { ServerResponse } from "node:http";
import { type ModelDouble, type ModelTrouble, sendJson, startModelDouble, streamPieces, tokensSeen } from "./model-double.ts";
import type { SeenPrompt } from "./reading-model.ts";

/*
 * An endpoint that speaks the chat completions of OpenAI over a real socket, whole and as server-sent events: what can stand
 * in for Bedrock. It has the same troubles.
 */

/** A request as it came. */
export interface SeenCompletion extends SeenPrompt {
  readonly body: string;
  readonly streamed: boolean;
  readonly authorization: string | null;
  readonly choice: unknown;
}

/** The endpoint, up to `/v1`, and a look inside. */
export type EndpointDouble = ModelDouble<SeenCompletion>;

interface CompletionBody {
  readonly model: string;
  readonly stream?: boolean;
  readonly max_tokens?: number;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly tools?: readonly { readonly function?: { readonly name?: string; readonly parameters?: unknown } }[];
  readonly tool_choice?: unknown;
}

const reasons: Readonly<Record<string, string>> = {
  max_tokens: "length",
  guardrail_intervened: "content_filter",
  content_filtered: "content_filter",
  malformed_tool_use: "stop",
};

function answer(response: ServerResponse, one: SeenCompletion, input: string, trouble: ModelTrouble | null): void {
  const finish_reason =
    trouble?.kind === "stop" ? (reasons[trouble.reason] ?? "stop") : trouble?.kind === "prose" ? "stop" : "tool_calls";
  const isCut = finish_reason === "length";
  const isCalled = finish_reason === "tool_calls" || isCut;
  const given = isCut ? input.slice(0, Math.ceil(input.length / 2)) : input;
  const usage = { prompt_tokens: tokensSeen(one.system + one.message), completion_tokens: tokensSeen(given) };
  const prose = trouble?.kind === "prose" ? trouble.text : "I can not help with that.";
  if (!one.streamed) {
    const message = isCalled
      ? {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "call_1", type: "function", function: { name: one.tool, arguments: given } }],
        }
      : { role: "assistant", content: prose };
    const body = { object: "chat.completion", choices: [{ index: 0, message, finish_reason }], usage };
    sendJson(response, 200, body);
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (value: unknown): void => void response.write(`data: ${JSON.stringify(value)}\n\n`);
  const chunk = (delta: object, finish: string | null = null) => ({
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  if (isCalled) {
    send(
      chunk({
        role: "assistant",
        tool_calls: [{ index: 0, id: "call_1", type: "function", function: { name: one.tool, arguments: "" } }],
      }),
    );
    const pieces = streamPieces(given);
    for (const [at, piece] of pieces.entries()) {
      if (at >= pieces.length / 2 && trouble?.kind === "stall") return;
      if (at >= pieces.length / 2 && (trouble?.kind === "cut" || trouble?.kind === "corrupt"))
        return void response.socket?.destroy();
      if (at >= pieces.length / 2 && trouble?.kind === "exception") return void response.end();
      send(chunk({ tool_calls: [{ index: 0, function: { arguments: piece } }] }));
    }
  } else send(chunk({ role: "assistant", content: prose }));
  send(chunk({}, finish_reason));
  send({ object: "chat.completion.chunk", choices: [], usage });
  response.end("data: [DONE]\n\n");
}

/** Starts an endpoint on a free port of this machine. */
export function startEndpointDouble(): Promise<EndpointDouble> {
  return startModelDouble<SeenCompletion>({
    path: "/v1",
    read(request, body) {
      if (request.url !== "/v1/chat/completions") return null;
      const parsed = JSON.parse(body) as CompletionBody;
      const [tool] = parsed.tools ?? [];
      const of = (role: string): string =>
        parsed.messages
          .filter((one) => one.role === role)
          .map(({ content }) => content)
          .join("\n");
      return {
        model: parsed.model,
        system: of("system"),
        message: of("user"),
        tool: tool?.function?.name ?? "",
        schema: tool?.function?.parameters ?? null,
        maxTokens: parsed.max_tokens ?? 0,
        choice: parsed.tool_choice ?? null,
        streamed: parsed.stream === true,
        authorization: request.headers.authorization ?? null,
        body,
      };
    },
    refuse(response, { status, name, message = name }) {
      sendJson(response, status, { error: { message, type: name } });
    },
    answer: (response, one, brain, trouble) => answer(response, one, JSON.stringify(brain(one)), trouble),
  });
}
