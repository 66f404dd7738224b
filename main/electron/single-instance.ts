import type { App, BrowserWindow } from "electron";

/**
 * Claims to be the one Earmark of its library (Electron locks the user data folder, which lies in the library). False
 * when another was first: then that one shows its window, and this one ends without opening anything.
 */
export function claimSingleInstance(
  app: Pick<App, "requestSingleInstanceLock" | "on">,
  window: () => Pick<BrowserWindow, "isMinimized" | "restore" | "show" | "focus"> | null,
): boolean {
  if (!app.requestSingleInstanceLock()) return false;
  app.on("second-instance", () => {
    const shown = window();
    if (shown === null) return;
    if (shown.isMinimized()) shown.restore();
    shown.show();
    shown.focus();
  });
  return true;
}
