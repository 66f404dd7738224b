import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { writerSettingsSchema } from "../../../app/contract/writer-views.ts";
import { type EndpointDouble, startEndpointDouble } from "../../../e2e/aws/bedrock-endpoint-double.ts";
import { honest } from "../../../e2e/aws/reading-model.ts";
import { type OpenLibrary, openLibrary } from "../open-library.ts";

/* Everything that the ledger has to know of is done once, by the calls that the pages and the commands make. */

const form = `
schema: earmark-checklist/1
id: late
version: 1
title: Late refunds
sections:
  - id: start
    title: Start
    questions:
      - { id: sorry, type: yes-no, ask: Did the agent apologise?, answeredBy: { rule: { holds: { said: sorry, by: agent } } } }
      - { id: kind, type: yes-no, ask: Was the agent kind?, answeredBy: person }
      - { id: reason, type: text, ask: Why is the refund late?, answeredBy: { writer: {} } }
`;

let folder: string;
let library: OpenLibrary;
let endpoint: EndpointDouble;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark-everything-"));
  endpoint = await startEndpointDouble();
  endpoint.brain = honest({});
  await writeFile(join(folder, "chat.txt"), "Customer: My refund is late.\nAgent: I am so sorry. I will send it today.\n");
  library = await openLibrary({ library: join(folder, "library") });
});
afterEach(async () => {
  await library.close();
  await endpoint.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

async function imported(): Promise<string> {
  const { results } = await library.call("import.begin", { sources: [{ kind: "path", path: join(folder, "chat.txt") }] });
  const id = results[0]?.conversationId ?? "";
  await expect.poll(async () => (await library.call("conversation.get", { id })).job?.state, { timeout: 20_000 }).toBe("done");
  return id;
}

const kinds = async (subject: string | null): Promise<string[]> => {
  const { entries } = await library.call("ledger.find", { subject, limit: 1_000 });
  return entries.toReversed().map(({ kind, data }) => (kind === "export" ? `export ${String(data["what"])}` : kind));
};

it("records imports, analyses, edits, answers, overrides, plays, exports, settings, egress and deletions", async () => {
  await library.call("settings.set", { reviewer: "Ann" });
  const id = await imported();

  const { conversation } = await library.call("conversation.get", { id });
  const [turn] = conversation.turns;
  await library.call("conversation.correct", {
    id,
    operation: { kind: "retext-turn", turnId: turn?.id ?? "", text: "My refund is very late." },
  });
  await library.call("conversation.undo", { id });
  await library.call("conversation.redo", { id });
  await library.call("conversation.rename", { id, title: "A late refund" });
  await library.call("tag.set", { conversationId: id, tags: ["refund", "late"] });
  await library.call("tag.rename", { name: "late", to: "overdue" });
  await library.call("tag.set", { conversationId: id, tags: ["refund", "overdue"] });
  const { bookmark } = await library.call("bookmark.add", {
    conversationId: id,
    anchor: { kind: "turn", turnId: turn?.id ?? "" },
    label: "Here",
  });
  await library.call("bookmark.rename", { id: bookmark.id, label: "There" });
  await library.call("bookmark.delete", { id: bookmark.id });
  const { thread } = await library.call("comment.add", { conversationId: id, anchor: null, body: "Well done" });
  await library.call("comment.resolve", { threadId: thread.id });

  await library.call("checklist.save", { text: form });
  const begun = await library.call("evaluation.begin", { conversationId: id, formId: "late" });
  const evaluation = begun.evaluation.id;
  const choose = (questionId: string, value: "yes" | "no") =>
    library.call("evaluation.answer", {
      ...{ id: evaluation, questionId, value: { kind: "choice", options: [value] }, reason: "As read", evidence: [] },
    });
  // What the rule has found stands until a person says otherwise: that is an override.
  await choose("sorry", "no");
  await choose("kind", "yes");
  await library.call("evaluation.comment", { id: evaluation, questionId: "kind", comment: "Very" });
  await library.call("evaluation.heard", { id: evaluation, span: { startMs: 0, endMs: 5_000 } });
  const writer = writerSettingsSchema.parse({ engine: "endpoint", endpointUrl: endpoint.url, endpointModel: "some-model" });
  await library.call("settings.set", { writer });
  await library.call("evaluation.answerAgain", { id: evaluation, questionIds: ["reason"] });
  await expect.poll(() => kinds(id), { timeout: 20_000 }).toContain("egress");

  await library.call("conversation.export", { id, format: "txt" });
  await library.call("report.create", { evaluationId: evaluation, format: "csv" });
  await library.call("checklist.export", { id: "late", format: "yaml" });
  await library.call("ledger.export", { what: "checkpoint" });
  await library.call("report.period", {
    formId: "late",
    days: { from: "2026-01-01", to: "2026-12-31" },
    format: "csv",
  });

  const own = await kinds(id);
  for (const kind of [
    ...["import", "analysis", "edit", "undo", "redo", "rename", "tags", "bookmark", "comment", "evaluation", "answer"],
    ...["override", "evaluation-comment", "evidence-played", "egress", "export conversation", "export report"],
  ])
    expect(own, kind).toContain(kind);
  // Setting the tags that there are already is nothing that was done.
  expect(own.filter((kind) => kind === "tags")).toHaveLength(2);
  expect(own.filter((kind) => kind === "bookmark")).toHaveLength(3);

  await library.call("conversation.delete", { ids: [id] });
  expect((await kinds(id)).slice(-2)).toEqual(["deletion", "files-deleted"]);
  const all = await kinds(null);
  for (const kind of ["ledger-begun", "settings-changed", "form", "export form", "export ledger", "export evaluations"])
    expect(all, kind).toContain(kind);

  // Nothing that was said or written is in any of it, and all of it verifies.
  const { entries } = await library.call("ledger.find", { limit: 1_000 });
  expect(JSON.stringify(entries)).not.toMatch(/refund|Well done|There|Very|overdue|some-secret/u);
  expect(await library.call("ledger.verify", {})).toMatchObject({ sound: true, findings: [] });
}, 90_000);
