import { EventEmitter } from "node:events";
import { writeFileSync } from "node:fs";
import type { Handlers } from "../../app/contract/api.ts";
import { callChannel } from "./channels.ts";

/*
 * The few calls of Electron that main.ts makes, as a program for a test: it becomes ready, opens the window's page by the
 * registered protocol, calls through the registered door as our page and as a stranger, then quits, and writes down
 * what happened in which order.
 */

const report: [string, unknown][] = [];
function note(name: string, value: unknown = null): void {
  report.push([name, value]);
}

const served = new Map<string, (request: Request) => Response | Promise<Response>>();
type Invoked = (event: unknown, name: keyof Handlers, input: unknown) => Promise<unknown>;
const doors = new Map<string, Invoked>();
const emitter = new EventEmitter();

let contents = 4;

class Contents extends EventEmitter {
  readonly id = ++contents;
  isDestroyed(): boolean {
    return false;
  }
  getURL(): string {
    return "app://earmark/";
  }
  send(_channel: string, message: { name: string }): void {
    if (message.name === "settings.changed") note("event", message);
  }
  setWindowOpenHandler(): void {}
}

export class BrowserWindow extends EventEmitter {
  readonly webContents = new Contents();
  constructor(options: unknown) {
    super();
    note("windowOptions", options);
    emitter.emit("web-contents-created", {}, this.webContents);
  }
  async loadURL(url: string): Promise<void> {
    note(opened.size === 0 ? "loadURL" : "loadURL again", url);
    opened.add(this);
    this.emit("ready-to-show");
    if (opened.size > 1) return;
    await visit().catch((thrown: unknown) => note("failed", String(thrown)));
    app.quit();
  }
  maximize(): void {}
  show(): void {}
  focus(): void {}
  restore(): void {}
  isMinimized(): boolean {
    return false;
  }
  isMaximized(): boolean {
    return false;
  }
  isFocused(): boolean {
    return false;
  }
  getNormalBounds(): object {
    return { x: 10, y: 20, width: 1_000, height: 700 };
  }
  /** As a person closes it. */
  close(): void {
    opened.delete(this);
    this.emit("close");
    this.emit("closed");
  }
}
const opened = new Set<BrowserWindow>();

export class Notification extends EventEmitter {
  constructor(options: unknown) {
    super();
    note("notification", options);
  }
  show(): void {}
}
export const nativeImage = { createFromPath: () => ({ resize: () => ({}) }) };

async function visit(): Promise<void> {
  const page = await served.get("app")?.(new Request("app://earmark/"));
  note("page", { status: page?.status, policy: page?.headers.get("content-security-policy") });
  note("media", (await served.get("app")?.(new Request("app://earmark/media/none")))?.status);
  note("file", (await served.get("file")?.(new Request("file:///etc/hostname")))?.status);
  const door = doors.get(callChannel);
  const ours = { senderFrame: { url: "app://earmark/", parent: null }, sender: { id: 5 } };
  note("app.state", await door?.(ours, "app.state", {}));
  note("forged", await door?.({ ...ours, senderFrame: { url: "https://evil.example/", parent: null } }, "app.state", {}));
  await door?.(ours, "settings.set", { reviewer: "Somebody" });
  // Two more windows; a person closes one of them, the other is there when Earmark ends.
  await door?.(ours, "window.open", { path: "/conversation/c%201?find=refund" });
  await door?.(ours, "window.open", { path: "/queue" });
  note("window.open elsewhere", await door?.(ours, "window.open", { path: "//evil.example/" }));
  const [, second, third] = [...opened];
  const secondPage = { senderFrame: { url: "app://earmark/queue", parent: null }, sender: { id: third?.webContents.id } };
  await door?.(secondPage, "window.keep", { window: "2", place: { path: "/conversation/c%201", kept: { tab: "comments" } } });
  await door?.(secondPage, "window.keep", { window: "3", place: { path: "/queue", kept: {} } });
  second?.close();
  note("window.list", await door?.(secondPage, "window.list", {}));
}

export const app = Object.assign(emitter, {
  isPackaged: false,
  setPath: (...args: unknown[]) => note("setPath", args),
  requestSingleInstanceLock: () => {
    note("requestSingleInstanceLock");
    return true;
  },
  enableSandbox: () => note("enableSandbox"),
  isReady: () => true,
  whenReady: async () => {
    await new Promise((done) => setImmediate(done));
    note("ready");
  },
  exit: (code: number) => {
    note("exit", code);
    end(code);
  },
  quit: () => {
    emitter.emit("before-quit");
    for (const window of opened) window.close();
    let isHeld = false;
    emitter.emit("will-quit", {
      preventDefault: () => {
        isHeld = true;
      },
    });
    note(isHeld ? "will-quit held" : "will-quit let go");
    if (!isHeld) app.exit(0);
  },
});

function end(code: number): void {
  writeFileSync(process.env["EARMARK_REPORT"] ?? "", JSON.stringify(report));
  process.exit(code);
}

export const protocol = {
  registerSchemesAsPrivileged: () => note("registerSchemesAsPrivileged"),
  handle: (scheme: string, handler: (request: Request) => Response | Promise<Response>) => served.set(scheme, handler),
};
export const ipcMain = { handle: (channel: string, handler: Invoked) => doors.set(channel, handler), removeHandler: () => {} };
export const session = {
  defaultSession: {
    setPermissionRequestHandler: () => note("setPermissionRequestHandler"),
    setPermissionCheckHandler: () => {},
    setDevicePermissionHandler: () => {},
    setSpellCheckerEnabled: () => {},
    webRequest: { onBeforeRequest: () => {} },
  },
};
export const crashReporter = { start: (options: unknown) => note("crashReporter", options) };
export const dialog = {
  showErrorBox: (_title: string, text: string) => note("showErrorBox", text),
  showOpenDialog: () => ({ canceled: true, filePaths: [] }),
};
export const Menu = { buildFromTemplate: (template: unknown) => template, setApplicationMenu: () => {} };
export const nativeTheme = { shouldUseDarkColors: false };
export const safeStorage = {
  getSelectedStorageBackend: () => "basic_text",
  isAsyncEncryptionAvailable: () => Promise.resolve(false),
};
export const screen = { getAllDisplays: () => [] };
export const shell = { openExternal: () => Promise.resolve(), openPath: () => Promise.resolve("") };
export const utilityProcess = {
  fork: () => ({ on: () => {}, stdout: null, stderr: null, pid: undefined, postMessage: () => {}, kill: () => true }),
};
