import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { choice } from "../../../app/conformity/answer-value.ts";
import type { ReportFormat } from "../../../app/contract/report-views.ts";
import { made } from "../../../app/insight/categories.test-data.ts";
import { attachedIn } from "../../../app/report/attached.ts";
import { verifyFile } from "../../../app/report/verify-file.ts";
import { conformityHandlers } from "../conformity-handlers.ts";
import { type Ledger, openLedger } from "../ledger/ledger.ts";
import { nodeChecks } from "../ledger/node-crypto.ts";
import { libraryPaths } from "../library-paths.ts";
import { type Clips, openClips } from "../media/clips.ts";
import { noSentiments } from "../pipeline/categoriser.ts";
import { bringEvaluations } from "../pipeline/evaluator.ts";
import { openStore, type Store } from "../store/store.ts";
import { earmarkFolder } from "../surroundings.ts";
import { reportHandlers } from "./report-handlers.ts";

const form = `
schema: earmark-checklist/1
id: late
version: 1
title: Late refunds
pass: 80
sections:
  - id: start
    title: Start
    questions:
      - id: sorry
        type: yes-no
        ask: Did the agent apologise?
        critical: form
        answeredBy: { rule: { holds: { said: sorry, by: agent } } }
      - id: kind
        type: yes-no
        ask: Was the agent kind?
        answeredBy: person
`;

describe("reports", () => {
  let root: string;
  let store: Store;
  let ledger: Ledger;
  let clips: Clips;
  const clock = { now: () => Date.parse("2026-11-20T12:00:00.000Z") };
  const { turns, participants, durationMs, language, shortfalls, provenance } = made([
    ["customer", "My refund is late [CARD_NUMBER]"],
    ["agent", "I am sorry for that"],
  ]);

  const conformity = () =>
    conformityHandlers({
      store,
      sentimentsOf: noSentiments,
      emit: () => undefined,
      sweep: () => undefined,
      writer: { write: () => undefined, writing: () => [], failure: () => null },
    } as unknown as Parameters<typeof conformityHandlers>[0]);
  const reports = () =>
    reportHandlers({
      ...{ store, ledger, clips, sentimentsOf: noSentiments, paths: { root } },
      options: { resourcesPath: join(earmarkFolder, "resources"), version: "0", clock },
      signal: new AbortController().signal,
    });
  const add = (id: string): void => {
    store.conversations.insert({
      ...{
        id,
        kind: "call" as const,
        channel: "voice" as const,
        title: `Call ${id} नमस्ते 漢字 שלום`,
        timeZone: null,
        durationMs,
        speechOptions: {},
      },
      startedAt: "2026-11-20T10:00:00.000Z",
      source: { name: "a.wav", sha256: id.padEnd(64, "0"), bytes: 1, format: "" },
    });
    store.transcripts.put(id, { turns, participants, durationMs, language, shortfalls, provenance });
  };
  const signed = async (id: string, kind: "yes" | "no" = "yes"): Promise<string> => {
    const calls = conformity();
    const { evaluation } = await calls["evaluation.begin"]({ conversationId: id, formId: "late" });
    for (const [questionId, said] of [
      ["sorry", "no"],
      ["kind", kind],
    ] as const) {
      await calls["evaluation.answer"]({ id: evaluation.id, questionId, value: choice(said), reason: "As heard", evidence: [] });
    }
    await calls["evaluation.submit"]({ id: evaluation.id });
    return evaluation.id;
  };
  const bytesOf = async (evaluationId: string, format: ReportFormat): Promise<Uint8Array> =>
    readFile((await reports()["report.create"]({ evaluationId, format })).path);

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "earmark-report-"));
    store = openStore(libraryPaths(root), { clock, version: "0" });
    ledger = await openLedger({ store, root, secrets: null, passphrase: "", clock });
    clips = await openClips(
      join(root, "clips"),
      () => Promise.reject(new Error("No sound is cut here.")),
      new AbortController().signal,
    );
    add("a");
    await conformity()["checklist.save"]({ text: form });
    bringEvaluations(store, "a");
  });
  afterEach(async () => {
    ledger.close();
    store.close();
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  });

  it("seals the JSON; it verifies, and what was changed in it is named", async () => {
    const bytes = await bytesOf(await signed("a"), "json");
    expect(await verifyFile(bytes, nodeChecks)).toMatchObject({ sound: true, format: "sealed" });
    const { data } = JSON.parse(new TextDecoder().decode(bytes)) as { data: Record<string, never> };
    expect(Object.keys(data).sort()).toEqual([
      "answers",
      "form",
      "history",
      "provenance",
      "redaction",
      "report",
      "result",
      "source",
    ]);
    expect(data).toMatchObject({
      source: { conversationId: "a", sha256: "a".padEnd(64, "0") },
      result: { stage: "submitted", passed: false, criticalFailures: [{ id: "sorry", fails: "the whole checklist" }] },
      answers: [
        {
          id: "sorry",
          machine: { by: "rule", answer: "Yes" },
          person: { answer: "No", override: true, reason: "As heard" },
          decidedBy: "person",
        },
        { id: "kind", machine: null, answer: "Yes" },
      ],
    });
    const changed = new TextDecoder().decode(bytes).replace("As heard", "As hearD");
    const { findings } = await verifyFile(new TextEncoder().encode(changed), nodeChecks);
    expect(findings.map(({ path }) => path)).toContain("/data/answers/0/person/reason");
  });

  it("seals the PDF: its attachment and its pages", async () => {
    const bytes = await bytesOf(await signed("a"), "pdf");
    expect(await verifyFile(bytes, nodeChecks)).toMatchObject({ sound: true, format: "sealed" });
    const attached = attachedIn(bytes);
    const from = Buffer.from(bytes).indexOf("As heard");
    expect(from).toBeGreaterThan(0);
    const flipped = (at: number): Uint8Array => {
      const other = Uint8Array.from(bytes);
      other[at] = (other[at] ?? 0) ^ 1;
      return other;
    };
    const data = await verifyFile(flipped(from), nodeChecks);
    expect(data.findings).toMatchObject([{ kind: "data-changed", path: "/data/answers/0/person/reason" }]);
    const start = (attached?.byteOffset ?? 0) - bytes.byteOffset;
    for (const at of [0, 400, Math.floor(start / 2), bytes.length - 3]) {
      const { sound } = await verifyFile(flipped(at), nodeChecks);
      expect(sound).toBe(false);
    }
    const { findings } = await verifyFile(flipped(Math.floor(start / 2)), nodeChecks);
    expect(findings).toEqual([{ kind: "pages-changed", path: "/data/file" }]);
    // The attachment of one report in the pages of another is found as well.
    const json = await bytesOf(store.evaluations.of("a")[0]?.id ?? "", "json");
    const swapped = Buffer.concat([bytes.subarray(0, start), json, bytes.subarray(start + (attached?.length ?? 0))]);
    expect((await verifyFile(swapped, nodeChecks)).findings).toEqual([{ kind: "pages-changed", path: "" }]);
  });

  it("is tagged, says its language and title, and embeds every font", async () => {
    const text = Buffer.from(await bytesOf(await signed("a"), "pdf")).toString("latin1");
    expect(/\/Marked true/u.test(text)).toBe(true);
    expect(/\/Lang \(en\)/u.test(text)).toBe(true);
    expect(/\/DisplayDocTitle true/u.test(text)).toBe(true);
    expect(/\/Outlines/u.test(text)).toBe(true);
    expect(text.match(/\/Type \/FontDescriptor/gu)?.length).toBe(text.match(/\/FontFile2/gu)?.length);
  });

  it("writes a CSV without a formula, a DOCX, and Connect's JSON", async () => {
    const id = await signed("a");
    await conformity()["evaluation.reopen"]({ id });
    await conformity()["evaluation.answer"]({ id, questionId: "kind", value: choice("yes"), reason: "=1+1", evidence: [] });
    const csv = new TextDecoder().decode(await bytesOf(id, "csv"));
    expect(csv).toContain(`"'=1+1"`);
    expect(csv).toContain("Did the agent apologise?");
    expect((await bytesOf(id, "docx")).subarray(0, 2)).toEqual(Buffer.from("PK"));
    const connect = JSON.parse(new TextDecoder().decode(await bytesOf(id, "connect"))) as object;
    expect(connect).toMatchObject({ schemaVersion: "3.5", evaluationId: id, metadata: { contactId: "a" } });
  });

  it("records every report before it can be had", async () => {
    const id = await signed("a");
    await bytesOf(id, "json");
    const last = store.ledger.entries(0, 1_000, "a").at(-1);
    expect(last).toMatchObject({ kind: "export", subject: "a", data: { what: "report", format: "json", conversations: 1 } });
    await expect(reports()["report.create"]({ evaluationId: "nobody", format: "json" })).rejects.toMatchObject({
      code: "not-found",
    });
  });

  it("writes a period as CSV and PDF", async () => {
    add("b");
    add("c");
    for (const [id, kind] of [
      ["a", "yes"],
      ["b", "no"],
      ["c", "yes"],
    ] as const)
      await signed(id, kind);
    const day = new Date().toISOString().slice(0, 10);
    const period = { formId: "late", from: day, to: day, agent: null, tag: null, runId: null };
    const csv = await reports()["report.period"]({ ...period, format: "csv" });
    const rows = (await readFile(csv.path, "utf8")).trim().split("\r\n");
    expect(rows).toHaveLength(4);
    const pdf = await reports()["report.period"]({ ...period, format: "pdf" });
    expect(pdf.bytes).toBe((await readFile(pdf.path)).length);
    expect(store.ledger.entries(0, 1_000).at(-1)).toMatchObject({
      kind: "export",
      data: { what: "evaluations", format: "pdf", conversations: 3, content: pdf.sha256 },
    });
    const none = await reports()["report.period"]({ ...period, from: "2000-01-01", to: "2000-01-31", format: "csv" });
    expect((await readFile(none.path, "utf8")).trim().split("\r\n")).toHaveLength(1);
    await expect(reports()["report.period"]({ ...period, to: "2000-01-01", format: "csv" })).rejects.toMatchObject({
      code: "input-invalid",
    });
  });
});
