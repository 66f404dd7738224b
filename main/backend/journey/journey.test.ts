import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { CallOutput } from "../../../app/contract/api.ts";
import { libraryPaths } from "../library-paths.ts";
import { type OpenedLibrary, openLibrary } from "../pipeline/opened-library.test-data.ts";
import { forThisSession } from "../secret-keeper.ts";

const samples = join(import.meta.dirname, "..", "..", "..", "resources", "samples");
const names = [
  "northwind-mortgage-bot.jsonl",
  "northwind-mortgage-chat.json",
  "northwind-mortgage-call.json",
  "northwind-mortgage-sms.jsonl",
];

const checklist = `
schema: earmark-checklist/1
id: asked-again
version: 1
title: Asked again
description: What the customer had to repeat.
serves: A service standard for what happens between a bot and an agent.
sections:
  - id: one
    title: One
    questions:
      - id: asked-again
        type: yes-no
        ask: Was the caller asked to repeat what the bot already knew?
        wanted: no
        answeredBy: { rule: { holds: { journey: asked-again, of: bot } } }
`;

let library: OpenedLibrary;
beforeEach(async () => {
  library = await openLibrary({ secrets: forThisSession() });
});
afterEach(() => library.close());

async function brought(): Promise<string[]> {
  const ids: string[] = [];
  for (const name of names) {
    const id = (await library.bring(join(samples, name)))?.conversationId ?? "";
    await library.settled(id);
    ids.push(id);
  }
  return ids;
}
async function listed(): Promise<CallOutput<"journey.list">> {
  for (;;) {
    const list = await library.call("journey.list", { least: 2 });
    if (list.waiting === 0) return list;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

it("puts a bot session, a chat and a call of one customer on one line, says what happened, and proposes who may be the same", async () => {
  const [bot = "", chat = "", call = "", sms = ""] = await brought();
  const { rows } = await listed();
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ customer: "Anna Fields", conversations: 3, channels: ["voice", "chat", "bot"], handOvers: 1 });

  const id = rows[0]?.id ?? "";
  const view = await library.call("journey.get", { id });
  expect(view.claims.filter(({ kind }) => kind === "asked-again").length).toBeGreaterThanOrEqual(2);
  expect(view.claims.find((claim) => claim.kind === "hand-over")).toMatchObject({ conversationId: bot, laterId: chat });
  expect(view.identities).toContainEqual({ kind: "phone", value: "+447700900417", shared: false });
  expect((await library.call("journey.of", { conversationId: chat })).place?.conversations).toBe(3);

  // A checklist asks about it, and names the other conversation without keeping a word of it.
  const { evaluation } = await library.call("checklist.preview", { text: checklist, conversationId: chat });
  expect(evaluation?.questions[0]?.value).toEqual({ kind: "choice", options: ["yes"] });
  expect(evaluation?.questions[0]?.evidence[0]?.evidence.elsewhere?.[0]).toMatchObject({ conversationId: bot, channel: "bot" });

  const { proposals } = await library.call("journey.proposals", {});
  expect(proposals).toHaveLength(1);
  expect(proposals[0]?.signs).toEqual(expect.arrayContaining(["same-name", "near-phone", "same-reason"]));
  const { decision } = await library.call("journey.decide", { proposalId: proposals[0]?.id ?? "", verdict: "same" });
  expect((await library.call("journey.of", { conversationId: sms })).place?.journeyId).toBe(id);
  await library.call("journey.undo", { decisionId: decision.id });
  expect((await library.call("journey.of", { conversationId: sms })).place?.journeyId).not.toBe(id);

  await library.call("conversation.delete", { ids: [call] });
  await listed();
  const left = await library.call("journey.get", { id });
  expect(left.steps.map(({ conversationId }) => conversationId)).not.toContain(call);
  expect(JSON.stringify(left)).not.toContain(call);
});

it("keeps no number readable where the policy says so, for what is there and for what comes, and after a start joins by the same key", async () => {
  await library.call("settings.set", { journeys: { identities: "hashed" } });
  await brought();
  const [row] = (await listed()).rows;
  const { identities } = await library.call("journey.get", { id: row?.id ?? "" });
  expect(identities.filter(({ kind }) => kind !== "contact").map(({ value }) => value)).toEqual([null, null]);
  library = await library.again();
  expect((await listed()).rows[0]?.conversations).toBe(3);
  const bytes = readFileSync(libraryPaths(join(library.folder, "library")).database);
  expect(bytes.includes("nb-204417")).toBe(false);
});
