import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { libraryPaths } from "../library-paths.ts";
import type { LedgerFilter } from "./ledger-finder.ts";
import { openStore } from "./store.ts";

it("a page of a hundred thousand entries is found at once, wherever it lies and whatever is looked for", () => {
  const folder = mkdtempSync(join(tmpdir(), "earmark-ledger-many-"));
  const clock = { now: () => Date.parse("2026-11-01T08:00:00.000Z") };
  openStore(libraryPaths(folder), { clock, version: "0" }).close();
  const database = new Database(libraryPaths(folder).database);
  // Not signed: what is measured is finding them.
  database.exec(`
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100000)
    INSERT INTO ledger (seq, at, kind, subject, author, data, previous, key, hash, signature)
    SELECT n, 1700000000000 + n * 1000, iif(n % 10 = 0, 'export', 'analysis'), 'c' || (n % 5000), iif(n % 3 = 0, 'Ann', ''),
      printf('{"filler":"%.*c"}', 400, 'x'), NULL, printf('%064d', 1), printf('%064d', n), printf('%0128d', 1) FROM numbers`);
  database.close();
  const store = openStore(libraryPaths(folder), { clock, version: "0" });
  const every: LedgerFilter = { kinds: [], subject: null, author: null, from: null, before: null, upTo: 99_999 };
  try {
    for (const filter of [
      every,
      { ...every, kinds: ["export"] },
      { ...every, author: "Ann" },
      { ...every, subject: "c7" },
      { ...every, from: 1_700_050_000_000, before: 1_700_060_000_000 },
    ]) {
      const began = performance.now();
      const total = store.ledgerFinder.count(filter);
      expect(store.ledgerFinder.find(filter, Math.max(0, total - 100), 100).length).toBe(Math.min(100, total));
      // Some ten milliseconds on a machine at rest.
      expect(performance.now() - began).toBeLessThan(1_000);
    }
  } finally {
    store.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}, 60_000);
