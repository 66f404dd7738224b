import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { choice } from "../../../app/conformity/answer-value.ts";
import { writerSettingsSchema } from "../../../app/contract/writer-views.ts";
import { type EndpointDouble, startEndpointDouble } from "../../../e2e/aws/bedrock-endpoint-double.ts";
import { honest } from "../../../e2e/aws/reading-model.ts";
import { conformityHandlers } from "../conformity-handlers.ts";
import { libraryPaths } from "../library-paths.ts";
import { noSentiments } from "../pipeline/categoriser.ts";
import { bringEvaluations } from "../pipeline/evaluator.ts";
import { keepCall } from "../store/kept-call.test-data.ts";
import { openStore, type Store } from "../store/store.ts";
import { earmarkFolder } from "../surroundings.ts";
import { readReadyMadePrompts } from "./prompts.ts";
import { createEvaluationWriter, type EvaluationWriter } from "./write-evaluations.ts";

const form = `schema: earmark-checklist/1
id: late
version: 1
title: Late refunds
sections:
  - id: start
    title: Start
    questions:
      - { id: sorry, type: yes-no, ask: Did the agent apologise?, answeredBy: { rule: { holds: { said: sorry, by: agent } } } }
      - { id: kind, type: yes-no, ask: Was the agent kind?, answeredBy: writer }
`;

describe("a writer that answers the questions of an evaluation", () => {
  let root: string;
  let store: Store;
  let endpoint: EndpointDouble;
  let writer: EvaluationWriter;
  let ended: AbortController;
  const handlers = () =>
    conformityHandlers({
      store,
      sentimentsOf: noSentiments,
      emit: () => undefined,
      sweep: () => bringEvaluations(store, "a"),
      writer,
    });
  const begun = async (): Promise<string> => {
    await handlers()["checklist.save"]({ text: form });
    return (await handlers()["evaluation.begin"]({ conversationId: "a", formId: "late" })).evaluation.id;
  };
  const settled = (id: string) => expect.poll(() => writer.writing(id), { timeout: 5_000 }).toEqual([]);

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "earmark-writing-"));
    store = openStore(libraryPaths(root), { clock: { now: () => 1_000 }, version: "0" });
    store.prompts.putReadyMade(await readReadyMadePrompts(join(earmarkFolder, "resources")));
    endpoint = await startEndpointDouble();
    endpoint.brain = honest({ kind: { words: "I am sorry", found: { options: ["yes"] }, absent: null } });
    ended = new AbortController();
    keepCall(store, "a", [
      ["customer", "My refund is late"],
      ["agent", "I am sorry for that"],
    ]);
    writer = createEvaluationWriter({
      options: {},
      paths: libraryPaths(root),
      store,
      signal: ended.signal,
      sentimentsOf: noSentiments,
      changed: () => undefined,
      beforeClosing: (work) => work(),
    });
  });
  afterEach(async () => {
    ended.abort();
    await endpoint.close();
    store.close();
    await rm(root, { recursive: true, force: true });
  });
  const setUp = () =>
    store.settings.set({
      writer: writerSettingsSchema.parse({ engine: "endpoint", endpointUrl: endpoint.url, endpointModel: "some-model" }),
    });

  it("keeps its answer with the words that prove it, beside the rules' and a person's, and records it", async () => {
    setUp();
    const id = await begun();
    const asked = await handlers()["evaluation.answerAgain"]({ id });
    expect(asked.writing).toEqual(["kind"]);
    await settled(id);
    const view = await handlers()["evaluation.get"]({ id });
    expect(view.writingFailure).toBeNull();
    expect(view.questions.map(({ state }) => state)).toEqual(["suggested", "suggested"]);
    expect(view.questions[1]).toMatchObject({
      value: choice("yes"),
      answer: { suggestion: { by: "writer" }, decision: null },
      evidence: [{ quote: "I am sorry", role: "agent" }],
    });
    expect(store.evaluations.get(id)).toMatchObject({ stage: "machine", percent: 100 });
    expect(store.evaluations.writings(id)).toHaveLength(1);
    const entry = store.ledger.entries(0, 1_000).find(({ kind }) => kind === "answer");
    expect(entry?.data).toMatchObject({
      by: "model",
      question: "kind",
      evidence: 1,
      model: { id: "some-model", prompt: "checklist" },
    });
    expect(JSON.stringify(store.ledger.entries(0, 1_000))).not.toMatch(/sorry|refund is/u);

    // The person's decision stays when the writer is asked once more.
    await handlers()["evaluation.answer"]({ id, questionId: "kind", value: choice("no"), reason: null, evidence: [] });
    await handlers()["evaluation.answerAgain"]({ id, questionIds: ["kind"] });
    await settled(id);
    expect((await handlers()["evaluation.get"]({ id })).questions[1]).toMatchObject({ value: choice("no"), state: "answered" });
  });

  it("says why nothing came of it, and leaves what there was", async () => {
    const id = await begun();
    await expect(handlers()["evaluation.answerAgain"]({ id, questionIds: ["kind"] })).rejects.toMatchObject({
      code: "writer-none",
    });
    // Without a writer the rules answer all the same.
    expect((await handlers()["evaluation.answerAgain"]({ id })).questions[0]?.state).toBe("suggested");
    setUp();
    endpoint.trouble = () => ({ kind: "refuse", status: 401, name: "unauthorized" });
    await handlers()["evaluation.answerAgain"]({ id });
    await settled(id);
    const view = await handlers()["evaluation.get"]({ id });
    expect(view.writingFailure).not.toBeNull();
    expect(view.questions[1]?.state).toBe("unanswered");
  });
});
