import { EarmarkError } from "../../../app/contract/errors.ts";
import { aroundHash, attachedIn } from "../../../app/report/attached.ts";
import { auditReportBlocks } from "../../../app/report/audit-report-blocks.ts";
import type { AuditReport } from "../../../app/report/audit-report-shape.ts";
import type { Json } from "../../../app/report/canonical-json.ts";
import { utf8 } from "../../../app/report/digests.ts";
import { proofOf } from "../../../app/report/proof-blocks.ts";
import { type SealedDocument, sealedText } from "../../../app/report/sealed.ts";
import type { Sealer } from "../ledger/ledger.ts";
import { sha256 } from "../ledger/node-crypto.ts";
import { writePdf } from "./write-pdf.ts";

/** What a report with its data in it is called, and said to be, within a PDF. */
export const attachedReport = {
  name: "report.json",
  description: "The data of this report, sealed: earmark verify FILE.",
} as const;

/** Stands where the hash of the file around the data will stand. */
export const noHash = "0".repeat(64);

/** A report as the sections of sealed data. */
export function reportSections(report: AuditReport): { readonly [section: string]: Json | undefined } {
  // An interface is no index signature to TypeScript; that everything in it is plain is what sealing checks.
  return { ...report } as unknown as { readonly [section: string]: Json | undefined };
}

/**
 * Writes the report as a PDF with its sealed data attached. The data hold the hash of everything around them, so that the seal
 * covers the pages: room is left for them, the rest is hashed, and then they are put there.
 */
export async function sealedPdf(report: AuditReport, sealer: Sealer, fonts: string, signal: AbortSignal): Promise<Uint8Array> {
  const sections = reportSections(report);
  const sealFor = (hash: string): SealedDocument => sealer.seal({ ...sections, file: { format: "pdf", sha256: hash } });
  const draft = sealFor(noHash);
  const room = utf8(sealedText(draft)).length;
  const parts: Uint8Array[] = [];
  const { title, createdAt } = report.report;
  await writePdf(
    auditReportBlocks(report, proofOf(draft.integrity)),
    { title, language: "en", createdAt, fonts, attachment: { ...attachedReport, bytes: room }, signal },
    (bytes) => void parts.push(bytes),
  );
  const file = new Uint8Array(Buffer.concat(parts));
  const place = attachedIn(file);
  const bytes = place === null ? null : utf8(sealedText(sealFor(aroundHash(file, place, sha256))));
  if (place === null || bytes?.length !== place.length)
    throw new EarmarkError("internal", "The room for the sealed data is not in the PDF.");
  place.set(bytes);
  return file;
}
