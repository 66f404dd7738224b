import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { api, type CallInput, type CallName, type CallOutput } from "../../app/contract/api.ts";
import { events } from "../../app/contract/events.ts";
import { answer, unpack } from "../../app/contract/transport.ts";
import type { Turn } from "../../app/conversation/conversation.ts";
import { type Backend, openBackend } from "./backend.ts";
import { forkProcess } from "./speech/start-process.ts";

/* A sample call with the demo voice, through the speech process and the queue, as a page sees it. */

const repository = fileURLToPath(new URL("../..", import.meta.url));
let folder: string;
let backend: Backend;

async function call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
  return api[name].output.parse(unpack(await answer(backend.handlers, name, input))) as CallOutput<N>;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark heard é "));
  backend = await openBackend({
    libraryPath: join(folder, "library"),
    modelFolders: [],
    builtInModels: join(repository, "native-models", "demo", "voice"),
    resourcesPath: join(repository, "resources"),
    version: "0.0.0-test",
    startProcess: forkProcess,
  });
});
afterEach(async () => {
  await backend.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

it("is told of while it is heard, redacted, with the library's words and the import's own", async () => {
  let page: Turn[] = [];
  const told: string[] = [];
  const states: (string | undefined)[] = [];
  backend.subscribe(({ name, payload }) => {
    if (name !== "conversation.partial") return;
    const { id, from, turns } = events["conversation.partial"].parse(payload);
    page = [...page.slice(0, from), ...turns];
    told.push(JSON.stringify(turns));
    // What a page that opens now is given.
    void call("conversation.get", { id }).then((view) => {
      states.push(view.job?.stages.find((stage) => stage.name === "recognise")?.state);
      if (view.partial !== null) expect(view.partial.turns.length).toBeGreaterThan(0);
    });
  });
  await call("settings.set", {
    vocabulary: {
      terms: [{ term: "Missus Turner", soundsLike: [] }],
      replacements: [{ heard: "electricity", written: "power" }],
    },
  });
  const { results } = await call("import.begin", {
    sources: [{ kind: "path", path: join(repository, "resources", "samples", "bluebird-energy-bill.opus") }],
    language: "auto",
    languages: ["en", "es"],
    vocabulary: { terms: [{ term: "Bluebird", soundsLike: ["blue bird"] }], replacements: [] },
  });
  const id = results[0]?.conversationId ?? "";
  for (;;) {
    const { job } = await call("conversation.get", { id });
    if (job?.endedAt !== null && job !== null) {
      expect(job.state).toBe("done");
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const { conversation, partial } = await call("conversation.get", { id });
  expect(partial).toBeNull();

  // The turns came before the end, and were those of the beginning.
  expect(states[0]).toBe("running");
  expect(page.length).toBeGreaterThan(3);
  const texts = conversation.turns.map(({ text }) => text);
  expect(texts.slice(0, 3)).toEqual(page.slice(0, 3).map(({ text }) => text));
  // No digit of the card number was told at any time.
  expect(told.join()).not.toMatch(/five four two five|zero one zero|nine nine zero three/iu);

  const text = texts.join(" ");
  expect(text).toContain("Missus Turner");
  expect(text).toMatch(/my power/iu);
  expect(conversation.provenance?.vocabulary).toEqual({
    terms: [
      { term: "Missus Turner", soundsLike: [] },
      { term: "Bluebird", soundsLike: ["blue bird"] },
    ],
    replacements: [{ heard: "electricity", written: "power" }],
  });
  expect(conversation.language).toBe("en");
}, 240_000);
