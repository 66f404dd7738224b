#!/usr/bin/env node
import { CommanderError } from "commander";
import { toFailure } from "../../app/contract/errors.ts";
import { earmarkVersion } from "../backend/surroundings.ts";
import { type ExitCode, exitCodeFor, exitCodes } from "./exit-codes.ts";
import { createProgram, type Deed } from "./program.ts";
import type { Terminal } from "./terminal.ts";

/*
 * Earmark from a terminal. Results go to standard output, progress and failures to standard error; exit-codes.ts lists
 * what each exit code means.
 */

/** After Ctrl-C everything has this long to end in order; then the process ends whatever is still running. */
const cancelWithinMs = 900;

async function main(args: readonly string[]): Promise<ExitCode> {
  let deed: Deed | undefined;
  try {
    createProgram(earmarkVersion(), (decided) => {
      deed = decided;
    }).parse(args, { from: "user" });
  } catch (error) {
    // Commander has printed the help or what was wrong.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    throw error;
  }
  if (deed === undefined) return exitCodes.usage;

  const ended = new AbortController();
  const cancel = (): void => {
    if (ended.signal.aborted) process.exit(exitCodes.cancelled);
    ended.abort();
    setTimeout(() => {
      process.stderr.write("Cancelled.\n");
      process.exit(exitCodes.cancelled);
    }, cancelWithinMs).unref();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, cancel);
  const terminal: Terminal = {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    interactive: process.stderr.isTTY,
    signal: ended.signal,
  };
  try {
    return await deed(terminal);
  } catch (thrown) {
    const failure = toFailure(thrown);
    const code = ended.signal.aborted ? "cancelled" : failure.code;
    const { describeFailure } = await import("./failure-text.ts");
    terminal.err(describeFailure({ ...failure, code }));
    return exitCodeFor(code);
  }
}

// Whoever reads us may stop early (`earmark list | head`); that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(exitCodes.done);
  throw error;
});

const code = await main(process.argv.slice(2));
// Whatever a library left open does not keep the command from ending, once all has been written.
process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
