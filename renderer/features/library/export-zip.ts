import { strToU8, Zip, ZipDeflate } from "fflate";
import type { ExportFormat } from "../../../app/contract/api.ts";
import { toFailure } from "../../../app/contract/errors.ts";
import { call } from "../../bridge/index.ts";

/**
 * Writes conversations into one ZIP archive and hands it to the person as a download. Rejects when `signal` is aborted, and
 * with the first failure but `input-invalid`: a format that cannot hold a conversation leaves that one out.
 */
export async function exportZip(
  ids: readonly string[],
  format: ExportFormat,
  signal: AbortSignal,
  told: (done: number) => void,
): Promise<{ name: string; leftOut: number }> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let failure: Error | null = null;
  const zip = new Zip((error, chunk) => {
    if (error) failure = error;
    else chunks.push(chunk as Uint8Array<ArrayBuffer>);
  });
  const names = new Map<string, number>();
  let leftOut = 0;
  for (const [index, id] of ids.entries()) {
    signal.throwIfAborted();
    try {
      const { fileName, text } = await call("conversation.export", { id, format }, signal);
      const file = new ZipDeflate(single(fileName, names), { level: 6 });
      zip.add(file);
      file.push(strToU8(text), true);
    } catch (thrown) {
      signal.throwIfAborted();
      const { code } = toFailure(thrown);
      // Deleted meanwhile, or a chat as RTTM.
      if (code !== "input-invalid" && code !== "not-found") throw thrown;
      leftOut++;
    }
    told(index + 1);
  }
  zip.end();
  if (failure !== null) throw failure;
  const name = `earmark-${new Date().toISOString().slice(0, 10)}-${format}.zip`;
  const address = URL.createObjectURL(new Blob(chunks, { type: "application/zip" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  return { name, leftOut };
}

/** A name that no file of the archive has, whatever the case: some systems take those for one. */
function single(fileName: string, names: Map<string, number>): string {
  const key = fileName.toLowerCase();
  const before = names.get(key) ?? 0;
  names.set(key, before + 1);
  if (before === 0) return fileName;
  const dot = fileName.lastIndexOf(".");
  return single(`${fileName.slice(0, dot)} (${before + 1})${fileName.slice(dot)}`, names);
}
