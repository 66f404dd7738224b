import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { AuditReport } from "../../../app/report/audit-report.ts";
import { verifyFile } from "../../../app/report/verify-file.ts";
import { openLedger } from "../ledger/ledger.ts";
import { nodeChecks } from "../ledger/node-crypto.ts";
import { libraryPaths } from "../library-paths.ts";
import { openStore } from "../store/store.ts";
import { earmarkFolder } from "../surroundings.ts";
import { sealedPdf } from "./seal-report.ts";

const report: AuditReport = {
  report: {
    ...{ schema: "earmark-report/1", kind: "conversation", title: "A call", createdAt: "2026-11-20T12:00:00.000Z" },
    ...{ createdBy: "Ann", earmark: "0" },
  },
  source: {
    ...{
      conversationId: "a",
      title: "A call",
      kind: "call",
      channel: "voice",
      startedAt: null,
      timeZone: null,
      durationMs: 1_000,
    },
    ...{
      importedAt: "2026-11-20T10:00:00.000Z",
      language: "en",
      format: "WAV",
      bytes: 10,
      sha256: "a".repeat(64),
      participants: [],
    },
    transcript: { wordsHash: "w", revision: "r" },
  },
  form: { id: "f", version: 1, title: "Form", hash: "b".repeat(64), snapshot: {} },
  result: {
    ...{
      evaluationId: "e",
      stage: "draft",
      evaluator: null,
      startedAt: "2026-11-20T10:00:00.000Z",
      submittedAt: null,
      overall: 90,
    },
    ...{ conformity: null, quality: 90, band: null, passed: null, lowest: 80, highest: 90, sentence: "90", provisional: [] },
    ...{ criticalFailures: [], sections: [], comment: "Ünïcode 漢字" },
  },
  answers: [],
  redaction: { statement: "Nothing was found.", policy: {}, hidden: [] },
  provenance: { engine: null, device: null, models: [], writings: [], egress: [], statement: "Nothing left." },
  history: [],
};

it("finds every changed, removed and added byte of a sealed PDF, wherever it is", async () => {
  const root = await mkdtemp(join(tmpdir(), "earmark-tampering-"));
  const clock = { now: () => Date.parse("2026-11-20T12:00:00.000Z") };
  const store = openStore(libraryPaths(root), { clock, version: "0" });
  const ledger = await openLedger({ store, root, secrets: null, passphrase: "", clock });
  try {
    store.ledger.append("settings-changed", null, { names: ["reviewer"] });
    const seal = ledger.seal.bind(ledger);
    const file = await sealedPdf(report, seal, join(earmarkFolder, "resources", "fonts"), new AbortController().signal);
    expect(await verifyFile(file, nodeChecks)).toMatchObject({ sound: true });
    const place = fc.integer({ min: 0, max: file.length - 1 });
    const byte = fc.integer({ min: 1, max: 255 });
    await fc.assert(
      fc.asyncProperty(place, byte, fc.constantFrom("change", "remove", "add", "cut"), async (at, by, how) => {
        const middle = how === "change" ? [(file[at] ?? 0) ^ by] : how === "add" ? [by, file[at] ?? 0] : [];
        const rest = how === "cut" ? [] : file.subarray(at + 1);
        const changed = Uint8Array.from([...file.subarray(0, at), ...middle, ...rest]);
        return !(await verifyFile(changed, nodeChecks)).sound;
      }),
      { numRuns: 1_000 },
    );
  } finally {
    ledger.close();
    store.close();
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  }
}, 120_000);
