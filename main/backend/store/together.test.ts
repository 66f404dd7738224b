import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createTogether } from "./together.ts";

let folder: string;
let database: Database.Database;
let commits: number;
const transaction = <T>(work: () => T): T => database.transaction(work)();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "earmark-together-"));
  database = new Database(join(folder, "together.sqlite"));
  database.exec("CREATE TABLE told (what TEXT NOT NULL) STRICT");
  commits = 0;
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

const counting = {
  transaction<T>(work: () => T): T {
    if (!database.inTransaction) commits++;
    return transaction(work);
  },
};
const tell = (what: string | null) => (): number => {
  database.prepare("INSERT INTO told (what) VALUES (?)").run(what);
  return database.prepare<[], number>("SELECT count(*) FROM told").pluck().get() ?? 0;
};
const told = (): unknown[] => database.prepare("SELECT what FROM told").pluck().all();

it("commits what is asked for in one turn once, and each hears its own result", async () => {
  const together = createTogether(counting);
  expect(await Promise.all([together(tell("a")), together(tell("b")), together(tell("c"))])).toEqual([1, 2, 3]);
  expect(commits).toBe(1);
  await together(tell("d"));
  expect(commits).toBe(2);
});

it("undoes a piece that fails, and none of the others", async () => {
  const together = createTogether(counting);
  const half = (): never => {
    tell("half")();
    throw new Error("in the middle");
  };
  const results = await Promise.allSettled([together(tell("a")), together(half), together(tell(null)), together(tell("b"))]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"]);
  expect(told()).toEqual(["a", "b"]);
});

it("tells all that nothing lasts where the commit itself fails", async () => {
  const together = createTogether({
    transaction<T>(work: () => T): T {
      if (database.inTransaction) return transaction(work);
      return transaction(() => {
        work();
        throw new Error("the disk is full");
      });
    },
  });
  const results = await Promise.allSettled([together(tell("a")), together(tell("b"))]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(told()).toEqual([]);
});
