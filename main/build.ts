import { createHash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { callNames } from "../app/contract/api.ts";
import { earmarkFolder, earmarkVersion } from "./backend/surroundings.ts";

/*
 * Builds what Electron runs into build/electron (main.js, worker.js, preload.cjs) and, unless told otherwise, the page
 * into build/renderer, and the page that verifies reports into resources/verify/verify.html, where it is kept:
 * node main/build.ts [--only electron|renderer|verify]
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

/** The source of the page that verifies reports. */
const verifyFolder = join(earmarkFolder, "resources", "verify");

/**
 * The page that verifies reports, as one HTML text that loads nothing: its policy allows this very script and style alone.
 * The same sources always give the same text. Rejects when it does not bundle.
 */
export async function verifyPage(): Promise<string> {
  const bundle = (entry: string, format: "esm" | undefined): Promise<string> =>
    build({
      entryPoints: [join(verifyFolder, entry)],
      bundle: true,
      write: false,
      minify: true,
      ...(format === undefined ? {} : { format }),
      platform: "browser",
      target: ["chrome120", "firefox120", "safari17"],
      legalComments: "none",
      logLevel: "warning",
      absWorkingDir: earmarkFolder,
      plugins: [withoutLocales],
    }).then(({ outputFiles: [file] }) => (file?.text ?? "").trim().replaceAll("</script", "<\\/script"));
  const [script, style, page] = await Promise.all([
    bundle("page.ts", "esm"),
    bundle("page.css", undefined),
    readFile(join(verifyFolder, "page.html"), "utf8"),
  ]);
  const parts: Record<string, string> = {
    "SHA-OF-SCRIPT": policyHash(script),
    "SHA-OF-STYLE": policyHash(style),
    "/* JS */": script,
    "/* CSS */": style,
  };
  return page.replace(/SHA-OF-(?:SCRIPT|STYLE)|\/\* (?:JS|CSS) \*\//gu, (mark) => parts[mark] ?? mark);
}

/** zod brings its messages in fifty languages along, half of the page, and the page shows none of them. */
const withoutLocales: Plugin = {
  name: "without-locales",
  setup({ onLoad }) {
    // Without the flag u: esbuild reads the pattern as Go does.
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: "export {};", loader: "js" }));
  },
};

function policyHash(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { only: { type: "string" } } });
  if (values.only !== undefined && !["electron", "renderer", "verify"].includes(values.only)) {
    console.error("usage: node main/build.ts [--only electron|renderer|verify]");
    process.exit(2);
  }
  if (values.only === undefined || values.only === "electron") await buildElectron();
  if (values.only === undefined || values.only === "renderer") await buildRenderer();
  if (values.only === undefined || values.only === "verify")
    await writeFile(join(verifyFolder, "verify.html"), await verifyPage());
}
