import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { changesOf } from "../../../app/conversation/changes.ts";
import type { Transcript } from "../../../app/conversation/conversation.ts";
import { libraryPaths } from "../library-paths.ts";
import type { ConversationRecord } from "./conversations.ts";
import { openStore, type Store } from "./store.ts";

let folder: string;
let store: Store;
let now: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "earmark-tables-"));
  now = Date.parse("2026-11-21T09:00:00Z");
  store = openStore(libraryPaths(folder), { clock: { now: () => now }, version: "0.1.0" });
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

function added(sha256 = "a", title = "Invoice question"): ConversationRecord {
  return store.conversations.insert({
    kind: "call",
    channel: "voice",
    title,
    source: { name: "a.wav", sha256, bytes: 5, format: "WAV" },
  });
}

const transcript: Transcript = {
  durationMs: 5_000,
  language: "en",
  participants: [{ id: "p0", role: "agent", roleConfidence: null, name: null, channel: 0 }],
  turns: [
    {
      id: "t0",
      participantId: "p0",
      startMs: 0,
      endMs: 900,
      text: "Zanzibar is on the line.",
      words: [],
      speakerConfidence: null,
    },
  ],
  shortfalls: [],
  provenance: null,
};

describe("conversations", () => {
  it("are known by their content: the same twice is a conflict that names the first", () => {
    const first = added();
    expect(() => added()).toThrow(expect.objectContaining({ code: "conflict", details: { id: first.id } }));
    expect(store.conversations.bySha256("a")).toEqual(first);
    expect(store.conversations.bySha256("b")).toBeNull();
    expect(first.importedAt).toBe("2026-11-21T09:00:00.000Z");
  });

  it("change what is named and keep the rest", () => {
    const { id } = added();
    store.conversations.update(id, { durationMs: 61_000, startedAt: "2026-01-02T03:04:05Z" });
    store.conversations.update(id, { title: "Refund", speechOptions: { speakers: 2 } });
    expect(store.conversations.get(id)).toMatchObject({
      title: "Refund",
      durationMs: 61_000,
      startedAt: "2026-01-02T03:04:05.000Z",
      speechOptions: { speakers: 2 },
    });
    store.conversations.update(id, { startedAt: null });
    expect(store.conversations.get(id)?.startedAt).toBeNull();
    expect(() => store.conversations.update("nobody", { title: "x" })).toThrow(expect.objectContaining({ code: "not-found" }));
  });

  it("leave no row and no word behind when they are removed", () => {
    const { id } = added();
    const kept = added("b", "Kept");
    store.transcripts.put(id, transcript);
    store.search.index(id, transcript.turns);
    store.operations.append(id, [{ kind: "swap-roles" }], "R");
    store.operations.undo(id, "R");
    const anchor = {
      kind: "time",
      wordIds: [],
      turnId: null,
      participantIds: [],
      startMs: 0,
      endMs: 9,
      quote: "",
      wordsHash: "",
      revision: "",
    } as const;
    const thread = store.comments.add(id, null, "Zanzibar", "R");
    store.comments.reply(thread.id, "Again", "R");
    store.bookmarks.add(id, { ...anchor, wordIds: [], participantIds: [] }, "Zanzibar", "R");
    store.tags.set(id, ["Zanzibar"], "R");
    store.drafts.save(id, "comment:new", "Zanzibar");
    store.media.put(id, { original: join(folder, "originals", "aa", "a.wav") });
    store.jobs.add(id, ["probe"], now);
    expect(store.conversations.remove([id, "nobody"])).toEqual([{ id, sha256: "a" }]);
    store.close();
    const database = new Database(libraryPaths(folder).database, { readonly: true });
    for (const table of [
      "transcripts",
      "operations",
      "comments",
      "bookmarks",
      "tags",
      "drafts",
      "media",
      "jobs",
      "stages",
      "searchable",
    ]) {
      expect([table, database.prepare(`SELECT count(*) FROM ${table}`).pluck().get()]).toEqual([table, 0]);
    }
    expect(database.prepare("SELECT id FROM conversations").pluck().all()).toEqual([kept.id]);
    expect(database.prepare("SELECT count(*) FROM search WHERE search MATCH 'zanzibar'").pluck().get()).toBe(0);
    database.close();
    expect(readFileSync(libraryPaths(folder).database).includes("anzibar")).toBe(false);
  });

  it("take nothing with a transaction that fails", () => {
    expect(() =>
      store.transaction(() => {
        added();
        throw new Error("Changed my mind.");
      }),
    ).toThrow("Changed my mind.");
    expect(store.conversations.count()).toBe(0);
  });
});

describe("transcripts", () => {
  it("are read back as they were put, and refused when they are none", () => {
    const { id } = added();
    expect(store.transcripts.get(id)).toBeNull();
    store.transcripts.put(id, transcript);
    store.transcripts.put(id, { ...transcript, language: "de" });
    expect(store.transcripts.get(id)).toEqual({ ...transcript, language: "de" });
    expect(() => store.transcripts.put(id, { ...transcript, durationMs: -1 })).toThrow();
    expect(() => store.transcripts.put("nobody", transcript)).toThrow(expect.objectContaining({ code: "not-found" }));
  });
});

describe("corrections", () => {
  it("hold in order, and are taken back from the last", () => {
    const { id } = added();
    store.operations.append(id, [{ kind: "swap-roles" }], "Ann");
    now += 1_000;
    store.operations.append(id, [{ kind: "rename-speaker", participantId: "p0", name: "Dana" }], "Ben");
    now += 1_000;
    expect(store.operations.undo(id, "Ann")?.operations.map(({ operation }) => operation.kind)).toEqual(["rename-speaker"]);
    expect(store.operations.list(id).map((entry) => [entry.operation.kind, entry.author])).toEqual([["swap-roles", "Ann"]]);
    const { all, undone } = changesOf(store.operations.entries(id));
    expect(all[1]?.undone).toEqual({ at: "2026-11-21T09:00:02.000Z", author: "Ann" });
    expect(undone).toHaveLength(1);
    store.operations.undo(id, "Ann");
    expect(store.operations.undo(id, "Ann")).toBeNull();
    expect(() => store.operations.append("nobody", [{ kind: "swap-roles" }], "Ann")).toThrow();
  });

  it("are made again in the order in which they were taken back, over a restart, until something new is corrected", () => {
    const { id } = added();
    const name = (text: string) => ({ kind: "rename-speaker", participantId: "p0", name: text }) as const;
    store.operations.append(id, [name("A"), name("B")], "Ann");
    store.operations.append(id, [name("C")], "Ann");
    const names = () => store.operations.list(id).map(({ operation }) => ("name" in operation ? operation.name : ""));
    store.operations.undo(id, "Ann");
    // A group goes, and comes back, as one.
    store.operations.undo(id, "Ann");
    expect(names()).toEqual([]);
    store.close();
    store = openStore(libraryPaths(folder), { clock: { now: () => now }, version: "0.1.0" });
    const ids = store.operations.redo(id, "Ben")?.operations.map((one) => one.id);
    expect(store.operations.list(id).map((one) => one.id)).toEqual(ids);
    expect(names()).toEqual(["A", "B"]);
    store.operations.redo(id, "Ben");
    expect(names()).toEqual(["A", "B", "C"]);
    expect(store.operations.redo(id, "Ben")).toBeNull();
    // The same change can be taken back and made again any number of times.
    for (let round = 0; round < 3; round++) {
      store.operations.undo(id, "Ann");
      store.operations.redo(id, "Ann");
    }
    store.operations.undo(id, "Ann");
    store.operations.append(id, [name("D")], "Ann");
    expect(store.operations.redo(id, "Ann")).toBeNull();
    expect(names()).toEqual(["A", "B", "D"]);
    store.operations.withdraw(id, "Ann", () => true);
    expect(names()).toEqual([]);
    for (let count = 0; count < 5; count++) store.operations.redo(id, "Ann");
    // C was given up when D was made.
    expect(names()).toEqual(["A", "B", "D"]);
  });

  it("cannot be changed or removed, even by hand", () => {
    const { id } = added();
    store.operations.append(id, [{ kind: "swap-roles" }], "Ann");
    store.close();
    const database = new Database(libraryPaths(folder).database);
    expect(() => database.exec("UPDATE operations SET author = 'Somebody else'")).toThrow("never changed");
    expect(() => database.exec("DELETE FROM operations")).toThrow("never removed");
    database.exec("DELETE FROM conversations");
    expect(database.prepare("SELECT count(*) FROM operations").pluck().get()).toBe(0);
    database.close();
  });
});

describe("settings", () => {
  it("begin with their defaults and change one by one", () => {
    expect(store.settings.get()).toMatchObject({ theme: "auto", concurrency: null });
    expect(store.settings.set({ concurrency: 3 })).toMatchObject({ theme: "auto", concurrency: 3 });
    expect(store.settings.set({ theme: "dark" })).toMatchObject({ theme: "dark", concurrency: 3 });
    expect(() => store.settings.set({ concurrency: 99 })).toThrow();
    expect(store.settings.get().concurrency).toBe(3);
  });

  it("lose only the value that cannot be read any more", () => {
    store.settings.set({ theme: "dark", reviewer: "Ann" });
    store.close();
    const database = new Database(libraryPaths(folder).database);
    database.exec(`UPDATE settings SET settings = json_set(settings, '$.theme', 'mauve')`);
    database.close();
    store = openStore(libraryPaths(folder), { clock: { now: () => now }, version: "0.1.0" });
    expect(store.settings.get()).toMatchObject({ theme: "auto", reviewer: "Ann" });
  });
});

describe("media", () => {
  it("keeps paths relative, so that a library can be moved", () => {
    const { id } = added();
    const audio = {
      durationMs: 5_000,
      layout: "separate" as const,
      correlation: 0.01,
      channels: [{ path: join(folder, "derived", "a", "0.pcm"), samples: 80_000, rmsDb: -30 }],
      silentChannels: [],
    };
    store.media.put(id, { audio });
    const record = store.media.put(id, { playback: { path: join(folder, "derived", "a", "play.m4a"), mediaType: "audio/mp4" } });
    expect(record.audio).toEqual(audio);
    expect(store.media.byMediaId(record.mediaId)).toEqual(record);
    store.close();
    const database = new Database(libraryPaths(folder).database, { readonly: true });
    const row = database.prepare("SELECT playback_path, audio FROM media").get() as { playback_path: string; audio: string };
    database.close();
    expect(row.playback_path).toBe("derived/a/play.m4a");
    expect(row.audio).not.toContain(folder);
  });

  it("refuses a file outside the library", () => {
    const { id } = added();
    for (const outside of ["/etc/passwd", join(folder, "..", "x"), folder, "../x"]) {
      expect(() => store.media.put(id, { original: outside })).toThrow(expect.objectContaining({ code: "input-invalid" }));
    }
    expect(store.media.get(id)).toBeNull();
  });
});
