import { rm } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type BuildOptions, build } from "esbuild";
import { callNames } from "../app/contract/api.ts";
import { earmarkFolder, earmarkVersion } from "./backend/surroundings.ts";

/*
 * Builds what Electron runs into build/electron (main.js, worker.js, preload.cjs) and, unless told otherwise, the page
 * into build/renderer:  node main/build.ts [--only electron|renderer]
 */

/** Loaded at run time from node_modules: native code, programs, and Electron itself. */
const external = ["electron", "better-sqlite3", "onnxruntime-node", "onnxruntime-common", "ffmpeg-static"];

/** How the three files of the desktop shell are bundled. `version` is Earmark's. */
export function electronBundles(version: string, outputFolder: string): BuildOptions[] {
  const all: BuildOptions = {
    bundle: true,
    platform: "node",
    target: "node24",
    external,
    sourcemap: "linked",
    legalComments: "none",
    logLevel: "warning",
    absWorkingDir: earmarkFolder,
    define: { earmarkVersion: JSON.stringify(version), earmarkCallNames: JSON.stringify(callNames) },
  };
  const module: BuildOptions = {
    ...all,
    format: "esm",
    // Libraries that still call require() find one.
    banner: {
      js: 'import { createRequire as earmarkRequire } from "node:module"; const require = earmarkRequire(import.meta.url);',
    },
  };
  return [
    { ...module, entryPoints: [join(earmarkFolder, "main", "electron", "main.ts")], outfile: join(outputFolder, "main.js") },
    {
      ...module,
      entryPoints: [join(earmarkFolder, "main", "backend", "speech", "worker.ts")],
      outfile: join(outputFolder, "worker.js"),
    },
    // A sandboxed preload is one CommonJS file; package.json says "module", so its name has to say otherwise.
    {
      ...all,
      format: "cjs",
      entryPoints: [join(earmarkFolder, "main", "electron", "preload.ts")],
      outfile: join(outputFolder, "preload.cjs"),
    },
  ];
}

/** Bundles the desktop shell into a folder, by default build/electron, which is emptied first. Rejects when it does not bundle. */
async function buildElectron(outputFolder = join(earmarkFolder, "build", "electron")): Promise<void> {
  await rm(outputFolder, { recursive: true, force: true });
  await Promise.all(electronBundles(earmarkVersion(), outputFolder).map((options) => build(options)));
}

/** Builds the page into build/renderer. Rejects when it does not build. */
async function buildRenderer(): Promise<void> {
  const vite = await import("vite");
  await vite.build({ configFile: join(earmarkFolder, "renderer", "vite.config.ts"), logLevel: "warn" });
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { only: { type: "string" } } });
  if (values.only !== undefined && values.only !== "electron" && values.only !== "renderer") {
    console.error("usage: node main/build.ts [--only electron|renderer]");
    process.exit(2);
  }
  if (values.only !== "renderer") await buildElectron();
  if (values.only !== "electron") await buildRenderer();
}
