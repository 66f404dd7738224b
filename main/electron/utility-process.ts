import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { UtilityProcess, utilityProcess } from "electron";
import type { ChildProcessChannel, StartProcess } from "../backend/process.ts";
import { minimalEnvironment } from "../backend/speech/start-process.ts";

/** What a child is started with. */
export interface UtilityProcessOptions {
  readonly fork: typeof utilityProcess.fork;
  /** Where the bundled scripts lie. */
  readonly bundleFolder: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Ends a process at once; by default `process.kill(pid, "SIGKILL")`. */
  readonly killNow?: (pid: number) => void;
}

/** The bundled form of a script that the backend names by its source: `.../speech/worker.ts` is `worker.js` in the bundle. */
export function bundledScript(script: URL, bundleFolder: string): URL {
  return pathToFileURL(join(bundleFolder, basename(fileURLToPath(script)).replace(/\.[cm]?ts$/u, ".js")));
}

/**
 * Starts scripts as Electron's utility processes, with an environment of a few named variables (no credentials, no
 * options of Node) and with their output read and dropped, so that a full pipe never stops them.
 */
export function createStartProcess(options: UtilityProcessOptions): StartProcess {
  const killNow = options.killNow ?? ((pid) => process.kill(pid, "SIGKILL"));
  return (script, args) => {
    const child = options.fork(fileURLToPath(bundledScript(script, options.bundleFolder)), [...args], {
      serviceName: "Earmark speech",
      env: minimalEnvironment(options.env),
      execArgv: [],
      stdio: "pipe",
    });
    child.stdout?.resume();
    child.stderr?.resume();
    return channelTo(child, killNow);
  };
}

function channelTo(child: UtilityProcess, killNow: (pid: number) => void): ChildProcessChannel {
  let past: { code: number | null } | undefined;
  let tellExit: ((code: number | null, signal: string | null) => void) | undefined;
  child.on("exit", (code) => {
    if (past !== undefined) return;
    past = { code };
    tellExit?.(code, null);
  });
  return {
    get pid() {
      return child.pid;
    },
    send: (message) => {
      if (past === undefined) child.postMessage(message);
    },
    onMessage: (listener) => {
      child.on("message", listener);
    },
    onExit: (listener) => {
      tellExit = listener;
      if (past !== undefined) listener(past.code, null);
    },
    kill: () => {
      if (past !== undefined) return;
      // Electron's own kill asks politely, and native code deep in a computation does not hear it.
      const { pid } = child;
      try {
        if (pid === undefined) child.kill();
        else killNow(pid);
      } catch {
        child.kill();
      }
    },
  };
}
