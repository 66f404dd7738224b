import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Verification } from "../../../app/report/findings.ts";
import { sealedText } from "../../../app/report/sealed.ts";
import { verifyFile } from "../../../app/report/verify-file.ts";
import { libraryPaths } from "../library-paths.ts";
import type { SecretKeeper } from "../secret-keeper.ts";
import { openStore, type Store } from "../store/store.ts";
import { type Ledger, type LedgerOptions, openLedger } from "./ledger.ts";
import { nodeChecks } from "./node-crypto.ts";
import { recordAnalysis } from "./record-analysis.ts";
import { createLedgerEgress } from "./record-egress.ts";
import { recordExport } from "./record-export.ts";

let folder: string;
let store: Store;
let ledger: Ledger;
let now: number;

const clock = { now: () => now };

async function open(options: Partial<LedgerOptions> = {}): Promise<void> {
  store = openStore(libraryPaths(folder), { clock, version: "0.1.0" });
  ledger = await openLedger({ store, root: folder, secrets: null, passphrase: "", clock, ...options });
}

function close(): void {
  ledger.close();
  store.close();
}

async function reopen(options: Partial<LedgerOptions> = {}): Promise<void> {
  close();
  await open(options);
}

/** Changes the database behind the ledger's back, its triggers put out of the way. */
function tamper(sql: string): void {
  const database = new Database(libraryPaths(folder).database);
  const triggers = database
    .prepare<[], { name: string; sql: string }>(
      "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'ledger%'",
    )
    .all();
  for (const { name } of triggers) database.exec(`DROP TRIGGER ${name}`);
  database.exec(sql);
  for (const trigger of triggers) database.exec(trigger.sql);
  database.close();
}

function verify(): Promise<Verification> {
  return ledger.verify(new AbortController().signal);
}

async function namesFound(): Promise<string[]> {
  return (await verify()).findings.map(({ kind, seq }) => `${kind} ${seq}`);
}

function added(name = "a"): string {
  const source = { name: `${name}.wav`, sha256: name.repeat(64).slice(0, 64), bytes: 5, format: "WAV" };
  return store.conversations.insert({ kind: "call", channel: "voice", title: "Erika Mustermann, refund", source }).id;
}

function kinds(): string[] {
  return store.ledger.entries(0, 1_000).map((entry) => entry.kind);
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "earmark-ledger-"));
  now = Date.parse("2026-11-21T09:00:00Z");
  await open();
});
afterEach(() => {
  close();
  rmSync(folder, { recursive: true, force: true });
});

describe("the ledger records", () => {
  it("what is done, under whose name, in one verified chain over closing and opening", async () => {
    store.settings.set({ reviewer: "Ann", theme: "dark" });
    const id = added();
    const [operation] = store.operations.append(id, [{ kind: "rename-speaker", participantId: "p0", name: "Zanzibar" }], "Bob");
    store.operations.undo(id, "Bob");
    store.operations.redo(id, "Bob");
    const thread = store.comments.add(id, null, "Zanzibar again", "Bob");
    store.comments.resolve(thread.id, "Cem");
    store.reviews.saveRun({
      name: "Week",
      plan: { kind: "random", search: "", size: 1 },
      seed: "5eed",
      population: 1,
      picks: [{ id, reason: { kind: "person" } }],
      author: "Ann",
      assignee: "Bob",
      dueAt: null,
    });
    recordExport(store, id, "conversation", "csv", "Zanzibar");
    await reopen();
    store.settings.set({ theme: "light", reviewer: "Ann" });
    expect(store.ledger.entries(0, 100).map(({ kind, author }) => `${kind} ${author}`)).toEqual([
      "ledger-begun ",
      "settings-changed Ann",
      "import Ann",
      "edit Bob",
      "undo Bob",
      "redo Bob",
      "comment Bob",
      "comment Cem",
      "sample-drawn Ann",
      "export Ann",
      "settings-changed Ann",
    ]);
    const [change] = store.ledger.entries(3, 1);
    expect(change).toMatchObject({
      subject: id,
      data: { change: operation?.changeId, operations: [{ id: operation?.id, kind: "rename-speaker" }], words: null },
    });
    expect(store.ledger.entries(10, 1)[0]?.data).toEqual({ names: ["theme"] });
    expect(await verify()).toMatchObject({ sound: true, entries: 11, breaks: [] });
  });

  it("no word, no name of a customer or file, and no value of a setting", () => {
    const id = added("b");
    store.settings.set({ modelMirror: "https://mirror.example/secret-path" });
    store.operations.append(id, [{ kind: "rename-speaker", participantId: "p0", name: "Zanzibar" }], "Ann");
    store.comments.add(id, null, "Zanzibar", "Ann");
    recordAnalysis(store.ledger, id, {
      stage: { name: "recognise", version: 1 },
      inputHash: "i",
      resultHash: "r",
      facts: {
        fileName: "Zanzibar.wav",
        options: { language: "en", vocabulary: { terms: ["Zanzibar"] }, beams: 2 },
        models: ["w"],
      },
      result: { turns: [{ text: "Zanzibar" }], provenance: null },
    });
    const text = JSON.stringify(store.ledger.entries(0, 100));
    for (const word of ["Zanzibar", "Mustermann", ".wav", "mirror.example"]) expect(text).not.toContain(word);
    expect(store.ledger.entries(0, 100).at(-1)).toMatchObject({
      kind: "analysis",
      author: "",
      data: { stage: "recognise", models: [{ id: "w" }], parameters: { language: "en", beams: 2 } },
    });
  });

  it("the same content as another commitment in another conversation, and none once it is gone", () => {
    const one = added("a");
    const other = added("b");
    const first = store.ledger.commit(one, { yes: true });
    expect(store.ledger.commit(one, { yes: true })).toBe(first);
    expect(store.ledger.commit(other, { yes: true })).not.toBe(first);
    expect(store.ledger.salt(one)).toMatch(/^[0-9a-f]{64}$/u);
    store.conversations.remove([one]);
    expect(store.ledger.salt(one)).toBeNull();
    expect(store.ledger.commit(one, { yes: true })).toBeNull();
  });

  it("what leaves this machine, before it leaves", async () => {
    const id = added();
    const egress = createLedgerEgress(store, join(folder, "egress.jsonl"));
    await egress({
      at: new Date(now).toISOString(),
      service: "comprehend",
      operation: "DetectEntities",
      region: "eu-central-1",
      destination: "comprehend",
      fields: ["turns"],
      bytes: 12,
      sha256: "ab",
      conversationId: id,
    });
    expect(store.ledger.entries(0, 100).at(-1)).toMatchObject({
      kind: "egress",
      subject: id,
      data: { bytes: 12, fields: ["turns"] },
    });
    expect(readFileSync(join(folder, "egress.jsonl"), "utf8")).toContain(id);
  });
});

describe("the thing and its entry", () => {
  it("are written together or not at all", async () => {
    added();
    const before = kinds();
    expect(() =>
      store.transaction(() => {
        added("b");
        expect(kinds().length).toBe(before.length + 1);
        throw new Error("the power went");
      }),
    ).toThrow("the power went");
    expect(kinds()).toEqual(before);
    expect(store.conversations.count()).toBe(1);
    const database = new Database(libraryPaths(folder).database);
    database.exec("CREATE TRIGGER no_more BEFORE INSERT ON ledger BEGIN SELECT RAISE(ABORT, 'no'); END");
    database.close();
    expect(() => added("c")).toThrow();
    expect(store.conversations.count()).toBe(1);
    expect((await verify()).sound).toBe(true);
  });

  it("cannot be changed, removed or replaced in the database", () => {
    added();
    const database = new Database(libraryPaths(folder).database);
    for (const sql of [
      "UPDATE ledger SET author = 'x' WHERE seq = 1",
      "DELETE FROM ledger WHERE seq = 2",
      "INSERT OR REPLACE INTO ledger SELECT 1, at, kind, subject, 'x', data, previous, key, 'h', signature FROM ledger WHERE seq = 1",
      "INSERT INTO ledger SELECT 0, at, kind, subject, author, data, previous, key, 'h', signature FROM ledger WHERE seq = 1",
    ])
      expect(() => database.exec(sql)).toThrow(/ledger/u);
    database.close();
  });

  it("are refused where an entry is not of its kind", () => {
    // biome-ignore lint/suspicious/noExplicitAny: what a caller of another type would hand in.
    expect(() => store.ledger.append("undo", "c1", { change: "x", text: "more" } as any)).toThrow(
      expect.objectContaining({ code: "internal" }),
    );
    expect(kinds()).toEqual([]);
  });
});

describe("deleting a conversation", () => {
  it("leaves a certificate of what went, which the preview told, and a chain that verifies", async () => {
    const id = added("a");
    store.operations.append(id, [{ kind: "swap-roles" }], "Ann");
    store.comments.add(id, null, "Late", "Ann");
    const preview = store.conversations.rows([id, "nobody"]);
    expect(preview).toMatchObject({ operations: 1, comments: 1, ledger_salts: 1 });
    store.conversations.remove([id], new Map([[id, { files: 4, bytes: 900 }]]));
    expect(store.ledger.entries(0, 100, id).at(-1)).toMatchObject({
      kind: "deletion",
      data: { sha256: "a".repeat(64), rows: preview, files: 4, bytes: 900 },
    });
    expect(await verify()).toMatchObject({ sound: true, findings: [] });
  });
});

describe("the key", () => {
  it("is made at the first use, readable by this user alone, and stays the same", async () => {
    const { keyId, protection } = ledger.state();
    expect(protection).toBe("permissions");
    if (process.platform !== "win32") expect(statSync(join(folder, "ledger-keys.json")).mode & 0o077).toBe(0);
    added();
    await reopen();
    added("b");
    expect(ledger.state().keyId).toBe(keyId);
    expect(kinds()).toEqual(["ledger-begun", "import", "import"]);
  });

  it("lies in the keychain where there is one, and not in the file", async () => {
    const kept = new Map<string, string>();
    const secrets: SecretKeeper = {
      protection: async () => "encrypted",
      get: async (name) => kept.get(name) ?? null,
      set: async (name, value) => void kept.set(name, value),
      remove: async (name) => void kept.delete(name),
    };
    rmSync(join(folder, "ledger-keys.json"));
    await reopen({ secrets });
    expect(ledger.state().protection).toBe("keychain");
    const [seed = ""] = kept.values();
    expect(seed).toMatch(/^[0-9a-f]{64}$/u);
    expect(readFileSync(join(folder, "ledger-keys.json"), "utf8")).not.toContain(seed);
    added();
    await reopen({ secrets });
    added("b");
    expect(await verify()).toMatchObject({ sound: true, breaks: [] });
    // The keychain of another machine has nothing.
    await reopen({ secrets: { ...secrets, get: async () => null } });
    added("c");
    expect(await verify()).toMatchObject({ sound: true, breaks: [{ reason: "key-missing" }] });
  });

  it("is locked without its passphrase: work goes on in a segment of another key, and hands back once it is given", async () => {
    rmSync(join(folder, "ledger-keys.json"));
    await reopen({ passphrase: "correct horse" });
    expect(ledger.state().protection).toBe("passphrase");
    added("a");
    const { keyId } = ledger.state();
    for (const passphrase of ["", "wrong"]) {
      await reopen({ passphrase });
      added(passphrase === "" ? "b" : "c");
    }
    expect(ledger.state().keyId).not.toBe(keyId);
    expect(store.notices.list().map(({ failure }) => [failure.code, failure.details["reason"]])).toEqual([
      ["ledger-key-lost", "key-locked"],
    ]);
    await reopen({ passphrase: "correct horse" });
    added("d");
    expect(ledger.state()).toMatchObject({ keyId, protection: "passphrase" });
    expect(await verify()).toMatchObject({ sound: true, breaks: [{ reason: "key-locked" }], entries: 7 });
  });

  it("that is gone or damaged is told, and nothing is lost", async () => {
    added("a");
    rmSync(join(folder, "ledger-keys.json"));
    await reopen();
    added("b");
    writeFileSync(join(folder, "ledger-keys.json"), "{ not json");
    await reopen();
    added("c");
    expect(store.notices.list().map(({ failure }) => failure.details["reason"])).toEqual(["key-missing", "key-damaged"]);
    expect(await verify()).toMatchObject({ sound: true, breaks: [{ reason: "key-missing" }, { reason: "key-damaged" }] });
    await reopen();
    expect(store.notices.list()).toHaveLength(2);
    expect(store.conversations.count()).toBe(3);
  });

  it("hands over to a new one, with both signatures", async () => {
    added("a");
    const { keyId } = ledger.state();
    const after = await ledger.rotate();
    expect(after.keyId).not.toBe(keyId);
    added("b");
    await reopen();
    added("c");
    const verification = await verify();
    expect(verification).toMatchObject({ sound: true, breaks: [] });
    expect(verification.keys.map((key) => key.keyId)).toEqual([keyId, after.keyId]);
  });
});

describe("a ledger that was tampered with", () => {
  it.each<[string, string, string[], string]>([
    ["an author", "UPDATE ledger SET author = 'Mallory' WHERE seq = 3", ["entry-changed 3"], "chain-broken"],
    ["one removed", "DELETE FROM ledger WHERE seq = 3", ["entry-removed 3"], "chain-broken"],
    ["the end cut off", "DELETE FROM ledger WHERE seq >= 4", ["ledger-truncated 4"], "truncated"],
    ["all of it", "DELETE FROM ledger; DELETE FROM ledger_checkpoints", [], "truncated"],
  ])("%s: is told at opening, named, and gone on with in a segment", async (_, sql, found, reason) => {
    for (const name of ["a", "b", "c", "d"]) added(name);
    close();
    tamper(sql);
    await open();
    expect(store.notices.list().map(({ failure }) => failure.code)).toEqual(["ledger-broken"]);
    added("e");
    const { breaks } = await verify();
    expect(breaks).toMatchObject([{ reason, seq: 6 }]);
    // What a segment owns up to at the end of a ledger is not found again; what lies in the middle stays wrong.
    expect(await namesFound()).toEqual(reason === "truncated" ? [] : found);
    await reopen();
    expect(store.notices.list()).toHaveLength(1);
    expect(store.conversations.count()).toBe(5);
  });

  it("behind what opening looks at is found by verifying", async () => {
    for (let count = 0; count < 240; count += 1) store.settings.set({ theme: count % 2 === 0 ? "dark" : "light" });
    close();
    tamper('UPDATE ledger SET data = \'{"names":["reviewer"]}\' WHERE seq = 20');
    await open();
    expect(store.notices.list()).toEqual([]);
    expect(await namesFound()).toEqual(["entry-changed 20"]);
  });

  it("is not said of one that was not", async () => {
    for (const name of ["a", "b"]) {
      added(name);
      await reopen();
    }
    expect(store.notices.list()).toEqual([]);
    expect(await namesFound()).toEqual([]);
  });
});

describe("sealing", () => {
  it("rests on the state of the ledger, and verifies without the library", async () => {
    added();
    const document = ledger.sealer().seal({ answers: [{ question: "q1", points: 5 }] });
    const expected = { keyIds: [ledger.state().keyId] };
    const bytes = Buffer.from(sealedText(document));
    expect(await verifyFile(bytes, nodeChecks, expected)).toMatchObject({ sound: true, checkpoint: { seq: 2 } });
    const flipped = Buffer.from(bytes.toString("utf8").replace('"points":5', '"points":6'));
    expect((await verifyFile(flipped, nodeChecks, expected)).findings).toEqual([
      { kind: "data-changed", path: "/data/answers/0/points" },
    ]);
    // A ledger cut off behind the report's back contradicts it.
    const { findings } = await ledger.verify(new AbortController().signal);
    expect(findings).toEqual([]);
  });

  it("is refused where nothing was ever recorded", () => {
    expect(() => ledger.sealer()).toThrow(expect.objectContaining({ code: "internal" }));
  });
});
