import type { CallOutput, ExportFormat, Handlers, ParsedInput } from "../../app/contract/api.ts";
import { EarmarkError } from "../../app/contract/errors.ts";
import type { Conversation } from "../../app/conversation/conversation.ts";
import { exportConversation, exportedAs } from "../../app/formats/export.ts";
import { transcriptBlocks, transcriptLines } from "../../app/formats/transcript-blocks.ts";
import { openDesk } from "./desk-handlers.ts";
import type { HandlerWorld } from "./handlers.ts";
import { recordExport } from "./ledger/record-export.ts";
import type { Clip } from "./media/clips.ts";
import { conversationOf } from "./pipeline/revision.ts";
import { writeDocx } from "./report/write-docx.ts";

/** Lines of a preview, and the longest of them in characters: about what a dialog shows. */
const previewLines = 40;
const previewLineLength = 400;

type ExportCalls = Extract<keyof Handlers, `conversation.${"export" | "exportPreview" | "clip" | "dragOut"}`>;

/** The calls by which a conversation leaves Earmark by hand. */
export function exportHandlers({ options, store, clips }: HandlerWorld): Pick<Handlers, ExportCalls> {
  // What a person has brought back is for the page alone: what leaves is as redacted as what is kept.
  const leaving = (id: string): Conversation => {
    const conversation = conversationOf(store, id);
    if (conversation === null) throw new EarmarkError("not-found", "This conversation is not in the library.", { id });
    return conversation;
  };
  const written = async (id: string, format: ExportFormat) => {
    const file = await contentOf(leaving(id), format);
    recordExport(store, id, "conversation", format, file.content);
    return file;
  };
  const cut = ({ id, startMs, endMs, format }: ParsedInput<"conversation.clip">): Promise<Clip> => {
    const { title } = leaving(id);
    const audible = store.media.get(id)?.audible ?? null;
    // What has to be muted and is not yet is not heard, and not given away.
    if (audible === null) throw new EarmarkError("conflict", "The sound of this conversation is not ready.", { id });
    recordExport(store, id, "clip", format, null);
    return clips.cut({ path: audible.path, title, startMs, endMs, format });
  };
  return {
    "conversation.export": async ({ id, format }) => {
      const { content, ...file } = await written(id, format);
      return typeof content === "string"
        ? { ...file, encoding: "text", text: content }
        : { ...file, encoding: "base64", text: Buffer.from(content).toString("base64") };
    },
    "conversation.exportPreview": async ({ id, format }) => {
      const conversation = leaving(id);
      const { fileName } = exportedAs(conversation, format);
      const lines =
        format === "docx"
          ? transcriptLines(conversation)
          : exportConversation(conversation, format)
              .text.replace(/^\uFEFF/u, "")
              .trimEnd()
              .split(/\r?\n/u);
      const shown = lines.slice(0, previewLines).map((line) => line.slice(0, previewLineLength));
      return { fileName, lines: shown, isAll: lines.length <= previewLines };
    },
    "conversation.clip": async (range): Promise<CallOutput<"conversation.clip">> => {
      const { mediaId, fileName, mediaType, bytes } = await cut(range);
      return { mediaId, fileName, mediaType, bytes };
    },
    "conversation.dragOut": async ({ what }) => {
      const { dragFile } = openDesk(options);
      if (what.kind === "clip") await dragFile((await cut(what.range)).path);
      else {
        const { fileName, content } = await written(what.id, what.format);
        await dragFile(await clips.write(fileName, content));
      }
      return {};
    },
  };
}

/** The file of a conversation in a format. Rejects with `format-unsuitable` where the format cannot hold it. */
async function contentOf(
  conversation: Conversation,
  format: ExportFormat,
): Promise<{ fileName: string; mediaType: string; content: string | Uint8Array }> {
  if (format !== "docx") {
    const { text, ...file } = exportConversation(conversation, format);
    return { ...file, content: text };
  }
  const content = await writeDocx(transcriptBlocks(conversation), conversation.title, conversation.language ?? "en");
  return { ...exportedAs(conversation, format), content };
}
