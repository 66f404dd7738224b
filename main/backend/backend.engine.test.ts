import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { api, type CallInput, type CallName, type CallOutput } from "../../app/contract/api.ts";
import { answer, type EventMessage, unpack } from "../../app/contract/transport.ts";
import type { JobView, LibraryRow } from "../../app/contract/views.ts";
import { type Backend, type BackendOptions, openBackend } from "./backend.ts";
import { writeSyntheticCall } from "./media/synthetic-call.test-process.ts";
import { callStages } from "./pipeline/stages.ts";
import { forkProcess } from "./speech/start-process.ts";

let folder: string;
let backend: Backend;
/** The stages of a recording, in their order: only what comes with its words is parsed. */

const opened: Backend[] = [];

async function open(more: Partial<BackendOptions> = {}): Promise<Backend> {
  const next = await openBackend({
    libraryPath: join(folder, "library"),
    modelFolders: [],
    resourcesPath: join(folder, "resources"),
    version: "0.0.0-test",
    startProcess: forkProcess,
    ...more,
  });
  opened.push(next);
  return next;
}

/** Calls as a shell does, and holds the answer against the contract. */
async function call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
  const value = unpack(await answer(backend.handlers, name, input));
  return api[name].output.parse(value) as CallOutput<N>;
}

async function settled(conversationId: string): Promise<JobView> {
  for (;;) {
    const { job } = await call("conversation.get", { id: conversationId });
    if (job !== null && ["done", "failed", "cancelled"].includes(job.state)) return job;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

async function importFile(path: string): Promise<string> {
  const { results } = await call("import.begin", { sources: [{ kind: "path", path }] });
  expect(results[0]?.failure).toBeNull();
  return results[0]?.conversationId ?? "";
}

/** Names of the files that lie in a part of the library, however deep. */
function filesIn(place: string): string[] {
  const path = join(folder, "library", place);
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []));
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark backend é "));
  backend = await open();
});
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** Two sides over 14 s, with a silence from 5 to 9 s and an overlap from 12 to 12.8 s. */
const twoSides = [
  { channel: 0, from: 0.5, to: 3 },
  { channel: 1, from: 3.2, to: 5 },
  { channel: 0, from: 9, to: 12.8 },
  { channel: 1, from: 12, to: 13.5 },
];

describe("a call without any model", () => {
  it("is imported, drawn, told apart by channel, measured and found again after a restart", async () => {
    const path = join(folder, "Anruf – Müller 1.wav");
    writeSyntheticCall(path, 2, 14, twoSides);
    const heard: EventMessage[] = [];
    backend.subscribe((message) => heard.push(message));
    const id = await importFile(path);
    const job = await settled(id);
    expect(job).toMatchObject({ state: "done", progress: 1, failure: null });
    expect(job.stages.map((stage) => [stage.name, stage.state, stage.attempt])).toEqual(
      callStages.map((name) => [name, "done", 1]),
    );
    expect(heard.some((message) => message.name === "conversation.changed")).toBe(true);

    const { conversation, mediaId, peakChannels } = await call("conversation.get", { id });
    expect(conversation).toMatchObject({ kind: "call", durationMs: 14_000, title: "Anruf – Müller 1" });
    expect(conversation.source.format).toMatch(/WAV.*2 channels.*16 kHz/u);
    expect(conversation.participants.map((participant) => participant.channel)).toEqual([0, 1]);
    expect(conversation.shortfalls).toContainEqual(
      expect.objectContaining({ lacks: "words", reason: "model-missing", modelId: "onnx-community/whisper-base_timestamped" }),
    );
    expect(conversation.turns.every((turn) => turn.text === "" && turn.endMs > turn.startMs)).toBe(true);
    const [silence] = conversation.measures.silences;
    expect(Math.abs((silence?.startMs ?? 0) - 5_000)).toBeLessThan(400);
    expect(Math.abs((silence?.endMs ?? 0) - 9_000)).toBeLessThan(400);
    expect(conversation.measures.overlapMs).toBeGreaterThan(300);
    expect(Math.abs((conversation.measures.participants[0]?.talkMs ?? 0) - 6_300)).toBeLessThan(900);

    expect(peakChannels).toBe(2);
    const peaks = await call("conversation.peaks", { id, startMs: 0, endMs: 14_000, bins: 14 });
    const loud = peaks.channels.map((bins) => bins.filter((_, index) => index % 2 === 1).map((top) => top > 10));
    expect(loud[0]?.slice(5, 9)).toEqual([false, false, false, false]);
    expect(loud[0]?.[10]).toBe(true);

    const media = await backend.mediaFile(mediaId ?? "");
    expect(media?.mediaType).toBe("audio/wav");
    expect(existsSync(media?.path ?? "")).toBe(true);
    expect(await backend.mediaFile("../../library.sqlite")).toBeNull();

    await backend.close();
    backend = await open();
    const { rows } = await call("library.list", { text: "muller" });
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ id, lacksWords: true, state: "done" });
  });

  it("comes in once, however often it is imported, and is removed without a trace", async () => {
    const path = join(folder, "call.wav");
    writeSyntheticCall(path, 1, 3, [{ channel: 0, from: 0.5, to: 2 }]);
    const id = await importFile(path);
    const again = await call("import.begin", { sources: [{ kind: "path", path }] });
    expect(again.results[0]).toMatchObject({ conversationId: id, known: true });
    await settled(id);
    await call("conversation.delete", { ids: [id] });
    expect((await call("library.list", {})).total).toBe(0);
    for (const place of ["originals", "derived", "incoming"]) expect(filesIn(place)).toEqual([]);
    expect(existsSync(path)).toBe(true);
  });

  it("that is none fails with a reason, and the queue goes on", async () => {
    const broken = join(folder, "broken.wav");
    await writeFile(broken, Buffer.from(Array.from({ length: 4_000 }, (_, index) => (index * 37) % 251)));
    const good = join(folder, "good.wav");
    writeSyntheticCall(good, 1, 2, [{ channel: 0, from: 0.2, to: 1.5 }]);
    const { results } = await call("import.begin", {
      sources: [
        { kind: "path", path: broken },
        { kind: "path", path: join(folder, "gone.wav") },
        { kind: "path", path: good },
      ],
    });
    expect(results.map((result) => result.failure?.code ?? null)).toEqual([null, "file-missing", null]);
    const failed = await settled(results[0]?.conversationId ?? "");
    expect(failed.state).toBe("failed");
    expect(["format-unknown", "file-unreadable"]).toContain(failed.failure?.code);
    expect((await settled(results[2]?.conversationId ?? "")).state).toBe("done");
  });
});

describe("a written conversation", () => {
  const chat = JSON.stringify({
    Version: "2019-08-26",
    ContactId: "c-1",
    InitialContactId: "c-1",
    Participants: [{ ParticipantId: "a" }, { ParticipantId: "c" }],
    Transcript: [
      message("2026-03-01T10:00:00.000Z", "AGENT", "Sam", "Welcome to Harbor Mutual. How can I help?"),
      message("2026-03-01T10:00:20.000Z", "CUSTOMER", "Kim", "I want to pay my bill. My card is 4111 1111 1111 1111"),
      message("2026-03-01T10:00:50.000Z", "AGENT", "Sam", "Thank you, that is paid."),
    ],
  });

  it("is read, searched, exported, and its card number is on no page of the disk", async () => {
    const path = join(folder, "chat.json");
    await writeFile(path, chat);
    const id = await importFile(path);
    expect((await settled(id)).state).toBe("done");
    const { conversation } = await call("conversation.get", { id });
    expect(conversation).toMatchObject({ kind: "chat", channel: "chat", startedAt: "2026-03-01T10:00:00.000Z" });
    expect(conversation.participants.map((participant) => participant.role).toSorted()).toEqual(["agent", "customer"]);
    expect(conversation.turns.map((turn) => turn.startMs)).toEqual([0, 20_000, 50_000]);
    expect(conversation.turns[1]?.text).toContain("[card number]");

    const { rows } = await call("library.list", { text: '"pay my" bil' });
    expect(rows[0]?.hit).toMatchObject({ turnId: conversation.turns[1]?.id, startMs: 20_000 });
    expect((await call("library.list", { text: "4111" })).total).toBe(0);
    const { text } = await call("conversation.export", { id, format: "txt" });
    expect(text).toContain("I want to pay my bill");

    await backend.close();
    const library = join(folder, "library");
    for (const name of readdirSync(library).filter((entry) => entry.startsWith("library.sqlite"))) {
      expect(readFileSync(join(library, name)).includes("4111 1111")).toBe(false);
      expect(readFileSync(join(library, name)).includes("41111111")).toBe(false);
    }
  });

  it("of a call gets its roles, also where its source had them the wrong way round", async () => {
    const path = join(folder, "call.txt");
    await writeFile(
      path,
      [
        "Customer: Thank you for calling Harbor Mutual, my name is Sam. How can I help you today?",
        "Agent: Hi, I have a question about my bill. I was charged twice.",
        "Customer: I am sorry to hear that. Can I have your account number please?",
        "Agent: It is four two one nine.",
        "Customer: Thank you. Is there anything else I can help you with today?",
        "Agent: No, that is all.",
      ]
        .map((line, index) => `[00:00:${String(index * 8).padStart(2, "0")}] ${line}`)
        .join("\n"),
    );
    const id = await importFile(path);
    expect((await settled(id)).state).toBe("done");
    const { conversation } = await call("conversation.get", { id });
    expect(conversation.kind).toBe("call");
    const first = conversation.participants.find(({ id: participant }) => participant === conversation.turns[0]?.participantId);
    expect(first?.role).toBe("agent");
    expect(first?.roleConfidence).toBeGreaterThan(0.5);
  });

  it("of no known format is refused at once, and nothing of it stays in the library", async () => {
    const path = join(folder, "notes.json");
    await writeFile(path, '{"some": "thing", "else": [1, 2]}');
    const { results } = await call("import.begin", { sources: [{ kind: "path", path }] });
    expect(results[0]?.failure?.code).toBe("format-unknown");
    expect((await call("library.list", {})).total).toBe(0);
    expect(filesIn("originals")).toEqual([]);
  });
});

function message(at: string, role: string, name: string, content: string) {
  return {
    AbsoluteTime: at,
    Content: content,
    ContentType: "text/plain",
    Id: at,
    Type: "MESSAGE",
    ParticipantId: role === "AGENT" ? "a" : "c",
    DisplayName: name,
    ParticipantRole: role,
  };
}

describe("corrections", () => {
  it("swap the sides, show in the list, can be undone, and leave the machine's transcript as it was", async () => {
    const path = join(folder, "roles.json");
    await writeFile(
      path,
      JSON.stringify({
        Version: "2019-08-26",
        ContactId: "c-2",
        InitialContactId: "c-2",
        Participants: [],
        Transcript: [
          message("2026-03-01T10:00:00.000Z", "AGENT", "Sam", "Hello."),
          message("2026-03-01T10:00:05.000Z", "CUSTOMER", "Kim", "Hello."),
        ],
      }),
    );
    const id = await importFile(path);
    await settled(id);
    const agents = (view: CallOutput<"conversation.get">) =>
      view.conversation.participants.filter((participant) => participant.role === "agent").map((participant) => participant.name);
    expect(agents(await call("conversation.get", { id }))).toEqual(["Sam"]);
    const swapped = await call("conversation.correct", { id, operation: { kind: "swap-roles" } });
    expect(agents(swapped)).toEqual(["Kim"]);
    expect(swapped.operations).toHaveLength(1);
    expect((await call("library.list", {})).rows[0]?.agent).toBe("Kim");
    expect(agents(await call("conversation.undo", { id }))).toEqual(["Sam"]);
    await expect(call("conversation.correct", { id: "nobody", operation: { kind: "swap-roles" } })).rejects.toMatchObject({
      code: "not-found",
    });
  });
});

describe("a speech process that dies", () => {
  it("twice over the same recording fails that one alone, with a code of its own", async () => {
    await backend.close();
    let killed = 0;
    backend = await open({
      startProcess: (script, args) => {
        const channel = forkProcess(script, args);
        return {
          ...channel,
          send(message) {
            channel.send(message);
            const asked = message as { kind?: string; audio?: { durationMs: number } };
            if (asked.kind !== "diarize" || asked.audio?.durationMs !== 3_000 || channel.pid === undefined) return;
            killed += 1;
            process.kill(channel.pid, "SIGKILL");
          },
        };
      },
    });
    const paths = [join(folder, "deadly.wav"), join(folder, "harmless.wav")] as const;
    writeSyntheticCall(paths[0], 2, 3, [{ channel: 0, from: 0.5, to: 2 }]);
    writeSyntheticCall(paths[1], 2, 2, [{ channel: 1, from: 0.2, to: 1.5 }]);
    const { results } = await call("import.begin", { sources: paths.map((path) => ({ kind: "path" as const, path })) });
    const [deadly = "", harmless = ""] = results.map((result) => result.conversationId ?? "");
    expect((await settled(harmless)).state).toBe("done");
    const job = await settled(deadly);
    expect(job).toMatchObject({ state: "failed", failure: { code: "engine-crashed-twice", details: { crashes: 2 } } });
    expect(killed).toBe(2);
    // What was made before is there to be seen and heard.
    const view = await call("conversation.get", { id: deadly });
    expect(view).toMatchObject({ peakChannels: 2, conversation: { durationMs: 3_000 } });
    expect(view.mediaId).not.toBeNull();
  });
});

describe("analysing again", () => {
  const attempts = (job: JobView): Record<string, number> =>
    Object.fromEntries(job.stages.map((stage) => [stage.name, stage.attempt]));
  const options = { language: "auto", translate: false, separation: "auto", transcriptionModel: null } as const;

  it("follows the settings as they are now, but for what the import asked", async () => {
    const path = join(folder, "call.wav");
    writeSyntheticCall(path, 2, 2, [{ channel: 0, from: 0.2, to: 1.5 }]);
    const { results } = await call("import.begin", { sources: [{ kind: "path", path }], translate: false });
    const id = results[0]?.conversationId ?? "";
    expect(attempts(await settled(id))).toMatchObject({ decode: 1, diarize: 1 });
    await call("queue.analyseAgain", { conversationId: id });
    expect(attempts(await settled(id))).toMatchObject({ decode: 1, diarize: 1 });
    await call("settings.set", { speech: { ...options, translate: true } });
    await call("queue.analyseAgain", { conversationId: id });
    expect(attempts(await settled(id))).toMatchObject({ decode: 1, diarize: 1 });
    await call("settings.set", { speech: { ...options, separation: "channel" } });
    await call("queue.analyseAgain", { conversationId: id });
    expect(attempts(await settled(id))).toMatchObject({ decode: 1, diarize: 2 });
  });

  it("makes again what somebody has removed from the library's folder", async () => {
    const path = join(folder, "call.wav");
    writeSyntheticCall(path, 2, 2, [{ channel: 0, from: 0.2, to: 1.5 }]);
    const id = await importFile(path);
    await settled(id);
    await rm(join(folder, "library", "derived"), { recursive: true });
    await expect(call("conversation.peaks", { id, startMs: 0, endMs: 2_000, bins: 2 })).rejects.toMatchObject({
      code: "file-missing",
    });
    await call("queue.analyseAgain", { conversationId: id });
    expect(await settled(id)).toMatchObject({ state: "done" });
    expect((await call("conversation.peaks", { id, startMs: 0, endMs: 2_000, bins: 2 })).channels).toHaveLength(2);
    expect(filesIn("derived").toSorted()).toEqual(["ch0.s16", "ch1.s16", "peaks.empk"]);
  });
});

describe("a page that has gone wrong", () => {
  it("does not keep others from hearing, nor the queue from working", async () => {
    const heard: string[] = [];
    backend.subscribe(() => {
      throw new Error("gone");
    });
    const stop = backend.subscribe((message) => heard.push(message.name));
    const path = join(folder, "call.wav");
    writeSyntheticCall(path, 1, 1, [{ channel: 0, from: 0.2, to: 0.8 }]);
    expect((await settled(await importFile(path))).state).toBe("done");
    expect(heard).toContain("job.changed");
    stop();
    const before = heard.length;
    await call("settings.set", { theme: "dark" });
    expect(heard).toHaveLength(before);
  });
});

describe("a model that nobody knows", () => {
  it("is not fetched in silence", async () => {
    await expect(call("models.fetch", { id: "../../x" })).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("one library", () => {
  it("that cannot be opened says so and is free for the next try", async () => {
    const library = join(folder, "odd");
    mkdirSync(library);
    await writeFile(join(library, "incoming"), "a file where a folder should be");
    await expect(open({ libraryPath: library })).rejects.toMatchObject({ code: "library-unwritable" });
    await rm(join(library, "incoming"));
    await expect(open({ libraryPath: library })).resolves.toBeDefined();
    await writeFile(join(folder, "file"), "x");
    await expect(open({ libraryPath: join(folder, "file", "library") })).rejects.toMatchObject({ code: "library-unwritable" });
  });

  it("opens without models where their folder cannot be read, and without samples where their list is none", async () => {
    const library = join(folder, "odd");
    mkdirSync(join(folder, "resources", "samples"), { recursive: true });
    mkdirSync(library);
    await writeFile(join(library, "models"), "no folder");
    await writeFile(join(folder, "resources", "samples", "samples.json"), "{ half a list");
    await backend.close();
    backend = await open({ libraryPath: library, modelFolders: [join(folder, "nowhere")] });
    expect(await call("app.state", {})).toMatchObject({ samplesAvailable: false, conversations: 0 });
  });

  it("belongs to one Earmark at a time", async () => {
    await expect(open()).rejects.toMatchObject({ code: "library-locked" });
  });
});

describe("being killed in the middle of every stage", () => {
  const script = fileURLToPath(new URL("./backend-kill.test-process.ts", import.meta.url));

  it("loses no stage and runs none twice", async () => {
    const library = join(folder, "killed");
    const file = join(folder, "call.wav");
    writeSyntheticCall(file, 2, 14, twoSides);
    const stages = callStages;
    const killedIn: string[] = [];
    for (const stage of stages) {
      const child = spawn(process.execPath, [script, library, file, stage], { stdio: ["ignore", "ignore", "inherit"] });
      const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
        child.once("exit", (...end) => resolve(end)),
      );
      if (signal === "SIGKILL") killedIn.push(stage);
      // The last, quick stages may have been over before the one before them was told of: then there is nothing left to kill.
      else expect([stage, code]).toEqual([stage, 0]);
    }
    expect(killedIn.slice(0, 5)).toEqual(stages.slice(0, 5));
    const last = spawnSync(process.execPath, [script, library, file, "-"], { encoding: "utf8" });
    expect(last.status, last.stderr).toBe(0);
    const { jobs, rows } = JSON.parse(last.stdout) as { jobs: JobView[]; rows: LibraryRow[] };
    expect(rows).toHaveLength(1);
    expect(jobs[0]?.state).toBe("done");
    // Once a process has found a stage done, no later one has begun it again.
    const left = readFileSync(`${library}.log`, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as [string, string, number][]);
    const final = new Map(jobs[0]?.stages.map((stage) => [stage.name as string, stage.attempt]));
    expect(final.size).toBe(stages.length);
    for (const [name, state, attempt] of left.flat())
      if (state === "done") expect([name, attempt]).toEqual([name, final.get(name)]);
    expect(left.at(-1)?.filter(([, state]) => state === "done").length).toBeGreaterThanOrEqual(4);
  }, 120_000);
});
