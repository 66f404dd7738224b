import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EarmarkError, type ErrorCode } from "../../../app/contract/errors.ts";
import { type JobView, jobViewSchema, type StageName } from "../../../app/contract/views.ts";
import { libraryPaths } from "../library-paths.ts";
import { openStore, type Store } from "../store/store.ts";
import { createQueue, type Queue, type QueueOptions, type Stage, type StageContext } from "./queue.ts";

const wide = { io: 4, cpu: 4, speech: 4 };
const quickly = { firstMs: 20 };

let folder: string;
let store: Store;
let queues: Queue[];
let told: JobView[];
/** What ran, in order: "name:title". */
let ran: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "earmark-queue-"));
  store = openStore(libraryPaths(folder), { clock: Date, version: "0.1.0" });
  queues = [];
  told = [];
  ran = [];
});
afterEach(async () => {
  for (const queue of queues) await queue.close();
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

function stage(name: StageName, changes: Partial<Stage> = {}): Stage {
  return {
    name,
    version: 1,
    resource: "io",
    needs: [],
    facts: () => null,
    run: (context) => {
      ran.push(`${name}:${store.conversations.get(context.conversationId)?.title}`);
      return Promise.resolve({ name });
    },
    ...changes,
  };
}

function started(stages: Stage[], changes: Partial<QueueOptions> = {}): Queue {
  const queue = createQueue({
    store,
    stages,
    clock: Date,
    concurrency: wide,
    retry: quickly,
    onChange: (job) => told.push(job),
    ...changes,
  });
  queues.push(queue);
  queue.start();
  return queue;
}

function conversation(title: string): string {
  return store.conversations.insert({
    kind: "call",
    channel: "voice",
    title,
    source: { name: "a.wav", sha256: title, bytes: 5, format: "WAV" },
  }).id;
}

function stateOf(job: JobView | null): Record<string, string> {
  return Object.fromEntries(job?.stages.map((one) => [one.name, one.state]) ?? []);
}

/** Runs until it is told to end, or its signal is. */
function held(): {
  run: Stage["run"];
  running: Promise<StageContext>;
  end: (result?: unknown) => void;
  fail: (thrown: Error) => void;
} {
  let begun: (context: StageContext) => void = () => undefined;
  let end: (result?: unknown) => void = () => undefined;
  let fail: (thrown: Error) => void = () => undefined;
  const running = new Promise<StageContext>((resolve) => {
    begun = resolve;
  });
  const over = new Promise<unknown>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  over.catch(() => undefined);
  const run = (context: StageContext): Promise<unknown> => {
    begun(context);
    return new Promise((resolve, reject) => {
      context.signal.addEventListener("abort", () => reject(context.signal.reason));
      over.then(resolve, reject);
    });
  };
  return { run, running, end: (result) => end(result), fail: (thrown) => fail(thrown) };
}

function failing(code: ErrorCode, times = Number.POSITIVE_INFINITY): Stage["run"] {
  let left = times;
  return () => (left-- > 0 ? Promise.reject(new EarmarkError(code, "It did not work.")) : Promise.resolve("at last"));
}

const callNames: StageName[] = ["probe", "decode", "recognise", "index"];
const callStages = (changes: Partial<Record<StageName, Partial<Stage>>> = {}): Stage[] =>
  [
    stage("probe"),
    stage("decode", { needs: ["probe"] }),
    stage("recognise", { needs: ["decode"], resource: "speech" }),
    stage("index", { optional: ["recognise"], resource: "cpu" }),
  ].map((one) => ({ ...one, ...changes[one.name] }));

describe("a job", () => {
  it("passes its stages in order, hands results on, and ends done", async () => {
    const seen: unknown[] = [];
    const queue = started(callStages({ decode: { run: (context) => Promise.resolve(seen.push(context.results)) } }));
    const id = conversation("one");
    const jobId = store.transaction(() => queue.add(id, callNames));
    const job = await queue.settled(id);
    expect(jobViewSchema.parse(job)).toEqual(job);
    expect(job).toMatchObject({ id: jobId, conversationId: id, title: "one", state: "done", progress: 1, failure: null });
    expect(seen).toEqual([{ probe: { name: "probe" } }]);
    expect(ran).toEqual(["probe:one", "recognise:one", "index:one"]);
    expect(job.stages.map((one) => one.attempt)).toEqual([1, 1, 1, 1]);
    expect(queue.job(jobId)).toEqual(job);
    expect(queue.list(10)).toEqual([job]);
    expect(() => queue.job("nobody")).toThrow(expect.objectContaining({ code: "not-found" }));
    expect(() => queue.add(id, callNames)).toThrow(expect.objectContaining({ code: "conflict" }));
    expect(
      store.library.list({ text: "", sortBy: "importedAt", direction: "ascending", offset: 0, limit: 5 }).rows[0],
    ).toMatchObject({
      state: "done",
      progress: 1,
    });
  });

  it("does not appear when the transaction it was added in fails", async () => {
    const queue = started(callStages());
    const id = conversation("one");
    expect(() =>
      store.transaction(() => {
        queue.add(id, callNames);
        throw new Error("No.");
      }),
    ).toThrow("No.");
    await wait(20);
    expect([queue.list(5), ran, told]).toEqual([[], [], []]);
  });

  it("keeps early stages when a late one fails, runs what does not depend on it, and goes on there when told", async () => {
    const runs = failing("model-missing", 1);
    const queue = started(callStages({ recognise: { run: runs } }));
    const id = conversation("one");
    const jobId = queue.add(id, callNames);
    const failed = await queue.settled(id);
    expect(stateOf(failed)).toEqual({ probe: "done", decode: "done", recognise: "failed", index: "done" });
    expect(failed).toMatchObject({ state: "failed", failure: { code: "model-missing" }, retryAt: null });
    expect(store.jobs.byConversation(id)?.failure?.code).toBe("model-missing");
    queue.retry(jobId);
    expect((await queue.settled(id)).state).toBe("done");
    // The index read a result that has come since, so it ran again; the early stages did not.
    expect(ran).toEqual(["probe:one", "decode:one", "index:one", "index:one"]);
  });

  it("commits a result and the mark that it is done together, or neither", async () => {
    let refuse = true;
    const commit = (_result: unknown, { conversationId }: { conversationId: string }): void => {
      store.conversations.update(conversationId, { title: "renamed" });
      if (refuse) throw new EarmarkError("format-malformed", "Not what it should be.");
    };
    const queue = started([stage("probe", { commit })]);
    const id = conversation("one");
    const jobId = queue.add(id, ["probe"]);
    expect((await queue.settled(id)).failure?.code).toBe("format-malformed");
    expect(store.conversations.get(id)?.title).toBe("one");
    refuse = false;
    queue.retry(jobId);
    await queue.settled(id);
    expect(store.conversations.get(id)?.title).toBe("renamed");
  });

  it("refuses stages that read what does not come before them", () => {
    const queue = started(callStages());
    const id = conversation("one");
    expect(() => queue.add(id, ["decode", "probe"])).toThrow("does not come before");
    expect(() => queue.add(id, ["roles"])).toThrow("no stage named roles");
  });
});

describe("running again", () => {
  it("runs only what has another input", async () => {
    let model = "small";
    const queue = started(
      callStages({ recognise: { facts: () => ({ model }), run: () => Promise.resolve({ heard: model.length > 3 }) } }),
    );
    const id = conversation("one");
    queue.add(id, callNames);
    await queue.settled(id);
    ran = [];
    queue.analyseAgain(id);
    expect((await queue.settled(id)).state).toBe("done");
    expect(ran).toEqual([]);
    model = "large";
    queue.analyseAgain(id);
    const job = await queue.settled(id);
    // The new model heard the same, so the index did not run.
    expect(ran).toEqual([]);
    expect(job.stages.map((one) => one.attempt)).toEqual([1, 1, 2, 1]);
    model = "xl";
    queue.analyseAgain(id);
    await queue.settled(id);
    expect(ran).toEqual(["index:one"]);
  });

  it("runs one stage anew when told, and what depends on it if its result is another", async () => {
    let result = 1;
    const queue = started(callStages({ decode: { run: () => Promise.resolve(result) } }));
    const id = conversation("one");
    queue.add(id, callNames);
    await queue.settled(id);
    ran = [];
    queue.rerun(id, "decode");
    expect((await queue.settled(id)).stages.map((one) => one.attempt)).toEqual([1, 2, 1, 1]);
    result = 2;
    queue.rerun(id, "decode");
    // The same words as before: the index stays.
    expect((await queue.settled(id)).stages.map((one) => one.attempt)).toEqual([1, 3, 2, 1]);
    expect(() => queue.rerun(id, "parse")).toThrow(expect.objectContaining({ code: "not-found" }));
  });
});

describe("failures", () => {
  it("that pass are tried again by themselves, and the page is told when", async () => {
    const queue = started([stage("probe", { run: failing("engine-stalled", 2) })], {
      retry: { firstMs: 150 },
      random: () => 0.5,
    });
    const id = conversation("one");
    queue.add(id, ["probe"]);
    const job = await queue.settled(id);
    expect(job).toMatchObject({ state: "done", stages: [{ attempt: 3, failure: null }] });
    const waiting = told.find((one) => one.retryAt !== null);
    expect(waiting).toMatchObject({ state: "waiting", stages: [{ state: "waiting", failure: { code: "engine-stalled" } }] });
  });

  it("that do not pass end the job at once; those that never pass after a few", async () => {
    const queue = started([
      stage("probe", { run: failing("format-malformed") }),
      stage("parse", { run: failing("engine-stalled") }),
      stage("decode", { run: failing("engine-out-of-memory") }),
    ]);
    const attempts: Partial<Record<StageName, number>> = {};
    for (const name of ["probe", "parse", "decode"] as const) {
      const id = conversation(name);
      queue.add(id, [name]);
      attempts[name] = (await queue.settled(id)).stages[0]?.attempt ?? 0;
    }
    expect(attempts).toEqual({ probe: 1, parse: 4, decode: 2 });
  });

  it("two crashes of one input fail that job with a code of its own and leave the queue running", async () => {
    const crash = (context: StageContext): Promise<unknown> =>
      store.conversations.get(context.conversationId)?.title === "poison"
        ? Promise.reject(new EarmarkError("engine-crashed", "It crashed."))
        : Promise.resolve("fine");
    const queue = started([stage("recognise", { run: crash, resource: "speech" })], { concurrency: { ...wide, speech: 1 } });
    const poison = conversation("poison");
    const healthy = conversation("healthy");
    const jobId = queue.add(poison, ["recognise"]);
    queue.add(healthy, ["recognise"]);
    expect(await queue.settled(poison)).toMatchObject({
      state: "failed",
      failure: { code: "engine-crashed-twice" },
      stages: [{ attempt: 2 }],
    });
    expect((await queue.settled(healthy)).state).toBe("done");
    queue.retry(jobId);
    expect((await queue.settled(poison)).stages[0]?.attempt).toBe(4);
  });

  it("of looking at the input are failures of the stage", async () => {
    const facts = (): unknown => {
      throw new EarmarkError("file-missing", "The file is gone.");
    };
    const queue = started([stage("probe", { facts })]);
    const id = conversation("one");
    queue.add(id, ["probe"]);
    expect((await queue.settled(id)).failure?.code).toBe("file-missing");
  });

  it("are remembered over a restart, with the time to try again", async () => {
    const first = started([stage("probe", { run: failing("engine-stalled") })], { retry: { firstMs: 60_000 } });
    const id = conversation("one");
    first.add(id, ["probe"]);
    while (first.jobOf(id)?.retryAt === null) await wait(5);
    const retryAt = first.jobOf(id)?.retryAt;
    await first.close();
    const second = started([stage("probe")]);
    await wait(20);
    expect(second.jobOf(id)).toMatchObject({ state: "waiting", retryAt, stages: [{ failure: { code: "engine-stalled" } }] });
    second.retry(second.jobOf(id)?.id ?? "");
    expect((await second.settled(id)).state).toBe("done");
  });
});

describe("cancelling", () => {
  it("aborts what runs within a second and keeps what is done", async () => {
    const work = held();
    const queue = started(callStages({ recognise: { run: work.run } }));
    const id = conversation("one");
    const jobId = queue.add(id, callNames);
    const context = await work.running;
    const before = performance.now();
    await queue.cancel(jobId);
    expect(performance.now() - before).toBeLessThan(1_000);
    expect(context.signal.aborted).toBe(true);
    const job = queue.job(jobId);
    expect(job).toMatchObject({ state: "cancelled", failure: null });
    expect(stateOf(job)).toEqual({ probe: "done", decode: "done", recognise: "cancelled", index: "cancelled" });
    queue.retry(jobId);
    work.end("words");
    expect((await queue.settled(id)).state).toBe("done");
    await expect(queue.cancel("nobody")).rejects.toMatchObject({ code: "not-found" });
  });

  it("does not wait for a stage that does not listen, throws its late result away, and never runs it twice at once", async () => {
    let together = 0;
    let most = 0;
    const ends: ((value: string) => void)[] = [];
    const deaf: Stage["run"] = async () => {
      most = Math.max(most, ++together);
      const result = await new Promise<string>((resolve) => ends.push(resolve));
      together--;
      return result;
    };
    const commits: unknown[] = [];
    const queue = started([stage("probe", { run: deaf, commit: (result) => void commits.push(result) })]);
    const id = conversation("one");
    const jobId = queue.add(id, ["probe"]);
    while (ends.length === 0) await wait(5);
    const before = performance.now();
    await queue.cancel(jobId);
    expect(performance.now() - before).toBeLessThan(1_200);
    expect(queue.job(jobId).state).toBe("cancelled");
    queue.retry(jobId);
    await wait(20);
    expect(ends).toHaveLength(1);
    ends[0]?.("late");
    while (ends.length === 1) await wait(5);
    ends[1]?.("right");
    await queue.settled(id);
    expect([commits, most]).toEqual([["right"], 1]);
  });

  it("lets go of a conversation that is to be deleted", async () => {
    const work = held();
    const queue = started([stage("probe", { run: work.run })]);
    const id = conversation("one");
    queue.add(id, ["probe"]);
    await work.running;
    const settled = queue.settled(id);
    await queue.release(id);
    store.conversations.remove([id]);
    expect((await settled).state).toBe("cancelled");
    expect(queue.list(5)).toEqual([]);
    expect(queue.jobOf(id)).toBeNull();
  });
});

describe("order", () => {
  it("keeps to the places there are for each resource", async () => {
    const at = { io: 0, cpu: 0, speech: 0 };
    const most = { io: 0, cpu: 0, speech: 0 };
    const watched = (name: StageName, resource: "io" | "speech"): Stage =>
      stage(name, {
        resource,
        needs: name === "recognise" ? ["probe"] : [],
        run: async () => {
          most[resource] = Math.max(most[resource], ++at[resource]);
          await wait(3);
          at[resource]--;
          return null;
        },
      });
    const queue = started([watched("probe", "io"), watched("recognise", "speech")], {
      concurrency: { io: 2, cpu: 1, speech: 1 },
    });
    const ids = Array.from({ length: 8 }, (_, number) => conversation(`c${number}`));
    for (const id of ids) queue.add(id, ["probe", "recognise"]);
    await Promise.all(ids.map((id) => queue.settled(id)));
    expect(most).toEqual({ io: 2, cpu: 0, speech: 1 });
  });

  it("is the order of arrival, but for what somebody looks at", async () => {
    const queue = started([stage("probe")], { concurrency: { io: 1, cpu: 1, speech: 1 } });
    queue.pause();
    expect(queue.paused).toBe(true);
    const ids = ["a", "b", "c", "d"].map(conversation);
    for (const id of ids) queue.add(id, ["probe"]);
    await wait(10);
    expect(ran).toEqual([]);
    queue.prioritise(ids[2] ?? "");
    queue.prioritise(ids[3] ?? "");
    queue.prioritise("nobody");
    expect(queue.list(3).map((job) => job.title)).toEqual(["d", "c", "a"]);
    queue.resume();
    await Promise.all(ids.map((id) => queue.settled(id)));
    expect(ran).toEqual(["probe:d", "probe:c", "probe:a", "probe:b"]);
  });

  it("uses more places as soon as there are", async () => {
    const works = [held(), held()];
    let next = 0;
    const queue = started([stage("probe", { run: (context) => (works[next++] ?? held()).run(context) })], {
      concurrency: { io: 1, cpu: 1, speech: 1 },
    });
    for (const title of ["a", "b"]) queue.add(conversation(title), ["probe"]);
    await works[0]?.running;
    queue.setConcurrency({ io: 2, cpu: 1, speech: 1 });
    await works[1]?.running;
    expect(queue.list(5).map((job) => job.state)).toEqual(["running", "running"]);
  });
});

describe("telling", () => {
  it("tells of progress at most ten times a second, and always of the end", async () => {
    const at: number[] = [];
    const run: Stage["run"] = async ({ onProgress }) => {
      for (let step = 1; step <= 60; step++) {
        onProgress(step / 60);
        await wait(5);
      }
      return null;
    };
    const queue = started([stage("recognise", { run })], {
      onChange: (job) => {
        at.push(performance.now());
        told.push(job);
      },
    });
    const id = conversation("one");
    queue.add(id, ["recognise"]);
    await queue.settled(id);
    await wait(130);
    const shares = told.map((job) => job.progress);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(told.at(-1)).toMatchObject({ state: "done", progress: 1 });
    expect(shares.some((share) => share > 0.2 && share < 0.9)).toBe(true);
    expect(told.some((job) => job.remainingMs !== null && job.remainingMs > 0)).toBe(true);
    const gaps = at.slice(1).map((time, place) => time - (at[place] ?? 0));
    // A millisecond of grace: the wall clock that paces them counts whole ones.
    expect(Math.min(...gaps)).toBeGreaterThan(97);
  });

  it("gives up waiting for a job when asked to", async () => {
    const work = held();
    const queue = started([stage("probe", { run: work.run })]);
    const id = conversation("one");
    queue.add(id, ["probe"]);
    const patience = new AbortController();
    const settled = queue.settled(id, patience.signal);
    patience.abort();
    await expect(settled).rejects.toMatchObject({ code: "cancelled" });
    expect(() => queue.settled("nobody")).toThrow(expect.objectContaining({ code: "not-found" }));
  });
});

describe("closing", () => {
  it("aborts what runs and leaves it to the next opening", async () => {
    const work = held();
    const first = started(callStages({ decode: { run: work.run } }));
    const id = conversation("one");
    first.add(id, callNames);
    const context = await work.running;
    await first.close();
    expect(context.signal.aborted).toBe(true);
    expect(stateOf(first.jobOf(id))).toMatchObject({ probe: "done", decode: "waiting" });
    const second = started(callStages());
    const job = await second.settled(id);
    expect(job).toMatchObject({ state: "done" });
    expect(job.stages.map((one) => one.attempt)).toEqual([1, 2, 1, 1]);
    expect(ran).toEqual(["probe:one", "decode:one", "recognise:one", "index:one"]);
  });
});
