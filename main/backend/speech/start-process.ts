import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { ChildProcessChannel, StartProcess } from "../process.ts";

/**
 * What a child of ours may know of its surroundings: where programs, temporary files and fonts of language lie, and
 * what graphics drivers read. No credentials, no proxies, no options of Node.
 */
const passedOn = [
  "PATH",
  "HOME",
  "USERPROFILE",
  "TMPDIR",
  "TEMP",
  "TMP",
  "LANG",
  "LC_ALL",
  "LC_CTYPE",
  "SystemRoot",
  "windir",
  "SystemDrive",
  "NUMBER_OF_PROCESSORS",
  "PROCESSOR_ARCHITECTURE",
  "LD_LIBRARY_PATH",
  "VK_ICD_FILENAMES",
  "VK_DRIVER_FILES",
  "XDG_RUNTIME_DIR",
  "CUDA_PATH",
  "CUDA_VISIBLE_DEVICES",
];

/** The environment for a child process: the few variables it needs out of ours. */
export function minimalEnvironment(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of passedOn) {
    const value = env[name];
    if (value !== undefined) found[name] = value;
  }
  return found;
}

/**
 * Starts a script under this Node with `child_process.fork`: structured-clone messages, a minimal environment, no
 * standard streams. For the loopback shell and the command line; Electron passes its utility process instead.
 */
export const forkProcess: StartProcess = (script, args) => {
  const child = fork(fileURLToPath(script), [...args], {
    serialization: "advanced",
    env: minimalEnvironment(),
    // Not inherited: the parent may run under a test runner, a debugger or a loader that the child must not have.
    execArgv: [],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    windowsHide: true,
  });
  let ended = false;
  let tellExit: ((code: number | null, signal: string | null) => void) | undefined;
  let past: { code: number | null; signal: string | null } | undefined;
  const end = (code: number | null, signal: string | null): void => {
    if (ended) return;
    ended = true;
    past = { code, signal };
    tellExit?.(code, signal);
  };
  child.on("exit", end);
  // A process that could not be started at all has no exit.
  child.on("error", () => {
    if (child.pid === undefined) end(null, null);
  });
  const channel: ChildProcessChannel = {
    pid: child.pid,
    send: (message) => {
      if (ended || !child.connected) return;
      // The callback takes the error of a channel that closes meanwhile; the exit tells the rest.
      child.send(message as object, () => undefined);
    },
    onMessage: (listener) => {
      child.on("message", listener);
    },
    onExit: (listener) => {
      tellExit = listener;
      if (past !== undefined) listener(past.code, past.signal);
    },
    kill: () => {
      child.kill("SIGKILL");
    },
  };
  return channel;
};
