import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import vm from "node:vm";
import { build } from "esbuild";
import { afterAll, expect, it } from "vitest";
import { callNames } from "../../app/contract/api.ts";
import { electronBundles } from "../build.ts";

const folder = mkdtempSync(join(tmpdir(), "earmark build ü-"));
afterAll(() => rmSync(folder, { recursive: true }));
const [mainOptions = {}, workerOptions = {}, preloadOptions = {}] = electronBundles("9.9.9", folder);

it("bundles a preload that exposes three functions and carries no schemas", async () => {
  await build(preloadOptions);
  const source = readFileSync(join(folder, "preload.cjs"), "utf8");
  expect(source.length).toBeLessThan(10_000);
  const exposed = new Map<string, { call: (name: string, input: unknown) => Promise<unknown> }>();
  const invoked: unknown[] = [];
  const electron = {
    contextBridge: { exposeInMainWorld: (name: string, surface: never) => exposed.set(name, surface) },
    ipcRenderer: { invoke: (...args: unknown[]) => Promise.resolve(invoked.push(args)), on: () => {}, removeListener: () => {} },
    webUtils: { getPathForFile: () => "" },
  };
  // As in the sandbox: nothing but `require("electron")`.
  const context = {
    module: { exports: {} },
    exports: {},
    require: (name: string) => {
      if (name === "electron") return electron;
      throw new Error(`module not found: ${name}`);
    },
  };
  vm.runInNewContext(source, context);
  expect([...exposed.keys()]).toEqual(["earmark"]);
  const surface = exposed.get("earmark");
  expect(Object.keys(surface ?? {}).sort()).toEqual(["call", "on", "pathForFile"]);
  for (const name of callNames) await surface?.call(name, {});
  await surface?.call("nothing.such", {});
  expect(invoked).toHaveLength(callNames.length);
});

it.each([
  ["main.js", mainOptions],
  ["worker.js", workerOptions],
])("bundles %s with nothing left outside but Node, Electron and native packages", async (name, options) => {
  const { metafile } = await build({ ...options, metafile: true });
  const outside = Object.values(metafile?.outputs ?? {}).flatMap(({ imports }) => imports.map(({ path }) => path));
  const allowed = ["electron", "better-sqlite3", "onnxruntime-node", "onnxruntime-common", "ffmpeg-static"];
  const surprising = outside.filter(
    (path) => !allowed.includes(path) && !path.startsWith("node:") && !builtinModules.includes(path),
  );
  expect(surprising).toEqual([]);
  const source = readFileSync(join(folder, name), "utf8");
  expect(source).not.toContain("earmarkVersion");
  expect(source.includes('"electron"')).toBe(name === "main.js");
});
