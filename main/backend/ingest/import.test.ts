import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CallInput, CallName, CallOutput } from "../../../app/contract/api.ts";
import { answer, unpack } from "../../../app/contract/transport.ts";
import { type Backend, type BackendOptions, openBackend } from "../backend.ts";
import { forkProcess } from "../speech/start-process.ts";

/* Imports as they come in practice: many at once, twice at once, broken off, out of odd folders. */

let folder: string;
let library: string;
let backend: Backend;
const opened: Backend[] = [];

async function open(more: Partial<BackendOptions> = {}): Promise<Backend> {
  const next = await openBackend({
    libraryPath: library,
    modelFolders: [],
    resourcesPath: join(folder, "resources"),
    version: "0.0.0-test",
    startProcess: forkProcess,
    ...more,
  });
  opened.push(next);
  // Nothing here is about hearing.
  await next.handlers["queue.pause"]({});
  return next;
}

async function call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
  return unpack(await answer(backend.handlers, name, input)) as CallOutput<N>;
}

const importPaths = (...paths: string[]) =>
  call("import.begin", { sources: paths.map((path) => ({ kind: "path" as const, path })) });

function filesIn(place: string): string[] {
  const path = join(library, place);
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []));
}

/** Bytes that are no text, and others for each seed. */
const sound = (seed: number, bytes = 4_000): Buffer => Buffer.alloc(bytes, Buffer.from([0, 1, seed % 256, seed >> 8]));
const hashOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
const bytesOf = (bytes: Buffer): ReadableStream<Uint8Array> => new Blob([new Uint8Array(bytes)]).stream();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark import é "));
  library = join(folder, "library");
  backend = await open();
});
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

describe("the same content", () => {
  it("at the same moment, in one call and in several and under other endings, is one conversation with its file", async () => {
    const bytes = sound(1, 300_000);
    const paths = ["call.wav", "again.wav", "other.mp3", "none"].map((name) => join(folder, name));
    for (const path of paths) await writeFile(path, bytes);
    const answers = await Promise.all([importPaths(...paths), importPaths(...paths), importPaths(...paths.toReversed())]);
    const results = answers.flatMap((each) => each.results);
    expect(results.map((result) => result.failure)).toEqual(Array.from({ length: 12 }, () => null));
    expect(new Set(results.map((result) => result.conversationId)).size).toBe(1);
    expect(results.filter((result) => !result.known)).toHaveLength(1);
    expect(filesIn("originals")).toHaveLength(1);
    expect(filesIn("incoming")).toEqual([]);
    const [name = ""] = filesIn("originals");
    expect(readFileSync(join(library, "originals", name.slice(0, 2), name))).toEqual(bytes);
  });

  it("brings back the file that somebody has taken out of the library's folder", async () => {
    const path = join(folder, "call.wav");
    await writeFile(path, sound(2));
    const [first] = (await importPaths(path)).results;
    const [name = ""] = filesIn("originals");
    await rm(join(library, "originals", name.slice(0, 2), name));
    await writeFile(join(folder, "copy.mp3"), sound(2));
    const [again] = (await importPaths(join(folder, "copy.mp3"))).results;
    expect(again).toMatchObject({ conversationId: first?.conversationId, known: true });
    expect(filesIn("originals")).toEqual([name]);
  });

  it("removed and brought in at the same moment ends whole: with row and file, or with neither", async () => {
    const path = join(folder, "call.wav");
    await writeFile(path, sound(3));
    for (let round = 0; round < 8; round += 1) {
      const [before] = (await importPaths(path)).results;
      await Promise.all([call("conversation.delete", { ids: [before?.conversationId ?? ""] }), importPaths(path)]);
      const { total } = await call("library.list", {});
      expect(filesIn("originals")).toHaveLength(total);
      expect(filesIn("incoming")).toEqual([]);
    }
  });
});

describe("many files", () => {
  it("come in in the order of their names, and the library answers meanwhile", async () => {
    const many = join(folder, "many");
    await mkdir(many);
    for (let number = 0; number < 120; number += 1) {
      await writeFile(join(many, `call ${String(number).padStart(3, "0")}.wav`), sound(100 + number));
    }
    const importing = importPaths(many);
    let done = false;
    importing.finally(() => {
      done = true;
    });
    let longest = 0;
    let asked = 0;
    while (!done) {
      const from = performance.now();
      await call("library.list", {});
      asked += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
      longest = Math.max(longest, performance.now() - from);
    }
    const { results } = await importing;
    expect(results.map((result) => result.name)).toEqual(
      Array.from({ length: 120 }, (_, number) => `call ${String(number).padStart(3, "0")}.wav`),
    );
    expect(results.every((result) => result.failure === null)).toBe(true);
    expect(asked).toBeGreaterThan(10);
    expect(longest).toBeLessThan(2_000);
  });

  it("in a folder with links round in a circle and out of it are those that lie in it", async () => {
    const inside = join(folder, "inside");
    await mkdir(join(inside, "deeper"), { recursive: true });
    await writeFile(join(inside, "deeper", "call.wav"), sound(5));
    await writeFile(join(folder, "outside.wav"), sound(6));
    await symlink(inside, join(inside, "deeper", "round"), "junction");
    await symlink(join(folder, "outside.wav"), join(inside, "out.wav")).catch(() => undefined);
    const { results } = await importPaths(inside);
    expect(results.map((result) => result.name)).toEqual(["call.wav"]);
  });

  it.skipIf(process.platform === "win32")("are not stopped by a link to itself, a pipe or a name that is too long", async () => {
    await symlink(join(folder, "loop.wav"), join(folder, "loop.wav"));
    await writeFile(join(folder, "good.wav"), sound(7));
    const { results } = await importPaths(
      join(folder, "loop.wav"),
      "/dev/null",
      "zero\0byte.wav",
      join(folder, `${"x".repeat(300)}.wav`),
      join(folder, "good.wav"),
    );
    expect(results.map((result) => result.failure?.code ?? null)).toEqual([
      "file-unreadable",
      "file-unreadable",
      "file-unreadable",
      "file-unreadable",
      null,
    ]);
  });
});

describe("what a page sends", () => {
  const never = new AbortController().signal;

  it("and has been taken or is unknown fails alone", async () => {
    const { uploadId } = await backend.receiveUpload("call.wav", bytesOf(sound(8)), never);
    const { results } = await call("import.begin", {
      sources: [
        { kind: "upload", uploadId: "nobody's" },
        { kind: "upload", uploadId },
        { kind: "upload", uploadId },
      ],
    });
    expect(results.map((result) => result.failure?.code ?? null)).toEqual(["not-found", null, "not-found"]);
    expect(filesIn("incoming")).toEqual([]);
  });

  it("is removed after a while when nobody asks for it", async () => {
    await backend.close();
    backend = await open({ uploadWaitsMs: 60 });
    const { uploadId } = await backend.receiveUpload("call.wav", bytesOf(sound(9)), never);
    expect(filesIn("incoming")).toHaveLength(1);
    await expect.poll(() => filesIn("incoming")).toEqual([]);
    const { results } = await call("import.begin", { sources: [{ kind: "upload", uploadId }] });
    expect(results[0]?.failure?.code).toBe("not-found");
  });
});

describe("breaking off", () => {
  it("by closing ends the import, leaves nothing half, and the next one has the library", async () => {
    const paths = Array.from({ length: 40 }, (_, number) => join(folder, `${number}.wav`));
    for (const [number, path] of paths.entries()) await writeFile(path, sound(300 + number, 2_000_000));
    const importing = importPaths(...paths);
    const endless = backend.receiveUpload("endless.wav", new ReadableStream(), new AbortController().signal);
    endless.catch(() => undefined);
    await expect.poll(() => filesIn("originals").length, { interval: 5 }).toBeGreaterThan(1);
    await backend.close();
    const { results } = await importing;
    expect(new Set(results.map((result) => result.failure?.code ?? null))).toEqual(new Set([null, "cancelled"]));
    await expect(endless).rejects.toMatchObject({ code: "cancelled" });
    expect(filesIn("incoming")).toEqual([]);
    await expect(call("library.list", {})).rejects.toMatchObject({ code: "cancelled" });
    backend = await open();
    expect(filesIn("originals")).toHaveLength((await call("library.list", {})).total);
  });

  it("by a kill between file and row is settled at the next opening, and nothing else is touched", async () => {
    const kept = sound(10);
    await writeFile(join(folder, "kept.wav"), kept);
    await importPaths(join(folder, "kept.wav"));
    await backend.close();
    const place = async (bytes: Buffer): Promise<string> => {
      const name = `${hashOf(bytes)}.wav`;
      await mkdir(join(library, "originals", name.slice(0, 2)), { recursive: true });
      await writeFile(join(library, "originals", name.slice(0, 2), name), bytes);
      await mkdir(join(library, "derived", hashOf(bytes)), { recursive: true });
      await writeFile(join(library, "derived", hashOf(bytes), "ch0.s16"), bytes);
      return name;
    };
    const [half, unknown] = [sound(11), sound(12)];
    await place(half);
    // An older copy of the database, brought back by hand, does not know this one; it is no business of ours.
    const unknownName = await place(unknown);
    for (const bytes of [half, kept]) await writeFile(join(library, "incoming", `unsettled-${hashOf(bytes)}`), "");
    await writeFile(join(library, "incoming", "half-an-upload"), "x");

    backend = await open();
    expect(filesIn("incoming")).toEqual([]);
    expect(filesIn("originals").toSorted()).toEqual([`${hashOf(kept)}.wav`, unknownName].toSorted());
    expect(readdirSync(join(library, "derived"))).toEqual([hashOf(unknown)]);
  });

  it("together with a damaged database leaves the files to whoever mends it", async () => {
    const bytes = sound(13);
    await writeFile(join(folder, "call.wav"), bytes);
    await importPaths(join(folder, "call.wav"));
    await backend.close();
    await writeFile(join(library, "incoming", `unsettled-${hashOf(bytes)}`), "");
    await writeFile(join(library, "library.sqlite"), "not a database at all, by any means".repeat(100));
    backend = await open();
    const { notices, conversations } = await call("app.state", {});
    expect(conversations).toBe(0);
    expect(notices[0]?.failure.code).toBe("library-corrupt");
    expect(readdirSync(library)).toContain(String(notices[0]?.failure.details["movedTo"]));
    expect(filesIn("originals")).toEqual([`${hashOf(bytes)}.wav`]);
    await call("notice.dismiss", { id: notices[0]?.id ?? "" });
    await backend.close();
    backend = await open();
    expect((await call("app.state", {})).notices).toEqual([]);
    expect(filesIn("originals")).toEqual([`${hashOf(bytes)}.wav`]);
  });
});
