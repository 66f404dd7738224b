import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "@playwright/test";
import { electronBinary } from "./electron-binary.ts";

const here = dirname(fileURLToPath(import.meta.url));

/** The browser to drive: the one that set-up found (`EARMARK_CHROMIUM`), an installed one, else Playwright's own. */
const chromium = [
  process.env["EARMARK_CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/google-chrome",
  "/usr/bin/chromium-browser",
].find((path) => path !== undefined && existsSync(path));

const runsAsRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: here,
  outputDir: join(here, "..", "build", "test", "e2e"),
  // Each spec runs a whole Earmark with its speech process: two at a time would only take the cores from each other.
  workers: 1,
  timeout: 120_000,
  // On a busy machine a journey may meet a moment that no person would. What passes only then is said by `npm test`.
  retries: process.env["CI"] === undefined ? 0 : 1,
  expect: { timeout: 15_000 },
  forbidOnly: process.env["CI"] !== undefined,
  reporter: [["line"], ["json", { outputFile: join(here, "..", "build", "test", "e2e.json") }]],
  use: {
    viewport: { width: 1280, height: 800 },
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
    launchOptions: {
      // Chromium started without a locale cannot write into a folder with letters beyond ASCII.
      downloadsPath: join(tmpdir(), "earmark-downloads"),
      ...(chromium === undefined ? {} : { executablePath: chromium }),
      args: [
        ...(runsAsRoot ? ["--no-sandbox"] : []),
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--autoplay-policy=no-user-gesture-required",
      ],
    },
  },
  projects: [
    { name: "loopback", testMatch: "**/*.spec.ts" },
    // What the page costs with much in it. Takes minutes, and is run for its figures.
    { name: "bench", testMatch: "bench/**/*.bench.ts", retries: 0 },
    // The same specs against the desktop shell, where its binary can be had.
    { name: "electron", testMatch: electronBinary() === null ? "electron-absent.ts" : "**/*.spec.ts" },
  ],
});
