import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { libraryPaths } from "../library-paths.ts";
import { migrate, migrations } from "./migrate.ts";
import { openStore, type Store } from "./store.ts";

const clock = { now: () => Date.UTC(2026, 10, 21) };
let folder = "";
let store: Store | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark-voices-"));
});
afterEach(async () => {
  store?.close();
  store = undefined;
  await rm(folder, { recursive: true, force: true });
});

function opened(): Store {
  store = openStore(libraryPaths(folder), { clock, version: "0.0.0-test" });
  return store;
}

function conversation(in_: Store, id: string): void {
  const source = { name: `${id}.wav`, sha256: id.repeat(16), bytes: 1, format: "WAV" };
  in_.conversations.insert({ id, kind: "call", channel: "voice", title: id, source });
}

/** A print whose bytes are found nowhere by chance. */
const printOf = (seed: number): number[] => Array.from({ length: 64 }, (_, at) => Math.sin(seed * 97 + at * at) / 8);

function onDisk(print: readonly number[]): boolean {
  const bytes = Buffer.from(Float32Array.from(print).buffer);
  return readdirSync(folder).some(
    (name) => name.startsWith("library.sqlite") && readFileSync(join(folder, name)).includes(bytes),
  );
}

describe("voices that are remembered", () => {
  it("are read back with the name their call gives, replaced, and gone with the call", () => {
    const here = opened();
    conversation(here, "aaaa");
    conversation(here, "bbbb");
    here.voices.put("aaaa", [{ participantId: "p0", model: "m", seconds: 20, print: printOf(1) }]);
    here.voices.put("bbbb", [{ participantId: "p1", model: "other", seconds: 9, print: printOf(2) }]);
    here.voices.put("nobody", [{ participantId: "p0", model: "m", seconds: 20, print: printOf(3) }]);
    expect(here.voices.count()).toBe(2);
    expect(here.voices.all("m")).toEqual([
      { conversationId: "aaaa", participantId: "p0", name: null, model: "m", seconds: 20, print: Float32Array.from(printOf(1)) },
    ]);
    here.voices.put("aaaa", [{ participantId: "p0", model: "m", seconds: 30, print: printOf(4) }]);
    expect(here.voices.of("aaaa").map(({ seconds }) => seconds)).toEqual([30]);
    expect(onDisk(printOf(4))).toBe(true);
    here.conversations.remove(["aaaa"]);
    expect(here.voices.count()).toBe(1);
    for (const seed of [1, 3, 4]) expect([seed, onDisk(printOf(seed))]).toEqual([seed, false]);
  });

  it("leave nothing in the file when all are forgotten", () => {
    const here = opened();
    conversation(here, "aaaa");
    here.voices.put("aaaa", [{ participantId: "p0", model: "m", seconds: 20, print: printOf(5) }]);
    expect(onDisk(printOf(5))).toBe(true);
    here.voices.clear();
    expect([here.voices.count(), onDisk(printOf(5))]).toEqual([0, false]);
  });
});

describe("sound that has to be muted", () => {
  const playback = { path: "derived/a/playback.webm", mediaType: "audio/webm" };
  const muted = {
    key: "k1",
    path: "derived/a/muted-k1.flac",
    mediaType: "audio/flac",
    peaksPath: "derived/a/muted-k1.empk",
    ranges: [{ startMs: 1, endMs: 2 }],
  };

  it("is not to be heard until its rendition is there, and then under another name", () => {
    const here = opened();
    conversation(here, "aaaa");
    const plain = here.media.put("aaaa", { playback });
    expect(plain.audible?.path).toMatch(/playback\.webm$/u);
    const wanted = here.media.put("aaaa", { muteKey: "k1" });
    expect([wanted.audible, here.media.byMediaId(plain.mediaId)]).toEqual([null, null]);
    const made = here.media.put("aaaa", { muted });
    expect(made.audible).toEqual({ path: join(folder, "derived", "a", "muted-k1.flac"), mediaType: "audio/flac" });
    expect(made.muted?.ranges).toEqual([{ startMs: 1, endMs: 2 }]);
    expect(new Set([plain.mediaId, wanted.mediaId, made.mediaId]).size).toBe(3);
    // Playback made anew changes nothing of that; other ranges do.
    expect(here.media.put("aaaa", { playback }).audible?.path).toMatch(/muted-k1\.flac$/u);
    expect(here.media.put("aaaa", { muteKey: "k2" }).audible).toBeNull();
    expect(here.media.put("aaaa", { muteKey: null }).audible?.path).toMatch(/playback\.webm$/u);
  });

  it("is looked for in calls that were heard before there was muting", () => {
    const database = new Database(libraryPaths(folder).database);
    migrate(database, migrations.slice(0, 2));
    for (const id of ["aaaa", "bbbb"]) {
      database
        .prepare(
          "INSERT INTO conversations (id, kind, channel, title, imported_at, source_name, source_sha256, source_bytes, source_format) VALUES (?, 'call', 'voice', ?, 0, ?, ?, 1, 'WAV')",
        )
        .run(id, id, id, id);
    }
    database.exec(`
      INSERT INTO jobs (number, id, conversation_id, state, created_at, ended_at)
        VALUES (1, 'j1', 'aaaa', 'done', 0, 9), (2, 'j2', 'bbbb', 'done', 0, 9);
      INSERT INTO stages (job_number, stage, position, state) VALUES
        (1, 'playback', 2, 'done'), (1, 'index', 6, 'done'), (2, 'parse', 0, 'done');`);
    database.close();
    const here = opened();
    const call = here.jobs.byConversation("aaaa");
    expect([call?.state, call?.endedAt]).toEqual(["waiting", null]);
    expect(here.jobs.stages(call?.number ?? 0).map(({ name, state }) => [name, state])).toEqual([
      ["playback", "done"],
      ["index", "done"],
      ["mute", "waiting"],
      ["insight", "waiting"],
      ["categories", "waiting"],
    ]);
    expect(here.jobs.byConversation("bbbb")?.state).toBe("done");
  });
});
