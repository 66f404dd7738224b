import type { BrowserWindow, Dialog, OpenDialogOptions } from "electron";
import type { Pickers } from "../backend/backend.ts";

/** The words of the dialogs. */
const text = {
  files: "Choose recordings or transcripts",
  folder: "Choose the folder that holds the models",
  conversations: "Recordings and transcripts",
  all: "All files",
} as const;

/** What Earmark can be given, by the ends of file names. What a file really is, its content decides. */
const extensions = [
  ...["wav", "mp3", "m4a", "aac", "ogg", "opus", "flac", "amr", "gsm", "au", "wma", "webm", "mp4", "mov", "mkv"],
  ...["json", "jsonl", "vcon", "csv", "vtt", "srt", "rttm", "txt"],
];

/** The system's dialogs, shown over the window while there is one. */
export function createPickers(dialog: Pick<Dialog, "showOpenDialog">, window: () => BrowserWindow | null): Pickers {
  const ask = async (options: OpenDialogOptions): Promise<string[]> => {
    const over = window();
    const answer = over === null ? await dialog.showOpenDialog(options) : await dialog.showOpenDialog(over, options);
    return answer.canceled ? [] : answer.filePaths;
  };
  return {
    pickFiles: () =>
      ask({
        title: text.files,
        properties: ["openFile", "multiSelections"],
        filters: [
          { name: text.conversations, extensions },
          { name: text.all, extensions: ["*"] },
        ],
      }),
    pickFolder: async () => (await ask({ title: text.folder, properties: ["openDirectory"] }))[0] ?? null,
  };
}
