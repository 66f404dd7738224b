/*
 * Measures Earmark where it promises a figure, and prints what was measured with the machine it was measured on.
 *
 *   npm run bench -- [speech|diarization|library|insight|bulk|report|page] [ARGUMENTS...]
 *
 * The arguments go to the script that measures; each says at its head what it takes. Without a name speech is measured.
 */
import { spawn, spawnSync } from "node:child_process";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const playwright = ["node_modules/@playwright/test/cli.js", "test", "--config", "e2e/playwright.config.ts"];

/** What can be measured: scripts of this repository with their own arguments, run one after another until one fails. */
const benches: Readonly<Record<string, readonly (readonly string[])[]>> = {
  /** The speech engine beside transformers.js, and its memory. */
  speech: [["native-models/bench/run.ts"]],
  /** The telling apart of voices beside sherpa-onnx. */
  diarization: [["native-models/bench/diarization.ts"]],
  /** The library of 100,000 conversations: opening, sorting, filtering, each key of a search. */
  library: [["main/backend/store/library-bench.ts"]],
  /** Sentiment, entities, categories and the rest for a call of an hour and a thousand chats. */
  insight: [["main/backend/language/insight-bench.ts"]],
  /** Ten thousand chats out of a folder into the library, with everything read off them. */
  bulk: [["main/backend/ingest/bulk-bench.ts"]],
  /** The audit report of a call of an hour, and of a month of reviews. */
  report: [["main/backend/report/report-bench.ts"]],
  /** A call of four hours in the page: opening, frames, memory. */
  page: [
    ["setup.mjs", "page"],
    [...playwright, "--project=bench"],
  ],
};

const [named, ...rest] = process.argv.slice(2);
// What begins with a dash, or is a folder of models, is meant for the speech bench, as ever.
const name = named !== undefined && Object.hasOwn(benches, named) ? named : "speech";
const args = name === named ? rest : process.argv.slice(2);
const scripts = benches[name] ?? [];

console.log(machine());
for (const [index, script] of scripts.entries()) {
  const isLast = index === scripts.length - 1;
  const exitCode = await run([...script, ...(isLast ? args : [])]);
  if (exitCode !== 0) {
    process.exitCode = exitCode;
    break;
  }
}

/** The machine in one line: processor, cores, memory, system, Node, the commit, and how busy it was. */
function machine(): string {
  const commit = spawnSync("git", ["-C", root, "describe", "--always", "--dirty"], { encoding: "utf8" }).stdout?.trim();
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
  const busy = `load ${(loadavg()[0] ?? 0).toFixed(1)}`;
  return [
    cpus()[0]?.model.trim() ?? process.arch,
    `${availableParallelism()} cores`,
    memory,
    process.platform,
    `Node ${process.versions.node}`,
    ...(commit === undefined || commit === "" ? [] : [`Earmark ${commit}`]),
    busy,
  ].join(", ");
}

function run(script: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...script], { cwd: root, stdio: "inherit" });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
