import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { libraryPaths } from "../library-paths.ts";
import { openStore } from "../store/store.ts";
import { openLedger } from "./ledger.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "earmark-ledger-kill-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("a kill at any moment leaves no thing without its entry, no entry without its thing, and a chain that verifies", async () => {
  const clock = { now: () => Date.now() };
  let entries = 0;
  for (let kills = 0; kills < 8; kills += 1) {
    const child = fork(join(import.meta.dirname, "ledger-kill.test-process.ts"), [folder], { stdio: "ignore" });
    await once(child, "message");
    await setTimeout(40 + kills * 37);
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;

    const store = openStore(libraryPaths(folder), { clock, version: "0.1.0" });
    const ledger = await openLedger({ store, root: folder, secrets: null, passphrase: "", clock });
    const verification = await ledger.verify(new AbortController().signal);
    expect(verification).toMatchObject({ sound: true, findings: [], breaks: [] });
    expect(store.notices.list()).toEqual([]);
    expect(verification.entries ?? 0).toBeGreaterThan(entries);
    entries = verification.entries ?? 0;
    store.close();

    const database = new Database(libraryPaths(folder).database, { readonly: true });
    const wrong = database
      .prepare(
        `SELECT (SELECT count(*) FROM conversations) - (SELECT count(*) FROM ledger WHERE kind = 'import')
           + (SELECT count(*) FROM ledger WHERE kind = 'deletion') AS conversations,
         (SELECT count(*) FROM conversations WHERE NOT EXISTS
           (SELECT 1 FROM ledger WHERE kind = 'import' AND subject = conversations.id)) AS unrecorded,
         (SELECT count(*) FROM operations WHERE NOT EXISTS
           (SELECT 1 FROM ledger WHERE kind = 'edit' AND subject = operations.conversation_id)) AS edits,
         (SELECT count(*) FROM ledger WHERE kind = 'edit' AND NOT EXISTS
           (SELECT 1 FROM operations WHERE conversation_id = subject) AND NOT EXISTS
           (SELECT 1 FROM ledger AS gone WHERE gone.kind = 'deletion' AND gone.subject = ledger.subject)) AS invented`,
      )
      .get();
    database.close();
    expect(wrong).toEqual({ conversations: 0, unrecorded: 0, edits: 0, invented: 0 });
  }
});

it("recording keeps up with a bulk import, and verifying with a long history", async () => {
  const clock = { now: () => Date.now() };
  const store = openStore(libraryPaths(folder), { clock, version: "0.1.0" });
  const ledger = await openLedger({ store, root: folder, secrets: null, passphrase: "", clock });
  const count = 10_000;
  const began = performance.now();
  store.transaction(() => {
    for (let at = 0; at < count; at += 1)
      store.ledger.append("import", `c${at}`, { sha256: "a".repeat(64), bytes: at, kind: "call" });
  });
  const perEntryMs = (performance.now() - began) / count;
  const verifying = performance.now();
  const { sound } = await ledger.verify(new AbortController().signal);
  const perVerifiedMs = (performance.now() - verifying) / count;
  store.close();
  process.stdout.write(`ledger: ${perEntryMs.toFixed(3)} ms to append an entry, ${perVerifiedMs.toFixed(3)} ms to verify one\n`);
  expect(sound).toBe(true);
  // An import copies a file and waits for the disk: milliseconds. On a machine shared by many this is generous.
  expect(perEntryMs).toBeLessThan(3);
  expect(perVerifiedMs).toBeLessThan(5);
});
