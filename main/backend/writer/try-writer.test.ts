import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { writerSettingsSchema } from "../../../app/contract/writer-views.ts";
import { type BedrockDouble, type ConverseTrouble, startBedrockDouble } from "../../../e2e/aws/bedrock-double.ts";
import { type EndpointDouble, startEndpointDouble } from "../../../e2e/aws/bedrock-endpoint-double.ts";
import { type Brain, honest } from "../../../e2e/aws/reading-model.ts";
import type { EgressRecord } from "../speech/sagemaker/egress.ts";
import { readyMadeSet } from "./prompts.ts";
import { tryWriter } from "./try-writer.ts";

const kept = { ...process.env };
const knowledge = { opening: { words: "the shop opens at nine", found: { text: "At nine." }, absent: null } };
let bedrock: BedrockDouble;
let endpoint: EndpointDouble;
let sent: EgressRecord[] = [];

beforeAll(async () => {
  [bedrock, endpoint] = await Promise.all([startBedrockDouble(), startEndpointDouble()]);
});
afterAll(() => Promise.all([bedrock.close(), endpoint.close()]));
beforeEach(() => {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/nonexistent",
    AWS_SHARED_CREDENTIALS_FILE: "/nonexistent",
  });
  play(honest(knowledge), null);
  sent = [];
});
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in kept)) delete process.env[name];
  Object.assign(process.env, kept);
});

function play(brain: Brain, trouble: ConverseTrouble | null): void {
  for (const double of [bedrock, endpoint]) {
    double.seen.length = 0;
    double.brain = brain;
    double.trouble = () => trouble;
  }
}

async function tried(more: object) {
  const settings = writerSettingsSchema.parse({
    modelId: "some-model",
    region: "eu-west-1",
    url: bedrock.url,
    endpointUrl: endpoint.url,
    endpointModel: "some-model",
    ...more,
  });
  return tryWriter({
    settings,
    prompts: await readyMadeSet(join(import.meta.dirname, "..", "..", "..", "resources")),
    signal: new AbortController().signal,
    onEgress: (record) => void sent.push(record),
    clock: { now: () => 0 },
    rule: { attempts: 2, firstMs: 1, longestMs: 1 },
    patienceMs: 2_000,
  });
}
const states = (trials: Awaited<ReturnType<typeof tried>>) => trials.map(({ step, state }) => `${step} ${state}`);

describe("trying a writer", () => {
  it.each(["bedrock", "endpoint"])("asks %s about words that are about nobody, and looks for the quotes", async (engine) => {
    expect(states(await tried({ engine }))).toEqual([
      "prompts ok",
      "settings ok",
      engine === "bedrock" ? "identity ok" : "identity skipped",
      "model ok",
      "quotes ok",
    ]);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ conversationId: null, fields: [] });
  });

  it.each(["bedrock", "endpoint"])("tells when %s answers and proves nothing", async (engine) => {
    play(() => ({ answers: [] }), null);
    expect((await tried({ engine })).at(-1)).toMatchObject({
      step: "quotes",
      state: "wrong",
      failure: { code: "writer-failed" },
    });
  });

  it.each([
    ["bedrock", "aws-denied"],
    ["endpoint", "writer-failed"],
  ])("tells what %s lacks", async (engine, code) => {
    play(honest(knowledge), { kind: "refuse", status: 403, name: "AccessDeniedException" });
    const trials = await tried({ engine });
    expect(trials.find(({ step }) => step === "model")?.failure?.code).toBe(code);
    expect(trials.at(-1)).toMatchObject({ step: "quotes", state: "skipped" });
  });

  it("sends nothing where nothing is set, or not whole, or nobody is known", async () => {
    expect(states(await tried({}))).toEqual([
      "prompts ok",
      "settings skipped",
      "identity skipped",
      "model skipped",
      "quotes skipped",
    ]);
    expect(states(await tried({ engine: "bedrock", modelId: "" })).slice(1, 3)).toEqual(["settings wrong", "identity skipped"]);
    expect((await tried({ engine: "endpoint", keyVariable: "NO_SUCH_KEY" })).find(({ step }) => step === "identity")?.state).toBe(
      "wrong",
    );
    delete process.env["AWS_ACCESS_KEY_ID"];
    delete process.env["AWS_SECRET_ACCESS_KEY"];
    const unknown = await tried({ engine: "bedrock" });
    expect(unknown.find(({ step }) => step === "identity")?.failure?.code).toBe("aws-credentials-missing");
    expect(bedrock.seen).toHaveLength(0);
  });
});
