import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readForm } from "../../../app/conformity/form-text.ts";
import type { AuditReport } from "../../../app/report/audit-report-shape.ts";
import { verifyFile } from "../../../app/report/verify-file.ts";
import { type Ledger, openLedger } from "../ledger/ledger.ts";
import { nodeChecks } from "../ledger/node-crypto.ts";
import { libraryPaths } from "../library-paths.ts";
import { openClips } from "../media/clips.ts";
import { openStore, type Store } from "../store/store.ts";
import { earmarkFolder } from "../surroundings.ts";
import { writePeriod } from "./period.ts";
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

let root: string;
let store: Store;
let ledger: Ledger;
const clock = { now: () => Date.parse("2026-11-20T12:00:00.000Z") };
const signal = new AbortController().signal;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "earmark-tampering-"));
  store = openStore(libraryPaths(root), { clock, version: "0" });
  ledger = await openLedger({ store, root, secrets: null, passphrase: "", clock });
  store.ledger.append("settings-changed", null, { names: ["reviewer"] });
});
afterEach(async () => {
  ledger.close();
  store.close();
  await rm(root, { recursive: true, force: true, maxRetries: 5 });
});

/** A thousand times somewhere a byte is changed, taken out or added, or the rest cut off: each time it has to be found. */
async function expectFound(file: Uint8Array): Promise<void> {
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
}

it("finds every changed, removed and added byte of a sealed PDF, wherever it is", async () => {
  await expectFound(await sealedPdf(report, ledger.sealer(), join(earmarkFolder, "resources", "fonts"), signal));
}, 120_000);

it.each(["pdf", "json"] as const)(
  "finds every changed, removed and added byte of a sealed period as %s",
  async (format) => {
    const text = `{ schema: earmark-checklist/1, id: late, version: 1, title: Late, sections: [{ id: s, title: S, questions: [
    { id: kind, type: yes-no, ask: Was the agent kind?, answeredBy: person } ] }] }`;
    store.checklists.put(readForm(text), text, "person", "Ann");
    for (let number = 0; number < 12; number += 1) {
      const id = `c${number}`;
      const source = { name: "a.wav", sha256: String(number).padStart(64, "0"), bytes: 1, format: "WAV" };
      store.conversations.insert({ id, kind: "call", channel: "voice", title: `Ünïcode 漢字 ${number}`, source });
      const { id: own } = store.evaluations.add({ conversationId: id, formId: "late", formVersion: 1, stage: "draft" });
      const figures = {
        percent: 50 + number,
        lowest: null,
        highest: null,
        band: null,
        passed: null,
        failed: 0,
        open: 0,
        stale: 0,
      };
      const signed = { stage: "submitted", evaluator: "Ann", submittedAt: "2026-11-19T12:00:00.000Z", basis: "b" } as const;
      store.evaluations.change(own, { ...figures, ...signed, answers: [] });
    }
    const clips = await openClips(join(root, "clips"), () => Promise.reject(new Error("No sound is cut here.")), signal);
    const { path } = await writePeriod(
      {
        formId: "late",
        days: { from: "2026-11-01", to: "2026-11-30" },
        agent: null,
        tag: null,
        runId: null,
        conversationIds: null,
      },
      format,
      {
        ...{ store, ledger, clips, signal, told: () => undefined },
        options: { resourcesPath: join(earmarkFolder, "resources"), version: "0", clock },
      },
    );
    const file = new Uint8Array(await readFile(path));
    expect(Buffer.from(file).toString()).toContain('"evaluations":12');
    await expectFound(file);
  },
  120_000,
);
