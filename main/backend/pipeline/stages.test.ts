import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { DecodedAudio, Diarization } from "../../../app/conversation/speech.ts";
import { libraryPaths } from "../library-paths.ts";
import { openStore, type Store } from "../store/store.ts";
import { createPartialTranscripts } from "./partial-transcripts.ts";
import type { Stage, StageInput } from "./queue.ts";
import { emptyTranscript } from "./revision.ts";
import { createStages } from "./stages.ts";

let folder: string;
let store: Store;
let diarize: Stage | undefined;
let input: StageInput;

const audio: DecodedAudio = {
  durationMs: 4_000,
  layout: "mono",
  correlation: null,
  channels: [{ path: "derived/a/ch0.s16", samples: 64_000, rmsDb: -20 }],
  silentChannels: [],
};

function voices(...starts: number[]): Diarization {
  const segments = starts.map((startMs, voice) => ({ startMs, endMs: startMs + 500, voice, confidence: null }));
  return {
    method: "neural",
    voices: starts.map(() => ({ channel: null })),
    segments,
    exclusive: segments,
    shortfalls: [],
    models: [],
  };
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark stages é "));
  const paths = libraryPaths(folder);
  store = openStore(paths, { clock: { now: () => 1_000 }, version: "0.0.0-test" });
  const nobody = (): never => {
    throw new EarmarkError("internal", "Nothing is heard here.");
  };
  const stages = createStages({
    store,
    paths,
    engine: { diarize: nobody, recognise: nobody, close: () => Promise.resolve() },
    ffmpeg: nobody,
    voicePrinter: { printVoice: nobody },
    modelFingerprint: () => Promise.resolve([]),
    partials: createPartialTranscripts(() => undefined),
    language: { read: nobody, fingerprint: nobody, close: () => undefined },
    terms: { of: nobody },
    seal: nobody,
  });
  diarize = stages.find((stage) => stage.name === "diarize");
  const { id } = store.conversations.insert({
    kind: "call",
    channel: "voice",
    title: "A call",
    source: { name: "call.wav", sha256: "a".repeat(64), bytes: 1, format: "recording" },
  });
  input = {
    conversationId: id,
    results: { decode: { audio, peaksPath: "derived/a/peaks.empk", truncated: false } },
    failures: {},
  };
});
afterEach(async () => {
  store.close();
  await rm(folder, { recursive: true, force: true });
});

describe("who spoke when", () => {
  const starts = () => store.transcripts.get(input.conversationId)?.turns.map((turn) => turn.startMs);

  it("is shown until there are words, also when it is found out better later", () => {
    diarize?.commit?.(voices(0), input);
    expect(starts()).toEqual([0]);
    diarize?.commit?.(voices(0, 1_000, 2_000), input);
    expect(starts()).toEqual([0, 1_000, 2_000]);
    expect(store.conversations.get(input.conversationId)?.summary.turns).toBe(3);
  });

  it("never takes the place of words, which stay readable whatever becomes of hearing them again", () => {
    const participant = { id: "p0", role: "agent", roleConfidence: null, name: null, channel: null } as const;
    const turn = { id: "t0", participantId: "p0", startMs: 700, endMs: 900, text: "Hello.", words: [], speakerConfidence: null };
    store.transcripts.put(input.conversationId, { ...emptyTranscript(4_000), participants: [participant], turns: [turn] });
    diarize?.commit?.(voices(0, 1_000), input);
    expect(starts()).toEqual([700]);
  });
});
