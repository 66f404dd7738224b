import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { askedAnswerSchema, questionViewSchema } from "../../../app/contract/question-views.ts";
import { writerSettingsSchema } from "../../../app/contract/writer-views.ts";
import { type EndpointDouble, startEndpointDouble } from "../../../e2e/aws/bedrock-endpoint-double.ts";
import { honest } from "../../../e2e/aws/reading-model.ts";
import { exitCodes } from "../exit-codes.ts";
import { type OpenLibrary, openLibrary } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";
import { ask } from "./ask.ts";

let folder: string;
let library: string;
let out: string;
let told: string;
let endpoint: EndpointDouble;
const terminal: Terminal = {
  out: (text) => {
    out += text;
  },
  err: (text) => {
    told += text;
  },
  interactive: false,
  signal: new AbortController().signal,
};

async function withOpen<T>(work: (open: OpenLibrary) => Promise<T>): Promise<T> {
  const open = await openLibrary({ library });
  try {
    return await work(open);
  } finally {
    await open.close();
  }
}

const imported = () =>
  withOpen(async (open) => {
    const sources = ["sorry", "other"].map((name) => ({ kind: "path" as const, path: join(folder, `${name}.txt`) }));
    const { results } = await open.call("import.begin", { sources });
    const ids = results.map(({ conversationId }) => conversationId ?? "");
    for (const id of ids) {
      await expect.poll(async () => (await open.call("conversation.get", { id })).job?.state, { timeout: 10_000 }).toBe("done");
    }
    return ids;
  });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark-ask é "));
  library = join(folder, "library");
  out = "";
  told = "";
  endpoint = await startEndpointDouble();
  endpoint.brain = honest({ asked: { words: "so sorry", found: { options: ["yes"] }, absent: { options: ["no"] } } });
  await writeFile(join(folder, "sorry.txt"), "Customer: My refund is late.\nAgent: I am so sorry. I will send it today.\n");
  await writeFile(join(folder, "other.txt"), "Customer: Good morning.\nAgent: How can I help?\n");
});
afterEach(async () => {
  await endpoint.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

it("prints passages where no writer is set, and sends nothing", async () => {
  const [id = ""] = await imported();
  expect(await ask("When is the refund sent?", [id], { library }, terminal)).toBe(exitCodes.done);
  expect(told).toContain("nothing is sent");
  expect(out).toContain("Passages that match the question best; nobody has answered it.");
  expect(out).toContain("customer: “My refund is late.”");
});

it("says what would be sent, sends it when that is agreed to, and counts the answers", async () => {
  await imported();
  const writer = { engine: "endpoint", endpointUrl: endpoint.url, endpointModel: "some-model", inputPrice: 3, outputPrice: 15 };
  await withOpen((open) => open.call("settings.set", { writer: writerSettingsSchema.parse(writer) }));
  const options = { library, search: "", yesNo: true };
  expect(await ask("Did the agent apologise?", [], options, terminal)).toBe(exitCodes.usage);
  expect(told).toMatch(
    /Sends the redacted words of 2 conversations to some-model .* on this machine: 4 requests, \d+ tokens in/u,
  );
  expect(told).toContain("Nothing was sent.");
  expect(endpoint.seen).toHaveLength(0);

  expect(await ask("Did the agent apologise?", [], { ...options, yes: true }, terminal)).toBe(exitCodes.done);
  expect(out).toContain("2 conversations: 1 “No”, 1 “Yes”.");
  expect(out).toContain("agent: “so sorry.”");
  expect(out).toContain("Looked for in vain: so sorry");

  out = "";
  await ask("Did the agent apologise?", [], { ...options, yes: true, json: true }, terminal);
  const printed = z.object({ question: questionViewSchema, answers: z.array(askedAnswerSchema) }).parse(JSON.parse(out));
  expect(printed.answers.map(({ said }) => said).sort()).toEqual(["No", "Yes"]);
  await expect(ask("Why?", ["none-such"], { library, yes: true }, terminal)).rejects.toMatchObject({ code: "not-found" });
});
