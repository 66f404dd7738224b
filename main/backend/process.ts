/**
 * A process of ours at the other end of a message channel: `child_process.fork` under Node, `utilityProcess.fork` under
 * Electron. The shells pass in how to start one, so that the backend knows neither.
 */
export interface ChildProcessChannel {
  readonly pid: number | undefined;
  /** Structured-clone data. Sending to an ended process does nothing. */
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once: exit code, or null with the signal's name. */
  onExit(listener: (code: number | null, signal: string | null) => void): void;
  /** Ends it at once, whatever it is doing. */
  kill(): void;
}

/** Starts the script (an absolute path or file URL) as a child with a minimal environment. */
export type StartProcess = (script: URL, args: readonly string[]) => ChildProcessChannel;
