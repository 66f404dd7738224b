import { basename, extname } from "node:path";

/** The title of a conversation of which nothing but its file is known: the file's name without its ending. */
export function titleOf(fileName: string): string {
  return basename(fileName, extname(fileName));
}
