import { type Block, facts, heading, instantText, paragraph } from "./report-blocks.ts";
import { fingerprint, type SealedDocument } from "./sealed.ts";

/** What a report with its sealed data attached says of its own proof. */
export interface ReportProof {
  readonly keyId: string;
  readonly checkpoint: SealedDocument["integrity"]["checkpoint"];
  /** Of each section of the data, SHA-256 over its canonical JSON. */
  readonly sections: readonly (readonly [name: string, hash: string])[];
}

/** What a report says of the seal of its data. */
export function proofOf({ checkpoint, sections }: Pick<SealedDocument["integrity"], "checkpoint" | "sections">): ReportProof {
  const shown = Object.entries(sections).filter(([name]) => name !== "file");
  return { keyId: checkpoint.key, checkpoint, sections: shown };
}

/** What a report says of its own proof: null where it carries none. `named` are hashes that are compared by hand. */
export function integrityBlocks(proof: ReportProof | null, named: readonly (readonly [name: string, hash: string])[]): Block[] {
  if (proof === null) {
    return [
      heading(1, "Integrity"),
      paragraph(
        "This file is a copy for reading and editing and carries no proof. The sealed report is its JSON or PDF.",
        "warning",
      ),
    ];
  }
  const { keyId, checkpoint, sections } = proof;
  return [
    heading(1, "Integrity"),
    paragraph(
      "The data of this report are attached to this file as report.json, sealed; the seal covers every byte of this file, the pages included.",
    ),
    {
      kind: "list",
      items: [
        "To verify without Earmark: open verify.html, which comes with Earmark and needs no network, and drop this file on it.",
        "To verify with Earmark: earmark verify FILE. It says what was changed, if anything was.",
        "Compare the key below with one that you were told otherwise; it says who sealed the report.",
        "To write a verifier of your own: app/report/README.md describes the format. It needs SHA-256, Ed25519 (RFC 8032) and canonical JSON (RFC 8785).",
      ],
    },
    facts(
      ["Key", fingerprint(keyId)],
      ["Id of the key", keyId],
      ["Ledger when sealed", `entry ${checkpoint.seq}, ${instantText(checkpoint.at)}`],
      ["Hash of that entry", checkpoint.hash],
      ...named,
    ),
    {
      kind: "table",
      columns: [
        { title: "Section of the data", share: 2 },
        { title: "SHA-256 over its canonical JSON", share: 7 },
      ],
      rows: sections,
    },
  ];
}
