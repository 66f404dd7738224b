import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/*
 * Models that are made for measuring and thrown away: Whispers with random weights, and variants of a model in other
 * precisions. Both are written by Python scripts beside this file, which need numpy and onnx (Debian: python3-onnx).
 */

const run = promisify(execFile);
const ten = 10 * 60_000;

/** A Python that has numpy and onnx; null when there is none. */
export async function pythonWithOnnx(): Promise<string | null> {
  // The system's comes first: one that somebody has put before it seldom has the system's packages.
  for (const python of ["/usr/bin/python3", "python3", "python"]) {
    try {
      await run(python, ["-c", "import numpy, onnx"]);
      return python;
    } catch {
      // Not there, or without them.
    }
  }
  return null;
}

/** A script of this folder, with its arguments. Rejects with what it wrote to stderr. */
export async function runScript(python: string, script: string, ...args: readonly string[]): Promise<string> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  return (await run(python, [path, ...args], { timeout: ten, maxBuffer: 16 * 1_048_576 })).stdout;
}

/** Lends a temporary folder to some work and removes it afterwards. */
export async function inTemporaryFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "earmark-made-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
