import { useSyncExternalStore } from "react";
import type { CallOutput, ImportSource } from "../../../app/contract/api.ts";
import { toFailure } from "../../../app/contract/errors.ts";
import { importWishes } from "../../../app/conversation/import-options.ts";
import { call, importSource, memory, queryOf } from "../../bridge/index.ts";

/** What became of one file. */
export type ImportResult = CallOutput<"import.begin">["results"][number];

/** Files on their way into the library, and what became of them. Outlives the page it was begun on. */
export interface Importing {
  /** Files given so far, and how many of them are settled. */
  readonly given: number;
  readonly results: readonly ImportResult[];
}

const idle: Importing = { given: 0, results: [] };
let current = idle;
const listeners = new Set<() => void>();

function change(next: Importing): void {
  current = next;
  for (const listener of listeners) listener();
}

/** What is being imported, for a component that follows it. */
export function useImporting(): Importing {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}

/** Whether files are still on their way. */
export function isBusy(importing: Importing): boolean {
  return importing.results.length < importing.given;
}

/** Puts the list of results away. Does nothing while files are on their way. */
export function dismissResults(): void {
  if (!isBusy(current)) change(idle);
}

/** How many files are sent at once: reading disks in parallel gains little. */
const lanes = 2;

/** Imports files that the person dropped or chose, each on its own, so that one that fails does not stop the others. Never rejects. */
export async function importFiles(files: readonly File[]): Promise<void> {
  if (files.length === 0) return;
  welcome(files.length);
  const queue = [...files];
  const lane = async () => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      try {
        settle(await begin([await importSource(file)], [file.name]));
      } catch (thrown) {
        settle([refused(file.name, thrown)]);
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** Imports files by their paths on this machine. Never rejects. */
export async function importPaths(paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  welcome(paths.length);
  const names = paths.map((path) => path.split(/[\\/]/u).at(-1) ?? path);
  settle(
    await begin(
      paths.map((path) => ({ kind: "path", path })),
      names,
    ),
  );
}

function welcome(count: number): void {
  const before = isBusy(current) ? current : idle;
  change({ ...before, given: before.given + count });
}

function settle(results: readonly ImportResult[]): void {
  change({ ...current, results: [...current.results, ...results] });
  void memory.invalidateQueries({ queryKey: ["library.list"] });
  void memory.invalidateQueries({ queryKey: ["queue.list"] });
  void memory.invalidateQueries({ queryKey: ["app.state"] });
}

async function begin(sources: ImportSource[], names: readonly string[]): Promise<readonly ImportResult[]> {
  try {
    const { importOptions } = await memory.ensureQueryData(queryOf("settings.get", {}));
    const { results } = await call("import.begin", { sources, ...importWishes(importOptions) });
    // One result for each source is the contract; a missing one must not leave the list waiting for ever.
    return names.map((name, index) => results[index] ?? refused(name, new Error("The backend gave no result for this file.")));
  } catch (thrown) {
    return names.map((name) => refused(name, thrown));
  }
}

function refused(name: string, thrown: unknown): ImportResult {
  return { name, conversationId: null, known: false, failure: toFailure(thrown) };
}
