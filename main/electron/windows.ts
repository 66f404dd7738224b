import { rmSync } from "node:fs";
import { join } from "node:path";
import type { BrowserWindow, BrowserWindowConstructorOptions, Screen } from "electron";
import { pageAddress } from "./origin.ts";
import { keepWindowState, readWindowState, type WindowState } from "./window.ts";

/*
 * The windows of the desktop shell. Each has a name, "1" for the first, that it keeps from one start to the next: its
 * bounds lie in a file under that name, and its page keeps under it where in Earmark it stood.
 */

/** The part of a window that is used here. */
export type ManagedWindow = Pick<
  BrowserWindow,
  "on" | "once" | "getNormalBounds" | "isMaximized" | "maximize" | "show" | "loadURL" | "isFocused" | "focus" | "isDestroyed"
> & { readonly webContents: Pick<BrowserWindow["webContents"], "id"> };

/** What the windows are made of. */
export interface WindowsOptions<W extends ManagedWindow> {
  readonly create: (options: BrowserWindowConstructorOptions) => W;
  /** The options of a window that was, or was never, at a place. */
  readonly optionsFor: (state: WindowState | null) => BrowserWindowConstructorOptions;
  readonly screen: Pick<Screen, "getAllDisplays">;
  /** Where the bounds are kept. */
  readonly folder: string;
  /** Ids of the web contents of these windows, as they come and go. */
  readonly ownContents: Set<number>;
  /** A person has closed a window while others stayed: it will not come back. */
  readonly onForgotten: (name: string) => void;
}

/** The windows that are open. */
export interface Windows<W extends ManagedWindow> {
  /** Opens a window at an address inside of Earmark; under a name where it was open before. */
  open(path?: string, name?: string): W;
  all(): readonly W[];
  /** The window that was used last; null when there is none. */
  current(): W | null;
  /** From now on windows close because Earmark ends, and come back with it. */
  ending(): void;
}

/** How far a window stands from the one it was opened over, in device-independent pixels. */
const cascade = 32;

/** Manages windows. */
export function createWindows<W extends ManagedWindow>(options: WindowsOptions<W>): Windows<W> {
  const { create, optionsFor, screen, folder, ownContents, onForgotten } = options;
  const open = new Map<string, W>();
  let used: string[] = [];
  let isEnding = false;
  const fileOf = (name: string): string => join(folder, name === "1" ? "window.json" : `window-${name}.json`);
  const free = (): string => {
    let number = 1;
    while (open.has(String(number))) number += 1;
    return String(number);
  };
  const current = (): W | null => open.get(used[0] ?? "") ?? null;
  const beside = (over: W | null): WindowState | null => {
    if (over === null) return null;
    const { x, y, width, height } = over.getNormalBounds();
    return { x: x + cascade, y: y + cascade, width, height, maximized: false };
  };
  return {
    open(path = "/", name = free()) {
      const known = open.get(name);
      if (known !== undefined) {
        known.focus();
        return known;
      }
      const state = readWindowState(fileOf(name), screen) ?? beside(current());
      const window = create(optionsFor(state));
      const { id } = window.webContents;
      open.set(name, window);
      used = [name, ...used];
      ownContents.add(id);
      keepWindowState(window, fileOf(name));
      window.on("focus", () => {
        used = [name, ...used.filter((each) => each !== name)];
      });
      window.once("ready-to-show", () => {
        if (state?.maximized === true) window.maximize();
        window.show();
      });
      window.once("closed", () => {
        ownContents.delete(id);
        open.delete(name);
        used = used.filter((each) => each !== name);
        // The last one to be closed is where the next start begins.
        if (isEnding || open.size === 0) return;
        rmSync(fileOf(name), { force: true });
        onForgotten(name);
      });
      const address = new URL(path, pageAddress);
      address.searchParams.set("window", name);
      void window.loadURL(address.href);
      return window;
    },
    all: () => [...open.values()],
    current,
    ending() {
      isEnding = true;
    },
  };
}
