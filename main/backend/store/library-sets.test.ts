import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { api, type CallInput, type CallOutput } from "../../../app/contract/api.ts";
import { sortKeys } from "../../../app/contract/library-views.ts";
import { libraryPaths } from "../library-paths.ts";
import { librarySets } from "./library-sets.ts";
import { numbersOf } from "./number-set.ts";
import { openStore, type Store } from "./store.ts";
import { tableChanges } from "./table-changes.ts";

let folder: string;
let store: Store;
let now: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "earmark-sets-"));
  now = Date.parse("2026-11-21T09:00:00Z");
  store = openStore(libraryPaths(folder), { clock: { now: () => now }, version: "0.1.0" });
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

function added(title: string, text: string, agent = "Ann"): string {
  now += 1_000;
  const { id } = store.conversations.insert({
    kind: "call",
    channel: "voice",
    title,
    source: { name: `${title}.wav`, sha256: title, bytes: 5, format: "WAV" },
  });
  const figures = { turns: 1, agentTalkShare: 0.5, nonTalkMs: 10, interruptions: 0, lacksWords: false };
  store.conversations.summarise(id, { language: "en", agent, customer: null, ...figures });
  store.search.index(id, [{ id: "t0", startMs: 0, text, role: "customer" }]);
  return id;
}

function listed(input: CallInput<"library.list">): CallOutput<"library.list"> {
  return store.library.list(api["library.list"].input.parse(input), "Me");
}

const searches = [
  "",
  "cancel",
  "can",
  "cancel refund",
  '"cancel it"',
  "-cancel",
  "cancel OR tag:late",
  "said:cancel",
  "said:cancel by:customer before:60s",
  "agent:ann",
  "no:agent",
  "tag:late",
  "-tag:late",
  "has:comments",
  "has:bookmarks",
  "is:unread",
  "is:reviewed",
  "is:mine",
  "is:failed",
  "state:done",
  "is:edited",
  "title:call",
  "duration>1s",
];

describe("what is kept of a search", () => {
  it("never tells what was, whatever is written between two answers", () => {
    const ids = ["call a", "call b", "call c"].map((title) => added(title, "I want to cancel it."));
    const [a = "", b = "", c = ""] = ids;
    const all = () => {
      const queries = [
        ...searches.map((text) => ({ text })),
        ...searches.map((text) => ({ text, sortBy: "relevance" as const })),
        ...sortKeys.map((sortBy) => ({ text: "cancel OR refund", sortBy })),
        { state: "waiting" as const },
        { kind: "call" as const, channel: "voice" as const },
      ];
      return queries.map((query) => ({ query, answer: listed(query) }));
    };
    // Within somebody's transaction nothing is kept: there the answer is always found anew.
    const anew = () => store.transaction(all);
    const changes: (() => unknown)[] = [
      () => added("call d", "A refund, please."),
      () => store.search.index(a, [{ id: "t0", startMs: 0, text: "A refund.", role: "agent" }]),
      () => store.conversations.update(b, { title: "praise", durationMs: 5_000 }),
      () => store.tags.set(b, ["Late"], "Me"),
      () => store.reviews.assign([a, b], "me", null, "Boss"),
      () => store.reviews.open(a, "Me"),
      () => store.reviews.finish(a, "Me", true),
      () => store.comments.add(c, null, "Look.", "Me"),
      () => store.operations.append(c, [{ kind: "swap-roles" }], "Me"),
      () => store.jobs.add(c, ["probe"], now),
      () => store.jobs.add(b, ["probe"], now),
      () => store.tags.change([a, c], ["late"], [], "Me"),
      () => store.conversations.remove([b]),
      () => added("call e", "Cancel the refund.", "Ben"),
      () => store.conversations.remove([a, c]),
    ];
    expect(all()).toEqual(anew());
    for (const change of changes) {
      change();
      const [kept, found] = [all(), anew()];
      expect(kept).toEqual(found);
    }
    expect(listed({ text: "cancel" }).rows.map((row) => row.title)).toEqual(["call e"]);
    expect(listed({ text: "-cancel" }).total).toBe(1);
  });

  it("holds nothing of a transaction that was taken back", () => {
    const id = added("call a", "cancel");
    expect(listed({ text: "cancel" }).total).toBe(1);
    expect(() =>
      store.transaction(() => {
        store.conversations.remove([id]);
        expect(listed({ text: "cancel" }).total).toBe(0);
        expect(store.library.ids("", 10)).toEqual([]);
        throw new Error("taken back");
      }),
    ).toThrow("taken back");
    expect(listed({ text: "cancel" }).total).toBe(1);
    expect(store.library.ids("", 10)).toEqual([id]);
  });

  it("answers with any stretch of the list, in its order", () => {
    for (let index = 0; index < 12; index++)
      added(`call ${String.fromCharCode(97 + index)}`, index % 2 === 0 ? "cancel" : "refund");
    for (const text of ["", "cancel", "call"]) {
      for (const sortBy of ["title", "importedAt", "relevance"] as const) {
        for (const direction of ["ascending", "descending"] as const) {
          const rows = listed({ text, sortBy, direction }).rows.map((row) => row.id);
          const stretch = store.library.ids(text, 3, "Me", { sortBy, direction, offset: 2 });
          expect(stretch).toEqual(rows.slice(2, 5));
        }
      }
    }
  });
});

describe("sets of a library", () => {
  it("are found once until a table that was read is written", () => {
    const database = new Database(":memory:");
    database.exec("CREATE TABLE calls (number INTEGER PRIMARY KEY); CREATE TABLE tags (number INTEGER PRIMARY KEY)");
    const sets = librarySets(database, tableChanges(database));
    const calls = { sql: "SELECT number FROM calls", values: {} };
    const put = (table: string, number: number) => database.exec(`INSERT INTO ${table} VALUES (${number})`);
    put("calls", 7);
    const before = sets.of(calls);
    put("tags", 1);
    expect(sets.of(calls)).toBe(before);
    put("calls", 40);
    expect(numbersOf(sets.of(calls))).toEqual([7, 40]);
    database.exec("UPDATE calls SET number = 8 WHERE number = 7");
    expect([...sets.inOrder({ sql: "SELECT number FROM calls ORDER BY number DESC", values: {} })]).toEqual([40, 8]);
    database.exec("DELETE FROM calls");
    expect(numbersOf(sets.of(calls))).toEqual([]);
    database.close();
  });

  it("are found anew after whatever is written, where a table that was read is not watched", () => {
    const database = new Database(":memory:");
    database.exec("CREATE TABLE tags (number INTEGER PRIMARY KEY)");
    const sets = librarySets(database, tableChanges(database));
    database.exec("CREATE TABLE later (number INTEGER PRIMARY KEY)");
    const query = { sql: "SELECT tags.number AS number FROM tags JOIN later ON later.number = tags.number", values: {} };
    expect(numbersOf(sets.of(query))).toEqual([]);
    database.exec("INSERT INTO tags VALUES (3); INSERT INTO later VALUES (3)");
    const found = sets.of(query);
    expect(numbersOf(found)).toEqual([3]);
    expect(sets.of(query)).toBe(found);
    database.exec("DELETE FROM later");
    expect(numbersOf(sets.of(query))).toEqual([]);
    database.close();
  });

  it("lets go of what was not asked for the longest", () => {
    const database = new Database(":memory:");
    database.exec("CREATE TABLE calls (number INTEGER PRIMARY KEY); INSERT INTO calls VALUES (1), (2)");
    const sets = librarySets(database, tableChanges(database));
    const from = (least: number) => sets.of({ sql: "SELECT number FROM calls WHERE number >= @least", values: { least } });
    const first = from(1);
    const second = from(2);
    for (let least = 3; least < 97; least++) {
      from(1);
      from(least);
    }
    expect(from(1)).toBe(first);
    from(100);
    expect(from(2)).not.toBe(second);
    database.close();
  });
});
