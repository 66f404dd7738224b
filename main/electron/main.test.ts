import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { electronBundles } from "../build.ts";

/*
 * The composition, run: main.ts bundled as for Electron, with `electron` replaced by a small double, in a process of
 * Node. The backend, its database, the router and the preload's door are the real ones.
 */

const root = join(import.meta.dirname, "..", "..");
// As deep in the repository as build/electron, so that native packages and resources are found from there.
mkdirSync(join(root, "build"), { recursive: true });
const bundle = mkdtempSync(join(root, "build", "electron-test-"));
const library = mkdtempSync(join(tmpdir(), "earmark désktop-"));
afterAll(() => {
  rmSync(bundle, { recursive: true });
  rmSync(library, { recursive: true, force: true });
});

const reportSchema = z.array(z.tuple([z.string(), z.unknown()]));
let entries: z.infer<typeof reportSchema>;
let report: Map<string, unknown>;
let order: string[];
let exitCode: number | null;

beforeAll(async () => {
  const [mainOptions] = electronBundles("1.2.3", bundle);
  const external = (mainOptions?.external ?? []).filter((name) => name !== "electron");
  await build({ ...mainOptions, external, alias: { electron: join(import.meta.dirname, "electron-double.ts") } });
  const reportFile = join(library, "report.json");
  const child = spawn(process.execPath, [join(bundle, "main.js")], {
    env: { ...process.env, EARMARK_LIBRARY: join(library, "library"), EARMARK_MODELS: "", EARMARK_REPORT: reportFile },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let errors = "";
  child.stderr.on("data", (piece: Buffer) => {
    errors += piece.toString();
  });
  exitCode = await new Promise((done) => child.once("exit", done));
  if (exitCode !== 0) throw new Error(`main.js ended with ${exitCode}: ${errors}`);
  entries = reportSchema.parse(JSON.parse(readFileSync(reportFile, "utf8")));
  order = entries.map(([name]) => name);
  report = new Map(entries);
}, 30_000);

it("does before Electron is ready what has to be done by then", () => {
  const ready = order.indexOf("ready");
  for (const name of ["setPath", "requestSingleInstanceLock", "enableSandbox", "registerSchemesAsPrivileged", "crashReporter"]) {
    expect([name, order.indexOf(name) >= 0 && order.indexOf(name) < ready]).toEqual([name, true]);
  }
  expect(report.get("setPath")).toEqual(["userData", join(library, "library", "desktop")]);
  expect(report.get("crashReporter")).toMatchObject({ uploadToServer: false });
});

it("restricts the session before anything is loaded", () => {
  expect(order.indexOf("setPermissionRequestHandler")).toBeLessThan(order.indexOf("loadURL"));
  expect(report.get("loadURL")).toBe("app://earmark/?window=1");
  expect(report.get("windowOptions")).toMatchObject({
    webPreferences: { sandbox: true, contextIsolation: true, preload: join(bundle, "preload.cjs") },
  });
});

it("answers its own page from the real backend, and nobody else", () => {
  expect(report.get("app.state")).toMatchObject({
    ok: true,
    value: {
      version: "1.2.3",
      capabilities: { nativeFileDialog: true, nativeFolderDialog: true, windows: true, systemNotices: true, fileDrag: true },
      conversations: 0,
      samplesAvailable: true,
    },
  });
  expect(report.get("forged")).toMatchObject({ ok: false, error: { code: "not-allowed" } });
});

it("serves through the router, with a policy, and no files", () => {
  expect(report.get("page")).toMatchObject({ policy: expect.stringContaining("default-src 'none'") });
  expect(report.get("media")).toBe(404);
  expect(report.get("file")).toBe(403);
});

it("opens further windows at a place, and forgets the one that a person closes", () => {
  expect(entries.filter(([name]) => name === "loadURL again").map(([, url]) => url)).toEqual([
    "app://earmark/conversation/c%201?find=refund&window=2",
    "app://earmark/queue?window=3",
  ]);
  expect(report.get("window.open elsewhere")).toMatchObject({ ok: false, error: { code: "input-invalid" } });
  // What the third one keeps stays when Earmark ends.
  expect(report.get("window.list")).toMatchObject({ ok: true, value: { windows: { 3: { path: "/queue" } } } });
  expect(report.get("window.list")).not.toHaveProperty(["value", "windows", "2"]);
  const bounds = (file: string) => existsSync(join(library, "library", "desktop", file));
  expect(["window.json", "window-2.json", "window-3.json"].map(bounds)).toEqual([true, false, true]);
});

it("tells the page of changes", () => {
  expect(report.get("event")).toMatchObject({ name: "settings.changed" });
});

it("closes the library before it ends", () => {
  expect(order.slice(-3)).toEqual(["will-quit held", "will-quit let go", "exit"]);
  expect(exitCode).toBe(0);
});
