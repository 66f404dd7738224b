/*
 * Each window has a name that it keeps from one start to the next: "1" for the first, "2" for the second. A name is held
 * by a lock of the browser's for as long as its window is there, so that no two windows have the same one.
 */

/** Under which a window remembers its own name while it is reloaded. */
const memoryKey = "earmark.window";
const lockPrefix = "earmark.window.";
const mostWindows = 99;
/** A page that is reloaded may find its own lock not yet given back. */
const tries = 12;
const tryAgainMs = 40;

/** What a window knows of itself when it begins. */
export interface WindowName {
  readonly name: string;
  /** It is there for the first time since Earmark or the browser was started, and not by a reload. */
  readonly isNew: boolean;
}

/**
 * Finds the name of this window: the one in its address (`?window=2`, or `?window=new` for a free one), else the one it
 * had before it was reloaded, else the lowest that is free. The address is left without it.
 */
export async function findWindowName(): Promise<WindowName> {
  const address = new URL(window.location.href);
  const asked = address.searchParams.get("window");
  if (asked !== null) {
    address.searchParams.delete("window");
    window.history.replaceState(window.history.state, "", address.pathname + address.search + address.hash);
  }
  const before = window.sessionStorage.getItem(memoryKey);
  const given = asked !== null && /^[1-9]\d?$/u.test(asked) ? asked : asked === null ? before : null;
  const name = (given !== null && (await holdPatiently(given)) ? given : null) ?? (await holdLowest());
  window.sessionStorage.setItem(memoryKey, name);
  return { name, isNew: asked !== null || before !== name };
}

/** The names of the windows that are there now. */
export async function openWindowNames(): Promise<ReadonlySet<string>> {
  const { held = [] } = await navigator.locks.query();
  return new Set(held.flatMap(({ name }) => (name?.startsWith(lockPrefix) === true ? [name.slice(lockPrefix.length)] : [])));
}

async function holdPatiently(name: string): Promise<boolean> {
  for (let count = 0; count < tries; count += 1) {
    if (await hold(name)) return true;
    await new Promise((done) => setTimeout(done, tryAgainMs));
  }
  return false;
}

async function holdLowest(): Promise<string> {
  for (let number = 1; number <= mostWindows; number += 1) if (await hold(String(number))) return String(number);
  return String(mostWindows);
}

/** Takes the lock of a name for as long as this page lives; false where another window has it. */
function hold(name: string): Promise<boolean> {
  return new Promise((settle) => {
    navigator.locks
      .request(`${lockPrefix}${name}`, { ifAvailable: true }, (lock) => {
        settle(lock !== null);
        return lock === null ? undefined : new Promise<never>(() => undefined);
      })
      .catch(() => settle(false));
  });
}
