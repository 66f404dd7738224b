import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { CallOutput } from "../../../app/contract/api.ts";
import { type OpenedLibrary, openLibrary } from "./opened-library.test-data.ts";

let library: OpenedLibrary;
beforeEach(async () => {
  library = await openLibrary();
});
afterEach(() => library.close());

const chat = [
  "Customer: I've been on hold for an hour and I was charged $40.",
  "Agent: Forty dollars, I understand. Let me look at your Tesla.",
  "Customer: Thank you so much, that's brilliant. You're a star, Quentin Bloggs.",
].join("\n");

async function bring(text: string, name = "chat.txt"): Promise<string> {
  const path = join(library.folder, name);
  await writeFile(path, text);
  const result = await library.bring(path);
  if (result?.conversationId == null) throw new Error(JSON.stringify(result));
  return result.conversationId;
}

type Insight = NonNullable<CallOutput<"conversation.get">["insight"]>;
async function read(id: string): Promise<Insight> {
  await library.settled(id);
  const { insight } = await library.call("conversation.get", { id });
  if (insight === null) throw new Error("Nothing was read.");
  return insight;
}
const values = ({ entities }: Insight): string[] => entities.map(({ type, value, count }) => `${type} ${value} ${count}`);

it("is there with the conversation, after redaction, and follows a correction without keeping what was hidden", async () => {
  const id = await bring(chat);
  const first = await read(id);
  expect(first.sentiment.turns.map(({ label }) => label)).toEqual(["negative", expect.any(String), "positive"]);
  const customer = first.sentiment.pca.roles.find(({ role }) => role === "customer");
  expect(customer).toMatchObject({ turns: 2, judged: 2 });
  expect(values(first)).toContain("AMOUNT $40 2");
  expect(values(first).join()).toContain("Bloggs");
  expect(first.engines).toEqual([{ by: "local", turns: 3 }]);

  const view = await library.call("conversation.get", { id });
  const [, , last] = view.conversation.turns;
  await library.call("conversation.correct", {
    id,
    operation: { kind: "retext-turn", turnId: last?.id ?? "", text: "This is terrible." },
  });
  const second = await read(id);
  expect(second.sentiment.turns.map(({ label }) => label)).toEqual(["negative", expect.any(String), "negative"]);
  expect(values(second).join()).not.toContain("Bloggs");
  expect(second.unread).toBe(0);
});

it("counts by the thresholds and the formula that are set, without reading again", async () => {
  const id = await bring(chat);
  const before = await read(id);
  const { language } = await library.call("settings.get", {});
  await library.call("settings.set", {
    language: { ...language, minNegative: 1, formula: "lca", entityThresholds: { AMOUNT: 1 } },
  });
  const { insight, job } = await library.call("conversation.get", { id });
  expect(job?.state).toBe("done");
  expect(insight?.sentiment.formula).toBe("lca");
  expect(before.sentiment.turns[0]?.label).toBe("negative");
  expect(insight?.sentiment.turns[0]?.label).not.toBe("positive");
  expect(insight?.sentiment.turns[0]?.score).toBeNull();
  expect(insight?.entities.some(({ type }) => type === "AMOUNT")).toBe(false);
});

it("finds the terms of a string map, and tells of its bad rows", async () => {
  const map = join(library.folder, "map.csv");
  await writeFile(map, "Text,Type\nTesla,MAKE\nFord\n");
  const { language } = await library.call("settings.get", {});
  await library.call("settings.set", { language: { ...language, terms: map } });
  const insight = await read(await bring(chat));
  expect(values(insight)).toContain("MAKE Tesla 1");
  expect(insight.badTerms).toEqual([{ file: "map.csv", line: 3, reason: "no-type" }]);
});

it("comes through in languages without a judge, and reads nothing where nothing is said", async () => {
  const foreign = await read(
    await bring("Customer: Sawubona, ngicela usizo nge-akhawunti yami namuhla ekuseni ngoba angikwazi.\nAgent: 42"),
  );
  expect(foreign.sentiment.turns).toHaveLength(2);
  const masked = await read(await bring("Customer: My card is 4111 1111 1111 1111.\nAgent: Thanks.", "card.txt"));
  expect(JSON.stringify(masked)).not.toMatch(/4111/u);
  expect((await readFile(join(library.folder, "library", "egress.jsonl"), "utf8").catch(() => "")).length).toBe(0);
});
