/** Where a command writes and what may end it. Results go to standard output, everything about them to standard error. */
export interface Terminal {
  /** Writes to standard output, as given. */
  out(text: string): void;
  /** Writes to standard error, as given. */
  err(text: string): void;
  /** Somebody looks at standard error: a bar that moves is of use. */
  readonly interactive: boolean;
  /** Aborted by Ctrl-C or when the process is asked to end. */
  readonly signal: AbortSignal;
}
