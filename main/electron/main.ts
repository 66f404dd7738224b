import { mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  app,
  BrowserWindow,
  crashReporter,
  dialog,
  ipcMain,
  Menu,
  Notification,
  nativeImage,
  nativeTheme,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  utilityProcess,
} from "electron";
import { toFailure } from "../../app/contract/errors.ts";
import { type Backend, openBackend } from "../backend/backend.ts";
import { createRouter } from "../backend/http/router.ts";
import { defaultLibraryRoot, furtherModelFolders } from "../backend/library-paths.ts";
import { createPickers } from "./dialogs.ts";
import { openIpc, tellPage } from "./ipc.ts";
import { createJobNotices } from "./job-notices.ts";
import { menuTemplate } from "./menu.ts";
import { appSchemes, serveApp } from "./protocol.ts";
import { openSecrets } from "./secrets.ts";
import { createOpenOutside, restrictAllContents, restrictSession } from "./security.ts";
import { claimSingleInstance } from "./single-instance.ts";
import { createStartProcess } from "./utility-process.ts";
import { windowOptions } from "./window.ts";
import { createWindows } from "./windows.ts";

/*
 * The desktop shell: puts the backend behind the one IPC door and the page behind app://earmark. What stands above
 * `whenReady` has to happen before Electron is ready.
 */

/** Written in when this file is bundled. */
declare const earmarkVersion: string;

const bundleFolder = import.meta.dirname;
const resourcesPath = app.isPackaged ? process.resourcesPath : join(bundleFolder, "..", "..", "resources");
// Packed beside the archive (extraResources in electron-builder.yml); run from source, where they lie in the repository.
const builtInModels = app.isPackaged ? join(resourcesPath, "models") : join(bundleFolder, "..", "..", "native-models", "demo");
const libraryPath = defaultLibraryRoot();
// Chromium's own files lie with the library, so that it can be moved or deleted whole, and so that each library has one Earmark.
const desktopFolder = join(libraryPath, "desktop");
const icon = join(resourcesPath, "icons", "icon.png");

let backend: Backend | null = null;
let isClosed = false;
const ownContents = new Set<number>();

const windows = createWindows({
  create: (options) => new BrowserWindow(options),
  optionsFor: (state) =>
    windowOptions({
      preload: join(bundleFolder, "preload.cjs"),
      isPackaged: app.isPackaged,
      dark: nativeTheme.shouldUseDarkColors,
      state,
      ...(process.platform === "linux" ? { icon } : {}),
    }),
  screen,
  folder: desktopFolder,
  ownContents,
  onForgotten: (name) => {
    backend?.handlers["window.keep"]({ window: name, place: null }).catch(() => undefined);
  },
});

/** Opens the windows that were open when Earmark ended, the first at least. */
async function openWindows(opened: Backend): Promise<void> {
  const { windows: places } = await opened.handlers["window.list"]({});
  const names = new Set(["1", ...Object.keys(places)]);
  for (const name of [...names].sort((a, b) => Number(b) - Number(a))) windows.open("/", name);
}

/** Brings a window to the front. */
function showWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

async function importChosen(from: Backend): Promise<void> {
  const { paths } = await from.handlers["import.pick"]({});
  if (paths.length > 0) await from.handlers["import.begin"]({ sources: paths.map((path) => ({ kind: "path", path })) });
}

/** A failure that no page can show: the window may not be there yet. */
function tellFailure(thrown: unknown): void {
  const { code, message } = toFailure(thrown);
  dialog.showErrorBox("Earmark", `${message}\n\n(${code})`);
}

function createMenu(opened: Backend): Menu {
  return Menu.buildFromTemplate(
    menuTemplate(process.platform, app.isPackaged, {
      importFiles: () => void importChosen(opened).catch(tellFailure),
      newWindow: () => void windows.open(),
      importSamples: () => void opened.handlers["import.samples"]({}).catch(tellFailure),
      showLicences: () => void shell.openPath(join(resourcesPath, "licences", "THIRD-PARTY-NOTICES.txt")),
      showLibraryFolder: () => void shell.openPath(libraryPath),
    }),
  );
}

async function open(): Promise<void> {
  restrictSession(session.defaultSession);
  const opened = await openBackend({
    libraryPath,
    modelFolders: furtherModelFolders(),
    builtInModels,
    resourcesPath,
    version: earmarkVersion,
    startProcess: createStartProcess({ fork: utilityProcess.fork, bundleFolder }),
    desk: {
      openWindow: (path) => {
        windows.open(path);
        return Promise.resolve();
      },
      dragFile: (path) => {
        windows.current()?.webContents.startDrag({ file: path, icon: nativeImage.createFromPath(icon).resize({ width: 48 }) });
        return Promise.resolve();
      },
    },
    pickers: createPickers(dialog, () => windows.current()),
    // What lies in the file is encrypted by the system's keychain: a copy of the library on another machine opens nothing.
    secrets: openSecrets({
      safeStorage,
      platform: process.platform,
      file: join(desktopFolder, "secrets.json"),
      withoutKeychain: "session-only",
    }),
  });
  backend = opened;
  serveApp(
    protocol,
    createRouter({
      pageFolder: join(bundleFolder, "..", "renderer"),
      mediaFile: (mediaId) => opened.mediaFile(mediaId),
      version: earmarkVersion,
    }),
  );
  openIpc({ ipcMain, handlers: opened.handlers, ownContents });
  const noticeJob = createJobNotices({
    create: (options) => new Notification({ ...options, icon }),
    wanted: async () => (await opened.handlers["settings.get"]({})).notifyWhenDone,
    isSeen: () => windows.all().some((window) => window.isFocused()),
    goTo: (id) => showWindow(windows.open(`/conversation/${encodeURIComponent(id)}`)),
  });
  opened.subscribe((message) => {
    for (const window of windows.all()) tellPage(window.webContents, message);
    noticeJob(message);
  });
  Menu.setApplicationMenu(createMenu(opened));
  await openWindows(opened);
}

mkdirSync(desktopFolder, { recursive: true });
app.setPath("userData", desktopFolder);
if (claimSingleInstance(app, () => windows.current())) {
  crashReporter.start({ uploadToServer: false });
  app.enableSandbox();
  protocol.registerSchemesAsPrivileged(appSchemes);
  restrictAllContents(
    app,
    createOpenOutside((url) => shell.openExternal(url)),
  );
  app.on("window-all-closed", () => {
    if (process.platform !== "darwin") app.quit();
  });
  app.on("activate", () => {
    if (windows.current() === null && backend !== null && app.isReady()) void openWindows(backend).catch(tellFailure);
  });
  app.on("before-quit", () => windows.ending());
  // The queue stops at a safe point and the database closes before the process ends.
  app.on("will-quit", (event) => {
    if (isClosed || backend === null) return;
    event.preventDefault();
    void backend
      .close()
      .catch(() => undefined)
      .finally(() => {
        isClosed = true;
        app.quit();
      });
  });
  void app
    .whenReady()
    .then(open)
    .catch((thrown: unknown) => {
      tellFailure(thrown);
      app.exit(1);
    });
} else app.quit();
