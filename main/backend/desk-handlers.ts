import type { Handlers } from "../../app/contract/api.ts";
import { EarmarkError } from "../../app/contract/errors.ts";
import type { BackendOptions } from "./backend.ts";
import type { HandlerWorld } from "./handlers.ts";

/** What a shell with windows of its own can do. */
export interface Desk {
  /** Opens another window at an address inside of Earmark. */
  openWindow(path: string): Promise<void>;
  /** Gives a file to the drag that the person has just begun in a window. */
  dragFile(path: string): Promise<void>;
}

/** What the shell can do with windows. Throws `not-allowed` where it has none of its own. */
export function openDesk({ desk }: Pick<BackendOptions, "desk">): Desk {
  if (desk === undefined) throw new EarmarkError("not-allowed", "This shell has no windows of its own.");
  return desk;
}

/** The calls of windows. */
export function deskHandlers({ options, store }: HandlerWorld): Pick<Handlers, Extract<keyof Handlers, `window.${string}`>> {
  return {
    "window.open": async ({ path }) => {
      await openDesk(options).openWindow(path);
      return {};
    },
    "window.list": async () => ({ windows: store.settings.get().windows }),
    "window.keep": async ({ window, place }) => {
      const { [window]: _, ...others } = store.settings.get().windows;
      // Nobody is told: each window keeps its own place alone.
      store.settings.set({ windows: place === null ? others : { ...others, [window]: place } });
      return {};
    },
  };
}
