import i18next from "i18next";
import { useSyncExternalStore } from "react";
import type { CallOutput, ImportSource } from "../../../app/contract/api.ts";
import { toFailure } from "../../../app/contract/errors.ts";
import { importWishes } from "../../../app/conversation/import-options.ts";
import { pairsByName } from "../../../app/formats/pairing.ts";
import { call, importSource, memory, queryOf } from "../../bridge/index.ts";
import { tell, tellFailure } from "../../ui/notices.tsx";

/** Where a file can be had again, for trying once more. */
type Origin = { readonly kind: "file"; readonly file: File } | { readonly kind: "path"; readonly path: string };

/** What became of one file, or of one conversation of it. */
export type ImportResult = CallOutput<"import.begin">["results"][number] & {
  /** Tells the lines of the list apart. */
  readonly key: number;
  readonly origin: Origin | null;
};

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

/** So many files that lie on this machine are put on a list, and are taken in from it also after a restart. */
const manyAtOnce = 100;

/** How many files are sent at once: reading disks in parallel gains little. */
const lanes = 2;

/**
 * Imports files that the person dropped or chose, each on its own, so that one that fails does not stop the others. A
 * transcript and the recording that is called the same become one conversation. Never rejects.
 */
export async function importFiles(files: readonly File[]): Promise<void> {
  if (files.length === 0) return;
  if (files.length >= manyAtOnce && (await listFiles(files))) return;
  welcome(files.length);
  const pairs = pairsByName(files.map(({ name }) => name));
  const withTranscript = new Set(pairs.map(({ recording }) => recording));
  const recordings = new Map(pairs.map(({ transcript, recording }) => [transcript, files[recording]]));
  const queue = files.flatMap((file, index) => (withTranscript.has(index) ? [] : [{ file, recording: recordings.get(index) }]));
  const lane = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const results = await importFile(next.file);
      settle(results, 1);
      if (next.recording !== undefined) settle(await importRecordingOf(results, next.recording), 1);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** Imports files by their paths on this machine. Never rejects. */
export async function importPaths(paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  if (paths.length >= manyAtOnce) {
    await listPaths(paths);
    return;
  }
  welcome(paths.length);
  const results = await begin(paths.map((path) => ({ kind: "path", path })));
  const names = new Map(paths.map((path) => [nameOfPath(path), path]));
  settle(
    results.map((result) => lineOf(result, { kind: "path", path: names.get(result.name) ?? "" })),
    paths.length,
  );
}

/** Tries a file again that did not come in: as it lies on the disk now, or another one that was chosen in its place. */
export async function importAgain(result: ImportResult, instead?: File): Promise<void> {
  change({ ...current, results: current.results.filter(({ key }) => key !== result.key) });
  const { origin } = result;
  if (instead !== undefined) settle(await importFile(instead), 1);
  else if (origin?.kind === "file") settle(await importFile(origin.file), 1);
  else if (origin?.kind === "path") {
    const results = await begin([{ kind: "path", path: origin.path }]);
    settle(
      results.map((each) => lineOf(each, origin)),
      1,
    );
  } else settle([result], 1);
}

/** A place of a file that did not come in, which the backend can look into once more. Rejects where it is gone. */
export function sourceOf({ origin }: ImportResult): Promise<ImportSource> {
  if (origin?.kind === "file") return importSource(origin.file);
  if (origin?.kind === "path") return Promise.resolve({ kind: "path", path: origin.path });
  return Promise.reject(new Error("Nobody knows any more where this file was."));
}

async function importFile(file: File): Promise<ImportResult[]> {
  const origin: Origin = { kind: "file", file };
  try {
    const results = await begin([await importSource(file)]);
    // Of a file that holds several conversations each has a name of its own, but one refused by the door has none.
    return results.map((result) => lineOf(result.name === "" ? { ...result, name: file.name } : result, origin));
  } catch (thrown) {
    return [lineOf(refused(file.name, thrown), origin)];
  }
}

/** Adds a recording to the transcript that came with it; where that did not come in, or has one, it comes by itself. */
async function importRecordingOf([transcript, ...more]: readonly ImportResult[], file: File): Promise<ImportResult[]> {
  const id = transcript?.failure === null && more.length === 0 ? transcript.conversationId : null;
  if (id === null) return importFile(file);
  const result = { name: file.name, conversationId: id, known: false, failure: null };
  try {
    await call("conversation.addRecording", { id, source: await importSource(file) });
    return [lineOf(result, null)];
  } catch (thrown) {
    const failure = toFailure(thrown);
    if (failure.code === "conflict") return [lineOf({ ...result, known: true }, null)];
    if (failure.code === "input-invalid") return importFile(file);
    return [lineOf({ ...result, failure }, null)];
  }
}

let keys = 0;

function lineOf(result: CallOutput<"import.begin">["results"][number], origin: Origin | null): ImportResult {
  keys += 1;
  return { ...result, key: keys, origin };
}

/** Puts files on the list of what is coming in; false where the page has to send their bytes. */
async function listFiles(files: readonly File[]): Promise<boolean> {
  const { capabilities } = await memory.ensureQueryData(queryOf("app.state", {}));
  if (!capabilities.nativeFileDialog) return false;
  const sources = await Promise.allSettled(files.map(importSource));
  const paths = sources.flatMap((source) =>
    source.status === "fulfilled" && source.value.kind === "path" ? [source.value.path] : [],
  );
  if (paths.length !== files.length) return false;
  await listPaths(paths);
  return true;
}

/** Puts files on the list of what is coming in. The queue shows how far they are; what is refused is shown here. Never rejects. */
async function listPaths(paths: readonly string[]): Promise<void> {
  try {
    const { importOptions } = await memory.ensureQueryData(queryOf("settings.get", {}));
    const { files, refused: broken } = await call("intake.begin", { paths: [...paths], speech: importWishes(importOptions) });
    tell(i18next.t("intake.dropped.many", { count: files }));
    void memory.invalidateQueries({ queryKey: ["intake.list"] });
    if (broken.length === 0) return;
    welcome(broken.length);
    settle(
      broken.map(({ name, failure }) => lineOf({ name, conversationId: null, known: false, failure }, null)),
      broken.length,
    );
  } catch (thrown) {
    tellFailure(thrown);
  }
}

function welcome(count: number): void {
  const before = isBusy(current) ? current : idle;
  change({ ...before, given: before.given + count });
}

/** Puts results where `expected` files were waited for: a file may hold several conversations. */
function settle(results: readonly ImportResult[], expected: number): void {
  change({ given: current.given + results.length - expected, results: [...current.results, ...results] });
  void memory.invalidateQueries({ queryKey: ["library.list"] });
  void memory.invalidateQueries({ queryKey: ["queue.list"] });
  void memory.invalidateQueries({ queryKey: ["app.state"] });
}

async function begin(sources: ImportSource[]): Promise<CallOutput<"import.begin">["results"]> {
  try {
    const { importOptions } = await memory.ensureQueryData(queryOf("settings.get", {}));
    const { results } = await call("import.begin", { sources, ...importWishes(importOptions) });
    return results;
  } catch (thrown) {
    return sources.map((source) => refused(source.kind === "path" ? nameOfPath(source.path) : "", thrown));
  }
}

function nameOfPath(path: string): string {
  return path.split(/[\\/]/u).at(-1) ?? path;
}

function refused(name: string, thrown: unknown): CallOutput<"import.begin">["results"][number] {
  return { name, conversationId: null, known: false, failure: toFailure(thrown) };
}
