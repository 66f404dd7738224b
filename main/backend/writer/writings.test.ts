import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Handlers } from "../../../app/contract/api.ts";
import { writerSettingsSchema } from "../../../app/contract/writer-views.ts";
import { writingsSchema } from "../../../app/contract/writing-views.ts";
import { type EndpointDouble, startEndpointDouble } from "../../../e2e/aws/bedrock-endpoint-double.ts";
import { honest } from "../../../e2e/aws/reading-model.ts";
import { libraryPaths } from "../library-paths.ts";
import { noSentiments } from "../pipeline/categoriser.ts";
import { publishRevision } from "../pipeline/revision.ts";
import { keepCall } from "../store/kept-call.test-data.ts";
import { openStore, type Store } from "../store/store.ts";
import { earmarkFolder } from "../surroundings.ts";
import { readReadyMadePrompts } from "./prompts.ts";
import { createEvaluationWriter } from "./write-evaluations.ts";
import { createReadyWriter, type ReadyWriter } from "./write-when-ready.ts";
import { type ConversationWriter, createConversationWriter } from "./write-writings.ts";
import { writingHandlers } from "./writing-handlers.ts";

const knowledge = {
  summary: { words: "My refund is late", found: { text: "The customer's refund is late." }, absent: null },
  resolved: { words: "nothing of the kind", found: { options: ["yes"] }, absent: { options: ["no"] } },
  "next-actions": {
    words: "send it by Friday",
    found: {
      items: [
        {
          values: { action: "Send the refund", owner: "agent", due: "by Friday" },
          quotes: [{ from: "2.3", to: "2.6", words: "send it by Friday" }],
        },
      ],
    },
    absent: { items: [] },
  },
};

describe("what a language model writes of a conversation", () => {
  let root: string;
  let store: Store;
  let endpoint: EndpointDouble;
  let ended: AbortController;
  let writer: ConversationWriter;
  let ready: ReadyWriter;
  let calls: Pick<Handlers, Extract<keyof Handlers, `prompt.${string}` | `writing.${string}`>>;
  let told: string[];

  const list = async () => writingsSchema.parse(await calls["writing.list"]({ conversationId: "a" }));
  const written = async (input: { promptIds?: string[]; workflowId?: string }) => {
    await calls["writing.write"]({ conversationId: "a", ...input });
    await expect.poll(() => writer.run("a"), { timeout: 5_000 }).toBeNull();
    return list();
  };
  const of = (view: Awaited<ReturnType<typeof list>>, id: string) => view.writings.find(({ prompt }) => prompt.id === id);
  const ledger = (kind: string) => store.ledger.entries(0, 1_000).filter((entry) => entry.kind === kind);
  const setUp = (more: Parameters<Store["settings"]["set"]>[0] = {}) =>
    store.settings.set({
      writer: writerSettingsSchema.parse({ engine: "endpoint", endpointUrl: endpoint.url, endpointModel: "some-model" }),
      ...more,
    });

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "earmark-writings-"));
    store = openStore(libraryPaths(root), { clock: { now: () => 1_000 }, version: "0" });
    store.prompts.putReadyMade(await readReadyMadePrompts(join(earmarkFolder, "resources")));
    endpoint = await startEndpointDouble();
    endpoint.brain = honest(knowledge);
    ended = new AbortController();
    told = [];
    keepCall(store, "a", [
      ["customer", "My refund is late and nobody tells me why"],
      ["agent", "I will send it by Friday"],
    ]);
    const world = {
      options: {},
      paths: libraryPaths(root),
      store,
      signal: ended.signal,
      emit: (name: string) => void told.push(name),
      beforeClosing: <T>(work: () => Promise<T>) => work(),
    };
    writer = createConversationWriter(world);
    ready = createReadyWriter({
      ...world,
      conversationWriter: writer,
      evaluationWriter: createEvaluationWriter({ ...world, sentimentsOf: noSentiments, changed: () => undefined }),
      sentimentsOf: noSentiments,
      changed: () => undefined,
    });
    calls = writingHandlers({ ...world, conversationWriter: writer });
  });
  afterEach(async () => {
    ended.abort();
    await ready.settled();
    await endpoint.close();
    store.close();
    await rm(root, { recursive: true, force: true });
  });

  it("is nothing without a writer, and what was said stands there in its stead", async () => {
    const { picked, writings } = await list();
    expect(writings).toEqual([]);
    expect(picked.map(({ quote, role }) => [role, quote])).toContainEqual([
      "customer",
      "My refund is late and nobody tells me why",
    ]);
    await expect(calls["writing.write"]({ conversationId: "a" })).rejects.toMatchObject({ code: "writer-none" });
    await expect(calls["writing.list"]({ conversationId: "b" })).resolves.toMatchObject({ picked: [], writings: [] });
    expect(endpoint.seen).toEqual([]);
  });

  it("is kept with its quotes, model, prompt and tokens; one prompt that comes to nothing costs no other", async () => {
    setUp();
    const view = await written({ workflowId: "contact-summary" });
    expect(view.failure).toBeNull();
    expect(view.writings).toHaveLength(10);
    expect(view.writings[0]?.prompt).toEqual({ id: "summary", version: 1 });
    expect(of(view, "summary")).toMatchObject({
      value: { kind: "text", text: "The customer's refund is late." },
      quotes: [{ quote: "My refund is late", role: "customer", stale: null }],
      stale: [],
      model: "some-model",
      engine: "endpoint",
      latestVersion: 1,
      earlier: 0,
    });
    expect(of(view, "summary")?.requests[0]).toMatch(/^[0-9a-f]{64}$/u);
    expect(of(view, "summary")?.together).toBe(10);
    expect(of(view, "next-actions")?.value).toMatchObject({
      items: [{ fields: { owner: "agent", due: "by Friday" }, quotes: [0] }],
    });
    expect(of(view, "resolved")).toMatchObject({ value: { options: ["no"] }, searched: ["nothing of the kind"] });
    // The model knows nothing of a topic.
    expect(of(view, "topic")).toMatchObject({ value: null });
    expect(of(view, "topic")?.faults.length).toBeGreaterThan(0);

    expect(ledger("writing")).toHaveLength(10);
    expect(ledger("writing").map(({ subject }) => subject)).toEqual(Array(10).fill("a"));
    expect(ledger("egress").length).toBeGreaterThan(0);
    expect(JSON.stringify(store.ledger.entries(0, 1_000))).not.toMatch(/refund|Friday/u);
    expect(told).toContain("writing.changed");
  });

  it("is written again alone, by the latest version of the prompt, and what was written before is kept", async () => {
    setUp();
    await written({ workflowId: "contact-summary" });
    const { text } = await calls["prompt.get"]({ kind: "prompt", id: "summary" });
    await expect(calls["prompt.save"]({ text: text.replace("use: insight", "use: chatting") })).rejects.toMatchObject({
      code: "format-malformed",
      details: { path: "use" },
    });
    const kept = await calls["prompt.save"]({ text: text.replace("Sum up", "Briefly sum up") });
    expect(kept.version).toBe(2);
    expect(of(await list(), "summary")).toMatchObject({ prompt: { version: 1 }, latestVersion: 2 });
    endpoint.brain = honest({ ...knowledge, summary: { ...knowledge.summary, found: { text: "A refund is late." } } });
    const view = await written({ promptIds: ["summary"] });
    expect(of(view, "summary")).toMatchObject({ prompt: { version: 2 }, value: { text: "A refund is late." }, earlier: 1 });
    expect(ledger("writing")).toHaveLength(11);
    const { writings } = await calls["writing.earlier"]({ conversationId: "a", promptId: "summary" });
    expect(writings.map(({ value }) => value)).toEqual([{ kind: "text", text: "The customer's refund is late." }]);
    expect(endpoint.seen.at(-2)?.body).toContain("Briefly sum up");
  });

  it("goes stale with the words that it rests on, and says nothing any more once some were hidden", async () => {
    setUp();
    await written({ promptIds: ["summary", "next-actions"] });
    const change = (operation: Parameters<Store["operations"]["append"]>[1][number]) => {
      store.operations.append("a", [operation], "Ann", store.transcripts.wordsHash("a"));
      publishRevision(store, "a");
    };
    const words = store.transcripts.get("a")?.turns[0]?.words ?? [];
    const ids = (from: number, to: number) => words.slice(from, to).map(({ id }) => id);
    change({ kind: "retext-words", wordIds: ids(3, 4), text: "early" });
    const edited = await list();
    expect(of(edited, "summary")?.stale).toMatchObject([{ kind: "words-changed" }]);
    expect(of(edited, "summary")?.quotes[0]).toMatchObject({ quote: "My refund is early", stale: { kind: "words-changed" } });
    expect(of(edited, "next-actions")?.stale).toEqual([]);

    change({ kind: "redact", target: { kind: "words", wordIds: ids(6, 7) }, label: "NAME" });
    const hidden = await list();
    expect(hidden.writings.map(({ value, withheld, quotes }) => [value, withheld, quotes])).toEqual([
      [null, true, []],
      [null, true, []],
    ]);
    expect(JSON.stringify(store.writings.byPrompt("a", "summary"))).not.toContain("late");
    expect(of(await written({ promptIds: ["next-actions"] }), "next-actions")?.withheld).toBe(false);
  });

  it("can be stopped, and says why it came to nothing", async () => {
    setUp();
    endpoint.trouble = () => ({ kind: "silence" });
    await calls["writing.write"]({ conversationId: "a", promptIds: ["summary"] });
    await expect.poll(() => endpoint.seen.length).toBeGreaterThan(0);
    expect((await list()).run?.prompts).toEqual(["summary"]);
    await calls["writing.cancel"]({ conversationId: "a" });
    await expect.poll(() => writer.run("a")).toBeNull();
    expect((await list()).failure).toBeNull();
    endpoint.trouble = () => ({ kind: "refuse", status: 401, name: "unauthorized" });
    expect((await written({ promptIds: ["summary"] })).failure).not.toBeNull();
    endpoint.trouble = () => null;
    expect((await written({ promptIds: ["summary"] })).failure).toBeNull();
  });

  it("is tried without being kept, by a text that is being written", async () => {
    setUp();
    const text = "schema: earmark-prompt/1\nid: summary\nversion: 1\ntitle: Mine\nuse: insight\ntext: Say it.\n";
    const { writings, faults } = await calls["prompt.try"]({ conversationId: "a", text });
    expect(faults).toEqual([]);
    expect(writings).toMatchObject([{ title: "Mine", value: { text: "The customer's refund is late." } }]);
    expect((await list()).writings).toEqual([]);
    expect((await calls["prompt.try"]({ conversationId: "a", text: "id: x" })).faults.length).toBeGreaterThan(0);
    const workflow = "schema: earmark-workflow/1\nid: w\nversion: 1\ntitle: W\nprompts:\n  - summary\n  - nobody\n";
    expect((await calls["prompt.check"]({ text: workflow })).faults).toMatchObject([{ line: 7, path: "prompts.1" }]);
  });

  it("is written by a workflow of one's own, whose prompts can be run again alone until they are gone", async () => {
    setUp();
    const text = `schema: earmark-workflow/1
id: mine
version: 1
title: Mine
prompts:
  - resolved
  - { id: apology, version: 1, title: Was it said sorry?, use: insight, text: Look for it., output: { kind: date } }
`;
    await calls["prompt.save"]({ text });
    expect((await written({ workflowId: "mine" })).writings.map(({ prompt }) => prompt.id).sort()).toEqual([
      "apology",
      "resolved",
    ]);
    expect(of(await written({ promptIds: ["apology"] }), "apology")).toMatchObject({ earlier: 1, latestVersion: 1 });
    await calls["prompt.remove"]({ kind: "workflow", id: "mine" });
    expect(of(await list(), "apology")).toMatchObject({ earlier: 1, latestVersion: null });
    await expect(calls["writing.write"]({ conversationId: "a", promptIds: ["apology"] })).rejects.toMatchObject({
      code: "not-found",
    });
    await expect(calls["writing.write"]({ conversationId: "a", workflowId: "mine" })).rejects.toMatchObject({
      code: "not-found",
    });
  });

  it("leaves alone what Earmark cannot do without, and goes with the conversation", async () => {
    setUp();
    await expect(calls["prompt.enable"]({ kind: "prompt", id: "ask", enabled: false })).rejects.toMatchObject({
      code: "not-allowed",
    });
    await calls["prompt.enable"]({ kind: "prompt", id: "topic", enabled: false });
    await calls["prompt.remove"]({ kind: "prompt", id: "product" });
    const { prompts } = await calls["prompt.list"]({});
    expect(prompts.find(({ id }) => id === "topic")?.enabled).toBe(false);
    expect(prompts.some(({ id }) => id === "product")).toBe(false);
    const view = await written({});
    expect(view.writings.map(({ prompt }) => prompt.id)).not.toContain("topic");
    expect(view.writings).toHaveLength(8);
    store.conversations.remove(["a"]);
    expect(store.writings.of("a")).toEqual([]);
    expect(store.writings.counts().size).toBe(0);
  });

  it("writes by itself once a conversation is ready, where a person asked for it, and pays for a hearing once", async () => {
    setUp();
    ready.ready("a");
    await ready.settled();
    expect(store.writings.of("a")).toEqual([]);

    setUp({ writing: { whenReady: true, workflow: "contact-summary", evaluations: false } });
    ready.ready("a");
    await ready.settled();
    expect(store.writings.of("a")).toHaveLength(10);
    expect(store.writings.due()).toEqual([]);
    const { length } = endpoint.seen;
    ready.ready("a");
    await ready.settled();
    expect(endpoint.seen).toHaveLength(length);

    // What comes to nothing is said, kept over a restart, and not tried for ever.
    setUp({ writing: { whenReady: true, workflow: "gone", evaluations: false } });
    ready.ready("a");
    await ready.settled();
    expect((await list()).failure).toMatchObject({ code: "not-found" });
    expect(store.writings.due()).toEqual([]);
    expect((await written({ promptIds: ["summary"] })).failure).toBeNull();
  });
});
