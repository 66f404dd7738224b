import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { Zip, ZipDeflate } from "fflate";
import type { ReportBundle, ReportFormat } from "../../../app/contract/report-views.ts";
import { singleName } from "../../../app/formats/file-name.ts";
import { toHex } from "../../../app/report/digests.ts";
import { sha256 } from "../ledger/node-crypto.ts";
import { recordExports } from "../ledger/record-export.ts";
import { streamHash, turn } from "./file-hash.ts";
import { nowOf, type ReportWorld, reportOf } from "./report-handlers.ts";

/** What a bundle is asked for. */
export interface BundleInput {
  readonly conversationIds: readonly string[];
  /** The checklist; null takes of each conversation the evaluation that was worked on last. */
  readonly formId: string | null;
  readonly format: ReportFormat;
}

/**
 * Writes the reports of conversations into one ZIP, one after the other, so that no more than one of them is held. Conversations that
 * were not judged are left out, and counted. All of them are recorded before the file can be had, or none. Throws `cancelled`.
 */
export async function writeBundle(
  { conversationIds, formId, format }: BundleInput,
  world: ReportWorld,
  told: (done: number) => void,
): Promise<ReportBundle> {
  const { store, clips, signal } = world;
  const day = new Date(nowOf(world)).toISOString().slice(0, 10);
  const files: { conversationId: string; hash: string }[] = [];
  let hash = "";
  const file = await clips.make(`earmark reports ${day}.zip`, async (path) => {
    const stream = createWriteStream(path);
    let failure: Error | null = null;
    const zip = new Zip((error, chunk) => {
      if (error !== null) failure ??= error;
      else stream.write(chunk);
    });
    const names = new Set<string>();
    try {
      for (const [index, conversationId] of conversationIds.entries()) {
        await turn(signal);
        const evaluation =
          formId === null ? store.evaluations.of(conversationId)[0] : store.evaluations.by(conversationId, formId);
        if (evaluation != null) {
          const { bytes, fileName } = await reportOf(evaluation.id, format, world);
          const member = new ZipDeflate(singleName(fileName, names), { level: 6 });
          zip.add(member);
          member.push(bytes, true);
          files.push({ conversationId, hash: toHex(sha256(bytes)) });
        }
        if (failure !== null) throw failure;
        if (stream.writableNeedDrain) await once(stream, "drain");
        told(index + 1);
      }
      zip.end();
    } finally {
      stream.end();
      await finished(stream);
    }
    if (failure !== null) throw failure;
    hash = await streamHash(path);
    // What cannot be recorded does not leave: the file goes again where this throws.
    recordExports(store, files, "report", format);
  });
  return { ...file, sha256: hash, reports: files.length, leftOut: conversationIds.length - files.length };
}
