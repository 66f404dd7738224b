import type { DragEvent } from "react";
import type { CallInput } from "../../../app/contract/api.ts";
import { call, mediaUrl, useCall } from "../../bridge/index.ts";
import { tellFailure } from "../notices.tsx";
import { bytesOf } from "./exported-bytes.ts";

/** What can be dragged out as a file. */
export type Draggable = CallInput<"conversation.dragOut">["what"];

/** Properties of an element that is dragged out. */
export interface DragOutProps {
  readonly draggable: true;
  readonly onPointerEnter: () => void;
  readonly onFocus: () => void;
  readonly onDragStart: (event: DragEvent) => void;
}

/** What the browser needs at the moment a drag begins: `type:name:address`. */
const ready = new Map<string, string>();

/**
 * Makes an element give a file to another program or the desktop when it is dragged there. Where the shell drags by
 * itself it writes the file and takes over; otherwise the browser fetches it where it is dropped, from an address that
 * is made when the pointer comes near.
 */
export function useDragOut(): (what: Draggable) => DragOutProps {
  const byShell = useCall("app.state", {}).data?.capabilities.fileDrag === true;
  return (what) => {
    const key = JSON.stringify(what);
    const prepare = () => {
      if (!byShell) void prepared(key, what).catch(() => undefined);
    };
    return {
      draggable: true,
      onPointerEnter: prepare,
      onFocus: prepare,
      onDragStart: (event) => {
        if (byShell) {
          event.preventDefault();
          call("conversation.dragOut", { what }).catch(tellFailure);
          return;
        }
        const download = ready.get(key);
        if (download === undefined) {
          event.preventDefault();
          return;
        }
        event.dataTransfer.effectAllowed = "copy";
        event.dataTransfer.setData("DownloadURL", download);
      },
    };
  };
}

async function prepared(key: string, what: Draggable): Promise<void> {
  if (what.kind === "clip") {
    const { fileName, mediaType, mediaId } = await call("conversation.clip", what.range);
    ready.set(key, `${mediaType}:${fileName}:${new URL(mediaUrl(mediaId), window.location.href).href}`);
    return;
  }
  const exported = await call("conversation.export", { id: what.id, format: what.format });
  const { fileName, mediaType } = exported;
  const former = ready.get(key);
  if (former !== undefined) URL.revokeObjectURL(former.slice(former.indexOf("blob:")));
  ready.set(key, `${mediaType}:${fileName}:${URL.createObjectURL(new Blob([bytesOf(exported)], { type: mediaType }))}`);
}
