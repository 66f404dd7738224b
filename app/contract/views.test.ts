import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { measure } from "../conversation/measures.ts";
import { api, type CallName, type CallOutput, callNames } from "./api.ts";
import { errorCodes } from "./errors.ts";
import { events } from "./events.ts";
import { settingsSchema, stageNames } from "./views.ts";

const at = "2026-02-03T10:00:00.000Z";

const job: CallOutput<"queue.list">["jobs"][number] = {
  id: "j1",
  conversationId: "c1",
  title: "A call",
  state: "failed",
  progress: 0.5,
  remainingMs: null,
  stages: stageNames.map((name) => ({
    name,
    state: "waiting",
    progress: 0,
    attempt: 0,
    failure: { code: "engine-crashed", message: "It ended.", details: { signal: "SIGKILL", exitCode: null } },
  })),
  failure: { code: "engine-crashed", message: "It ended.", details: {} },
  retryAt: at,
  createdAt: at,
  endedAt: null,
};

const model: CallOutput<"models.list">["models"][number] = {
  id: "whisper-base",
  name: "Whisper base",
  task: "transcription",
  licence: "Apache-2.0",
  source: null,
  bytes: 1,
  limited: false,
  state: "fetching",
  progress: 0.2,
  failure: null,
};

const view: CallOutput<"conversation.get"> = {
  conversation: {
    id: "c1",
    kind: "chat",
    channel: "sms",
    title: "",
    startedAt: null,
    timeZone: null,
    importedAt: at,
    source: { name: "a.json", sha256: "", bytes: 0, format: "" },
    durationMs: 0,
    language: null,
    participants: [],
    turns: [],
    shortfalls: [],
    provenance: null,
    measures: measure(0, [], []),
  },
  mediaId: null,
  peakChannels: 0,
  recording: { layout: "dual-mono", silentChannels: [1], truncated: true },
  operations: [{ id: "o1", at, author: "", operation: { kind: "swap-roles" } }],
  job,
};

const settings = settingsSchema.parse({});

/** One answer for each call: an answer that is missing does not compile. */
const answers: { [N in CallName]: CallOutput<N> } = {
  "app.state": {
    version: "0.1.0",
    capabilities: { nativeFileDialog: false, nativeFolderDialog: false },
    conversations: 0,
    samplesAvailable: true,
    libraryPath: "library",
    notices: [{ id: "n1", at, failure: { code: "library-corrupt", message: "Set aside.", details: { aside: "old" } } }],
  },
  "library.list": {
    rows: [
      {
        id: "c1",
        kind: "call",
        channel: "voice",
        title: "A call",
        startedAt: null,
        importedAt: at,
        durationMs: null,
        language: null,
        agent: null,
        customer: null,
        turns: 0,
        agentTalkShare: null,
        nonTalkMs: null,
        interruptions: 0,
        lacksWords: true,
        state: "running",
        progress: 1,
        failure: null,
        hit: { turnId: "t1", startMs: 0, pieces: [{ text: "refund", found: true }] },
      },
    ],
    total: 1,
  },
  "import.begin": {
    results: [{ name: "a.wav", conversationId: null, known: false, failure: { code: "file-empty", message: "", details: {} } }],
  },
  "import.pick": { paths: [] },
  "import.samples": { conversationIds: ["c1"] },
  "conversation.get": view,
  "conversation.peaks": { durationMs: 10, channels: [[-128, 127]] },
  "conversation.correct": view,
  "conversation.undo": view,
  "conversation.export": { fileName: "a.txt", mediaType: "text/plain", text: "" },
  "notice.dismiss": {},
  "conversation.rename": {},
  "conversation.delete": {},
  "queue.cancel": {},
  "queue.retry": {},
  "queue.pause": {},
  "queue.resume": {},
  "queue.prioritise": {},
  "queue.analyseAgain": {},
  "models.fetch": {},
  "models.cancel": {},
  "models.remove": {},
  "queue.list": { jobs: [job], paused: false },
  "models.list": { models: [model], folder: "models" },
  "models.add": { added: [] },
  "models.verify": { model },
  "settings.get": settings,
  "settings.set": settings,
  "doctor.run": { lines: [{ topic: "ffmpeg", label: "ffmpeg", state: "ok", detail: "7.0" }] },
};

describe("the contract", () => {
  it.each(Object.entries(answers))("%s answers what its schema takes, and it crosses a wire unchanged", (name, value) => {
    const { output } = api[name as CallName];
    expect(output.parse(JSON.parse(JSON.stringify(value)))).toEqual(value);
  });

  it("refuses answers that are none", () => {
    expect(api["queue.list"].output.safeParse({ jobs: [{ ...job, progress: 1.1 }], paused: false }).success).toBe(false);
    expect(api["models.verify"].output.safeParse({ model: { ...model, state: "lost" } }).success).toBe(false);
    expect(api["conversation.peaks"].output.safeParse({ durationMs: 1, channels: [[300]] }).success).toBe(false);
  });

  it("names each call as topic and verb, and no two alike", () => {
    for (const name of callNames) expect(name).toMatch(/^[a-z]+\.[a-zA-Z]+$/u);
    expect(new Set(callNames.map((name) => name.toLowerCase())).size).toBe(callNames.length);
  });

  it("takes calls without input as an empty object, and fills in what was left out", () => {
    expect(api["queue.list"].input.parse({})).toEqual({ limit: 200 });
    expect(api["library.list"].input.safeParse({ limit: 501 }).success).toBe(false);
    expect(api["import.begin"].input.safeParse({ sources: [] }).success).toBe(false);
    expect(api["conversation.export"].input.safeParse({ id: "c1", format: "exe" }).success).toBe(false);
  });

  it("tells events with payloads of the same shapes", () => {
    expect(events["job.changed"].parse({ job })).toEqual({ job });
    expect(events["model.changed"].parse({ model })).toEqual({ model });
  });

  it("lets every failure code into a job", () => {
    for (const code of errorCodes) {
      const failure = { code, message: "", details: {} };
      expect(api["queue.list"].output.safeParse({ jobs: [{ ...job, failure }], paused: false }).success).toBe(true);
    }
  });
});

describe("settings", () => {
  it("have a default for everything", () => {
    expect(settings).toEqual({
      theme: "auto",
      reviewer: "",
      speech: { language: "auto", translate: false, separation: "auto", transcriptionModel: null },
      concurrency: null,
      rewindOnResumeMs: 0,
      modelMirror: null,
      // Nothing leaves the machine before a person has asked for it.
      offload: expect.objectContaining({ use: "local", endpoint: "", bucket: null, profile: null }),
    });
    expect(settingsSchema.parse({ speech: { translate: true } }).speech).toEqual({ ...settings.speech, translate: true });
  });

  it("are changed one by one: a change brings no default of another setting with it", () => {
    const change: z.ZodType = api["settings.set"].input;
    expect(change.parse({ theme: "dark" })).toEqual({ theme: "dark" });
    expect(change.parse({})).toEqual({});
    expect(change.parse({ concurrency: null })).toEqual({ concurrency: null });
    expect(change.safeParse({ speech: { translate: true } }).success).toBe(false);
    expect(change.parse({ speech: { ...settings.speech, translate: true } })).toEqual({
      speech: { ...settings.speech, translate: true },
    });
  });

  it.each([
    { modelMirror: "javascript:alert(1)" },
    { modelMirror: "file:///etc/passwd" },
    { concurrency: 0 },
    { theme: "pink" },
    { reviewer: "x".repeat(201) },
    { rewindOnResumeMs: 5_001 },
  ])("refuse %j", (change) => {
    expect(settingsSchema.safeParse(change).success).toBe(false);
    expect(api["settings.set"].input.safeParse(change).success).toBe(false);
  });
});
