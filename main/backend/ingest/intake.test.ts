import { existsSync, readdirSync } from "node:fs";
import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { strToU8, zipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CallInput, CallName, CallOutput } from "../../../app/contract/api.ts";
import { bucketPlanSchema, folderPlanSchema } from "../../../app/contract/intake-views.ts";
import { answer, unpack } from "../../../app/contract/transport.ts";
import { startS3Double } from "../../../e2e/aws/s3-double.ts";
import { type Backend, openBackend } from "../backend.ts";
import { forkProcess } from "../speech/start-process.ts";
import { isQuiet, paceOf } from "./intake.ts";

/* What comes in bulk: many files, archives, folders that are watched, buckets; over restarts. */

let folder: string;
let library: string;
let inbox: string;
let backend: Backend;

async function open(): Promise<void> {
  backend = await openBackend({
    libraryPath: library,
    modelFolders: [],
    resourcesPath: join(folder, "resources"),
    version: "0.0.0-test",
    startProcess: forkProcess,
  });
  // Nothing here is about reading what was taken in.
  await backend.handlers["queue.pause"]({});
}

async function call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
  return unpack(await answer(backend.handlers, name, input)) as CallOutput<N>;
}

async function until<T>(look: () => Promise<T>, good: (seen: T) => boolean): Promise<T> {
  for (const end = Date.now() + 15_000; ; await wait(50)) {
    const seen = await look();
    if (good(seen)) return seen;
    if (Date.now() > end) throw new Error(`It did not come to that: ${JSON.stringify(seen)}`);
  }
}
const source = async (id: string) => (await call("intake.list", {})).sources.find((one) => one.id === id);
const over = (id: string) =>
  until(
    () => source(id),
    (seen) => seen !== undefined && seen.counts.waiting + seen.counts.running === 0 && !seen.looking,
  );
const chat = (text: string): string => `Agent: Hello, how can I help?\nCustomer: ${text}\n`;
const titles = async (): Promise<string[]> => {
  const query = { text: "", sortBy: "title", direction: "ascending", offset: 0, limit: 100 } as const;
  return (await call("library.list", query)).rows.map(({ title }) => title);
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark-intake-"));
  library = join(folder, "library");
  inbox = join(folder, "inbox");
  await mkdir(inbox);
  await open();
});
afterEach(async () => {
  await backend.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

describe("a large import", () => {
  it("takes in a tree of folders and what is in archives, and names what it cannot", async () => {
    await mkdir(join(inbox, "deep", "er"), { recursive: true });
    await writeFile(join(inbox, "one.txt"), chat("one"));
    await writeFile(join(inbox, "deep", "er", "two.txt"), chat("two"));
    await writeFile(join(inbox, "deep", "two.txt"), chat("two"));
    await writeFile(join(inbox, "notes.json"), "{}");
    await writeFile(join(inbox, "left.tmp"), "x");
    await writeFile(join(inbox, "broken.zip"), "PK");
    await writeFile(join(inbox, "some.zip"), zipSync({ "a/three.txt": strToU8(chat("three")), "a/left.tmp": strToU8("x") }));
    const { id, files, refused } = await call("intake.begin", { paths: [inbox], exclude: ["*.tmp"] });
    expect(files).toBe(5);
    expect(refused.map(({ name, failure }) => [name, failure.code])).toEqual([["broken.zip", "format-malformed"]]);
    const seen = await over(id);
    expect(seen?.counts).toMatchObject({ done: 3, known: 1, failed: 1 });
    expect(await titles()).toEqual(["one", "three", "two"].toSorted());
    const { items } = await call("intake.items", { id, state: "failed" });
    expect(items.map(({ name, failure }) => [name, failure?.code])).toEqual([["notes.json", "format-unknown"]]);
  });

  it("goes on after a failure was mended", async () => {
    const path = join(inbox, "late.txt");
    await writeFile(path, "{");
    const { id } = await call("intake.begin", { paths: [path] });
    expect((await over(id))?.counts.failed).toBe(1);
    await writeFile(path, chat("mended"));
    await call("intake.retry", { id });
    expect((await over(id))?.counts).toMatchObject({ done: 1, failed: 0 });
  });

  it("waits while it is paused, over a restart, and what waits can be taken off the list", async () => {
    await call("intake.pause", {});
    for (const name of ["a", "b", "c"]) await writeFile(join(inbox, `${name}.txt`), chat(name));
    const { id } = await call("intake.begin", { paths: [inbox] });
    await backend.close();
    await open();
    expect(await call("intake.list", {})).toMatchObject({ paused: true, hold: "paused" });
    const { items } = await call("intake.items", { id, state: "waiting" });
    expect(items.map(({ name }) => name)).toEqual(["a.txt", "b.txt", "c.txt"]);
    await call("intake.cancel", { id, item: items[1]?.id ?? null });
    await call("intake.resume", {});
    expect((await over(id))?.counts).toMatchObject({ done: 2, cancelled: 1 });
  });

  it("reads what names, tables and files beside recordings say", async () => {
    await call("settings.set", { intake: { ...(await call("settings.get", {})).intake, most: 10 } });
    const sound = (seed: number): Buffer => Buffer.alloc(4_000, Buffer.from([0, 1, seed]));
    await writeFile(join(inbox, "x_QUEUE_billing_2026-02-03T04-05-06.wav"), sound(1));
    await writeFile(join(inbox, "table.wav"), sound(2));
    await writeFile(join(inbox, "own.wav"), sound(3));
    await writeFile(
      join(inbox, "metadata.csv"),
      "file,title,start,queue,agent\ntable.wav,From the table,2026-01-01T00:00:00,Sales,Lucy\n",
    );
    await writeFile(join(inbox, "own.wav.json"), JSON.stringify({ title: "Of its own", direction: "outbound" }));
    const { id } = await call("intake.begin", { paths: [inbox] });
    expect((await over(id))?.counts).toMatchObject({ done: 3, known: 1, failed: 0 });
    expect(await titles()).toEqual(["From the table", "Of its own", "x_QUEUE_billing_2026-02-03T04-05-06"]);
    const query = { text: "queue:billing", sortBy: "title", direction: "ascending", offset: 0, limit: 10 } as const;
    expect((await call("library.list", query)).rows).toMatchObject([{ startedAt: "2026-02-03T04:05:06.000Z" }]);
  });
});

describe("a transcript and its recording", () => {
  it("of one name come as one conversation", async () => {
    await writeFile(join(inbox, "call 7.txt"), chat("seven"));
    await writeFile(join(inbox, "call 7.wav"), Buffer.alloc(4_000, Buffer.from([0, 1, 7])));
    await writeFile(join(inbox, "call 8.wav"), Buffer.alloc(4_000, Buffer.from([0, 1, 8])));
    const { id } = await call("intake.begin", { paths: [inbox] });
    expect((await over(id))?.counts).toMatchObject({ done: 3, failed: 0 });
    expect(await titles()).toEqual(["call 7", "call 8"]);
  });
});

describe("a watched folder", () => {
  const watch = (more: object = {}) =>
    call("intake.save", {
      plan: folderPlanSchema.parse({ kind: "folder", path: inbox, settleSeconds: 1, everySeconds: 1, ...more }),
    });

  it("takes a file once it has stopped growing, and never again", async () => {
    const { id } = await watch();
    const path = join(inbox, "growing.txt");
    await writeFile(path, chat("begins"));
    for (let times = 0; times < 6; times++) {
      await wait(300);
      await appendFile(path, chat(`goes on ${times}`));
      expect((await source(id))?.counts).toMatchObject({ done: 0, failed: 0 });
    }
    await until(
      () => source(id),
      (seen) => seen?.counts.done === 1,
    );
    await backend.close();
    await open();
    expect(await call("intake.look", { id })).toEqual({ found: 0 });
    expect((await source(id))?.counts).toMatchObject({ done: 1, known: 0 });
    expect(existsSync(path)).toBe(true);
  });

  it("moves what was taken in and what could not be, and leaves names free", async () => {
    await mkdir(join(inbox, "day"));
    await writeFile(join(inbox, "day", "good.txt"), chat("good"));
    await writeFile(join(inbox, "bad.json"), "[1");
    const { id } = await watch({ processed: "move", failed: "move" });
    await until(
      async () => readdirSync(inbox, { recursive: true }).map(String),
      (names) =>
        names.includes(join("earmark-processed", "day", "good.txt")) && names.includes(join("earmark-failed", "bad.json")),
    );
    expect(existsSync(join(inbox, "bad.json"))).toBe(false);
    await writeFile(join(inbox, "day", "good.txt"), chat("another"));
    await until(
      () => source(id),
      (seen) => seen?.counts.done === 2,
    );
    await until(
      async () => readdirSync(join(inbox, "earmark-processed", "day")),
      (names) => names.length === 2,
    );
  });

  it("says why it cannot be looked at, and goes on once it can", async () => {
    const away = join(inbox, "drive");
    const plan = folderPlanSchema.parse({ kind: "folder", path: away, settleSeconds: 1, everySeconds: 1 });
    const { id } = await call("intake.save", { plan });
    await until(
      () => source(id),
      (seen) => seen?.failure?.code === "file-missing",
    );
    expect((await call("intake.test", { plan })).trials[0]).toMatchObject({ step: "folder", state: "wrong" });
    await mkdir(away);
    await writeFile(join(away, "a.txt"), chat("a"));
    await until(
      () => source(id),
      (seen) => seen?.failure === null && seen.counts.done === 1,
    );
  });
});

describe("a bucket", () => {
  it("shows what would come, brings it, and the next time brings only what is new or changed", async () => {
    const before = { ...process.env };
    process.env["AWS_ACCESS_KEY_ID"] = "test";
    process.env["AWS_SECRET_ACCESS_KEY"] = "test";
    const s3 = await startS3Double(["calls"]);
    try {
      s3.pageSize = 2;
      for (const name of ["a", "b", "c"]) s3.objects.set(`calls/in/${name}.txt`, Buffer.from(chat(name)));
      const plan = bucketPlanSchema.parse({ kind: "bucket", bucket: "calls", prefix: "in/", region: "eu-west-1", url: s3.url });
      const dry = await call("intake.dryRun", { plan, limit: 2 });
      expect(dry).toMatchObject({ total: 3, known: 0 });
      expect(dry.objects.map(({ key }) => key)).toEqual(["in/a.txt", "in/b.txt"]);
      expect(s3.seen.some(({ path }) => path.endsWith(".txt"))).toBe(false);
      const { id } = await call("intake.save", { plan });
      expect(await call("intake.look", { id })).toEqual({ found: 3 });
      expect((await over(id))?.counts.done).toBe(3);
      s3.objects.set("calls/in/b.txt", Buffer.from(chat("changed")));
      s3.objects.set("calls/in/d.txt", Buffer.from(chat("d")));
      expect(await call("intake.dryRun", { plan })).toMatchObject({ total: 2, known: 2 });
      expect(await call("intake.look", { id })).toEqual({ found: 2 });
      expect((await over(id))?.counts.done).toBe(5);
      expect(existsSync(join(library, "fetched")) ? readdirSync(join(library, "fetched")) : []).toEqual([]);
      s3.refuse = () => ({ status: 403, code: "AccessDenied" });
      await expect(call("intake.look", { id })).rejects.toMatchObject({ code: "aws-denied" });
      expect((await source(id))?.failure?.code).toBe("aws-denied");
    } finally {
      await s3.close();
      process.env = { ...before };
    }
  });
});

describe("the pace", () => {
  it("is what is set, else what is usual", () => {
    const usual = { perMinute: 50, most: 250 };
    expect(paceOf({ perMinute: null, most: null }, usual)).toEqual(usual);
    expect(paceOf({ perMinute: 5, most: 2 }, usual)).toEqual({ perMinute: 5, most: 2 });
  });

  it("holds recordings back, never what is written", async () => {
    await call("settings.set", { intake: { ...(await call("settings.get", {})).intake, most: 2 } });
    for (const seed of [1, 2, 3, 4]) await writeFile(join(inbox, `${seed}.wav`), Buffer.alloc(4_000, Buffer.from([0, 1, seed])));
    await writeFile(join(inbox, "chat.txt"), chat("hello"));
    const { id } = await call("intake.begin", { paths: [inbox] });
    await until(
      () => call("intake.list", {}),
      ({ hold }) => hold === "jobs",
    );
    expect((await source(id))?.counts).toMatchObject({ waiting: 2, done: 3 });
    await call("settings.set", { intake: { ...(await call("settings.get", {})).intake, most: 9, perMinute: 3 } });
    await until(
      () => call("intake.list", {}),
      ({ hold }) => hold === "drip",
    );
    expect((await source(id))?.counts).toMatchObject({ waiting: 1, done: 4 });
  });

  it.each([
    ["22:00", "06:00", 23, true],
    ["22:00", "06:00", 5, true],
    ["22:00", "06:00", 6, false],
    ["08:00", "18:00", 12, true],
    ["08:00", "18:00", 18, false],
    ["08:00", "08:00", 8, false],
  ])("is still from %s to %s: at %i that is %s", (from, to, hour, quiet) => {
    expect(isQuiet({ from, until: to }, new Date(2026, 0, 1, hour))).toBe(quiet);
  });
});
