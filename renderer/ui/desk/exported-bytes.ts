import type { CallOutput } from "../../../app/contract/api.ts";

/** The bytes of an exported file, whichever way it came. */
export function bytesOf({
  encoding,
  text,
}: Pick<CallOutput<"conversation.export">, "encoding" | "text">): Uint8Array<ArrayBuffer> {
  if (encoding === "text") return new TextEncoder().encode(text);
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
