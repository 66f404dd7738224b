import { open } from "node:fs/promises";

/** How much of a file is looked at, in bytes. */
const lookedAt = 64 * 1024;

/** Whether a file is text: UTF-8 without control characters in its first 64 KiB. No recording is. */
export async function isText(path: string, bytes: number): Promise<boolean> {
  const file = await open(path, "r");
  try {
    const head = Buffer.alloc(Math.min(bytes, lookedAt));
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    const text = new TextDecoder("utf-8", { fatal: true }).decode(head.subarray(0, bytesRead), { stream: bytesRead < bytes });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells sound from text.
    return !/[\u0000-\u0008\u000e-\u001f]/u.test(text);
  } catch {
    return false;
  } finally {
    await file.close();
  }
}
