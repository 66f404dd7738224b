/*
 * Runs every check of Earmark one after the other: types, lint, format, unit tests, the speech engine with real models, end-to-end tests. Prints a line for
 * each, the output of those that fail, and at the very end the sum over all of them.
 *
 *   node .ci/test.ts [types] [lint] [format] [unit] [engine] [e2e] [--without STEP]...
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { electronBinary } from "../e2e/electron-binary.ts";
import { type Counts, closingLine, countOfExit, countPlaywright, countVitest, sum } from "./counts.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const results = join(root, "build", "test");

/** The steps in the order they run: the quick ones first. */
const stepNames = ["types", "lint", "format", "unit", "engine", "e2e"] as const;
type StepName = (typeof stepNames)[number];

/** Longest run of each step, in milliseconds: what hangs fails, and says so. */
const limitsMs: Record<StepName, number> = {
  types: 5 * 60_000,
  lint: 2 * 60_000,
  format: 2 * 60_000,
  unit: 6 * 60_000,
  engine: 20 * 60_000,
  e2e: 40 * 60_000,
};

/** The steps that the arguments ask for. Throws on a name that is no step. */
function chosenSteps(args: readonly string[]): StepName[] {
  const named: StepName[] = [];
  const without: StepName[] = [];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? "";
    if (arg === "--without") without.push(stepOf(args[++index] ?? ""));
    else if (arg.startsWith("--without=")) without.push(stepOf(arg.slice("--without=".length)));
    else named.push(stepOf(arg));
  }
  return stepNames.filter((name) => (named.length === 0 || named.includes(name)) && !without.includes(name));
}

function stepOf(name: string): StepName {
  const found = stepNames.find((step) => step === name);
  if (found === undefined) throw new Error(`"${name}" is no step. Steps: ${stepNames.join(", ")}.`);
  return found;
}

interface Run {
  readonly exitCode: number | null;
  readonly output: string;
}

/** Runs a script of a library under this Node, its output kept. Ends it, with all it started, at the limit. */
function runScript(script: readonly string[], args: readonly string[], limitMs: number, library: string): Promise<Run> {
  return new Promise((resolve) => {
    let output = "";
    const child = spawn(process.execPath, [join(root, ...script), ...args], {
      cwd: root,
      // A group of its own on POSIX, so that browsers and workers end with it.
      detached: process.platform !== "win32",
      windowsHide: true,
      stdio: ["ignore", "pipe", "pipe"],
      // Nobody's own library and models are touched by a test that forgets to name one.
      env: { ...process.env, CI: "true", NO_COLOR: "1", FORCE_COLOR: "0", EARMARK_LIBRARY: library, EARMARK_MODELS: "" },
    });
    const end = (): void => {
      if (child.pid === undefined) return;
      if (process.platform === "win32") spawnSync("taskkill", ["/pid", String(child.pid), "/T", "/F"]);
      else {
        try {
          process.kill(-child.pid, "SIGKILL");
        } catch {
          // It has ended by itself.
        }
      }
    };
    const timer = setTimeout(() => {
      output += `\nIt was ended after ${Math.round(limitMs / 1000)} s.\n`;
      end();
    }, limitMs);
    const interrupted = (): void => {
      end();
      process.exit(130);
    };
    process.once("SIGINT", interrupted);
    process.once("SIGTERM", interrupted);
    const keep = (piece: Buffer): void => {
      output = (output + piece.toString("utf8")).slice(-400_000);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const finish = (exitCode: number | null): void => {
      clearTimeout(timer);
      process.off("SIGINT", interrupted);
      process.off("SIGTERM", interrupted);
      resolve({ exitCode, output });
    };
    child.once("error", (error) => {
      output += error.message;
      finish(null);
    });
    child.once("close", finish);
  });
}

async function readReport(name: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(join(results, name), "utf8"));
  } catch {
    return null;
  }
}

interface StepResult {
  readonly counts: Counts;
  readonly run: Run;
  readonly note?: string | undefined;
}

async function runStep(name: StepName, library: string): Promise<StepResult> {
  const run = (script: readonly string[], args: readonly string[]): Promise<Run> =>
    runScript(script, args, limitsMs[name], library);
  const modules = "node_modules";
  switch (name) {
    case "types": {
      const done = await run([modules, "typescript", "bin", "tsc"], ["--build"]);
      return { counts: countOfExit(done.exitCode), run: done };
    }
    case "lint": {
      const done = await run([modules, "@biomejs", "biome", "bin", "biome"], ["lint", "--error-on-warnings"]);
      return { counts: countOfExit(done.exitCode), run: done };
    }
    case "format": {
      const done = await run([modules, "@biomejs", "biome", "bin", "biome"], ["format"]);
      return { counts: countOfExit(done.exitCode), run: done };
    }
    case "unit":
    case "engine": {
      await rm(join(results, `${name}.json`), { force: true });
      const report = `--outputFile.json=${join(results, `${name}.json`)}`;
      const args = ["run", "--project", name, "--reporter=default", "--reporter=json", report];
      const done = await run([modules, "vitest", "vitest.mjs"], args);
      return { counts: countVitest(await readReport(`${name}.json`), done.exitCode), run: done };
    }
    case "e2e": {
      await rm(join(results, "e2e.json"), { force: true });
      const built = await run(["setup.mjs"], ["page"]);
      if (built.exitCode !== 0) return { counts: countOfExit(built.exitCode), run: built };
      const display = process.platform !== "linux" || Boolean(process.env["DISPLAY"] || process.env["WAYLAND_DISPLAY"]);
      const electron = electronBinary() !== null && display;
      const projects = ["--project", "loopback", ...(electron ? ["--project", "electron"] : [])];
      const done = await run(
        [modules, "@playwright", "test", "cli.js"],
        ["test", "--config", join("e2e", "playwright.config.ts"), ...projects],
      );
      const { counts, unsteady } = countPlaywright(await readReport("e2e.json"), done.exitCode);
      const again = unsteady === 0 ? [] : [`${unsteady} passed only when tried again, see build/test/e2e.log`];
      if (electron) return { counts, run: done, note: again[0] };
      const why = electronBinary() === null ? "its binary is not installed" : "there is no display";
      return {
        counts: sum([counts, { passed: 0, failed: 0, skipped: 1 }]),
        run: done,
        note: [...again, `Electron skipped, because ${why}`].join("; "),
      };
    }
  }
}

/** Runs the steps and prints what they say; answers whether all went well. */
async function main(args: readonly string[]): Promise<boolean> {
  const steps = chosenSteps(args);
  await mkdir(results, { recursive: true });
  const library = await mkdtemp(join(tmpdir(), "earmark-test-"));
  const all: Counts[] = [];
  try {
    for (const name of steps) {
      const began = Date.now();
      const { counts, run, note } = await runStep(name, library);
      all.push(counts);
      await writeFile(join(results, `${name}.log`), run.output);
      const state = counts.failed === 0 ? "ok" : "FAILED";
      const figures = name === "unit" || name === "engine" || name === "e2e" ? `: ${closingLine(counts)}` : "";
      const time = `${((Date.now() - began) / 1000).toFixed(1)} s`;
      console.log(`${name.padEnd(7)} ${state.padEnd(7)} ${time.padStart(8)}${figures}${note === undefined ? "" : ` (${note})`}`);
      if (counts.failed > 0) console.log(run.output.trimEnd().replace(/^/gmu, "  | "));
    }
  } finally {
    await rm(library, { recursive: true, force: true, maxRetries: 5 });
  }
  const total = sum(all);
  console.log(closingLine(total));
  return total.failed === 0;
}

if (import.meta.main) {
  try {
    process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  }
}
