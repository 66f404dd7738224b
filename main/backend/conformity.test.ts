import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { choice } from "../../app/conformity/answer-value.ts";
import type { EvaluationView } from "../../app/contract/conformity-views.ts";
import type { EventPayload } from "../../app/contract/events.ts";
import { made } from "../../app/insight/categories.test-data.ts";
import { readReadyMadeChecklists } from "./checklist-handlers.ts";
import { conformityHandlers } from "./conformity-handlers.ts";
import { libraryPaths } from "./library-paths.ts";
import { noSentiments } from "./pipeline/categoriser.ts";
import { bringEvaluations } from "./pipeline/evaluator.ts";
import { publishRevision } from "./pipeline/revision.ts";
import { openStore, type Store } from "./store/store.ts";
import { earmarkFolder } from "./surroundings.ts";

const form = (questions: string, more = ""): string => `
schema: earmark-checklist/1
id: late
version: 1
title: Late refunds
${more}
sections:
  - id: start
    title: Start
    questions:
${questions}`;
const sorry = `
      - id: sorry
        type: yes-no
        ask: Did the agent apologise?
        answeredBy: { rule: { holds: { said: sorry, by: agent } } }`;
const kind = `
      - id: kind
        type: yes-no
        ask: Was the agent kind?
        answeredBy: person
        reason: required`;

describe("evaluations in a library", () => {
  let root: string;
  let store: Store;
  const told: EventPayload<"evaluation.changed">[] = [];
  const { turns, participants, durationMs, language, shortfalls, provenance } = made([
    ["customer", "My refund is late"],
    ["agent", "I am sorry for that"],
  ]);
  const handlers = () =>
    conformityHandlers({
      store,
      sentimentsOf: noSentiments,
      emit: (name, payload) => {
        if (name === "evaluation.changed") told.push(payload as EventPayload<"evaluation.changed">);
      },
      sweep: () => {
        bringEvaluations(store, "a");
      },
      writer: { write: () => Promise.resolve(), writing: () => [], failure: () => null },
    });
  const judged = async (): Promise<EvaluationView> => {
    const calls = handlers();
    await calls["checklist.save"]({ text: form(sorry + kind) });
    return calls["evaluation.begin"]({ conversationId: "a", formId: "late" });
  };
  const kinds = () => store.ledger.entries(0, 1_000).map((entry) => entry.kind);
  const retext = (wordIds: string[], text: string) => {
    store.operations.append(
      "a",
      [{ id: crypto.randomUUID(), operation: { kind: "retext-words", wordIds, text } }] as never,
      "Ann",
      store.transcripts.wordsHash("a"),
    );
    publishRevision(store, "a");
  };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "earmark-conformity-"));
    store = openStore(libraryPaths(root), { clock: { now: () => 1_000 }, version: "0" });
    told.length = 0;
    store.conversations.insert({
      id: "a",
      kind: "call",
      channel: "voice",
      title: "a",
      startedAt: "2026-11-20T10:00:00.000Z",
      timeZone: null,
      source: { name: "a.wav", sha256: "a", bytes: 1, format: "" },
      durationMs,
      speechOptions: {},
    });
    store.transcripts.put("a", { turns, participants, durationMs, language, shortfalls, provenance });
  });
  afterEach(async () => {
    store.close();
    await rm(root, { recursive: true, force: true });
  });

  it("judges every conversation by the checklists that are switched on, and by those alone", async () => {
    store.checklists.putReadyMade(await readReadyMadeChecklists(join(earmarkFolder, "resources")));
    expect(bringEvaluations(store, "a")).toBe(true);
    expect(bringEvaluations(store, "a")).toBe(false);
    const names = store.evaluations.of("a").map(({ formId }) => formId);
    expect(names.sort()).toEqual(["disclosure-and-identity", "service-quality"]);
    expect(store.evaluations.of("a").every(({ stage, answers }) => stage === "machine" && answers === null)).toBe(true);
    const calls = handlers();
    await calls["checklist.enable"]({ id: "service-quality", enabled: false });
    expect(store.evaluations.of("a").map(({ formId }) => formId)).toEqual(["disclosure-and-identity"]);
    expect(store.ledger.entries(0, 1_000).at(-1)).toMatchObject({
      kind: "form",
      subject: "service-quality",
      data: { action: "disabled" },
    });
    const { checklists } = await calls["checklist.list"]({});
    expect(checklists.find(({ id }) => id === "disclosure-and-identity")).toMatchObject({
      enabled: true,
      origin: "ready-made",
      evaluations: { machine: 1, draft: 0, submitted: 0 },
    });
  });

  it("keeps what the machine suggests and what a person decides, and records it", async () => {
    const calls = handlers();
    const first = await judged();
    const { id } = first.evaluation;
    expect(first.questions.map(({ state }) => state)).toEqual(["suggested", "unanswered"]);
    expect(first.questions[0]?.evidence).toMatchObject([{ role: "agent", quote: "sorry" }]);
    await expect(
      calls["evaluation.answer"]({ id, questionId: "kind", value: choice("yes"), reason: null, evidence: [] }),
    ).rejects.toMatchObject({ code: "input-invalid", details: { fault: "reason-missing" } });
    // What was refused has left nothing behind.
    expect(store.evaluations.get(id)).toMatchObject({ stage: "machine", answers: null });

    const { wordIds = [] } = first.questions[0]?.evidence[0] ?? {};
    const after = await calls["evaluation.answer"]({
      id,
      questionId: "kind",
      value: choice("yes"),
      reason: "Said sorry; card 4111 1111 1111 1111",
      evidence: [{ kind: "words", wordIds }],
    });
    expect(after.questions[1]).toMatchObject({ state: "answered", evidence: [{ quote: "sorry" }] });
    expect(JSON.stringify(after)).not.toContain("4111");
    expect(after.score.overall).toMatchObject({ percent: 100, answered: 2 });
    const overridden = await calls["evaluation.answer"]({
      id,
      questionId: "sorry",
      value: choice("no"),
      reason: null,
      evidence: [],
    });
    expect(overridden.score.overall.percent).toBe(50);
    expect(overridden.questions[0]?.answer).toMatchObject({
      suggestion: { value: choice("yes") },
      decision: { value: choice("no"), suggested: choice("yes") },
    });
    expect(kinds().filter((one) => ["evaluation", "answer", "override"].includes(one))).toEqual([
      "evaluation",
      "answer",
      "answer",
      "override",
    ]);
    const back = await calls["evaluation.withdraw"]({ id, questionId: "sorry" });
    expect(back.questions[0]).toMatchObject({ state: "suggested", answer: { earlier: [{ value: choice("no") }] } });
    expect(told.length).toBeGreaterThan(0);
  });

  it("turns an answer stale, and the score provisional, when the words under it change", async () => {
    const calls = handlers();
    const { evaluation, questions } = await judged();
    const { id } = evaluation;
    await calls["evaluation.answer"]({ id, questionId: "sorry", value: choice("yes"), reason: null, evidence: [] });
    retext([...(questions[0]?.evidence[0]?.wordIds ?? [])], "glad");
    bringEvaluations(store, "a");
    const after = await calls["evaluation.get"]({ id });
    expect(after.questions[0]).toMatchObject({ state: "stale", stale: [{ kind: "words-changed" }] });
    expect(after.questions[0]?.stale[0]?.reason).toMatch(/“sorry” and now are “glad”/u);
    expect(after.provisional.join(" ")).toMatch(/rests on words that have changed/u);
    expect(store.evaluations.get(id)).toMatchObject({ stale: 1 });
    await expect(calls["evaluation.submit"]({ id })).rejects.toMatchObject({
      code: "conflict",
      details: { questions: "sorry kind" },
    });
    // Decided anew on the words as they are, it stands again.
    const anew = await calls["evaluation.answer"]({ id, questionId: "sorry", value: choice("no"), reason: null, evidence: [] });
    expect(anew.questions[0]?.state).toBe("answered");
  });

  it("is signed once every question has an answer, and stays as it was signed", async () => {
    const calls = handlers();
    const { evaluation } = await judged();
    const { id } = evaluation;
    await calls["evaluation.answer"]({ id, questionId: "kind", value: choice("no"), reason: "Curt.", evidence: [] });
    const signed = await calls["evaluation.submit"]({ id });
    expect(signed.evaluation).toMatchObject({ stage: "submitted", form: { version: 1 } });
    await expect(calls["evaluation.withdraw"]({ id, questionId: "kind" })).rejects.toMatchObject({ code: "not-allowed" });
    // The next version of the checklist changes nothing in it.
    await expect(calls["checklist.save"]({ text: form(sorry) })).resolves.toEqual({ id: "late", version: 2 });
    expect((await calls["evaluation.get"]({ id })).evaluation.form.version).toBe(1);
    expect((await calls["checklist.get"]({ id: "late" })).versions).toEqual([2, 1]);
    const { evaluations } = await calls["evaluation.list"]({ conversationId: "a" });
    expect(evaluations).toMatchObject([{ id, stage: "submitted", percent: 50, machineOnly: false }]);
    expect((await calls["evaluation.reopen"]({ id })).evaluation.stage).toBe("draft");
    await calls["evaluation.remove"]({ id });
    expect(store.evaluations.get(id)).toBeNull();
  });

  it("tells what is wrong with a checklist, shows what it would come to, and keeps nothing of that", async () => {
    const calls = handlers();
    const wrong = await calls["checklist.check"]({ text: form(sorry.replace("yes-no", "yes")) });
    expect(wrong).toMatchObject({ form: null, faults: [{ line: 13 }] });
    const { evaluation } = await calls["checklist.preview"]({ text: form(sorry), conversationId: "a" });
    expect(evaluation?.score.overall.percent).toBe(100);
    expect(store.evaluations.of("a")).toEqual([]);
    expect(await calls["checklist.list"]({})).toEqual({ checklists: [] });
  });

  it("goes out to Connect's shape and comes back", async () => {
    const calls = handlers();
    await calls["checklist.save"]({ text: form(sorry + kind) });
    const { text } = await calls["checklist.export"]({ id: "late", format: "connect" });
    const { id, format } = await calls["checklist.import"]({ text });
    expect(format).toBe("connect");
    const back = await calls["checklist.get"]({ id });
    expect(back.form.sections[0]?.questions.map(({ ask }) => ask)).toEqual(["Did the agent apologise?", "Was the agent kind?"]);
  });

  it("remembers what was played, which is not asked to be heard again", async () => {
    const calls = handlers();
    const { evaluation } = await judged();
    await calls["evaluation.heard"]({ id: evaluation.id, span: { startMs: 0, endMs: 1_000 } });
    await calls["evaluation.heard"]({ id: evaluation.id, span: { startMs: 0, endMs: 100 } });
    expect((await calls["evaluation.get"]({ id: evaluation.id })).heard).toEqual([{ startMs: 0, endMs: 1_000 }]);
    expect(kinds().filter((one) => one === "evidence-played")).toHaveLength(1);
  });
});
