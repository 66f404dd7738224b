import type { CallName, CallOutput, Handlers, ParsedInput } from "../../app/contract/api.ts";
import { EarmarkError } from "../../app/contract/errors.ts";
import { exportConversation } from "../../app/formats/export.ts";
import type { HandlerWorld } from "./handlers.ts";
import { recordExport } from "./ledger/record-export.ts";
import type { Clip } from "./media/clips.ts";
import { conversationOf } from "./pipeline/revision.ts";

/** What a shell with windows of its own can do. */
export interface Desk {
  /** Opens another window at an address inside of Earmark. */
  openWindow(path: string): Promise<void>;
  /** Gives a file to the drag that the person has just begun in a window. */
  dragFile(path: string): Promise<void>;
}

const deskCalls = [
  "window.open",
  "window.list",
  "window.keep",
  "conversation.clip",
  "conversation.dragOut",
] as const satisfies readonly CallName[];

/** The calls of windows, and of what leaves Earmark by hand. */
export function deskHandlers({ options, store, clips }: HandlerWorld): Pick<Handlers, (typeof deskCalls)[number]> {
  const desk = (): Desk => {
    if (options.desk === undefined) throw new EarmarkError("not-allowed", "This shell has no windows of its own.");
    return options.desk;
  };
  const cut = ({ id, startMs, endMs }: ParsedInput<"conversation.clip">): Promise<Clip> => {
    const conversation = store.conversations.get(id);
    if (conversation === null) throw new EarmarkError("not-found", "This conversation is not in the library.", { id });
    const audible = store.media.get(id)?.audible ?? null;
    // What has to be muted and is not yet is not heard, and not given away.
    if (audible === null) throw new EarmarkError("conflict", "The sound of this conversation is not ready.", { id });
    recordExport(store, id, "clip", "sound", null);
    return clips.cut({ path: audible.path, title: conversation.title, startMs, endMs });
  };
  return {
    "window.open": async ({ path }) => {
      await desk().openWindow(path);
      return {};
    },
    "window.list": async () => ({ windows: store.settings.get().windows }),
    "window.keep": async ({ window, place }) => {
      const { [window]: _, ...others } = store.settings.get().windows;
      // Nobody is told: each window keeps its own place alone.
      store.settings.set({ windows: place === null ? others : { ...others, [window]: place } });
      return {};
    },
    "conversation.clip": async (range): Promise<CallOutput<"conversation.clip">> => {
      const { mediaId, fileName, mediaType, bytes } = await cut(range);
      return { mediaId, fileName, mediaType, bytes };
    },
    "conversation.dragOut": async ({ what }) => {
      const { dragFile } = desk();
      if (what.kind === "clip") await dragFile((await cut(what.range)).path);
      else {
        const conversation = conversationOf(store, what.id);
        if (conversation === null)
          throw new EarmarkError("not-found", "This conversation is not in the library.", { id: what.id });
        const { fileName, text } = exportConversation(conversation, what.format);
        recordExport(store, what.id, "conversation", what.format, text);
        await dragFile(await clips.write(fileName, text));
      }
      return {};
    },
  };
}
