import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { S3Double } from "./s3-double.ts";

/*
 * SageMaker Runtime over a real socket: real-time invocations are passed to a container and answered; asynchronous ones
 * are read from S3, passed to the container in the background, and what it answers is written to S3.
 */

/** What a container answers. */
export interface ContainerAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/** A container behind an endpoint. */
export type Container = (body: Buffer, contentType: string) => Promise<ContainerAnswer>;

/** A container reached by HTTP, as SageMaker reaches it: `POST /invocations`. */
export function httpContainer(url: string): Container {
  return async (body, contentType) => {
    const answer = await fetch(`${url}/invocations`, {
      method: "POST",
      headers: { "content-type": contentType },
      body: new Uint8Array(body),
    });
    if (answer.headers.get("content-length") === null) {
      return {
        status: 500,
        body: Buffer.from("The response from container primary did not specify the required Content-Length header"),
      };
    }
    return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) };
  };
}

/** An invocation as it came. */
export interface SeenInvocation {
  readonly endpoint: string;
  readonly mode: "real-time" | "asynchronous";
  readonly headers: IncomingMessage["headers"];
  readonly bytes: number;
}

/** SageMaker Runtime, and a look inside. */
export interface SageMakerDouble {
  readonly url: string;
  /** Containers by the name of their endpoint. */
  readonly endpoints: Map<string, Container>;
  readonly seen: SeenInvocation[];
  /** Decides whether an invocation is refused, by error name and status; null lets it pass. Replace it at will. */
  refuse: (invocation: SeenInvocation) => { readonly status: number; readonly name: string; readonly message?: string } | null;
  /** Asynchronous requests wait for this before they reach the container. Replace it at will. */
  hold: () => Promise<void>;
  /** Whether endpoints keep failures in S3. */
  keepsFailures: boolean;
  close(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces);
}

function json(response: ServerResponse, status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, { "content-type": "application/json", "content-length": body.length, ...headers });
  response.end(body);
}

function pathOf(uri: string): string {
  return uri.replace(/^s3:\/\//u, "");
}

/** Starts SageMaker Runtime on a free port of this machine. Answers of asynchronous endpoints go to `outputBucket`. */
export async function startSageMakerDouble(s3: S3Double, outputBucket: string): Promise<SageMakerDouble> {
  const endpoints = new Map<string, Container>();
  const seen: SeenInvocation[] = [];

  const inBackground = async (container: Container, input: string, contentType: string, output: string, failure: string) => {
    await double.hold();
    const body = s3.objects.get(pathOf(input));
    const fail = (text: string): void => {
      if (double.keepsFailures) s3.objects.set(pathOf(failure), Buffer.from(text));
    };
    if (body === undefined) {
      fail("Unable to fetch the input: the object does not exist.");
      return;
    }
    const answer = await container(body, contentType);
    if (answer.status === 200) s3.objects.set(pathOf(output), answer.body);
    else {
      const kind = answer.status >= 500 ? "server" : "client";
      fail(`Received ${kind} error (${answer.status}) from primary with message "${answer.body.toString("utf8")}". See the log.`);
    }
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", "http://double");
    const parts = /^\/endpoints\/([^/]+)\/(async-)?invocations$/u.exec(decodeURIComponent(url.pathname));
    const body = await bodyOf(request);
    const endpoint = parts?.[1] ?? "";
    const mode = parts?.[2] === undefined ? "real-time" : "asynchronous";
    const one: SeenInvocation = { endpoint, mode, headers: request.headers, bytes: body.length };
    seen.push(one);
    const refusal = double.refuse(one);
    if (refusal !== null) {
      json(response, refusal.status, { message: refusal.message ?? refusal.name }, { "x-amzn-errortype": refusal.name });
      return;
    }
    const container = endpoints.get(endpoint);
    if (parts === null || container === undefined) {
      const message = `Endpoint ${endpoint} of account 111122223333 not found.`;
      json(response, 400, { message }, { "x-amzn-errortype": "ValidationError" });
      return;
    }
    const contentType = String(
      request.headers["x-amzn-sagemaker-content-type"] ?? request.headers["content-type"] ?? "application/octet-stream",
    );
    if (mode === "asynchronous") {
      const input = String(request.headers["x-amzn-sagemaker-inputlocation"]);
      const name = randomUUID();
      const output = `s3://${outputBucket}/async-output/${name}.out`;
      const failure = `s3://${outputBucket}/async-failure/${name}-error.out`;
      inBackground(container, input, contentType, output, failure).catch(() => undefined);
      const id = String(request.headers["x-amzn-sagemaker-inference-id"] ?? name);
      json(
        response,
        202,
        { InferenceId: id },
        {
          "x-amzn-sagemaker-outputlocation": output,
          ...(double.keepsFailures ? { "x-amzn-sagemaker-failurelocation": failure } : {}),
        },
      );
      return;
    }
    const heard = await container(body, contentType);
    if (heard.status === 200) {
      response.writeHead(200, { "content-type": "application/json", "content-length": heard.body.length });
      response.end(heard.body);
      return;
    }
    const text = heard.body.toString("utf8");
    const refused = {
      Message: `Received an error (${heard.status}) from primary with message "${text}".`,
      OriginalMessage: text,
      OriginalStatusCode: heard.status,
      LogStreamArn: "arn:aws:logs:eu-central-1:111122223333:log-group:double",
    };
    json(response, 424, refused, { "x-amzn-errortype": "ModelError" });
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const double: SageMakerDouble = {
    url: `http://127.0.0.1:${port}`,
    endpoints,
    seen,
    refuse: () => null,
    hold: () => Promise.resolve(),
    keepsFailures: true,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return double;
}
