import { useCallback, useSyncExternalStore } from "react";
import type { WindowPlace } from "../../../app/contract/desk-views.ts";
import { call } from "../../bridge/index.ts";
import { findWindowName, openWindowNames } from "./window-name.ts";

/*
 * Where this window stands: its address, and what its pages want to find again after a restart (playhead, scroll, tab,
 * sizes). Kept in the library under the window's name, a moment after it has changed.
 */

/** A value that a window keeps. */
export type KeptValue = WindowPlace["kept"][string];

/** Written at most this often. */
const writeMs = 600;
/** The longest unused values go first. */
const mostKept = 200;
/** The backend is asked where the window stood before the page is drawn, but not waited for. */
const longestWaitMs = 1_500;
/** A window that was closed by itself is let go of when the others have outlived it by so much. */
const outlivedMs = 2_500;
/** Parts of an address that lead to a place once; what the window keeps leads back later. */
const passing = ["t", "turn", "find", "play", "window"];

const kept = new Map<string, KeptValue>();
const listeners = new Set<() => void>();
let name = "";
let path = "/";
let isRestored = false;
let waiting: ReturnType<typeof setTimeout> | undefined;
let leftOpen: readonly string[] = [];

/**
 * Finds out which window this is and where it stood, before anything is drawn. A window that is there anew goes back
 * to its place, unless it was opened at a certain one.
 */
export async function beginPlace(): Promise<void> {
  const found = await findWindowName();
  name = found.name;
  path = addressOf(window.location);
  const asked = call("window.list", {}).then(
    ({ windows }) => windows,
    () => ({}),
  );
  const late = new Promise<Record<string, never>>((done) => setTimeout(() => done({}), longestWaitMs));
  const windows: Readonly<Record<string, WindowPlace>> = await Promise.race([asked, late]);
  const place = windows[name];
  const atDoor = window.location.pathname === "/" && window.location.search === "";
  if (place !== undefined && (!found.isNew || atDoor)) {
    for (const [key, value] of Object.entries(place.kept)) kept.set(key, value);
    isRestored = true;
    if (found.isNew && place.path !== "/") window.history.replaceState(null, "", place.path);
    path = addressOf(window.location);
    restoredAt = window.location.pathname;
  }
  const here = await openWindowNames();
  leftOpen = Object.keys(windows).filter((each) => !here.has(each));
  window.addEventListener("pagehide", () => {
    channel?.postMessage(name);
    write();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") write();
  });
}

/* A window that goes says so; those that are there a little later let go of its place, as a person has closed it alone. */
const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("earmark.windows");
channel?.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
  if (typeof data !== "string" || data === name) return;
  setTimeout(() => {
    void openWindowNames()
      .then(
        (here) => {
          if (!here.has(data)) return call("window.keep", { window: data, place: null });
          return undefined;
        },
        () => undefined,
      )
      .catch(() => undefined);
  }, outlivedMs);
});

/** The windows that were open when Earmark ended, and are not now. The first window alone asks. */
export function windowsLeftOpen(): readonly string[] {
  return name === "1" ? leftOpen : [];
}

/** Lets go of windows that nobody wants back. */
export function forgetWindows(names: readonly string[]): void {
  leftOpen = leftOpen.filter((each) => !names.includes(each));
  for (const window of names) call("window.keep", { window, place: null }).catch(() => undefined);
}

/** Whether the page stands where it stood before a restart or a reload. */
export function isPlaceRestored(): boolean {
  return isRestored;
}

/** Whether this address is the one that the window came back to; true once for each name. */
export function comesBack(what: string): boolean {
  const first = isRestored && !takenUp.has(what) && window.location.pathname === restoredAt;
  takenUp.add(what);
  return first;
}
const takenUp = new Set<string>();
let restoredAt = "";

/** Tells where this window is now. */
export function keepPath(): void {
  const next = addressOf(window.location);
  if (next === path) return;
  path = next;
  writeSoon();
}

/** What was kept under a key; undefined for nothing. */
export function keptValue(key: string): KeptValue | undefined {
  return kept.get(key);
}

/** Keeps a value for this window; undefined lets go of it. */
export function keep(key: string, value: KeptValue | undefined): void {
  if (kept.get(key) === value) return;
  kept.delete(key);
  if (value !== undefined) kept.set(key, value);
  for (const oldest of kept.keys()) {
    if (kept.size <= mostKept) break;
    kept.delete(oldest);
  }
  for (const listener of listeners) listener();
  writeSoon();
}

/** A value that this window keeps, as a state of a component. A kept value of another kind, or none of `among`, counts as none. */
export function useKept<T extends KeptValue>(key: string, initial: T, among?: readonly T[]): readonly [T, (value: T) => void] {
  const found = useSyncExternalStore(hear, () => kept.get(key));
  const set = useCallback((value: T) => keep(key, value), [key]);
  const fits = among === undefined ? typeof found === typeof initial : among.some((each) => each === found);
  return [fits ? (found as T) : initial, set];
}

function hear(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function writeSoon(): void {
  waiting ??= setTimeout(write, writeMs);
}

function write(): void {
  if (waiting === undefined) return;
  clearTimeout(waiting);
  waiting = undefined;
  // Nothing of the person's is lost with it, and the next change writes again.
  call("window.keep", { window: name, place: { path, kept: Object.fromEntries(kept) } }).catch(() => undefined);
}

function addressOf({ pathname, search }: Pick<Location, "pathname" | "search">): string {
  const lasting = new URLSearchParams(search);
  for (const each of passing) lasting.delete(each);
  const rest = lasting.toString();
  return rest === "" ? pathname : `${pathname}?${rest}`;
}
