import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { changesOf } from "../../../app/conversation/changes.ts";
import { type LibraryPaths, libraryPaths } from "../library-paths.ts";
import { migrate, migrations, newestSchema } from "./migrate.ts";
import type { Migration } from "./migrations/migration.ts";
import { openStore, type Store } from "./store.ts";

const clock = { now: () => Date.parse("2026-11-21T09:00:00Z") };
let folder: string;
let paths: LibraryPaths;
let open: Store[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "earmark store ü "));
  paths = libraryPaths(folder);
  open = [];
});
afterEach(() => {
  for (const store of open) store.close();
  rmSync(folder, { recursive: true, force: true });
});

function opened(options: Partial<Parameters<typeof openStore>[1]> = {}): Store {
  const store = openStore(paths, { clock, version: "0.1.0", ...options });
  open.push(store);
  return store;
}

function failureOf(work: () => unknown): EarmarkError {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof EarmarkError) return thrown;
    throw thrown;
  }
  throw new Error("It did not fail.");
}

const call = {
  kind: "call",
  channel: "voice",
  title: "A call",
  source: { name: "a.wav", sha256: "a", bytes: 1, format: "WAV" },
} as const;

/** A step after the released ones, as the next Earmark would bring it. */
const nextStep: Migration = {
  number: newestSchema(migrations) + 1,
  apply(database) {
    database.exec("ALTER TABLE conversations ADD COLUMN mood TEXT");
  },
};

describe("opening a library", () => {
  it("makes a fresh one that is safe against power loss and leaves nothing behind on deletion", () => {
    opened();
    const database = new Database(paths.database, { readonly: true });
    expect(database.pragma("journal_mode", { simple: true })).toBe("wal");
    expect(database.pragma("user_version", { simple: true })).toBe(newestSchema(migrations));
    const tables = database
      .prepare("SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
      .all() as {
      name: string;
      strict: number;
    }[];
    const lax = tables.filter((table) => table.strict === 0 && !table.name.startsWith("sqlite_"));
    expect(lax).toEqual([]);
    database.close();
  });

  it("keeps what was written over closing and opening", () => {
    const first = opened();
    const { id } = first.conversations.insert(call);
    first.close();
    expect(opened().conversations.get(id)?.title).toBe("A call");
  });

  it("refuses a library that is open already, and names who has it", () => {
    const first = opened({ version: "0.1.7" });
    const failure = failureOf(() => opened());
    expect(failure.code).toBe("library-locked");
    expect(failure.details).toEqual({ pid: process.pid, version: "0.1.7" });
    first.close();
    opened();
  });

  it("is locked by another process, and free once that is killed", async () => {
    const holder = fork(join(import.meta.dirname, "store-holder.test-process.ts"), [folder], { stdio: "ignore" });
    try {
      await once(holder, "message");
      expect(failureOf(() => opened())).toMatchObject({ code: "library-locked", details: { pid: holder.pid } });
    } finally {
      const gone = once(holder, "exit");
      holder.kill("SIGKILL");
      await gone;
    }
    expect(opened().conversations.count()).toBe(1);
  });

  it("refuses a file of a newer Earmark, names both versions, and leaves it as it was", () => {
    opened({ version: "9.1.0", migrations: [...migrations, nextStep] }).close();
    const before = readFileSync(paths.database);
    const failure = failureOf(() => opened({ version: "0.1.0" }));
    expect(failure.code).toBe("library-newer");
    expect(failure.details).toMatchObject({ fileVersion: "9.1.0", version: "0.1.0" });
    expect(readFileSync(paths.database).equals(before)).toBe(true);
    // The lock is not left behind either.
    opened({ version: "9.1.0", migrations: [...migrations, nextStep] });
  });

  it("sets a file that is no database aside, opens a fresh one, and says so until dismissed", () => {
    writeFileSync(paths.database, "This is not a database, but somebody may want it back.".repeat(100));
    const store = opened();
    const [notice] = store.notices.list();
    expect(notice?.failure.code).toBe("library-corrupt");
    const movedTo = String(notice?.failure.details["movedTo"]);
    expect(readFileSync(join(folder, movedTo), "utf8")).toContain("somebody may want it back");
    expect(store.conversations.count()).toBe(0);
    store.close();
    const again = opened();
    expect(again.notices.list()).toHaveLength(1);
    again.notices.dismiss(notice?.id ?? "");
    expect(again.notices.list()).toEqual([]);
  });

  it("finds damage inside the file by the quick check", () => {
    const store = opened();
    store.transaction(() => {
      for (let number = 0; number < 500; number++) {
        store.conversations.insert({ ...call, title: "x".repeat(200), source: { ...call.source, sha256: `s${number}` } });
      }
    });
    store.close();
    const bytes = readFileSync(paths.database);
    bytes.fill(0x5a, 40_960, 90_000);
    writeFileSync(paths.database, bytes);
    expect(opened().notices.list()[0]?.failure.code).toBe("library-corrupt");
    expect(readdirSync(folder).some((name) => name.includes(".damaged-"))).toBe(true);
  });

  it("sets a truncated file aside", () => {
    const store = opened();
    store.conversations.insert(call);
    store.close();
    truncateSync(paths.database, 10_000);
    expect(opened().notices.list()).toHaveLength(1);
  });

  it("does not take over a database of another program", () => {
    const other = new Database(paths.database);
    other.exec("CREATE TABLE bookmarks (url TEXT)");
    other.close();
    expect(opened().notices.list()).toHaveLength(1);
  });

  it("copies the library before it migrates, and migrates all or nothing", () => {
    const first = opened();
    first.conversations.insert(call);
    first.close();
    const broken: Migration = {
      number: nextStep.number + 1,
      apply(database) {
        database.exec("DROP TABLE media");
        throw new Error("Power cut.");
      },
    };
    expect(() => opened({ migrations: [...migrations, nextStep, broken] })).toThrow("Power cut.");
    const unharmed = opened();
    expect(unharmed.conversations.count()).toBe(1);
    expect(unharmed.media.get("nobody")).toBeNull();
    unharmed.close();

    opened({ version: "0.2.0", migrations: [...migrations, nextStep] });
    const copies = readdirSync(folder).filter((name) => /^library\.schema-\d+\..*\.sqlite$/u.test(name));
    expect(copies.length).toBeGreaterThan(0);
    const copy = new Database(join(folder, copies[0] ?? ""), { readonly: true });
    expect(copy.prepare("SELECT count(*) FROM conversations").pluck().get()).toBe(1);
    expect(copy.pragma("user_version", { simple: true })).toBe(newestSchema(migrations));
    copy.close();
  });

  it.skipIf(process.platform === "win32")("says that a folder cannot be written", () => {
    writeFileSync(join(folder, "file"), "");
    const failure = failureOf(() => openStore(libraryPaths(join(folder, "file", "library")), { clock, version: "0.1.0" }));
    expect(failure.code).toBe("library-unwritable");
  });

  it("closes twice without harm", () => {
    const store = opened();
    store.close();
    store.close();
    expect(existsSync(join(folder, "library.lock.json"))).toBe(false);
  });
});

describe("a library of the first released schema", () => {
  function laid(): void {
    const database = new Database(paths.database);
    database.exec(`BEGIN; ${readFileSync(join(import.meta.dirname, "fixtures", "schema-1.sql"), "utf8")} COMMIT;`);
    database.close();
  }

  it("opens with everything in it", () => {
    laid();
    const store = opened();
    expect(store.notices.list()).toEqual([]);
    const id = "conversation-1";
    expect(store.conversations.get(id)).toMatchObject({
      title: "Überweisung storniert",
      startedAt: "2026-11-20T14:30:00.000Z",
      speechOptions: { separation: "channel" },
      summary: { agent: "Dana", turns: 2 },
    });
    expect(store.transcripts.get(id)?.turns).toHaveLength(2);
    // How it felt and what it was about is worked out now.
    expect(store.conversations.withoutFigures(5)).toEqual([id]);
    expect(store.operations.list(id).map((entry) => entry.operation.kind)).toEqual(["rename-speaker"]);
    const { all, undone } = changesOf(store.operations.entries(id));
    expect(all.map((change) => change.undone?.author ?? null)).toHaveLength(2);
    expect(undone).toHaveLength(1);
    expect(store.media.get(id)?.original).toMatch(/originals/u);
    expect(store.settings.get()).toMatchObject({ theme: "dark", reviewer: "Reviewer", rewindOnResumeMs: 0 });
    expect(store.search.hits(id, "cafe refund")[0]?.turnId).toBe("t1");
    expect(store.jobs.byConversation(id)?.state).toBe("running");
    store.conversations.remove([id]);
    expect(store.conversations.count()).toBe(0);
  });

  it("has the very schema that the first migration makes, so that neither is edited after release", () => {
    laid();
    const schema = (file: string): unknown => {
      const database = new Database(file, { readonly: true });
      const rows = database.prepare("SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name").all() as {
        name: string;
        sql: string | null;
      }[];
      database.close();
      return rows.map(({ name, sql }) => [name, sql?.replace(/\s+/gu, " ")]);
    };
    const fixture = schema(paths.database);
    const fresh = libraryPaths(join(folder, "fresh"));
    mkdirSync(fresh.root);
    const first = new Database(fresh.database);
    migrate(first, migrations.slice(0, 1));
    first.close();
    expect(schema(fresh.database)).toEqual(fixture);
  });
});

describe("migrations", () => {
  it("are numbered in their order and import nothing of Earmark's", () => {
    const numbers = migrations.map((step) => step.number);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    const steps = readdirSync(join(import.meta.dirname, "migrations")).filter((name) => /^\d{4}-/u.test(name));
    expect(steps).toHaveLength(migrations.length);
    for (const name of steps) {
      const source = readFileSync(join(import.meta.dirname, "migrations", name), "utf8");
      const imports = [...source.matchAll(/from "([^"]+)"/gu)].map((found) => found[1]);
      expect(imports.filter((from) => from !== "./migration.ts" && from !== "better-sqlite3")).toEqual([]);
    }
  });
});
