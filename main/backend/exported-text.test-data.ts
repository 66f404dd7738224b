import { strFromU8, unzipSync } from "fflate";
import type { CallOutput } from "../../app/contract/api.ts";

/** Everything that can be read in an exported file; of a document, the text of all that is in its archive. */
export function exportedText({ encoding, text }: CallOutput<"conversation.export">): string {
  if (encoding === "text") return text;
  return Object.values(unzipSync(Buffer.from(text, "base64")))
    .map((bytes) => strFromU8(bytes))
    .join("\n");
}
