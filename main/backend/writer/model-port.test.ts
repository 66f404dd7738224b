import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ModelRequest } from "../../../app/conformity/writing/request.ts";
import { writerSettingsSchema } from "../../../app/contract/writer-views.ts";
import type { LanguageModel } from "../../../app/ports.ts";
import { type BedrockDouble, type ConverseTrouble, startBedrockDouble } from "../../../e2e/aws/bedrock-double.ts";
import { type EndpointDouble, startEndpointDouble } from "../../../e2e/aws/bedrock-endpoint-double.ts";
import type { EgressRecord } from "../speech/sagemaker/egress.ts";
import { chooseModel } from "./choose.ts";

/* The port of a language model: Bedrock and an endpoint, streamed and whole, pass the same tests over a real socket. */

const clock = { now: () => Date.parse("2026-02-03T10:00:00Z") };
const rule = { attempts: 4, firstMs: 1, longestMs: 4 };
const kept = { ...process.env };
let bedrock: BedrockDouble;
let endpoint: EndpointDouble;
let sent: EgressRecord[] = [];
const answer = { answers: Array.from({ length: 30 }, (_, index) => ({ question: `q${index}`, text: "Größe 😀" })) };

beforeAll(async () => {
  [bedrock, endpoint] = await Promise.all([startBedrockDouble(), startEndpointDouble()]);
});
afterAll(() => Promise.all([bedrock.close(), endpoint.close()]));
beforeEach(() => {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_EC2_METADATA_DISABLED: "true",
  });
  for (const double of [bedrock, endpoint]) {
    double.seen.length = 0;
    double.brain = () => answer;
    double.trouble = () => null;
  }
  sent = [];
});
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in kept)) delete process.env[name];
});

const ways = [
  { name: "Bedrock, streamed", engine: "bedrock", stream: true },
  { name: "Bedrock, whole", engine: "bedrock", stream: false },
  { name: "an endpoint, streamed", engine: "endpoint", stream: true },
  { name: "an endpoint, whole", engine: "endpoint", stream: false },
] as const;

const request: ModelRequest = {
  purpose: "answer",
  system: "Answer. Größe 😀",
  message: "<transcript-1>\n[1] agent 0:00 1.1|Hello\n</transcript-1>",
  tool: {
    name: "record_answers",
    description: "Records.",
    schema: { type: "object", properties: { answers: { type: "array" } } },
  },
  maxTokens: 1_000,
  conversationId: "c1",
  fields: ["turns.text"],
};
const quiet = () => ({ signal: new AbortController().signal, onProgress: () => undefined });

function modelOf(
  { engine, stream }: Pick<(typeof ways)[number], "engine" | "stream">,
  more: object = {},
  patienceMs = 3_000,
): LanguageModel {
  const settings = writerSettingsSchema.parse({
    engine,
    stream,
    modelId: "arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.some.model-v1:0",
    region: "eu-west-1",
    url: bedrock.url,
    endpointUrl: `${endpoint.url}/`,
    endpointModel: "some-model",
    ...more,
  });
  const onEgress = (record: EgressRecord): void => void sent.push(record);
  return chooseModel(settings, { onEgress, clock, rule, random: () => 0.5, patienceMs });
}

describe.each(ways)("a language model on $name", (way) => {
  const seen = () => (way.engine === "bedrock" ? bedrock : endpoint).seen;
  const trouble = (decide: () => ConverseTrouble | null): void => {
    bedrock.trouble = decide;
    endpoint.trouble = decide;
  };
  const once = (one: ConverseTrouble): void => {
    let left = 1;
    trouble(() => (left-- > 0 ? one : null));
  };

  it("is made to call the tool, and its input is what the model wrote", async () => {
    const reply = await modelOf(way).ask(request, quiet());
    expect(reply).toMatchObject({
      input: answer,
      stop: "tool",
      tokens: { input: expect.any(Number), output: expect.any(Number) },
    });
    expect(seen()[0]).toMatchObject({
      system: request.system,
      message: request.message,
      tool: "record_answers",
      schema: request.tool.schema,
      maxTokens: 1_000,
    });
    expect(JSON.stringify(seen()[0]?.choice)).toContain("record_answers");
  });

  it("records what is sent before it is sent: never the text, its hash", async () => {
    const reply = await modelOf(way).ask(request, quiet());
    const body = seen()[0]?.body ?? "";
    expect(sent).toEqual([
      {
        at: "2026-02-03T10:00:00.000Z",
        service: way.engine === "bedrock" ? "bedrock-runtime" : "writer-endpoint",
        operation: way.engine === "endpoint" ? "ChatCompletions" : way.stream ? "ConverseStream" : "Converse",
        region: way.engine === "bedrock" ? "eu-west-1" : null,
        destination: way.engine === "bedrock" ? seen()[0]?.model : `${endpoint.url}/chat/completions`,
        fields: ["turns.text"],
        bytes: expect.any(Number),
        sha256: reply.requestHash,
        conversationId: "c1",
      },
    ]);
    if (way.engine === "endpoint") {
      expect(reply.requestHash).toBe(createHash("sha256").update(body).digest("hex"));
      expect(sent[0]?.bytes).toBe(Buffer.byteLength(body));
    } else expect(Math.abs((sent[0]?.bytes ?? 0) - Buffer.byteLength(body))).toBeLessThan(100);
  });

  it("sends nothing where that cannot be recorded", async () => {
    const settings = writerSettingsSchema.parse({
      ...way,
      modelId: "m",
      region: "eu-west-1",
      url: bedrock.url,
      endpointUrl: endpoint.url,
      endpointModel: "m",
    });
    const onEgress = (): never => {
      throw new Error("The disk is full.");
    };
    await expect(chooseModel(settings, { onEgress, clock, rule }).ask(request, quiet())).rejects.toThrow("The disk is full.");
    expect(seen()).toHaveLength(0);
  });

  it.each<[string, ConverseTrouble]>([
    ["throttling", { kind: "refuse", status: 429, name: "ThrottlingException" }],
    ["a service that is busy", { kind: "refuse", status: 503, name: "ServiceUnavailableException" }],
    ["a model that took too long", { kind: "refuse", status: 408, name: "ModelTimeoutException" }],
    ["an error of its own", { kind: "refuse", status: 500, name: "InternalServerException" }],
    ["a lost connection", { kind: "hang-up" }],
    ...(way.stream
      ? ([
          ["a stream that ends in its middle", { kind: "cut" }],
          ["a stream with a wrong checksum", { kind: "corrupt" }],
          ["a stream that tells of throttling", { kind: "exception", name: "throttlingException" }],
          ["a stream that tells of the model's failure", { kind: "exception", name: "modelStreamErrorException" }],
        ] satisfies [string, ConverseTrouble][])
      : []),
  ])("is asked again after %s, and recorded once", async (_, one) => {
    once(one);
    expect((await modelOf(way).ask(request, quiet())).input).toEqual(answer);
    expect(seen()).toHaveLength(2);
    expect(sent).toHaveLength(1);
  });

  it("is asked again when no answer comes in time", async () => {
    once({ kind: "silence" });
    expect((await modelOf(way, {}, 200).ask(request, quiet())).input).toEqual(answer);
  });

  it.each<[string, ConverseTrouble, string]>([
    ["an answer that is cut off", { kind: "stop", reason: "max_tokens" }, "length"],
    ["a guardrail", { kind: "stop", reason: "guardrail_intervened" }, "refused"],
    ["a filter", { kind: "stop", reason: "content_filtered" }, "refused"],
    ["a call that is malformed", { kind: "stop", reason: "malformed_tool_use" }, "malformed"],
    ["prose instead of a call", { kind: "prose", text: "The agent greeted." }, "malformed"],
  ])("says so of %s, with what it took", async (_, one, stop) => {
    once(one);
    expect(await modelOf(way).ask(request, quiet())).toMatchObject({ input: null, stop, tokens: { input: expect.any(Number) } });
  });

  it.each<[string, ConverseTrouble]>([
    ["no JSON", { kind: "text", text: "<html>" }],
    ["another shape", { kind: "text", text: '{"output":{"message":{"content":[{"toolUse":{"input":7}}]}},"choices":7}' }],
  ])("does not take %s for an answer", async (_, one) => {
    trouble(() => one);
    const outcome = await modelOf(way)
      .ask(request, quiet())
      .then(
        ({ input }) => input,
        (thrown: unknown) => (thrown as { code: string }).code,
      );
    expect([null, "writer-failed", "writer-unreachable", "aws-unreachable"]).toContain(outcome);
  });

  it.each<[string, ConverseTrouble, readonly string[]]>([
    [
      "expired credentials",
      { kind: "refuse", status: 403, name: "ExpiredTokenException" },
      ["aws-credentials-missing", "writer-failed"],
    ],
    ["no permission", { kind: "refuse", status: 403, name: "AccessDeniedException" }, ["aws-denied", "writer-failed"]],
    [
      "a model that is not there",
      { kind: "refuse", status: 404, name: "ResourceNotFoundException" },
      ["aws-not-found", "writer-failed"],
    ],
    ["lasting throttling", { kind: "refuse", status: 429, name: "ThrottlingException" }, ["aws-throttled", "writer-unreachable"]],
    [
      "a request that it does not take",
      { kind: "refuse", status: 400, name: "ValidationException" },
      ["writer-failed", "writer-failed"],
    ],
  ])("fails with a code after %s", async (_, one, [aws, other]) => {
    trouble(() => one);
    await expect(modelOf(way).ask(request, quiet())).rejects.toMatchObject({ code: way.engine === "bedrock" ? aws : other });
  });

  it("stops soon when it is cancelled", async () => {
    trouble(() => ({ kind: "silence" }));
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    const begun = performance.now();
    const asked = modelOf(way, {}, 60_000).ask(request, { signal: stop.signal, onProgress: () => undefined });
    await expect(asked).rejects.toMatchObject({ code: "cancelled" });
    expect(performance.now() - begun).toBeLessThan(1_500);
  });

  it("goes on without what the model cannot do, and asks for it no more", async () => {
    const refusals = [
      ...(way.stream ? ["This model doesn't support tool use in streaming mode."] : []),
      "The toolChoice.tool field is not supported",
      "tool_choice is not supported",
      "temperature: not supported by this model",
    ];
    const left = [...refusals];
    trouble(() => {
      const message = left.shift();
      return message === undefined ? null : { kind: "refuse", status: 400, name: "ValidationException", message };
    });
    const model = modelOf(way);
    expect((await model.ask(request, quiet())).input).toEqual(answer);
    // Each was recorded, because each was another request.
    expect(new Set(sent.map(({ sha256, operation }) => `${sha256} ${operation}`)).size).toBe(refusals.length + 1);
    await model.ask(request, quiet());
    expect(seen()).toHaveLength(refusals.length + 2);
    expect(seen().at(-1)?.body).not.toContain("temperature");
    expect(JSON.stringify(seen().at(-1)?.choice)).toContain("auto");
  });

  if (way.stream) {
    it("tells how far an answer has come while it is written", async () => {
      const progress: number[] = [];
      await modelOf(way).ask(request, { signal: new AbortController().signal, onProgress: (share) => void progress.push(share) });
      expect(new Set(progress).size).toBeGreaterThan(3);
      expect(progress).toEqual([...progress].sort((a, b) => a - b));
      expect(Math.max(...progress)).toBeLessThan(1);
    });

    it("is asked again when nothing more comes of a stream", async () => {
      once({ kind: "stall" });
      expect((await modelOf(way, {}, 300).ask(request, quiet())).input).toEqual(answer);
      expect(seen()).toHaveLength(2);
    });

    it("lets go of the connection when it is cancelled in the middle of a stream", async () => {
      trouble(() => ({ kind: "stall" }));
      const double = way.engine === "bedrock" ? bedrock : endpoint;
      const before = double.connections();
      const stop = new AbortController();
      const asked = modelOf(way, {}, 60_000).ask(request, { signal: stop.signal, onProgress: () => stop.abort() });
      await expect(asked).rejects.toMatchObject({ code: "cancelled" });
      await expect.poll(() => double.connections()).toBeLessThanOrEqual(before);
    });
  }
});

describe("an endpoint", () => {
  it("is given its key out of the environment, and nobody keeps it", async () => {
    process.env["SOME_WRITER_KEY"] = "key-123";
    await modelOf({ engine: "endpoint", stream: true }, { keyVariable: "SOME_WRITER_KEY" }).ask(request, quiet());
    await modelOf({ engine: "endpoint", stream: true }).ask(request, quiet());
    expect(endpoint.seen.map(({ authorization }) => authorization)).toEqual(["Bearer key-123", null]);
    expect(JSON.stringify(sent)).not.toContain("key-123");
  });
});
