import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { _electron, test as base, type ElectronApplication, type Page } from "@playwright/test";
import { electronBinary } from "./electron-binary.ts";

/** The repository. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..");
/** Recordings beside the repository; absent on most machines. */
export const sharedFolder = join(root, "..", "shared");

/** A running Earmark with its page. */
export interface RunningEarmark {
  readonly page: Page;
  readonly library: string;
  /** Ends Earmark (as a crash would when `hard`) and starts it again on the same library. Answers with the new page. */
  restart(options?: { hard?: boolean }): Promise<Page>;
  /** Ends Earmark as a crash would, and leaves its page open. */
  stop(): Promise<void>;
  /** Addresses outside this machine that Earmark's processes tried to reach. */
  proxied(): readonly string[];
  /** Drops files on the window, as from the desktop. */
  drop(paths: readonly string[]): Promise<void>;
}

interface Options {
  /** Folder of models to run with besides the demo voice that comes with Earmark; null for none. */
  readonly models: string | null;
}

interface Shell {
  readonly page: Page;
  end(hard: boolean): Promise<void>;
}

/** Playwright's test with a running Earmark as `app`. */
export const test = base.extend<{ app: RunningEarmark; earmark: Options }>({
  earmark: [{ models: null }, { option: true }],
  app: async ({ page, earmark }, use, info) => {
    const library = await mkdtemp(join(tmpdir(), "earmark e2e é "));
    // The network is cut: whatever Earmark's processes ask of it ends at this proxy, which notes it and refuses.
    const asked: string[] = [];
    const proxy = createServer((request, response) => {
      asked.push(request.url ?? "");
      response.writeHead(502).end();
    });
    proxy.on("connect", (request, socket) => {
      asked.push(request.url ?? "");
      socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const env = {
      ...(process.env as Record<string, string>),
      HTTP_PROXY: proxyUrl,
      HTTPS_PROXY: proxyUrl,
      NO_PROXY: "127.0.0.1,localhost",
      http_proxy: proxyUrl,
      https_proxy: proxyUrl,
      no_proxy: "127.0.0.1,localhost",
    };
    const start = () =>
      info.project.name === "electron" ? startElectron(library, earmark, env) : startLoopback(page, library, earmark, env);
    let shell = await start();
    const violations: string[] = [];
    const watch = (watched: Page) => {
      watched.on("console", (message) => {
        if (message.type() === "error" && /Content Security Policy/u.test(message.text())) violations.push(message.text());
      });
    };
    watch(shell.page);
    const app: RunningEarmark = {
      get page() {
        return shell.page;
      },
      library,
      async restart({ hard = false } = {}) {
        await shell.end(hard);
        shell = await start();
        watch(shell.page);
        return shell.page;
      },
      stop: () => shell.end(true),
      proxied: () => asked,
      drop: (paths) => dropFiles(shell.page, paths),
    };
    await use(app);
    await shell.end(false);
    proxy.close();
    await rm(library, { recursive: true, force: true, maxRetries: 5 });
    if (violations.length > 0) throw new Error(`The page broke its content security policy:\n${violations.join("\n")}`);
  },
});

export { expect } from "@playwright/test";

async function startLoopback(page: Page, library: string, options: Options, env: Record<string, string>): Promise<Shell> {
  const args = ["main/cli/earmark.ts", "serve", "--port", "0", "--library", library];
  if (options.models !== null) args.push("--models", options.models);
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["pipe", "pipe", "pipe"] });
  const url = await firstUrl(child);
  await page.goto(url);
  return {
    page,
    async end(hard) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      if (hard) child.kill("SIGKILL");
      else child.stdin.end();
      await ended;
    },
  };
}

/** The one-time address that `serve` prints. */
function firstUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    const read = (chunk: Buffer) => {
      output += chunk.toString("utf8");
      const url = /http:\/\/127\.0\.0\.1:\d+\/\S*/u.exec(output)?.[0];
      if (url !== undefined) resolve(url);
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("exit", (code) => reject(new Error(`Earmark ended with ${code} before it was ready:\n${output}`)));
  });
}

async function startElectron(library: string, options: Options, env: Record<string, string>): Promise<Shell> {
  const binary = electronBinary();
  if (binary === null) throw new Error("Electron's binary is not installed.");
  const application: ElectronApplication = await _electron.launch({
    executablePath: binary,
    args: [join(root, "build", "electron", "main.js"), ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
    env: {
      ...env,
      EARMARK_LIBRARY: library,
      ...(options.models === null ? {} : { EARMARK_MODELS: options.models }),
    },
  });
  const page = await application.firstWindow();
  return {
    page,
    async end(hard) {
      if (hard) application.process().kill("SIGKILL");
      else await application.close();
    },
  };
}

/** Gives the page a real drop of real files: the bytes travel into the browser and become `File`s there. */
async function dropFiles(page: Page, paths: readonly string[]): Promise<void> {
  const files = await Promise.all(
    paths.map(async (path) => ({ name: basename(path), base64: (await readFile(path)).toString("base64") })),
  );
  const transfer = await page.evaluateHandle((entries) => {
    const data = new DataTransfer();
    for (const entry of entries) {
      const bytes = Uint8Array.from(atob(entry.base64), (character) => character.charCodeAt(0));
      data.items.add(new File([bytes], entry.name));
    }
    return data;
  }, files);
  const target = page.locator("body");
  await target.dispatchEvent("dragenter", { dataTransfer: transfer });
  await target.dispatchEvent("dragover", { dataTransfer: transfer });
  await target.dispatchEvent("drop", { dataTransfer: transfer });
}
