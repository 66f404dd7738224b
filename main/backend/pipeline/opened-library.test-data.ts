import { fork } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { api, type CallInput, type CallName, type CallOutput } from "../../../app/contract/api.ts";
import { answer, unpack } from "../../../app/contract/transport.ts";
import type { JobView, StageName } from "../../../app/contract/views.ts";
import { type Backend, type BackendOptions, openBackend } from "../backend.ts";
import type { StartProcess } from "../process.ts";
import { forkProcess } from "../speech/start-process.ts";
import { builtInModels } from "../surroundings.ts";

/** A library in a folder of its own, called as a page calls it. */
export interface OpenedLibrary {
  readonly folder: string;
  readonly backend: Backend;
  /** Calls as a shell does, and holds the answer against the contract. */
  call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>>;
  /** Imports one path and answers with what became of it; null where nothing was found to import. */
  bring(path: string): Promise<CallOutput<"import.begin">["results"][number] | null>;
  jobOf(conversationId: string): Promise<JobView>;
  /** The job once it has ended. */
  settled(conversationId: string): Promise<JobView>;
  /** The job once a stage of it is at work, or over. */
  reached(conversationId: string, stage: StageName): Promise<JobView>;
  /** Names of the files in a part of the library, however deep. */
  filesIn(place: string): string[];
  /** Ends this Earmark and opens another on the same library. */
  again(more?: Partial<BackendOptions>): Promise<OpenedLibrary>;
  close(): Promise<void>;
}

/** Opens a library of a test with the demo voice; `more` may say otherwise. */
export async function openLibrary(more: Partial<BackendOptions> = {}, known?: string): Promise<OpenedLibrary> {
  const folder = known ?? (await mkdtemp(join(tmpdir(), "earmark survives é ")));
  const backend = await openBackend({
    libraryPath: join(folder, "library"),
    modelFolders: [],
    builtInModels,
    resourcesPath: join(folder, "resources"),
    version: "0.0.0-test",
    startProcess: forkProcess,
    ...more,
  });
  const call = async <N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> =>
    api[name].output.parse(unpack(await answer(backend.handlers, name, input))) as CallOutput<N>;
  const jobOf = async (id: string): Promise<JobView> => {
    const { job } = await call("conversation.get", { id });
    if (job === null) throw new Error("The conversation has no job.");
    return job;
  };
  const until = async (id: string, holds: (job: JobView) => boolean): Promise<JobView> => {
    for (;;) {
      const job = await jobOf(id);
      if (holds(job)) return job;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  return {
    folder,
    backend,
    call,
    jobOf,
    bring: async (path) => (await call("import.begin", { sources: [{ kind: "path", path }] })).results[0] ?? null,
    settled: (id) => until(id, (job) => ["done", "failed", "cancelled"].includes(job.state)),
    reached: (id, stage) => until(id, (job) => job.stages.some((one) => one.name === stage && one.state !== "waiting")),
    filesIn(place) {
      const path = join(folder, "library", place);
      if (!existsSync(path)) return [];
      return readdirSync(path, { recursive: true, withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []));
    },
    async again(other = more) {
      await backend.close();
      return openLibrary(other, folder);
    },
    async close() {
      await backend.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Starts the speech process with options of Node that the product never gives: a small heap, for one. */
export function forkWith(execArgv: readonly string[]): StartProcess {
  return (script, args) => {
    const child = fork(fileURLToPath(script), [...args], {
      serialization: "advanced",
      execArgv: [...execArgv],
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    return {
      pid: child.pid,
      send: (message) => {
        if (child.connected) child.send(message as object, () => undefined);
      },
      onMessage: (listener) => void child.on("message", listener),
      onExit: (listener) => void child.on("exit", listener),
      kill: () => void child.kill("SIGKILL"),
    };
  };
}
