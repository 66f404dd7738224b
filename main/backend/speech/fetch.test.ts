import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, request as forward, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent } from "undici";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { CatalogueModel } from "../../../native-models/catalogue.ts";
import { fetchModel, type HubOptions, networkDispatcher } from "./fetch.ts";
import { createModelStore, hashOfFiles } from "./models.ts";
import { tinyGraph } from "./tiny-graph.ts";

const commit = "0123456789abcdef0123456789abcdef01234567";
const repo = "someone/model";
const source = { repo, revision: commit };
const weights = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7 + (index >> 8)) & 0xff));
const config = Buffer.from('{"model_type":"pyannote"}');

const model: CatalogueModel = {
  id: "test",
  name: "Test",
  task: "segmentation",
  licence: "MIT",
  source,
  files: [
    { path: "config.json", bytes: config.length, exact: true, needed: true },
    { path: "notes.txt", bytes: 10, exact: false, needed: false },
    { path: "onnx/model.onnx", bytes: weights.length, exact: true, needed: true },
  ],
  graphs: [],
  limited: false,
  preference: 1,
};

const sha256 = (data: Uint8Array): string => createHash("sha256").update(data).digest("hex");
const gitBlob = (data: Uint8Array): string => createHash("sha1").update(`blob ${data.length}\0`).update(data).digest("hex");

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let folder = "";
let server: Server;
let baseUrl = "";
const requests: { url: string; range: string | undefined }[] = [];
/** What the hub does for a file, one answer for each request; the last one stays. */
const answers = new Map<string, Answer[]>();
let listing: unknown;
const dispatcher = new Agent();

/** Serves bytes as the hub does, with ranges. */
function serve(data: Uint8Array): Answer {
  return (request, response) => {
    const from = /^bytes=(\d+)-$/u.exec(request.headers.range ?? "")?.[1];
    const start = from === undefined ? 0 : Number(from);
    if (start >= data.length && from !== undefined) {
      response.writeHead(416).end();
      return;
    }
    const body = data.subarray(start);
    response.writeHead(from === undefined ? 200 : 206, {
      "content-type": "application/octet-stream",
      "content-length": body.length,
    });
    response.end(body);
  };
}

/** Sends a part and breaks the connection. */
function cutAfter(data: Uint8Array, bytes: number): Answer {
  return (request, response) => {
    const start = Number(/^bytes=(\d+)-$/u.exec(request.headers.range ?? "")?.[1] ?? 0);
    response.writeHead(start === 0 ? 200 : 206, { "content-length": data.length - start });
    response.write(data.subarray(start, start + bytes), () => setTimeout(() => response.destroy(), 20));
  };
}

/** Sends a part and then nothing. */
function stallAfter(data: Uint8Array, bytes: number): Answer {
  return (_request, response) => {
    response.writeHead(200, { "content-length": data.length });
    response.write(data.subarray(0, bytes));
  };
}

function page(type = "text/html; charset=utf-8"): Answer {
  return (_request, response) => {
    response.writeHead(200, { "content-type": type }).end("<!DOCTYPE html><title>Sign in to the network</title>");
  };
}

function options(more: HubOptions = {}): HubOptions {
  return { baseUrl, dispatcher, retryDelayMs: 5, stallMs: 5_000, ...more };
}

async function codeOf(work: Promise<unknown>): Promise<EarmarkError> {
  try {
    await work;
  } catch (thrown) {
    if (thrown instanceof EarmarkError) return thrown;
    throw thrown;
  }
  throw new Error("It was expected to fail.");
}

const quiet = { signal: new AbortController().signal, onProgress: (): void => undefined };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark-fetch-"));
  requests.length = 0;
  answers.clear();
  answers.set("config.json", [serve(config)]);
  answers.set("onnx/model.onnx", [serve(weights)]);
  listing = {
    sha: commit,
    siblings: [
      { rfilename: "README.md", size: 5, blobId: gitBlob(Buffer.from("hello")) },
      { rfilename: "config.json", size: config.length, blobId: gitBlob(config) },
      { rfilename: "onnx/model.onnx", size: 134, lfs: { sha256: sha256(weights), size: weights.length, pointerSize: 134 } },
    ],
  };
  server = createServer((request, response) => {
    const url = request.url ?? "";
    requests.push({ url, range: request.headers.range });
    if (url.startsWith("/api/models/")) {
      if (typeof listing === "function") (listing as Answer)(request, response);
      else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(listing));
      return;
    }
    const path = /\/resolve\/[0-9a-f]{40}\/(.+)$/u.exec(url)?.[1] ?? "";
    const list = answers.get(path) ?? [];
    const answer = list.length > 1 ? list.shift() : list[0];
    if (answer === undefined) response.writeHead(404).end();
    else answer(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

describe("fetchModel", () => {
  it("brings the files at the commit, checked, with progress up to 1", async () => {
    const shares: number[] = [];
    const fetched = await fetchModel(model, source, folder, { ...quiet, onProgress: (share) => shares.push(share) }, options());
    expect(fetched.commit).toBe(commit);
    expect(fetched.files).toEqual([
      { path: "config.json", bytes: config.length, sha256: sha256(config) },
      { path: "onnx/model.onnx", bytes: weights.length, sha256: sha256(weights) },
    ]);
    expect(await readFile(join(folder, "onnx/model.onnx"))).toEqual(weights);
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(requests[0]?.url).toBe(`/api/models/${repo}/revision/${commit}?blobs=true`);
    expect(requests.some(({ url }) => url === `/${repo}/resolve/${commit}/onnx/model.onnx`)).toBe(true);
  });

  it("goes on where a broken connection stopped, without fetching the beginning again", async () => {
    answers.set("onnx/model.onnx", [cutAfter(weights, 100_000), cutAfter(weights, 50_000), serve(weights)]);
    await fetchModel(model, source, folder, quiet, options());
    expect(await readFile(join(folder, "onnx/model.onnx"))).toEqual(weights);
    // A broken connection may take with it what was sent but not yet read: never more than was sent, and never again from the start.
    const ranges = requests.filter(({ url }) => url.endsWith("model.onnx")).map(({ range }) => range);
    expect(ranges.length).toBe(3);
    expect(ranges[0]).toBeUndefined();
    const [first, second] = ranges.slice(1).map((range) => Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1]));
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThanOrEqual(100_000);
    expect(second).toBeGreaterThan(first ?? 0);
    expect(second).toBeLessThanOrEqual((first ?? 0) + 50_000);
  });

  it("takes up a part from an earlier run, and keeps whole files", async () => {
    answers.set("onnx/model.onnx", [cutAfter(weights, 70_000)]);
    const failure = await codeOf(fetchModel(model, source, folder, quiet, options({ tries: 1 })));
    expect(failure.code).toBe("download-failed");
    const parts = (await readdir(join(folder, "onnx"))).filter((name) => name.includes("model.onnx"));
    const kept = (await stat(join(folder, "onnx", parts[0] ?? ""))).size;
    expect(kept).toBeGreaterThan(0);
    answers.set("onnx/model.onnx", [serve(weights)]);
    requests.length = 0;
    await fetchModel(model, source, folder, quiet, options());
    expect(requests.map(({ url, range }) => [url.split("/").at(-1), range]).slice(1)).toEqual([
      ["model.onnx", `bytes=${String(kept)}-`],
    ]);
  });

  it("begins anew when the part that lay there was of something else", async () => {
    answers.set("onnx/model.onnx", [cutAfter(Buffer.alloc(weights.length, 1), 1_000)]);
    await codeOf(fetchModel(model, source, folder, quiet, options({ tries: 1 })));
    answers.set("onnx/model.onnx", [serve(weights)]);
    await fetchModel(model, source, folder, quiet, options());
    expect(await readFile(join(folder, "onnx/model.onnx"))).toEqual(weights);
  });

  it("refuses a file with the wrong hash and leaves nothing of it", async () => {
    const other = Buffer.from(weights);
    other[5_000] = (other[5_000] ?? 0) ^ 1;
    answers.set("onnx/model.onnx", [serve(other)]);
    const failure = await codeOf(fetchModel(model, source, folder, quiet, options()));
    expect([failure.code, failure.details["reason"]]).toEqual(["download-failed", "hash"]);
    expect(await readdir(join(folder, "onnx"))).toEqual([]);
  });

  it("checks small files by git's name of their content", async () => {
    answers.set("config.json", [serve(Buffer.from('{"model_type":"PYANNOTE"}'))]);
    const failure = await codeOf(fetchModel(model, source, folder, quiet, options()));
    expect([failure.code, failure.details["file"], failure.details["reason"]]).toEqual([
      "download-failed",
      "config.json",
      "hash",
    ]);
  });

  it("says that a page came in place of a file, whatever it is called", async () => {
    for (const type of ["text/html; charset=utf-8", "application/octet-stream"]) {
      answers.set("onnx/model.onnx", [page(type)]);
      const failure = await codeOf(fetchModel(model, source, folder, quiet, options()));
      expect([failure.code, failure.details["remedy"]]).toEqual(["download-not-a-model", "proxy-login"]);
      expect(failure.details["host"]).toContain("127.0.0.1");
      expect(await readdir(join(folder, "onnx"))).toEqual([]);
    }
    listing = page();
    expect((await codeOf(fetchModel(model, source, folder, quiet, options()))).code).toBe("download-not-a-model");
  });

  it("gives up a connection on which nothing comes any more", async () => {
    answers.set("onnx/model.onnx", [stallAfter(weights, 20_000)]);
    const started = performance.now();
    const failure = await codeOf(fetchModel(model, source, folder, quiet, options({ stallMs: 150, tries: 1 })));
    expect(failure.code).toBe("download-stalled");
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it("stops within a second when cancelled, and keeps what came", async () => {
    const controller = new AbortController();
    answers.set("onnx/model.onnx", [stallAfter(weights, 20_000)]);
    const shares: number[] = [];
    const attention = { signal: controller.signal, onProgress: (share: number) => void shares.push(share) };
    const work = codeOf(fetchModel(model, source, folder, attention, options()));
    await expect.poll(() => shares.length).toBeGreaterThan(1);
    const started = performance.now();
    controller.abort();
    expect((await work).code).toBe("cancelled");
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(await readdir(join(folder, "onnx"))).toEqual(["model.onnx.part"]);
  });

  it("does not begin when the disk has not the room", async () => {
    const failure = await codeOf(fetchModel(model, source, folder, quiet, options({ freeBytes: async () => 1_000_000 })));
    expect([failure.code, failure.details["freeBytes"]]).toEqual(["disk-full", 1_000_000]);
    expect(requests).toHaveLength(1);
  });

  it("tells a refusal with its status, and tries again only what may pass", async () => {
    listing = ((_request, response) => response.writeHead(401).end()) satisfies Answer;
    const refused = await codeOf(fetchModel(model, source, folder, quiet, options()));
    expect([refused.code, refused.details["status"], requests.length]).toEqual(["download-failed", 401, 1]);
    requests.length = 0;
    listing = ((_request, response) => response.writeHead(503).end()) satisfies Answer;
    await codeOf(fetchModel(model, source, folder, quiet, options({ tries: 3 })));
    expect(requests).toHaveLength(3);
  });

  it("says so when the repository lacks a needed file", async () => {
    listing = { sha: commit, siblings: [] };
    const failure = await codeOf(fetchModel(model, source, folder, quiet, options()));
    expect([failure.code, failure.details["reason"]]).toEqual(["download-failed", "absent"]);
  });

  it("goes through the proxy of the environment, but not to hosts that are excepted", async () => {
    const passed: string[] = [];
    const proxy = createServer((request, response) => {
      passed.push(request.url ?? "");
      const { method, headers } = request;
      forward(request.url ?? "", { method: method ?? "GET", headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      }).end();
    });
    proxy.listen(0, "127.0.0.1");
    await once(proxy, "listening");
    const env = { HTTP_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
    const through = networkDispatcher(env);
    const past = networkDispatcher({ ...env, NO_PROXY: "127.0.0.1" });
    try {
      await fetchModel(model, source, join(folder, "past"), quiet, options({ dispatcher: past }));
      expect(passed).toEqual([]);
      await fetchModel(model, source, join(folder, "through"), quiet, options({ dispatcher: through }));
      expect(passed).toContain(`${baseUrl}/${repo}/resolve/${commit}/config.json`);
    } finally {
      await Promise.all([through.destroy(), past.destroy()]);
      proxy.closeAllConnections();
      proxy.close();
    }
  });
});

describe("a download through the store", () => {
  const id = "onnx-community/pyannote-segmentation-3.0";
  const graph = Buffer.from(tinyGraph("input_values", "logits"));
  const inspect = async () => [{ inputs: ["input_values"], outputs: ["logits"] }];

  beforeEach(() => {
    answers.set("onnx/model.onnx", [serve(graph)]);
    listing = {
      sha: commit,
      siblings: [
        { rfilename: "config.json", size: config.length, blobId: gitBlob(config) },
        { rfilename: "onnx/model.onnx", lfs: { sha256: sha256(graph), size: graph.length } },
      ],
    };
  });

  it("is shown while it runs, and installs the model with the commit it came from", async () => {
    const store = createModelStore({ folder, inspect, hub: () => options() });
    const seen: string[] = [];
    store.onChange((view) => seen.push(`${view.id} ${view.state}`));
    await Promise.all([store.fetch(id), store.fetch(id)]);
    expect(requests.filter(({ url }) => url.endsWith("model.onnx"))).toHaveLength(1);
    expect(seen.at(-1)).toBe(`${id} installed`);
    const manifest: unknown = JSON.parse(
      await readFile(join(folder, "onnx-community--pyannote-segmentation-3.0/earmark-model.json"), "utf8"),
    );
    expect(manifest).toMatchObject({ id, source: { repo: id, commit } });
    const files = [
      { path: "config.json", sha256: sha256(config) },
      { path: "onnx/model.onnx", sha256: sha256(graph) },
    ];
    expect((await store.resolve("segmentation"))?.sha256).toBe(hashOfFiles(files));
    expect((await readdir(folder)).filter((name) => name.startsWith(".replaced"))).toEqual([]);
  });

  it("remembers why it failed, and succeeds the next time", async () => {
    const store = createModelStore({ folder, inspect, hub: () => options() });
    answers.set("onnx/model.onnx", [page()]);
    expect((await codeOf(store.fetch(id))).code).toBe("download-not-a-model");
    const failed = (await store.list()).find((view) => view.id === id);
    expect([failed?.state, failed?.failure?.code]).toEqual(["absent", "download-not-a-model"]);
    answers.set("onnx/model.onnx", [serve(graph)]);
    await store.fetch(id);
    const installed = (await store.list()).find((view) => view.id === id);
    expect([installed?.state, installed?.failure]).toEqual(["installed", null]);
  });

  it("stops when asked, from either side", async () => {
    const store = createModelStore({ folder, inspect, hub: () => options() });
    answers.set("onnx/model.onnx", [stallAfter(Buffer.alloc(graph.length, 1), 10)]);
    const work = codeOf(store.fetch(id));
    await expect.poll(async () => (await store.list()).find((view) => view.id === id)?.state).toBe("fetching");
    store.cancelFetch(id);
    expect((await work).code).toBe("cancelled");
    await store.remove(id);
    expect(await readdir(join(folder, ".fetching"))).toEqual([]);
    expect((await codeOf(store.remove(id))).code).toBe("model-missing");
    const closed = codeOf(store.fetch(id));
    await store.close();
    expect((await closed).code).toBe("cancelled");
  });

  it("does not take in what turns out to be another model", async () => {
    const wrong = createModelStore({ folder, inspect: async () => [{ inputs: ["a"], outputs: ["b"] }], hub: () => options() });
    expect((await codeOf(wrong.fetch(id))).code).toBe("model-unsuitable");
    expect((await wrong.list()).find((view) => view.id === id)?.state).toBe("absent");
  });

  it("refuses what cannot be fetched or is not known", async () => {
    const store = createModelStore({ folder, inspect });
    expect((await codeOf(store.fetch("demo-voice"))).code).toBe("not-allowed");
    expect((await codeOf(store.fetch("nobody/nothing"))).code).toBe("not-found");
    await writeFile(join(folder, "loose"), "");
    expect(requests).toHaveLength(0);
  });
});
