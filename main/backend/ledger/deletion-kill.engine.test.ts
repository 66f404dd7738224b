import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Backend, openBackend } from "../backend.ts";
import { libraryPaths } from "../library-paths.ts";
import { forkProcess } from "../speech/start-process.ts";

let folder: string;
let library: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark-deletion-kill-"));
  library = join(folder, "library");
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

function open(): Promise<Backend> {
  return openBackend({
    libraryPath: library,
    modelFolders: [],
    resourcesPath: join(folder, "none"),
    version: "0.0.0-test",
    startProcess: forkProcess,
  });
}

/** Deletions, and entries that their files are gone, by conversation. */
function recorded(): { subject: string; deleted: number; gone: number; left: number }[] {
  const database = new Database(libraryPaths(library).database, { readonly: true });
  const rows = database
    .prepare<[], { subject: string; deleted: number; gone: number; left: number }>(
      `SELECT subject, sum(kind = 'deletion') AS deleted, sum(kind = 'files-deleted') AS gone, sum(ifnull(data ->> 'left', 0)) AS left
       FROM ledger WHERE kind IN ('deletion', 'files-deleted') GROUP BY subject`,
    )
    .all();
  database.close();
  return rows;
}

it("a deletion that was cut off between rows and files is finished at the next opening, and recorded once", async () => {
  const files = await Promise.all(
    [0, 1, 2].map(async (number) => {
      const path = join(folder, `chat ${number}.txt`);
      await writeFile(path, `Customer: My refund ${number} is late.\nAgent: I am sorry.\n`);
      return path;
    }),
  );
  const child = spawnSync(process.execPath, [join(import.meta.dirname, "deletion-kill.test-process.ts"), library, ...files]);
  expect(child.signal).toBe("SIGKILL");
  const originals = (): string[] =>
    existsSync(join(library, "originals"))
      ? readdirSync(join(library, "originals"), { recursive: true, withFileTypes: true }).flatMap((one) =>
          one.isFile() ? [one.name] : [],
        )
      : [];
  expect(recorded()).toHaveLength(3);
  expect(recorded().every(({ deleted, gone }) => deleted === 1 && gone === 0)).toBe(true);
  expect(originals()).toHaveLength(3);

  for (let openings = 0; openings < 2; openings += 1) {
    const backend = await open();
    expect(await backend.handlers["ledger.verify"]({})).toMatchObject({ sound: true, breaks: [] });
    await backend.close();
    expect(recorded().map(({ deleted, gone, left }) => [deleted, gone, left])).toEqual([
      [1, 1, 0],
      [1, 1, 0],
      [1, 1, 0],
    ]);
    expect(originals()).toEqual([]);
  }
});
