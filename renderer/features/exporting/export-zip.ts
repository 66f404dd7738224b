import { Zip, ZipDeflate } from "fflate";
import type { ExportFormat } from "../../../app/contract/api.ts";
import { toFailure } from "../../../app/contract/errors.ts";
import { singleName } from "../../../app/formats/file-name.ts";
import { call } from "../../bridge/index.ts";
import { bytesOf } from "../../ui/desk/exported-bytes.ts";
import { saveFile } from "../../ui/desk/save-file.ts";

/**
 * Writes conversations into one ZIP archive and hands it to the person as a download. Rejects when `signal` is aborted, and
 * with the first failure but `format-unsuitable`: a format that cannot hold a conversation leaves that one out.
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
  const names = new Set<string>();
  let leftOut = 0;
  for (const [index, id] of ids.entries()) {
    signal.throwIfAborted();
    try {
      const exported = await call("conversation.export", { id, format }, signal);
      const file = new ZipDeflate(singleName(exported.fileName, names), { level: 6 });
      zip.add(file);
      file.push(bytesOf(exported), true);
    } catch (thrown) {
      signal.throwIfAborted();
      const { code } = toFailure(thrown);
      // Deleted meanwhile, or a chat as RTTM.
      if (code !== "format-unsuitable" && code !== "not-found") throw thrown;
      leftOut++;
    }
    told(index + 1);
  }
  zip.end();
  if (failure !== null) throw failure;
  const name = `earmark-${new Date().toISOString().slice(0, 10)}-${format}.zip`;
  saveFile(name, "application/zip", ...chunks);
  return { name, leftOut };
}
