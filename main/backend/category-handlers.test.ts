import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { categorySchema } from "../../app/insight/rules.ts";
import { type OpenedLibrary, openLibrary } from "./pipeline/opened-library.test-data.ts";

let library: OpenedLibrary;
beforeEach(async () => {
  library = await openLibrary();
});
afterEach(() => library.close());

async function bring(text: string, name = "chat.txt"): Promise<string> {
  const path = join(library.folder, name);
  await writeFile(path, text);
  const id = (await library.bring(path))?.conversationId ?? "";
  expect((await library.settled(id)).state).toBe("done");
  return id;
}
const chat = "Customer: My refund is late.\nAgent: I am sorry. I have sent it now.\nCustomer: Thanks, all good.";
const category = (id: string, rule: unknown) => categorySchema.parse({ id, name: id, rule });
const outcomeOf = async (conversationId: string, id: string) =>
  (await library.call("category.results", { conversationId })).findings.find((one) => one.id === id)?.outcome;

describe("the calls about categories", () => {
  it("keep a category, look for it at once in what is there, and let it go with what was found", async () => {
    const id = await bring(chat);
    await library.call("category.save", { category: category("late", { said: "refund is late", by: "customer" }) });
    const { findings, spans } = await library.call("category.results", { conversationId: id });
    expect(findings.find((one) => one.id === "late")).toMatchObject({
      outcome: "present",
      places: [{ quote: "refund is late", role: "customer", startMs: 0 }],
    });
    expect(spans.map(({ kind, quote }) => [kind, quote])).toContainEqual(["outcome", "I have sent it now."]);
    expect(await library.call("category.conversations", { id: "late" })).toEqual({ conversationIds: [id] });
    // Another rule, another result; the id is the same.
    await library.call("category.save", { category: category("late", { said: "voucher" }) });
    expect(await outcomeOf(id, "late")).toBe("absent");
    expect(await library.call("category.conversations", { id: "late", outcome: "absent" })).toEqual({ conversationIds: [id] });
    await library.call("category.remove", { id: "late" });
    expect(await outcomeOf(id, "late")).toBeUndefined();
    await expect(library.call("category.remove", { id: "late" })).rejects.toMatchObject({ code: "not-found" });
    await expect(library.call("category.results", { conversationId: "none" })).rejects.toMatchObject({ code: "not-found" });
  });

  it("take in files of rules whole or not at all, and name the line that is wrong", async () => {
    const before = (await library.call("category.list", {})).categories.length;
    const good = "categories:\n  - { id: one, name: One, rule: { said: refund } }\n";
    const bad = `${good}  - { id: two, name: Two, rule: { sayed: refund } }\n`;
    await expect(library.call("category.import", { text: bad })).rejects.toMatchObject({
      code: "format-malformed",
      details: { line: 3 },
    });
    expect((await library.call("category.list", {})).categories).toHaveLength(before);
    expect(await library.call("category.import", { text: good })).toEqual({ ids: ["one"], format: "earmark", notes: [] });
    const { categories } = await library.call("category.list", {});
    expect(categories.find((one) => one.category.id === "one")).toMatchObject({ origin: "person", present: 0 });
  });

  it("refuse a pattern that cannot be searched for, wherever it stands in a rule", async () => {
    const rule = { any: [{ said: "refund" }, { not: { pattern: "(a)\\1" } }] };
    await expect(library.call("category.save", { category: category("back", rule) })).rejects.toMatchObject({
      code: "input-invalid",
      details: { reason: "pattern" },
    });
    await expect(library.call("category.try", { rule: { pattern: "(" } })).rejects.toMatchObject({ code: "input-invalid" });
  });

  it("try a rule over the library without keeping anything", async () => {
    const id = await bring(chat);
    await bring("Customer: Hello.\nAgent: Hello, how can I help?", "other.txt");
    const rule = { said: "refund" };
    const all = await library.call("category.try", { rule });
    expect(all).toMatchObject({ present: 1, absent: 1, unknown: 0, looked: 2, of: 2 });
    expect(all.matches).toMatchObject([
      { conversationId: id, title: expect.any(String), places: [expect.objectContaining({ quote: "refund" })] },
    ]);
    expect(await library.call("category.try", { rule, conversationId: id })).toMatchObject({ present: 1, of: 1 });
    expect((await library.call("category.list", {})).categories.some((one) => one.category.id === "trial")).toBe(false);
  });

  it("count what a person has hidden no more", async () => {
    const id = await bring(chat);
    await library.call("category.save", { category: category("refund", { said: "refund" }) });
    expect(await outcomeOf(id, "refund")).toBe("present");
    const [first] = (await library.call("conversation.get", { id })).conversation.turns;
    const target = { kind: "text" as const, turnId: first?.id ?? "", start: 0, end: first?.text.length ?? 1 };
    await library.call("conversation.correct", { id, operation: { kind: "redact", target, label: "private" } });
    expect(await outcomeOf(id, "refund")).toBe("absent");
  });
});
