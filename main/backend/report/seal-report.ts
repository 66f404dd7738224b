import { EarmarkError } from "../../../app/contract/errors.ts";
import { aroundHash, attachedIn } from "../../../app/report/attached.ts";
import type { AuditReport } from "../../../app/report/audit-report.ts";
import { auditReportBlocks, type ReportProof } from "../../../app/report/audit-report-blocks.ts";
import type { Json } from "../../../app/report/canonical-json.ts";
import { utf8 } from "../../../app/report/digests.ts";
import { type SealedDocument, sealedText } from "../../../app/report/sealed.ts";
import { sha256 } from "../ledger/node-crypto.ts";
import { writePdf } from "./write-pdf.ts";

/** Seals data, as `Ledger.seal` does. */
export type Seal = (data: { readonly [section: string]: Json | undefined }) => SealedDocument;

/** A report as the sections of sealed data. */
export function reportSections(report: AuditReport): { readonly [section: string]: Json | undefined } {
  // An interface is no index signature to TypeScript; that everything in it is plain is what sealing checks.
  return { ...report } as unknown as { readonly [section: string]: Json | undefined };
}

/** What a report says of the seal of its data. */
export function proofOf({ integrity }: SealedDocument, carried: ReportProof["carried"]): ReportProof {
  const { checkpoint, sections } = integrity;
  const shown = Object.entries(sections).filter(([name]) => name !== "file");
  return { keyId: checkpoint.key, checkpoint, sections: shown, carried };
}

/** Times that a PDF is set anew where the ledger went on meanwhile. */
const mostTries = 5;

/**
 * Writes the report as a PDF with its sealed data attached. The data hold the hash of everything around them, so that the seal
 * covers the pages: room is left for them, the rest is hashed, and then they are put there.
 */
export async function sealedPdf(report: AuditReport, seal: Seal, fonts: string, signal: AbortSignal): Promise<Uint8Array> {
  const sections = reportSections(report);
  const sealFor = (hash: string): SealedDocument => seal({ ...sections, file: { format: "pdf", sha256: hash } });
  for (let tries = 0; tries < mostTries; tries += 1) {
    const draft = sealFor("0".repeat(64));
    const room = utf8(sealedText(draft)).length;
    const parts: Uint8Array[] = [];
    await writePdf(
      auditReportBlocks(report, proofOf(draft, "attached")),
      {
        title: report.report.title,
        language: "en",
        createdAt: report.report.createdAt,
        fonts,
        attachment: { name: "report.json", bytes: room, description: "The data of this report, sealed: earmark verify FILE." },
        signal,
      },
      (bytes) => void parts.push(bytes),
    );
    const file = new Uint8Array(Buffer.concat(parts));
    const place = attachedIn(file);
    if (place === null || place.length !== room)
      throw new EarmarkError("internal", "The room for the sealed data is not in the PDF.");
    const sealed = sealFor(aroundHash(file, place, sha256));
    const bytes = utf8(sealedText(sealed));
    // The pages name the state of the ledger: where something was recorded meanwhile, they are set anew.
    if (bytes.length !== room || sealed.integrity.checkpoint.hash !== draft.integrity.checkpoint.hash) continue;
    place.set(bytes);
    return file;
  }
  throw new EarmarkError("conflict", "The ledger went on while the report was written. Try again when less is going on.");
}
