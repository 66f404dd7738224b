import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Brain, SeenPrompt } from "./reading-model.ts";

/* What the doubles of language models share: a real socket, a look at what came, and troubles that can be asked for. */

/** How a request is answered otherwise than usual. */
export type ModelTrouble =
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
  /** A stream in whose middle the service tells of a failure. */
  | {
      readonly kind: "exception";
      readonly name: "throttlingException" | "modelStreamErrorException" | "internalServerException";
    };

/** A language model behind a socket, and a look inside. */
export interface ModelDouble<Seen extends SeenPrompt> {
  readonly url: string;
  readonly seen: Seen[];
  /** Connections that are open now. */
  connections(): number;
  brain: Brain;
  /** Decides what goes wrong with a request; null lets it pass. Replace it at will. */
  trouble: (request: Seen) => ModelTrouble | null;
  close(): Promise<void>;
}

/** How one service speaks. */
export interface ModelSpeech<Seen extends SeenPrompt> {
  /** What follows the port in the address that is given to Earmark. */
  readonly path: string;
  /** What was asked; null for what is none of its calls. */
  readonly read: (request: IncomingMessage, body: string) => Seen | null;
  readonly refuse: (response: ServerResponse, trouble: Extract<ModelTrouble, { kind: "refuse" }>) => void;
  readonly answer: (response: ServerResponse, one: Seen, brain: Brain, trouble: ModelTrouble | null) => void;
}

/** Starts a language model on a free port of this machine. */
export async function startModelDouble<Seen extends SeenPrompt>(speech: ModelSpeech<Seen>): Promise<ModelDouble<Seen>> {
  const seen: Seen[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const one = request.method === "POST" ? speech.read(request, body) : null;
    if (one === null) return sendJson(response, 404, { message: "Not found." });
    seen.push(one);
    const trouble = double.trouble(one);
    if (trouble?.kind === "silence") return;
    if (trouble?.kind === "hang-up") return void response.destroy();
    if (trouble?.kind === "refuse") return speech.refuse(response, trouble);
    if (trouble?.kind === "text") {
      response.writeHead(200, { "content-type": "application/json" });
      return void response.end(trouble.text);
    }
    speech.answer(response, one, double.brain, trouble);
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
  const double: ModelDouble<Seen> = {
    url: `http://127.0.0.1:${port}${speech.path}`,
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

/** A body whole. */
async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, status: number, value: unknown, headers: Record<string, string> = {}): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, { "content-type": "application/json", "content-length": body.length, ...headers });
  response.end(body);
}

/** Tokens of a text by a count of the doubles' own: four characters each. */
export const tokensSeen = (text: string): number => Math.ceil(text.length / 4);

/** The pieces in which a stream sends a text. */
export const streamPieces = (text: string): string[] => text.match(/[\s\S]{1,160}/gu) ?? [""];
