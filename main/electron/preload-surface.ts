import type { IpcRenderer, WebUtils } from "electron";
import { callChannel, eventChannel } from "./channels.ts";

/** What the page finds on `window.earmark`, and all it finds. */
export interface PreloadSurface {
  /** Asks the backend; answers with a reply of the contract. A name that the contract lacks goes nowhere. */
  readonly call: (name: unknown, input: unknown) => Promise<unknown>;
  /** Hears the backend's events; answers with its undo. */
  readonly on: (listener: (message: unknown) => void) => () => void;
  /** Where a dropped or chosen file lies; empty for one that never lay on a disk. */
  readonly pathForFile: (file: File) => string;
}

/** Builds the surface (item 20 of the security tutorial): no event objects and nothing of `ipcRenderer` gets through. */
export function createSurface(
  ipcRenderer: Pick<IpcRenderer, "invoke" | "on" | "removeListener">,
  webUtils: Pick<WebUtils, "getPathForFile">,
  callNames: readonly string[],
): PreloadSurface {
  const known = new Set(callNames);
  return {
    call: (name, input) => {
      if (typeof name === "string" && known.has(name)) return ipcRenderer.invoke(callChannel, name, input);
      const message = "The contract has no such call.";
      return Promise.resolve({ ok: false, error: { code: "input-invalid", message, details: {} } });
    },
    on: (listener) => {
      const hear = (_event: unknown, message: unknown): void => listener(message);
      ipcRenderer.on(eventChannel, hear);
      return () => {
        ipcRenderer.removeListener(eventChannel, hear);
      };
    },
    pathForFile: (file) => webUtils.getPathForFile(file),
  };
}
