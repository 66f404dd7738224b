import { readFileSync, writeFileSync } from "node:fs";
import type { BrowserWindow, BrowserWindowConstructorOptions, Rectangle, Screen } from "electron";
import { z } from "zod";

const stateSchema = z.object({
  x: z.int(),
  y: z.int(),
  width: z.int().min(1).max(20_000),
  height: z.int().min(1).max(20_000),
  maximized: z.boolean(),
});
/** Where the window was, in device-independent pixels. */
export type WindowState = z.infer<typeof stateSchema>;

const smallest = { width: 900, height: 600 };
const usual = { width: 1360, height: 860 };
/** So much of the window must lie on a screen for it to be found again. */
const leastVisible = 120;

/** The options of the window. Items 2, 3, 4 and 12 of the security tutorial are written out, though most are defaults. */
export function windowOptions(facts: {
  readonly preload: string;
  readonly isPackaged: boolean;
  readonly dark: boolean;
  readonly state: WindowState | null;
  readonly icon?: string;
}): BrowserWindowConstructorOptions {
  return {
    ...(facts.state === null
      ? usual
      : { x: facts.state.x, y: facts.state.y, width: facts.state.width, height: facts.state.height }),
    minWidth: smallest.width,
    minHeight: smallest.height,
    show: false,
    title: "Earmark",
    backgroundColor: facts.dark ? "#1a1b1e" : "#ffffff",
    ...(facts.icon === undefined ? {} : { icon: facts.icon }),
    webPreferences: {
      preload: facts.preload,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      contextIsolation: true,
      sandbox: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: !facts.isPackaged,
    },
  };
}

/** Reads where the window was; null at the first start, or when no screen shows that place any more. */
export function readWindowState(file: string, screen: Pick<Screen, "getAllDisplays">): WindowState | null {
  let state: WindowState;
  try {
    state = stateSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return null;
  }
  const isVisible = screen.getAllDisplays().some(({ workArea }) => overlap(workArea, state) >= leastVisible);
  return isVisible
    ? { ...state, width: Math.max(smallest.width, state.width), height: Math.max(smallest.height, state.height) }
    : null;
}

/** The shorter side of what two rectangles have in common. */
function overlap(a: Rectangle, b: Rectangle): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.min(width, height);
}

/** Writes down where the window is when it closes. A place that cannot be written is no reason to stay open. */
export function keepWindowState(window: Pick<BrowserWindow, "on" | "getNormalBounds" | "isMaximized">, file: string): void {
  window.on("close", () => {
    try {
      const state: WindowState = { ...window.getNormalBounds(), maximized: window.isMaximized() };
      writeFileSync(file, JSON.stringify(state));
    } catch {
      // The next start opens in the usual place.
    }
  });
}
