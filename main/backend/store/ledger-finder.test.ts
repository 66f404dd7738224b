import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { libraryPaths } from "../library-paths.ts";
import type { LedgerFilter } from "./ledger-finder.ts";
import { openStore, type Store } from "./store.ts";

let folder: string;
let store: Store;
let now = Date.parse("2026-11-01T08:00:00.000Z");
const every: LedgerFilter = { kinds: [], subject: null, author: null, from: null, before: null, upTo: null };
const found = (filter: Partial<LedgerFilter>, offset = 0, limit = 100) =>
  store.ledgerFinder.find({ ...every, ...filter }, offset, limit).map(({ seq }) => seq);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "earmark-ledger-finder-"));
  store = openStore(libraryPaths(folder), { clock: { now: () => now }, version: "0" });
  const add = (subject: string | null, author: string, day: number): void => {
    now = Date.parse(`2026-11-0${day}T08:00:00.000Z`);
    if (subject === null) store.ledger.append("settings-changed", null, { names: ["theme"] }, author);
    else store.ledger.append("import", subject, { sha256: "a".repeat(64), bytes: 1, kind: "call" }, author);
  };
  // After the entry that begins the ledger: 2 to 6.
  add("a", "Ann", 1);
  add("b", "", 2);
  add(null, "Ann", 3);
  add("a", "Bo", 4);
  add("c", "Ann", 5);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

describe("the entries of the ledger", () => {
  it("are found the latest first, a page at a time, as they were at a moment", () => {
    expect(found({})).toEqual([6, 5, 4, 3, 2, 1]);
    expect(found({}, 2, 2)).toEqual([4, 3]);
    expect(found({ upTo: 4 })).toEqual([4, 3, 2, 1]);
    expect(store.ledgerFinder.count({ ...every, upTo: 4 })).toBe(4);
  });

  it("are found by kind, conversation, author and time, and by all of them together", () => {
    expect(found({ kinds: ["settings-changed", "ledger-begun"] })).toEqual([4, 1]);
    expect(found({ subject: "a" })).toEqual([5, 2]);
    expect(found({ author: "" })).toEqual([3, 1]);
    expect(found({ from: Date.parse("2026-11-03"), before: Date.parse("2026-11-05") })).toEqual([5, 4]);
    const all = { kinds: ["import"], author: "Ann", from: Date.parse("2026-11-02") };
    expect(found(all)).toEqual([6]);
    expect(store.ledgerFinder.count({ ...every, ...all })).toBe(1);
    expect(found({ subject: "nobody" })).toEqual([]);
  });

  it("are counted by what they are and who made them", () => {
    expect(store.ledgerFinder.kinds()).toEqual([
      { value: "import", count: 4 },
      { value: "ledger-begun", count: 1 },
      { value: "settings-changed", count: 1 },
    ]);
    expect(store.ledgerFinder.authors()).toEqual([
      { value: "", count: 2 },
      { value: "Ann", count: 3 },
      { value: "Bo", count: 1 },
    ]);
  });

  it("tell which deletions were not finished", () => {
    const gone = { sha256: "b".repeat(64), rows: {}, files: 2, bytes: 9 };
    store.ledger.append("deletion", "a", gone);
    store.ledger.append("deletion", "b", gone);
    expect(store.ledgerFinder.openDeletions().map(({ id, files }) => [id, files])).toEqual([
      ["a", 2],
      ["b", 2],
    ]);
    store.ledger.append("files-deleted", "a", { sha256: gone.sha256, files: 2, left: 0 });
    expect(store.ledgerFinder.openDeletions().map(({ id }) => id)).toEqual(["b"]);
  });

  it("tell that they were written, once for all of a moment", async () => {
    let told = 0;
    const stop = store.ledger.onAppend(() => {
      told += 1;
    });
    for (let count = 0; count < 5; count += 1) store.ledger.append("settings-changed", null, { names: ["theme"] });
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toBe(1);
    stop();
    store.ledger.append("settings-changed", null, { names: ["theme"] });
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toBe(1);
  });
});
