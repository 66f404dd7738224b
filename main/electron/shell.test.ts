import { EventEmitter } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { App, BrowserWindow, Dialog, ForkOptions, MenuItemConstructorOptions, Screen, utilityProcess } from "electron";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createPickers } from "./dialogs.ts";
import { menuTemplate } from "./menu.ts";
import { openSecrets, type SecretsOptions } from "./secrets.ts";
import { claimSingleInstance } from "./single-instance.ts";
import { bundledScript, createStartProcess } from "./utility-process.ts";
import { keepWindowState, readWindowState, windowOptions } from "./window.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "earmark-shell-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("windowOptions", () => {
  const facts = { preload: "/x/preload.cjs", isPackaged: true, dark: false, state: null };
  it("shuts the page off from the machine, every setting written out", () => {
    expect(windowOptions(facts).webPreferences).toEqual({
      preload: "/x/preload.cjs",
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      contextIsolation: true,
      sandbox: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: false,
    });
  });
  it("has developer tools only where it is not packaged", () => {
    expect(windowOptions({ ...facts, isPackaged: false }).webPreferences?.devTools).toBe(true);
  });
});

describe("window state", () => {
  const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1040 } }] } as unknown as Pick<
    Screen,
    "getAllDisplays"
  >;
  function closeAt(bounds: { x: number; y: number; width: number; height: number }, file: string): void {
    const window = Object.assign(new EventEmitter(), { getNormalBounds: () => bounds, isMaximized: () => true });
    keepWindowState(window as unknown as BrowserWindow, file);
    window.emit("close");
  }
  it("comes back where it was", () => {
    const file = join(folder, "window.json");
    expect(readWindowState(file, screen)).toBeNull();
    closeAt({ x: 100, y: 50, width: 1000, height: 700 }, file);
    expect(readWindowState(file, screen)).toEqual({ x: 100, y: 50, width: 1000, height: 700, maximized: true });
  });
  it("forgets a place that no screen shows, and a file that is not its own", () => {
    const file = join(folder, "window.json");
    closeAt({ x: 5000, y: 50, width: 1000, height: 700 }, file);
    expect(readWindowState(file, screen)).toBeNull();
    writeFileSync(file, '{"x":"1"}');
    expect(readWindowState(file, screen)).toBeNull();
  });
  it("closes all the same when the place cannot be written", () => {
    expect(() => closeAt({ x: 0, y: 0, width: 1000, height: 700 }, join(folder, "no", "such", "window.json"))).not.toThrow();
  });
});

describe("claimSingleInstance", () => {
  function appDouble(isFirst: boolean) {
    const emitter = new EventEmitter();
    return { emitter, app: Object.assign(emitter, { requestSingleInstanceLock: () => isFirst }) as unknown as App };
  }
  it("shows the first one's window when a second one starts", () => {
    const { app, emitter } = appDouble(true);
    const did: string[] = [];
    const window = {
      isMinimized: () => true,
      restore: () => did.push("restore"),
      show: () => did.push("show"),
      focus: () => did.push("focus"),
    };
    expect(claimSingleInstance(app, () => window)).toBe(true);
    emitter.emit("second-instance");
    expect(did).toEqual(["restore", "show", "focus"]);
  });
  it("gives way to the first one", () => {
    const { app, emitter } = appDouble(false);
    expect(claimSingleInstance(app, () => null)).toBe(false);
    expect(emitter.listenerCount("second-instance")).toBe(0);
  });
});

describe("createStartProcess", () => {
  function childDouble(pid: number | undefined) {
    const posted: unknown[] = [];
    const kills: string[] = [];
    const stream = () => Object.assign(new EventEmitter(), { resume: () => kills.push("drained") });
    const child = Object.assign(new EventEmitter(), {
      pid,
      stdout: stream(),
      stderr: stream(),
      postMessage: (message: unknown) => posted.push(message),
      kill: () => kills.push("asked") > 0,
    });
    const started: { path: string; args: string[]; options: ForkOptions }[] = [];
    const fork = ((path: string, args: string[], options: ForkOptions) => {
      started.push({ path, args, options });
      return child;
    }) as unknown as typeof utilityProcess.fork;
    return { child, fork, posted, kills, started };
  }
  const script = pathToFileURL(join(tmpdir(), "a b", "speech", "worker.ts"));

  it("starts the bundled script with few variables, no credentials and no options of Node", () => {
    const { fork, started, kills } = childDouble(12);
    const env = {
      PATH: "/bin",
      LANG: "en_GB.UTF-8",
      AWS_SECRET_ACCESS_KEY: "secret",
      NODE_OPTIONS: "--inspect",
      HTTPS_PROXY: "http://u:p@x",
    };
    createStartProcess({ fork, bundleFolder: folder, env })(script, ["--one"]);
    expect(started).toEqual([
      {
        path: join(folder, "worker.js"),
        args: ["--one"],
        options: { serviceName: "Earmark speech", env: { PATH: "/bin", LANG: "en_GB.UTF-8" }, execArgv: [], stdio: "pipe" },
      },
    ]);
    expect(kills).toEqual(["drained", "drained"]);
    expect(fileURLToPath(bundledScript(new URL("file:///C:/x/other.mts"), folder))).toBe(join(folder, "other.js"));
  });

  it("carries messages both ways, and tells the end once, late listeners included", () => {
    const { child, fork, posted } = childDouble(12);
    const channel = createStartProcess({ fork, bundleFolder: folder, env: {} })(script, []);
    const heard: unknown[] = [];
    channel.onMessage((message) => heard.push(message));
    channel.send({ a: 1 });
    child.emit("message", { b: 2 });
    child.emit("exit", 134);
    child.emit("exit", 0);
    channel.send({ late: true });
    channel.onExit((code, signal) => heard.push([code, signal]));
    expect(posted).toEqual([{ a: 1 }]);
    expect(heard).toEqual([{ b: 2 }, [134, null]]);
  });

  it("ends a process at once by its id, and asks it where there is none or it cannot", () => {
    const killed: number[] = [];
    const running = childDouble(12);
    createStartProcess({ fork: running.fork, bundleFolder: folder, env: {}, killNow: (pid) => killed.push(pid) })(
      script,
      [],
    ).kill();
    expect(killed).toEqual([12]);
    expect(running.kills).not.toContain("asked");
    const starting = childDouble(undefined);
    createStartProcess({ fork: starting.fork, bundleFolder: folder, env: {} })(script, []).kill();
    expect(starting.kills).toContain("asked");
    const gone = childDouble(12);
    const refuse = (): never => {
      throw new Error("ESRCH");
    };
    const channel = createStartProcess({ fork: gone.fork, bundleFolder: folder, env: {}, killNow: refuse })(script, []);
    expect(() => channel.kill()).not.toThrow();
  });
});

describe("openSecrets", () => {
  type Backend = ReturnType<SecretsOptions["safeStorage"]["getSelectedStorageBackend"]>;
  const turn = (text: string): string => [...text].reverse().join("");
  function open(
    more: {
      platform?: NodeJS.Platform;
      backend?: Backend;
      available?: boolean;
      reEncrypt?: boolean;
      without?: "session-only" | "refused";
    } = {},
  ) {
    let encryptions = 0;
    const secrets = openSecrets({
      platform: more.platform ?? "darwin",
      file: join(folder, "secrets.json"),
      withoutKeychain: more.without ?? "session-only",
      safeStorage: {
        isAsyncEncryptionAvailable: () => Promise.resolve(more.available ?? true),
        getSelectedStorageBackend: () => more.backend ?? "gnome_libsecret",
        encryptStringAsync: (text) => {
          encryptions++;
          return Promise.resolve(Buffer.from(`sealed:${turn(text)}`));
        },
        decryptStringAsync: (sealed) => {
          const text = sealed.toString();
          if (!text.startsWith("sealed:")) return Promise.reject(new Error("another key"));
          return Promise.resolve({ result: turn(text.slice(7)), shouldReEncrypt: more.reEncrypt ?? false });
        },
      },
    });
    return { secrets, encryptions: () => encryptions };
  }

  it("keeps values encrypted, over a restart, readable by their owner alone", async () => {
    const { secrets } = open();
    expect(await secrets.protection()).toBe("encrypted");
    await Promise.all([secrets.set("aws.secret", "wJalrXUtn"), secrets.set("aws.id", "AKIA")]);
    const file = join(folder, "secrets.json");
    expect(readFileSync(file, "utf8")).not.toContain("wJalrXUtn");
    if (process.platform !== "win32") expect(statSync(file).mode & 0o777).toBe(0o600);
    const again = open().secrets;
    expect([await again.get("aws.secret"), await again.get("aws.id"), await again.has("aws.other")]).toEqual([
      "wJalrXUtn",
      "AKIA",
      false,
    ]);
    await again.remove("aws.id");
    expect(await again.has("aws.id")).toBe(false);
  });

  it.each(["basic_text", "unknown"] as const)(
    "does not take %s on Linux for encryption: the value stays in memory",
    async (backend) => {
      const { secrets, encryptions } = open({ platform: "linux", backend });
      expect(await secrets.protection()).toBe("session-only");
      await secrets.set("aws.secret", "x");
      expect(await secrets.get("aws.secret")).toBe("x");
      expect(encryptions()).toBe(0);
      expect(() => statSync(join(folder, "secrets.json"))).toThrow();
      expect(await open({ platform: "linux", backend }).secrets.has("aws.secret")).toBe(false);
    },
  );

  it("refuses where that was asked for, and where no keychain answers", async () => {
    const { secrets } = open({ platform: "linux", backend: "basic_text", without: "refused" });
    expect(await secrets.protection()).toBe("refused");
    await expect(secrets.set("aws.secret", "x")).rejects.toMatchObject({ code: "not-allowed" });
    expect(await open({ available: false, without: "refused" }).secrets.protection()).toBe("refused");
  });

  it("encrypts anew when the key has been changed, and takes what it cannot read for absent", async () => {
    await open().secrets.set("aws.secret", "x");
    const rotated = open({ reEncrypt: true });
    expect(await rotated.secrets.get("aws.secret")).toBe("x");
    expect(rotated.encryptions()).toBe(1);
    writeFileSync(join(folder, "secrets.json"), JSON.stringify({ version: 1, secrets: { "aws.secret": "AAAA" } }));
    expect(await open().secrets.get("aws.secret")).toBeNull();
    writeFileSync(join(folder, "secrets.json"), "{");
    expect(await open().secrets.has("aws.secret")).toBe(false);
  });

  it("takes only plain names", async () => {
    await expect(open().secrets.set("__proto__", "x")).rejects.toMatchObject({ code: "input-invalid" });
    expect(await open().secrets.get("constructor")).toBeNull();
  });
});

describe("createPickers", () => {
  function dialogDouble(answer: { canceled: boolean; filePaths: string[] }) {
    const asked: unknown[][] = [];
    const dialog = {
      showOpenDialog: (...args: unknown[]) => {
        asked.push(args);
        return Promise.resolve(answer);
      },
    } as unknown as Pick<Dialog, "showOpenDialog">;
    return { dialog, asked };
  }
  it("asks over the window for files, and without one for a folder", async () => {
    const window = {} as BrowserWindow;
    const files = dialogDouble({ canceled: false, filePaths: ["/a.wav", "/b.wav"] });
    expect(await createPickers(files.dialog, () => window).pickFiles()).toEqual(["/a.wav", "/b.wav"]);
    expect(files.asked[0]).toMatchObject([window, { properties: ["openFile", "multiSelections"] }]);
    const folders = dialogDouble({ canceled: false, filePaths: ["/models"] });
    expect(await createPickers(folders.dialog, () => null).pickFolder()).toBe("/models");
    expect(folders.asked[0]).toMatchObject([{ properties: ["openDirectory"] }]);
  });
  it("answers with nothing when the person cancels", async () => {
    const { dialog } = dialogDouble({ canceled: true, filePaths: [] });
    const pickers = createPickers(dialog, () => null);
    expect([await pickers.pickFiles(), await pickers.pickFolder()]).toEqual([[], null]);
  });
});

describe("menuTemplate", () => {
  const nothing = {
    newWindow: () => {},
    importFiles: () => {},
    importSamples: () => {},
    showLicences: () => {},
    showLibraryFolder: () => {},
  };
  const rolesOf = (items: readonly MenuItemConstructorOptions[]): string[] =>
    items.flatMap(({ role, submenu }) => [
      ...(role === undefined ? [] : [role]),
      ...(Array.isArray(submenu) ? rolesOf(submenu) : []),
    ]);

  it("reloads and opens developer tools only where it is not packaged", () => {
    expect(rolesOf(menuTemplate("linux", false, nothing))).toEqual(expect.arrayContaining(["reload", "toggleDevTools"]));
    for (const role of ["reload", "toggleDevTools", "forceReload"])
      expect(rolesOf(menuTemplate("win32", true, nothing))).not.toContain(role);
  });
  it("begins with the menu of the program on macOS alone", () => {
    expect(menuTemplate("darwin", true, nothing)[0]).toEqual({ role: "appMenu" });
    expect(menuTemplate("win32", true, nothing)[0]?.label).toBe("&File");
  });
  it("has a name for everything it does itself", () => {
    const items = menuTemplate("linux", true, nothing).flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []));
    expect(items.filter(({ click, label }) => click !== undefined && label === undefined)).toEqual([]);
    expect(items.filter(({ click }) => click !== undefined)).toHaveLength(5);
  });
});
