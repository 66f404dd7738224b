import type { MenuItemConstructorOptions } from "electron";

/** The words of the menu. */
const text = {
  file: "&File",
  newWindow: "&New window",
  importFiles: "&Import…",
  importSamples: "Import the &sample conversations",
  edit: "&Edit",
  view: "&View",
  window: "&Window",
  help: "&Help",
  licences: "&Licences",
  libraryFolder: "Show the library &folder",
} as const;

/** What the menu can do besides the system's own roles. */
export interface MenuActions {
  readonly newWindow: () => void;
  readonly importFiles: () => void;
  readonly importSamples: () => void;
  readonly showLicences: () => void;
  readonly showLibraryFolder: () => void;
}

/** The menu of the window, in the order of the platform. Developer tools and reloading only where Earmark is not packaged. */
export function menuTemplate(platform: NodeJS.Platform, isPackaged: boolean, actions: MenuActions): MenuItemConstructorOptions[] {
  const isMac = platform === "darwin";
  const forDevelopers: MenuItemConstructorOptions[] = isPackaged
    ? []
    : [{ role: "reload" }, { role: "toggleDevTools" }, { type: "separator" }];
  return [
    ...(isMac ? [{ role: "appMenu" } satisfies MenuItemConstructorOptions] : []),
    {
      label: text.file,
      submenu: [
        { label: text.newWindow, accelerator: "CmdOrCtrl+Shift+N", click: actions.newWindow },
        { type: "separator" },
        { label: text.importFiles, accelerator: "CmdOrCtrl+O", click: actions.importFiles },
        { label: text.importSamples, click: actions.importSamples },
        { type: "separator" },
        { label: text.libraryFolder, click: actions.showLibraryFolder },
        { type: "separator" },
        { role: isMac ? "close" : "quit" },
      ],
    },
    { label: text.edit, role: "editMenu" },
    {
      label: text.view,
      submenu: [
        ...forDevelopers,
        { role: "resetZoom" },
        { role: "zoomIn" },
        { role: "zoomOut" },
        { type: "separator" },
        { role: "togglefullscreen" },
      ],
    },
    { label: text.window, role: "windowMenu" },
    { label: text.help, role: "help", submenu: [{ label: text.licences, click: actions.showLicences }] },
  ];
}
