import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { writerSettingsSchema } from "../../../app/contract/writer-views.ts";
import { type EndpointDouble, startEndpointDouble } from "../../../e2e/aws/bedrock-endpoint-double.ts";
import { honest } from "../../../e2e/aws/reading-model.ts";
import { exitCodes } from "../exit-codes.ts";
import { openLibrary } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";
import { write } from "./write.ts";

let folder: string;
let library: string;
let endpoint: EndpointDouble;
let out: string;
let err: string;
const terminal = (signal = new AbortController().signal): Terminal => ({
  out: (text) => {
    out += text;
  },
  err: (text) => {
    err += text;
  },
  interactive: false,
  signal,
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark-write é "));
  library = join(folder, "library");
  [out, err] = ["", ""];
  endpoint = await startEndpointDouble();
  endpoint.brain = honest({
    summary: { words: "My refund is late", found: { text: "A refund is late." }, absent: null },
    resolved: { words: "nothing of the kind", found: { options: ["yes"] }, absent: { options: ["no"] } },
  });
  await writeFile(
    join(folder, "chat.txt"),
    "Customer: My refund is late and nobody told me.\nAgent: I will send it today, I promise.\n",
  );
});
afterEach(async () => {
  await endpoint.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

async function imported(withWriter: boolean): Promise<string> {
  const open = await openLibrary({ library });
  try {
    const { results } = await open.call("import.begin", { sources: [{ kind: "path", path: join(folder, "chat.txt") }] });
    const id = results[0]?.conversationId ?? "";
    await expect.poll(async () => (await open.call("conversation.get", { id })).job?.state, { timeout: 10_000 }).toBe("done");
    const writer = writerSettingsSchema.parse({ engine: "endpoint", endpointUrl: endpoint.url, endpointModel: "some-model" });
    if (withWriter) await open.call("settings.set", { writer });
    return id;
  } finally {
    await open.close();
  }
}

it("writes by a prompt or a workflow and prints it with its quotes, its model and its prompt", async () => {
  const id = await imported(true);
  expect(await write([id], { library, prompt: "summary" }, terminal())).toBe(exitCodes.done);
  expect(out).toContain(`${id}\nWhat happened in this conversation?\n  A refund is late.\n  0:00 customer: “My refund is late”`);
  expect(out).toContain("(some-model, prompt summary version 1)");
  expect(err).toContain(`${id}: writing, 0 %`);
  out = "";
  await write([id], { library, workflow: "contact-summary", json: true }, terminal());
  const { conversationId, writings } = JSON.parse(out) as { conversationId: string; writings: { prompt: { id: string } }[] };
  expect(conversationId).toBe(id);
  expect(writings.map(({ prompt }) => prompt.id)).toContain("resolved");
  await expect(write([id], { library, prompt: "nobody" }, terminal())).rejects.toMatchObject({ code: "not-found" });
});

it("needs no language model for the sentences that tell most, and says so where one is needed", async () => {
  const id = await imported(false);
  expect(await write([id], { library, local: true }, terminal())).toBe(exitCodes.done);
  expect(out).toContain("no language model was asked");
  expect(out).toContain("“My refund is late and nobody told me.”");
  await expect(write([id], { library }, terminal())).rejects.toMatchObject({ code: "writer-none" });
  await expect(write(["nothing"], { library }, terminal())).rejects.toMatchObject({ code: "not-found" });
  expect(endpoint.seen).toEqual([]);
});

it("is stopped by Ctrl-C", async () => {
  const id = await imported(true);
  endpoint.trouble = () => ({ kind: "silence" });
  const control = new AbortController();
  const writing = write([id], { library, prompt: "summary" }, terminal(control.signal));
  const refused = expect(writing).rejects.toMatchObject({ code: "cancelled" });
  await expect.poll(() => endpoint.seen.length, { timeout: 10_000 }).toBeGreaterThan(0);
  control.abort();
  await refused;
});
