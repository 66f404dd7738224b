import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { api } from "../../../app/contract/api.ts";
import { libraryPaths } from "../library-paths.ts";
import { searchExpression } from "./search-expression.ts";
import { openStore, type Store } from "./store.ts";

let folder: string;
let store: Store;
let now: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "earmark-search-"));
  now = Date.parse("2026-11-21T09:00:00Z");
  store = openStore(libraryPaths(folder), { clock: { now: () => now }, version: "0.1.0" });
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

function added(title: string, ...texts: string[]): string {
  now += 1_000;
  const { id } = store.conversations.insert({
    kind: "call",
    channel: "voice",
    title,
    source: { name: "a.wav", sha256: title, bytes: 5, format: "WAV" },
  });
  store.search.index(
    id,
    texts.map((text, index) => ({ id: `t${index}`, startMs: index * 1_000, text })),
  );
  return id;
}

function list(query: Record<string, unknown> = {}): { titles: string[]; total: number } {
  const answer = api["library.list"].output.parse(store.library.list(api["library.list"].input.parse(query)));
  return { titles: answer.rows.map((row) => row.title), total: answer.total };
}

describe("what a person types", () => {
  it.each([
    ["refund", '"refund" *'],
    ["refund ", '"refund"'],
    ["card  number", '"card" "number" *'],
    ['"card number" stolen', '"card number" "stolen" *'],
    ['"card number"', '"card number"'],
    ['say "card num', '"say" "card num" *'],
    ["“card number” ", '"card number"'],
    ["don't", '"don\'t" *'],
    ["title: NEAR(a) OR *", '"title:" "NEAR(a)" "OR"'],
    ["   ", null],
    ['"" * - ! ()', null],
  ])("%s", (text, expression) => {
    expect(searchExpression(text)).toBe(expression);
  });

  it("is never a syntax error to FTS5, whatever it is", () => {
    const database = new Database(":memory:");
    database.exec(
      "CREATE VIRTUAL TABLE search USING fts5 (title, text, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3')",
    );
    const match = database.prepare("SELECT rowid FROM search WHERE search MATCH ?");
    const syntax = fc.constantFrom(
      '"',
      "*",
      "^",
      "(",
      ")",
      ":",
      "-",
      "+",
      "{",
      "}",
      "AND",
      "OR",
      "NOT",
      "NEAR",
      "a",
      " ",
      "\0",
      "title",
      "é",
      "\u0301",
      "“",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary", maxLength: 60 }),
          fc.array(syntax, { maxLength: 30 }).map((parts) => parts.join("")),
        ),
        (text) => {
          const expression = searchExpression(text);
          if (expression !== null) match.all(expression);
        },
      ),
      { numRuns: 1_500 },
    );
    database.close();
  });
});

describe("search", () => {
  it("finds all words anywhere in a conversation, without regard to case and accents", () => {
    added("First", "I had a coffee at the Café.", "The REFUND never came.");
    added("Second", "The refund came.");
    expect(list({ text: "cafe refund" })).toEqual({ titles: ["First"], total: 1 });
    expect(list({ text: "refund" })).toEqual({ titles: ["Second", "First"], total: 2 });
    expect(list({ text: "ref" }).total).toBe(2);
    expect(list({ text: "r" }).total).toBe(2);
    expect(list({ text: "ref " }).total).toBe(0);
    expect(list({ text: '"refund never"' }).titles).toEqual(["First"]);
    expect(list({ text: '"never refund"' }).total).toBe(0);
    expect(list({ text: "secon" }).titles).toEqual(["Second"]);
  });

  it("shows the turn in which most of it stands, in pieces", () => {
    const id = added("Call", "The card.", `${"well ".repeat(60)}my card number was stolen ${"then ".repeat(60)}`, "Number?");
    const { rows } = store.library.list(api["library.list"].input.parse({ text: "card number" }));
    const hit = rows[0]?.hit;
    expect(hit).toMatchObject({ turnId: "t1", startMs: 1_000 });
    expect(hit?.pieces.filter((piece) => piece.found).map((piece) => piece.text)).toEqual(["card", "number"]);
    const shown = hit?.pieces.map((piece) => piece.text).join("") ?? "";
    expect(shown).toMatch(/^…(well )+my card number was stolen/u);
    expect(shown.endsWith("…")).toBe(true);
    expect(shown.length).toBeLessThan(220);
    expect(store.search.hits(id, "card number").map((found) => found.turnId)).toEqual(["t0", "t1", "t2"]);
    expect(store.search.hits(id, "?!")).toEqual([]);
  });

  it("shows no place for what the title alone answers, and follows a new title", () => {
    const id = added("Complaint", "Hello.");
    const { rows } = store.library.list(api["library.list"].input.parse({ text: "complaint" }));
    expect(rows.map((row) => row.hit)).toEqual([null]);
    store.conversations.update(id, { title: "Praise" });
    expect(list({ text: "complaint" }).total).toBe(0);
    expect(list({ text: "praise" }).total).toBe(1);
  });

  it("finds the present words alone after indexing again, and keeps control characters out", () => {
    const id = added("Call", "old words");
    store.search.index(id, [{ id: "t9", startMs: 5, text: "new\u0001 \u0002words\nhere" }]);
    expect(list({ text: "old" }).total).toBe(0);
    expect(store.search.hits(id, "here")).toEqual([
      {
        turnId: "t9",
        startMs: 5,
        pieces: [
          { text: "new words ", found: false },
          { text: "here", found: true },
        ],
      },
    ]);
    expect(() => store.search.index("nobody", [])).toThrow(expect.objectContaining({ code: "not-found" }));
  });

  it("puts the best first when sorted by relevance", () => {
    added("Passing", `${"word ".repeat(200)} refund`);
    added("Refund", "refund refund refund");
    added("Other", `refund ${"word ".repeat(50)}`);
    expect(list({ text: "refund", sortBy: "relevance", direction: "descending" }).titles[0]).toBe("Refund");
    expect(list({ text: "refund", sortBy: "relevance", direction: "ascending" }).titles.at(-1)).toBe("Refund");
    expect(list({ sortBy: "relevance" }).titles).toEqual(["Other", "Refund", "Passing"]);
  });
});

describe("the library's list", () => {
  it("sorts with the unknown last in both directions, and pages without gap or double", () => {
    for (const [title, durationMs] of [
      ["a", 30],
      ["b", null],
      ["c", 10],
      ["d", 30],
      ["e", null],
    ] as const) {
      const id = added(title);
      store.conversations.update(id, { durationMs });
    }
    expect(list({ sortBy: "durationMs", direction: "ascending" }).titles).toEqual(["c", "a", "d", "b", "e"]);
    expect(list({ sortBy: "durationMs", direction: "descending" }).titles).toEqual(["d", "a", "c", "e", "b"]);
    const pages = [0, 2, 4].flatMap((offset) => list({ sortBy: "durationMs", offset, limit: 2 }).titles);
    expect(pages).toEqual(["d", "a", "c", "e", "b"]);
    expect(list({ offset: 4, limit: 2 })).toEqual({ titles: ["a"], total: 5 });
    expect(list({ sortBy: "title", direction: "ascending" }).titles).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("filters by kind, channel and state, and shows how the job stands", () => {
    const failed = added("failed");
    const waiting = added("waiting");
    added("done");
    const job = store.jobs.add(failed, ["probe"], now);
    const failure = { code: "media-no-audio" as const, message: "No audio.", details: {} };
    store.jobs.change(job.number, { state: "failed", failure, endedAt: now, progress: 0.25 });
    store.jobs.add(waiting, ["probe"], now);
    expect(list({ state: "failed" }).titles).toEqual(["failed"]);
    expect(list({ state: "waiting" }).titles).toEqual(["waiting"]);
    expect(list({ state: "done" })).toEqual({ titles: ["done"], total: 1 });
    expect(list({ kind: "chat" }).total).toBe(0);
    expect(list({ channel: "voice", text: "fail", state: "failed" }).total).toBe(1);
    const row = store.library.list(api["library.list"].input.parse({ state: "failed" })).rows[0];
    expect(row).toMatchObject({ state: "failed", progress: 0.25, failure });
  });
});
