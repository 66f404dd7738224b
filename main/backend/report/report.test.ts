import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { choice } from "../../../app/conformity/answer-value.ts";
import type { ReportFormat } from "../../../app/contract/report-views.ts";
import { made } from "../../../app/insight/categories.test-data.ts";
import { attachedIn } from "../../../app/report/attached.ts";
import type { SealedDocument } from "../../../app/report/sealed.ts";
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
import { type ReportWorld, reportHandlers } from "./report-handlers.ts";

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
  const world = (): ReportWorld => ({
    ...{ store, ledger, clips, sentimentsOf: noSentiments, paths: { root } },
    options: { resourcesPath: join(earmarkFolder, "resources"), version: "0", clock },
    emit: () => undefined,
    signal: new AbortController().signal,
  });
  const reports = () => reportHandlers(world());
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
    // Whole: every object that there is has been written, and the file says where.
    const [, objects = "0"] = /xref\n0 (\d+)\n/u.exec(text) ?? [];
    expect(text.match(/^\d+ 0 obj$/gmu)?.length).toBe(Number(objects) - 1);
    expect(text).toMatch(/startxref\n\d+\n%%EOF\n$/u);
    expect(text.match(/\/S \/T[RDH]\b/gu)?.length).toBeGreaterThan(20);
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
    store.journeys.identities.hashWith(new Uint8Array(32));
    store.journeys.identities.put("a", [{ kind: "contact", value: "contact-7", readable: true }], true);
    const known = JSON.parse(new TextDecoder().decode(await bytesOf(id, "connect"))) as object;
    expect(known).toMatchObject({ metadata: { contactId: "contact-7" } });
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
    const period = { formId: "late", days: { from: day, to: day }, agent: null, tag: null, runId: null, conversationIds: null };
    const csv = await reports()["report.period"]({ ...period, format: "csv" });
    const rows = (await readFile(csv.path, "utf8")).trim().split("\r\n");
    expect(rows).toHaveLength(4);
    const pdf = await reports()["report.period"]({ ...period, format: "pdf" });
    expect(pdf.bytes).toBe((await readFile(pdf.path)).length);
    expect(store.ledger.entries(0, 1_000).at(-1)).toMatchObject({
      kind: "export",
      data: { what: "evaluations", format: "pdf", conversations: 3, content: pdf.sha256 },
    });
    const none = await reports()["report.period"]({
      ...period,
      days: { from: "2000-01-01", to: "2000-01-31" },
      format: "csv",
    });
    expect((await readFile(none.path, "utf8")).trim().split("\r\n")).toHaveLength(1);
    await expect(
      reports()["report.period"]({ ...period, days: { from: day, to: "2000-01-01" }, format: "csv" }),
    ).rejects.toMatchObject({
      code: "input-invalid",
    });
  });

  describe("of several conversations", () => {
    it("are one archive of files that verify, recorded one by one", async () => {
      for (const id of ["b", "c"]) add(id);
      await signed("a");
      await signed("b", "no");
      const told: number[] = [];
      const calls = reportHandlers({ ...world(), emit: (_name, payload) => void told.push((payload as { done: number }).done) });
      const bundle = await calls["report.bundle"]({ conversationIds: ["a", "b", "c"], formId: "late", format: "json" });
      expect(bundle).toMatchObject({ reports: 2, leftOut: 1, mediaType: "application/zip" });
      expect(told).toEqual([1, 2, 3]);
      const files = unzipSync(new Uint8Array(await readFile(bundle.path)));
      expect(Object.keys(files)).toHaveLength(2);
      for (const bytes of Object.values(files)) expect(await verifyFile(bytes, nodeChecks)).toMatchObject({ sound: true });
      const recorded = store.ledger.entries(0, 1_000).filter(({ kind }) => kind === "export");
      expect(recorded.map(({ subject }) => subject)).toEqual(["a", "b"]);
    });

    it("are given up when they are stopped, and nothing is recorded", async () => {
      await signed("a");
      const calls = reports();
      const writing = calls["report.bundle"]({ conversationIds: ["a"], formId: null, format: "pdf" });
      await calls["report.stop"]({});
      await expect(writing).rejects.toMatchObject({ code: "cancelled" });
      expect(store.ledger.entries(0, 1_000).some(({ kind }) => kind === "export")).toBe(false);
    });
  });

  describe("of a period, sealed", () => {
    const day = new Date().toISOString().slice(0, 10);
    const period = {
      ...{ formId: "late", days: { from: day, to: day }, agent: null, tag: null, runId: null, conversationIds: null },
    };
    const written = async (format: "pdf" | "json"): Promise<Uint8Array> =>
      new Uint8Array(await readFile((await reports()["report.period"]({ ...period, format })).path));
    const flipped = (bytes: Uint8Array, at: number): Uint8Array => {
      const other = Uint8Array.from(bytes);
      other[at] = (other[at] ?? 0) ^ 1;
      return other;
    };

    beforeEach(async () => {
      for (const id of ["b", "c"]) add(id);
      for (const id of ["a", "b", "c"]) await signed(id, id === "b" ? "no" : "yes");
    });

    it("is the very document that sealing its data at once makes", async () => {
      const bytes = await written("json");
      expect(await verifyFile(bytes, nodeChecks)).toMatchObject({ sound: true, format: "sealed", findings: [] });
      const { data, integrity } = JSON.parse(new TextDecoder().decode(bytes)) as SealedDocument;
      expect(data).toMatchObject({
        report: { schema: "earmark-period/1", kind: "period", title: `Late refunds: ${day} to ${day}` },
        period: { form: { id: "late" }, days: { from: day, to: day }, selected: null },
        figures: { evaluations: 3, criticalEvaluations: 3 },
        sample: { drawn: null },
      });
      expect((data["evaluations"] as { conversationId: string }[]).map(({ conversationId }) => conversationId)).toEqual([
        "a",
        "b",
        "c",
      ]);
      expect(data).not.toHaveProperty("file");
      const again = ledger.sealer().seal(data as Parameters<ReturnType<Ledger["sealer"]>["seal"]>[0]);
      expect(again.integrity.sections).toEqual(integrity.sections);
      expect(again.integrity.tree).toEqual(integrity.tree);
    });

    it("names one flipped byte of its data, and finds one of its pages", async () => {
      const bytes = await written("pdf");
      expect(await verifyFile(bytes, nodeChecks)).toMatchObject({ sound: true, format: "sealed", findings: [] });
      const buffer = Buffer.from(bytes);
      const at = buffer.indexOf('"conversationId":"b"') + '"conversationId":"'.length;
      expect((await verifyFile(flipped(bytes, at), nodeChecks)).findings).toMatchObject([
        { kind: "data-changed", path: "/data/evaluations/1/conversationId" },
      ]);
      const mean = buffer.indexOf('"criticalEvaluations":3') + '"criticalEvaluations":'.length;
      expect((await verifyFile(flipped(bytes, mean), nodeChecks)).findings).toMatchObject([
        { kind: "data-changed", path: "/data/figures/criticalEvaluations" },
      ]);
      const page = buffer.indexOf("stream\n") + 40;
      expect((await verifyFile(flipped(bytes, page), nodeChecks)).findings).toEqual([
        { kind: "pages-changed", path: "/data/file" },
      ]);
      expect((await verifyFile(bytes.subarray(0, bytes.length - 1), nodeChecks)).sound).toBe(false);
    });

    it("seals a period in which nothing was signed", async () => {
      const none = { ...period, days: { from: "2000-01-01", to: "2000-01-02" } };
      for (const format of ["pdf", "json"] as const) {
        const { path } = await reports()["report.period"]({ ...none, format });
        expect(await verifyFile(new Uint8Array(await readFile(path)), nodeChecks)).toMatchObject({ sound: true });
      }
    });

    it("is given up when it is stopped, and leaves nothing behind", async () => {
      const calls = reports();
      const writing = calls["report.period"]({ ...period, format: "pdf" });
      await calls["report.stop"]({});
      await expect(writing).rejects.toMatchObject({ code: "cancelled" });
      expect(
        (await readdir(join(root, "clips"), { recursive: true })).filter((name) => /\.(pdf|items|trees)$/u.test(name)),
      ).toEqual([]);
      expect(store.ledger.entries(0, 1_000).at(-1)).not.toMatchObject({ kind: "export" });
    });
  });
});
