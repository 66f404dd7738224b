import type { IpcMain, IpcMainInvokeEvent, WebContents } from "electron";
import type { Handlers } from "../../app/contract/api.ts";
import { answer, type EventMessage, type Reply } from "../../app/contract/transport.ts";
import { callChannel, eventChannel } from "./channels.ts";
import { isOwnUrl } from "./origin.ts";

/* The one door from the page to the backend (item 17 of the security tutorial): who calls, then what is asked. */

/** What is looked at of an event before its words are. */
export type CallEvent = Pick<IpcMainInvokeEvent, "senderFrame"> & { readonly sender: Pick<WebContents, "id"> };

/** Whether a call comes from the top frame of one of our windows, showing our page. A frame that is gone is nobody. */
export function isTrustedSender(event: CallEvent, ownContents: ReadonlySet<number>): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame.parent === null && ownContents.has(event.sender.id) && isOwnUrl(frame.url);
}

/** What the door needs. */
export interface IpcDoor {
  readonly ipcMain: Pick<IpcMain, "handle" | "removeHandler">;
  readonly handlers: Handlers;
  /** Ids of the web contents of our own windows, as they come and go. */
  readonly ownContents: ReadonlySet<number>;
}

/** Opens the door; answers with how to shut it. A caller that is not ours gets a failure, and its input is not read. */
export function openIpc({ ipcMain, handlers, ownContents }: IpcDoor): () => void {
  ipcMain.handle(callChannel, async (event, name: unknown, input: unknown): Promise<Reply> => {
    if (!isTrustedSender(event, ownContents)) {
      return { ok: false, error: { code: "not-allowed", message: "This page may not call Earmark.", details: {} } };
    }
    if (typeof name !== "string") {
      return { ok: false, error: { code: "input-invalid", message: "A call has a name.", details: {} } };
    }
    return await answer(handlers, name, input);
  });
  return () => ipcMain.removeHandler(callChannel);
}

/** Tells an event to a window's page, unless the window is on its way out or shows something else. */
export function tellPage(contents: Pick<WebContents, "isDestroyed" | "getURL" | "send">, message: EventMessage): void {
  if (!contents.isDestroyed() && isOwnUrl(contents.getURL())) contents.send(eventChannel, message);
}
